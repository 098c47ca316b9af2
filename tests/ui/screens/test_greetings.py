from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def dates(crm: Crm) -> dict[str, str]:
    """Two birthdays near, one of them lunar; the second customer had a difficult contact."""
    me = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(me)
    fine = crm.customers.create({"name": "Northwind", "care": "likes tea"}, ["13812345678"]).ids[0]
    hard = crm.customers.create({"name": "陈家"}).ids[0]
    crm.noun("key_dates").add({"customer": fine, "kind": "birthday", "year": 1980, "month": 11, "day": 26})
    crm.noun("key_dates").add({"customer": hard, "kind": "birthday", "month": 10, "day": 20, "lunar": 1})
    crm.visits.log(hard, {"summary": "angry", "outcome": "bad"})
    return {"fine": fine, "hard": hard}


def test_who_is_to_be_greeted_stands_by_day_and_who_was_angry_is_held_back(
    crm: Crm, dates: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "* Thu 26 Nov" in text
        assert "46" in text
        assert "(lunar)" in text
        assert "x " in next(line for line in text.splitlines() if "陈家" in line)
        assert "likes tea" in text

    drive(app_on(crm.store.path, "greetings"), script, size=(140, 30))


def test_s_logs_that_it_was_sent_and_u_takes_it_back(crm: Crm, dates: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        pilot.app.screen.rows.move_to(next(n for n, one in enumerate(pilot.app.screen._found) if one.state == "due"))
        await pilot.press("s", *"happy birthday", "enter")
        await pilot.settle()
        (visit,) = crm.visits.timeline(dates["fine"])
        assert (visit["kind"], visit["summary"]) == ("greeting", "happy birthday")
        assert "Greeted" in toasts(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.timeline(dates["fine"]) == []

    drive(app_on(crm.store.path, "greetings"), script)


def test_p_plans_it_for_its_day(crm: Crm, dates: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        pilot.app.screen.rows.move_to(next(n for n, one in enumerate(pilot.app.screen._found) if one.state == "due"))
        await pilot.press("p")
        await pilot.settle()
        (plan,) = crm.visits.open_plans(dates["fine"])
        assert plan["planned_start"] == "2026-11-26T01:00:00Z"

    drive(app_on(crm.store.path, "greetings"), script)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
def test_hostile_names_stand_as_they_are(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    for name in HOSTILE:
        customer = crm.customers.create({"name": name, "care": name}).ids[0]
        crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "month": 11, "day": 25, "label": name})

    async def script(pilot: Any) -> None:
        await pilot.press("escape")
        await pilot.settle()
        pilot.app.go("greetings")
        await pilot.settle()
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.settle()
        assert "[red]" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers", language="zh"), script, size=size)
