"""Where changes of other machines wait, in a private file beside the database, until one short transaction takes them.

Nothing is written into the database here. The stage is attached to the writer's connection, so that the merge is SQL
over both; what it holds stays on disk, and memory does not grow with it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from crm_tui.errors import Cancelled
from crm_tui.rules.slices import ActionHead, ChangeMade, Slice
from crm_tui.words import t

BATCH = 5_000
"""Changes that are written into the stage at once."""

REMEMBERED = 50_000
"""Row ids that are known by number while a bundle is read."""

_TABLES = """
CREATE TABLE stage.slice(
  k INTEGER PRIMARY KEY, log TEXT UNIQUE, dev INTEGER, name TEXT, person TEXT, key BLOB, code TEXT,
  from_seq INTEGER, from_n INTEGER, from_chain BLOB, end_seq INTEGER, end_n INTEGER, end_chain BLOB, signature BLOB,
  have INTEGER DEFAULT 0);
CREATE TABLE stage.act(
  log TEXT, n INTEGER, first INTEGER, last INTEGER, at INTEGER, person TEXT, kind TEXT, verb TEXT, params TEXT,
  undo_log TEXT, undo_n INTEGER, salt BLOB, chain BLOB, PRIMARY KEY(log, n)) WITHOUT ROWID;
CREATE TABLE stage.seen(log TEXT, seq INTEGER, of TEXT, upto INTEGER, mark BLOB);
CREATE TABLE stage.name(k INTEGER PRIMARY KEY, noun TEXT, field TEXT, noun_k INTEGER, field_k INTEGER);
CREATE TABLE stage.rows(k INTEGER PRIMARY KEY, id TEXT, noun TEXT, n INTEGER, fresh INTEGER DEFAULT 0);
CREATE TABLE stage.inc(slice INTEGER, seq INTEGER, at INTEGER, row INTEGER, name INTEGER, value);
"""


@contextmanager
def attached(db: sqlite3.Connection, folder: Path) -> Iterator[None]:
    """Attach an empty stage as `stage`; it is gone afterwards.

    Args:
        db: the writer, outside of any transaction.
        folder: where its file stands, only for its owner to read.
    """
    handle, name = tempfile.mkstemp(prefix=".crm-tui-", suffix=".stage", dir=folder)
    os.close(handle)
    try:
        db.execute("ATTACH ? AS stage", (name,))
        try:
            db.execute("PRAGMA stage.journal_mode=OFF")
            db.execute("PRAGMA stage.synchronous=OFF")
            db.execute("PRAGMA stage.cache_size=-8000")
            for statement in _TABLES.split(";"):
                if statement.strip():
                    db.execute(statement)
            yield
        finally:
            with suppress(sqlite3.Error):
                db.execute("DETACH stage")
    finally:
        Path(name).unlink(missing_ok=True)


def fill(
    db: sqlite3.Connection,
    slices: Sequence[Slice],
    items: Iterable[ActionHead | ChangeMade],
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> int:
    """Write slices and what follows them into the stage; the number of changes.

    Raises:
        Cancelled: if `stop` was set.
    """
    numbers = _slices(db, slices)
    pen = _Pen(db)
    k = 0
    done = 0
    db.execute("BEGIN")
    try:
        for item in items:
            if isinstance(item, ChangeMade):
                pen.changes.append(
                    (k, item.seq, item.at, pen.row(item.row, item.noun), pen.name(item.noun, item.field), item.value)
                )
                done += 1
                if len(pen.changes) == BATCH:
                    pen.flush()
                    progress(done)
                    if stop is not None and stop.is_set():
                        raise Cancelled(t("cancelled; nothing was changed"))
            else:
                k = numbers[item.log]
                pen.action(item)
        pen.flush()
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return done


def _slices(db: sqlite3.Connection, slices: Sequence[Slice]) -> dict[str, int]:
    db.executemany(
        "INSERT INTO stage.slice(log, name, person, key, code, from_seq, from_n, from_chain, end_seq, end_n, "
        "end_chain, signature) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                *(one.log, one.name, one.person, one.key, one.code),
                *(one.before.seq, one.before.n, one.before.chain, one.end.seq, one.end.n, one.end.chain, one.signature),
            )
            for one in slices
        ],
    )
    return dict(db.execute("SELECT log, k FROM stage.slice"))


class _Pen:
    """Collects lines for the stage; gives rows and names their numbers there."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.changes: list[tuple[object, ...]] = []
        self._rows: dict[str, int] = {}
        self._fresh: list[tuple[int, str, str]] = []
        self._count = 0
        self._names: dict[tuple[str, str | None], int] = {}

    def row(self, ident: str, noun: str) -> int:
        """The number of a row; one that was forgotten meanwhile gets a second one, which means the same."""
        k = self._rows.get(ident)
        if k is None:
            if len(self._rows) >= REMEMBERED:
                self._rows.clear()
            self._count += 1
            k = self._rows[ident] = self._count
            self._fresh.append((k, ident, noun))
        return k

    def name(self, noun: str, field: str | None) -> int:
        """The number of a field of a noun; of the noun itself where `field` is None."""
        k = self._names.get((noun, field))
        if k is None:
            k = self._names[noun, field] = len(self._names) + 1
            self._db.execute("INSERT INTO stage.name(k, noun, field) VALUES(?,?,?)", (k, noun, field))
        return k

    def action(self, head: ActionHead) -> None:
        """Note an action and what its author had seen."""
        undo_log, undo_n = head.undoes or (None, None)
        self._db.execute(
            "INSERT INTO stage.act VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                *(head.log, head.n, head.first, head.last, head.at, head.person, head.kind, head.verb, head.params),
                *(undo_log, undo_n, head.salt, head.chain),
            ),
        )
        self._db.executemany(
            "INSERT INTO stage.seen VALUES(?,?,?,?,?)",
            [(head.log, head.first, seen.of, seen.upto, seen.mark) for seen in head.seen],
        )

    def flush(self) -> None:
        """Write what was collected."""
        self._db.executemany("INSERT INTO stage.rows(k, id, noun) VALUES(?,?,?)", self._fresh)
        self._db.executemany("INSERT INTO stage.inc VALUES(?,?,?,?,?,?)", self.changes)
        self._fresh.clear()
        self.changes.clear()
