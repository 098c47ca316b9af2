"""P11 to P13 and undo: one small write, one card, today's list, and taking an import back."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.store import migrate
from crm_tui.store.driver import APPLICATION_ID
from tests.bench import files, generate
from tests.bench.figures import Figure, bench

ROUNDS = 200
ONE = "SELECT * FROM customers WHERE id = ?"


@contextmanager
def opened(source: Path) -> Iterator[Crm]:
    """A copy of a file to measure on, open, and gone afterwards."""
    copy = source.with_name(f"run-{source.name}")
    shutil.copyfile(source, copy)
    _adopt(copy)
    crm = Crm.open(copy, lambda: datetime.fromisoformat(generate.NOW), zone="Asia/Shanghai")
    try:
        yield crm
    finally:
        crm.close()
        for leftover in copy.parent.glob(f"{copy.name}*"):
            if leftover.is_file():
                leftover.unlink()


def _adopt(path: Path) -> None:
    """Let a file that was written plainly pass for one of ours; opening it gives it catalogue and triggers."""
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.execute("CREATE TABLE IF NOT EXISTS migration(name TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID")
        db.executemany("INSERT OR IGNORE INTO migration VALUES(?, '')", [(name,) for name, _ in migrate.shipped()])
    db.close()


def timed(work: Callable[[], object]) -> float:
    """How long `work` takes, in ms."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def p95(times: list[float]) -> float:
    """The value that 95 % stay under."""
    return statistics.quantiles(times, n=20)[-1]


@bench("P11")
def small_write() -> Iterable[Figure]:
    """Log a visit, with journal, derived values and index, against the same row written plainly and durably."""
    with opened(files.populated(100_000)) as crm:
        plain = sqlite3.connect(crm.store.path.with_suffix(".plain"), isolation_level=None)
        plain.execute("PRAGMA journal_mode=WAL")
        plain.execute("PRAGMA synchronous=FULL")
        (made,) = crm.store.reader().execute("SELECT sql FROM sqlite_master WHERE name = 'visits'").fetchone()
        plain.execute(made)
        customers = [row for (row,) in crm.store.reader().execute("SELECT id FROM customers WHERE live LIMIT 5000")]
        rng = random.Random(1)
        ours: list[float] = []
        theirs: list[float] = []
        for n in range(ROUNDS):
            customer = rng.choice(customers)
            values = {"kind": "call", "summary": f"asked for the price list {n}", "outcome": "good", "minutes": 5}
            ours.append(timed(lambda c=customer, v=values: crm.visits.log(c, v)))
            (row,) = crm.store.reader().execute("SELECT * FROM visits ORDER BY id DESC LIMIT 1").fetchall()
            marks = ",".join("?" * len(row))
            theirs.append(timed(lambda r=row, m=marks: plain.execute(f"INSERT INTO visits VALUES({m})", r)))
        plain.close()
        for suffix in ("", "-wal", "-shm"):
            crm.store.path.with_suffix(f".plain{suffix}").unlink(missing_ok=True)
        yield Figure("log a visit, p95, service call", p95(ours), "ms", must=3)
        yield Figure("log a visit, median", statistics.median(ours), "ms", 4, 2, statistics.median(theirs))
        yield Figure("log a visit, p95", p95(ours), "ms", 4, 2, p95(theirs))


@bench("P12")
def card() -> Iterable[Figure]:
    """Header and first page of the timeline, against one indexed row."""
    medians = []
    for size, visits in ((500_000, 10), (1_000_000, 10)):
        with opened(files.bare(size, visits)) as crm:
            db = crm.store.reader()
            rng = random.Random(2)
            ids = [row for (row,) in db.execute("SELECT id FROM customers WHERE live")]
            picked = [rng.choice(ids) for _ in range(ROUNDS)]
            times = [timed(lambda row=row: crm.customers.card(row)) for row in picked]
            one = [timed(lambda row=row, ask=db.execute: ask(ONE, (row,)).fetchone()) for row in picked]
            medians.append(statistics.median(times))
            yield Figure(f"card of one in {size:,}, {visits} contacts each, p95", p95(times), "ms", 10, 10)
            yield Figure("  one indexed row, p95", p95(one), "ms")
    yield Figure("growth: twice the rows", medians[1] / medians[0], "×", 1.2, 1.2)


@bench("P13")
def today() -> Iterable[Figure]:
    """What one person has to do today."""
    medians = []
    for size in (500_000, 1_000_000):
        with opened(files.bare(size, 10)) as crm:
            people = [str(person["id"]) for person in generate.people()]
            times = [timed(lambda who=who: crm.today.lines(who)) for who in (people * 20)[:60]]
            lines = statistics.mean(len(crm.today.lines(who)) for who in people)
            medians.append(statistics.median(times) / max(1, lines))
            yield Figure(f"today of one person, {size:,} customers, {lines:,.0f} lines, p95", p95(times), "ms", 50, 50)
    yield Figure("growth: twice the rows, for each line that is due", medians[1] / medians[0], "×", 1.2, 1.2)


@bench("U1")
def undo_import() -> Iterable[Figure]:
    """An import of 100,000 customers taken back, against the import itself."""
    source = files.folder() / "empty.db"
    source.unlink(missing_ok=True)
    Crm.open(source, lambda: datetime.fromisoformat(generate.NOW), zone="UTC").close()
    with opened(source) as crm:
        chunk = list(generate.customers(100_000, visits_each=0))
        rows = files._by_noun(chunk)
        began = timed(lambda: files._insert(crm.store, rows))
        yield Figure("undo of 100,000 imported customers", timed(crm.history.undo), "ms", yardstick=began)
        yield Figure("redo of them", timed(crm.history.redo), "ms", yardstick=began)
