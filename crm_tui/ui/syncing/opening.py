"""Opening the record that a line of *Sync* or *Conflicts* is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.ui.screen import WorkingScreen


def open_record(screen: WorkingScreen[Any], noun: str, row: str, customer: str | None) -> None:
    """Open the card of its customer; what hangs on none is opened as a form.

    Args:
        screen: where.
        noun: of the record.
        row: its id.
        customer: id of its customer, if known.
    """

    def owner(crm: Crm) -> str | None:
        from crm_tui.services.received import called

        return customer or called(crm.store.reader(), noun, row)[1]

    screen.load(owner, lambda found: _open(screen, noun, row, found), group="record")


def _open(screen: WorkingScreen[Any], noun: str, row: str, customer: str | None) -> None:
    from crm_tui.records.nouns import NOUNS
    from crm_tui.ui.dialogs.edit import edit_row
    from crm_tui.ui.palette import show_customer

    if customer:
        show_customer(screen.crm_app, customer)
    elif noun == "machines":
        screen.crm_app.go("sync")
    elif noun in NOUNS and any(field.about.form for field in NOUNS[noun].fields.values()):
        edit_row(screen, noun, row)
    else:
        screen.toast(t("There is no page for this kind of record."))
