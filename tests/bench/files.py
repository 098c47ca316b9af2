"""Files to measure on: filled through the store, made once for each size and kept in a folder of their own."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import generate

if TYPE_CHECKING:
    from crm_tui.store.database import Store

CHILDREN = ("contacts", "phones", "emails", "addresses", "tags", "visits")
_CHUNK = 20_000
_ROOT = Path(__file__).parents[2]


def folder() -> Path:
    """Where the files lie: `CRM_BENCH_DIR`, or crm-bench in the system's folder for temporary files."""
    place = Path(os.environ.get("CRM_BENCH_DIR", str(Path(tempfile.gettempdir()) / "crm-bench")))
    place.mkdir(parents=True, exist_ok=True)
    return place


def populated(n: int, visits_each: float = 2.0) -> Path:
    """A file with `n` customers and their child rows; made anew when the schema or the generator has changed."""
    path = folder() / f"{n}-{visits_each:g}-{_mark()}.db"
    if not path.exists():
        draft = path.with_suffix(".draft")
        for leftover in folder().glob(f"{draft.name}*"):
            leftover.unlink()
        fill(draft, n, visits_each)
        draft.rename(path)
    _index(path)
    return _warm(path)


def _warm(path: Path) -> Path:
    """Read the file once: measured is work on a file that is in use, not the disk of a shared machine."""
    with path.open("rb", buffering=0) as file:
        while file.read(1 << 24):
            pass
    return path


def _index(path: Path) -> None:
    """Index the file anew if search has learned other terms since it was made."""
    from crm_tui.store import driver, search

    with closing(driver.connect(path, write=True)) as db:
        if search.stale_count(db):
            search.rebuild(db, lambda done, needed: None, threading.Event())
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def bare(n: int, visits_each: float = 0.5) -> Path:
    """The same rows in the same schema, written plainly: no journal, no search index; for what only reads lists."""
    path = folder() / f"bare-{n}-{visits_each:g}-{_mark()}.db"
    if not path.exists():
        draft = path.with_suffix(".draft")
        for leftover in folder().glob(f"{draft.name}*"):
            leftover.unlink()
        db = sqlite3.connect(draft, isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        for source in _migrations():
            db.executescript(source.read_text("utf-8"))
        db.execute("BEGIN")
        for chunk in _chunks(generate.customers(n, visits_each=visits_each)):
            for noun, records in _by_noun(chunk).items():
                columns, rows = _table(records)
                marks = ",".join("?" * len(columns))
                db.executemany(f"INSERT INTO {noun}({','.join(columns)}) VALUES({marks})", rows)
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()
        draft.rename(path)
    return _warm(path)


def fill(path: Path, n: int, visits_each: float) -> None:
    """Write the people and `n` customers into a new file, 20,000 customers an action."""
    from crm_tui.store.database import Store

    store = Store.open(path, lambda: datetime.fromisoformat(generate.NOW))
    try:
        _insert(store, {"people": list(generate.people())})
        for chunk in _chunks(generate.customers(n, visits_each=visits_each)):
            _insert(store, _by_noun(chunk))
    finally:
        store.close()


def _insert(store: Store, rows: dict[str, list[generate.Fields]]) -> None:
    with store.action("Import", "import") as work:
        for noun, records in rows.items():
            columns, values = _table(records)
            work.insert_many(noun, columns, values)


def _by_noun(chunk: list[generate.Fields]) -> dict[str, list[generate.Fields]]:
    rows: dict[str, list[generate.Fields]] = {"customers": chunk}
    for noun in CHILDREN:
        rows[noun] = [child for customer in chunk for child in customer.pop(noun)]
    return {noun: records for noun, records in rows.items() if records}


def _table(records: list[generate.Fields]) -> tuple[list[str], list[list[int | str | None]]]:
    columns = list(dict.fromkeys(name for record in records for name in record))
    return columns, [[record.get(name) for name in columns] for record in records]


def _migrations() -> list[Path]:
    return sorted((_ROOT / "crm_tui/store/migrations").glob("*.sql"))


def _mark() -> str:
    """Changes with the schema and with the generator."""
    mark = hashlib.sha256()
    for source in (Path(generate.__file__), *_migrations()):
        mark.update(source.read_bytes())
    return mark.hexdigest()[:12]


def _chunks(source: Iterator[generate.Fields]) -> Iterator[list[generate.Fields]]:
    while chunk := list(islice(source, _CHUNK)):
        yield chunk
