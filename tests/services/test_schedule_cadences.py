"""Who is due by tier, kind and customer; nobody who has a plan or asked not to be called is proposed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Invalid
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)


@pytest.fixture
def me(crm: Crm) -> str:
    row = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(row)
    return row


@pytest.fixture
def customers(crm: Crm, me: str) -> dict[str, str]:
    """A (45 days silent, grade A), B (45 days, B), C (grade A, seen today), D (a household, 100 days)."""
    found = {}
    for name, grade, kind, days in (
        ("A", "A", "organisation", 45), ("B", "B", "organisation", 45), ("C", "A", "organisation", 0),
        ("D", None, "household", 100),
    ):  # fmt: skip
        row = crm.customers.create({"name": name, "grade": grade, "kind": kind, "region": "苏州"}).ids[0]
        crm.visits.log(row, {"summary": "x", "started": NOW - timedelta(days=days)})
        found[name] = row
    for values in (
        {"grade": "A", "every_days": 30, "yellow_days": 30, "red_days": 40, "response_hours": 4},
        {"grade": "B", "every_days": 60},
        {"customer_kind": "household", "every_days": 90, "kind": "call"},
    ):
        crm.cadences.add(values)
    return found


def test_the_most_particular_policy_holds(crm: Crm, customers: dict[str, str]) -> None:
    assert [(one.name, one.overdue, one.state) for one in crm.cadences.standings()] == [
        ("A", 15, "red"),
        ("D", 10, "yellow"),
    ]
    policy = crm.cadences.policy_of(customers["A"])
    assert policy is not None
    assert policy["response_hours"] == 4
    crm.cadences.add({"customer": customers["A"], "every_days": 365})
    crm.cadences.add({"customer": customers["D"], "every_days": 0})
    assert crm.cadences.standings() == []
    assert len(crm.cadences.standings(late_only=False)) == 3


def test_logging_a_real_contact_moves_the_next_one(crm: Crm, customers: dict[str, str]) -> None:
    crm.visits.log(customers["A"], {"outcome": "unreached"})
    assert crm.cadences.standings()[0].name == "A"
    crm.visits.log(customers["A"], {"summary": "seen"})
    assert [one.name for one in crm.cadences.standings()] == ["D"]
    assert crm.cadences.next_for(customers["A"]) == datetime(2026, 12, 24, 9, tzinfo=SHANGHAI)


def test_proposals_leave_out_who_has_a_plan_or_asked_not_to_be_called(
    crm: Crm, customers: dict[str, str], me: str
) -> None:
    found = crm.cadences.propose(me)
    assert [one.customer for one in found.plans] == [customers["A"], customers["D"]]
    assert all(one.start >= NOW for one in found.plans)
    crm.cadences.accept(found.plans)
    plans = crm.agenda.between(NOW.date(), NOW.date() + timedelta(days=14), me, open_only=True)
    assert [(one.name, one.kind, one.origin) for one in plans] == [("A", "visit", "cadence"), ("D", "call", "cadence")]
    assert crm.cadences.propose(me).plans == ()
    assert crm.cadences.accept(found.plans).count == 0
    crm.history.undo()
    crm.history.undo()
    crm.customers.edit(customers["D"], {"do_not_call": 1})
    assert [one.customer for one in crm.cadences.propose(me).plans] == [customers["A"]]


def test_a_day_that_is_full_takes_no_more(crm: Crm, customers: dict[str, str], me: str) -> None:
    crm.policies.set("contacts_a_day", "1")
    found = crm.cadences.propose(me)
    assert len({one.start.astimezone(SHANGHAI).date() for one in found.plans}) == 2


def test_a_service_plan_skips_who_was_contacted_in_the_window(crm: Crm, customers: dict[str, str]) -> None:
    found = crm.cadences.propose_for(list(customers.values()), 90)
    assert [one.customer for one in found.plans] == [customers["D"]]
    found = crm.cadences.propose_for(list(customers.values()), 20)
    assert {one.customer for one in found.plans} == {customers[name] for name in "ABD"}


def test_limits_that_make_no_sense_are_refused(crm: Crm) -> None:
    with pytest.raises(Invalid):
        crm.cadences.add({"grade": "A", "every_days": 30, "yellow_days": 50, "red_days": 40})


def test_free_slots_lie_in_working_hours_beside_what_is_planned(crm: Crm, customers: dict[str, str], me: str) -> None:
    crm.free_slots.set_hours("09:00-11:00")
    crm.visits.plan(
        customers["A"], datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI), "visit", "", {"planned_minutes": 30}
    )
    found = crm.free_slots.slots(date(2026, 11, 25), me)
    assert [f"{at:%H:%M}" for at in found] == ["10:15"]
    after = datetime(2026, 11, 25, 10, 31, tzinfo=SHANGHAI)
    assert crm.free_slots.first(after, me) == datetime(2026, 11, 26, 9, tzinfo=SHANGHAI)
