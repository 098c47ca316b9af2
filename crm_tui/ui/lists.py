"""Short lists that are read as a whole: showing them again must not move the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from crm_tui.ui.colors import color_style
from crm_tui.ui.rows import ListRows, Role, Row
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.row_list import RowList


def show_again(rows: RowList, found: Sequence[Row]) -> None:
    """Show `found`; the cursor stays on its record, or in its line if the record has gone."""
    before, at = rows.cursor_row, rows.cursor
    place = next((n for n, row in enumerate(found) if before is not None and row.id == before.id), at)
    rows.show(ListRows(found))
    if place:
        rows.move_to(place)


def plain(text: str) -> Text:
    """Text for a `Static`: several lines, never markup, nothing that a terminal could misread."""
    return Text("\n".join(safe(line) for line in text.split("\n")))


def role_style(widget: Widget, role: Role) -> Style:
    """The style of a role in the theme that is worn, whatever it calls its colours."""
    return color_style(widget.app, role)
