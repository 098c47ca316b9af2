"""P11 to P13 and undo: one small write, one card, today's list, and taking an import back."""

from __future__ import annotations

import random
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.store import migrate
from crm_tui.store.driver import APPLICATION_ID
from tests.bench import files, generate
from tests.bench.figures import Figure, bench

ROUNDS = 200
TURNS = 9
SIZES = (500_000, 1_000_000)
VISITS = 10
"""Contacts of a customer in the files that cards are read from."""

LIVE = "SELECT id FROM customers WHERE live"
ONE = "SELECT * FROM customers WHERE id = ?"


@contextmanager
def opened(source: Path) -> Iterator[Crm]:
    """A copy of a file to measure on, open, and gone afterwards."""
    copy = source.with_name(f"run-{source.name}")
    shutil.copyfile(source, copy)
    try:
        with _open(copy) as crm:
            yield crm
    finally:
        for leftover in copy.parent.glob(f"{copy.name}*"):
            if leftover.is_file():
                leftover.unlink()


def _open(path: Path) -> closing[Crm]:
    _adopt(path)
    return closing(Crm.open(path, lambda: datetime.fromisoformat(generate.NOW), zone="Asia/Shanghai"))


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
    """Header and first page of the timeline, against one indexed row; files of two sizes in turns."""
    rng = random.Random(2)
    times: dict[int, list[list[float]]] = {size: [] for size in SIZES}
    one: dict[int, list[float]] = {size: [] for size in SIZES}
    with _both() as both:
        ids = {size: [row for (row,) in crm.store.reader().execute(LIVE)] for size, crm in both.items()}
        for _ in range(TURNS):
            for size, crm in both.items():
                picked, ask = rng.choices(ids[size], k=ROUNDS // 5), crm.store.reader().execute
                times[size].append([timed(lambda row=row, crm=crm: crm.customers.card(row)) for row in picked])
                one[size] += [timed(lambda row=row, ask=ask: ask(ONE, (row,)).fetchone()) for row in picked]
    for size in SIZES:
        yield Figure(
            f"card of one in {size:,}, {VISITS} contacts each, p95", p95(list(chain(*times[size]))), "ms", 10, 10
        )
        yield Figure("  one indexed row, p95", p95(one[size]), "ms")
    yield Figure("growth: twice the rows", _growth(times), "×", 1.2, 1.2)


@bench("P13")
def today() -> Iterable[Figure]:
    """What one person has to do today; files of two sizes in turns."""
    people = [str(person["id"]) for person in generate.people()]
    times: dict[int, list[list[float]]] = {size: [] for size in SIZES}
    with _both() as both:
        lines = {
            size: max(1, statistics.mean(len(crm.today.lines(who)) for who in people)) for size, crm in both.items()
        }
        for _ in range(TURNS):
            for size, crm in both.items():
                times[size].append([timed(lambda who=who, crm=crm: crm.today.lines(who)) for who in people * 2])
    for size in SIZES:
        name = f"today of one person, {size:,} customers, {lines[size]:,.0f} lines, p95"
        yield Figure(name, p95(list(chain(*times[size]))), "ms", 50, 50)
    small, large = (lines[size] for size in SIZES)
    yield Figure("growth: twice the rows, for each line that is due", _growth(times) * small / large, "×", 1.2, 1.2)


@contextmanager
def _both() -> Iterator[dict[int, Crm]]:
    """Files of both `SIZES`, open where they lie: copies would push each other out of the system's cache."""
    with ExitStack() as stack:
        paths = {size: files.bare(size, VISITS) for size in SIZES}
        yield {size: stack.enter_context(_open(path)) for size, path in paths.items()}


def _growth(times: dict[int, list[list[float]]]) -> float:
    """How the work of a turn grows from one size to the other: the middle of what the turns say."""
    return statistics.median(sum(large) / sum(small) for small, large in zip(*times.values(), strict=True))


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
