"""A ticket from the call to the review: numbers, clocks, people, undo, and what others see of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.services.crm import Crm
from crm_tui.services.ticket_clocks import as_json
from crm_tui.services.tickets import Given
from tests.conftest import ZONE


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 20, 16, 40, tzinfo=ZoneInfo(ZONE))

    def __call__(self) -> datetime:
        return self.at

    def set(self, day: int, hour: int, minute: int = 0) -> None:
        self.at = datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE))


class Desk:
    """An open file with three colleagues and a customer."""

    def __init__(self, path: Path) -> None:
        self.clock = Clock()
        self.crm = Crm.open(path, self.clock, zone=ZONE)
        people = self.crm.people
        self.na = people.add({"name": "Na", "role": "desk"}).ids[0]
        self.wei = people.add({"name": "Wei", "role": "technician"}).ids[0]
        self.boss = people.add({"name": "Boss", "role": "supervisor"}).ids[0]
        self.be(self.na)
        values = {"name": "陈家", "grade": "A"}
        self.chen = self.crm.customers.create(values, ["13900001122"]).ids[0]

    def be(self, person: str) -> None:
        self.crm.store.person = person

    def complain(self, text: str = "米里有虫", **values: object) -> str:
        return self.crm.tickets.take_in(self.chen, text, values).ids[0]


@pytest.fixture
def desk(db_file: Path) -> Iterator[Desk]:
    made = Desk(db_file)
    yield made
    made.crm.close()


def test_a_ticket_gets_a_number_a_standard_and_a_clock(desk: Desk) -> None:
    one, two = desk.complain(), desk.complain("invoice wrong", severity="critical")
    tickets = desk.crm.tickets
    row = tickets.get(one)
    assert row["number"].startswith("T-")
    assert tickets.get(two)["number"] == row["number"][:-1] + "2"
    assert (row["tier"], row["respond_within"], row["resolve_within"]) == ("A", 60, 960)
    assert (row["state"], row["zone"], row["person"]) == ("received", ZONE, None)
    assert row["due"] == "2026-11-20T09:40:00Z"
    assert [one["id"] for one in tickets.queue()] == [two, one]
    assert tickets.resolve("1") == one
    assert tickets.resolve(row["number"].lower()) == one
    with pytest.raises(NotFound):
        tickets.resolve("77")


def test_the_hour_of_a_ticket(desk: Desk) -> None:
    tickets, crm, clock = desk.crm.tickets, desk.crm, desk.clock
    ticket = desk.complain()
    clock.set(20, 17, 0)
    tickets.step(ticket, "respond")
    tickets.step(ticket, "dispatch", Given(person=desk.wei, reason="近"))
    assert tickets.get(ticket)["person"] == desk.wei
    desk.be(desk.wei)
    clock.set(23, 9, 30)
    tickets.step(ticket, "accept")
    tickets.step(ticket, "wait", Given("没人在家", "customer"))
    assert tickets.get(ticket)["queue_key"].startswith("2")
    told = tickets.clock(ticket)
    assert (told.of, told.shows.used, told.shows.paused, told.shows.due) == ("resolution", 80 + 30, True, None)
    clock.set(23, 11, 30)
    tickets.step(ticket, "resume")
    clock.set(23, 14, 0)
    tickets.step(ticket, "done", Given(minutes=45, cost=3000, root="product", solution="换了一袋"))
    row = tickets.get(ticket)
    assert (row["state"], row["done_by"], row["resolve_used"], row["response_used"]) == ("done", desk.wei, 200, 20)
    assert row["cost"] == 45 * 150 + 3000
    (spent,) = crm.noun("investments").of(desk.chen)
    assert (spent["kind"], spent["amount"], spent["minutes"]) == ("service", 9750, 45)
    with pytest.raises(Refused, match="another person"):
        tickets.review(ticket, True)
    assert tickets.reviews_due(desk.wei) == []
    assert [one["id"] for one in tickets.reviews_due(desk.na)] == [ticket]
    desk.be(desk.na)
    with pytest.raises(Invalid):
        tickets.review(ticket, True, {"score": 7})
    tickets.review(ticket, True, {"score": 5, "attitude": 4, "recommend": 9})
    row = tickets.get(ticket)
    assert (row["state"], row["reviewed_by"], row["queue_key"], row["reopened"]) == ("closed", desk.na, None, 0)
    said = crm.reviews.of_customer(desk.chen)
    assert (said.latest, said.mean, said.n, said.recommend, said.source) == (5, 5.0, 1, 9, "callback")
    assert crm.check() == []
    told = as_json(tickets.clock(ticket))
    assert told["stopped"] is True
    assert told["used_minutes"] == 200
    assert any("waited for customer 2 h" in line for line in told["lines"])


def test_an_unsolved_review_reopens_and_counts(desk: Desk) -> None:
    tickets = desk.crm.tickets
    ticket = desk.complain()
    desk.be(desk.wei)
    tickets.step(ticket, "done")
    desk.be(desk.na)
    tickets.review(ticket, False, {"text": "还是有虫"})
    row = tickets.get(ticket)
    assert (row["state"], row["reopened"], row["done_by"], row["finished"]) == ("reopened", 1, None, None)
    assert row["queue_key"].startswith("1")
    desk.crm.store.undo()
    row = tickets.get(ticket)
    assert (row["state"], row["reopened"], row["done_by"]) == ("done", 0, desk.wei)
    assert desk.crm.reviews.of_customer(desk.chen).latest is None
    desk.crm.store.redo()
    assert tickets.get(ticket)["reopened"] == 1
    assert desk.crm.check() == []


def test_undoing_a_wait_lets_the_clock_run_as_if_it_had_not_been(desk: Desk) -> None:
    tickets = desk.crm.tickets
    ticket = desk.complain()
    before = tickets.get(ticket)
    desk.clock.set(20, 16, 50)
    tickets.step(ticket, "wait", Given("x", "part"))
    assert tickets.get(ticket)["due"] is None
    desk.crm.store.undo()
    assert {**tickets.get(ticket), "changed": 0} == {**before, "changed": 0}


def test_another_severity_brings_its_own_standard(desk: Desk) -> None:
    ticket = desk.complain()
    desk.crm.tickets.edit(ticket, {"severity": "critical"})
    row = desk.crm.tickets.get(ticket)
    assert (row["respond_within"], row["due"]) == (15, "2026-11-20T08:55:00Z")


def test_holidays_hours_and_standards_move_the_clocks_of_what_is_open(desk: Desk) -> None:
    tickets, crm = desk.crm.tickets, desk.crm
    ticket = desk.complain(severity="slight")
    assert tickets.get(ticket)["due"] == "2026-11-23T03:40:00Z"
    crm.policies.set("desk_hours", "09:00-10:00")
    assert tickets.get(ticket)["due"] == "2026-11-26T02:00:00Z"
    crm.noun("calendar_days").add({"day": "2026-11-23", "state": "off", "country": "CN"})
    assert tickets.get(ticket)["due"] == "2026-11-27T02:00:00Z"
    crm.policies.reset("desk_hours")
    assert tickets.get(ticket)["due"] == "2026-11-24T03:40:00Z"
    crm.noun("sla_policies").add({"tier": "A", "severity": "normal", "respond_within": 5, "resolve_within": 10})
    assert tickets.get(desk.complain())["respond_within"] == 5


def test_a_flow_of_ones_own(desk: Desk) -> None:
    desk.crm.policies.set("desk_flow", "received: done>done; reopened: done>done; closed: reopen>reopened")
    ticket = desk.complain()
    assert desk.crm.tickets.possible(ticket) == ("done", "wait")
    with pytest.raises(Refused):
        desk.crm.tickets.step(ticket, "accept")
    with pytest.raises(Invalid, match="dead end"):
        desk.crm.policies.set("desk_flow", "received: done>done")


def test_sub_tasks_of_departments_have_their_promise(desk: Desk) -> None:
    tickets = desk.crm.tickets
    ticket = desk.complain()
    sub = tickets.subtask(ticket, "仓库", "换货", desk.clock.at + timedelta(hours=1)).ids[0]
    assert tickets.get(sub)["due"] == "2026-11-20T09:40:00Z"
    assert [row["id"] for row in tickets.open_of(desk.chen)] == [ticket]
    assert tickets.promises_late() == []
    desk.clock.set(21, 9)
    assert [row["id"] for row in tickets.promises_late()] == [sub]
    assert tickets.clock(sub).of == "promise"
    with pytest.raises(Refused):
        tickets.subtask(sub, "仓库", "x", desk.clock.at)


def test_grants_within_the_limit_at_once_above_it_by_one_other(desk: Desk) -> None:
    crm = desk.crm
    ticket = desk.complain()
    crm.grants.give(ticket, {"amount": 20_000, "reason": "补偿"})
    (row,) = crm.grants.of_ticket(ticket)
    assert (row["state"], row["approver"]) == ("granted", desk.na)
    assert crm.tickets.get(ticket)["cost"] == 20_000
    asked = crm.grants.give(ticket, {"amount": 20_001, "reason": "more"}).ids[0]
    assert [one["id"] for one in crm.grants.asked()] == [asked]
    with pytest.raises(Refused, match="somebody else"):
        crm.grants.decide(asked, True)
    desk.be(desk.wei)
    with pytest.raises(Refused, match="above"):
        crm.grants.decide(asked, True)
    desk.be(desk.boss)
    crm.grants.decide(asked, True)
    with pytest.raises(Refused, match="already"):
        crm.grants.decide(asked, False)
    assert sorted(one["amount"] for one in crm.noun("investments").of(desk.chen)) == [20_000, 20_001]
    crm.store.undo()
    assert crm.grants.get(asked)["state"] == "asked"
    assert len(crm.noun("investments").of(desk.chen)) == 1
    assert crm.check() == []


def test_a_cause_that_comes_again_reopens_the_action(desk: Desk) -> None:
    crm, actions = desk.crm, desk.crm.corrective_actions
    one = desk.complain(product="米")
    actions.set_cause(one, "product", {"text": "换供应商", "person": desk.boss, "due": "2026-12-01"})
    (action,) = actions.owed()
    actions.close(action["id"])
    assert actions.owed() == []
    two = desk.complain("又有虫", product="米")
    actions.set_cause(two, "product")
    (again,) = actions.owed()
    assert again["state"] == "reopened"
    crm.store.undo()
    assert actions.owed() == []
    desk.clock.at += timedelta(days=200)
    actions.set_cause(two, "product")
    assert actions.owed() == []
    assert [owner[1] for owner in actions.owners("米")] == ["陈家"]


def test_knowledge_is_found_while_typing_and_grows_from_closed_tickets(desk: Desk) -> None:
    crm = desk.crm
    crm.articles.write({"symptom": "大米里有小黑虫", "fix": "低温保存", "product": "米"})
    crm.articles.write({"symptom": "Printer does not feed paper", "fix": "Clean the roller"})
    assert [row["fix"] for row in crm.articles.find("米里有小黑虫怎么办")] == ["低温保存"]
    assert [row["fix"] for row in crm.articles.find("the printer is not feeding any paper")] == ["Clean the roller"]
    assert crm.articles.find("") == []
    ticket = desk.complain("发票抬头错误")
    known = crm.callers.known(desk.chen, "发票抬头又错误了")
    assert [row["id"] for row in known.own] == [ticket]
    with pytest.raises(Refused, match="closed"):
        crm.articles.from_ticket(ticket)
    asked = crm.articles.ask(ticket).ids[0]
    assert crm.articles.find("发票抬头") == []
    crm.articles.answer(asked, "重开")
    assert [row["fix"] for row in crm.articles.find("发票抬头")] == ["重开"]


def test_a_caller_is_found_by_digits_and_by_name_with_what_is_open_first(desk: Desk) -> None:
    crm = desk.crm
    other = crm.customers.create({"name": "陈家二号"}, ["13800001122"]).ids[0]
    crm.visits.plan(other, desk.clock.at, "promise", "送样品")
    assert [one.customer for one in crm.callers.find("01122")] == [other, desk.chen]
    desk.complain()
    found = crm.callers.find("13900001122")
    assert [(one.customer, one.tickets, one.late, one.promises) for one in found] == [(desk.chen, 1, 0, 0)]
    assert crm.callers.find("9") == []
    assert crm.callers.find("99999999") == []
    made = crm.callers.new("新客", "13711112222").ids[0]
    assert [one.customer for one in crm.callers.find("13711112222")] == [made]
    card = crm.callers.card(desk.chen)
    assert [row["text"] for row in card["tickets"]] == ["米里有虫"]


def test_greetings_wait_while_a_serious_complaint_is_open(desk: Desk) -> None:
    ticket = desk.complain(severity="serious")
    assert desk.crm.greetings.is_held(desk.chen)
    assert desk.crm.briefs.of(desk.chen).complaints[0]["id"] == ticket
    desk.crm.tickets.edit(ticket, {"severity": "normal"})
    assert not desk.crm.greetings.is_held(desk.chen)


def test_the_report_counts_what_was_done(desk: Desk) -> None:
    crm = desk.crm
    for cause in ("product", "product", "delivery", None):
        ticket = desk.complain(product="米", cause=cause)
        desk.be(desk.wei)
        crm.tickets.step(ticket, "done", Given(minutes=10))
        desk.be(desk.na)
        crm.tickets.review(ticket, True, {"score": 4, "recommend": 10})
    crm.noun("needs").add({"customer": desk.chen, "text": "more rice", "ticket": ticket})
    told = crm.service_reports.of()
    assert (told.tickets, told.open, told.kinds) == (4, 0, {"complaint": 4})
    assert [(one.cause, one.count, one.cost) for one in told.causes] == [
        ("product", 2, 3000), ("", 1, 1500), ("delivery", 1, 1500),
    ]  # fmt: skip
    assert told.resolution.percentiles == {50: 0, 80: 0, 95: 0}
    assert told.resolution.within is not None
    assert (told.resolution.within.value, told.resolution.within.n) == (1.0, 4)
    assert told.recurrence is not None
    assert told.recurrence.n == 3
    assert told.net_score.score is not None
    assert told.net_score.score.value == 100
    assert told.hours[16] == 4
    assert told.opportunities == 1
    empty = crm.service_reports.of(desk.clock.at.date() - timedelta(days=9), desk.clock.at.date() - timedelta(days=8))
    assert (empty.tickets, empty.causes, empty.reopened, empty.net_score.score) == (0, [], None, None)
    assert empty.response.percentiles == {50: None, 80: None, 95: None}
