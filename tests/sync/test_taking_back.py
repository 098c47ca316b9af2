"""An import taken back: everybody's work in it goes everywhere, what was written since stays and is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.errors import NotFound, Refused
from tests.store.machines import Machine
from tests.store.worlds import same


@pytest.fixture
def pair(template: Path, tmp_path: Path):
    a, b = (Machine(tmp_path / f"{name}.db", template, name) for name in "ab")
    row = a.insert(name="old", region="old")
    a.give(b)
    yield a, b, row
    for machine in (a, b):
        machine.crm.close()


def settle(a: Machine, b: Machine) -> None:
    for one, other in ((a, b), (b, a), (a, b)):
        one.give(other)
    same(a.facts(), b.facts(), "a")
    for machine in (a, b):
        machine.check()
        machine.sound()


def test_an_import_taken_back_is_gone_everywhere_and_comes_back_by_redo(pair) -> None:
    a, b, row = pair
    b.edit(row, name="1")
    b.edit(row, name="2")
    made = b.insert(name="new")
    b.insert("phones", customer=made, number="1")
    before = a.crm.digest()
    number = b.give(a).import_id
    done = a.bundles.take_back(number)
    assert (done.actions, done.left) == (4, ())
    assert a.crm.digest() == before
    settle(a, b)
    assert (b.value(row), b.live(made)) == ("old", False)
    with pytest.raises(Refused):
        a.bundles.take_back(number)
    for _ in range(done.actions):
        a.crm.history.redo()
    settle(a, b)
    assert (b.value(row), b.live(made)) == ("2", True)


def test_what_was_written_since_stays_and_is_listed(pair) -> None:
    a, b, row = pair
    b.edit(row, name="b", region="b")
    made = b.insert(name="new")
    number = b.give(a).import_id
    a.edit(row, name="a")
    a.edit(made, grade="A")
    done = a.bundles.take_back(number)
    assert {(one.row, one.field, one.reason) for one in done.left} == {
        (row, "name", "changed since"),
        (made, None, "changed since"),
    }
    assert (a.value(row), a.value(row, "region"), a.live(made)) == ("a", "old", True)
    settle(a, b)


def test_only_this_import_is_taken_back(pair) -> None:
    a, b, row = pair
    b.edit(row, name="first")
    first = b.give(a).import_id
    b.edit(row, region="second")
    b.give(a)
    a.bundles.take_back(first)
    assert (a.value(row), a.value(row, "region")) == ("old", "second")
    with pytest.raises(NotFound):
        a.bundles.take_back(99)
    settle(a, b)
