from __future__ import annotations

from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from crm_tui.ui.rows import ListRows, Row
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.ui.widgets.row_painter import RowPainter
from tests.ui.widgets.shelf import Shelf, drive, settled

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
