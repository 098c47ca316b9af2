"""What the customer list does with the customer under its cursor, or with all that are marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_tui.ui.customer_list import name_of
from crm_tui.ui.dialogs.edit import edit_customer, edit_many
from crm_tui.ui.dialogs.newer import Look, trash_asking
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes
    from crm_tui.ui.screens.customers import CustomersScreen


def edit(screen: CustomersScreen, opened: Look) -> None:
    """The form of the customer under the cursor, or one for all marked."""
    marks, row = sorted(screen.rows.marks), screen.rows.cursor_row

    def edited(changes: Changes) -> None:
        from crm_tui.services.conflicts import left_alone

        said = t("Changed {n} customers. u takes it back.", n=len(marks))
        screen.toast("\n".join(filter(None, (said, left_alone(changes.skipped)))))
        screen.rows.clear_marks()

    if marks:
        edit_many(screen, "customers", marks, edited, opened)
    elif row is not None:
        edit_customer(screen, row.id)


def trash(screen: CustomersScreen, opened: Look) -> None:
    """Put the marked customers, or the one under the cursor, into the trash."""
    marks, row = sorted(screen.rows.marks), screen.rows.cursor_row
    if not marks and row is None:
        return
    ids = marks or [row.id] if row is not None else marks
    name = name_of(row) if row is not None and not marks else t("{n} customers", n=len(ids))

    def done(_: object) -> None:
        screen.rows.clear_marks()
        screen.toast(t("In the trash: {name}. u takes it back.", name=name))

    trash_asking(screen, "customers", ids, opened, done)
