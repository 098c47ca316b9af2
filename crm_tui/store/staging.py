"""Where changes of other machines wait, in a private file beside the database, until one short transaction takes them.

Nothing is written into the database here. The stage is attached to the writer's connection, so that the merge is SQL
over both; what it holds stays on disk, and memory does not grow with it.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import repeat
from pathlib import Path
from typing import Protocol

from crm_tui.errors import Cancelled
from crm_tui.rules.shape import Value
from crm_tui.rules.slices import ActionHead, Slice
from crm_tui.words import t

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
CREATE TABLE stage.ins(slice INTEGER, seq INTEGER, at INTEGER, row INTEGER, name INTEGER, value);
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
            db.execute("PRAGMA stage.cache_size=-12000")
            for statement in _TABLES.split(";"):
                if statement.strip():
                    db.execute(statement)
            yield
        finally:
            with suppress(sqlite3.Error):
                db.execute("DETACH stage")
    finally:
        Path(name).unlink(missing_ok=True)


class Part(Protocol):
    """Some changes of one log in order, column by column; the field is "" for a new row."""

    @property
    def log(self) -> str:
        """Id of the log."""

    @property
    def heads(self) -> Sequence[ActionHead]:
        """Actions, each in a part that holds some of its changes."""

    @property
    def seqs(self) -> Sequence[int]:
        """Numbers of the changes."""

    @property
    def ats(self) -> Sequence[int]:
        """Their times in ms."""

    @property
    def nouns(self) -> Sequence[str]:
        """Nouns of their rows."""

    @property
    def rows(self) -> Sequence[str]:
        """Ids of their rows."""

    @property
    def fields(self) -> Sequence[str]:
        """Their fields."""

    @property
    def values(self) -> Sequence[Value]:
        """Their values; of a new row its JSON object."""


def fill(
    db: sqlite3.Connection,
    slices: Sequence[Slice],
    parts: Iterable[Part],
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> int:
    """Write slices and what they hold into the stage; the number of changes.

    Raises:
        Cancelled: if `stop` was set.
    """
    pen = _Pen(db, _slices(db, slices))
    done = 0
    db.execute("BEGIN")
    # Nothing that is made here goes in rings: collections would only walk through it.
    collecting = gc.isenabled()
    gc.disable()
    try:
        for part in parts:
            pen.write(part)
            done += len(part.seqs)
            progress(done)
            if stop is not None and stop.is_set():
                raise Cancelled(t("cancelled; nothing was changed"))
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    finally:
        if collecting:
            gc.enable()
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
    """Writes parts into the stage; gives rows and names their numbers there."""

    def __init__(self, db: sqlite3.Connection, slices: dict[str, int]) -> None:
        self._db = db
        self._slices = slices
        self._rows: dict[str, int] = {}
        self._fresh: list[tuple[int, str, str]] = []
        self._count = 0
        self._names: dict[tuple[str, str], int] = {}

    def write(self, part: Part) -> None:
        """Write one part."""
        self._actions(part.heads)
        k, rows, names = self._slices[part.log], self._rows, self._names
        numbers = [rows.get(row) or self._row(row, noun) for row, noun in zip(part.rows, part.nouns, strict=True)]
        called = [names.get(name) or self._name(*name) for name in zip(part.nouns, part.fields, strict=True)]
        told: Iterable[tuple[Value, ...]] = zip(repeat(k), part.seqs, part.ats, numbers, called, part.values)
        if "" in part.fields:
            several = list(told)
            made = [one for one, field in zip(several, part.fields, strict=True) if not field]
            self._db.executemany("INSERT INTO stage.ins VALUES(?,?,?,?,?,?)", made)
            told = [one for one, field in zip(several, part.fields, strict=True) if field]
        self._db.executemany("INSERT INTO stage.inc VALUES(?,?,?,?,?,?)", told)
        self._db.executemany("INSERT INTO stage.rows(k, id, noun) VALUES(?,?,?)", self._fresh)
        self._fresh.clear()

    def _row(self, ident: str, noun: str) -> int:
        """The number of a new row; one that was forgotten meanwhile gets a second one, which means the same."""
        if len(self._rows) >= REMEMBERED:
            self._rows.clear()
        self._count += 1
        self._rows[ident] = self._count
        self._fresh.append((self._count, ident, noun))
        return self._count

    def _name(self, noun: str, field: str) -> int:
        """The number of a new field of a noun; of the noun itself where `field` is empty."""
        k = self._names[noun, field] = len(self._names) + 1
        self._db.execute("INSERT INTO stage.name(k, noun, field) VALUES(?,?,?)", (k, noun, field or None))
        return k

    def _actions(self, heads: Sequence[ActionHead]) -> None:
        told = [
            (
                *(head.log, head.n, head.first, head.last, head.at, head.person, head.kind, head.verb, head.params),
                *(head.undoes or (None, None)),
                *(head.salt, head.chain),
            )
            for head in heads
        ]
        self._db.executemany("INSERT INTO stage.act VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)", told)
        self._db.executemany(
            "INSERT INTO stage.seen VALUES(?,?,?,?,?)",
            [(head.log, head.first, seen.of, seen.upto, seen.mark) for head in heads for seen in head.seen],
        )
