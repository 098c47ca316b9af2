"""Short lists that are read as a whole: showing them again must not move the cursor."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.style import Style
from rich.text import Text
from textual.widget import Widget

from crm_tui.ui.colors import color_style
from crm_tui.ui.rows import ListRows, Role, Row
from crm_tui.ui.text import breaks, safe, width
from crm_tui.ui.widgets.row_list import RowList


def show_again(rows: RowList, found: Sequence[Row]) -> None:
    """Show `found`; the cursor stays on its record, or in its line if the record has gone."""
    before, at = rows.cursor_row, rows.cursor
    place = next((n for n, row in enumerate(found) if before is not None and row.id == before.id), at)
    rows.show(ListRows(found))
    if place:
        rows.move_to(place)


_LEAD = re.compile(r"[ ]*(?:\d+\.[ ]+)?")


class Prose:
    """A text of several lines that goes on in the next line where its language does, see `breaks`.

    What follows a number, or is set in, goes on under its own beginning.
    """

    def __init__(self, text: Text) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text.plain

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Lines that fit, each a text that needs no wrapping any more."""
        for line in self.text.split("\n", allow_blank=True):
            hang = _hang(line.plain)
            if hang * 3 > options.max_width:
                hang = 0
            head, body = line.divide([hang]) if hang else (Text(), line)
            for number, part in enumerate(body.divide(breaks(body.plain, options.max_width - hang))):
                part.rstrip()
                whole = (Text(" " * hang) if number else head) + part
                whole.no_wrap, whole.overflow = True, "fold"
                yield whole

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """From a few cells to the longest line."""
        longest = max((width(line) for line in self.text.plain.split("\n")), default=0)
        return Measurement(min(longest, 8), longest).with_maximum(options.max_width)


def _hang(line: str) -> int:
    """How far in the second line of a paragraph begins: under the first word, after blanks and a number."""
    found = _LEAD.match(line)
    return len(found.group()) if found is not None else 0


def plain(text: str) -> Prose:
    """Text for a `Static`: several lines, never markup, nothing that a terminal could misread."""
    return Prose(Text("\n".join(safe(line) for line in text.split("\n"))))


def role_style(widget: Widget, role: Role) -> Style:
    """The style of a role in the theme that is worn, whatever it calls its colours."""
    return color_style(widget.app, role)
