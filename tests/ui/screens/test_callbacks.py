from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.screens.callbacks import CallbacksScreen
from crm_tui.ui.screens.schedule import ScheduleScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def queue(crm: Crm) -> list[str]:
    """Four calls that are due, the second with two numbers."""
    me = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(me)
    plans = []
    for number, name in enumerate(("Northwind", "王芳", "陈家", "吴飞")):
        numbers = [f"1381234567{number}"] + (["021-63001234"] if number == 1 else [])
        customer = crm.customers.create({"name": name}, numbers).ids[0]
        at = NOW - timedelta(hours=4 - number)
        plans.append(crm.visits.plan(customer, at, "callback", f"topic {number}").ids[0])
    return plans


def test_the_first_call_stands_on_top_with_its_number(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "1 of 4" in text
        assert "topic 0" in text
        assert "╶┐" in text or "┌" in text

    drive(app_on(crm.store.path, "callbacks"), script)


def test_a_notes_the_try_and_the_next_call_stands_there(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("a")
        await pilot.settle()
        assert "No answer; next try" in toasts(pilot)
        assert pilot.app.screen.dial.entry.id == queue[1]
        assert crm.visits.get(queue[0])["outcome"] == "unreached"
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.get(queue[0])["status"] == "planned"

    drive(app_on(crm.store.path, "callbacks"), script)


def test_w_throws_the_shown_number_away_and_shows_the_next(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("j", "p")
        await pilot.settle()
        assert pilot.app.screen.number.endswith("63001234")
        await pilot.press("w")
        await pilot.settle()
        assert pilot.app.screen.dial.entry.id == queue[1]
        assert len(pilot.app.screen.dial.phones) == 1
        await pilot.press("w")
        await pilot.settle()
        assert crm.visits.get(queue[1])["status"] == "missed"
        assert "closed" in toasts(pilot)

    drive(app_on(crm.store.path, "callbacks"), script)


def test_t_asks_when_and_moves_the_call(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("t", *"tomorrow 15:00", "enter")
        await pilot.settle()
        assert crm.visits.get(queue[0])["planned_start"] == "2026-11-25T07:00:00Z"
        assert pilot.app.screen.dial.entry.id == queue[1]

    drive(app_on(crm.store.path, "callbacks"), script)


def test_reached_opens_the_form_with_what_is_known(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("r")
        await pilot.settle()
        assert "Review callback" in screen_text(pilot)
        assert "Good" in screen_text(pilot)
        await pilot.press(*"satisfied", "ctrl+s")
        await pilot.settle()
        await pilot.press("escape")
        await pilot.settle()
        done = crm.visits.get(queue[0])
        assert (done["status"], done["outcome"], done["summary"]) == ("done", "good", "satisfied")
        assert "1 made" in screen_text(pilot)
        assert pilot.app.screen.dial.entry.id == queue[1]

    drive(app_on(crm.store.path, "callbacks"), script)


def test_twenty_calls_by_one_key_each(crm: Crm, drive: Drive) -> None:
    for number in range(20):
        customer = crm.customers.create({"name": f"C{number}"}, [f"138123456{number:02}"]).ids[0]
        crm.visits.plan(customer, NOW - timedelta(hours=1), "call", "quote")

    async def script(pilot: Any) -> None:
        await pilot.press("escape")
        await pilot.settle()
        pilot.app.go("callbacks")
        await pilot.settle()
        assert "1 of 20" in screen_text(pilot)
        for _ in range(20):
            await pilot.press("a")
            await pilot.settle()
        assert "20 made" in screen_text(pilot)
        assert {dial.entry.attempt for dial in crm.callbacks.queue(None)} == {2}

    drive(app_on(crm.store.path, "customers"), script)


def test_escape_goes_back_to_where_one_came_from(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("c")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CallbacksScreen)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, ScheduleScreen)

    drive(app_on(crm.store.path, "schedule"), script)


def test_the_mask_hides_the_large_number(crm: Crm, queue: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        before = screen_text(pilot)
        await pilot.press("ctrl+g")
        await pilot.settle()
        text = screen_text(pilot)
        assert text != before
        assert "138 1234 5670" not in text
        assert "*" in pilot.app.screen.query_one("#number").render().plain

    drive(app_on(crm.store.path, "callbacks"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 20)])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    me = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(me)
    for name in HOSTILE:
        customer = crm.customers.create({"name": name, "note": name}).ids[0]
        crm.visits.plan(customer, NOW - timedelta(hours=1), "call", name)

    async def script(pilot: Any) -> None:
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.settle()
        pilot.app.screen.rows.move_to(2)
        await pilot.settle()
        assert "Acme [CN] Ltd" in screen_text(pilot)

    drive(app_on(crm.store.path, "callbacks"), script, size=size)
