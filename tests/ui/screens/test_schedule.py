from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.brief import BriefDialog
from crm_tui.ui.scheduling.rainy_day import PhoneList
from crm_tui.ui.scheduling.run_list import RunList
from crm_tui.ui.screens.card import CardScreen
from crm_tui.ui.screens.schedule import ScheduleScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def week(crm: Crm) -> list[str]:
    """Ids of plans: overdue of last week, today 9:05 and 11:05, tomorrow 10:05; and one of a colleague."""
    me = crm.people.add({"name": "Li Na", "team": "Shop"}).ids[0]
    other = crm.people.add({"name": "王强", "team": "Office"}).ids[0]
    crm.people.i_am(me)
    names = ("Northwind", "上海王芳贸易有限公司", "陈家", "Acme [CN] Ltd", "吴飞")
    ids = [crm.customers.create({"name": name, "region": "上海"}, ["13812345678"]).ids[0] for name in names]
    plans = []
    for number, hours in enumerate((-96, -1, 1, 24)):
        plans.append(crm.visits.plan(ids[number], NOW + timedelta(hours=hours), "visit", f"topic {number}").ids[0])
    plans.append(crm.visits.plan(ids[4], NOW + timedelta(hours=2), "call", "his", {"person": other}).ids[0])
    return plans


def at_of(crm: Crm, plan: str) -> datetime:
    return datetime.fromisoformat(crm.visits.get(plan)["planned_start"]).astimezone(NOW.tzinfo)


def test_the_agenda_begins_with_what_is_overdue_and_stands_at_what_is_next(
    crm: Crm, week: list[str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        lines = [line for line in text.splitlines() if "topic" in line]
        assert "Fri 11-20" in lines[0]
        assert "! 10:05" in lines[0]
        assert "Tue 11-24 *" in lines[1]
        assert "吴飞" not in text
        assert pilot.app.screen.entry.id == week[2]

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 30))


def test_v_turns_to_the_week_and_the_month_with_the_cursor_on_the_same(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        text = screen_text(pilot)
        assert "Tue 24 *" in text
        assert "* 陈家" in text or "*:05 陈家" in text
        assert pilot.app.screen.entry.id == week[2]
        await pilot.press("v")
        await pilot.settle()
        assert "24 *" in screen_text(pilot)
        await pilot.press("right", "enter")
        await pilot.settle()
        assert pilot.app.screen.pane.view == "week"
        assert pilot.app.screen.pane.day == NOW.date() + timedelta(days=1)

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


def test_capital_letters_move_the_plan_and_u_brings_it_back(crm: Crm, week: list[str], drive: Drive) -> None:
    before = at_of(crm, week[2])

    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        await pilot.press("L")
        await pilot.settle()
        await pilot.press("J")
        await pilot.settle()
        assert at_of(crm, week[2]) == before + timedelta(days=1, hours=1)
        assert pilot.app.screen.entry.id == week[2]
        assert crm.visits.get(week[2])["first_planned"] is not None
        await pilot.press("u", "u")
        await pilot.settle()
        assert at_of(crm, week[2]) == before

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


def test_a_plan_moved_over_the_end_of_the_week_takes_the_view_with_it(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        for _ in range(6):
            await pilot.press("L")
            await pilot.settle()
        assert pilot.app.screen.entry.id == week[2]
        assert "week 49" in screen_text(pilot)

    drive(app_on(crm.store.path, "schedule"), script)


def test_m_asks_when_and_why(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("m", *"thu 15:00", "enter", *"rain", "enter")
        await pilot.settle()
        assert at_of(crm, week[2]).strftime("%m-%d %H:%M") == "11-26 15:00"
        assert crm.visits.get(week[2])["move_reason"] == "rain"
        assert isinstance(pilot.app.screen, ScheduleScreen)

    drive(app_on(crm.store.path, "schedule"), script)


def test_a_copy_is_put_on_the_slot_under_the_cursor(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        await pilot.press("y")
        assert "in hand" in screen_text(pilot)
        await pilot.press("right", "right", "p")
        await pilot.settle()
        entry = pilot.app.screen.entry
        assert entry.name == "陈家"
        assert entry.at.strftime("%m-%d %H:%M") == "11-26 11:00"
        assert at_of(crm, week[2]).day == 24
        assert "in hand" not in screen_text(pilot)

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


def test_what_is_put_on_a_taken_slot_goes_to_the_next_free_one(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        await pilot.press("Y", "right", "k", "p")
        await pilot.settle()
        moved = at_of(crm, week[2])
        assert moved.day == 25
        assert moved > at_of(crm, week[3])
        assert "taken" in toasts(pilot)

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


def test_f_moves_what_is_overdue_to_the_next_free_slot(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("g", "f")
        await pilot.settle()
        assert at_of(crm, week[0]) >= NOW
        assert at_of(crm, week[0]).date() == NOW.date()

    drive(app_on(crm.store.path, "schedule"), script)


def test_a_rainy_day_moves_the_whole_day_and_lists_whom_to_phone(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("R")
        await pilot.settle()
        assert "2 plans" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert isinstance(pilot.app.screen, PhoneList)
        assert "138 1234 5678" in screen_text(pilot)
        assert [at_of(crm, plan).strftime("%d %H:%M") for plan in week[1:3]] == ["25 09:05", "25 11:05"]
        await pilot.press("escape", "u")
        await pilot.settle()
        assert at_of(crm, week[1]).day == 24

    drive(app_on(crm.store.path, "schedule"), script, size=(100, 30))


def test_o_shows_everybodys_and_says_whose_each_is(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("o", *"every", "enter")
        await pilot.settle()
        text = screen_text(pilot)
        assert "吴飞" in text
        assert "王强" in text
        await pilot.press("o", *"office", "enter")
        await pilot.settle()
        assert "吴飞" in screen_text(pilot)
        assert "陈家" not in screen_text(pilot)

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 30))


def test_n_begins_a_line_with_the_slot(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        await pilot.press("right", "right", "n")
        await pilot.settle()
        await pilot.press(*"Northwind call quote", "enter")
        await pilot.settle()
        assert pilot.app.screen.entry.name == "Northwind" or "Northwind" in screen_text(pilot)
        found = crm.agenda.day(NOW.date() + timedelta(days=2))
        assert [(one.name, one.kind, f"{one.at:%H:%M}") for one in found] == [("Northwind", "call", "11:00")]

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


def test_b_tells_the_brief_and_enter_opens_the_card(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("b")
        await pilot.settle()
        assert isinstance(pilot.app.screen, BriefDialog)
        assert "never contacted" in screen_text(pilot)
        await pilot.press("escape", "enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CardScreen)

    drive(app_on(crm.store.path, "schedule"), script)


def test_r_shows_the_run_list_and_w_writes_it(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("r")
        await pilot.settle()
        assert isinstance(pilot.app.screen, RunList)
        assert "[ ]  1" in screen_text(pilot)
        await pilot.press("w")
        await pilot.settle()
        written = crm.store.path.with_name("run-list-2026-11-24.txt")
        assert "陈家" in written.read_text("utf-8")

    drive(app_on(crm.store.path, "schedule"), script)


def test_a_proposes_who_is_due_and_enter_plans_it(crm: Crm, week: list[str], drive: Drive) -> None:
    me = crm.people.me()
    assert me is not None
    due = [crm.customers.create({"name": name, "owner": me["id"]}).ids[0] for name in ("Silent", "Quiet")]
    for customer in due:
        crm.visits.log(customer, {"summary": "ok", "started": (NOW - timedelta(days=90)).isoformat()})
    crm.noun("cadences").add({"every_days": 30, "yellow_days": 30, "red_days": 45, "kind": "call"})
    profile = crm.consumption_profiles.add({"customer": due[0], "product": "rice", "daily_use": 800}).ids[0]
    crm.consumption_profiles.add_fill(profile, (NOW - timedelta(days=26)).date(), 24_000, 2_000)

    async def script(pilot: Any) -> None:
        await pilot.press("a")
        await pilot.settle()
        text = screen_text(pilot)
        assert "usually every 30" in text
        assert "rice runs out" in text
        await pilot.press("A")
        await pilot.settle()
        assert "Nothing is left" in screen_text(pilot)
        kinds = sorted(plan["kind"] for customer in due for plan in crm.visits.open_plans(customer))
        assert kinds.count("call") == 2
        assert "delivery" in kinds

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 40))


@pytest.mark.parametrize("size", [(80, 24), (140, 45), (60, 20)])
@pytest.mark.parametrize("views", [0, 1, 2])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Drive, size: tuple[int, int], views: int) -> None:
    for name in HOSTILE:
        customer = crm.customers.create({"name": name, "note": name}).ids[0]
        crm.visits.plan(customer, NOW + timedelta(hours=1), "call", name)

    async def script(pilot: Any) -> None:
        for _ in range(views):
            await pilot.press("v")
            await pilot.settle()
        for key in ("j", "j", "j", "k", "right", "left", "b", "escape"):
            await pilot.press(key)
        await pilot.pause(0.1)
        await pilot.settle()
        assert "[red]" in screen_text(pilot) or views

    drive(app_on(crm.store.path, "schedule"), script, size=size)


def test_every_text_follows_the_language(crm: Crm, week: list[str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        pilot.app.speak("zh")
        await pilot.settle()
        assert "第 48 周" in screen_text(pilot)
        await pilot.press("v")
        await pilot.settle()
        assert "周二 24" in screen_text(pilot)

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 30))
