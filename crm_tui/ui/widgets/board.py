"""A board of columns that may hold 100,000 cards: only the cards in sight are read and drawn.

A column takes its cards from a `Rows` as `RowList` does; what is not at hand is drawn as "..." and filled in from a
thread. The board knows nothing of deals: a `Lane` draws its head and its cards.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import ClassVar, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from crm_tui.errors import CrmError
from crm_tui.ui.rows import ROLES, Role, Rows
from crm_tui.ui.text import fit
from crm_tui.ui.widgets.list_keys import BOARD_KEYS
from crm_tui.ui.widgets.row_painter import STATES, State, row_style, text_line

Piece = tuple[str, Role]
HEAD = 3
"""Lines of a column's head, the rule below it among them."""
LEAST = 23
"""Cells that a column has at least."""
MOST = 46
LONG = 200
"""A column with more cards is counted in a thread."""


class Lane(Protocol):
    """One column: where its cards come from and how they are drawn."""

    rows: Rows
    count: int
    lines: int
    """Lines of a card."""

    def head(self, cells: int) -> list[list[Piece]]:
        """The two lines over the cards."""

    def card(self, index: int, cells: int) -> list[list[Piece]] | None:
        """The lines of a card, None if it is not at hand."""

    def id_of(self, index: int) -> str | None:
        """The id of a card, None if it is not at hand."""


class BoardView(Widget, can_focus=True):
    """Columns of cards with a cursor; `lane` and `card` say where it stands."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"row-list--{part}" for part in (*STATES, *ROLES)}
    DEFAULT_CSS = """
    BoardView { height: 1fr; width: 1fr; background: $background; color: $foreground; }
    BoardView > .row-list--header { color: $muted; }
    BoardView > .row-list--row { color: $foreground; }
    BoardView > .row-list--cursor { color: $cursor-text; background: $cursor; }
    BoardView > .row-list--cursor-blurred { color: $foreground; background: $panel; }
    BoardView > .row-list--thumb { color: $line; }
    BoardView > .row-list--marked { color: $foreground; background: $marked; }
    BoardView > .row-list--accent { color: $accent; }
    BoardView > .row-list--good { color: $good; }
    BoardView > .row-list--warn { color: $warn; }
    BoardView > .row-list--bad { color: $bad; }
    BoardView > .row-list--muted { color: $muted; }
    """
    BINDINGS = BOARD_KEYS

    class Moved(Message):
        """The cursor stands elsewhere, or its card was read anew."""

    class Chosen(Message):
        """Enter was pressed on the card `ident`."""

        def __init__(self, ident: str) -> None:
            super().__init__()
            self.ident = ident

    class Marked(Message):
        """Cards were marked or unmarked."""

    class LoadFailed(Message):
        """Cards could not be read."""

        def __init__(self, error: Exception) -> None:
            super().__init__()
            self.error = error

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._lanes: list[Lane] = []
        self._at: list[int] = []
        self._top: list[int] = []
        self.lane = 0
        self._first = 0
        self._empty = ""
        self._marks: set[str] = set()
        self._styles: dict[tuple[str, State], Style] = {}
        self._stop = threading.Event()
        self._wanted: dict[int, tuple[int, int]] = {}
        self._loading = False

    def show(self, lanes: Sequence[Lane], seek: str | None = None) -> None:
        """Show other columns; the cursor stays where it is, or goes to the card `seek`, wherever it stands."""
        same = len(lanes) == len(self._lanes)
        self._lanes = list(lanes)
        if not same:
            self._at, self._top = [0] * len(lanes), [0] * len(lanes)
            self.lane = self._first = 0
        for n, lane in enumerate(lanes):
            self._at[n] = max(0, min(self._at[n], lane.count - 1))
            self._top[n] = max(0, min(self._top[n], lane.count - 1))
        self._wanted.clear()
        if seek is not None:
            self._find_near(seek)
        self._in_sight()
        self.refresh()
        self.post_message(self.Moved())
        self._stop.set()
        self._stop = threading.Event()
        self.run_worker(self._settle(seek), group="board-count", exclusive=True, exit_on_error=False)

    def _find_near(self, seek: str) -> bool:
        """Put the cursor on a card that is at hand near the top or the cursor of a column."""
        for n, lane in enumerate(self._lanes):
            for start in (0, max(0, self._at[n] - 2)):
                for place in range(start, min(lane.count, start + 5)):
                    if lane.id_of(place) == seek:
                        self.lane, self._at[n] = n, place
                        return True
        return False

    async def _settle(self, seek: str | None) -> None:
        """Count long columns in a thread, so that any card is a seek away; find a card that is not near."""
        stop, lanes = self._stop, list(self._lanes)
        try:
            for lane in lanes:
                if lane.count > LONG and not await asyncio.to_thread(lane.rows.build, stop):
                    return
            if seek is None or self.ident == seek:
                return
            for n, lane in enumerate(lanes):
                place = await asyncio.to_thread(lane.rows.position_of, seek)
                if place is not None and lanes == self._lanes:
                    self.move_to(n, place)
                    return
        except CrmError as error:
            self.post_message(self.LoadFailed(error))

    @property
    def tops(self) -> tuple[int, ...]:
        """The first card in sight, by column."""
        return tuple(self._top)

    def set_empty(self, text: str) -> None:
        """What stands in place of the columns when there are none."""
        self._empty = text
        self.refresh()

    @property
    def here(self) -> Lane | None:
        """The column under the cursor."""
        return self._lanes[self.lane] if self._lanes else None

    @property
    def index(self) -> int:
        """Where the cursor stands in its column."""
        return self._at[self.lane] if self._lanes else 0

    @property
    def ident(self) -> str | None:
        """The id of the card under the cursor."""
        lane = self.here
        return lane.id_of(self.index) if lane is not None and lane.count else None

    def neighbour(self, step: int) -> str | None:
        """The id of a card so many places from the cursor in its column."""
        lane, at = self.here, self.index + step
        return lane.id_of(at) if lane is not None and 0 <= at < lane.count else None

    @property
    def marks(self) -> frozenset[str]:
        """The ids of the marked cards."""
        return frozenset(self._marks)

    def clear_marks(self) -> None:
        """Unmark every card."""
        if self._marks:
            self._marks.clear()
            self.refresh()
            self.post_message(self.Marked())

    def move_to(self, lane: int, index: int) -> None:
        """Put the cursor somewhere."""
        if not self._lanes:
            return
        self.lane = max(0, min(lane, len(self._lanes) - 1))
        self._at[self.lane] = max(0, min(index, self._lanes[self.lane].count - 1))
        self._in_sight()
        self.refresh()
        self.post_message(self.Moved())

    def action_move(self, step: int) -> None:
        """A card up or down."""
        self.move_to(self.lane, self.index + step)

    def action_lane(self, step: int) -> None:
        """A column to the left or right, at the same height of the screen."""
        target = max(0, min(self.lane + step, len(self._lanes) - 1))
        if self._lanes and target != self.lane:
            line = self.index - self._top[self.lane]
            self.move_to(target, self._top[target] + line)

    def action_page(self, pages: int) -> None:
        """A page up or down."""
        self.move_to(self.lane, self.index + pages * max(1, self._fitting(self.lane)))

    def action_end(self, last: bool) -> None:
        """To the first or the last card."""
        lane = self.here
        self.move_to(self.lane, lane.count - 1 if last and lane is not None else 0)

    def action_mark(self) -> None:
        """Mark or unmark the card under the cursor and go on to the next."""
        if (ident := self.ident) is not None:
            self._marks ^= {ident}
            self.post_message(self.Marked())
            self.action_move(1)

    def action_choose(self) -> None:
        """Open the card under the cursor."""
        if (ident := self.ident) is not None:
            self.post_message(self.Chosen(ident))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor, a double click opens its card."""
        for lane, left, cells in self._layout():
            if left <= event.x < left + cells and event.y >= HEAD:
                pitch = self._pitch(lane)
                index = self._top[lane] + (event.y - HEAD) // pitch
                if index < self._lanes[lane].count:
                    self.move_to(lane, index)
                    if event.chain > 1:
                        self.action_choose()

    @property
    def across(self) -> int:
        """How many columns are in sight."""
        return max(1, min(len(self._lanes), (self.size.width + 1) // (LEAST + 1)))

    @property
    def beside(self) -> tuple[int, int]:
        """How many columns there are before and after those in sight."""
        return self._first, max(0, len(self._lanes) - self._first - self.across)

    def _layout(self) -> list[tuple[int, int, int]]:
        """Column, its left cell and its cells, for each in sight."""
        n = self.across
        room = self.size.width - (n - 1)
        cells = min(MOST, room // n)
        spare = room - cells * n if cells < MOST else 0
        found, left = [], 0
        for place in range(n):
            own = cells + (1 if place < spare else 0)
            if self._first + place < len(self._lanes):
                found.append((self._first + place, left, own))
            left += own + 1
        return found

    def _pitch(self, lane: int) -> int:
        """Lines from one card to the next: a blank one between them where there is room for it."""
        return self._lanes[lane].lines + (1 if self.size.height >= 20 else 0)

    def _fitting(self, lane: int) -> int:
        return max(1, (self.size.height - HEAD + (self._pitch(lane) - self._lanes[lane].lines)) // self._pitch(lane))

    def _in_sight(self) -> None:
        if not self._lanes:
            return
        if self.lane < self._first:
            self._first = self.lane
        elif self.lane >= self._first + self.across:
            self._first = self.lane - self.across + 1
        self._first = max(0, min(self._first, len(self._lanes) - self.across))
        for lane in range(len(self._lanes)):
            fitting = self._fitting(lane)
            if self._at[lane] < self._top[lane]:
                self._top[lane] = self._at[lane]
            elif self._at[lane] >= self._top[lane] + fitting:
                self._top[lane] = self._at[lane] - fitting + 1

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self._in_sight()

    def render_line(self, y: int) -> Strip:
        """Draw one line of all columns in sight."""
        total = self.size.width
        if not self._lanes:
            return self._empty_line(y, total)
        plain, rule = self._style("", "row"), self._style("", "thumb")
        segments: list[Segment] = []
        for place, (lane, _, cells) in enumerate(self._layout()):
            if place:
                more = y < HEAD - 1
                segments.append(Segment(" " if more else "│" if y >= HEAD else "┼", plain if more else rule))
            segments += self._lane_line(lane, y, cells)
        return Strip(segments).adjust_cell_length(total, plain)

    def _lane_line(self, lane: int, y: int, cells: int) -> list[Segment]:
        here = lane == self.lane
        if y < HEAD - 1:
            pieces = self._lanes[lane].head(cells - 2)[y]
            style = self._style("", "row")
            bold = Style(bold=True) if y == 0 else Style()
            drawn = [Segment(text, self._style(role, "row") + bold) for text, role in pieces]
            return [Segment(" ", style), *drawn, Segment(" ", style)]
        if y == HEAD - 1:
            return [
                Segment(
                    ("━" if here else "─") * cells, self._style("accent" if here else "", "row" if here else "thumb")
                )
            ]
        index, line = divmod(y - HEAD, self._pitch(lane))
        index += self._top[lane]
        if index >= self._lanes[lane].count or line >= self._lanes[lane].lines:
            return [Segment(self._more(lane, y, cells), self._style("muted", "row"))]
        return self._card_line(lane, index, line, cells)

    def _more(self, lane: int, y: int, cells: int) -> str:
        """On the last line of a column: how many cards there are below."""
        below = self._lanes[lane].count - self._top[lane] - self._fitting(lane)
        return fit(f" v {below:,}" if y == self.size.height - 1 and below > 0 else "", cells)

    def _card_line(self, lane: int, index: int, line: int, cells: int) -> list[Segment]:
        at = lane == self.lane and index == self._at[lane]
        state: State = ("cursor" if self.has_focus else "cursor-blurred") if at else "row"
        ident = self._lanes[lane].id_of(index)
        marked = ident is not None and ident in self._marks
        if marked and state == "row":
            state = "marked"
        drawn = self._lanes[lane].card(index, cells - 2)
        if drawn is None:
            self._want(lane)
            drawn = [[(fit("...", cells - 2), "muted")]] * self._lanes[lane].lines
        sign = "#" if marked and line == 0 else "▌" if at and not self.app.native_ansi_color else ">" if at else " "
        found = [Segment(sign, self._style("accent", state))]
        bold = Style(bold=True) if line == 0 else Style()
        found += [Segment(text, self._style(role, state) + bold) for text, role in drawn[line]]
        return [*found, Segment(" ", self._style("", state))]

    def _want(self, lane: int) -> None:
        self._wanted[lane] = (self._top[lane], self._fitting(lane) * 2)
        if not self._loading:
            self._loading = True
            self.run_worker(self._load(), group="board-load", exit_on_error=False)

    async def _load(self) -> None:
        try:
            while self._wanted:
                lane, (first, n) = self._wanted.popitem()
                if lane < len(self._lanes):
                    await asyncio.to_thread(self._lanes[lane].rows.load, first, n)
                    self.refresh()
                    self.post_message(self.Moved())
                    await asyncio.sleep(0)
        except CrmError as error:
            self._wanted.clear()
            self.post_message(self.LoadFailed(error))
        finally:
            self._loading = False

    def _empty_line(self, y: int, total: int) -> Strip:
        text = text_line(self._empty, y, total, self.size.height)
        return Strip([Segment(text, self._style("muted", "row"))])

    def _style(self, role: str, state: State) -> Style:
        key = (role, state)
        if key not in self._styles:
            self._styles[key] = row_style(self, role, state)
        return self._styles[key]

    def notify_style_update(self) -> None:
        """Another theme: all is drawn anew."""
        super().notify_style_update()
        self._styles.clear()

    def on_unmount(self) -> None:
        """A thread that still counts is told to stop."""
        self._stop.set()
