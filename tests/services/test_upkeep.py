"""What the file does by itself is done once, by one machine, and stands in nobody's way."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Refused
from crm_tui.rules.policies import FREEZER
from crm_tui.rules.series import weekly
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

MONDAY = date(2026, 11, 23)


@pytest.fixture
def me(crm: Crm) -> str:
    ident = crm.people.add({"name": "Ann"}).ids[0]
    crm.people.i_am(ident)
    return ident


def frozen(crm: Crm) -> list[str]:
    return [str(row["person"]) for row in crm.noun("plan_freezes").all()]


def test_the_week_is_frozen_once_and_undo_passes_over_it(crm: Crm, me: str) -> None:
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    crm.visits.plan(customer, NOW + timedelta(hours=2))
    assert crm.upkeep.run().frozen == MONDAY
    assert frozen(crm) == [me]
    assert not crm.upkeep.run().wrote
    undone = crm.history.undo()
    assert undone.action.verb.startswith("Planned")
    assert frozen(crm) == [me]


def test_only_the_machine_that_is_named_freezes(crm: Crm, me: str) -> None:
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    crm.visits.plan(customer, NOW + timedelta(hours=2))
    crm.store.set_setting("machine", "desk")
    crm.policies.set(FREEZER, "shop")
    assert crm.upkeep.freeze_week() is None
    crm.policies.set(FREEZER, "off")
    assert crm.upkeep.freeze_week() is None
    crm.policies.set(FREEZER, "Desk")
    assert crm.upkeep.freeze_week() == MONDAY


def test_with_several_machines_each_freezes_its_own_person(crm: Crm, me: str) -> None:
    other = crm.people.add({"name": "Ben"}).ids[0]
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    crm.visits.plan(customer, NOW + timedelta(hours=2), values={"person": other})
    crm.visits.plan(customer, NOW + timedelta(hours=3))
    for name in ("desk", "shop"):
        crm.machines.accept(name.encode().ljust(32, b"."), name)
    assert crm.upkeep.freeze_week() == MONDAY
    assert frozen(crm) == [me]


def test_series_are_kept_up_and_undo_passes_over_that_too(crm: Crm, me: str) -> None:
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    crm.series.create(customer, weekly(datetime(2026, 11, 25, 9), ZONE))
    later = Crm.open(crm.store.path, lambda: NOW + timedelta(days=30), zone=ZONE)
    try:
        assert later.upkeep.run().plans > 0
        assert later.upkeep.run().plans == 0
        assert "series" in later.history.undo().action.verb
    finally:
        later.close()


def test_years_without_holidays_are_proposed_once_and_only_where_somebody_works(crm: Crm) -> None:
    assert crm.upkeep.propose() == ()
    crm.customers.create({"name": "Acme"})
    crm.calendar_days.adopt(2026)
    assert crm.upkeep.propose() == (2027,)
    assert crm.upkeep.propose() == ()


def test_a_new_file_takes_the_holidays_of_two_years_in_one_action(crm: Crm) -> None:
    crm.upkeep.adopt_first()
    assert [one.year for one in crm.calendar_days.years()] == [2026, 2027]
    assert crm.calendar_days.lacking() == []
    crm.history.undo()
    assert crm.calendar_days.years() == []
    with pytest.raises(Refused):
        crm.history.undo()


def test_a_country_that_nobody_knows_keeps_its_weekends(crm: Crm) -> None:
    crm.region = "XX"
    crm.upkeep.adopt_first()
    assert crm.calendar_days.years() == []
    crm.customers.create({"name": "Acme"})
    assert crm.upkeep.propose() == ()
    assert crm.calendar_days.is_working(datetime(2026, 11, 24, tzinfo=ZoneInfo(ZONE)).date())


def test_opening_a_file_in_which_nothing_is_planned_writes_nothing(crm: Crm, me: str) -> None:
    crm.customers.create({"name": "Acme"})
    assert not crm.upkeep.run().wrote
    assert frozen(crm) == []
