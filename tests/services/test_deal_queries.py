"""What the board asks is answered from indexes: no walk over all deals, visits or customers, and no sorting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from crm_tui.services.board import BoardFilter
from crm_tui.services.crm import Crm
from crm_tui.store.readers import Readers
from crm_tui.ui.selling.lanes import read_board
from tests.conftest import NOW
from tests.services.selling_world import deal, stage

LARGE = re.compile(r"\bSCAN (d|m|v|c|deals|stage_moves|visits|customers)\b")


@pytest.fixture
def sold(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Ann"}).ids[0])
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    deals = [deal(crm, customer, f"deal {n}", amount=100 * n) for n in range(5)]
    crm.deals.move(deals[:2], stage(crm, "Qualified"))
    crm.deals.plan_next(deals[0], NOW + timedelta(days=1))
    crm.deals.win(deals[1])
    return deals[0]


def plans(crm: Crm, ask: Callable[[], object]) -> list[tuple[str, str]]:
    """How SQLite answers each query of a question."""
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
            found += [(detail, query) for *_, detail in db.execute(f"EXPLAIN QUERY PLAN {query}")]
    return found


def test_the_board_walks_over_nothing_and_sorts_nothing(crm: Crm, sold: str) -> None:
    readers = Readers(lambda: crm.store.reader())
    customer = crm.deals.get(sold)["customer"]
    rule = crm.board.heads(crm.pipelines.all()[0]["id"], BoardFilter())[0].rule
    asks: dict[str, Callable[[], object]] = {
        "board": lambda: read_board(crm, readers, None, BoardFilter(), False, ()),
        "mine": lambda: read_board(crm, readers, None, BoardFilter(), True, ()),
        "a column": lambda: crm.board.cards(rule, BoardFilter(), 20),
        "next step": lambda: crm.deals.next_step(sold),
        "log": lambda: crm.deals.log(sold),
        "contacts about it": lambda: crm.deals.visits(sold, 8),
        "of a customer": lambda: crm.deals.open_of(customer),
        "by number": lambda: crm.deals.resolve(str(crm.deals.get(sold)["number"])),
        "leads": lambda: crm.leads.queue(),
    }
    walks = {
        name: found
        for name, ask in asks.items()
        if (found := [line for line, _ in plans(crm, ask) if LARGE.search(line) and "USING" not in line])
    }
    assert not walks
    column = [line for line, query in plans(crm, asks["a column"]) if "ORDER BY" in query and "deals" in line]
    assert column
    assert all("deals_column" in line for line in column)
    assert not [line for line, _ in plans(crm, asks["a column"]) if "TEMP B-TREE" in line]
    totals = [line for line, query in plans(crm, asks["board"]) if "GROUP BY currency" in query]
    assert any("COVERING INDEX deals_totals" in line for line in totals), totals
