"""The contact log: logged and planned in one action, planned values never overwritten, times of contact kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_tui.errors import Invalid, Refused
from crm_tui.services.crm import Crm


@pytest.fixture
def customer(crm: Crm) -> str:
    return crm.customers.create({"name": "王芳"}).ids[0]


def test_logging_plans_the_next_step_in_the_same_action(crm: Crm, customer: str) -> None:
    at = crm.local_now() + timedelta(days=7)
    done = crm.visits.log(customer, {"kind": "visit", "summary": "took 3 boxes", "minutes": 20}, at, "price list")
    card = crm.customers.card(customer)
    assert [(v["summary"], v["minutes"]) for v in card["timeline"]] == [("took 3 boxes", 20)]
    assert (card["next_step"]["topic"], card["next_step"]["follows"]) == ("price list", done.ids[0])
    assert card["last_contact"] == "2026-11-24T02:05:00Z"
    assert card["next_due"] == "2026-12-01T02:05:00Z"
    assert crm.history.entries(1)[0].title == "Logged Visit with 王芳"
    crm.history.undo()
    card = crm.customers.card(customer)
    assert (card["timeline"], card["next_step"], card["last_contact"], card["next_due"]) == ([], None, None, None)


def test_a_contact_of_which_nothing_is_said_is_refused(crm: Crm, customer: str) -> None:
    with pytest.raises(Invalid, match="what happened"):
        crm.visits.log(customer, {"kind": "call"})


def test_a_plan_that_is_fulfilled_keeps_what_was_planned(crm: Crm, customer: str) -> None:
    at = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    plan = crm.visits.plan(customer, at, "visit", "samples").ids[0]
    crm.visits.log(customer, {"kind": "call", "summary": "called instead"}, plan=plan)
    row = crm.visits.get(plan)
    assert (row["status"], row["planned_start"], row["topic"]) == ("done", "2026-11-25T07:00:00Z", "samples")
    assert (row["started"], row["summary"]) == ("2026-11-24T02:05:00Z", "called instead")
    with pytest.raises(Refused):
        crm.visits.log(customer, {"summary": "again"}, plan=plan)


def test_a_plan_is_moved_and_cancelled(crm: Crm, customer: str) -> None:
    plan = crm.visits.plan(customer, datetime(2026, 11, 25, 7, 0, tzinfo=UTC)).ids[0]
    crm.visits.move(plan, datetime(2026, 11, 26, 7, 0, tzinfo=UTC))
    assert crm.customers.get(customer)["next_due"] == "2026-11-26T07:00:00Z"
    crm.visits.cancel(plan)
    assert crm.customers.get(customer)["next_due"] is None
    with pytest.raises(Refused):
        crm.visits.move(plan, datetime(2026, 11, 27, 7, 0, tzinfo=UTC))


def test_the_timeline_comes_in_pages_newest_first(crm: Crm, customer: str) -> None:
    for n in range(25):
        crm.visits.log(customer, {"summary": f"s{n}", "started": f"2026-01-{n % 7 + 1:02d}T00:00:00Z"})
    found: list[str] = []
    before = None
    while page := crm.visits.timeline(customer, 10, before):
        found += [row["id"] for row in page]
        before = (page[-1]["started"], page[-1]["id"])
    assert len(found) == len(set(found)) == 25
    starts = [crm.visits.get(row)["started"] for row in found]
    assert starts == sorted(starts, reverse=True)


def test_today_shows_overdue_first_and_key_dates_near(crm: Crm, customer: str) -> None:
    now = crm.local_now()
    crm.visits.plan(customer, now + timedelta(hours=2), "call", "today")
    crm.visits.plan(customer, now - timedelta(days=3), "promise", "overdue")
    crm.visits.plan(customer, now + timedelta(days=1), "visit", "tomorrow")
    crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "year": 1980, "month": 11, "day": 26})
    crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "month": 6, "day": 1})
    crm.noun("key_dates").add({"customer": customer, "kind": "payday", "day": 31})
    lines = crm.today.lines()
    assert [(line.kind, line.days, line.text or line.what) for line in lines] == [
        ("plan", 3, "overdue"),
        ("plan", 0, "today"),
        ("date", -2, "birthday"),
        ("date", -6, "payday"),
    ]
    crm.customers.trash(customer)
    assert crm.today.lines() == []


def test_today_of_one_person_has_his_and_nobodys_lines(crm: Crm, customer: str) -> None:
    me = crm.people.add({"name": "Li Na"}).ids[0]
    other = crm.people.add({"name": "Ben"}).ids[0]
    crm.visits.plan(customer, crm.store.now(), "call", "nobody's")
    crm.people.i_am(other)
    crm.visits.plan(customer, crm.store.now(), "call", "Ben's")
    assert [line.text for line in crm.today.lines(me)] == ["nobody's"]
    assert [line.text for line in crm.today.lines(other)] == ["nobody's", "Ben's"]
