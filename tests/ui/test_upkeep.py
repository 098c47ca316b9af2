"""At its start the app keeps the file up, and proposes holidays once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from crm_tui.services.crm import Crm
from crm_tui.ui.upkeep import seconds_to_midnight
from tests.conftest import NOW
from tests.ui.shown import app_on, toasts


def test_the_week_is_frozen_and_missing_holidays_are_proposed_once(crm: Crm, drive: Callable[..., None]) -> None:
    me = crm.people.add({"name": "Ann"}).ids[0]
    crm.people.i_am(me)
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    crm.visits.plan(customer, NOW + timedelta(hours=5))

    async def first(pilot: Any) -> None:
        await pilot.settle()
        assert [row["person"] for row in crm.noun("plan_freezes").all()] == [me]
        assert "2026, 2027" in toasts(pilot)

    async def second(pilot: Any) -> None:
        await pilot.settle()
        assert "2026, 2027" not in toasts(pilot)

    drive(app_on(crm.store.path, "customers"), first)
    drive(app_on(crm.store.path, "customers"), second)


def test_the_next_look_is_after_midnight() -> None:
    assert seconds_to_midnight(NOW) == (13 * 60 + 55) * 60 + 1
