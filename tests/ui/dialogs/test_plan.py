"""The form of a planned contact: where, with whom, how long; another time moves it, a call that is not wanted warns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW
from tests.ui.shown import app_on, said, screen_text

Drive = Callable[..., None]


@pytest.fixture
def plan(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    customer = crm.customers.create({"name": "Northwind", "do_not_call": 1}).ids[0]
    return crm.visits.plan(customer, NOW + timedelta(hours=2), "visit", "quote").ids[0]


def test_place_participants_and_minutes_are_changed_and_the_time_is_moved(crm: Crm, plan: str, drive: Drive) -> None:
    first = crm.visits.get(plan)["planned_start"]

    async def script(pilot: Any) -> None:
        await pilot.press("E")
        await pilot.settle()
        form = pilot.app.screen.form
        assert form.row("topic").box.has_focus
        form.row("place").box.put("Hall 3")
        form.row("attendees").box.put("Ann, 王芳")
        form.row("planned_minutes").box.put("45")
        form.row("planned_start").box.put("2026-11-26 15:00")
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert "Changed" in said(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.get(plan)["place"] is None
        await pilot.press("ctrl+y")
        await pilot.settle()

    drive(app_on(crm.store.path, "schedule"), script)
    row = crm.visits.get(plan)
    assert (row["place"], row["attendees"], row["planned_minutes"]) == ("Hall 3", "Ann, 王芳", 45)
    assert (row["planned_start"], row["first_planned"]) == ("2026-11-26T07:00:00Z", first)
    assert row["moved_by"] == crm.people.me()["id"]  # type: ignore[index]
    assert (row["status"], row["started"]) == ("planned", None)


def test_a_call_that_is_not_wanted_is_warned_about(crm: Crm, plan: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("E")
        await pilot.settle()
        before = screen_text(pilot).count("asked not to be called")
        pilot.app.screen.form.row("kind").box.put("call\tCall")
        pilot.app.screen.watch_now()
        await pilot.settle()
        assert screen_text(pilot).count("asked not to be called") == before + 1
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "schedule"), script)


def test_what_was_typed_comes_back_after_the_form_was_left(crm: Crm, plan: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("E")
        await pilot.settle()
        await pilot.press(*" and drawing", "escape")
        await pilot.settle()
        await pilot.press("E")
        await pilot.settle()
        assert pilot.app.screen.form.row("topic").box.raw().endswith("and drawing")

    drive(app_on(crm.store.path, "schedule"), script)
