from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_tui.services.crm import Crm
from crm_tui.store import backup
from crm_tui.ui.dialogs.welcome import WelcomeDialog
from crm_tui.words import language
from tests.ui.shown import app_on, screen_text


def test_a_new_file_asks_who_sits_here_and_what_first(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        assert isinstance(pilot.app.screen, WelcomeDialog)
        await pilot.press(*"Li Na", "enter", "enter", *"Acme", "enter")
        await pilot.settle()
        assert pilot.app.crm.people.me()["name"] == "Li Na"
        assert pilot.app.crm.store.setting("company") == "Acme"
        assert "Import a file" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert pilot.app.current_mode == "import"

    drive(app_on(db_file, "today"), script)


def test_escape_means_later_and_forces_nothing(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press(*"Li", "escape")
        await pilot.settle()
        assert "add the first customer" in screen_text(pilot)
        assert pilot.app.crm.people.all() == []
        assert pilot.app.crm.drafts.all() == []

    drive(app_on(db_file, "today"), script)


def test_the_language_that_is_chosen_is_spoken_at_once(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("up", "down", "down", "enter")
        await pilot.settle()
        assert language() == "zh"

    drive(app_on(db_file, "today"), script)


def test_a_file_that_was_used_gets_no_welcome_but_its_daily_backup(crm: Crm, drive: Callable[..., None]) -> None:
    crm.customers.create({"name": "Northwind"})

    async def script(pilot: Any) -> None:
        assert not isinstance(pilot.app.screen, WelcomeDialog)
        reasons = [one.reason for one in backup.listed(backup.folder_of(crm.store.path))]
        assert reasons  # the one before the update counts, if it is of today

    drive(app_on(crm.store.path, "today"), script)
