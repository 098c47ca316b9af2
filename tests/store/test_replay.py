"""Files of an older and a newer program work together: the unknown is kept, passed on, and made after the update."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar

import pytest

from crm_tui.records.about import About
from crm_tui.records.nouns import NOUNS
from crm_tui.records.record import FieldOf, Noun, Record
from crm_tui.rules.slices import ActionHead
from crm_tui.services.crm import Crm
from crm_tui.store import migrate
from tests.conftest import NOW, ZONE
from tests.store.machines import Machine
from tests.store.worlds import same

SHIPPED = migrate.shipped()


class Pet(Record, table=True):
    __tablename__ = "pets"
    LABEL: ClassVar[tuple[str, str, str]] = ("Pets", "宠物", "Pet")

    customer: Annotated[str | None, About("Customer", "客户", "link", link="customers", owner=True)] = None
    name: Annotated[str | None, About("Name", "名字", "name")] = None
    year: Annotated[int | None, About("Year", "年", "integer", group="born")] = None
    month: Annotated[int | None, About("Month", "月", "integer", group="born")] = None


SQL = """
CREATE TABLE pets(
  id TEXT PRIMARY KEY NOT NULL, created TEXT, changed TEXT, live INTEGER DEFAULT 1, deleted TEXT, extra TEXT,
  customer TEXT, name TEXT, year INTEGER, month INTEGER);
ALTER TABLE customers ADD COLUMN shoe TEXT;
ALTER TABLE customers ADD COLUMN wide INTEGER;
ALTER TABLE customers ADD COLUMN long INTEGER;
"""


@contextmanager
def newer(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The program of next year: one noun, one field and one group more."""
    with monkeypatch.context() as patch:
        customers = replace(NOUNS["customers"])
        fresh = [
            FieldOf("shoe", About("Shoe", "鞋", "text"), 90),
            FieldOf("wide", About("Wide", "宽", "integer", group="foot"), 91),
            FieldOf("long", About("Long", "长", "integer", group="foot"), 92),
        ]
        customers.__dict__["fields"] = {**NOUNS["customers"].fields, **{one.name: one for one in fresh}}
        patch.setitem(NOUNS, "customers", customers)
        patch.setitem(NOUNS, "pets", Noun("pets", Pet, *Pet.LABEL))
        patch.setattr(migrate, "shipped", lambda: [*SHIPPED, ("9_99_next", SQL)])
        yield


@pytest.fixture
def pair(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A machine with next year's program, and one with today's; both know a customer."""
    today = Machine(tmp_path / "today.db", template, "today")
    row = today.insert(name="old", id="1" * 32)
    other = today.insert(name="other", id="2" * 32)
    today.crm.close()
    with newer(monkeypatch):
        next_one = Machine(tmp_path / "next.db", template, "next")
    next_one.crm.close()
    today.open()
    machines = (next_one, today)
    yield *machines, row, other
    for machine in machines:
        machine.crm.close()


def carry(a: Machine, b: Machine, path: Path, monkeypatch: pytest.MonkeyPatch, *, a_new=False, b_new=False) -> None:
    """Export by the one's program, take in by the other's."""
    for machine, new, do in (
        (a, a_new, lambda: a.bundles.export(path)),
        (b, b_new, lambda: b.bundles.take(path, accept_key="any")),
    ):
        machine.crm.close()
        if new:
            with newer(monkeypatch):
                machine.open()
                do()
                machine.crm.close()
        else:
            machine.open()
            do()


def work_of_next(machine: Machine, row: str, other: str) -> None:
    """Whatever the newer program can write."""
    pet = machine.insert("pets", id="3" * 32, customer=row, name="Mimi", year=2020, month=5)
    machine.edit(pet, "pets", name="Momo")
    machine.edit(pet, "pets", month=6)
    machine.insert("pets", id="4" * 32, customer=other, name="Bello")
    gone = machine.insert("pets", id="5" * 32, customer=row, name="gone")
    machine.write(gone, "deleted", "trashed", noun="pets")
    machine.edit(row, shoe="42", name="new")
    machine.edit(row, wide=9, long=27)
    machine.insert(id="6" * 32, name="made there", shoe="38", grade="Z-new", wide=8)
    machine.edit(row, extra='{"hat": "L"}')


def actions_of(machine: Machine, log: str) -> list[object]:
    found, on = [], False
    for item in machine.bundle()[1]:
        on = item.log == log if isinstance(item, ActionHead) else on
        if on:
            found.append(item)
    return found


def test_what_a_newer_program_sends_is_kept_passed_on_and_made_after_the_update(pair, tmp_path, monkeypatch) -> None:
    ahead, today, row, other = pair
    carry(today, ahead, tmp_path / "1.crmb", monkeypatch, b_new=True)
    with newer(monkeypatch):
        ahead.open()
        work_of_next(ahead, row, other)
        log, sent = ahead.log, actions_of(ahead, ahead.log)
        ahead.crm.close()
    carry(ahead, today, tmp_path / "2.crmb", monkeypatch, a_new=True)
    # kept
    assert today.value(row) == "new"
    assert today.value("6" * 32, "grade") == "Z-new"
    assert actions_of(today, log)[: len(sent)] == sent
    today.sound()
    assert today.crm.conflicts.rows() == []
    today.edit(row, region="today")
    today.crm.customers.trash(other)
    # replayed after the update
    today.crm.close()
    with newer(monkeypatch):
        today.open()
        assert today.value("3" * 32, "name", "pets") == "Momo"
        assert [today.value("3" * 32, f, "pets") for f in ("customer", "year", "month")] == [row, 2020, 6]
        assert not today.live("5" * 32, "pets")
        assert [today.value(row, f) for f in ("shoe", "wide", "long")] == ["42", 9, 27]
        assert [today.value("6" * 32, f) for f in ("shoe", "wide")] == ["38", 8]
        today.check()
        today.sound()
        assert actions_of(today, log)[: len(sent)] == sent
        today.crm.close()
    carry(today, ahead, tmp_path / "3.crmb", monkeypatch, a_new=True, b_new=True)
    carry(ahead, today, tmp_path / "4.crmb", monkeypatch, a_new=True, b_new=True)
    with newer(monkeypatch):
        ahead.open(), today.open()
        same(today.facts(), ahead.facts(), "today")
        ahead.crm.close(), today.crm.close()


def test_a_child_of_an_unknown_kind_keeps_its_customer_after_the_update(pair, tmp_path, monkeypatch) -> None:
    ahead, today, row, other = pair
    carry(today, ahead, tmp_path / "1.crmb", monkeypatch, b_new=True)
    today.crm.customers.trash(other)
    with newer(monkeypatch):
        ahead.open()
        work_of_next(ahead, row, other)
        ahead.crm.close()
    carry(ahead, today, tmp_path / "2.crmb", monkeypatch, a_new=True)
    today.crm.close()
    with newer(monkeypatch):
        today.open()
        assert today.live(other), "a pet came to it that its trash did not know"
        today.check()
        today.sound()
        today.crm.close()


def test_two_who_disagree_about_an_unknown_field_meet_after_the_update(pair, template, tmp_path, monkeypatch) -> None:
    ahead, today, row, _ = pair
    carry(today, ahead, tmp_path / "1.crmb", monkeypatch, b_new=True)
    with newer(monkeypatch):
        third = Machine(tmp_path / "third.db", template, "third")
        third.bundles.take(tmp_path / "1.crmb", accept_key="any")
        third.edit(row, shoe="41", wide=1)
        third.crm.close()
        ahead.open()
        ahead.edit(row, shoe="42", wide=2)
        ahead.crm.close()
    carry(ahead, today, tmp_path / "2.crmb", monkeypatch, a_new=True)
    carry(third, today, tmp_path / "3.crmb", monkeypatch, a_new=True)
    assert today.crm.conflicts.rows() == []
    assert today.crm.conflicts.count() == 0
    today.crm.close()
    with newer(monkeypatch):
        today.open()
        assert sorted(one.field for one in today.crm.conflicts.rows()) == ["foot", "shoe"]
        today.check()
        today.sound()
        today.crm.close()


def test_a_file_of_the_first_program_is_brought_up_to_date_and_merges(template, tmp_path, monkeypatch) -> None:
    """Its tables were made by migration 2_01 alone."""
    old, nouns = tmp_path / "old.db", dict(NOUNS)
    first = [step for step in SHIPPED if step[0].startswith("2_01")]
    with sqlite3.connect(":memory:") as db:
        db.executescript(first[0][1])
        columns = {table: {c[1] for c in db.execute(f"PRAGMA table_info({table})")} for table in NOUNS}
    db.close()
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "shipped", lambda: first)
        for name in list(NOUNS):
            if not columns[name]:
                patch.delitem(NOUNS, name)
            else:
                noun = replace(NOUNS[name])
                noun.__dict__["fields"] = {f: x for f, x in NOUNS[name].fields.items() if f in columns[name]}
                patch.setitem(NOUNS, name, noun)
        migrate.driver.create(old)
        assert migrate.migrate(old, NOW) == [first[0][0]]
    # What was taken out has come back at the end.
    NOUNS.clear()
    NOUNS.update(nouns)
    with closing(sqlite3.connect(old)) as db, db:
        db.execute("INSERT INTO device(dev, id, name) VALUES(1, ?, 'old')", ("a" * 32,))
        db.execute("INSERT INTO state VALUES(1, 1, 0, NULL)")
        workspace = sqlite3.connect(template).execute("SELECT value FROM setting WHERE name = 'workspace'").fetchone()
        db.execute("INSERT OR REPLACE INTO setting VALUES('workspace', ?)", workspace)
        db.execute("INSERT INTO customers(id, name) VALUES(?, 'from the first program')", ("7" * 32,))
    crm = Crm.open(old, lambda: NOW, zone=ZONE)
    crm.close()
    a, b = Machine(tmp_path / "a.db", old, "a"), Machine(tmp_path / "b.db", template, "b")
    b.insert(name="b")
    for one, other in ((a, b), (b, a)):
        one.bundles.export(tmp_path / f"{one.name}.crmb")
        other.bundles.take(tmp_path / f"{one.name}.crmb", accept_key="any")
    a.bundles.export(tmp_path / "again.crmb")
    b.bundles.take(tmp_path / "again.crmb")
    assert b.value("7" * 32) == "from the first program"
    a.sound(), b.sound()
    b.give(a), a.give(b)
    same(a.facts(), b.facts(), "a")
    a.crm.close(), b.crm.close()
