"""Windows over long lists: any page of a sorted list of a million rows, read by key and not by counting.

A list is sorted by (sort column, id). Positions are found from *anchors*, the keys of every 512th row, which
`Window.build` collects in a thread in one pass over the index; a jump then costs one seek and at most 511 steps.
Until they exist, the first and the last rows are read by key at once. A list of at most 50,000 rows, as a narrow
filter of a large table makes it, is kept as its ids instead.

What may run where, at 1,000,000 rows:

=====================  ====================================================================================
on the event loop      `rough_count`, `count`, `soon` (it gives up after its budget), `cached`, `reload`,
                       `position_of` once `exact` is true and an index serves the list
in a thread            `build` (a pass over the index), `page` and `position_of` before that, or with a filter
                       that no index serves
=====================  ====================================================================================

A list is served by an index on (columns that `where` compares by =, sort column, id).
This module is on the way to the first painted row: beside the standard library it imports next to nothing.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from crm_tui.store.listings import Key, Listing, ListingReader, Row, Span, Value
from crm_tui.store.readers import Readers

__all__ = ["Listing", "Row", "Value", "Window"]

T = TypeVar("T")

STEP = 512
PAGE = 32
PAGES = 128
SMALL = 50_000
SOON = 0.008


@dataclass(slots=True)
class _Shape:
    """What a pass over the list found: all ids if they are few, else the spans in their order."""

    spans: list[Span]
    ids: list[str] | None = None

    @property
    def count(self) -> int:
        return len(self.ids) if self.ids is not None else sum(span.count or 0 for span in self.spans)


class Window:
    """Pages of one `Listing`, for any thread.

    Args:
        readers: lends the connections.
        listing: what to show.
    """

    def __init__(self, readers: Readers, listing: Listing) -> None:
        self.listing = listing
        self._reader = ListingReader(listing)
        self._readers = readers
        self._lock = threading.Lock()
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._generation = 0
        self._rough: int | None = None
        self._growing: _Shape | None = None
        self._shape: _Shape | None = None
        if listing.ids is not None:
            self._shape = _Shape([], list(listing.ids))

    @property
    def exact(self) -> bool:
        """Whether `count` is a count, and any page is a seek."""
        return self._shape is not None

    @property
    def count(self) -> int:
        """The number of rows: as `build` counted it, or `rough_count` until then."""
        shape = self._shape
        return shape.count if shape is not None else self.rough_count()

    def rough_count(self) -> int:
        """Tell the number of rows at once: exact when small, else at most the largest row number of the table."""
        shape = self._shape
        if shape is not None:
            return shape.count
        rough = self._rough
        if rough is None:
            limit = PAGE * 32
            with self._readers.lent() as db:
                found = self._within(db, SOON, lambda: self._reader.few(db, limit))
                rough = found if found is not None and found < limit else max(limit, self._reader.largest(db))
            self._rough = rough
        return rough

    def cached(self, index: int) -> Row | None:
        """The row at `index` if its page is at hand; never reads."""
        number, place = divmod(index, PAGE)
        with self._lock:
            rows = self._pages.get(number)
            if rows is None:
                return None
            self._pages.move_to_end(number)
        return rows[place] if place < len(rows) else None

    def soon(self, first: int, n: int, budget: float = SOON) -> list[Row] | None:
        """Read like `page`, but answer None when that takes longer than `budget` seconds."""
        return self._read(first, n, budget)

    def page(self, first: int, n: int) -> list[Row]:
        """Read rows `first` to `first + n - 1` as tuples (id, *columns).

        Positions are those of the last `build`; a row that has gone since is left out, so that the answer can be
        shorter than `n` until `reload` and `build`.
        """
        return self._read(first, n, None) or []

    def _read(self, first: int, n: int, budget: float | None) -> list[Row] | None:
        rows: list[Row] = []
        started = time.monotonic()
        for number in range(first // PAGE, (first + n - 1) // PAGE + 1):
            left = None if budget is None else budget - (time.monotonic() - started)
            page = self._page(number, left)
            if page is None:
                return None
            start = max(0, first - number * PAGE)
            rows += page[start : first + n - number * PAGE]
        return rows

    def _page(self, number: int, budget: float | None) -> list[Row] | None:
        with self._lock:
            rows = self._pages.get(number)
            if rows is not None:
                self._pages.move_to_end(number)
                return rows
            generation, shape = self._generation, self._shape
        total = shape.count if shape is not None else self.rough_count()
        first = number * PAGE
        n = max(0, min(PAGE, total - first))
        with self._readers.lent() as db:
            rows = self._within(db, budget, lambda: self._fetch(db, shape, first, n, total))
        if rows is not None:
            with self._lock:
                if generation == self._generation and shape is self._shape:
                    self._pages[number] = rows
                    while len(self._pages) > PAGES:
                        self._pages.popitem(last=False)
        return rows

    def _fetch(self, db: sqlite3.Connection, shape: _Shape | None, first: int, n: int, total: int) -> list[Row]:
        if n <= 0:
            return []
        if shape is None:
            if first >= total - PAGE * 8 and total > PAGE * 16:
                return self._tail(db, total - first)[:n]
            return self._forward(db, first, n)
        if shape.ids is not None:
            return self._reader.by_ids(db, shape.ids[first : first + n])
        rows: list[Row] = []
        for span in shape.spans:
            length = span.count or 0
            if first < length and n > 0:
                anchor, offset = divmod(first, STEP)
                take = min(n, length - first)
                rows += self._reader.rows(db, span, span.anchors[anchor], offset, take)
                n -= take
            first = max(0, first - length)
        return rows

    def _forward(self, db: sqlite3.Connection, first: int, n: int) -> list[Row]:
        """Read before the anchors are complete: from the nearest one known, or from the start."""
        rows: list[Row] = []
        growing = self._growing
        for span in growing.spans if growing is not None else self.listing.spans():
            known = min(first // STEP, len(span.anchors) - 1)
            start = span.anchors[known] if known >= 0 else None
            offset = first - max(0, known) * STEP
            found = self._reader.rows(db, span, start, offset, n)
            rows += found
            n -= len(found)
            if n <= 0:
                break
            first = 0 if found else max(0, offset - self._reader.count(db, span, start))
        return rows

    def _tail(self, db: sqlite3.Connection, n: int) -> list[Row]:
        """The last `n` rows, read backwards."""
        rows: list[Row] = []
        for span in reversed(self.listing.spans()):
            if n > len(rows):
                rows += self._reader.rows(db, span, None, 0, n - len(rows), backwards=True)
        return rows[::-1]

    def build(self, stop: threading.Event) -> bool:
        """Count the rows and find the anchors, in one consistent view; run it in a thread.

        Returns:
            False if `stop` was set or `reload` was called before the end; the window then stays as it was.
        """
        generation = self._generation
        with self._readers.lent() as db, _interrupting(db, stop.is_set, 20_000):
            db.execute("BEGIN")
            try:
                shape = self._survey(db, stop)
            except sqlite3.OperationalError as error:
                if not _interrupted(error):
                    raise
                shape = None
            finally:
                self._growing = None
                db.set_progress_handler(None, 0)
                db.execute("ROLLBACK")
        with self._lock:
            done = shape is not None and generation == self._generation
            if done:
                self._shape = shape
                self._pages.clear()
        return done

    def _survey(self, db: sqlite3.Connection, stop: threading.Event) -> _Shape | None:
        if self.listing.ids is not None:
            return _Shape([], self._reader.living(db, self.listing.ids))
        few: list[str] = []
        for span in self.listing.spans():
            few += self._reader.ids(db, span, SMALL + 1 - len(few))
        if len(few) <= SMALL:
            return _Shape([], few)
        shape = _Shape(self.listing.spans())
        if self._shape is None:
            self._growing = shape
        for span in shape.spans:
            key = self._reader.key_after(db, span, None, 0)
            while key is not None and not stop.is_set():
                span.anchors.append(key)
                key = self._reader.key_after(db, span, key, STEP)
            whole = max(0, len(span.anchors) - 1) * STEP
            span.count = whole + self._reader.count(db, span, span.anchors[-1]) if span.anchors else 0
        return None if stop.is_set() else shape

    def position_of(self, ident: str) -> int | None:
        """Where the record `ident` stands in the list, or None if it is not in it."""
        shape = self._shape
        if shape is not None and shape.ids is not None:
            return shape.ids.index(ident) if ident in shape.ids else None
        with self._readers.lent() as db:
            key = self._reader.key_of(db, ident)
            if key is None:
                return None
            before = 0
            for span in shape.spans if shape is not None else self.listing.spans():
                if span.nulls == (key[0] is None):
                    at = max(0, _last_not_after(span.anchors, key, self.listing.descending))
                    start = span.anchors[at] if span.anchors else None
                    return before + at * STEP + self._reader.count(db, span, start, key)
                before += span.count if span.count is not None else self._reader.count(db, span)
        return None

    def reload(self) -> None:
        """Forget the rows read so far; positions stay those of the last `build` until the next one ends."""
        with self._lock:
            self._generation += 1
            self._pages.clear()
            self._rough = None

    @staticmethod
    def _within(db: sqlite3.Connection, budget: float | None, read: Callable[[], T]) -> T | None:
        """Do `read`, or give up and answer None after `budget` seconds."""
        if budget is None:
            return read()
        deadline = time.monotonic() + budget
        with _interrupting(db, lambda: time.monotonic() > deadline, 2_000):
            try:
                return read()
            except sqlite3.OperationalError as error:
                if not _interrupted(error):
                    raise
                return None


def _last_not_after(anchors: list[Key], key: Key, descending: bool) -> int:
    """The place of the last anchor at or before `key` in the list's order, -1 if there is none."""
    if descending:
        after = bisect_left(range(len(anchors)), _order(key), key=lambda place: _order(anchors[-1 - place]))
        return len(anchors) - after - 1
    return bisect_right(anchors, _order(key), key=_order) - 1


def _order(key: Key) -> tuple[int, int | str, str]:
    """A Python key that sorts as SQLite sorts (key, id): nothing, numbers, then text by code point."""
    value, ident = key
    if value is None:
        return (0, 0, ident)
    return (2, value, ident) if isinstance(value, str) else (1, value, ident)


def _interrupted(error: sqlite3.OperationalError) -> bool:
    return "interrupt" in str(error)


@contextmanager
def _interrupting(db: sqlite3.Connection, over: Callable[[], bool], steps: int) -> Iterator[None]:
    """Interrupt what runs on `db` once `over` answers true; it is asked every `steps` steps of SQLite's machine."""
    db.set_progress_handler(lambda: int(over()), steps)
    try:
        yield
    finally:
        db.set_progress_handler(None, 0)
