"""*Orders* by keys: a quote, its order, deliveries, payments, a return; four lists; nothing a name says is markup."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.form import FormDialog
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def shop(crm: Crm) -> Crm:
    crm.customers.add({"name": "Northwind"})
    crm.products.add({"name": "Rice", "code": "R10", "unit": "bag"})
    rice = crm.products.find("R10")["id"]
    crm.prices.set(rice, 6_000, "CNY", valid_from="2026-01-01")
    crm.products.move(rice, 100_000)
    return crm


async def calm(pilot: Any) -> None:
    """Longer than a cursor rests before what stands beside it is read."""
    await asyncio.sleep(0.15)
    await pilot.settle()


async def filled(pilot: Any, name: str, text: str) -> None:
    """Type into a field of the open form, and save."""
    assert isinstance(pilot.app.screen, FormDialog), pilot.app.screen
    pilot.app.screen.form.focus_field(name)
    await pilot.press("end", "ctrl+u", *text, "ctrl+s")
    await calm(pilot)


def test_from_a_quote_to_the_money_by_keys(shop: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("tab", "n")
        await pilot.settle()
        await pilot.press(*"north")
        await calm(pilot)
        await pilot.press("enter")
        await pilot.settle()
        await filled(pilot, "lines", "R10 x10 -5%")
        text = screen_text(pilot)
        assert "¥570" in text
        assert "Draft" in text
        await pilot.press("y")
        await calm(pilot)
        await pilot.press("a")
        await calm(pilot)
        assert "is an order now" in toasts(pilot)
        await pilot.press("shift+tab")
        await calm(pilot)
        assert "> Delivery" in screen_text(pilot)
        await pilot.press("s")
        await pilot.settle()
        await filled(pilot, "lines", "R10 x4")
        assert "4 delivered" in screen_text(pilot)
        await pilot.press("s")
        await pilot.settle()
        await filled(pilot, "lines", "R10 x40")
        assert "only 6 are left" in screen_text(pilot)
        await pilot.press("escape")
        await calm(pilot)
        shop.orders.deliver(shop.orders.newest(1)[0]["id"])
        await pilot.press("p")
        await pilot.settle()
        await filled(pilot, "amount", "100")
        assert shop.orders.newest(1)[0]["balance"] == 47_000
        await pilot.press("u")
        await calm(pilot)
        assert shop.orders.newest(1)[0]["balance"] == 57_000

    drive(app_on(shop.store.path, "orders"), script, size=(140, 40))
    assert shop.quotes.newest(9, True)[0]["status"] == "accepted"


def test_the_four_lists_and_the_filter(shop: Crm, drive: Drive) -> None:
    who = shop.customers.resolve("Northwind")
    late = shop.orders.new(who, ["R10 x1"], {"day": "2026-10-01", "due_rule": "0"}).ids[0]
    shop.orders.deliver(late, values={"day": "2026-10-02"})
    other = shop.customers.create({"name": "Acme"}).ids[0]
    shop.orders.new(other, ["R10 x2"])

    async def script(pilot: Any) -> None:
        await calm(pilot)
        text = screen_text(pilot)
        assert "! Northwind" in text
        assert "owed ¥180, overdue ¥60" in text
        await pilot.press("slash", *"acm")
        await calm(pilot)
        assert "Northwind" not in screen_text(pilot)
        await pilot.press("escape")
        await calm(pilot)
        await pilot.press("tab", "tab")
        await calm(pilot)
        assert "! 2 Oct" in screen_text(pilot)
        await pilot.press("tab")
        await calm(pilot)
        text = screen_text(pilot)
        assert "31–60" in text
        assert "¥180" not in text.splitlines()[3]

    drive(app_on(shop.store.path, "orders"), script, size=(140, 40))


def test_nothing_a_name_says_is_markup(shop: Crm, drive: Drive) -> None:
    for name in HOSTILE:
        who = shop.customers.create({"name": name}).ids[0]
        order = shop.orders.new(who, [f"{name} x1 @5"], {"due_rule": "0", "day": "2026-11-01"}).ids[0]
        shop.orders.deliver(order)
        shop.quotes.new(who, [f"{name} x1 @5"], {"note": name})

    async def script(pilot: Any) -> None:
        for _ in range(4):
            for _ in HOSTILE:
                await pilot.press("down")
            await calm(pilot)
            assert "¥5" in screen_text(pilot)
            await pilot.press("tab")
            await calm(pilot)

    drive(app_on(shop.store.path, "orders"), script, size=(80, 24))


def test_an_empty_list_says_what_to_do(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        assert "a new order" in screen_text(pilot)
        await pilot.press("tab")
        await pilot.settle()
        assert "a new quote" in screen_text(pilot)

    drive(app_on(crm.store.path, "orders"), script, size=(80, 24))
