from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.screens.today import TodayScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text


@pytest.fixture
def day(crm: Crm) -> list[str]:
    """Three plans: one overdue, one earlier today, one to come."""
    me = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(me)
    ids = [crm.customers.create({"name": name}).ids[0] for name in ("Northwind", "上海王芳贸易有限公司", "陈家")]
    for number, (at, topic) in enumerate(
        [(NOW - timedelta(days=3), "quote"), (NOW - timedelta(hours=1), "collect"), (NOW + timedelta(hours=1), "rice")]
    ):
        crm.visits.plan(ids[number], at, "call", topic)
    return ids


def test_overdue_plans_stand_first_and_are_counted(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "2 overdue" in text
        assert "3 calls" in text
        lines = [line for line in text.splitlines() if "Call" in line]
        assert "! 3 d" in lines[0]
        assert "Northwind" in lines[0]
        assert "! 09:05" in lines[1]
        assert "> 11:05" in lines[2]

    drive(app_on(crm.store.path, "today"), script, size=(140, 30))


def test_the_customer_under_the_cursor_stands_beside_the_list(
    crm: Crm, day: list[str], drive: Callable[..., None]
) -> None:
    crm.visits.log(day[1], {"kind": "visit", "summary": "took 3 boxes"})

    async def script(pilot: Any) -> None:
        await pilot.press("j")
        await pilot.pause(0.2)
        await pilot.settle()
        assert "took 3 boxes" in screen_text(pilot)

    drive(app_on(crm.store.path, "today"), script, size=(140, 30))


def test_m_moves_a_plan_to_a_typed_day(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("m", *"+2d", "enter", *"rain", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, TodayScreen)
        assert len(crm.today.lines()) == 2
        assert crm.visits.open_plans(day[0])[0]["move_reason"] == "rain"
        moved = crm.visits.open_plans(day[0])[0]["planned_start"]
        # The time of day stays as it was.
        at = datetime.fromisoformat(moved).astimezone(NOW.tzinfo)
        assert (at.date() - NOW.date()).days == 2
        assert (at.hour, at.minute) == (10, 5)

    drive(app_on(crm.store.path, "today"), script)


def test_a_day_that_is_not_understood_moves_nothing(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("m", *"5/3", "enter")
        await pilot.settle()
        assert not isinstance(pilot.app.screen, TodayScreen)
        await pilot.press("escape")
        assert len(crm.today.lines()) == 3

    drive(app_on(crm.store.path, "today"), script)


def test_x_cancels_a_plan_and_u_brings_it_back(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("x", *"closed", "enter")
        await pilot.settle()
        assert [line.name for line in crm.today.lines()] == ["上海王芳贸易有限公司", "陈家"]
        await pilot.press("u")
        await pilot.settle()
        assert len(crm.today.lines()) == 3
        assert "3 d" in screen_text(pilot)

    drive(app_on(crm.store.path, "today"), script)


def test_l_logs_the_planned_contact(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        await pilot.press(*"agreed", "ctrl+s")
        await pilot.settle()
        await pilot.press("escape")
        await pilot.settle()
        assert [line.name for line in crm.today.lines()] == ["上海王芳贸易有限公司", "陈家"]
        done = crm.visits.timeline(day[0])[0]
        assert done["summary"] == "agreed"
        assert done["topic"] == "quote"

    drive(app_on(crm.store.path, "today"), script)


def test_o_shows_everybodys_plans(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    other = crm.people.add({"name": "王强"}).ids[0]
    plan = crm.visits.plan(day[0], NOW, "visit", "his").ids[0]
    crm.visits.edit(plan, {"person": other})

    async def script(pilot: Any) -> None:
        assert "mine" in screen_text(pilot)
        assert pilot.app.screen.rows.count == 3
        await pilot.press("o")
        await pilot.settle()
        assert "everybody" in screen_text(pilot)
        assert pilot.app.screen.rows.count == 4

    drive(app_on(crm.store.path, "today"), script)


def test_an_empty_file_says_how_to_begin(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("escape")
        await pilot.settle()
        text = screen_text(pilot)
        assert "import a file" in text
        assert "add the first customer" in text

    drive(app_on(db_file, "today"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 20)])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Callable[..., None], size: tuple[int, int]) -> None:
    for name in HOSTILE:
        customer = crm.customers.create({"name": name, "note": name}).ids[0]
        crm.visits.plan(customer, NOW + timedelta(hours=1), "call", name)

    async def script(pilot: Any) -> None:
        for _ in HOSTILE:
            await pilot.press("j")
        await pilot.pause(0.1)
        await pilot.settle()
        text = screen_text(pilot)
        assert "[red]" in text
        assert "x [/oops]" in text
        assert "Acme [CN] Ltd" in text

    drive(app_on(crm.store.path, "today"), script, size=size)


def test_every_text_follows_the_language(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        pilot.app.speak("zh")
        await pilot.settle()
        assert "周二" in screen_text(pilot)

    drive(app_on(crm.store.path, "today"), script)


def test_b_tells_what_to_know_before_the_door(crm: Crm, day: list[str], drive: Callable[..., None]) -> None:
    crm.customers.edit(day[0], {"no_go": "never on Fridays", "care": "likes tea"})
    crm.visits.plan(day[0], NOW + timedelta(days=1), "promise", "price list")

    async def script(pilot: Any) -> None:
        await pilot.press("b")
        await pilot.settle()
        text = screen_text(pilot)
        for said in ("never on Fridays", "likes tea", "price list", "Promised", "Avoid"):
            assert said in text
        await pilot.press("b")
        await pilot.settle()
        assert isinstance(pilot.app.screen, TodayScreen)

    drive(app_on(crm.store.path, "today"), script)


def test_who_is_silent_for_too_long_is_warned_of_and_p_plans_it(
    crm: Crm, day: list[str], drive: Callable[..., None]
) -> None:
    me = crm.people.me()
    assert me is not None
    silent = crm.customers.create({"name": "Silent", "owner": me["id"]}).ids[0]
    crm.visits.log(silent, {"summary": "ok", "started": (NOW - timedelta(days=90)).isoformat()})
    crm.noun("cadences").add({"every_days": 30, "yellow_days": 30, "red_days": 45, "kind": "call"})

    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "usually every 30 d" in text
        assert "? 90 d" in text
        await pilot.press("G", "p")
        await pilot.settle()
        (plan,) = crm.visits.open_plans(silent)
        assert (plan["kind"], plan["origin"]) == ("call", "cadence")

    drive(app_on(crm.store.path, "today"), script, size=(140, 30))
