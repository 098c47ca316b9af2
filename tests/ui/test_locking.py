from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.config import Config
from crm_tui.rules.passphrase import opens, sealed
from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.lock import LockScreen
from tests.conftest import NOW, ZONE
from tests.ui.shown import app_on, screen_text

SECRET = sealed("open sesame", b"0123456789abcdef")


@pytest.fixture
def file(db_file: Path) -> Path:
    crm = Crm.open(db_file, lambda: NOW, zone=ZONE)
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    crm.customers.create({"name": "Northwind Trading"}, ["13812345678"])
    crm.close()
    return db_file


async def _press(pilot: Any, *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilot.settle()
    return screen_text(pilot)


def _covered(shown: str) -> bool:
    return "Locked" in shown and not any(word in shown for word in ("Northwind", "Li Na", "Customers", "138"))


def test_a_key_covers_everything_and_enter_uncovers_it_where_there_is_no_passphrase(
    file: Path, drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        assert "Northwind" in screen_text(pilot)
        assert _covered(await _press(pilot, "ctrl+l"))
        assert _covered(await _press(pilot, "1", "ctrl+p", "u", "escape", "question_mark", "f2"))
        shown = await _press(pilot, "enter")
        assert "Northwind" in shown
        assert "[2 Customers]" in shown

    drive(app_on(file, "customers"), script)


def test_a_passphrase_is_asked_for_at_the_start_and_only_it_opens(
    file: Path, drive: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_tui.ui.dialogs.lock.REST", 0.01)

    async def script(pilot: Any) -> None:
        assert _covered(screen_text(pilot))
        shown = await _press(pilot, *"wrong", "enter")
        assert "That is not the passphrase" in shown
        assert _covered(shown)
        assert _covered(await _press(pilot, "enter"))
        assert "sesame" not in await _press(pilot, *"open", "space", *"sesame")
        assert "Northwind" in await _press(pilot, "enter")

    drive(app_on(file, "customers", lock_hash=SECRET), script)


def test_toasts_and_screens_that_come_meanwhile_wait_and_a_form_is_as_it_was(
    file: Path, drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        await _press(pilot, "n", *"Half typed")
        form = pilot.app.screen
        await _press(pilot, "ctrl+l")
        pilot.app.toast("Northwind was changed")
        pilot.app.go("today")
        pilot.app.action_palette()
        form.dismiss(None)
        await pilot.settle()
        assert isinstance(pilot.app.screen, LockScreen)
        assert _covered(screen_text(pilot))
        assert not any(toast.display and toast.region.area for toast in pilot.app.screen.query("Toast"))

    drive(app_on(file, "customers"), script)


def test_what_was_typed_stands_there_after_the_lock(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _press(pilot, "n", *"Halftyped")
        assert "Halftyped" not in await _press(pilot, "ctrl+l")
        await asyncio.sleep(0.05)
        await pilot.settle()
        assert len(pilot.app.crm.drafts.all()) == 1
        assert "Halftyped" in await _press(pilot, "enter")
        assert "HalftypedX" in await _press(pilot, "X")

    drive(app_on(file, "customers"), script)


def test_a_dialog_that_ends_under_the_lock_ends_after_it(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _press(pilot, "n")
        form = pilot.app.screen
        await _press(pilot, "ctrl+l")
        form.dismiss(None)
        pilot.app.go("today")
        await pilot.settle()
        assert _covered(screen_text(pilot))
        await _press(pilot, "enter")
        assert pilot.app.current_mode == "today"
        assert form not in pilot.app.screen_stack
        assert "[1 Today]" in screen_text(pilot)

    drive(app_on(file, "customers"), script)


def test_the_first_key_after_a_long_rest_locks_and_does_nothing_else(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        app = pilot.app
        await _press(pilot, "j")
        app._typed_at = tuple(at - 4 * 60 for at in app._typed_at)
        assert not _covered(await _press(pilot, "j"))
        app._typed_at = tuple(at - 5 * 60 - 1 for at in app._typed_at)
        assert _covered(await _press(pilot, "1"))
        assert "[2 Customers]" in await _press(pilot, "enter")
        app._typed_at = tuple(at - 301 for at in app._typed_at)
        app._look_idle()
        await pilot.settle()
        assert _covered(screen_text(pilot))

    drive(app_on(file, "customers", lock_minutes=5), script)


def test_setup_keeps_minutes_and_a_hash_and_never_the_passphrase(
    file: Path, tmp_path: Path, drive: Callable[..., None]
) -> None:
    config = Config(file=tmp_path / "config.toml")

    async def script(pilot: Any) -> None:
        rows = pilot.app.screen.rows
        rows.move_to(next(n for n, row in enumerate(rows._rows.rows) if row.id == "lock"))
        await _press(pilot, "enter", "enter", "j", "j", "j", "enter")
        await _press(pilot, "j", "enter", *"1234", "enter", *"1235", "enter")
        assert "The two are not the same" in screen_text(pilot)
        await _press(pilot, "backspace", "4", "enter")
        await asyncio.sleep(0.3)
        await pilot.settle()
        assert "* set" in screen_text(pilot)
        assert "5 min" in screen_text(pilot)

    drive(app_on(file, "setup", remember=lambda name, value: config.save(**{name: value}) and None), script)
    kept = Config.read(tmp_path / "config.toml")
    assert kept.problems == ()
    assert kept.lock_minutes == 5
    assert opens(kept.lock_hash, "1234")
    assert "1234" not in (tmp_path / "config.toml").read_text("utf-8").replace(kept.lock_hash, "")


def test_the_page_about_a_lost_laptop_is_in_the_palette(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        shown = await _press(pilot, "ctrl+p", *"lost laptop", "enter")
        assert "encrypt the whole disk" in shown
        assert "crm-tui device distrust NAME" in shown
        assert "IF THE LAPTOP COMES BACK" in await _press(pilot, "G")

    drive(app_on(file, "today"), script)
