"""What the desk asks first is answered from indexes: no walk over all tickets, steps or customers."""

from __future__ import annotations

import re

import pytest

from crm_tui.services.crm import Crm
from crm_tui.services.tickets import Given
from crm_tui.store.driver import connect
from crm_tui.store.readers import Readers
from tests.bench.measure_desk import questions, reports
from tests.conftest import NOW

_LARGE = r"\bSCAN (tickets|t|b|a|ticket_steps|s|reviews|grants|visits|customers|c|phones|p)\b"
_ALLOWED = (
    "USING INDEX tickets_queue",
    "USING COVERING INDEX tickets_queue",
    "tickets_warn",
    "grants_asked",
    "sqlite_autoindex_tickets_1",
)
"""Partial indexes of what is open: a walk over one is a walk over little; by id, the walk ends at its LIMIT."""


@pytest.fixture
def readers(crm: Crm) -> Readers:
    return Readers(lambda: connect(crm.store.path))


@pytest.fixture
def person(crm: Crm) -> str:
    row = crm.people.add({"name": "Ann"}).ids[0]
    crm.people.i_am(row)
    for n in range(5):
        customer = crm.customers.create({"name": f"C{n}"}, ["13812345678"]).ids[0]
        ticket = crm.tickets.take_in(customer, "broken", {"product": "jar", "cause": "use"}).ids[0]
        if n % 2:
            crm.tickets.step(ticket, "done", Given(minutes=5))
    return row


def walks(crm: Crm, ask: object) -> list[str]:
    """Every full walk over a large table that a question makes."""
    assert callable(ask)
    asked: list[str] = []
    db = crm.store.reader()
    db.set_trace_callback(asked.append)
    try:
        ask()
    finally:
        db.set_trace_callback(None)
    found = []
    for query in dict.fromkeys(asked):
        if query.lstrip().upper().startswith(("SELECT", "WITH")):
            for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {query}"):
                if re.search(_LARGE, detail) and not any(one in detail for one in _ALLOWED):
                    found.append(f"{detail}: {query}")
    return found


def test_no_question_of_the_desk_walks_over_everything(crm: Crm, person: str, readers: Readers) -> None:
    asks = {**questions(crm, readers, person, "5678"), **reports(crm, NOW.date())}
    customer = crm.customers.all()[0]["id"]
    ticket = crm.tickets.queue()[0]
    asks |= {
        "open of a customer": lambda: crm.tickets.open_of(customer),
        "all of a customer": lambda: crm.tickets.of_customer(customer),
        "serious of a customer": lambda: crm.tickets.serious_of(customer),
        "promises late": lambda: crm.tickets.promises_late(),
        "a number": lambda: crm.tickets.resolve(str(ticket["number"])),
        "the end of a number": lambda: crm.tickets.resolve(str(int(str(ticket["number"])[-4:]))),
        "sub-tasks": lambda: crm.tickets.subtasks(ticket["id"]),
        "log": lambda: crm.tickets.log(ticket["id"]),
        "satisfaction": lambda: crm.reviews.of_customer(customer),
        "card of a caller": lambda: crm.callers.card(customer),
    }
    found = {name: walked for name, ask in asks.items() if (walked := walks(crm, ask))}
    assert not found


@pytest.mark.parametrize("view", ["open", "mine", "reviews"])
def test_a_page_of_the_queue_is_read_in_the_order_of_its_index(crm: Crm, person: str, view: str) -> None:
    from crm_tui.store.listings import ListingReader
    from crm_tui.ui.servicing.queue_rows import listing

    asked: list[str] = []
    db = connect(crm.store.path)
    reader = ListingReader(listing(view, person))
    db.set_trace_callback(asked.append)
    reader.rows(db, reader.listing.spans()[1], None, 0, 40)
    db.set_trace_callback(None)
    details = [detail for query in asked for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {query}")]
    db.close()
    index = "tickets_person" if view == "mine" else "tickets_queue"
    assert any(index in one for one in details), details
    assert not any("TEMP B-TREE FOR ORDER BY" in one for one in details), details
