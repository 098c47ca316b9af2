"""What the schedule's screens ask first is answered from indexes: no walk over all visits or customers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from crm_tui.services.crm import Crm
from tests.bench.measure_schedule import questions
from tests.conftest import NOW

_LARGE = r"\bSCAN (v|c|a|visits|customers|contacts|phones|k|key_dates)\b"


@pytest.fixture
def person(crm: Crm) -> str:
    row = crm.people.add({"name": "Ann"}).ids[0]
    crm.people.i_am(row)
    for n in range(5):
        customer = crm.customers.create({"name": f"C{n}", "key_account": 1}, phones=["13812345678"]).ids[0]
        crm.visits.plan(customer, NOW - timedelta(days=n), "call")
        crm.visits.plan(customer, NOW + timedelta(hours=n), "delivery")
        crm.visits.log(customer, {"summary": "x"})
        crm.visits.move(crm.visits.plan(customer, NOW).ids[0], NOW + timedelta(days=1))
    crm.cadences.add({"every_days": 30})
    return row


def scans(crm: Crm, ask: object) -> list[str]:
    """Every full walk over a large table that a question makes."""
    assert callable(ask)
    db = crm.store.reader()
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    try:
        ask()
    finally:
        db.set_trace_callback(None)
    found = []
    for query in dict.fromkeys(asked):
        if query.lstrip().upper().startswith(("SELECT", "WITH")):
            for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {query}"):
                # An index that a condition of its own narrows down (open plans, key accounts) is no walk over all.
                if re.search(_LARGE, detail) and "USING" not in detail:
                    found.append(f"{detail}: {query}")
    return found


def test_no_question_of_the_screens_walks_over_everything(crm: Crm, person: str) -> None:
    asks = questions(crm, person, NOW.date())
    asks |= {
        "standings": lambda: crm.cadences.standings(person),
        "proposals": lambda: crm.cadences.propose(person),
        "key accounts": lambda: crm.team.unseen_keys(),
        "handover": lambda: crm.handovers.load(person),
        "greetings": lambda: crm.greetings.queue(person),
        "day report": lambda: crm.day_reports.compose(person, NOW.date()),
        "freeze": lambda: crm.team.freeze(NOW.date()),
        "slots": lambda: crm.free_slots.slots(NOW.date(), person),
        "a typed line": lambda: crm.captures.read("C1 tomorrow call"),
    }
    found = {name: walks for name, ask in asks.items() if (walks := scans(crm, ask))}
    assert not found


def test_a_brief_walks_over_nothing(crm: Crm, person: str) -> None:
    customer = crm.customers.all()[0]["id"]
    assert scans(crm, lambda: crm.briefs.of(customer)) == []
