"""P9 and P10: 200,000 field changes of three machines come into a file with work of its own, against a raw upsert.

The changes are those of the design's prototype: 20,000 customers, ten fields, a third of the edits on few rows. The
yardstick writes the same values, one upsert a change, into a plain table and remembers nothing; it reads them from JSON
lines, as the merge reads them from a bundle. Both end durably.
"""

from __future__ import annotations

import json
import random
import secrets
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.store import merging, outgoing
from crm_tui.sync.bundles import Bundles
from tests.bench import files, generate
from tests.bench.figures import Figure, bench

ROWS = 20_000
CHANGES = 200_000
ROUNDS = 5
FIELDS = (
    *("name", "region", "industry", "size", "source"),
    *("sales_channel", "grade", "website", "value_proposition", "note"),
)
_WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo")


class Machine:
    """A home with keys, and a file."""

    kept = 0.0
    """Bytes of disk that one of its own edits takes."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.at = datetime.fromisoformat(generate.NOW)
        self.crm = Crm.open(home / "crm.db", self.now, zone="Asia/Shanghai", memory=home / "logs.json")
        self.bundles = Bundles(self.crm, home, home / "logs.json")

    def size(self) -> int:
        """Bytes of the file with everything in it."""
        with sqlite3.connect(self.home / "crm.db") as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        return (self.home / "crm.db").stat().st_size

    def now(self) -> datetime:
        """A clock that goes on by 40 ms a look."""
        self.at += timedelta(milliseconds=40)
        return self.at

    def edit(self, edits: Iterable[tuple[str, str, str]], each: int = 20) -> None:
        """Write (row, field, value), some in one action."""
        chunk = list(edits)
        for start in range(0, len(chunk), each):
            with self.crm.store.action("Edited") as work:
                for row, field, value in chunk[start : start + each]:
                    work.db.execute(f"UPDATE customers SET {field} = ? WHERE id = ?", (value, row))


@contextmanager
def world(changes: int = CHANGES, own: int = 60_000) -> Iterator[tuple[Machine, Path, Path]]:
    """A machine with edits of its `own`, a bundle of others' `changes` for it, and the same as JSON lines."""
    folder = files.folder() / "merge"
    shutil.rmtree(folder, ignore_errors=True)
    dice = random.Random(7)
    base = Machine(folder / "base")
    try:
        with base.crm.store.action("Made") as work:
            ids = work.new_ids(ROWS)
            work.insert_many("customers", ("id", *FIELDS), [(row, *(_value(dice) for _ in FIELDS)) for row in ids])
        base.bundles.export(folder / "base.crmb")
        lines = folder / "changes.jsonl"
        with lines.open("w") as out:
            for name in ("one", "two", "three"):
                peer = Machine(folder / name)
                peer.crm.machines.call_this(name)
                peer.bundles.join(folder / "base.crmb", accept_key="any")
                edits = list(_edits(dice, ids, changes // 3))
                peer.edit(edits)
                out.writelines(json.dumps(edit) + "\n" for edit in edits)
                peer.bundles.export(folder / f"{name}.crmb")
                peer.crm.close()
        hub = Machine(folder / "hub")
        hub.bundles.join(folder / "base.crmb", accept_key="any")
        for name in ("one", "two", "three"):
            hub.bundles.take(folder / f"{name}.crmb", accept_key="any")
        hub.bundles.export(folder / "all.crmb", since=outgoing.vector(base.crm.store.reader()))
        hub.crm.close()
        before = base.size()
        base.edit(_edits(dice, ids, own), 200)
        base.kept = (base.size() - before) / own
        base.crm.close()
        yield base, folder / "all.crmb", lines
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def indexing() -> Iterator[list[float]]:
    """Seconds that the search index takes after the merge is on the disk."""
    spent: list[float] = []
    real = merging.index

    def timed(*given: object, **named: object) -> None:
        began = time.perf_counter()
        real(*given, **named)  # type: ignore[arg-type]
        spent.append(time.perf_counter() - began)

    merging.index = timed
    try:
        yield spent
    finally:
        merging.index = real


def _value(dice: random.Random) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(dice.randrange(1, 4))) + str(dice.randrange(1000))


def _edits(dice: random.Random, ids: list[str], n: int) -> Iterator[tuple[str, str, str]]:
    few = ids[: len(ids) // 50]
    for _ in range(n):
        yield dice.choice(ids if dice.random() < 0.7 else few), dice.choice(FIELDS), _value(dice)


def _raw(folder: Path, lines: Path) -> float:
    """Seconds of the yardstick on a table that holds the rows already."""
    path = folder / f"raw-{secrets.token_hex(4)}.db"
    db = sqlite3.connect(path, isolation_level=None, cached_statements=2000)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("PRAGMA cache_size=-65536")
    db.execute(f"CREATE TABLE customers(id TEXT PRIMARY KEY, {', '.join(FIELDS)})")
    statements = {
        field: f"INSERT INTO customers(id, {field}) VALUES(?,?) "
        f"ON CONFLICT(id) DO UPDATE SET {field} = excluded.{field}"
        for field in FIELDS
    }

    def run() -> None:
        db.execute("BEGIN IMMEDIATE")
        with lines.open() as source:
            for line in source:
                row, field, value = json.loads(line)
                db.execute(statements[field], (row, value))
        db.execute("COMMIT")

    run()
    began = time.perf_counter()
    run()
    took = time.perf_counter() - began
    db.close()
    for leftover in folder.glob(f"{path.name}*"):
        leftover.unlink()
    return took


@bench("P9")
def merge() -> Iterable[Figure]:
    """Merge, and the same bundle again, in turns with the raw upsert."""
    with world() as (base, bundle, lines):
        ours, whole, again, raw = [], [], [], []
        for number in range(ROUNDS):
            home = base.home.with_name(f"run{number}")
            shutil.copytree(base.home, home)
            raw.append(_raw(base.home.parent, lines))
            machine = Machine(home)
            with indexing() as spent:
                began = time.perf_counter()
                done = machine.bundles.take(bundle, accept_key="any")
                whole.append(time.perf_counter() - began)
            ours.append(whole[-1] - sum(spent))
            began = time.perf_counter()
            machine.bundles.take(bundle)
            again.append(time.perf_counter() - began)
            machine.crm.close()
            shutil.rmtree(home)
        yard = statistics.median(raw) * 1000
        yield Figure(f"merge of {done.merged.new:,} changes", statistics.median(ours) * 1000, "ms", 2.5, 1.6, yard)
        yield Figure("the same, until search knows all of it", statistics.median(whole) * 1000, "ms", None, None, yard)
        yield Figure("the same bundle again", statistics.median(again) * 1000, "ms", 0.15, 0.1, yard)
        yield Figure("disk of a kept edit", base.kept, "B", 130, 100)
        yield Figure("bytes a change in the bundle", bundle.stat().st_size / done.merged.new, "B", 24, 18)


@bench("P9m")
def memory() -> Iterable[Figure]:
    """What a merge of a million changes holds in memory, beyond a program that has only opened the file."""
    with world(1_000_000, 1_000) as (base, bundle, _):
        idle, busy = (_peak(base.home, what) for what in (None, bundle))
        yield Figure("memory of a merge of 999,999 changes", busy - idle, "MiB", 64, 64)


def _peak(home: Path, bundle: Path | None) -> float:
    """Largest resident memory, in MiB, of a process that opens the file and takes a bundle, if one is given."""
    work = (
        "import sys; from pathlib import Path; from tests.bench.measure_merge import Machine\n"
        "machine = Machine(Path(sys.argv[1])); machine.bundles.key\n"
        "if len(sys.argv) > 2: machine.bundles.take(Path(sys.argv[2]), accept_key='any')\n"
        "print(next(l.split()[1] for l in open('/proc/self/status') if l.startswith('VmHWM')))"
    )
    told = subprocess.run(
        [sys.executable, "-c", work, str(home), *([str(bundle)] if bundle else [])], stdout=subprocess.PIPE, check=True
    )
    return int(told.stdout) / 1024
