"""The store: one file, one writer, one transaction an action."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from crm_tui.errors import NotFound, Refused
from crm_tui.rules.ids import new_id, new_ids
from crm_tui.store import derived, driver, issues, journal, logs, migrate, undo
from crm_tui.store.catalogue import Catalogue
from crm_tui.store.done_here import DoneHere
from crm_tui.words import t

Value = int | str | None


@dataclass(frozen=True)
class Changes:
    """What an action touched, so that screens know what to reload.

    Attributes:
        action: number of the action in the history; None if nothing changed.
        rows: ids by noun; cut at `LIMIT` a noun.
        count: how many changes the log took.
        ids: what the caller asked for, in order (the new record first).
        skipped: how many fields a bulk edit or an import left alone, because machines disagree on them.
    """

    action: int | None
    rows: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0
    ids: tuple[str, ...] = ()
    skipped: int = 0

    LIMIT = 5_000


@dataclass(frozen=True)
class Undone:
    """What an undo or redo did.

    Attributes:
        action: the action that it was about.
        changes: what it touched.
        fields: how many fields it wrote.
        left: what it did not take back, and why.
    """

    action: journal.Action
    changes: Changes
    fields: int
    left: tuple[undo.Left, ...]


class Work:
    """What may be done inside one action. `db` is the writer's connection, inside its transaction."""

    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue, dev: int, at: int, person: str | None) -> None:
        self.db = db
        self.catalogue = catalogue
        self.dev = dev
        self.at = at
        self.person = person
        self.stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.params: dict[str, object] = {}
        self.ids: list[str] = []
        self.changes = Changes(None)
        self.undoes: int | None = None
        self.skipped, self.done_here = 0, DoneHere()

    def insert(self, noun: str, values: dict[str, Value]) -> str:
        """Insert one row; `id` and `created` are made if absent."""
        row = {"id": new_id(self.at), "created": self.stamp, **{k: v for k, v in values.items() if v is not None}}
        marks = ",".join("?" * len(row))
        self.db.execute(f"INSERT INTO {noun}({','.join(row)}) VALUES({marks})", tuple(row.values()))
        self.ids.append(str(row["id"]))
        return str(row["id"])

    def update(self, noun: str, row: str, values: dict[str, Value]) -> None:
        """Write some columns of one row; equal values leave no trace.

        Raises:
            NotFound: if there is no such row.
        """
        sets = ", ".join(f"{name} = ?" for name in values)
        if not self.db.execute(f"UPDATE {noun} SET {sets} WHERE id = ?", (*values.values(), row)).rowcount:
            raise NotFound(t("there is no record {id}", id=row))
        self.ids.append(row)

    def write(self, noun: str, rows: Sequence[str], name: str, value: Value) -> int:
        """Write one field of several rows and log it, also where the value stays equal (trash, restore, choose)."""
        self.db.execute(journal.PENDING)
        k = self._number(noun, name)
        self.db.executemany(
            "INSERT OR REPLACE INTO temp.pending(row, field, value) SELECT n, ?, ? FROM row WHERE id = ?",
            [(k, value, row) for row in rows],
        )
        self.ids += rows
        return self.flush()

    def _number(self, noun: str, name: str) -> int:
        about = self.catalogue[noun]
        if not name.startswith("extra."):
            return about.unit_of(name).k
        self.db.execute("INSERT OR IGNORE INTO field(noun, name, kind) VALUES(?, ?, 'extra')", (about.k, name))
        return int(self.db.execute("SELECT k FROM field WHERE noun = ? AND name = ?", (about.k, name)).fetchone()[0])

    def flush(self) -> int:
        """Write what stands in `temp.pending`."""
        return journal.write_pending(self.db, self.catalogue, self.dev, self.at)

    def insert_many(self, noun: str, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
        """Insert many rows at the price of a few statements; `columns` holds `id`, and derived ones if known."""
        if not rows:
            return
        about = self.catalogue[noun]
        kept = [(i, name) for i, name in enumerate(columns) if name in about.kept and name != "id"]
        place = columns.index("id")
        db = self.db
        db.execute("UPDATE state SET quiet = 1")
        marks = ",".join("?" * len(columns))
        db.executemany(f"INSERT INTO {noun}({','.join(columns)}) VALUES({marks})", rows)
        (base,) = db.execute("SELECT coalesce(max(n), 0) FROM row").fetchone()
        seq = journal.last_change(db, self.dev)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        db.executemany(
            "INSERT INTO row(n, noun, id) VALUES(?,?,?)",
            ((base + i, about.k, row[place]) for i, row in enumerate(rows, 1)),
        )
        db.executemany(
            "INSERT INTO change(dev, seq, at, row, field, value) VALUES(?,?,?,?,NULL,?)",
            (
                (self.dev, seq + i, self.at, base + i, dump({n: row[p] for p, n in kept if row[p] is not None}))
                for i, row in enumerate(rows, 1)
            ),
        )
        derived.mark_inserted(db, about, base, columns)
        db.execute("UPDATE state SET quiet = 0")

    def new_ids(self, count: int) -> list[str]:
        """Fresh ids in order."""
        return new_ids(self.at, count)


class Store:
    """An open file. Reads go through `reader()`, writes through `action()`; both may be used from any thread."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], person: str | None = None, memory: Path | None = None
    ) -> None:
        self.path = path
        self.memory = memory
        self.now = now
        self.person = person
        self.lock = threading.RLock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._done_here = DoneHere()
        file = logs.identity(path)
        self._writer = driver.connect(path, write=True)
        self.catalogue = Catalogue.read(self._writer)
        self._keeper = logs.Keeper(memory, file if file == logs.identity(path) else None)

    @classmethod
    def open(
        cls,
        path: Path,
        now: Callable[[], datetime],
        *,
        create: bool = True,
        person: str | None = None,
        memory: Path | None = None,
    ) -> Store:
        """Open `path`, made and brought up to date if need be.

        Args:
            path: the file.
            now: the clock.
            create: whether an absent file is made.
            person: id of who works.
            memory: where this machine remembers which logs it may continue (`Home.memory`). None remembers nothing
                and always continues the file's log, which is right only where files are never copied or put back.

        Raises:
            NotFound, BadFile, Locked: with a sentence.
        """
        path = path.expanduser()
        if create and not path.exists():
            driver.create(path)
        driver.recognise(path)
        driver.refuse_network(path)
        try:
            migrate.migrate(path, now())
            store = cls(path, now, person, memory)
            store._settle()
        except sqlite3.Error as error:
            raise driver.sentence(error, path) from None
        return store

    def _settle(self) -> None:
        """At opening: bind what raw SQL wrote since, and recompute what it left dirty."""
        db = self._writer
        if not db.execute("SELECT count(*) FROM device").fetchone()[0]:
            self._first_log()
        (dirty,) = db.execute("SELECT EXISTS(SELECT 1 FROM dirty)").fetchone()
        if dirty or self._raw():
            with self._transaction():
                if self._raw():
                    journal.wrap_raw(db, self._keeper.enter(db, self._ms(), self.person))
                derived.refresh(db, self.catalogue, self._stamp())
            self._keeper.written(db)

    def _raw(self) -> bool:
        """Whether raw SQL wrote anything since the last action."""
        dev = self._dev()
        return journal.last_change(self._writer, dev) > journal.end(self._writer, dev)[1]

    def _first_log(self) -> None:
        with self._transaction():
            if self._writer.execute("SELECT count(*) FROM device").fetchone()[0]:
                return  # another program was first
            self._keeper.create(self._writer, self._ms(), self.person)
            self._writer.execute("INSERT OR IGNORE INTO setting VALUES('workspace', ?)", (secrets.token_hex(16),))

    def own_log(self) -> str | None:
        """The id of the log that an action would go on with just now; None if it would begin one."""
        with self.lock:
            return self._keeper.own(self._writer)

    def leave(self) -> None:
        """Note where the log ends, for a program that must end at once; a later write is noted anew."""
        with self.lock:
            self._keeper.leave(self._writer)

    def close(self) -> None:
        """Note where the log ends, and close all connections; no other thread may be reading any more.

        To close a connection under a thread that steps through a statement would end the process.
        """
        with self.lock:
            self._keeper.leave(self._writer)
            for db in [*self._readers, self._writer]:
                db.close()
            self._readers.clear()

    def reader(self) -> sqlite3.Connection:
        """This thread's read-only connection."""
        db: sqlite3.Connection | None = getattr(self._local, "db", None)
        if db is None:
            db = driver.connect(self.path)
            self._local.db = db
            self._readers.append(db)
        return db

    @contextmanager
    def action(self, verb: str, action_kind: str = "edit", /, **params: object) -> Iterator[Work]:
        """One action in one transaction; the work's `changes` holds the `Changes` afterwards.

        Raises:
            Locked, CrmError: with a sentence, if SQLite refuses; nothing is changed then.
        """
        with self.lock:
            db = self._writer
            try:
                with self._transaction():
                    dev = self._keeper.enter(db, self._ms(), self.person)
                    journal.wrap_raw(db, dev)
                    before = journal.last_change(db, dev)
                    at = self._ms()
                    db.execute("UPDATE state SET at = ?", (at,))
                    work = Work(db, self.catalogue, dev, at, self.person)
                    work.params, work.done_here = params, self._done_here
                    disputes = journal.conflicts(db)
                    yield work
                    derived.refresh(db, self.catalogue, work.stamp)
                    text = json.dumps(work.params, ensure_ascii=False, separators=(",", ":"))
                    # Whoever writes a field that is in conflict has seen its sides: that is a choice.
                    chosen = action_kind == "edit" and journal.conflicts(db) < disputes
                    kind = "choice" if chosen else action_kind
                    number = journal.close_action(
                        db, dev, at=at, person=self.person, kind=kind, verb=verb, params=text, undoes=work.undoes
                    )
                    if issues.after_action(db, self.catalogue):
                        derived.refresh(db, self.catalogue, work.stamp)
                    db.execute("UPDATE state SET at = NULL")
                    work.changes = replace(self._changes(number, dev, before, tuple(work.ids)), skipped=work.skipped)
                    self._keeper.unwritten(db)
                self._keeper.written(db)
                self._done_here.note(dev, before, work.changes.count)
            except sqlite3.Error as error:
                raise driver.sentence(error, self.path) from error

    def undo(self, number: int | None = None) -> Undone:
        """Take back an action: the last one that stands, or the one with this number; itself an action.

        Raises:
            Refused: if there is nothing to take back.
        """
        return self._take_back(number, redo=False)

    def redo(self) -> Undone:
        """Take back the last undo, if nothing else was done since.

        Raises:
            Refused: if there is nothing to redo.
        """
        return self._take_back(None, redo=True)

    def _take_back(self, number: int | None, *, redo: bool) -> Undone:
        with self.action("Redo" if redo else "Undo", "redo" if redo else "undo") as work:
            db = self._writer
            if number is not None:
                target = undo.tip_of(db, number)
                if target is None:
                    raise Refused(t("there is no action {n}; see: crm-tui history", n=number))
                if target.kind == "undo":
                    raise Refused(t("action {n} is undone already", n=number))
            else:
                target = (undo.last_redoable if redo else undo.last_undoable)(db, logs.own(db))
                if target is None:
                    raise Refused(t("there is nothing to redo") if redo else t("there is nothing to undo"))
            root = journal.read_action(db, "id = ?", (undo.root_of(db, target.id),))
            assert root is not None
            left = undo.prepare(db, self.catalogue, target)
            fields = work.flush()
            if not fields and left:
                raise Refused(_stays(left))
            work.params = {"of": root.verb, "params": root.params}
            work.undoes = target.id
        return Undone(root, work.changes, fields, tuple(left))

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The writer in a transaction of its own, for what is no record: what peers have, what was signed.

        Raises:
            Locked, CrmError: with a sentence, if SQLite refuses.
        """
        with self.lock:
            try:
                with self._transaction():
                    yield self._writer
            except sqlite3.Error as error:
                raise driver.sentence(error, self.path) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        db = self._writer
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def _changes(self, number: int | None, dev: int, before: int, ids: tuple[str, ...]) -> Changes:
        rows: dict[str, set[str]] = {}
        came = "FROM change c JOIN row r ON r.n = c.row WHERE c.dev = ? AND c.seq > ? LIMIT ?"
        for noun, row in self._writer.execute(f"SELECT r.noun, r.id {came}", (dev, before, Changes.LIMIT)):
            rows.setdefault(self.catalogue.by_number[noun].name, set()).add(row)
        return Changes(number, rows, journal.last_change(self._writer, dev) - before, ids)

    def _dev(self) -> int:
        return int(self._writer.execute("SELECT dev FROM state").fetchone()[0])

    def _ms(self) -> int:
        return int(self.now().timestamp() * 1000)

    def _stamp(self) -> str:
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def setting(self, name: str, default: str = "") -> str:
        """A local setting of this file; settings are neither logged nor exchanged."""
        row = self.reader().execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return default if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Keep a local setting."""
        with self.lock:
            self._writer.execute("INSERT OR REPLACE INTO setting VALUES(?, ?)", (name, value))


def _stays(left: Sequence[undo.Left]) -> str:
    """Why an undo would write nothing."""
    values = next((one.values for one in left if one.values), ())
    if values:
        sides = " / ".join(t("(empty)") if value is None else str(value) for value in values)
        return t("this settled a conflict; choose again what should stand: {sides}", sides=sides)
    return t("nothing of it stands: everything was changed since")
