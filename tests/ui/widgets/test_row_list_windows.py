from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.store.readers import Readers
from crm_tui.store.windows import Listing, Window
from crm_tui.ui.rows import Row, WindowRows
from crm_tui.ui.widgets.row_list import RowList
from tests.ui.widgets.shelf import Shelf, drive, settled


class Customers:
    """A file of customers that the list reads through a window."""

    def __init__(self, folder: Path, n: int) -> None:
        self.path = folder / "c.db"
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT, sort_key TEXT)")
        self.db.execute("CREATE INDEX by_key ON customers (sort_key, id)")
        self.db.execute("BEGIN")
        some_rows = ((f"c{i:06d}", f"Customer {i}", f"{i % 5000:06d}") for i in range(n))
        self.db.executemany("INSERT INTO customers VALUES (?,?,?)", some_rows)
        self.db.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        where = f"file:{self.path}?mode=ro"
        return sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)

    def rows(self, **given: object) -> WindowRows:
        listing = Listing("customers", ("name",), "sort_key", **given)  # type: ignore[arg-type]
        return WindowRows(
            Window(Readers(self.connect), listing), lambda row: Row(str(row[0]), ("", str(row[1]), "", ""))
        )

    def ids(self) -> list[str]:
        return [row[0] for row in self.db.execute("SELECT id FROM customers ORDER BY sort_key, id")]


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Customers:
    return Customers(tmp_path_factory.mktemp("row_list"), 60_000)


def test_the_cursor_stays_on_its_record_when_others_come_and_go(tmp_path: Path) -> None:
    customers = Customers(tmp_path, 300)

    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(customers.rows(), cursor_id="c000150")
        await settled(app, pilot)
        assert app.list.cursor == 150
        line = app.list.cursor - app.list.scroll_offset.y
        customers.db.execute("DELETE FROM customers WHERE id < 'c000040'")
        customers.db.execute("INSERT INTO customers VALUES ('new', 'New', '000000')")
        app.list.reload()
        await settled(app, pilot)
        assert app.list.cursor == 111
        assert app.list.cursor - app.list.scroll_offset.y == line
        assert app.list.count == 261
        customers.db.execute("DELETE FROM customers WHERE id = 'c000150'")
        app.list.reload()
        await settled(app, pilot)
        assert app.list.cursor_row is not None
        assert app.list.cursor_row.id == "c000151"
        customers.db.execute("DELETE FROM customers")
        app.list.reload()
        await settled(app, pilot)
        assert app.list.cursor_row is None

    drive(script)


def test_a_reload_before_the_first_count_still_finds_the_record_that_was_asked_for(customers: Customers) -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(customers.rows(), cursor_id="c054321")
        app.list.reload()
        await settled(app, pilot)
        assert app.list.cursor_row is not None
        assert app.list.cursor_row.id == "c054321"
        heard = [message.row.id for message in app.of(RowList.RowHighlighted)]  # type: ignore[attr-defined]
        assert heard == ["c054321"]

    drive(script)


def test_who_moves_while_the_list_is_counted_stays_where_he_went(customers: Customers) -> None:
    rows = customers.rows()
    build = rows.build

    def slowly(stop: threading.Event) -> bool:
        time.sleep(0.2)
        return build(stop)

    rows.build = slowly  # type: ignore[method-assign]

    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(rows)
        await pilot.press("j", "j", "j")
        await settled(app, pilot)
        assert app.list.cursor == 3

    drive(script)


def test_a_long_list_shows_the_right_row_after_every_leap(customers: Customers) -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        truth = customers.ids()
        app.list.show(customers.rows())
        assert "Customer 0" in app.lines()[1]
        await settled(app, pilot)
        for key in ("G", "pageup", "k", "g", "pagedown", "ctrl+d", "j", "end", "ctrl+u"):
            await pilot.press(key)
            row = app.list.cursor_row
            assert row is not None
            assert row.id == truth[app.list.cursor]
        app.list.move_to(31_234)
        assert app.list.cursor_row is not None
        assert app.list.cursor_row.id == truth[31_234]

    drive(script)


def test_a_slow_list_fills_in_later_and_never_holds_the_keys(customers: Customers) -> None:
    rows = customers.rows(where="length(name || sort_key) > 3 AND (SELECT count(*) FROM customers) > 0")

    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        # One step of the event loop may take the budget of the window, not the time of the query.
        load = rows.load

        def slowly(first: int, n: int) -> None:
            time.sleep(0.2)
            load(first, n)

        rows.load = slowly  # type: ignore[method-assign]
        rows._slow = True
        rows.build = lambda stop: False  # type: ignore[method-assign]
        started = time.perf_counter()
        app.list.show(rows)
        assert "..." in app.lines()[1]
        assert time.perf_counter() - started < 0.15
        await pilot.press("j")
        assert app.list.cursor == 1
        await settled(app, pilot)
        assert "Customer 0" in app.lines()[1]
        assert app.list.cursor_row is not None

    drive(script)


def test_a_failing_store_is_a_message_and_not_the_end(tmp_path: Path) -> None:
    customers = Customers(tmp_path, 10)

    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(customers.rows(where="no_such_column = 1"))
        await settled(app, pilot)
        assert app.of(RowList.LoadFailed)
        await pilot.press("j", "G", "enter")
        app.list.show(customers.rows())
        await settled(app, pilot)
        assert app.list.count == 10
        assert "Customer 0" in app.lines()[1]

    drive(script)


def test_leaving_stops_the_count(customers: Customers) -> None:
    rows = customers.rows()
    stopped = threading.Event()

    def build(stop: threading.Event) -> bool:
        stopped.set() if stop.wait(5) else None
        return False

    rows.build = build  # type: ignore[method-assign]

    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(rows)
        await pilot.pause()

    started = time.perf_counter()
    drive(script)
    assert stopped.is_set()
    assert time.perf_counter() - started < 4
