"""Draws the lines of a list: each cell in its role's colour on the ground of its line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.ui.rows import Column, Row, gap_of, layout, shown_cell
from crm_tui.ui.text import fit, safe, width

State = Literal["row", "header", "cursor", "cursor-blurred", "marked", "thumb"]
STATES: tuple[State, ...] = ("row", "header", "cursor", "cursor-blurred", "marked", "thumb")

ROW_CSS = """
RowList {
    height: 1fr;
    width: 1fr;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-size-vertical: 0;
    background: $background;
    color: $foreground;
    & > .row-list--header { color: $muted; }
    & > .row-list--row { color: $foreground; }
    & > .row-list--cursor { color: $cursor-text; background: $cursor; text-style: bold; }
    & > .row-list--cursor-blurred { color: $foreground; background: $panel; }
    & > .row-list--thumb { background: $line; }
    & > .row-list--marked { color: $foreground; background: $marked; }
    & > .row-list--accent { color: $accent; }
    & > .row-list--good { color: $good; }
    & > .row-list--warn { color: $warn; }
    & > .row-list--bad { color: $bad; }
    & > .row-list--muted { color: $muted; }
}
"""

MARK = "#"
"""Stands before a marked row; no other sign of ours looks like it."""

_READABLE = 3.0


class RowPainter:
    """Draws lines in the `row-list--*` component styles of `widget`."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, State], Style] = {}
        self._laid_out: tuple[Sequence[Column], int, list[tuple[int, Column, int]]] | None = None

    def line(
        self, columns: Sequence[Column], row: Row, total: int, state: State, marked: bool, thumb: bool = False
    ) -> Strip:
        """One row in `total` cells; the last one is kept free for the thumb, which tells how far down one is."""
        ground: State = "marked" if marked and state == "row" else state
        plain = self._style("", ground)
        segments = [self._gutter(state, marked, ground)]
        gap = " " * gap_of(total - 1)
        text, style = "", plain
        masked = bool(getattr(self._widget.app, "masked", False))
        for place, column, cells in self._layout(columns, total - 1):
            cell, role = shown_cell(row, place, column, cells, masked)
            own = self._style(role, ground)
            if text and own is not style:
                segments.append(Segment(text, style))
                text = ""
            text, style = text + cell + gap, own
        segments.append(Segment(text, style))
        strip = Strip(segments).adjust_cell_length(total - 1, plain)
        return Strip([*strip, Segment(" ", self._style("", "thumb") if thumb else plain)], total)

    @staticmethod
    def thumb(top: int, height: int, count: int) -> range:
        """The lines of the thumb, of `height` lines that show rows from `top` on; none if all rows are in sight."""
        if count <= height:
            return range(0)
        length = max(1, height * height // count)
        start = round(top * (height - length) / (count - height))
        return range(start, start + length)

    def waiting(self, columns: Sequence[Column], total: int, state: State) -> Strip:
        """A row that is not read yet: dots in its first free column."""
        cells = tuple("..." if column.flex else "" for column in columns)
        first = cells.index("...") if "..." in cells else 0
        return self.line(columns, Row("", (*("",) * first, "..."), role="muted"), total, state, False)

    def header(self, columns: Sequence[Column], total: int) -> Strip:
        """The titles above the rows."""
        style = self._style("", "header")
        gap = " " * gap_of(total - 1)
        titles = [column.cell(safe(column.title), cells) for _, column, cells in self._layout(columns, total - 1)]
        return Strip([Segment(" " + gap.join(titles), style)]).adjust_cell_length(total, style)

    def empty_line(self, text: str, y: int, total: int, height: int) -> Strip:
        """Line `y` of `height`, with `text` as a block in the middle."""
        return Strip([Segment(text_line(text, y, total, height), self._style("muted", "row"))])

    def blank(self, total: int) -> Strip:
        """A line without anything."""
        return Strip.blank(total, self._style("", "row"))

    def forget_styles(self) -> None:
        """The theme has changed."""
        self._styles.clear()

    def _layout(self, columns: Sequence[Column], total: int) -> list[tuple[int, Column, int]]:
        if self._laid_out is None or self._laid_out[0] is not columns or self._laid_out[1] != total:
            self._laid_out = (columns, total, layout(columns, total))
        return self._laid_out[2]

    def _gutter(self, state: State, marked: bool, ground: State) -> Segment:
        sign = MARK if marked else " "
        if state != "cursor":
            return Segment(sign, self._style("accent", ground))
        if self._widget.app.native_ansi_color:
            return Segment(MARK if marked else ">", self._style("accent", ground))
        bar = Style(color=self._style("", "row").bgcolor, bgcolor=self._style("accent", "row").color, bold=True)
        return Segment(sign, bar)

    def _style(self, role: str, state: State) -> Style:
        key = (role, state)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = row_style(self._widget, role, state)
        return style


def text_line(text: str, y: int, total: int, height: int) -> str:
    """Line `y` of `height`, with `text` as a block in the middle of so many cells."""
    lines = [safe(line) for line in text.splitlines()]
    number = y - max(0, (height - len(lines)) // 2)
    shown = lines[number] if 0 <= number < len(lines) else ""
    left = " " * max(0, (total - max(map(width, lines), default=0)) // 2)
    return fit(left + shown, total)


def row_style(widget: Widget, role: str, state: State) -> Style:
    """The style for `role` ("" = plain text) on a line in `state`, from the widget's `row-list--*` component classes.

    A role whose colour cannot be read on the line's ground (or whose ground is the terminal's own secret) gives way
    to the line's text colour: a mark or a word says the same.
    """
    ground = widget.get_component_rich_style(f"row-list--{state}")
    if not role:
        return ground
    own = widget.get_component_styles(f"row-list--{role}").color
    back = widget.get_component_styles(f"row-list--{state}").background
    if state in ("cursor", "cursor-blurred", "marked"):
        known = own.ansi is None and back.ansi is None and back.a > 0
        if state == "cursor" and (not known or _contrast(own, back) < _READABLE):
            return ground
    color = widget.get_component_rich_style(f"row-list--{role}").color
    return ground + Style(color=color)


def _contrast(one: Color, other: Color) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(color: Color) -> float:
    """Relative luminance by WCAG 2, 0 to 1."""
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
