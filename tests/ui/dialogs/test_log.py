from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.log import open_log, proposed
from crm_tui.ui.screens.customers import CustomersScreen
from tests.conftest import NOW, ZONE
from tests.ui.shown import app_on, said, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    return crm.customers.create({"name": "Northwind"}).ids[0]


def test_one_line_and_five_enters_log_and_plan_in_one_action(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        assert "Next: Tue 8 Dec 10:00" in screen_text(pilot)
        await pilot.press(*"took 3 boxes", "enter", "enter", *"30", "enter")
        assert pilot.app.screen.form.row("next_at").box.has_focus
        await pilot.press(*"fri 3pm")
        assert "Next: Fri 27 Nov 15:00" in screen_text(pilot)
        await pilot.press("enter", *"price list", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)
        assert "Logged: Visit" in said(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.of(customer) == []
        await pilot.press("ctrl+y")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    done = crm.visits.timeline(customer)[0]
    assert (done["summary"], done["minutes"], done["kind"]) == ("took 3 boxes", 30, "visit")
    plan = crm.visits.open_plans(customer)[0]
    assert (plan["planned_start"], plan["topic"], plan["follows"]) == ("2026-11-27T07:00:00Z", "price list", done["id"])
    assert crm.drafts.all() == []


def test_ctrl_s_logs_at_once_and_stands_on_the_next_date(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        await pilot.press(*"ok", "ctrl+s")
        await pilot.settle()
        assert len(crm.visits.timeline(customer)) == 1
        assert pilot.app.screen.form.row("next_at").box.has_focus
        await pilot.press("enter", *"call back", "enter")
        await pilot.settle()
        assert "Planned: Visit" in toasts(pilot)

    drive(app_on(crm.store.path, "customers"), script)
    (plan,) = crm.visits.open_plans(customer)
    assert plan["topic"] == "call back"
    assert plan["follows"] == next(one["id"] for one in crm.visits.timeline(customer) if one["status"] == "done")


def test_without_a_next_date_nothing_is_planned(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        await pilot.press(*"ok", "ctrl+s")
        await pilot.settle()
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.visits.open_plans(customer) == []
    assert crm.drafts.all() == []


def test_elsewhere_it_asks_for_whom(crm: Crm, customer: str, drive: Drive) -> None:
    crm.customers.trash(customer)
    other = crm.customers.create({"name": "上海王芳"}).ids[0]
    crm.customers.restore(customer)

    async def script(pilot: Any) -> None:
        from crm_tui.ui.dialogs.log import open_log

        open_log(pilot.app.screen, None)
        await pilot.settle()
        await pilot.press(*"wf")
        await pilot.settle()
        assert "上海王芳" in screen_text(pilot)
        await pilot.press("enter", "enter", *"said hello", "ctrl+s")
        await pilot.settle()
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.visits.timeline(other)[0]["summary"] == "said hello"


def test_nothing_to_say_is_refused_beside_the_field(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert pilot.app.screen.form.row("summary").problem == "say in one line what happened"

    drive(app_on(crm.store.path, "customers"), script)


def test_the_proposed_date_is_no_weekend() -> None:
    saturday = datetime(2026, 11, 21, 10, 5, tzinfo=ZoneInfo(ZONE))
    assert proposed(NOW).date().isoformat() == "2026-12-08"
    assert proposed(saturday).date().isoformat() == "2026-12-07"


def test_a_plan_with_a_contact_asks_with_the_contact_s_name(crm: Crm, customer: str, drive: Drive) -> None:
    fang = crm.noun("contacts").add({"customer": customer, "name": "Wang Fang"}).ids[0]
    plan = crm.visits.plan(customer, NOW, "call", values={"contact": fang}).ids[0]

    async def script(pilot: Any) -> None:
        open_log(pilot.app.screen, (customer, "Northwind"), plan)
        await pilot.settle()
        shown = screen_text(pilot)
        assert "Wang Fang" in shown
        assert fang not in shown

    drive(app_on(crm.store.path, "customers"), script)


def test_a_call_to_somebody_who_asked_not_to_be_called_is_warned_about_before_enter(
    crm: Crm, customer: str, drive: Drive
) -> None:
    crm.customers.edit(customer, {"do_not_call": 1, "no_go": "sleeps by day"})

    async def script(pilot: Any) -> None:
        await pilot.press("l")
        await pilot.settle()
        assert "asked not" not in screen_text(pilot)
        pilot.app.screen.form.focus_field("kind")
        await pilot.press("ctrl+u", *"call", "enter")
        await asyncio.sleep(0.4)
        await pilot.settle()
        assert "! Northwind asked not to be called: sleeps by day" in screen_text(pilot)
        await pilot.press("enter", *"rang", "ctrl+s")
        await pilot.settle()
        assert crm.visits.timeline(customer)[0]["kind"] == "call"

    drive(app_on(crm.store.path, "customers"), script)
