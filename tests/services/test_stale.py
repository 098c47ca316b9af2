"""Nobody passes over what another machine wrote while his screen was open, and nobody settles a conflict unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.errors import ChangedSince
from crm_tui.rules.headers import recognise
from crm_tui.services.crm import Crm
from crm_tui.services.imports import Source
from crm_tui.services.stale import look
from crm_tui.store.database import Changes
from tests.conftest import ZONE
from tests.store.machines import Machine


@pytest.fixture
def pair(template: Path, tmp_path: Path):
    a, b = (Machine(tmp_path / f"{name}.db", template, name) for name in "ab")
    row = a.insert(name="old", region="old")
    phone = a.insert("phones", customer=row, number="1")
    a.give(b)
    yield a, b, row, phone
    for machine in (a, b):
        machine.crm.close()


def disagree(a: Machine, b: Machine, row: str) -> None:
    b.edit(row, name="b")
    a.time += 50
    a.edit(row, name="a")
    b.give(a)
    assert a.conflicts() == {(row, "name")}


def test_trash_and_merge_ask_about_what_came_meanwhile(pair) -> None:
    a, b, row, phone = pair
    other = a.insert(name="other")
    opened = look(a.crm)
    b.edit(phone, "phones", number="2")
    b.give(a)
    with pytest.raises(ChangedSince, match="Number"):
        a.crm.customers.trash(row, opened=opened)
    with pytest.raises(ChangedSince):
        a.crm.customers.merge(other, row, opened=opened)
    assert a.live(row)
    a.crm.customers.trash(row, opened=look(a.crm))
    assert not a.live(row)


def test_own_changes_and_those_of_other_records_ask_nothing(pair) -> None:
    a, b, row, phone = pair
    opened = look(a.crm)
    a.edit(phone, "phones", number="3")
    b.insert(name="somebody else")
    b.give(a)
    a.crm.customers.edit_many([row], {"region": "new"}, opened=opened)
    a.crm.customers.trash(row, opened=opened)
    assert not a.live(row)


def test_a_change_that_stands_but_is_not_shown_is_asked_about_too(pair) -> None:
    a, b, row, _ = pair
    b.edit(row, name="b")
    a.time += 50
    a.edit(row, name="a")
    opened, base = look(a.crm), a.crm.customers.get(row)
    b.give(a)
    assert a.value(row) == "a"
    with pytest.raises(ChangedSince, match="Name") as asked:
        a.crm.customers.edit(row, {"name": "c"}, base, opened)
    assert list(asked.value.theirs.values()) == ["b"]
    assert a.conflicts() == {(row, "name")}
    a.crm.customers.edit(row, {"region": "new"}, base, opened)
    with pytest.raises(ChangedSince):
        a.crm.customers.edit_many([row], {"name": "c"}, opened)
    assert a.conflicts() == {(row, "name")}


def test_a_bulk_edit_skips_and_counts_fields_in_conflict(pair) -> None:
    a, b, row, _ = pair
    disagree(a, b, row)
    done = a.crm.customers.edit_many([row], {"name": "bulk", "region": "bulk"})
    assert (done.count, done.skipped) == (1, 1)
    assert (a.value(row), a.value(row, "region")) == ("a", "bulk")
    assert a.conflicts() == {(row, "name")}


def brought(machine: Machine, *cells: str) -> Changes:
    imports, header = machine.crm.imports, ["客户编号", "客户名称", "行业"]
    columns = imports.columns(header, recognise(header, [cells]))
    return imports.apply(imports.prepare(columns, [(2, cells)], Source("book.csv", "book")))


def test_a_spreadsheet_skips_and_counts_fields_in_conflict(pair) -> None:
    a, b, _, _ = pair
    brought(a, "K1", "first", "north")
    (row,) = a.db.execute("SELECT id FROM customers WHERE name = 'first'").fetchone()
    a.give(b)
    b.edit(row, industry="b")
    a.time += 50
    a.write(row, "industry", "north")  # as the file brought it: nobody corrected what is shown
    b.give(a)
    assert a.conflicts() == {(row, "industry")}
    done = brought(a, "K1", "second", "south")
    assert (done.skipped, a.value(row), a.value(row, "industry")) == (1, "second", "north")
    assert a.conflicts() == {(row, "industry")}


def test_another_program_of_this_machine_is_somebody_else(pair) -> None:
    a, _, row, _ = pair
    other = Crm.open(a.path, a._now, zone=ZONE, memory=a.home / "logs.json")
    assert other.store.own_log() == a.crm.store.own_log() == a.log
    opened = look(a.crm)
    a.edit(row, region="mine")
    a.crm.customers.edit(row, {"name": "mine"}, opened=opened)
    other.customers.edit(row, {"region": "theirs"})
    with pytest.raises(ChangedSince, match="Region") as asked:
        a.crm.customers.edit_many([row], {"region": "new"}, opened)
    assert [(one.label, one.value, one.here, one.record) for one in asked.value.news] == [
        ("Region", "theirs", True, "mine")
    ]
    a.crm.customers.edit_many([row], {"region": "new"}, asked.value.now)
    assert a.value(row, "region") == "new"
    other.close()


def test_of_very_many_rows_those_that_nothing_new_is_about_are_not_read(pair) -> None:
    a, b, row, phone = pair
    rows = [a.insert(name=f"n{n}") for n in range(60)]
    opened = look(a.crm)
    b.edit(phone, "phones", number="2")
    b.give(a)
    with pytest.raises(ChangedSince) as asked:
        a.crm.customers.trash(*rows, row, opened=opened)
    assert [(one.noun, one.field, one.value) for one in asked.value.news] == [("phones", "number", "2")]
    a.crm.customers.trash(*rows, opened=opened)


def test_the_lines_of_an_address_are_asked_about_together(pair) -> None:
    a, _, row, _ = pair
    place = a.crm.noun("addresses").add({"customer": row, "city": "Suzhou", "street": "old"}).ids[0]
    base = a.crm.noun("addresses").get(place)
    a.crm.noun("addresses").edit(place, {"city": "Wuxi"})
    with pytest.raises(ChangedSince) as asked:
        a.crm.noun("addresses").edit(place, {"street": "new"}, base)
    assert asked.value.theirs == {"city": "Wuxi"}
