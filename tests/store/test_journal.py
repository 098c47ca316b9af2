"""The journal: every write is caught, every action can be taken back, and the log alone rebuilds the tables."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, CrmError, Locked, NotFound, Refused
from crm_tui.services.crm import Crm
from crm_tui.store import driver, journal


def raw(crm: Crm, *statements: str) -> None:
    """Write with SQL behind the program's back, from a connection of its own."""
    with sqlite3.connect(crm.store.path) as db:
        for statement in statements:
            db.execute(statement)
    db.close()


def changes(crm: Crm, row: str) -> list[tuple[str | None, object, object]]:
    db = crm.store.reader()
    return db.execute(
        "SELECT f.name, c.old, c.value FROM change c JOIN row r ON r.n = c.row LEFT JOIN field f ON f.k = c.field "
        "WHERE r.id = ? ORDER BY c.seq",
        (row,),
    ).fetchall()


def test_an_insert_is_one_change_and_an_edit_is_one_a_field(crm: Crm) -> None:
    row = crm.customers.add({"name": "王芳", "region": "上海"}).ids[0]
    crm.customers.edit(row, {"name": "王方", "grade": "A"})
    assert [(name, old, new) for name, old, new in changes(crm, row)][1:] == [
        ("name", "王芳", "王方"),
        ("grade", None, "A"),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    assert crm.customers.edit(row, {"name": "Acme"}).action is None
    assert len(changes(crm, row)) == 1


def test_an_address_is_one_value(crm: Crm) -> None:
    customer = crm.customers.add({"name": "Acme"}).ids[0]
    row = crm.noun("addresses").add({"customer": customer, "city": "上海", "street": "南京路"}).ids[0]
    crm.noun("addresses").edit(row, {"city": "北京"})
    (name, old, new) = changes(crm, row)[1]
    assert (name, old) == ("place", '[null,null,"上海",null,"南京路",null]')
    assert new == '[null,null,"北京",null,"南京路",null]'
    crm.history.undo()
    assert crm.noun("addresses").get(row)["city"] == "上海"


def test_each_custom_key_is_a_field_of_its_own(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme", "extra": {"a": "1", "b": "2"}}).ids[0]
    crm.customers.edit(row, {"extra": {"b": "3", "c": "4"}})
    assert changes(crm, row)[1:] == [("extra.a", "1", None), ("extra.b", "2", "3"), ("extra.c", None, "4")]
    crm.history.undo()
    assert (
        crm.customers.get(row)["extra"] == '{"b":"2","a":"1"}' or crm.customers.get(row)["extra"] == '{"a":"1","b":"2"}'
    )


def test_raw_sql_is_logged_and_named(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    raw(crm, "UPDATE customers SET name = 'Acme 2'")
    crm.customers.edit(row, {"grade": "B"})
    assert [e.kind for e in crm.history.entries(3)] == ["edit", "raw", "edit"]
    crm.history.undo()
    crm.history.undo()
    assert crm.customers.get(row)["name"] == "Acme"


def test_a_raw_delete_becomes_the_trash(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    raw(crm, "DELETE FROM customers")
    assert crm.customers.get(row)["deleted"] == "trashed"
    assert crm.customers.all() == []
    assert [x.title for x in crm.trash.rows()] == ["Acme"]


def test_a_raw_replace_of_a_known_row_is_refused(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    with pytest.raises(sqlite3.IntegrityError):
        raw(crm, f"INSERT OR REPLACE INTO customers(id, name) VALUES('{row}', 'Other')")
    assert crm.customers.get(row)["name"] == "Acme"


def test_trash_and_restore_are_logged_also_where_the_value_stays(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    crm.customers.trash(row)
    crm.customers.trash(row)
    assert [c[0] for c in changes(crm, row)] == [None, "deleted", "deleted"]
    crm.customers.restore(row)
    assert crm.customers.get(row)["live"] == 1


def test_undo_of_a_new_row_hides_it_everywhere_and_redo_brings_it_back(crm: Crm) -> None:
    before = crm.digest()
    row = crm.customers.add({"name": "Acme"}).ids[0]
    after = crm.digest()
    crm.history.undo()
    assert crm.digest() == before
    assert crm.trash.rows() == []
    assert crm.customers.find("Acme").items == []
    crm.history.redo()
    assert crm.digest() == after
    assert [hit.id for hit in crm.customers.find("Acme").items] == [row]


def test_a_new_row_that_others_point_to_stays_with_all_that_hangs_on_it(crm: Crm) -> None:
    done = crm.customers.create({"name": "Acme"}, phones=["13800138000"])
    customer = done.ids[0]
    crm.visits.log(customer, {"summary": "first meeting"})
    with pytest.raises(Refused):
        crm.history.undo(done.action)
    assert len(crm.phones.of(customer)) == 1


def test_a_field_changed_since_is_left_and_listed(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    first = crm.customers.edit(row, {"name": "Acme 2", "grade": "A"}).action
    crm.customers.edit(row, {"name": "Acme 3"})
    undone = crm.history.undo(first)
    assert crm.customers.get(row)["name"] == "Acme 3"
    assert crm.customers.get(row)["grade"] is None
    assert [(x.row, x.field) for x in undone.left] == [(row, "name")]


def test_undo_looks_through_pairs_of_an_action_and_its_undo(crm: Crm) -> None:
    row = crm.customers.add({"name": "A"}).ids[0]
    crm.customers.edit(row, {"name": "B"})
    crm.customers.edit(row, {"name": "C"})
    crm.history.undo()
    crm.history.undo()
    assert crm.customers.get(row)["name"] == "A"
    crm.history.undo()
    assert crm.customers.all() == []


def test_undo_redo_undo_of_a_new_row_that_was_edited_between(crm: Crm) -> None:
    row = crm.customers.add({"name": "A"}).ids[0]
    crm.customers.edit(row, {"name": "B"})
    for _ in range(2):
        crm.history.undo()
        crm.history.undo()
        assert crm.customers.all() == []
        crm.history.redo()
        crm.history.redo()
        assert crm.customers.get(row)["name"] == "B"


def test_nothing_to_undo_is_a_sentence(crm: Crm) -> None:
    with pytest.raises(Refused):
        crm.history.undo()
    with pytest.raises(Refused):
        crm.history.redo()


def test_a_changed_value_in_the_log_breaks_the_chain(crm: Crm) -> None:
    crm.customers.add({"name": "Acme"})
    assert crm.check() == []
    raw(crm, """UPDATE change SET value = '{"name":"Forged"}'""")
    assert journal.verify(crm.store.reader())


def test_check_tells_what_differs_from_the_log(crm: Crm) -> None:
    row = crm.customers.add({"name": "Acme"}).ids[0]
    raw(crm, "UPDATE state SET quiet = 1", "UPDATE customers SET name = 'Silent'", "UPDATE state SET quiet = 0")
    assert any(row in problem for problem in crm.check())


def test_two_programs_write_into_one_file(crm: Crm, tmp_path: Path) -> None:
    other = Crm.open(crm.store.path, crm.store.now, zone=crm.zone)
    row = crm.customers.add({"name": "Acme"}).ids[0]
    other.customers.edit(row, {"name": "Acme 2"})
    crm.customers.edit(row, {"grade": "A"})
    other.close()
    assert crm.customers.get(row)["name"] == "Acme 2"
    assert crm.check() == []


def test_a_locked_file_gives_a_sentence(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.store._writer.execute("PRAGMA busy_timeout=50")
    with sqlite3.connect(crm.store.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Locked, match="in use"):
            crm.customers.add({"name": "Acme"})
        other.execute("ROLLBACK")
    crm.customers.add({"name": "Acme"})


def test_what_is_not_our_file_is_refused_and_untouched(tmp_path: Path, crm: Crm) -> None:
    stranger = tmp_path / "notes.db"
    with sqlite3.connect(stranger) as db:
        db.execute("CREATE TABLE a(b)")
    text = tmp_path / "list.db"
    text.write_text("name,phone\n")
    for path in (stranger, text, tmp_path):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(BadFile):
            Crm.open(path, crm.store.now)
        assert not path.is_file() or path.read_bytes() == before
    with pytest.raises(NotFound):
        Crm.open(tmp_path / "absent.db", crm.store.now, create=False)


def test_a_newer_file_is_refused(crm: Crm) -> None:
    raw(crm, "INSERT INTO migration VALUES('9_01_future', '2030-01-01')")
    with pytest.raises(CrmError, match="newer"):
        Crm.open(crm.store.path, crm.store.now)


def test_only_its_owner_may_read_the_file(crm: Crm) -> None:
    assert crm.store.path.stat().st_mode & 0o077 == 0


def test_a_network_drive_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_a, **_k: f"server:/x {tmp_path} nfs4 rw 0 0\n")
    with pytest.raises(CrmError, match="network"):
        driver.refuse_network(tmp_path / "a.db")


def test_a_small_action_costs_the_same_in_a_large_file(crm: Crm) -> None:
    def steps() -> int:
        counted = [0]
        customer = crm.customers.find("Acme").items[0].id
        crm.store._writer.set_progress_handler(lambda: counted.__setitem__(0, counted[0] + 1), 50)
        plan = crm.visits.plan(customer, crm.store.now()).ids[0]
        crm.visits.log(customer, {"summary": "x"}, plan=plan)
        crm.customers.edit(customer, {"grade": "A", "name": "Acme 2"})
        crm.customers.edit(customer, {"grade": None, "name": "Acme"})
        crm.customers.trash(customer)
        for _ in range(5):
            crm.history.undo()
        crm.store._writer.set_progress_handler(None, 0)
        return counted[0]

    crm.customers.create({"name": "Acme"}, ["13800138000"])
    steps()
    small = steps()
    with crm.store.action("Imported {n}", "import", n=5_000) as work:
        rows = [(row, work.stamp, f"name {n}") for n, row in enumerate(work.new_ids(5_000))]
        work.insert_many("customers", ("id", "created", "name"), rows)
        phones = [
            (row, work.stamp, customer[0], "+8613900139000")
            for row, customer in zip(work.new_ids(5_000), rows, strict=True)
        ]
        work.insert_many("phones", ("id", "created", "customer", "number"), phones)
    assert steps() < small * 1.5
