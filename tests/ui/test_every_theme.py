from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.paths import themes_folder
from crm_tui.services.crm import Crm
from crm_tui.ui.screens import SCREENS
from tests.ui.shown import app_on, screen_text

Drive = Callable[..., None]
THEMES = sorted(file.stem for file in themes_folder().glob("*.toml"))


async def through_all_screens(pilot: Any) -> None:
    """Every screen, the card, a form with choices, the log, the palette and the keys."""
    app = pilot.app
    for place in SCREENS:
        app.go(place.name)
        await pilot.settle()
        assert screen_text(pilot).strip()
    app.go("customers")
    await pilot.settle()
    for keys, leave in (
        (["enter", "right_square_bracket", "greater_than_sign"], "escape"),
        (["n", "down", "down"], "escape"),
        (["l"], "escape"),
        (["ctrl+p"], "escape"),
        (["question_mark"], "escape"),
        (["slash", "x"], "escape"),
    ):
        await pilot.press(*keys)
        await pilot.settle()
        assert screen_text(pilot).strip()
        await pilot.press(leave)
        await pilot.settle()


@pytest.mark.parametrize("theme", THEMES)
def test_every_screen_opens_in_every_theme(crm: Crm, drive: Drive, theme: str) -> None:
    crm.customers.create({"name": "王芳", "grade": "A"}, ["13812345678"])
    crm.customers.create({"name": "Northwind"})
    drive(app_on(crm.store.path, "today", theme=theme), through_all_screens, size=(140, 45))


@pytest.mark.parametrize("theme", ["night", "ansi"])
def test_every_screen_opens_without_colour(crm: Crm, drive: Drive, theme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    crm.customers.create({"name": "王芳", "grade": "A"})
    app = app_on(crm.store.path, "today", theme=theme)
    drive(app, through_all_screens, size=(80, 24))
    assert app.no_color
