from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_tui.services.crm import Crm
from crm_tui.ui.palette import Palette, command, commands_of
from crm_tui.ui.screens.card import CardScreen
from crm_tui.ui.screens.customers import CustomersScreen
from crm_tui.words import language
from tests.ui.shown import app_on, screen_text

Drive = Callable[..., None]


def test_an_action_is_found_by_its_name_and_done(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("ctrl+p", *"Language: Chin", "enter")
        await pilot.settle()
        assert language() == "zh"

    drive(app_on(crm.store.path, "customers"), script)


def test_an_action_is_found_by_pinyin(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("ctrl+k")
        await pilot.settle()
        await pilot.press(*"yuyan", "down")
        await pilot.settle()
        assert "语言" in screen_text(pilot).replace(" ", "")

    drive(app_on(crm.store.path, "customers"), script)


def test_a_customer_is_found_and_opened(crm: Crm, drive: Drive) -> None:
    crm.customers.create({"name": "x [/oops]"}, ["13812345678"])

    async def script(pilot: Any) -> None:
        await pilot.press("f2", *"5678")
        await pilot.settle()
        assert "x [/oops]" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CardScreen)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)

    drive(app_on(crm.store.path, "customers"), script)


def test_ctrl_k_opens_it_and_esc_leaves(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("ctrl+k")
        await pilot.settle()
        assert isinstance(pilot.app.screen, Palette)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)

    drive(app_on(crm.store.path, "customers"), script)


def test_every_action_of_the_screen_is_in_it(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        texts = {one.en for one in commands_of(pilot.app.screen)}
        assert {"Filter", "New customer", "Undo", "Redo", "Log a contact", "Go to Customers", "Theme: Night"} <= texts

    drive(app_on(crm.store.path, "customers"), script)
    assert command("Undo", "u", lambda: None).en == "Undo"
