from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW
from tests.ui.shown import app_on, screen_text

Drive = Callable[..., None]


@pytest.fixture
def people(crm: Crm) -> dict[str, str]:
    found = {name: crm.people.add({"name": name}).ids[0] for name in ("Li Na", "王强")}
    crm.people.i_am(found["Li Na"])
    customer = crm.customers.create({"name": "Northwind"}).ids[0]
    for n in range(4):
        crm.visits.log(customer, {"summary": "x", "started": (NOW - timedelta(days=n)).isoformat()})
    return found


def test_a_target_is_added_by_a_form_and_tells_how_it_goes(crm: Crm, people: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        assert "No targets yet" in screen_text(pilot)
        await pilot.press("n")
        await pilot.settle()
        await pilot.press(*"40", "ctrl+s")
        await pilot.settle()
        (row,) = crm.noun("activity_targets").all()
        assert (row["person"], row["target"], row["first_day"], row["last_day"]) == (
            people["Li Na"],
            40,
            "2026-11-01",
            "2026-11-30",
        )
        text = screen_text(pilot)
        assert "1 running · 1 behind" in text
        assert "Li Na · contacts 4 of 40 until 30 Nov · 26 behind · 7.2 a day for 5 days" in text

    drive(app_on(crm.store.path, "activity_targets"), script, size=(140, 45))


def test_a_target_is_changed_deleted_and_brought_back(crm: Crm, people: dict[str, str], drive: Drive) -> None:
    period = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
    crm.noun("activity_targets").add({"person": people["王强"], "kind": "visit", **period, "target": 10})

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        assert "2026-11-30" in screen_text(pilot)
        pilot.app.screen.form.focus_field("target")
        await pilot.settle()
        await pilot.press("backspace", "backspace", *"12", "ctrl+s")
        await pilot.settle()
        (row,) = crm.noun("activity_targets").all()
        assert row["target"] == 12
        await pilot.press("d")
        await pilot.settle()
        assert crm.noun("activity_targets").all() == []
        await pilot.press("u")
        await pilot.settle()
        assert len(crm.noun("activity_targets").all()) == 1

    drive(app_on(crm.store.path, "activity_targets"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_team_tells_the_pace_of_the_person_under_the_cursor(
    crm: Crm, people: dict[str, str], drive: Drive, size: tuple[int, int]
) -> None:
    period = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
    crm.noun("activity_targets").add({"person": people["Li Na"], **period, "target": 40})

    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "Li Na · contacts 4 of 40 until 30 Nov" in text
        assert "7.2 a day for 5 days" in text
        assert ("!4/40" in text) == (size[0] > 100)
        await pilot.press("p")
        await pilot.settle()
        assert pilot.app.current_mode == "activity_targets"
        await pilot.press("escape")
        await pilot.settle()
        assert pilot.app.current_mode == "team"

    drive(app_on(crm.store.path, "team"), script, size=size)


def test_today_tells_how_ones_own_target_goes_where_there_is_room(
    crm: Crm, people: dict[str, str], drive: Drive
) -> None:
    period = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
    crm.noun("activity_targets").add({"person": people["Li Na"], **period, "target": 40})
    crm.noun("activity_targets").add({"person": people["王强"], **period, "target": 7})

    async def script(pilot: Any) -> None:
        assert "! target 4/40" in screen_text(pilot).splitlines()[1]

    drive(app_on(crm.store.path, "today"), script, size=(140, 45))
