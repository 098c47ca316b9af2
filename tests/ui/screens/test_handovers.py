from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.screens.customers import CustomersScreen
from crm_tui.ui.screens.handovers import HandoversScreen
from crm_tui.ui.screens.team import TeamScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def people(crm: Crm) -> dict[str, str]:
    """Ann has three customers with a plan and a promise, Ben none."""
    found = {name: crm.people.add({"name": name}).ids[0] for name in ("Ann", "Ben")}
    crm.people.i_am(found["Ann"])
    for name in ("Acme", "Bakery", "Cinema"):
        row = {"name": name, "key_account": int(name == "Bakery"), "region": f"{name[0]}-land"}
        found[name] = crm.customers.create(row).ids[0]
    crm.visits.plan(found["Acme"], NOW + timedelta(days=1), "promise", "price list")
    crm.visits.plan(found["Acme"], NOW - timedelta(days=1), "visit")
    return found


def owners(crm: Crm) -> dict[str, str]:
    names = {row["id"]: row["name"] for row in crm.people.all()}
    return {row["name"]: names[row["owner"]] for row in crm.customers.all()}


def test_marked_customers_go_with_reason_and_introductions_and_come_back(
    crm: Crm, people: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("space", "space", "h")
        await pilot.settle()
        assert isinstance(pilot.app.screen, HandoversScreen)
        text = screen_text(pilot)
        assert "2 customers · 2 open plans · 1 promises · 1 overdue" in text
        assert "Cinema" not in text
        await pilot.press("enter")  # whoever gets them is asked first
        await pilot.settle()
        await pilot.press(*"ben", "enter")
        await pilot.settle()
        assert "Wed 25 Nov" in screen_text(pilot)
        await pilot.press("r", *"moved away", "enter")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)
        assert "Handed over: 2 customers to Ben" in toasts(pilot)
        assert owners(crm) == {"Acme": "Ben", "Bakery": "Ben", "Cinema": "Ann"}
        assert [row["person"] for row in crm.visits.open_plans(people["Acme"])] == [people["Ben"]] * 3
        assert crm.handovers.trail(people["Acme"])[-1].reason == "moved away"
        await pilot.press("u")
        await pilot.settle()
        assert set(owners(crm).values()) == {"Ann"}

    drive(app_on(crm.store.path, "customers"), script)


def test_from_the_team_a_filter_and_key_customers_only(crm: Crm, people: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("h")
        await pilot.settle()
        assert "3 customers" in screen_text(pilot)
        await pilot.press("t")
        await pilot.settle()
        await pilot.press(*"ben", "enter")
        await pilot.settle()
        await pilot.press("i")
        await pilot.settle()
        assert "key customers only" in screen_text(pilot)
        assert len(pilot.app.screen._seen.introductions) == 1
        await pilot.press("slash", *"b-land", "enter")
        await pilot.settle()
        assert "1 customers" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, TeamScreen)

    drive(app_on(crm.store.path, "team"), script)
    assert owners(crm) == {"Acme": "Ann", "Bakery": "Ben", "Cinema": "Ann"}
    assert [row["topic"] for row in crm.visits.open_plans(people["Bakery"])] == ["Introduction"]


def test_alone_it_says_what_to_do_and_asks_from_whom(crm: Crm, people: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        assert "f  from whom" in screen_text(pilot)
        await pilot.press("f")
        await pilot.settle()
        assert "3 customers" in screen_text(pilot)
        await pilot.press(*"ann", "enter")
        await pilot.settle()
        await pilot.press("t")
        await pilot.settle()
        await pilot.press(*"ann", "enter")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert "Ann has them already" in toasts(pilot)
        await pilot.press("d", *"mon", "enter")
        await pilot.settle()
        await pilot.press("i", "i", "escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "handovers"), script)


def test_the_card_tells_who_had_it_before(crm: Crm, people: dict[str, str], drive: Drive) -> None:
    crm.handovers.hand_over(people["Ann"], people["Ben"], [people["Acme"]], introduce=False, reason="new region")

    async def script(pilot: Any) -> None:
        assert "Ann, until 24 Nov: new region" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(140, 45))


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_hostile_names_stand_as_they_are(crm: Crm, people: dict[str, str], drive: Drive, size: tuple[int, int]) -> None:
    for name in HOSTILE:
        crm.customers.create({"name": name, "care": name, "note": name})
        crm.people.add({"name": name})

    async def script(pilot: Any) -> None:
        await pilot.press("f")
        await pilot.settle()
        await pilot.press(*"ann", "enter")
        await pilot.settle()
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.settle()
        await pilot.press("t")
        await pilot.settle()
        await pilot.press("down", "down", "down", "enter")
        await pilot.settle()
        assert pilot.app._exception is None

    drive(app_on(crm.store.path, "handovers"), script, size=size)
