"""Conflicts on a card: the lines of fields on which machines disagree are marked, and a key opens them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crm_tui.ui.rows import Row
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.ui.app import CrmApp


_NOUNS = {"plans": "visits", "timeline": "visits"}
"""What the parts of a card hold, where they are not called so."""


def read(crm: Crm, row: Mapping[str, Any]) -> dict[str, int]:
    """The conflicts of a card by the line that shows the field; runs in a thread.

    Args:
        crm: the open file.
        row: what `Customers.card` tells.
    """
    own = str(row["id"])
    hanging = {str(one["id"]): _NOUNS.get(name, name) for name, rows in row.items() if _are_rows(rows) for one in rows}
    found: dict[str, int] = {}
    for ident, field, number in crm.conflicts.waiting_on([own, *hanging]):
        line = f"field:{field}" if ident == own else f"{hanging[ident]}:{ident}"
        found.setdefault(line, number)
    return found


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict) and "created" in value[0]


def marked(rows: Sequence[Row], conflicts: Mapping[str, int]) -> list[Row]:
    """The lines, those in conflict with a mark; what the card does not show stands on top."""
    from crm_tui.ui.fields import label_of, noun_label

    if not conflicts:
        return list(rows)
    found, shown = [], set()
    for row in rows:
        if row.id in conflicts and row.id not in shown:
            shown.add(row.id)
            label, text = row.cells
            row = Row(row.id, (label, t("? {text}  (two versions)", text=text)), roles=("muted", "warn"))
        found.append(row)
    rest = []
    for line in conflicts:
        if line not in shown:
            noun, _, name = line.partition(":")
            what = label_of("customers", name) if noun == "field" else noun_label(noun)
            what = t("in the trash?") if line == "field:deleted" else what
            rest.append(Row(line, (t("Conflict"), t("? {text}  (two versions)", text=what)), roles=("muted", "warn")))
    return [*rest, *found]


def open_conflict(app: CrmApp, conflicts: Mapping[str, int], line: str) -> None:
    """Show the conflict of a line of the card, or the first one of the card."""
    from crm_tui.ui.screens.conflicts import ConflictsScreen

    number = conflicts.get(line) or next(iter(conflicts.values()))

    def show() -> None:
        if isinstance(app.screen, ConflictsScreen):
            app.screen.show_conflict(number)

    app.go("conflicts")
    app.call_after_refresh(show)
