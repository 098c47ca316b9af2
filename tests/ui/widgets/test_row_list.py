from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.store.windows import Listing, Window
from crm_tui.ui.rows import Column, ListRows, Row, WindowRows
from crm_tui.ui.themes import load_themes, variable_defaults
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.ui.widgets.row_painter import RowPainter

COLUMNS = (
    Column("!", 1),
    Column("Name 名称", flex=1),
    Column("Phone", 12, role="muted", from_width=40),
    Column("Owed", 8, kind="number"),
)
HOSTILE = [
    "[red]",
    "x [/oops]",
    "Acme [CN] Ltd",
    "上海王芳贸易有限公司",
    "שלום \u202eעולם",
    "👩\u200d💻 ❤\ufe0f",
    "a\nb\tc\x1b[31m",
    "n" * 200,
    "名" * 200,
    "",
]


class Shelf(App[None]):
    def __init__(self, *, empty: str = "") -> None:
        super().__init__()
        self.empty = empty
        self.seen: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults()

    def compose(self) -> ComposeResult:
        yield RowList(COLUMNS, empty=self.empty, id="list")
        yield Input(id="filter")

    def on_mount(self) -> None:
        for theme in load_themes([]).themes.values():
            self.register_theme(theme)
        self.theme = "night"

    @property
    def list(self) -> RowList:
        return self.query_one(RowList)

    def on_row_list_row_highlighted(self, message: RowList.RowHighlighted) -> None:
        self.seen.append(message)

    def on_row_list_row_chosen(self, message: RowList.RowChosen) -> None:
        self.seen.append(message)

    def on_row_list_selection_changed(self, message: RowList.SelectionChanged) -> None:
        self.seen.append(message)

    def on_row_list_load_failed(self, message: RowList.LoadFailed) -> None:
        self.seen.append(message)

    def lines(self) -> list[str]:
        return ["".join(part.text for part in self.list.render_line(y)) for y in range(self.list.size.height)]

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.seen if isinstance(message, kind)]


def drive(
    script: Callable[[Shelf, Pilot[None]], Awaitable[None]], size: tuple[int, int] = (60, 12), **made: str
) -> None:
    async def run() -> None:
        app = Shelf(**made)
        async with app.run_test(size=size) as pilot:
            await script(app, pilot)

    asyncio.run(run())


async def settled(app: Shelf, pilot: Pilot[None]) -> None:
    for worker in list(app.workers):
        await worker.wait()
    await pilot.pause()


def some(n: int) -> ListRows:
    return ListRows([Row(f"r{i}", ("!", f"Customer {i}", "138", f"{i}.00")) for i in range(n)])


def test_every_key_moves_the_cursor_where_it_should() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(100))
        await settled(app, pilot)
        height = app.list.size.height - 1
        half = height // 2
        walk = [("j", 1), ("down", 2), ("k", 1), ("up", 0), ("up", 0), ("pagedown", height), ("pageup", 0)]
        walk += [("ctrl+d", half), ("ctrl+u", 0), ("G", 99), ("j", 99), ("g", 0), ("end", 99), ("home", 0)]
        for key, place in walk:
            await pilot.press(key)
            assert app.list.cursor == place, key
            top = app.list.scroll_offset.y
            assert top <= place < top + height, key
        assert app.lines()[1].strip().startswith("!")

    drive(script)


def test_enter_opens_and_space_marks_and_goes_on() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(5))
        await pilot.press("j", "space", "space", "k", "space", "enter")
        await pilot.pause()
        assert app.list.marks == {"r1"}
        changes = [message.ids for message in app.of(RowList.SelectionChanged)]  # type: ignore[attr-defined]
        assert changes == [{"r1"}, {"r1", "r2"}, {"r1"}]
        chosen = app.of(RowList.RowChosen)
        assert [message.row.id for message in chosen] == ["r3"]  # type: ignore[attr-defined]
        assert app.lines()[2].startswith("#")
        app.list.clear_marks()
        assert not app.list.marks

    drive(script)


def test_every_line_is_as_wide_as_the_list_whatever_people_type() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(ListRows([Row(str(n), ("!", name, name, name)) for n, name in enumerate(HOSTILE)]))
        await settled(app, pilot)
        shown = app.lines()
        width = app.list.scrollable_content_region.width
        assert {cell_len(line) for line in shown} == {width}
        text = "\n".join(shown)
        assert "\u202e" not in text
        for name in ("[red]", "x [/oops]", "Acme [CN] Ltd", "a⏎b c␛[31m"):
            assert name in text or width < 40

    drive(script, size=(71, 24))
    drive(script, size=(40, 24))
    drive(script, size=(12, 24))


def test_a_number_too_wide_shows_no_wrong_number() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(ListRows([Row("a", ("", "A", "", "123,456,789.00")), Row("b", ("", "B", "", "1.00"))]))
        assert "########" in app.lines()[1]
        assert app.lines()[2].endswith("    1.00 ")

    drive(script)


def test_the_thumb_tells_how_far_down_one_is() -> None:
    thumb = RowPainter.thumb
    assert list(thumb(0, 20, 20)) == []
    assert list(thumb(0, 20, 40)) == list(range(10))
    assert list(thumb(20, 20, 40)) == list(range(10, 20))
    assert list(thumb(0, 20, 1_000_000)) == [0]
    assert list(thumb(999_980, 20, 1_000_000)) == [19]


def test_columns_that_need_room_step_aside() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(3))
        assert "Phone" in app.lines()[0]
        await pilot.resize_terminal(39, 12)
        await pilot.pause()
        assert "Phone" not in app.lines()[0]
        assert "Owed" in app.lines()[0]

    drive(script)


def test_an_empty_list_teaches() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(0))
        await settled(app, pilot)
        assert "No customers [yet]" in "\n".join(app.lines())
        await pilot.press("j", "G", "enter", "space", "pagedown")
        assert app.seen == []
        app.list.show(some(2))
        assert "No customers" not in "\n".join(app.lines())

    drive(script, empty="No customers [yet]\nn  new customer")


def test_letters_typed_in_the_filter_stay_there() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(9))
        await settled(app, pilot)
        app.query_one(Input).focus()
        await pilot.press("j", "G", "space")
        assert app.query_one(Input).value == "jG "
        assert app.list.cursor == 0

    drive(script)


def test_the_screen_hears_where_the_cursor_stands_also_at_the_start() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(some(9))
        await settled(app, pilot)
        await pilot.press("j")
        await pilot.pause()
        heard = [message.row.id for message in app.of(RowList.RowHighlighted)]  # type: ignore[attr-defined]
        assert heard[0] == "r0"
        assert heard[-1] == "r1"

    drive(script)


def test_another_theme_recolours_the_lines() -> None:
    async def script(app: Shelf, pilot: Pilot[None]) -> None:
        app.list.show(ListRows([Row("a", ("!", "A", "", ""), roles=("bad",)), Row("b", ("", "B", "", ""))]))
        colours = set()
        for theme in ("night", "day", "contrast", "ansi"):
            app.theme = theme
            await pilot.pause()
            app.list.render_line(1)
            colours.add(str([segment.style for segment in app.list.render_line(1)]))
        assert len(colours) == 4

    drive(script)


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
        return WindowRows(Window(self.connect, listing), lambda row: Row(str(row[0]), ("", str(row[1]), "", "")))

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
