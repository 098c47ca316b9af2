"""A grid of cells with a cursor: hours by days, weeks by days, people by days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_tui.ui.rows import Role
from crm_tui.ui.text import Align, fit, safe
from crm_tui.ui.widgets.row_painter import row_style

Piece = tuple[str, Role]
"""A text and its colour."""


@dataclass(frozen=True)
class GridColumn:
    """One column.

    Attributes:
        title: over it, in the reader's language; `under` a second line of it.
        width: cells; 0 if it takes a share of what is left.
        role: colour of the title.
        chosen: whether the cursor can stand in it.
        align: where texts stand.
        from_width: shown only if the grid is at least so wide.
    """

    title: str
    width: int = 0
    role: Role = "muted"
    chosen: bool = True
    align: Align = "left"
    from_width: int = 0
    under: str = ""


Cell = tuple[Piece, ...]
"""The lines of one cell."""


class CellGrid(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of equal height; texts are cut to their cell, and nothing in them is markup."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"row-list--{part}"
        for part in ("row", "header", "cursor", "cursor-blurred", "marked", "accent", "good", "warn", "bad", "muted")
    }
    DEFAULT_CSS = """
    CellGrid {
        height: 1fr; width: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 0;
        background: $background; color: $foreground;
        & > .row-list--header { color: $muted; }
        & > .row-list--row { color: $foreground; }
        & > .row-list--cursor { color: $cursor-text; background: $cursor; text-style: bold; }
        & > .row-list--cursor-blurred { color: $foreground; background: $panel; }
        & > .row-list--marked { color: $foreground; background: $marked; }
        & > .row-list--accent { color: $accent; }
        & > .row-list--good { color: $good; }
        & > .row-list--warn { color: $warn; }
        & > .row-list--bad { color: $bad; }
        & > .row-list--muted { color: $muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "step(1, 0)", "One down", id="grid.down", show=False),
        Binding("up,k", "step(-1, 0)", "One up", id="grid.up", show=False),
        Binding("left", "step(0, -1)", "One to the left", id="grid.left", show=False),
        Binding("right", "step(0, 1)", "One to the right", id="grid.right", show=False),
        Binding("home,g", "end(-1)", "To the top", id="grid.first", show=False),
        Binding("end,G", "end(1)", "To the bottom", id="grid.last", show=False),
        Binding("pagedown,ctrl+d", "step(8, 0)", "Page down", id="grid.page_down", show=False),
        Binding("pageup,ctrl+u", "step(-8, 0)", "Page up", id="grid.page_up", show=False),
        Binding("enter", "choose", "Open", id="grid.open", show=False),
    ]

    class GridMessage(Message):
        """Something happened in the grid `grid`."""

        def __init__(self, grid: CellGrid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> CellGrid:
            """The sender, for `@on` with a selector."""
            return self.grid

    class Moved(GridMessage):
        """The cursor came to stand on another cell."""

    class Chosen(GridMessage):
        """Enter was pressed on a cell."""

    class Left(GridMessage):
        """The cursor went over the edge: `step` is -1 at the left, 1 at the right."""

        def __init__(self, grid: CellGrid, step: int) -> None:
            super().__init__(grid)
            self.step = step

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._columns: tuple[GridColumn, ...] = ()
        self._cells: list[tuple[Cell, ...]] = []
        self._tall = self._head = 1
        self.row = self.column = 0
        self._empty = ""
        self._styles: dict[tuple[str, str], Style] = {}

    def show(self, columns: Sequence[GridColumn], cells: Sequence[tuple[Cell, ...]], *, tall: int = 1) -> None:
        """Show other cells; the cursor stays where it is as far as there is a cell.

        Args:
            columns: from left to right.
            cells: for each row one cell a column.
            tall: lines a row.
        """
        self._columns, self._cells, self._tall = tuple(columns), list(cells), tall
        self._head = 2 if any(column.under for column in columns) else 1
        self._measure()
        self.row = max(0, min(self.row, len(self._cells) - 1))
        if not self._may(self.column):
            self.column = next((at for at in range(len(columns)) if self._may(at)), 0)
        self._in_sight()
        self.refresh()

    def set_empty(self, text: str) -> None:
        """What stands in place of rows when there are none."""
        self._empty = text
        self.refresh()

    def move_to(self, row: int, column: int) -> None:
        """Put the cursor on a cell and bring it in sight."""
        self.row = max(0, min(row, len(self._cells) - 1))
        if self._may(column):
            self.column = column
        self._in_sight()
        self.refresh()
        self.post_message(self.Moved(self))

    def action_step(self, rows: int, columns: int) -> None:
        """Move the cursor; over the edge at a side it asks for what lies there."""
        if columns:
            at = self.column + columns
            while 0 <= at < len(self._columns) and not self._may(at):
                at += columns
            if not self._may(at):
                self.post_message(self.Left(self, columns))
                return
            self.move_to(self.row, at)
        else:
            self.move_to(self.row + rows, self.column)

    def action_end(self, where: int) -> None:
        """To the first or the last row."""
        self.move_to(0 if where < 0 else len(self._cells) - 1, self.column)

    def action_choose(self) -> None:
        """Open the cell under the cursor."""
        if self._cells:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a double click opens the cell."""
        line = self.scroll_offset.y + event.y - self._head
        if event.y < self._head or not 0 <= line // self._tall < len(self._cells):
            return
        left = 0
        for at, cells in self._layout():
            if left <= event.x < left + cells and self._may(at):
                self.move_to(line // self._tall, at)
                if event.chain > 1:
                    self.action_choose()
            left += cells + 1

    def _may(self, column: int) -> bool:
        return 0 <= column < len(self._columns) and self._columns[column].chosen

    def _in_sight(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height - self._head)
        first, last = self.row * self._tall, (self.row + 1) * self._tall - 1
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False, force=True)

    def _layout(self) -> list[tuple[int, int]]:
        """Place and cells of each column that is shown; columns stand one cell apart."""
        total = self.size.width - 1
        shown = [(at, one) for at, one in enumerate(self._columns) if total >= one.from_width]
        fixed = sum(one.width for _, one in shown) + len(shown) - 1
        flexible = sum(not one.width for _, one in shown) or 1
        each, spare = divmod(max(4 * flexible, total - fixed), flexible)
        free = iter([each + (n < spare) for n in range(flexible)])
        return [(at, one.width or next(free)) for at, one in shown]

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        total, plain = self.size.width, self._style("", "row")
        if not self._cells:
            lines = [safe(line) for line in self._empty.splitlines()]
            at = y - max(0, (self.size.height - len(lines)) // 2)
            text = lines[at] if 0 <= at < len(lines) else ""
            return Strip([Segment(fit("  " + text, total), self._style("muted", "row"))])
        segments = [Segment(" ", plain)]
        if y < self._head:
            for at, cells in self._layout():
                column = self._columns[at]
                title, role = (column.under, "muted") if y else (column.title, column.role)
                segments.append(Segment(fit(safe(title), cells, column.align) + " ", self._style(role, "row")))
            return Strip(segments).adjust_cell_length(total, plain)
        line = self.scroll_offset.y + y - self._head
        row, part = divmod(line, self._tall)
        if row >= len(self._cells):
            return Strip.blank(total, plain)
        for at, cells in self._layout():
            segments += self._piece(row, at, part, cells)
        return Strip(segments).adjust_cell_length(total, plain)

    def _piece(self, row: int, at: int, part: int, cells: int) -> list[Segment]:
        cell = self._cells[row][at] if at < len(self._cells[row]) else ()
        text, role = cell[part] if part < len(cell) else ("", "")
        here = row == self.row and at == self.column
        state = ("cursor" if self.has_focus else "cursor-blurred") if here else "row"
        column = self._columns[at]
        shown = fit(safe(text), cells, column.align, "…" if column.align == "left" else "")
        if here and self.app.native_ansi_color and not shown.startswith(">"):
            shown = fit(">" + shown, cells)
        return [Segment(shown, self._style(role, state)), Segment(" ", self._style("", "row"))]

    def _style(self, role: str, state: str) -> Style:
        key = (role, state)
        if key not in self._styles:
            self._styles[key] = row_style(self, role, state)  # type: ignore[arg-type]  # both are known component names
        return self._styles[key]

    def on_resize(self, event: events.Resize) -> None:
        """The cursor stays in sight."""
        self._measure()
        self._in_sight()

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._cells) * self._tall + self._head)

    def notify_style_update(self) -> None:
        """Another theme: everything is drawn anew."""
        super().notify_style_update()
        self._styles.clear()
        self.refresh()
