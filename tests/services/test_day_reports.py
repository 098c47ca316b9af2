from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW

TODAY = NOW.date()


@pytest.fixture
def me(crm: Crm) -> str:
    found = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(found)
    return found


@pytest.fixture
def customer(crm: Crm, me: str) -> str:
    return crm.customers.create({"name": "Northwind"}).ids[0]


def test_what_was_done_left_moved_promised_and_comes_next_stands_apart(crm: Crm, me: str, customer: str) -> None:
    yesterday = NOW - timedelta(days=1)
    late = crm.visits.plan(customer, yesterday, "visit", "of yesterday").ids[0]
    fulfilled = crm.visits.plan(customer, NOW - timedelta(hours=1), "visit", "done").ids[0]
    left = crm.visits.plan(customer, NOW - timedelta(minutes=30), "call", "left").ids[0]
    cancelled = crm.visits.plan(customer, NOW + timedelta(hours=1), "call", "cancelled").ids[0]
    moved = crm.visits.plan(customer, NOW + timedelta(hours=2), "visit", "moved").ids[0]
    coming = crm.visits.plan(customer, NOW + timedelta(days=1), "visit", "tomorrow").ids[0]
    crm.visits.done(fulfilled, {"summary": "sold"}, NOW + timedelta(days=8), "refill")
    crm.visits.done(late, {"summary": "a day late"})
    crm.visits.cancel(cancelled, "closed")
    crm.visits.move(moved, NOW + timedelta(days=2), "rain")
    promise = crm.visits.plan(customer, NOW + timedelta(days=3), "promise", "price list").ids[0]
    crm.visits.log(customer, {"kind": "call", "summary": "rang"})

    report = crm.day_reports.compose(me, TODAY)

    assert [one.id for one in report.done if one.id in (fulfilled, late)] == [fulfilled, late] or len(report.done) == 3
    assert {one.id for one in report.left} == {left, cancelled}
    assert [one.id for one in report.moved] == [moved]
    assert [one.id for one in report.promised] == [promise]
    assert report.agreed[fulfilled].topic == "refill"
    assert (report.next_day, [one.id for one in report.next]) == (TODAY + timedelta(days=1), [coming])
    assert not report.is_empty

    before = crm.day_reports.compose(me, yesterday.date())
    assert [one.id for one in before.left] == [late]
    assert before.done == []


def test_a_report_that_was_handed_in_tells_when_something_changed_since(crm: Crm, me: str, customer: str) -> None:
    crm.day_reports.hand_in(me, TODAY, "quiet")
    assert not crm.day_reports.compose(me, TODAY).changed
    crm.visits.log(customer, {"summary": "late guest"})
    assert crm.day_reports.compose(me, TODAY).changed
    crm.day_reports.hand_in(me, TODAY, "not so quiet")
    report = crm.day_reports.compose(me, TODAY)
    assert not report.changed
    assert report.row is not None
    assert report.row["remarks"] == "not so quiet"


def test_an_empty_day_is_empty(crm: Crm, me: str) -> None:
    report = crm.day_reports.compose(me, TODAY)
    assert report.is_empty
    assert (report.done, report.left, report.moved, report.promised, report.agreed) == ([], [], [], [], {})


def test_reports_to_read_come_day_by_day_and_by_name(crm: Crm, me: str, customer: str) -> None:
    other = crm.people.add({"name": "Chen Wei"}).ids[0]
    crm.people.add({"name": "Idle"})
    crm.visits.log(customer, {"summary": "x"})
    crm.visits.plan(customer, NOW - timedelta(days=1), "call", "x", {"person": other})
    crm.visits.plan(customer, NOW, "call", "x", {"person": other})
    crm.day_reports.hand_in(me, TODAY - timedelta(days=2), "ill")
    days = [TODAY - timedelta(days=n) for n in (2, 1, 0)]
    wanted = [(me, days[0]), (other, days[1]), (other, days[2]), (me, days[2])]
    assert crm.day_reports.of_days(days[0], days[2]) == wanted
    assert crm.day_reports.of_days(days[0], days[2], [me]) == [wanted[0], wanted[3]]


def test_targets_are_told_by_person_and_those_that_are_over_only_when_asked_for(crm: Crm, me: str) -> None:
    targets = crm.noun("activity_targets")
    for first, last in (("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")):
        targets.add({"person": me, "first_day": first, "last_day": last, "target": 10})
    (running,) = crm.day_reports.paces()[me]
    assert running.target["first_day"] == "2026-11-01"
    assert [one.done for one in crm.day_reports.paces(running=False)[me]] == [0, 0, 0]
    coming = crm.day_reports.paces(running=False)[me][-1]
    assert (coming.expected, coming.days_left >= 20, date.fromisoformat(coming.target["first_day"]) > TODAY) == (
        0,
        True,
        True,
    )
