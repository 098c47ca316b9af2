from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_tui.services.crm import Crm
from tests.ui.shown import HOSTILE, app_on, screen_text


def test_r_restores_the_row_under_the_cursor(crm: Crm, drive: Callable[..., None]) -> None:
    customer = crm.customers.create({"name": "Northwind"}).ids[0]
    crm.customers.trash(customer)

    async def script(pilot: Any) -> None:
        assert "Northwind" in screen_text(pilot)
        await pilot.press("r")
        await pilot.settle()
        assert crm.customers.get(customer)["deleted"] is None
        assert "The trash is empty" in screen_text(pilot)

    drive(app_on(crm.store.path, "trash"), script)


def test_marked_rows_come_back_together(crm: Crm, drive: Callable[..., None]) -> None:
    ids = [crm.customers.create({"name": name}).ids[0] for name in ("a", "b", "c")]
    for one in ids:
        crm.customers.trash(one)

    async def script(pilot: Any) -> None:
        await pilot.press("space", "space", "r")
        await pilot.settle()
        assert crm.customers.counts()["all"] == 2
        await pilot.press("u")
        await pilot.settle()
        assert crm.customers.counts()["all"] == 0

    drive(app_on(crm.store.path, "trash"), script)


def test_hostile_names_stand_as_they_are(crm: Crm, drive: Callable[..., None]) -> None:
    for name in HOSTILE:
        crm.customers.trash(crm.customers.create({"name": name}).ids[0])

    async def script(pilot: Any) -> None:
        assert "[red]" in screen_text(pilot)
        assert "x [/oops]" in screen_text(pilot)
        await pilot.press("r")
        await pilot.settle()

    drive(app_on(crm.store.path, "trash"), script, size=(80, 24))
