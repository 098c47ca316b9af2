from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE
from tests.ui.shown import app_on, screen_text

SECRETS = ("138 1234 5678", "13812345678", "wang@fang.example", "8,888")


@pytest.fixture
def file(db_file: Path) -> Path:
    crm = Crm.open(db_file, lambda: NOW, zone=ZONE)
    values = {"name": "Fang", "note": "owes ¥8,888 since May, call 13812345678"}
    customer = crm.customers.create(values, ["13812345678"], ["wang@fang.example"]).ids[0]
    crm.visits.log(customer, {"kind": "call", "summary": "asked 13812345678", "started": "2026-11-20T02:00:00Z"})
    crm.close()
    return db_file


def _secrets(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


async def _press(pilot: Any, *keys: str) -> str:
    for key in keys:
        await pilot.press(key)
        await pilot.settle()
    await asyncio.sleep(0.2)
    await pilot.settle()
    return screen_text(pilot)


def test_one_key_hides_what_stands_on_list_card_form_and_palette_and_shows_it_again(
    file: Path, drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        assert _secrets(await _press(pilot, "j"))
        shown = await _press(pilot, "ctrl+g")
        assert "# masked" in shown
        assert _secrets(shown) == []
        assert "138 **** 5678" in shown
        for keys in (("e",), ("escape", "escape", "f2", *"fang"), ("escape", "ctrl+p", *"fang")):
            assert _secrets(await _press(pilot, *keys)) == [], keys
        shown = await _press(pilot, "escape", "ctrl+g")
        assert "138 1234 5678" in shown
        assert "masked" not in shown

    drive(app_on(file, "customers"), script, size=(140, 45))


def test_it_works_over_a_dialog_and_is_off_at_the_next_start(file: Path, drive: Callable[..., None]) -> None:
    async def masks(pilot: Any) -> None:
        await _press(pilot, "j", "e")
        assert _secrets(await _press(pilot, "ctrl+g")) == []

    async def looks(pilot: Any) -> None:
        assert "138 1234 5678" in screen_text(pilot)

    drive(app_on(file, "customers"), masks)
    drive(app_on(file, "customers"), looks)


def test_the_history_hides_old_values_too(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        shown = await _press(pilot, "ctrl+g", "j")
        assert _secrets(shown) == []
        assert "8 1" not in shown

    drive(app_on(file, "history"), script, size=(140, 45))


def test_the_palette_knows_the_mask_in_both_languages(file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        shown = await _press(pilot, "ctrl+p", *"zhegai")
        assert "Mask phones" in shown
        await _press(pilot, "enter")
        assert pilot.app.masked

    drive(app_on(file, "today", language="zh"), script)
