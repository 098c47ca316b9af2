"""P8: 100,000 customers from a CSV file, against a bare executemany of the very rows that it writes."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path

from crm_tui.exchange.importing import import_file
from crm_tui.services.crm import Crm
from tests.bench import generate
from tests.bench.figures import Figure, bench

ROWS = 100_000
ROUNDS = 5
NOUNS = ("customers", "phones", "emails", "addresses", "origins")


def table(path: Path, n: int) -> None:
    """A CSV file of `n` customers with name, phone, e-mail and city."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["客户名称", "手机", "邮箱", "城市"])
        for one in islice(generate.customers(n, visits_each=0), n):
            mail = next((row["address"] for row in one["emails"]), "")
            city = next((row["city"] for row in one["addresses"]), "")
            writer.writerow([one["name"], one["phones"][0]["number"], mail, city])


@bench("P8")
def imported() -> Iterable[Figure]:
    """Import and yardstick by turns, each into a fresh file; then the same file once more."""
    folder = Path(tempfile.mkdtemp(prefix="crm-bench-import-"))
    try:
        source = folder / "customers.csv"
        table(source, ROWS)
        ours, bare, again = [], [], []
        for number in range(ROUNDS):
            path = folder / f"{number}.db"
            with closing(Crm.open(path, lambda: datetime.fromisoformat(generate.NOW), zone="Asia/Shanghai")) as crm:
                began = time.perf_counter()
                report = import_file(crm, source)
                ours.append(time.perf_counter() - began)
                assert report["created"] + report["updated"] + report["unchanged"] == ROWS
                began = time.perf_counter()
                assert import_file(crm, source)["unchanged"] == ROWS
                again.append(time.perf_counter() - began)
                bare.append(_plainly(crm, folder / f"{number}-bare.db"))
            for leftover in folder.glob(f"{number}*"):
                leftover.unlink()
        what = f"import of {ROWS:,} customers from CSV, against a bare executemany of its rows"
        yard = statistics.median(bare)
        ratio = statistics.median(mine / other for mine, other in zip(ours, bare, strict=True))
        yield Figure(what, statistics.median(ours), "s", must=15, aim=10, yardstick=yard, ratio=ratio)
        yield Figure("the same file again: all unchanged", statistics.median(again), "s", yardstick=yard)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _plainly(crm: Crm, path: Path) -> float:
    """Seconds to write the same rows into the same tables with the same indexes, durably, and nothing else."""
    reader = crm.store.reader()
    rows = {noun: reader.execute(f"SELECT * FROM {noun}").fetchall() for noun in NOUNS}
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        marks = ",".join("?" * len(NOUNS))
        for (statement,) in reader.execute(
            f"SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND tbl_name IN ({marks}) "
            "AND sql IS NOT NULL ORDER BY type DESC",
            NOUNS,
        ):
            db.execute(statement)
        began = time.perf_counter()
        db.execute("BEGIN")
        for noun, some in rows.items():
            if some:
                db.executemany(f"INSERT INTO {noun} VALUES({','.join('?' * len(some[0]))})", some)
        db.execute("COMMIT")
        return time.perf_counter() - began
