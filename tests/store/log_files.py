"""Opens files with a machine's memory, writes into them and tells which logs they hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from crm_tui.store.database import Store
from tests.store.file_histories import NOW


@contextmanager
def opened(path: Path, home: Path | None) -> Iterator[Store]:
    store = Store.open(path, lambda: NOW, create=False, memory=home)
    try:
        yield store
    finally:
        store.close()


def write(store: Store, name: str = "Ann") -> str:
    with store.action("Added {name}", name=name) as work:
        return work.insert("people", {"name": name})


def written(path: Path, home: Path | None, name: str = "Ann") -> str:
    """Open, write, close; the id of the log that it went into."""
    with opened(path, home) as store:
        write(store, name)
        return log_of(store)


def log_of(store: Store) -> str:
    return str(store._writer.execute("SELECT d.id FROM state s JOIN device d ON d.dev = s.dev").fetchone()[0])


def all_logs(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [log for (log,) in db.execute("SELECT id FROM device ORDER BY dev")]


def raw(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
