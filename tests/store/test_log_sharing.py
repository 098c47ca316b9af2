"""Programs that write one file at once share its log; one that dies costs a new log only if it was the last."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui.store import check, memory
from crm_tui.store.database import Store
from tests.store.file_histories import NOW
from tests.store.log_files import all_logs, opened, write, written


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The memory of a machine."""
    return tmp_path / "home" / "logs.json"


# Crashes, and two programs at once.


def test_after_a_crash_a_log_begins_and_undo_still_finds_the_last_action(db_file: Path, home: Path) -> None:
    world_ended(db_file, home)
    with opened(db_file, home) as store:
        assert len(all_logs(db_file)) == 1
        store.undo()
        assert store.reader().execute("SELECT count(*) FROM people WHERE live").fetchone() == (0,)
        assert len(all_logs(db_file)) == 2
        store.redo()
        assert store.reader().execute("SELECT count(*) FROM people WHERE live").fetchone() == (1,)
        assert check.check(store._writer, store.catalogue) == []


def world_ended(path: Path, home: Path) -> None:
    store = Store.open(path, lambda: NOW, create=False, memory=home)
    write(store)
    store._writer.close()
    assert store._keeper._as is not None
    del memory._here[store._keeper._as.token]


CHILD = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from crm_tui.store.database import Store
store = Store.open(Path(sys.argv[1]), lambda: datetime(2026, 11, 24, tzinfo=UTC), memory=Path(sys.argv[2]))
for line in sys.stdin:
    if line == "close\\n":
        break
    with store.action("Added") as work:
        work.insert("people", {"name": line.strip()})
    print(store._writer.execute("SELECT d.id FROM state s JOIN device d ON d.dev = s.dev").fetchone()[0], flush=True)
store.close()
"""


class Child:
    """Another program that has the file open."""

    def __init__(self, path: Path, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def write(self, name: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def close(self) -> None:
        self.process.communicate("close\n")

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.communicate()


def test_two_programs_share_a_log_and_the_death_of_one_does_not_end_it(db_file: Path, home: Path) -> None:
    first, second = Child(db_file, home), Child(db_file, home)
    log = first.write("Ann")
    assert second.write("Ben") == log
    assert first.write("Cem") == log
    first.kill()
    assert second.write("Deng") == log
    second.close()
    assert written(db_file, home) == log


def test_if_all_programs_died_a_log_begins(db_file: Path, home: Path) -> None:
    first, second = Child(db_file, home), Child(db_file, home)
    log = first.write("Ann")
    assert second.write("Ben") == log
    first.close()
    second.kill()
    assert written(db_file, home) != log
    with opened(db_file, home) as store:
        assert check.check(store._writer, store.catalogue) == []


def test_a_process_number_that_is_used_again_is_not_taken_for_the_program(db_file: Path, home: Path) -> None:
    child = Child(db_file, home)
    child.write("Ann")
    opener = next(iter(json.loads(home.read_text())["logs"].values()))["openers"][0]
    assert memory.living(memory.Opener(*opener))
    assert not memory.living(memory.Opener(opener[0], "another boot 1", opener[2]))
    child.kill()
    assert not memory.living(memory.Opener(*opener))


# Programs that are told to end, and commands.


def test_a_program_that_is_told_to_end_notes_where_its_log_ends(db_file: Path, home: Path) -> None:
    store = Store.open(db_file, lambda: NOW, create=False, memory=home)
    write(store)
    store.leave()
    store._writer.close()
    with opened(db_file, home) as again:
        write(again)
        again.leave()
        write(again)
    assert written(db_file, home) == all_logs(db_file)[0]
    assert len(all_logs(db_file)) == 1


def test_commands_go_on_with_one_log_and_a_copied_file_has_its_own(tmp_path: Path) -> None:
    from crm_tui.cli.run import run

    def call(home: str, *words: str) -> None:
        before = signal.getsignal(signal.SIGTERM)
        assert run(["--home", str(tmp_path / home), *words]) == 0
        signal.signal(signal.SIGTERM, before)

    def count(file: Path) -> int:
        return len(all_logs(file))

    mine, other = tmp_path / "mine" / "crm.db", tmp_path / "other" / "crm.db"
    for name in ("Ann", "Ben", "Cem"):
        call("mine", "people", "add", name)
    assert count(mine) == 1
    other.parent.mkdir()
    shutil.copyfile(mine, other)
    call("other", "people")
    assert count(other) == 1
    call("other", "people", "add", "Deng")
    call("other", "people", "add", "Eva")
    assert count(other) == 2
    call("other", "backup", str(tmp_path / "copy.db"))
    call("other", "restore-backup", str(tmp_path / "copy.db"))
    assert count(other) == 2
    call("other", "undo")
    assert count(other) == 3
