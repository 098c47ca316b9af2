"""A list of rows that may be a million: only the lines in sight are read and drawn.

The list never waits for the store: a row that is not at hand is drawn as "..." and filled in from a thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import ClassVar, cast

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from crm_tui.errors import CrmError
from crm_tui.ui.rows import ROLES, Column, ListRows, Row, Rows
from crm_tui.ui.widgets.list_keys import LIST_KEYS
from crm_tui.ui.widgets.row_painter import ROW_CSS, STATES, RowPainter, State


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """A list with a cursor, marks and a header line.

    Args:
        columns: what is shown of each row.
        empty: what stands in place of rows when there are none; plain text, may have several lines.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row-list--{part}" for part in (*STATES, *ROLES)}
    DEFAULT_CSS = ROW_CSS
    BINDINGS = LIST_KEYS

    class ListMessage(Message):
        """Something happened in the list `row_list`."""

        def __init__(self, row_list: RowList) -> None:
            super().__init__()
            self.row_list = row_list

        @property
        def control(self) -> RowList:
            """The sender, for `@on` with a selector."""
            return self.row_list

    class RowMessage(ListMessage):
        """Something happened to the row `row`, which stands at `index`."""

        def __init__(self, row_list: RowList, index: int, row: Row) -> None:
            super().__init__(row_list)
            self.index, self.row = index, row

    class RowHighlighted(RowMessage):
        """The cursor came to stand on a row, or its row was read anew."""

        def can_replace(self, message: Message) -> bool:
            """Only the last of several waiting ones counts."""
            return isinstance(message, RowList.RowHighlighted) and message.row_list is self.row_list

    class RowChosen(RowMessage):
        """Enter was pressed on a row."""

    class SelectionChanged(ListMessage):
        """Rows were marked or unmarked; `ids` are the marked records."""

        def __init__(self, row_list: RowList, ids: frozenset[str]) -> None:
            super().__init__(row_list)
            self.ids = ids

    class LoadFailed(ListMessage):
        """The rows could not be read (`error` says why); the list rests until it is shown or reloaded again."""

        def __init__(self, row_list: RowList, error: Exception) -> None:
            super().__init__(row_list)
            self.error = error

    class Counted(ListMessage):
        """The exact number of rows is known: `count`."""

        def __init__(self, row_list: RowList, count: int) -> None:
            super().__init__(row_list)
            self.count = count

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._empty = empty
        self._rows: Rows = ListRows(())
        self._count = self._cursor = 0
        self._marks: set[str] = set()
        self._lines: LRUCache[tuple[int, State, bool, bool, int], Strip] = LRUCache(1024)
        self._painter = RowPainter(self)
        self._wanted: tuple[int, int] | None = None
        self._blank = self._loading = self._failed = False
        self._announced: Row | None = None
        self._sought: str | None = None
        self._stop = threading.Event()

    @property
    def count(self) -> int:
        """The number of rows, rough until it was counted."""
        return self._count

    @property
    def cursor(self) -> int:
        """Where the cursor stands."""
        return self._cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor, or None if there is none or it is not read yet."""
        row = self._row(self._cursor)
        return row if row is not None and row.id else None

    @property
    def marks(self) -> frozenset[str]:
        """The ids of the marked records."""
        return frozenset(self._marks)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns, or the same in another language."""
        self._columns = tuple(columns)
        self._redraw()

    def set_empty(self, text: str) -> None:
        """What stands in place of rows when there are none."""
        self._empty = text
        self.refresh()

    def show(self, rows: Rows, *, cursor_id: str | None = None, counted: bool = False) -> None:
        """Show another list from its top, or with the cursor on the record `cursor_id`.

        A list that was counted and read already is painted once, not again after its count.
        """
        self._rows = rows
        self._announced, self._sought = None, cursor_id
        self._cursor = 0
        self.scroll_to(y=0, animate=False, force=True)
        self._take_count()
        self._redraw()
        if cursor_id is None:
            self._announce()
        if counted:
            self._stop.set()
            self.workers.cancel_group(self, "row-list-count")
            self.post_message(self.Counted(self, self._count))
        else:
            self._settle()

    def reload(self) -> None:
        """Read the list again after a change; the cursor stays on its record, and in its line."""
        if self._sought is None and (row := self.cursor_row) is not None:
            self._sought = row.id
        self._settle()

    def clear_marks(self) -> None:
        """Unmark every row."""
        if self._marks:
            self._marks.clear()
            self._redraw()
            self.post_message(self.SelectionChanged(self, self.marks))

    def move_to(self, index: int) -> None:
        """Put the cursor on the row at `index` and bring it in sight."""
        old, index = self._cursor, max(0, min(self._count - 1, index))
        self._cursor, self._sought = index, None
        top, height = self.scroll_offset.y, self._height
        if index < top or index >= top + height:
            self._scroll(index if index < top else index - height + 1)
            self._look_ahead(height if index > top else -height)
        else:
            for line in {old, index}:
                self.refresh(Region(0, line - top + 1, self.size.width, 1))
        self._announce()

    def action_move(self, step: int) -> None:
        """One row up or down."""
        self.move_to(self._cursor + step)

    def action_page(self, pages: int) -> None:
        """A page up or down; the cursor keeps its line."""
        self._leap(pages * self._height)

    def action_half(self, halves: int) -> None:
        """Half a page up or down."""
        self._leap(halves * max(1, self._height // 2))

    def action_first(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """To the last row."""
        self.move_to(self._count - 1)

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor and go on to the next."""
        if (row := self.cursor_row) is not None:
            self._marks ^= {row.id}
            self._forget(self._cursor)
            self.post_message(self.SelectionChanged(self, self.marks))
            self.move_to(self._cursor + 1)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if (row := self.cursor_row) is not None:
            self.post_message(self.RowChosen(self, self._cursor, row))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a double click opens its row."""
        index = self.scroll_offset.y + event.y - 1
        if event.y >= 1 and index < self._count:
            self.move_to(index)
            if event.chain > 1:
                self.action_choose()

    def _leap(self, rows: int) -> None:
        self._cursor, self._sought = max(0, min(self._count - 1, self._cursor + rows)), None
        self._scroll(self.scroll_offset.y + rows)
        self._announce()
        self._look_ahead(rows)

    def _scroll(self, top: int) -> None:
        top = max(0, min(self._count - self._height, top))
        self.scroll_to(y=top, animate=False, force=True)
        self.refresh()

    @property
    def _height(self) -> int:
        """The number of rows in sight; the header takes one line."""
        return max(1, self.size.height - 1)

    @property
    def _width(self) -> int:
        """The cells of a line; the scroll bar takes its own."""
        return self.scrollable_content_region.width

    def _take_count(self) -> None:
        try:
            self._count = self._rows.count()
        except CrmError as error:
            self._fail(error)
            self._count = 0
        self._cursor = max(0, min(self._count - 1, self._cursor))
        self.virtual_size = Size(self.size.width, self._count + 1)

    def _row(self, index: int) -> Row | None:
        if self._failed or not 0 <= index < self._count:
            return None
        try:
            return self._rows.row(index)
        except CrmError as error:
            self._fail(error)
            return None

    def _fail(self, error: Exception) -> None:
        self._failed = True
        self.post_message(self.LoadFailed(self, error))

    def _settle(self) -> None:
        """Count in a thread, then put the cursor where its record stands."""
        self._failed = False
        self._stop.set()
        self._stop = threading.Event()
        # A coroutine made here would never be awaited if the next call comes first; Textual's types know no methods.
        count = cast("Callable[[], None]", self._count_and_find)
        self.run_worker(count, group="row-list-count", exclusive=True, exit_on_error=False)

    async def _count_and_find(self) -> None:
        rows, stop = self._rows, self._stop
        try:
            if not await asyncio.to_thread(rows.build, stop):
                return
            wanted, at = self._sought, self._cursor
            if wanted is None and self._announced is not None:
                wanted = self._announced.id
            place = await asyncio.to_thread(rows.position_of, wanted) if wanted is not None else None
        except CrmError as error:
            self._fail(error)
            return
        line = self._cursor - self.scroll_offset.y
        self._take_count()
        if place is not None and self._cursor == min(at, max(0, self._count - 1)):
            self._cursor = place
            self._scroll(place - max(0, min(line, self._height - 1)))
        else:
            self.move_to(self._cursor)
        self._redraw()
        self._announced = self._sought = None
        self._announce()
        self.post_message(self.Counted(self, self._count))

    def _want(self, first: int, last: int) -> None:
        """Ask for rows that are not at hand; one thread reads them, and what was asked for meanwhile."""
        self._wanted = (first, last)
        if not self._loading and not self._failed:
            self._loading = True
            self.run_worker(self._load(), group="row-list-load", exit_on_error=False)

    def _sight(self, rows: int = 0) -> tuple[int, int]:
        """The first and last row of what is in sight, or would be `rows` rows on."""
        top = self.scroll_offset.y + rows
        return max(0, top), min(self._count, top + self._height) - 1

    def _look_ahead(self, rows: int) -> None:
        """Read the screenful that lies `rows` rows on, so that the next such leap finds it at hand."""
        first, last = self._sight(rows)
        if first <= last and not all(map(self._rows.at_hand, (first, last))):
            self._want(first, last)

    async def _load(self) -> None:
        try:
            while self._wanted is not None and not self._failed:
                first, last = self._wanted
                self._wanted = None
                await asyncio.to_thread(self._rows.load, first, last - first + 1)
                if self._blank:
                    self._blank = False
                    self._redraw()
                    self._announce()
                    await asyncio.sleep(0)
        except CrmError as error:
            self._fail(error)
        finally:
            self._loading = False

    def _announce(self) -> None:
        row = self.cursor_row
        if row is not None and row != self._announced:
            self._announced = row
            self.post_message(self.RowHighlighted(self, self._cursor, row))

    def render_line(self, y: int) -> Strip:
        """Draw one line of what is in sight."""
        total = self._width
        if not self._count:
            return self._painter.empty_line(self._empty, y, total, self.size.height)
        if y == 0:
            return self._painter.header(self._columns, total)
        index = self.scroll_offset.y + y - 1
        if index >= self._count:
            return self._painter.blank(total)
        state: State = "row"
        if index == self._cursor:
            state = "cursor" if self.has_focus else "cursor-blurred"
        row = self._row(index) if self._marks else None
        marked = row is not None and row.id in self._marks
        thumb = y - 1 in self._painter.thumb(self.scroll_offset.y, self._height, self._count)
        key = (index, state, marked, thumb, total)
        strip = self._lines.get(key)
        if strip is None:
            row = row or self._row(index)
            if row is None:
                self._blank = True
                self._want(*self._sight())
                return self._painter.waiting(self._columns, total, state)
            strip = self._lines[key] = self._painter.line(self._columns, row, total, state, marked, thumb)
        return strip

    def _forget(self, index: int) -> None:
        for key in [key for key in self._lines.keys() if key[0] == index]:  # noqa: SIM118 - LRUCache has no iterator
            self._lines.discard(key)

    def _redraw(self) -> None:
        self._lines.clear()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Columns are measured anew, and the cursor stays in sight."""
        self.virtual_size = Size(self.size.width, self._count + 1)
        self._lines.clear()
        if self._count and self._sought is None:
            self.move_to(self._cursor)

    def notify_style_update(self) -> None:
        """Another theme: the lines are drawn anew."""
        super().notify_style_update()
        self._painter.forget_styles()
        self._lines.clear()

    def on_unmount(self) -> None:
        """Threads that still count are told to stop."""
        self._stop.set()
