"""What a list of rows shows: columns, rows, and where rows come from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from crm_tui.rules.masking import mask_money, mask_text
from crm_tui.store.windows import Row as Stored
from crm_tui.store.windows import Window
from crm_tui.ui.text import Align, fit, safe, shares, width

Role = Literal["", "accent", "good", "warn", "bad", "muted"]
ROLES: tuple[Role, ...] = ("accent", "good", "warn", "bad", "muted")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list, measured in cells.

    Attributes:
        title: header, already in the reader's language.
        width: cells of a fixed column; 0 if it is free.
        flex: share of the room that fixed columns leave; a free column's text is cut with "…".
        kind: "number" stands right and becomes #### rather than lose digits, and so does "money", which the mask hides
            whatever it looks like; anything else is text.
        align: where the text stands; None means as the kind asks.
        from_width: the column is shown only if the list is at least so many cells wide; where room is short all the
            same, the one that wants most goes first.
        least: cells that a free column never falls below.
        role: colour of its cells where the row names none.
    """

    title: str
    width: int = 0
    flex: int = 0
    kind: Literal["text", "number", "money"] = "text"
    align: Align | None = None
    from_width: int = 0
    role: Role = ""
    least: int = 4

    def cell(self, text: str, cells: int) -> str:
        """`text` in exactly `cells` cells."""
        align = self.align or ("left" if self.kind == "text" else "right")
        if self.kind != "text" and width(text) > cells:
            return "#" * cells
        return fit(text, cells, align, "…" if self.flex else "")


@dataclass(frozen=True, slots=True)
class Row:
    """One row ready to be shown; its texts may hold anything, they never are markup.

    Attributes:
        id: the record's id.
        cells: one text a column.
        role: colour of the whole row.
        roles: colour by cell, "" where the row's or the column's holds; may be shorter than `cells`.
    """

    id: str
    cells: tuple[str, ...]
    role: Role = ""
    roles: tuple[Role, ...] = ()


GONE = Row("", ())
"""Stands where a record was that has gone since the list was counted."""


class Rows(Protocol):
    """Where a list takes its rows from."""

    def count(self) -> int:
        """How many rows there are, as far as known; answers at once."""

    def row(self, index: int) -> Row | None:
        """The row at `index`, or None if it is not at hand yet; answers within a few milliseconds."""

    def at_hand(self, index: int) -> bool:
        """Whether `row` would answer without reading."""

    def load(self, first: int, n: int) -> None:
        """Bring rows to hand; runs in a thread and may take its time."""

    def build(self, stop: threading.Event) -> bool:
        """Count and order the list anew; runs in a thread, False if it was stopped."""

    def position_of(self, ident: str) -> int | None:
        """Where a record stands, or None; runs in a thread."""


class ListRows:
    """Rows that are all in memory: a list that is short by its nature."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = list(rows)

    def count(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def row(self, index: int) -> Row | None:
        """The row at `index`."""
        return self.rows[index] if 0 <= index < len(self.rows) else GONE

    def at_hand(self, index: int) -> bool:
        """Always."""
        return True

    def load(self, first: int, n: int) -> None:
        """Nothing is to be loaded."""

    def build(self, stop: threading.Event) -> bool:
        """Nothing is to be counted."""
        return True

    def position_of(self, ident: str) -> int | None:
        """Where the row `ident` stands."""
        return next((place for place, row in enumerate(self.rows) if row.id == ident), None)


class WindowRows:
    """Rows read through a `Window`, a page at a time.

    Args:
        window: the list in the store.
        present: turns a stored row (id, *columns) into what is shown; called again for each redraw of a line.
    """

    def __init__(self, window: Window, present: Callable[[Stored], Row]) -> None:
        self.window = window
        self._present = present
        self._slow = False

    def count(self) -> int:
        """The number of rows, rough until it was counted."""
        return self.window.count

    def row(self, index: int) -> Row | None:
        """The row at `index`; None if reading it takes more than a moment, then `load` must be called."""
        stored = self.window.cached(index)
        if stored is None:
            found = None if self._slow else self.window.soon(index, 1)
            if found is None:
                self._slow = True
                return None
            if not found:
                return GONE
            stored = found[0]
        return self._present(stored)

    def at_hand(self, index: int) -> bool:
        """Whether the row's page was read."""
        return self.window.cached(index) is not None

    def load(self, first: int, n: int) -> None:
        """Read the pages of rows `first` to `first + n - 1`."""
        self.window.page(first, n)
        self._slow = False

    def build(self, stop: threading.Event) -> bool:
        """Forget what was read and count anew."""
        self.window.reload()
        done = self.window.build(stop)
        self._slow = False
        return done

    def position_of(self, ident: str) -> int | None:
        """Where the record `ident` stands."""
        return self.window.position_of(ident)


def layout(columns: Sequence[Column], total: int) -> list[tuple[int, Column, int]]:
    """Divide `total` cells: (place of the column, column, its cells) for each column that is shown.

    One cell at the left is the gutter; columns stand two cells apart, one if the list is narrow.
    """
    shown = [(place, column) for place, column in enumerate(columns) if total >= column.from_width]
    gap = gap_of(total)
    while len(shown) > 1 and _needed(shown, gap) > total:
        shown.remove(max(shown, key=lambda one: (one[1].from_width, one[0])))
    flexible = [column for _, column in shown if column.flex]
    fixed = _needed(shown, gap) - sum(column.least for column in flexible)
    free = iter(shares(fixed, [column.flex for column in flexible], total, [column.least for column in flexible]))
    return [(place, column, next(free) if column.flex else column.width) for place, column in shown]


def _needed(shown: Sequence[tuple[int, Column]], gap: int) -> int:
    """The cells that columns need at least: the gutter, fixed ones, the least of free ones, what stands between."""
    cells = sum(column.least if column.flex else column.width for _, column in shown)
    return 1 + cells + gap * max(0, len(shown) - 1)


def gap_of(total: int) -> int:
    """The cells between two columns of a list that is `total` cells wide."""
    return 2 if total >= 70 else 1


def shown_cell(row: Row, place: int, column: Column, cells: int, masked: bool = False) -> tuple[str, Role]:
    """The text of one cell, made safe and fitted, and its colour; masked before it is cut, or a part would be read."""
    text = safe(row.cells[place]) if place < len(row.cells) else ""
    if masked:
        text = mask_money(text) if column.kind == "money" else mask_text(text).rstrip()
    role = (row.roles[place] if place < len(row.roles) else "") or row.role or column.role
    return column.cell(text, cells), role
