"""No copy, move, put-back or crash of a file gives two changes one number; what goes on undisturbed keeps its log."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, NotFound
from crm_tui.store import backup, chain, check, journal, logs, memory
from tests.store.file_histories import NOW
from tests.store.log_files import all_logs, log_of, opened, raw, write, written


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The memory of a machine."""
    return tmp_path / "home" / "logs.json"


# What goes on, and what does not.


def test_runs_that_end_well_go_on_with_one_log(db_file: Path, home: Path) -> None:
    assert len({written(db_file, home) for _ in range(4)}) == 1
    assert len(all_logs(db_file)) == 1


def test_a_stick_between_two_machines_has_two_logs_however_often_it_moves(db_file: Path, tmp_path: Path) -> None:
    homes = (tmp_path / "a" / "logs.json", tmp_path / "b" / "logs.json")
    seen = [written(db_file, homes[n % 2], f"person {n}") for n in range(20)]
    assert len(set(seen)) == 2
    assert len(all_logs(db_file)) == 2
    with opened(db_file, homes[0]) as store:
        assert check.check(store._writer, store.catalogue) == []


def test_of_a_file_and_its_copy_one_goes_on(db_file: Path, home: Path, tmp_path: Path) -> None:
    first = written(db_file, home)
    copy = tmp_path / "copy.db"
    shutil.copyfile(db_file, copy)
    assert written(copy, home) == first
    assert written(db_file, home) != first
    assert written(copy, home) == first


def test_a_store_tells_its_own_log_without_noting_anything(db_file: Path, home: Path, tmp_path: Path) -> None:
    first = written(db_file, home)
    before = home.read_text()
    with opened(db_file, home) as store:
        assert store.own_log() == first
    with opened(db_file, tmp_path / "other" / "logs.json") as store:
        assert store.own_log() is None
        write(store)
        assert store.own_log() == log_of(store)
    assert home.read_text() == before
    backup.restore(db_file, backup.make(db_file, tmp_path / "backup.db", NOW), NOW)
    with opened(db_file, home) as store:
        assert store.own_log() is None


def test_a_file_that_was_moved_goes_on(db_file: Path, home: Path, tmp_path: Path) -> None:
    first = written(db_file, home)
    moved = db_file.rename(tmp_path / "elsewhere.db")
    assert written(moved, home) == first


@pytest.mark.parametrize("in_place", [True, False])
def test_an_old_file_put_back_begins_a_log(db_file: Path, home: Path, tmp_path: Path, in_place: bool) -> None:
    first = written(db_file, home)
    old = tmp_path / "old.db"
    shutil.copyfile(db_file, old)
    assert written(db_file, home) == first
    if not in_place:
        db_file.unlink()
    shutil.copyfile(old, db_file)
    assert written(db_file, home) != first


def test_a_copy_made_while_the_file_is_open_begins_a_log(db_file: Path, home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with opened(db_file, home) as store:
        write(store)
        for end in ("", "-wal"):
            shutil.copyfile(f"{db_file}{end}", f"{copy}{end}")
        assert written(copy, home, "Ben") != log_of(store)
        write(store, "Cem")


def test_a_whole_home_that_was_copied_or_put_back_knows_nothing(db_file: Path, home: Path, tmp_path: Path) -> None:
    first = written(db_file, home)
    other = tmp_path / "other"
    shutil.copytree(home.parent, other)
    old = tmp_path / "old.db"
    shutil.copyfile(db_file, old)
    assert written(db_file, other / "logs.json") != first
    shutil.copyfile(old, db_file)
    written(db_file, home)
    shutil.copyfile(old, db_file)
    shutil.copytree(other, home.parent, dirs_exist_ok=True)
    assert written(db_file, home) != first


# Beginning is lazy.


def test_reading_never_begins_a_log(db_file: Path, home: Path, tmp_path: Path) -> None:
    written(db_file, home)
    before = all_logs(db_file)
    other = tmp_path / "other" / "logs.json"
    with opened(db_file, other) as store:
        store.reader().execute("SELECT * FROM people").fetchall()
    assert all_logs(db_file) == before
    assert not other.parent.exists()


def test_an_action_that_writes_nothing_begins_no_log(db_file: Path, home: Path, tmp_path: Path) -> None:
    written(db_file, home)
    before = all_logs(db_file)
    with opened(db_file, tmp_path / "other" / "logs.json") as store:
        with store.action("Nothing"):
            pass
        with pytest.raises(NotFound), store.action("Refused") as work:
            work.update("people", "nobody", {"name": "Ann"})
        assert all_logs(db_file) == before
        assert log_of(store) == before[0]
        write(store)
        assert len(all_logs(db_file)) == 2


def test_later_writes_do_not_look_into_the_memory(db_file: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []
    turn = memory.Memory.turn
    monkeypatch.setattr(memory.Memory, "turn", lambda self, **how: turns.append(how) or turn(self, **how))
    with opened(db_file, home) as store:
        assert turns == []
        for _ in range(5):
            write(store)
        assert turns == [{"durable": True}]
    assert turns == [{"durable": True}, {"durable": False}]


def test_it_stands_in_the_memory_before_the_first_change_stands_in_the_file(db_file: Path, home: Path) -> None:
    written(db_file, home)
    with opened(db_file, home) as store, store.action("Added") as work:
        work.insert("people", {"name": "Ann"})
        note = json.loads(home.read_text())["logs"][log_of(store)]
        assert note["openers"]
        with closing(sqlite3.connect(db_file)) as db:
            assert db.execute("SELECT count(*) FROM people").fetchone() == (1,)


# Raw SQL.


def test_raw_changes_of_a_file_that_goes_on_stay_in_its_log(db_file: Path, home: Path) -> None:
    first = written(db_file, home)
    raw(db_file, "INSERT INTO people(id, name) VALUES('r1', 'raw')")
    with opened(db_file, home) as store:
        assert log_of(store) == first
        assert journal.end(store._writer, 1)[1] == 2


def test_raw_changes_of_a_copy_move_into_its_own_log(db_file: Path, home: Path, tmp_path: Path) -> None:
    first = written(db_file, home)
    copy = tmp_path / "copy.db"
    shutil.copyfile(db_file, copy)
    raw(db_file, "INSERT INTO people(id, name) VALUES('r1', 'here')")
    raw(copy, "INSERT INTO people(id, name) VALUES('r2', 'there')", "UPDATE people SET team = 'x' WHERE id = 'r2'")
    with opened(db_file, home) as store:
        assert log_of(store) == first
    with opened(copy, home) as store:
        assert log_of(store) != first
        db = store._writer
        assert db.execute("SELECT dev, seq FROM change ORDER BY dev, seq").fetchall() == [(1, 1), (2, 1), (2, 2)]
        assert db.execute("SELECT DISTINCT dev, seq FROM head").fetchall() == [(2, 2)]
        assert journal.verify(db) == []
        assert check.check(db, store.catalogue) == []


# Backups.


def test_a_restored_backup_begins_a_log_also_under_an_open_program(db_file: Path, home: Path, tmp_path: Path) -> None:
    with opened(db_file, home) as store:
        write(store)
        log = log_of(store)
        copy = backup.make(db_file, tmp_path / "backup.db", NOW)
        written(db_file, home, "Ben")
        backup.restore(db_file, copy, NOW)
        with opened(db_file, home) as again:
            write(again, "Cem")
            new = log_of(again)
        write(store, "Deng")
        assert new != log
        assert log_of(store) == new
        assert journal.verify(store._writer) == []
    assert written(db_file, home) == new
    assert written(copy, home) not in (log, new)


# Memories that cannot be used.


@pytest.mark.parametrize("content", ["", "{", "[]", '{"logs": 1}', '{"logs": {"x": {"seq": "1"}}}', "\x00" * 50])
def test_a_damaged_memory_knows_nothing(db_file: Path, home: Path, content: str) -> None:
    first = written(db_file, home)
    home.write_text(content)
    lock = home.with_name("logs.json.lock")
    lock.write_text(f"{home.stat().st_ino} {home.stat().st_ctime_ns}")
    second = written(db_file, home)
    assert second != first
    assert written(db_file, home) == second


def test_a_memory_that_cannot_be_written_costs_logs_and_no_error(db_file: Path, tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    nowhere = tmp_path / "no folder" / "logs.json"
    with opened(db_file, nowhere) as store:
        write(store)
        log = log_of(store)
        write(store)
        assert log_of(store) == log
        assert written(db_file, nowhere) != log
        write(store)
    assert len(all_logs(db_file)) == 2


def test_the_memory_forgets_the_oldest_closed_logs(home: Path) -> None:
    kept = memory.Memory(home)
    with kept.turn(durable=False) as notes:
        for n in range(memory.KEPT + 20):
            notes[f"{n:032x}"] = memory.Note(n, "00", at=n)
        notes["open"] = memory.Note(1, "00", openers=[memory.Opener(1, "x", "y")])
    with kept.turn(durable=False) as notes:
        assert len(notes) == memory.KEPT
        assert "open" in notes
        assert f"{0:032x}" not in notes
    assert home.stat().st_mode & 0o077 == 0


def test_a_file_without_its_log_is_called_damaged(db_file: Path, home: Path) -> None:
    with opened(db_file, home) as store:
        write(store)
        store._writer.execute("DELETE FROM device")
        with pytest.raises(BadFile, match="damaged"):
            write(store)


# What stands in a log's row.


def test_a_log_has_a_code_and_the_name_of_its_machine(db_file: Path, tmp_path: Path) -> None:
    with opened(db_file, tmp_path / "a" / "logs.json") as store:
        store.set_setting("machine", "Anna's laptop")
        write(store)
    written(db_file, tmp_path / "b" / "logs.json")
    with closing(sqlite3.connect(db_file)) as db:
        rows = db.execute("SELECT name, code FROM device").fetchall()
    assert [name for name, _ in rows] == ["Anna's laptop"] * 2
    assert len({code for _, code in rows}) == 2
    assert all(len(code) == 3 and set(code) <= set(logs.SIGNS) for _, code in rows)


def test_the_place_of_an_action_is_the_chain_after_it(db_file: Path) -> None:
    with opened(db_file, None) as store:
        write(store)
        write(store)
        db = store._writer
        assert logs.place_of(db, 1, 0) == chain.START
        assert logs.place_of(db, 1, 2) == journal.end(db, 1)[2]
        assert logs.place_of(db, 1, 3) is None
