from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.errors import Refused
from crm_tui.services.crm import Crm
from crm_tui.ui.app import CrmApp
from crm_tui.ui.options import Options
from crm_tui.ui.screens import SCREENS
from crm_tui.words import in_language
from tests.ui.shown import app_on, said, screen_text

Drive = Callable[..., None]

HEAVY = (
    "sqlmodel",
    "sqlalchemy",
    "pydantic",
    "phonenumbers",
    "pypinyin",
    "lunar_python",
    "python_calamine",
    "rapidfuzz",
)


def test_nothing_heavy_is_imported_before_the_first_frame() -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from crm_tui.ui.app import CrmApp\n"
        "from crm_tui.ui.options import Options\n"
        "app = CrmApp(Options(Path('x.db'), screen='customers'))\n"
        "app.get_default_screen()\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_digits_go_to_the_screens_and_the_list_keeps_its_cursor(crm: Crm, drive: Drive) -> None:
    for name in ("A", "B", "C"):
        crm.customers.create({"name": name})

    async def script(pilot: Any) -> None:
        await pilot.press("j", "j")
        others = [place for place in SCREENS if place.key and place.name != "customers"]
        for place in others:
            await pilot.press(place.key)
            await pilot.settle()
            assert pilot.app.current_mode == place.name
        await pilot.press("2")
        await pilot.settle()
        assert pilot.app.screen.rows.cursor == 2

    drive(app_on(crm.store.path, "customers"), script)


def test_a_file_that_does_not_exist_is_made(tmp_path: Path, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        assert "This is where your customers are." in screen_text(pilot)

    path = tmp_path / "new" / "crm.db"
    drive(app_on(path, "customers"), script)
    assert path.exists()


def test_a_file_that_is_none_of_ours_ends_the_app_with_a_sentence(tmp_path: Path, drive: Drive) -> None:
    path = tmp_path / "crm.db"
    path.write_bytes(b"PK\x03\x04 something else entirely" * 100)
    app = app_on(path, "customers")

    async def script(pilot: Any) -> None:
        await pilot.pause()

    drive(app, script)
    assert app.return_code == 3


def test_a_refusal_is_a_toast_and_an_unexpected_error_goes_to_the_log(crm: Crm, tmp_path: Path, drive: Drive) -> None:
    log = tmp_path / "log" / "crm-tui.log"

    def refuse(_: Crm) -> None:
        raise Refused("not [now]")

    def break_down(_: Crm) -> None:
        raise ZeroDivisionError("x [/oops]")

    async def script(pilot: Any) -> None:
        pilot.app.screen.change(refuse)
        pilot.app.screen.change(break_down)
        await pilot.settle()
        assert "not [now]" in said(pilot)
        assert "x [/oops]" in said(pilot)
        assert "Traceback" in log.read_text()

    drive(app_on(crm.store.path, "customers", log_file=log), script)


def test_a_change_reloads_what_is_in_sight_and_what_comes_back(crm: Crm, drive: Drive) -> None:
    customer = crm.customers.create({"name": "Before"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("1")
        await pilot.settle()
        pilot.app.screen.change(lambda crm: crm.customers.edit(customer, {"name": "After"}))
        await pilot.settle()
        await pilot.press("2")
        await pilot.settle()
        assert "After" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script)


def test_an_unknown_theme_gives_way_with_a_sentence(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        assert pilot.app.theme == "night"
        assert "There is no theme “pink”" in said(pilot)
        pilot.app.dress("day")
        await pilot.settle()
        assert pilot.app.theme == "day"

    kept: dict[str, Any] = {}
    drive(app_on(crm.store.path, "customers", theme="pink", remember=kept.__setitem__), script)
    assert kept == {"theme": "day"}


def test_the_settings_become_options(tmp_path: Path) -> None:
    from crm_tui.config import Config
    from crm_tui.paths import Home

    home = Home.find(tmp_path)
    options = Options.of(
        tmp_path / "crm.db", Config(theme="day", language="zh"), home, language=None, screen="customers"
    )
    assert (options.theme, options.language, options.screen) == ("day", "zh", "customers")
    assert isinstance(CrmApp(options), CrmApp)


def test_what_another_program_writes_appears_by_itself(crm: Crm, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_tui.ui.keeping.WATCH_EVERY", 0.05)

    async def script(pilot: Any) -> None:
        crm.customers.create({"name": "From outside"})
        await pilot.pause(0.3)
        await pilot.settle()
        assert "From outside" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script)


@pytest.mark.parametrize("place", ["history", "trash", "duplicates", "import"])
def test_esc_goes_back_to_where_one_came_from(crm: Crm, drive: Drive, place: str) -> None:
    async def script(pilot: Any) -> None:
        for home in ("today", "customers", "setup"):
            pilot.app.go(home)
            await pilot.settle()
            pilot.app.go(place)
            await pilot.settle()
            await pilot.press("escape")
            await pilot.settle()
            assert pilot.app.current_mode == home

    drive(app_on(crm.store.path, "today"), script)


def test_esc_leads_back_through_two_screens_without_a_digit(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        for place in ("history", "trash"):
            pilot.app.go(place)
            await pilot.settle()
        for before in ("history", "today"):
            await pilot.press("escape")
            await pilot.settle()
            assert pilot.app.current_mode == before

    drive(app_on(crm.store.path, "today"), script)


@pytest.mark.parametrize("place", [one.name for one in SCREENS])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_line_on_top_names_screens_while_there_is_room_at_80_columns(
    crm: Crm, drive: Drive, place: str, language: str
) -> None:
    crm.people.i_am(crm.people.add({"name": "李娜"}).ids[0])

    async def script(pilot: Any) -> None:
        first = screen_text(pilot).splitlines()[0]
        others = [one for one in SCREENS if one.key and one.name != place]
        assert all(one.key in first for one in others)
        # Of the last ones only the digits stand where there is no room for more.
        named = [in_language(language, one.title) in first for one in others]
        assert named == sorted(named, reverse=True)
        assert sum(named) >= 4
        here = next(one for one in SCREENS if one.name == place)
        assert f"[{here.key} {in_language(language, here.title)}]".replace("[ ", "[") in first
        assert "李娜" in first

    drive(app_on(crm.store.path, place, language=language), script, size=(80, 24))
