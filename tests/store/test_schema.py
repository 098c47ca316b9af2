"""The migrated file is what the records say, and stays sound whatever happens to it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from crm_tui.errors import CrmError
from crm_tui.records.nouns import NOUNS
from crm_tui.services.crm import Crm
from crm_tui.store import backup, catalogue, migrate
from crm_tui.store.catalogue import Catalogue
from tests.conftest import NOW, ZONE


def test_the_migrated_schema_has_the_columns_of_the_records(crm: Crm) -> None:
    for noun in NOUNS.values():
        columns = {row[1]: row[2] for row in crm.store.reader().execute(f"PRAGMA table_info({noun.name})")}
        kinds = {
            name: "INTEGER" if field.about.kind in ("integer", "minutes", "flag", "money") else "TEXT"
            for name, field in noun.fields.items()
        }
        assert columns == kinds, noun.name


def test_no_column_but_the_id_refuses_null_and_nothing_but_the_id_is_unique(crm: Crm) -> None:
    db = crm.store.reader()
    for noun in NOUNS:
        assert [r[1] for r in db.execute(f"PRAGMA table_info({noun})") if r[3]] == ["id"]
        assert not [r for r in db.execute(f"PRAGMA index_list({noun})") if r[2] and r[3] != "pk"]


def test_the_catalogue_in_the_file_is_that_of_the_records(crm: Crm) -> None:
    read = Catalogue.read(crm.store.reader())
    assert set(read.nouns) == set(NOUNS)
    for name, noun in NOUNS.items():
        assert set(read[name].columns) == set(noun.fields)
        for field in noun.fields.values():
            there = read[name].fields[field.name]
            assert (there.en, there.zh, there.link, there.owner, there.group) == (
                *(field.about.en, field.about.zh, field.about.link, field.about.owner, field.about.group),
            )


def test_every_link_names_a_noun_and_owners_come_first() -> None:
    order = list(NOUNS)
    for name, noun in NOUNS.items():
        for field in noun.fields.values():
            if field.about.link:
                assert field.about.link in NOUNS
            if field.about.owner:
                assert order.index(str(field.about.link)) < order.index(name)


def test_every_field_has_both_labels() -> None:
    for noun in NOUNS.values():
        for field in noun.fields.values():
            assert field.about.en
            assert field.about.zh
            assert all(choice.en and choice.zh for choice in field.about.choices)


def test_numbers_of_fields_stay_when_the_records_change(crm: Crm) -> None:
    db = crm.store._writer
    before = db.execute("SELECT k, noun, name FROM field ORDER BY k").fetchall()
    catalogue.write(db, NOUNS)
    assert db.execute("SELECT k, noun, name FROM field ORDER BY k").fetchall() == before


def test_a_migration_takes_a_checked_backup_first(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.customers.add({"name": "Acme"})
    digest = crm.digest()
    crm.close()
    steps = migrate.shipped()
    monkeypatch.setattr(migrate, "shipped", lambda: [*steps, ("3_01_more", "CREATE TABLE more(a);")])
    assert migrate.migrate(crm.store.path, NOW) == ["3_01_more"]
    (copy,) = backup.listed(backup.folder_of(crm.store.path))
    assert copy.reason == "migration"
    monkeypatch.setattr(migrate, "shipped", lambda: steps)
    old = Crm.open(copy.path, lambda: NOW, zone=ZONE)
    assert old.digest() == digest
    old.close()


def test_a_migration_that_fails_leaves_the_file_as_it_was(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    crm.customers.add({"name": "Acme"})
    steps = migrate.shipped()
    bad = "CREATE TABLE more(a);\nINSERT INTO nowhere VALUES(1);"
    monkeypatch.setattr(migrate, "shipped", lambda: [*steps, ("3_01_bad", bad)])
    with pytest.raises(sqlite3.OperationalError):
        migrate.migrate(crm.store.path, NOW)
    with pytest.raises(CrmError):
        Crm.open(crm.store.path, lambda: NOW, zone=ZONE)
    names = {name for (name,) in crm.store.reader().execute("SELECT name FROM sqlite_master")}
    assert "more" not in names
    assert crm.check() == []


def test_a_second_opening_migrates_nothing(crm: Crm) -> None:
    assert migrate.migrate(crm.store.path, NOW) == []


def test_a_file_of_which_the_head_only_is_ours_is_refused_with_a_sentence(tmp_path: Path, crm: Crm) -> None:
    crm.customers.add({"name": "Acme"})
    crm.store._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cut = tmp_path / "cut.db"
    cut.write_bytes(crm.store.path.read_bytes()[:5000])
    with pytest.raises(CrmError):
        Crm.open(cut, lambda: NOW, zone=ZONE)
