from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.action_steps import steps_of
from crm_tui.services.crm import Crm
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts


def test_u_takes_back_the_action_under_the_cursor_and_no_other(crm: Crm, drive: Callable[..., None]) -> None:
    first = crm.customers.create({"name": "Northwind", "region": "London"}).ids[0]
    crm.customers.edit(first, {"region": "Leeds"})
    crm.customers.create({"name": "陈家"})

    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert text.index("陈家") < text.index("Northwind")
        await pilot.press("j", "u")
        await pilot.settle()
        assert crm.customers.get(first)["region"] == "London"
        assert crm.customers.counts()["all"] == 2
        assert "undone" in screen_text(pilot)

    drive(app_on(crm.store.path, "history"), script)


def test_an_undo_that_must_leave_something_says_so(crm: Crm, drive: Callable[..., None]) -> None:
    first = crm.customers.create({"name": "Northwind"}).ids[0]
    crm.customers.edit(first, {"region": "Leeds", "industry": "trade"})
    crm.customers.edit(first, {"region": "York"})

    async def script(pilot: Any) -> None:
        await pilot.press("j", "u")
        await pilot.settle()
        assert crm.customers.get(first)["industry"] is None
        assert crm.customers.get(first)["region"] == "York"
        assert "1 left as they are" in toasts(pilot)

    drive(app_on(crm.store.path, "history"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_enter_shows_what_an_action_changed(crm: Crm, drive: Callable[..., None], size: tuple[int, int]) -> None:
    first = crm.customers.create({"name": "Northwind", "region": "London"}).ids[0]
    crm.customers.edit(first, {"region": "Leeds"})

    async def script(pilot: Any) -> None:
        await pilot.pause(0.2)
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        text = screen_text(pilot)
        assert "London" in text
        assert "Leeds" in text
        await pilot.press("escape", "escape")
        await pilot.settle()
        assert pilot.app.current_mode == "setup"

    drive(app_on(crm.store.path, "history"), script, size=size)


def test_older_pages_follow_the_cursor(crm: Crm, drive: Callable[..., None]) -> None:
    for number in range(230):
        crm.customers.create({"name": f"c{number}"})

    async def script(pilot: Any) -> None:
        await pilot.press("end")
        await pilot.settle()
        await pilot.press("end")
        await pilot.settle()
        assert "c0 " in screen_text(pilot)

    drive(app_on(crm.store.path, "history"), script)


@pytest.mark.parametrize("size", [(60, 20), (140, 45)])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Callable[..., None], size: tuple[int, int]) -> None:
    for name in HOSTILE:
        crm.customers.create({"name": name, "note": name})

    async def script(pilot: Any) -> None:
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.pause(0.1)
        await pilot.settle()
        assert "[red]" in screen_text(pilot)
        assert "[/oops]" in screen_text(pilot)

    drive(app_on(crm.store.path, "history"), script, size=size)


def test_the_steps_of_an_action_tell_field_before_and_after(crm: Crm) -> None:
    first = crm.customers.create({"name": "Northwind", "region": "London"}, ["13812345678"]).ids[0]
    edited = crm.customers.edit(first, {"region": "Leeds"}).action
    assert edited is not None
    (step,) = steps_of(crm, edited)
    assert (step.title, step.field, step.old, step.new) == ("Northwind", "region", "London", "Leeds")
    begun = steps_of(crm, edited - 1)
    assert [one.field for one in begun] == [None, None]
    assert begun[0].new["region"] == "London"
    assert begun[1].title.startswith("Northwind · ")
