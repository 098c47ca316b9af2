"""Takes changes of other machines in: one transaction, set-based, as `rules.heads` says.

The changes stand in the stage (`store.staging`). They are appended to the log; then, for each field that they touch,
the heads that their authors had seen go, they become heads themselves, and the latest head is written into its table.
Clocks decide nothing else. Of each log only the last change of a field counts: whoever saw it saw those before.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC

from crm_tui.errors import Locked
from crm_tui.rules.slices import Slice
from crm_tui.store import admission, derived, driver, issues, journal, naming, partners, staging, tables
from crm_tui.store.database import Store

AT_ONCE = 2_000
"""Rows that a merge may touch and still index within its transaction; of more the index learns right after it."""


CACHE = 32_000
"""KiB of pages that a merge keeps; its memory does not grow with what comes."""


@dataclass(frozen=True)
class Origin:
    """Where changes came from.

    Attributes:
        hash: of the file; `sender` what its sender is called.
        outside: whether the sender is outside of the company: only returns of shares are taken from him.
        share: id of the share in it, for a file made from shares; `knew` is how much its author had of the logs here.
    """

    hash: bytes
    sender: str
    outside: bool = False
    share: str | None = None
    knew: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged:
    """What a merge did; changes = new + known, rows = created + updated + trashed + untouched.

    Attributes:
        changes: changes that were offered; `new` of them were new, `known` were here already.
        rows: rows that they are about.
        conflicts: fields in conflict, and rows in dispute over the trash, that were in none before.
        applied: whether it was written; False for a preview.
        logs: last number by log, of what came.
        import_id: its line in the list of imports, if anything was new.
    """

    changes: int
    new: int
    known: int
    rows: int
    created: int
    updated: int
    trashed: int
    untouched: int
    conflicts: int
    applied: bool
    logs: dict[str, int]
    import_id: int | None = None


class _Preview(Exception):
    """Ends a preview's transaction without a trace."""


def merge(
    store: Store,
    slices: Sequence[Slice],
    parts: Iterable[staging.Part],
    origin: Origin,
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> Merged:
    """Take in whole actions of any logs, all or nothing.

    Args:
        store: the file.
        slices: runs of actions; their chains and signatures are verified.
        parts: what the slices hold, in their order.
        origin: where they came from.
        dry_run: do everything and take it back: a preview.
        progress: called with the changes read so far.
        stop: ends it before anything was written.

    Raises:
        Gap, Fork, Refused: with a sentence; nothing is changed.
        Cancelled: if `stop` was set.
    """
    with closing(driver.connect(store.path, write=True)) as db:
        db.execute("PRAGMA temp_store=FILE")
        db.execute(f"PRAGMA cache_size=-{CACHE}")
        try:
            with staging.attached(db, store.path.parent):
                offered = staging.fill(db, slices, parts, progress, stop)
                with store.lock:
                    return _in_one(store, db, origin, offered, dry_run)
        except sqlite3.Error as error:
            raise driver.sentence(error, store.path) from error


def _in_one(store: Store, db: sqlite3.Connection, origin: Origin, offered: int, dry_run: bool) -> Merged:
    done: Merged | None = None
    db.execute("BEGIN IMMEDIATE")
    try:
        done = _Merge(store, db, origin).run(offered, applied=not dry_run)
        if dry_run:
            raise _Preview
        db.execute("COMMIT")
    except BaseException as reason:
        if db.in_transaction:
            db.execute("ROLLBACK")
        if not isinstance(reason, _Preview):
            raise
    assert done is not None
    return done


def index(store: Store, stop: threading.Event | None = None) -> None:
    """Let the search index learn of what a large merge has brought, in short transactions beside other work.

    What `stop`, the end of the program or another one that holds the file leaves is done at the next opening.
    """
    with closing(driver.connect(store.path, write=True)) as db:
        left = 1
        while left and not (stop is not None and stop.is_set()):
            with store.lock:
                try:
                    db.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError as error:
                    if isinstance(reason := driver.sentence(error, store.path), Locked):
                        return  # the merge itself stands: to say now that it failed would be wrong
                    raise reason from error
                left = derived.drain(db, store.catalogue)
                db.execute("COMMIT")


class _Merge:
    """One merge, inside its transaction."""

    def __init__(self, store: Store, db: sqlite3.Connection, origin: Origin) -> None:
        self.db = db
        self.catalogue = store.catalogue
        self.origin = origin
        self.now = store.now()

    def run(self, offered: int, *, applied: bool) -> Merged:
        """Admit and take in what is new."""
        db = self.db
        admission.admit(db, int(self.now.timestamp() * 1000))
        partners.admit(db, outside=self.origin.outside)
        logs = dict(db.execute("SELECT log, end_seq FROM stage.slice"))
        (known,) = db.execute(
            "SELECT coalesce(sum(max(0, min(have, end_seq) - from_seq)), 0) FROM stage.slice"
        ).fetchone()
        if offered == known:
            rows = db.execute("SELECT count(DISTINCT id) FROM stage.rows").fetchone()[0]
            self._signed_ends()
            return Merged(offered, 0, known, rows, 0, 0, 0, rows, 0, applied, logs)
        before = issues.waiting(db)
        db.execute("UPDATE state SET quiet = 1")
        naming.resolve(db, self.catalogue)
        self._log()
        partners.limit(db)
        self._fold()
        self._touch()
        tables.insert_new(db, self.catalogue)
        self._heads()
        self._several()
        self._uncovered()
        stamp = self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        tables.write_winners(db, self.catalogue, stamp)
        self._conflicts()
        tables.settle_twice_inserted(db, self.catalogue)
        db.execute("UPDATE state SET quiet = 0")
        issues.after_merge(db, self.catalogue)
        many = db.execute("SELECT count(*) > ? FROM stage.touched", (AT_ONCE,)).fetchone()[0]
        derived.refresh(db, self.catalogue, stamp, words=not many)
        counts = self._counts()
        conflicts = max(0, issues.waiting(db) - before)
        merged = Merged(offered, offered - known, known, *counts, conflicts, applied, logs)
        return Merged(**{**vars(merged), "import_id": self._note(merged)})

    def _log(self) -> None:
        """Append devices, actions, what they had seen, and changes."""
        db = self.db
        ms = int(self.now.timestamp() * 1000)
        db.execute(
            "INSERT INTO main.device(id, name, person, sign_key, code, first_seen) "
            "SELECT log, name, person, key, code, ? FROM stage.slice WHERE dev IS NULL ORDER BY log",
            (ms,),
        )
        db.execute("UPDATE stage.slice SET dev = (SELECT dev FROM main.device d WHERE d.id = slice.log)")
        self._signed_ends()
        db.execute(
            "INSERT INTO main.seen(dev, seq, of, upto, hash) SELECT s.dev, e.seq, o.dev, e.upto, e.mark "
            "FROM stage.seen e JOIN stage.slice s ON s.log = e.log JOIN main.device o ON o.id = e.of "
            "WHERE e.seq > s.have"
        )
        db.execute(
            "INSERT INTO main.action(dev, n, first, last, at, person, kind, verb, params, salt, chain) "
            "SELECT s.dev, a.n, a.first, a.last, a.at, a.person, a.kind, a.verb, a.params, a.salt, a.chain "
            "FROM stage.act a JOIN stage.slice s ON s.log = a.log WHERE a.last > s.have ORDER BY a.at, a.log, a.n"
        )
        db.execute(
            "UPDATE main.action SET undoes = u.id FROM stage.act a JOIN stage.slice s ON s.log = a.log "
            "JOIN main.device d ON d.id = a.undo_log JOIN main.action u ON u.dev = d.dev AND u.n = a.undo_n "
            "WHERE a.last > s.have AND action.dev = s.dev AND action.n = a.n"
        )
        for table in ("ins", "inc"):
            db.execute(
                "INSERT INTO main.change(dev, seq, at, row, field, value) "
                f"SELECT s.dev, i.seq, i.at, r.n, m.field_k, i.value FROM stage.{table} i "
                "CROSS JOIN stage.slice s ON s.k = i.slice CROSS JOIN stage.rows r ON r.k = i.row "
                "CROSS JOIN stage.name m ON m.k = i.name WHERE i.seq > s.have"
            )
        db.execute(
            "INSERT INTO main.have SELECT dev, end_seq FROM stage.slice WHERE end_seq > have "
            "ON CONFLICT(dev) DO UPDATE SET upto = excluded.upto"
        )
        if self.origin.share is not None:
            partners.note_known(db, self.origin.share, self.origin.knew, ms)

    def _signed_ends(self) -> None:
        self.db.execute(
            "UPDATE main.device SET sign_key = coalesce(device.sign_key, s.key), name = s.name, person = s.person, "
            "code = coalesce(device.code, s.code), end_seq = s.end_seq, end_hash = s.end_chain, "
            "end_signature = s.signature FROM stage.slice s "
            "WHERE s.dev = device.dev AND s.signature IS NOT NULL AND s.end_seq > coalesce(device.end_seq, 0)"
        )

    def _fold(self) -> None:
        """Of each field the last change of each log: whoever had seen it had seen those before."""
        db = self.db
        db.execute(
            "CREATE TABLE stage.last(row INTEGER, field INTEGER, dev INTEGER, seq INTEGER, at INTEGER, value, "
            "state INTEGER, PRIMARY KEY(row, field, dev)) WITHOUT ROWID"
        )
        # SQLite gives bare columns beside a single max() from that very row.
        db.execute(
            "INSERT INTO stage.last SELECT c.row, c.field, c.dev, max(c.seq), c.at, c.value, 1 "
            "FROM stage.slice s CROSS JOIN main.change c ON c.dev = s.dev AND c.seq > s.have "
            "WHERE c.field IS NOT NULL GROUP BY c.row, c.field, c.dev"
        )
        db.execute("CREATE TABLE stage.rank(dev INTEGER PRIMARY KEY, place INTEGER)")
        db.execute("INSERT INTO stage.rank SELECT dev, row_number() OVER (ORDER BY id) FROM main.device")

    def _heads(self) -> None:
        """Heads that the new changes' authors had seen go; the new changes that nobody of them replaced come.

        `state` of a last change becomes -1 where another new one had seen it, 0 where another head is later, else
        it stays 1: it is what its table shows from now on. An older head that stands beside it has state 2.
        """
        db = self.db
        db.execute(
            "CREATE TABLE stage.old(row INTEGER, field INTEGER, dev INTEGER, seq INTEGER, at INTEGER, gone INTEGER, "
            "PRIMARY KEY(row, field, dev)) WITHOUT ROWID"
        )
        db.execute(
            "INSERT INTO stage.old SELECT h.row, h.field, h.dev, h.seq, h.at, "
            f"h.dev = l.dev OR h.seq <= {_reach('l.dev', 'l.seq', 'h.dev')} FROM stage.last l "
            "CROSS JOIN main.head h ON h.row = l.row AND h.field = l.field WHERE true "
            "ON CONFLICT DO UPDATE SET gone = max(gone, excluded.gone)"
        )
        db.execute(
            "DELETE FROM main.head WHERE (row, field, dev) IN (SELECT row, field, dev FROM stage.old WHERE gone)"
        )
        # Only a log that has seen something new of another can have replaced it.
        db.execute(
            "CREATE TABLE stage.met AS SELECT DISTINCT b.dev FROM stage.slice b "
            "CROSS JOIN main.seen e ON e.dev = b.dev CROSS JOIN stage.slice a ON a.dev = e.of WHERE e.upto > a.have"
        )
        db.execute(
            "UPDATE stage.last SET state = -1 WHERE (row, field, dev) IN (SELECT l.row, l.field, l.dev "
            "FROM stage.last o CROSS JOIN stage.last l ON l.row = o.row AND l.field = o.field AND l.dev <> o.dev "
            f"WHERE o.dev IN (SELECT dev FROM stage.met) AND l.seq <= {_reach('o.dev', 'o.seq', 'l.dev')})"
        )
        db.execute("INSERT INTO main.head SELECT row, field, dev, seq, at FROM stage.last WHERE state = 1")

    def _several(self) -> None:
        """Older heads that stand join the new ones; of several heads of a field the latest is shown."""
        db = self.db
        # The head that is a whole new row has none beside it, or its row is settled by itself.
        db.execute(
            "INSERT INTO stage.last SELECT o.row, o.field, o.dev, o.seq, o.at, c.value, 2 FROM stage.old o "
            "CROSS JOIN main.change c ON c.dev = o.dev AND c.seq = o.seq WHERE NOT o.gone AND c.field IS NOT NULL"
        )
        db.execute("CREATE TABLE stage.several(row INTEGER, field INTEGER, PRIMARY KEY(row, field)) WITHOUT ROWID")
        db.execute(
            "INSERT INTO stage.several "
            "SELECT row, field FROM stage.last WHERE state > 0 GROUP BY row, field HAVING count(*) > 1"
        )
        db.execute(
            "UPDATE stage.last AS l SET state = 0 FROM stage.several v WHERE l.row = v.row AND l.field = v.field "
            f"AND l.state = 1 AND EXISTS(SELECT 1 FROM stage.last o WHERE {_LATER})"
        )

    def _uncovered(self) -> None:
        """Where the head that was shown has gone and an older one is the latest now, that one is shown."""
        self.db.execute(
            "UPDATE stage.last AS l SET state = 1 WHERE l.state = 2 "
            "AND EXISTS(SELECT 1 FROM stage.old o WHERE o.row = l.row AND o.field = l.field AND o.gone) "
            f"AND NOT EXISTS(SELECT 1 FROM stage.last o WHERE {_LATER})"
        )

    def _conflicts(self) -> None:
        """Heads that disagree are a conflict; two that agree are none."""
        db = self.db
        shape = issues.shape_of(self.catalogue)
        db.create_function("canon", 2, lambda field, value: shape.canonical(field, value), deterministic=True)
        if journal.conflicts(db):
            db.execute("DELETE FROM main.conflict WHERE (row, field) IN (SELECT row, field FROM stage.last)")
        sides = "FROM stage.several v CROSS JOIN stage.last l ON l.row = v.row AND l.field = v.field AND l.state >= 0 "
        db.execute(
            f"INSERT INTO main.conflict SELECT v.row, v.field {sides} GROUP BY v.row, v.field "
            "HAVING min(l.value) <> max(l.value) OR count(l.value) NOT IN (0, count(*))"
        )
        # Of texts that differ, some are the same written otherwise: é as one sign or two, 1.0 and 1.00.
        db.execute(
            "DELETE FROM main.conflict WHERE (row, field) IN ("
            f"SELECT v.row, v.field {sides} CROSS JOIN main.field f ON f.k = v.field WHERE ? OR (v.row, v.field) IN "
            f"(SELECT v.row, v.field {sides} WHERE length(l.value) <> length(CAST(l.value AS BLOB))) "
            "GROUP BY v.row, v.field HAVING count(DISTINCT canon(f.name, l.value)) = 1)",
            (bool(shape.decimals or shape.blanks),),
        )

    def _touch(self) -> None:
        """Note the rows that something new is said of; what is derived from them must be recomputed."""
        db = self.db
        db.execute("CREATE TABLE stage.touched(n INTEGER PRIMARY KEY, noun INTEGER, id TEXT)")
        db.execute(
            "INSERT INTO stage.touched SELECT r.n, r.noun, r.id FROM (SELECT DISTINCT row FROM stage.last UNION "
            "SELECT r.n FROM stage.ins i CROSS JOIN stage.slice s ON s.k = i.slice "
            "CROSS JOIN stage.rows r ON r.k = i.row WHERE i.seq > s.have) t CROSS JOIN main.row r ON r.n = t.row"
        )
        db.execute(
            "INSERT INTO main.dirty(row, what) SELECT n, 0 FROM stage.touched WHERE true "
            "ON CONFLICT(row) DO UPDATE SET what = 0"
        )

    def _counts(self) -> tuple[int, int, int, int, int]:
        """Rows: all, created, updated, trashed, untouched."""
        db = self.db
        (rows, created) = db.execute(
            "SELECT count(DISTINCT n), count(DISTINCT CASE WHEN fresh THEN n END) FROM stage.rows"
        ).fetchone()
        trash = [field.k for noun in self.catalogue.nouns.values() if (field := noun.fields.get("deleted"))]
        marks = ",".join(map(str, trash))
        (updated, trashed) = db.execute(
            "SELECT count(DISTINCT w.row), "
            f"count(DISTINCT CASE WHEN w.field IN ({marks}) AND w.value IS NOT NULL THEN w.row END) "
            "FROM stage.last w WHERE w.state = 1 AND w.row NOT IN (SELECT n FROM stage.rows WHERE fresh)"
        ).fetchone()
        updated -= trashed
        return rows, created, updated, trashed, rows - created - updated - trashed

    def _note(self, merged: Merged) -> int | None:
        numbers = {k: v for k, v in vars(merged).items() if isinstance(v, int) and not isinstance(v, bool)}
        (last,) = self.db.execute("SELECT max(id) FROM main.action").fetchone()
        (came,) = self.db.execute(
            "SELECT count(*) FROM stage.act a JOIN stage.slice s ON s.log = a.log WHERE a.last > s.have"
        ).fetchone()
        counts = {**numbers, "actions": [last - came + 1, last]}
        return self.db.execute(
            "INSERT INTO main.import(hash, at, sender, counts) VALUES(?,?,?,?)",
            (self.origin.hash, int(self.now.timestamp() * 1000), self.origin.sender, json.dumps(counts)),
        ).lastrowid


_LATER = (
    "o.row = l.row AND o.field = l.field AND o.dev <> l.dev AND o.state >= 0 AND (o.at > l.at OR (o.at = l.at AND "
    "(SELECT place FROM stage.rank WHERE dev = o.dev) > (SELECT place FROM stage.rank WHERE dev = l.dev)))"
)
"""SQL for: the head `o` is a later one than `l`."""


def _reach(dev: str, seq: str, of: str) -> str:
    """SQL for how much of the log `of` the author of a change had seen."""
    return (
        f"coalesce((SELECT e.upto FROM main.seen e WHERE e.dev = {dev} AND e.of = {of} AND e.seq <= {seq} "
        "ORDER BY e.seq DESC, e.derived DESC LIMIT 1), 0)"
    )
