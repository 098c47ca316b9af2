"""Sudden ends and full disks: the state is before or after, never between."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crm_tui.errors import CrmError
from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE

WRITER = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from crm_tui.services.crm import Crm
crm = Crm.open(Path(sys.argv[1]), lambda: datetime(2026, 11, 24, tzinfo=UTC), zone="UTC")
print("ready", flush=True)
n = 0
while True:
    with crm.store.action("Imported {n}", "import", n=n) as work:
        ids = work.new_ids(300)
        columns = ("id", "created", "name")
        work.insert_many("customers", columns, [(row, work.stamp, f"batch {n}") for row in ids])
        work.insert_many("tags", ("id", "created", "customer", "name"),
                         [(tag, work.stamp, row, "t") for tag, row in zip(work.new_ids(300), ids)])
    n += 1
    print(n, flush=True)
"""


def killed_at_random(path: Path, times: int) -> None:
    rng = random.Random(7)
    for _ in range(times):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(rng.random() * 0.25)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        crm = Crm.open(path, lambda: NOW, zone=ZONE)
        db = crm.store.reader()
        counts = dict(db.execute("SELECT name, count(*) FROM customers GROUP BY name").fetchall())
        assert set(counts.values()) <= {300} or all(n % 300 == 0 for n in counts.values())
        assert (
            db.execute("SELECT count(*) FROM tags").fetchone()
            == db.execute("SELECT count(*) FROM customers").fetchone()
        )
        assert crm.check() == []
        crm.close()


def test_kill_9_at_any_moment_leaves_whole_actions(db_file: Path) -> None:
    killed_at_random(db_file, 3)


@pytest.mark.campaign
def test_kill_9_fifty_times(db_file: Path) -> None:
    killed_at_random(db_file, 50)


def test_a_full_disk_is_a_sentence_and_changes_nothing(crm: Crm) -> None:
    crm.customers.add({"name": "Acme"})
    digest = crm.digest()
    pages = crm.store._writer.execute("PRAGMA page_count").fetchone()[0]
    crm.store._writer.execute(f"PRAGMA max_page_count={pages + 2}")

    def fill() -> None:
        with crm.store.action("Imported {n}", "import", n=1) as work:
            rows = [(row, work.stamp, "x" * 500) for row in work.new_ids(500)]
            work.insert_many("customers", ("id", "created", "name"), rows)

    with pytest.raises(CrmError, match="full"):
        fill()
    crm.store._writer.execute("PRAGMA max_page_count=1073741823")
    assert crm.digest() == digest
    assert crm.check() == []
    crm.customers.add({"name": "After"})


def test_an_error_in_the_middle_of_an_action_undoes_all_of_it(crm: Crm) -> None:
    digest = crm.digest()

    def broken() -> None:
        with crm.store.action("Imported {n}", "import", n=1) as work:
            work.insert_many(
                "customers", ("id", "created", "name"), [(row, work.stamp, "x") for row in work.new_ids(5)]
            )
            raise RuntimeError("the lights went out")

    with pytest.raises(RuntimeError):
        broken()
    crm.customers.add({"name": "Acme"})
    crm.history.undo()
    assert crm.digest() == digest
    assert crm.check() == []


def test_a_copied_file_opens_where_it_lies(crm: Crm, tmp_path: Path) -> None:
    crm.customers.add({"name": "Acme"})
    crm.store._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = tmp_path / "elsewhere" / "b.db"
    copy.parent.mkdir()
    shutil.copy(crm.store.path, copy)
    other = Crm.open(copy, lambda: NOW, zone=ZONE)
    assert other.digest() == crm.digest()
    other.close()


def test_programs_that_start_at_once_on_a_new_file_agree_on_it(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from crm_tui.services.crm import Crm\n"
        "crm = Crm.open(Path(sys.argv[1]), lambda: datetime(2026, 11, 24, tzinfo=UTC), zone='UTC')\n"
        "crm.people.add({'name': sys.argv[2]})\n"
    )
    path = tmp_path / "new" / "crm.db"
    children = [subprocess.Popen([sys.executable, "-c", code, str(path), name]) for name in ("Ann", "Ben", "Cem")]
    assert [child.wait() for child in children] == [0, 0, 0]
    crm = Crm.open(path, lambda: NOW, zone=ZONE)
    assert [row["name"] for row in crm.people.all()] == ["Ann", "Ben", "Cem"]
    assert crm.check() == []
    assert sorted(file.name for file in path.parent.iterdir()) == ["crm.db", "crm.db-shm", "crm.db-wal"]
    crm.close()


def test_opening_a_file_twice_keeps_the_locks_of_the_first(crm: Crm) -> None:
    """To open the file by hand beside SQLite would drop this process's locks, and it would see old data for ever."""
    reader = crm.store.reader()
    reader.execute("SELECT count(*) FROM people").fetchone()
    again = Crm.open(crm.store.path, lambda: NOW, zone=ZONE)
    again.close()
    code = (
        "import sys; from datetime import datetime, UTC; from pathlib import Path\n"
        "from crm_tui.services.crm import Crm\n"
        "crm = Crm.open(Path(sys.argv[1]), lambda: datetime(2026, 11, 24, tzinfo=UTC), zone='UTC')\n"
        "crm.people.add({'name': 'Ann'}); crm.close()\n"
    )
    subprocess.run([sys.executable, "-c", code, str(crm.store.path)], check=True)
    assert [row["name"] for row in crm.people.all()] == ["Ann"]
    assert crm.check() == []
