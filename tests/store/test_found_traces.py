"""The shortest of the histories in which the worlds of files have found something wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.machines import Machine
from tests.store.test_traces import meet, shared


@pytest.fixture
def machines(template: Path, tmp_path: Path):
    made: list[Machine] = []

    def make(names: str) -> list[Machine]:
        made.extend(Machine(tmp_path / f"{name}.db", template, name) for name in names)
        return made

    yield make
    for machine in made:
        if machine.crm is not None:
            machine.crm.close()


def test_a_child_whose_customer_was_emptied_comes_in(machines) -> None:
    a, b = machines("ab")
    tag = a.insert("tags", customer=shared(a, b), name="VIP")
    a.edit(tag, "tags", customer=None)
    meet(a, b)
    assert b.value(tag, "customer", "tags") is None


def test_a_child_that_comes_before_its_customers_trash_is_the_same_issue_everywhere(machines) -> None:
    a, b, c = machines("abc")
    row = shared(a, b, c)
    tag = a.insert("tags", customer=row, name="VIP")
    a.crm.customers.trash(row)
    a.give(b)
    b.edit(tag, "tags", name="new")
    b.edit(tag, "tags", customer=None)
    b.edit(tag, "tags", customer=row)
    meet(a, b, c)
    assert [(one.kind, one.row) for one in c.crm.conflicts.issues()] == [("dangling", tag)]


def test_a_plan_that_moves_to_another_customer_leaves_the_first_ones_next_date(machines) -> None:
    a, b = machines("ab")
    one, other = shared(a, b), shared(a, b)
    plan = a.insert("visits", customer=one, kind="visit", status="planned", planned_start="2026-12-01T08:00:00Z")
    meet(a, b)
    b.edit(plan, "visits", customer=other)
    meet(a, b)
    for machine in (a, b):
        assert machine.value(one, "next_due") is None
        assert machine.value(other, "next_due") == "2026-12-01T08:00:00Z"


def test_a_separated_customer_takes_its_plans_along(machines) -> None:
    a, b = machines("ab")
    one, other = shared(a, b), shared(a, b)
    a.insert("visits", customer=other, kind="visit", status="planned", planned_start="2026-12-01T08:00:00Z")
    a.crm.customers.merge(one, other)
    meet(a, b)
    assert a.value(one, "next_due") == "2026-12-01T08:00:00Z"
    b.crm.customers.unmerge(other)
    meet(a, b)
    for machine in (a, b):
        assert (machine.value(one, "next_due"), machine.value(other, "next_due")) == (None, "2026-12-01T08:00:00Z")


def test_undo_of_a_first_plan_writes_an_empty_one_as_any_other_writer_does(machines) -> None:
    a, b = machines("ab")
    plan = a.insert("visits", customer=shared(a, b), kind="visit")
    a.edit(plan, "visits", planned_start="2026-12-01T08:00:00Z")
    meet(a, b)
    b.edit(plan, "visits", planned_start=None)
    a.crm.history.undo()
    meet(a, b)
    assert not a.conflicts()


def test_a_dispute_ends_when_what_hung_on_the_row_moves_away_elsewhere(machines) -> None:
    a, b, c = machines("abc")
    row, other = shared(a, b, c), shared(a, b, c)
    a.crm.customers.trash(row)
    tag = b.insert("tags", customer=row, name="VIP")
    a.give(c), b.give(c)
    assert c.live(row)
    b.edit(tag, "tags", customer=other)
    meet(a, b, c)
    assert not c.live(row)


def test_a_row_that_two_trashed_and_wrote_is_no_damage_for_one_who_only_received(machines) -> None:
    a, b, c = machines("abc")
    for machine in (a, b):
        machine.insert(id="1" * 32, name=machine.name)
    a.crm.customers.trash("1" * 32)
    a.give(c), b.give(c)
    assert c.live("1" * 32)
    c.sound()


def test_what_hangs_on_the_trash_only_by_a_version_that_lost_brings_it_back_everywhere(machines) -> None:
    a, b = machines("ab")
    one, other = shared(a, b), shared(a, b)
    tag = a.insert("tags", customer=shared(a, b), name="VIP")
    meet(a, b)
    b.edit(tag, "tags", customer=one)
    a.skew = 1000
    a.edit(tag, "tags", customer=other)
    b.give(a)
    a.crm.customers.trash(one)
    b.edit(tag, "tags", name="new")
    meet(a, b)
    for machine in (a, b):
        assert machine.value(tag, "customer", "tags") == other
        assert machine.live(one)
