from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.importing.child import Order
from crm_tui.ui.importing.path_box import completed, entries
from crm_tui.ui.importing.texts import bar
from crm_tui.ui.importing.verdicts import VerdictRows
from tests.ui.shown import app_on, screen_text

TABLE = "姓名,手机,[red]备注\n王小明,13811112222,好\n,139,x [/oops]\n赵六,13800138000,[b]\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Three rows in GB18030, one of which has no name."""
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / "客户.csv"
    path.write_bytes(TABLE.encode("gb18030"))
    return path


async def _until(pilot: Any, text: str) -> str:
    """Wait for a child process: until `text` stands on the screen."""
    for _ in range(200):
        await asyncio.sleep(0.05)
        shown = screen_text(pilot)
        if text in shown:
            return shown
    raise AssertionError(f"{text!r} never came:\n{screen_text(pilot)}")


async def _name(pilot: Any, path: Path) -> None:
    box = pilot.app.screen.query_one("PathInput")
    box.value = str(path)
    await pilot.settle()
    await pilot.press("enter")


def test_a_file_is_counted_imported_and_taken_back(db_file: Path, table: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _name(pilot, table)
        text = await _until(pilot, "3 rows")
        assert "+ 2 created" in text
        assert "x 1 rejected" in text
        assert "[red]备注" in text
        assert pilot.app.crm.customers.counts()["all"] == 0
        await pilot.press("i")
        text = await _until(pilot, "客户-rejects.csv")
        assert "3 rows   + 2 created" in text
        assert pilot.app.crm.customers.counts()["all"] == 2
        await pilot.press("u")
        await _until(pilot, "Taken back")
        assert pilot.app.crm.customers.counts()["all"] == 0

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_a_column_is_sent_elsewhere_and_counted_anew(db_file: Path, table: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _name(pilot, table)
        await _until(pilot, "3 rows")
        await pilot.press("j", "j", "enter")
        await pilot.settle()
        await pilot.press(*"industry", "enter")
        await _until(pilot, "Industry")
        await _until(pilot, "3 rows")
        await pilot.press("i")
        await _until(pilot, "rejects.csv")
        assert pilot.app.crm.customers.get(pilot.app.crm.customers.resolve("王小明"))["industry"] == "好"

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_another_encoding_is_read_at_once(db_file: Path, table: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _name(pilot, table)
        assert "gb18030" in await _until(pilot, "3 rows")
        await pilot.press("e")
        await pilot.settle()
        await pilot.press(*"utf-8", "enter")
        # Bytes that are none in this encoding are a sentence, and the columns stay as they were.
        await _until(pilot, "x ")
        assert "[red]备注" in screen_text(pilot)

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_a_bad_file_says_what_it_is(db_file: Path, tmp_path: Path, drive: Callable[..., None]) -> None:
    picture = tmp_path / "cat.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))

    async def script(pilot: Any) -> None:
        await _name(pilot, picture)
        await _until(pilot, "a picture")
        await _name(pilot, tmp_path / "nothing.csv")
        await _until(pilot, "does not exist")

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_the_open_file_itself_is_not_read_as_a_table(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _name(pilot, db_file)
        await _until(pilot, "x ")
        assert "open here" in pilot.app.screen._problem

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_a_running_import_can_be_stopped(db_file: Path, tmp_path: Path, drive: Callable[..., None]) -> None:
    path = tmp_path / "many.csv"
    path.write_text("name,phone\n" + "".join(f"Customer {n},1381{n:07}\n" for n in range(60_000)))

    async def script(pilot: Any) -> None:
        await _name(pilot, path)
        await _until(pilot, "counting")
        await pilot.press("i")
        await pilot.pause(0.4)
        await pilot.press("escape")
        await pilot.pause(0.05)
        await pilot.press("y")
        await _until(pilot, "nothing was changed")
        assert pilot.app.crm.customers.counts()["all"] == 0

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_tab_completes_as_far_as_it_is_clear(tmp_path: Path) -> None:
    (tmp_path / "customers 2025.csv").touch()
    (tmp_path / "Customers 2026.csv").touch()
    (tmp_path / "photo.png").touch()
    (tmp_path / "folder").mkdir()
    here = f"{tmp_path}/"
    assert [one.name for one in entries(here)] == ["folder", "customers 2025.csv", "Customers 2026.csv"]
    assert completed(here + "cu", entries(here + "cu")) == here + "customers 202"
    assert completed(here + "fo", entries(here + "fo")) == here + "folder/"
    assert completed(here + "zz", entries(here + "zz")) == here + "zz"
    assert [one.name for one in entries(here + "ph")] == ["photo.png"]


def test_a_bar_has_always_its_width() -> None:
    for done in range(0, 101, 7):
        assert len(bar(done, 100, 20)) == 20
    assert bar(100, 100, 8) == "█" * 8
    assert bar(0, 0, 8) == "░" * 8


def test_tab_and_enter_put_what_fits_into_the_line(db_file: Path, tmp_path: Path, drive: Callable[..., None]) -> None:
    (tmp_path / "[red] one.csv").write_text("name\nAnna\n")
    (tmp_path / "[red] two.csv").write_text("name\nBerta\n")

    async def script(pilot: Any) -> None:
        line = pilot.app.screen.query_one("PathInput")
        line.value = f"{tmp_path}/[r"
        await pilot.settle()
        await pilot.press("tab")
        await pilot.settle()
        assert line.value == f"{tmp_path}/[red] "
        await pilot.press("tab", "tab")
        await pilot.settle()
        assert line.value == f"{tmp_path}/[red] two.csv"
        line.value = f"{tmp_path}/[red] o"
        await pilot.settle()
        await pilot.press("enter", "enter")
        await _until(pilot, "1 rows")
        assert "[red] one.csv" in screen_text(pilot)

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_a_delimiter_is_chosen_and_rejected_rows_say_why(
    db_file: Path, tmp_path: Path, drive: Callable[..., None]
) -> None:
    path = tmp_path / ("x [oops]" + "名" * 40 + "\u202e.csv")
    path.write_text(
        "Name;E-mail;[/oops]\nAnna, Berta;a@b.example;\u202eمرحبا\nCarl, Dora;nowhere;👩\u200d💻\n", "utf-8"
    )

    async def script(pilot: Any) -> None:
        await _name(pilot, path)
        assert "line 3" in await _until(pilot, "2 rows")
        assert "is not an e-mail address" in screen_text(pilot)
        await pilot.press("d")
        await pilot.settle()
        await pilot.press(*"comma", "enter")
        await _until(pilot, "csv · utf-8 · comma")
        await pilot.press("d")
        await pilot.settle()
        await pilot.press(*"semi", "enter")
        await _until(pilot, "csv · utf-8 · semicolon")
        await _until(pilot, "2 rows")
        await pilot.press("p", "p", "i")
        assert "E-mail: “nowhere”" in await _until(pilot, "-rejects")

    drive(app_on(db_file, "import"), script, size=(100, 30))


def test_the_child_works_in_the_same_home(tmp_path: Path) -> None:
    order = Order(tmp_path / "crm.db", tmp_path / "a.csv", {}, home=tmp_path / "home")
    words = order.command(dry_run=True)
    assert words[words.index("--home") + 1] == str(tmp_path / "home")


def test_every_row_is_looked_at_before_anything_is_imported(
    crm: Crm, table: Path, tmp_path: Path, drive: Callable[..., None]
) -> None:
    crm.customers.create({"name": "赵六", "region": "上海"}, ["13800138000"])

    async def script(pilot: Any) -> None:
        await _name(pilot, table)
        await _until(pilot, "3 rows")
        await pilot.press("v")
        text = await _until(pilot, "What or why")
        assert "+ created" in text
        assert "x rejected" in text
        assert "~ updated" in text
        assert "+ [b]" in text or ": [b]" in text  # what would change on the customer that is there
        for outcome, rows in (("created", 1), ("updated", 1), ("unchanged", 0), ("rejected", 1)):
            await pilot.press("f")
            await pilot.settle()
            await pilot.pause(0.1)
            assert pilot.app.screen.verdicts.count == rows, outcome
            assert f"·  {outcome}" in screen_text(pilot)
        path = pilot.app.screen.verdicts.path
        assert path.stat().st_mode & 0o777 == 0o600
        await pilot.press("escape")
        await pilot.settle()
        assert "Goes to" in screen_text(pilot)
        await pilot.press("i")
        await _until(pilot, "rejects.csv")
        assert crm.customers.counts()["all"] == 2
        await pilot.press("n")
        pilot.app.screen.verdicts.drop()
        assert not path.exists()

    drive(app_on(crm.store.path, "import"), script, size=(120, 30))


def test_a_name_that_was_guessed_is_mended_by_enter_not_by_a_word_of_the_command_line(
    db_file: Path, tmp_path: Path, drive: Callable[..., None]
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("aaa,bbb\nNorthwind,1\nAcme,2\n", "utf-8")

    async def script(pilot: Any) -> None:
        await _name(pilot, path)
        text = await _until(pilot, "2 rows")
        assert "“aaa” was taken" in text
        assert "Enter on that column" in text
        assert "--map" not in text

    drive(app_on(db_file, "import"), script, size=(120, 30))


def test_a_long_list_of_verdicts_is_read_a_page_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "verdicts"
    with path.open("w", encoding="utf-8") as file:
        for number in range(50_000):
            outcome = "rejected" if number % 100 == 7 else "created"
            file.write(json.dumps([outcome, number + 2, f"名 {number}", "[red]"]) + "\n")
    rows = VerdictRows(path)
    assert rows.build(threading.Event())
    assert rows.count() == 50_000
    assert rows.row(40_000) is None
    rows.load(40_000, 30)
    row = rows.row(40_000)
    assert row is not None
    assert row.cells[:1] == ("40,002",)
    assert rows.position_of(row.id) == 40_000
    for first in range(0, 50_000, 200):
        rows.load(first, 1)
    assert len(rows._pages) <= 21
    few = VerdictRows(path, "rejected")
    assert few.build(threading.Event())
    assert few.count() == 500
    stop = threading.Event()
    stop.set()
    assert not few.build(stop)


def test_fields_that_machines_disagree_on_are_left_alone_and_said() -> None:
    from crm_tui.ui.importing.texts import done_text

    report = {
        **dict.fromkeys(("rows", "updated"), 2),
        **dict.fromkeys(("created", "unchanged", "rejected"), 0),
        "rejects_file": None,
        "notes": [],
        "kept_yours": [],
        "skipped": 3,
    }
    assert "? 3 fields left alone, because machines disagree on them; see Conflicts" in done_text(report, False)
