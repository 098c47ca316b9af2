"""Undo and redo as algebra: for any row of actions, n undos walk n actions back, redos walk them forward."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import CrmError
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

Op = tuple[str, int, int]
OPS = (
    *("customer", "contact", "phone", "address", "tag", "visit", "plan", "field", "relation"),
    *("name", "grade", "extra", "place", "trash", "restore", "merge", "unmerge", "bulk", "raw", "raw_delete"),
)


def act(crm: Crm, op: Op) -> None:
    """One action of a person (or of raw SQL), on rows that the numbers choose; nothing if there are none."""
    kind, a, b = op
    db = crm.store.reader()

    def pick(noun: str, n: int, where: str = "live") -> str | None:
        rows = db.execute(f"SELECT id FROM {noun} WHERE {where} ORDER BY id").fetchall()
        return rows[n % len(rows)][0] if rows else None

    customer = pick("customers", a)
    simple: dict[str, Callable[[], object]] = {
        "customer": lambda: crm.customers.create(
            {"name": f"客户{b}", "grade": "ABC"[b % 3]}, phones=[f"1380013800{b % 10}"]
        ),
        "field": lambda: crm.custom_fields.add({"noun": "customers", "key": f"k{a}{b}"}),
        "raw": lambda: _raw(crm, f"UPDATE customers SET note = 'raw {b}', extra = json_object('r', {b}) WHERE live"),
    }
    if kind in simple:
        _quietly(simple[kind])
        return
    if customer is None:
        return
    other = pick("customers", b) or customer
    address = pick("addresses", a)
    trashed = pick("customers", a, "deleted = 'trashed'")
    merged = pick("customers", a, "merged_into IS NOT NULL AND deleted IS NULL")
    hanging: dict[str, Callable[[], object]] = {
        "contact": lambda: crm.contacts.add({"customer": customer, "name": f"Bob {b}"}),
        "phone": lambda: crm.phones.add({"customer": customer, "number": f"1390013{b:04d}"}),
        "address": lambda: crm.noun("addresses").add({"customer": customer, "city": f"city {b}"}),
        "tag": lambda: crm.noun("tags").add({"customer": customer, "name": f"t{b}"}),
        "relation": lambda: crm.noun("relations").add({"customer": customer, "kind": "family", "other": other}),
        "visit": lambda: crm.visits.log(customer, {"summary": f"said {b}"}, crm.store.now(), "again"),
        "plan": lambda: crm.visits.plan(customer, crm.store.now()),
        "name": lambda: crm.customers.edit(customer, {"name": f"名字{b}"}),
        "grade": lambda: crm.customers.edit(customer, {"grade": "ABC"[b % 3], "parent": other}),
        "extra": lambda: crm.customers.edit(customer, {"extra": {"x": str(b % 4), **({"y": "1"} if b % 2 else {})}}),
        "place": lambda: address and crm.noun("addresses").edit(address, {"city": f"town {b}", "street": f"s{b}"}),
        "trash": lambda: crm.customers.trash(customer),
        "restore": lambda: trashed and crm.customers.restore(trashed),
        "merge": lambda: crm.customers.merge(customer, other, {"region": f"r{b}"}),
        "unmerge": lambda: merged and crm.customers.unmerge(merged),
        "bulk": lambda: crm.customers.edit_many([customer, other], {"industry": f"i{b % 3}"}),
        "raw_delete": lambda: _raw(crm, f"DELETE FROM customers WHERE id = '{customer}'"),
    }
    _quietly(hanging[kind])


def _quietly(action: Callable[[], object]) -> None:
    try:
        action()
    except CrmError:  # a refusal changes nothing, which the digests prove
        return


def _raw(crm: Crm, statement: str) -> None:
    with sqlite3.connect(crm.store.path) as db:
        db.execute(statement)
    db.close()
    crm.store._settle()  # as the next opening does


actions = st.lists(st.tuples(st.sampled_from(OPS), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=14)


@given(actions)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undos_walk_back_and_redos_walk_forward_also_after_reopening(template: Path, ops: list[Op]) -> None:
    walk(template, ops)


@pytest.mark.campaign
@given(actions)
@settings(max_examples=3_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_more_walks(template: Path, ops: list[Op]) -> None:
    walk(template, ops)


def walk(template: Path, ops: list[Op]) -> None:
    """Do, undo all, redo all, undo all; the digest after each step is the one from before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "crm.db"
        shutil.copy(template, path)
        crm = Crm.open(path, lambda: NOW, zone=ZONE)
        digests = [crm.digest()]
        for op in ops:
            last = crm.history.entries(1)
            act(crm, op)
            if crm.history.entries(1) != last:
                digests.append(crm.digest())
        assert crm.check() == []
        for n, digest in enumerate(reversed(digests[:-1])):
            if n % 3 == 1:
                crm.close()
                crm = Crm.open(path, lambda: NOW, zone=ZONE)
            undone = crm.history.undo()
            assert undone.left == ()
            assert crm.digest() == digest
        for digest in digests[1:]:
            crm.history.redo()
            assert crm.digest() == digest
        assert crm.check() == []
        for digest in reversed(digests[:-1]):
            crm.history.undo()
            assert crm.digest() == digest
        assert crm.check() == []
        crm.close()
