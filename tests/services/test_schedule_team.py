"""The supervisor's week adds up, frozen or not; records are read, acknowledged and commented."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.services.crm import Crm
from crm_tui.services.team import COUNTS, Cell
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)
MONDAY = date(2026, 11, 23)


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2026, 11, 1, hour, tzinfo=SHANGHAI) + timedelta(days=day - 1)


def counts(cell: Cell) -> dict[str, int]:
    return {name: getattr(cell, name) for name in COUNTS if getattr(cell, name)}


@pytest.fixture
def people(crm: Crm) -> list[str]:
    rows = [crm.people.add({"name": name}).ids[0] for name in ("Ann", "Ben", "Cai")]
    crm.people.i_am(rows[0])
    return rows


@pytest.fixture
def customer(crm: Crm, people: list[str]) -> str:
    return crm.customers.create({"name": "Acme"}).ids[0]


def test_every_cell_adds_up_and_no_contact_is_lost(crm: Crm, customer: str, people: list[str]) -> None:
    chance = random.Random(4)
    plans = [
        crm.visits.plan(customer, at(chance.randint(23, 27), 10), values={"person": chance.choice(people)}).ids[0]
        for _ in range(60)
    ]
    for plan in plans:
        roll = chance.random()
        if roll < 0.2:
            crm.visits.move(plan, at(chance.randint(23, 31), 11))
        if roll < 0.5:
            crm.visits.done(plan, {"started": at(chance.randint(23, 30), 12)})
        elif roll < 0.6:
            crm.visits.miss(plan)
        elif roll < 0.7:
            crm.visits.cancel(plan)
    for _ in range(7):
        crm.visits.log(customer, {"summary": "x", "started": at(24, 8), "person": people[2]})
    grid = crm.team.grid(MONDAY)
    assert [line.name for line in grid.lines] == ["Ann", "Ben", "Cai"]
    for line in grid.lines:
        for cell in (*line.cells, line.total):
            parts = (cell.done, cell.late, cell.missed, cell.moved, cell.cancelled, cell.open)
            assert cell.planned == sum(parts)
    assert grid.lines[2].cells[1].unplanned == 7
    seen = {visit for line in grid.lines for cell in line.cells for visit in cell.visits}
    assert seen >= set(plans)


def test_moved_late_and_missed_stand_where_they_were_planned(crm: Crm, customer: str, people: list[str]) -> None:
    one, two, _three = (crm.visits.plan(customer, at(23, 9 + n)).ids[0] for n in range(3))
    crm.visits.move(one, at(25))
    crm.visits.done(two, {"started": at(24, 8)})
    cells = crm.team.grid(MONDAY).lines[0].cells
    assert counts(cells[0]) == {"planned": 3, "moved": 1, "late": 1, "missed": 1}
    assert counts(cells[2]) == {"planned": 1, "open": 1}


def test_a_frozen_week_is_judged_by_what_was_planned_when_it_began(crm: Crm, customer: str, people: list[str]) -> None:
    one, two, three = (crm.visits.plan(customer, at(24 + n)).ids[0] for n in range(3))
    first = crm.team.freeze(MONDAY)
    later = crm.visits.plan(customer, at(27)).ids[0]
    crm.visits.move(one, at(26))
    crm.visits.done(two, {"started": at(25, 10)})
    crm.visits.done(later, {"started": at(27, 10)})
    (line,) = crm.team.grid(MONDAY).lines
    assert line.frozen
    assert [counts(cell) for cell in line.cells[1:5]] == [
        {"planned": 1, "moved": 1},
        {"planned": 1, "done": 1},
        {"planned": 1, "open": 1},
        {"unplanned": 1},
    ]
    crm.visits.done(one, {"started": at(26, 10)})
    assert counts(crm.team.grid(MONDAY).lines[0].cells[1]) == {"planned": 1, "late": 1}
    assert crm.team.freeze(MONDAY).count == 0
    assert first.count == 1
    assert three in crm.team.grid(MONDAY).lines[0].cells[3].visits


def test_records_are_read_one_after_the_other_and_commented(crm: Crm, customer: str, people: list[str]) -> None:
    plan = crm.visits.plan(customer, at(24)).ids[0]
    crm.visits.done(plan, {"summary": "sold two"})
    crm.visits.log(customer, {"summary": "rang back", "started": at(24, 9)})
    entries = crm.team.cell(people[0], NOW.date())
    assert sorted(entry.text for entry in entries) == ["rang back", "sold two"]
    crm.people.i_am(people[1])
    crm.team.acknowledge([entry.id for entry in entries])
    crm.team.acknowledge([plan], "well done")
    row = crm.visits.get(plan)
    assert (row["reviewed_by"], row["review_comment"]) == (people[1], "well done")
    assert all(entry.reviewed for entry in crm.team.cell(people[0], NOW.date()))


def test_key_accounts_not_seen_are_named_the_longest_first(crm: Crm, customer: str, people: list[str]) -> None:
    rows = [crm.customers.create({"name": name, "key_account": 1}).ids[0] for name in ("A", "B", "C")]
    crm.visits.log(rows[0], {"summary": "x", "started": NOW - timedelta(days=40)})
    crm.visits.log(rows[1], {"summary": "x", "started": NOW - timedelta(days=3)})
    crm.visits.log(rows[2], {"outcome": "unreached", "started": NOW - timedelta(days=3)})
    assert [row["name"] for row in crm.team.unseen_keys(30)] == ["C", "A"]


def test_handing_over_moves_owner_plans_and_promises_and_plans_introductions(
    crm: Crm, customer: str, people: list[str]
) -> None:
    giver, taker, _ = people
    thin = crm.customers.create({"name": "Thin"}).ids[0]
    crm.visits.log(customer, {"summary": "x"}, NOW + timedelta(days=2), "price list", next_kind="promise")
    load = crm.handovers.load(giver)
    assert ([row["name"] for row in load.customers], load.promises) == (["Thin", "Acme"], 1)
    crm.handovers.hand_over(giver, taker)
    assert {row["owner"] for row in crm.customers.all()} == {taker}
    assert {row["person"] for row in crm.visits.open_plans(customer)} == {taker}
    visits = [
        entry for entry in crm.agenda.between(NOW.date(), NOW.date() + timedelta(days=7)) if entry.origin == "handover"
    ]
    assert [(entry.name, entry.at) for entry in visits] == [("Thin", at(25, 9)), ("Acme", at(25, 10))]
    assert [(step.name, step.by) for step in crm.handovers.trail(thin)] == [("Ann", "Ann"), ("Ben", "Ann")]
    crm.history.undo()
    assert {row["owner"] for row in crm.customers.all()} == {giver}
    assert len(crm.visits.open_plans(thin)) == 0
    crm.handovers.hand_over(giver, taker, [thin], introduce=False)
    assert crm.customers.get(customer)["owner"] == giver


def test_greetings_are_due_once_held_after_trouble_and_done_when_sent(
    crm: Crm, customer: str, people: list[str]
) -> None:
    crm.customers.edit(customer, {"care": "likes tea"})
    crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "year": 1980, "month": 11, "day": 26})
    crm.noun("key_dates").add({"customer": customer, "kind": "payday", "day": 26})
    (greeting,) = crm.greetings.queue()
    assert (greeting.days, greeting.age, greeting.personal, greeting.state) == (2, 46, "likes tea", "due")
    crm.visits.log(customer, {"summary": "angry", "outcome": "bad"})
    assert crm.greetings.queue()[0].state == "held"
    crm.greetings.plan(greeting)
    assert crm.greetings.queue()[0].state == "planned"
    crm.greetings.sent(greeting, "wechat")
    assert crm.greetings.queue()[0].state == "sent"
    assert [row["kind"] for row in crm.visits.timeline(customer)] == ["greeting", "visit"]


def test_the_brief_says_what_one_wants_to_know_before_a_door(crm: Crm, customer: str, people: list[str]) -> None:
    crm.customers.edit(customer, {"no_go": "owes from last year", "care": "daughter in May"})
    for n in range(5):
        crm.visits.log(customer, {"summary": f"s{n}", "started": NOW - timedelta(days=n)})
    crm.visits.plan(customer, NOW + timedelta(days=1), "promise", "price list")
    crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "month": 12, "day": 1})
    brief = crm.briefs.of(customer)
    assert [row["summary"] for row in brief.last] == ["s0", "s1", "s2"]
    assert [row["topic"] for row in brief.promises] == ["price list"]
    assert (brief.no_go, brief.care) == ("owes from last year", "daughter in May")
    assert [(one.kind, one.days) for one in brief.dates] == [("birthday", 7)]
    assert brief.ask


def test_holidays_and_worked_weekends_are_rows_that_a_file_overrides(crm: Crm) -> None:
    crm.calendar_days.adopt(2026)
    assert not crm.calendar_days.is_working(date(2026, 10, 1))
    assert crm.calendar_days.is_working(date(2026, 10, 10))
    assert crm.calendar_days.adopt(2026).count == 0
    crm.calendar_days.adopt_file("2026-11-25 off Our day\n")
    assert crm.calendar_days.next_working_day(date(2026, 11, 24)) == date(2026, 11, 26)
    crm.history.undo()
    assert crm.calendar_days.is_working(date(2026, 11, 25))
    crm.calendar_days.adopt(2035)
    assert crm.calendar_days.calendar().is_estimated(date(2035, 1, 2))


def test_a_day_report_composes_itself_and_is_acknowledged(crm: Crm, customer: str, people: list[str]) -> None:
    plan = crm.visits.plan(customer, at(24, 9)).ids[0]
    crm.visits.done(plan, {"summary": "sold", "minutes": 40})
    crm.visits.log(customer, {"kind": "call", "summary": "rang", "minutes": 5})
    crm.visits.log(customer, {"kind": "call", "outcome": "unreached"})
    report = crm.day_reports.compose(people[0], NOW.date())
    wanted = {"planned": 1, "done": 1, "unplanned": 2, "contacts": 2, "minutes": 45, "new_customers": 1}
    assert {name: report.figures[name] for name in wanted} == wanted
    assert report.figures["kind.call"] == 1
    row = crm.day_reports.hand_in(people[0], NOW.date(), "good day").ids[0]
    assert crm.day_reports.hand_in(people[0], NOW.date(), "good day").count == 0
    assert [one["remarks"] for one in crm.day_reports.waiting()] == ["good day"]
    crm.team.acknowledge_report(row, "thanks")
    assert crm.day_reports.waiting() == []
    assert crm.day_reports.compose(people[0], NOW.date()).row["review_comment"] == "thanks"  # type: ignore[index]


def test_the_pace_tells_what_is_needed_for_the_rest(crm: Crm, customer: str, people: list[str]) -> None:
    values = {"person": people[0], "kind": "visit", "first_day": "2026-11-02", "last_day": "2026-11-27", "target": 40}
    crm.noun("activity_targets").add(values)
    for n in range(20):
        crm.visits.log(customer, {"summary": "x", "started": NOW - timedelta(days=n % 10)})
    crm.visits.log(customer, {"kind": "call", "summary": "x"})
    (pace,) = crm.day_reports.pace(people[0])
    assert (pace.done, pace.expected, pace.days_left, pace.needed, pace.behind) == (20, 32, 4, 50, True)
    assert crm.day_reports.pace(people[1]) == []


def test_attention_stands_beside_the_number_of_customers(crm: Crm, customer: str, people: list[str]) -> None:
    crm.customers.edit(customer, {"grade": "A"})
    crm.customers.create({"name": "Silent", "grade": "B"})
    crm.visits.log(customer, {"summary": "x", "minutes": 30})
    assert crm.team.attention(MONDAY, NOW.date()) == [
        {"grade": "A", "customers": 1, "contacts": 1, "minutes": 30, "unseen": 0},
        {"grade": "B", "customers": 1, "contacts": 0, "minutes": 0, "unseen": 1},
    ]
