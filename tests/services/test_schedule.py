"""Planned and done are one story: moving keeps the first date, and nothing that took place changes what was planned."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import Invalid, Refused
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)
PLANNED = ("planned_start", "planned_minutes", "planned_zone", "first_planned", "topic")


@pytest.fixture
def me(crm: Crm) -> str:
    row = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(row)
    return row


@pytest.fixture
def customer(crm: Crm, me: str) -> str:
    return crm.customers.create({"name": "王芳", "region": "苏州"}, phones=["13812345678"]).ids[0]


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A time of November 2026, local; days over 30 lie in December."""
    return datetime(2026, 11, 1, hour, minute, tzinfo=SHANGHAI) + timedelta(days=day - 1)


def test_moving_keeps_the_first_date_the_last_reason_and_who(crm: Crm, customer: str, me: str) -> None:
    plan = crm.visits.plan(customer, at(25), "visit", "samples").ids[0]
    crm.visits.move(plan, at(26), "rain")
    crm.visits.move(plan, at(27), "ill")
    row = crm.visits.get(plan)
    assert row["first_planned"] == "2026-11-25T01:00:00Z"
    assert (row["planned_start"], row["move_reason"], row["moved_by"]) == ("2026-11-27T01:00:00Z", "ill", me)
    assert row["status"] == "planned"
    (entry,) = crm.agenda.day(date(2026, 11, 27))
    assert (entry.state, entry.first, entry.reason) == ("moved", at(25), "ill")
    assert crm.agenda.day(date(2026, 11, 25)) == []
    crm.history.undo()
    crm.history.undo()
    assert crm.visits.get(plan)["first_planned"] is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.sampled_from(["move", "minutes", "log"]), max_size=3),
    values=st.fixed_dictionaries(
        {},
        optional={
            "summary": st.just("ok"), "minutes": st.integers(0, 500), "outcome": st.sampled_from(["good", "bad"]),
            "planned_start": st.just("2001-01-01T00:00:00Z"), "topic": st.just("other"), "place": st.just("here"),
        },
    ),
    ended=st.sampled_from(["done", "miss", "cancel", "unreached"]),
)  # fmt: skip
def test_what_was_planned_is_never_changed_by_what_took_place(
    crm: Crm, customer: str, steps: list[str], values: dict[str, object], ended: str
) -> None:
    plan = crm.visits.plan(customer, at(25), "call", "quote", {"planned_minutes": 20}).ids[0]
    for n, step in enumerate(steps):
        if step == "move":
            crm.visits.move(plan, at(26 + n))
        elif step == "minutes":
            crm.visits.change(plan, {"planned_minutes": 30 + n, "place": f"room {n}"})
        else:
            crm.visits.log(customer, {"summary": "another contact"})
    before = crm.visits.get(plan)
    if ended == "done":
        crm.visits.done(plan, values)
    elif ended == "unreached":
        crm.callbacks.no_answer(plan)
    else:
        getattr(crm.visits, ended)(plan, "why")
    after = crm.visits.get(plan)
    assert {name: after[name] for name in PLANNED} == {name: before[name] for name in PLANNED}
    assert after["person"] == before["person"]
    with pytest.raises(Refused):
        crm.visits.move(plan, at(29))


def test_a_plan_keeps_its_kind_and_person_when_somebody_else_logs_it(crm: Crm, customer: str, me: str) -> None:
    plan = crm.visits.plan(customer, at(24, 9), "meeting", "contract").ids[0]
    crm.people.i_am(crm.people.add({"name": "Ben"}).ids[0])
    crm.visits.done(plan, {"summary": "signed"})
    row = crm.visits.get(plan)
    assert (row["kind"], row["person"], row["started"]) == ("meeting", me, "2026-11-24T02:05:00Z")


def test_missed_and_cancelled_plans_say_why(crm: Crm, customer: str) -> None:
    one, two = (crm.visits.plan(customer, at(20 + n)).ids[0] for n in (0, 1))
    crm.visits.miss(one, "nobody there")
    crm.visits.cancel(two, "they closed")
    assert [(e.state, e.reason) for e in crm.agenda.week(date(2026, 11, 20))] == [
        ("missed", "nobody there"),
        ("cancelled", "they closed"),
    ]


def test_a_copy_is_a_plan_of_its_own(crm: Crm, customer: str) -> None:
    plan = crm.visits.plan(customer, at(25), "delivery", "rice", {"planned_minutes": 15, "place": "gate 3"}).ids[0]
    crm.visits.done(plan, {"summary": "brought"})
    copy = crm.visits.get(crm.visits.copy(plan, at(40)).ids[0])
    assert (copy["status"], copy["kind"], copy["topic"]) == ("planned", "delivery", "rice")
    assert (copy["planned_minutes"], copy["place"], copy["summary"]) == (15, "gate 3", None)


def test_the_agenda_has_plans_under_their_day_and_the_unplanned_under_its_own(crm: Crm, customer: str) -> None:
    late = crm.visits.plan(customer, at(23, 10), "visit", "late").ids[0]
    crm.visits.plan(customer, at(24, 15), "call", "today")
    crm.visits.plan(customer, at(20, 10), "visit", "overdue")
    crm.visits.done(late, {"summary": "came a day later"})
    crm.visits.log(customer, {"kind": "call", "summary": "he rang"})
    week = [(e.at.day, e.state) for e in crm.agenda.week(NOW.date())]
    assert week == [(23, "late"), (24, "unplanned"), (24, "planned")]
    assert [(e.topic, e.state) for e in crm.agenda.overdue()] == [("overdue", "overdue")]
    assert crm.agenda.day(NOW.date(), "0" * 32) == []
    assert len(crm.agenda.day(NOW.date(), region="苏州")) == 2
    assert crm.agenda.day(NOW.date(), region="杭州") == []
    assert [e.kind for e in crm.agenda.day(NOW.date(), kinds=["call"], open_only=True)] == ["call"]


def test_a_rainy_day_moves_whole_and_says_whom_to_phone(crm: Crm, customer: str, me: str) -> None:
    other = crm.customers.create({"name": "Acme", "region": "杭州"}, phones=["+442079460000"]).ids[0]
    crm.visits.plan(other, at(27, 14), "visit", "second")
    crm.visits.plan(customer, at(27, 9, 30), "visit", "first")
    crm.visits.plan(customer, at(27, 11), "call", "by phone")
    changes, phone = crm.day_moves.move_day(date(2026, 11, 27), reason="typhoon")
    assert [(p.name, p.phones, p.now) for p in phone] == [
        ("王芳", ("+8613812345678",), at(30, 9, 30)),
        ("Acme", ("+442079460000",), at(30, 14)),
    ]  # the 28th is a Saturday
    assert [e.topic for e in crm.agenda.day(date(2026, 11, 30))] == ["first", "by phone", "second"]
    assert {e.reason for e in crm.agenda.day(date(2026, 11, 30))} == {"typhoon"}
    assert len(changes.rows["visits"]) == 3
    crm.history.undo()
    assert len(crm.agenda.day(date(2026, 11, 27))) == 3
    crm.day_moves.move_day(date(2026, 11, 27), date(2026, 12, 2), me, "杭州")
    assert [e.name for e in crm.agenda.day(date(2026, 12, 2))] == ["Acme"]
    with pytest.raises(Refused):
        crm.day_moves.move_day(date(2026, 11, 28))


def test_measured_values_are_steps_of_the_checklist_in_whole_numbers(crm: Crm, customer: str) -> None:
    plan = crm.visits.plan(customer, at(24), "delivery").ids[0]
    with pytest.raises(Invalid, match="jar_cleaned"):
        crm.visits.done(plan, measured={"nonsense": 1})
    with pytest.raises(Invalid):
        crm.visits.done(plan, measured={"left": "much"})
    crm.visits.done(plan, measured={"left": "2.5kg", "米缸刷净": "yes"})
    assert crm.visits.get(plan)["measured"] == '{"jar_cleaned":1,"left":2500}'


def test_a_call_that_nobody_answered_is_no_contact_and_comes_again(crm: Crm, customer: str, me: str) -> None:
    plan = crm.visits.plan(customer, at(24, 9), "callback", "how was it").ids[0]
    (dial,) = crm.callbacks.queue(me)
    assert (dial.entry.id, dial.phones, dial.asked_not) == (plan, ("+8613812345678",), False)
    _, again = crm.callbacks.no_answer(plan)
    assert again == at(24, 12, 5)
    assert crm.customers.get(customer)["last_contact"] is None
    (dial,) = crm.callbacks.queue(me)
    assert (dial.entry.attempt, dial.entry.follows, dial.entry.kind) == (2, plan, "callback")
    for _ in range(3):
        _, again = crm.callbacks.no_answer(crm.visits.open_plans(customer)[0]["id"])
    assert again is None
    assert crm.callbacks.queue(me) == []


def test_a_wrong_number_goes_to_the_trash_and_the_next_one_is_tried(crm: Crm, customer: str, me: str) -> None:
    crm.noun("phones").add({"customer": customer, "number": "+8651288887777"})
    plan = crm.visits.plan(customer, at(24, 9), "call").ids[0]
    _, left = crm.callbacks.wrong_number(plan)
    assert left == ["+8651288887777"]
    assert crm.visits.get(plan)["status"] == "planned"
    crm.callbacks.wrong_number(plan)
    assert crm.visits.get(plan)["status"] == "missed"
    crm.history.undo()
    assert crm.callbacks.numbers(customer) == ["+8651288887777"]


def test_who_asked_not_to_be_called_is_not_in_the_queue(crm: Crm, customer: str, me: str) -> None:
    other = crm.customers.create({"name": "Acme"}).ids[0]
    crm.visits.plan(customer, at(23, 9), "call")
    crm.visits.plan(other, at(24, 9), "call")
    crm.customers.edit(customer, {"do_not_call": 1})
    assert [(d.entry.name, d.asked_not) for d in crm.callbacks.queue(me)] == [("Acme", False)]
    assert [(d.entry.name, d.asked_not) for d in crm.callbacks.held(me)] == [("王芳", True)]
    crm.callbacks.call_later(crm.callbacks.queue(me)[0].entry.id, at(24, 16))
    assert crm.callbacks.queue(me)[0].entry.at == at(24, 16)


def test_the_run_list_has_errands_by_area(crm: Crm, customer: str) -> None:
    other = crm.customers.create({"name": "Acme"}).ids[0]
    crm.noun("addresses").add({"customer": other, "city": "Suzhou", "district": "Gusu"})
    crm.visits.plan(other, at(24, 9), "delivery", "rice")
    crm.visits.plan(customer, at(24, 10), "collection")
    crm.visits.plan(customer, at(24, 11), "call")
    found = [(area, [e.kind for e in entries]) for area, entries in crm.agenda.run_list(NOW.date())]
    assert found == [("Suzhou Gusu", ["delivery"]), ("苏州", ["collection"])]


def test_a_delivery_to_an_organisation_is_followed_by_two_calls(crm: Crm, customer: str) -> None:
    done = crm.visits.log(customer, {"kind": "delivery", "summary": "two freezers"}).ids[0]
    plans = crm.visits.open_plans(customer)
    assert [(row["kind"], row["planned_start"], row["follows"]) for row in plans] == [
        ("callback", "2026-11-27T02:00:00Z", done),
        ("callback", "2026-12-24T02:00:00Z", done),
    ]
    crm.history.undo()
    assert crm.visits.open_plans(customer) == []
    home = crm.customers.create({"name": "Home", "kind": "household"}).ids[0]
    crm.visits.log(home, {"kind": "delivery", "summary": "rice"})
    assert crm.visits.open_plans(home) == []
