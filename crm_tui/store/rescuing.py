"""Separates two copies of a file that both went on with one log: the branch that grew here becomes a log of its own.

Nothing of a branch is lost or changed but its names: its actions get another log, whose id follows from the old log and
the first action of the branch, so that everybody who holds the branch gives it the same name. The logs of others that
had seen the branch claim places that are no longer there, so from their first such action on they get another log too.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crm_tui.errors import Refused
from crm_tui.store import admission, backup, chain, derived, journal, logs, rebuilding
from crm_tui.store.database import Store
from crm_tui.store.memory import Memory
from crm_tui.words import t

Places = Mapping[str, Mapping[int, bytes]]
"""By id of a log: the chain after each action that somebody else has, by the number of its last change."""


@dataclass(frozen=True)
class Moved:
    """A branch that became a log: the old log and the new one, the name of its machine, how many changes moved."""

    old: str
    new: str
    name: str
    changes: int


@dataclass(frozen=True)
class Rescued:
    """What a rescue did, and the backup that was made before."""

    moved: tuple[Moved, ...]
    backup: Path


@dataclass
class _Branch:
    """A log from its first action that moves on: `shift` changes and `n` actions stay before it."""

    dev: int
    shift: int
    n: int
    to: int = 0


def forks(db: sqlite3.Connection, theirs: Places) -> dict[str, int]:
    """The logs of which the other side has another content, and the last place at which both are the same.

    Raises:
        Refused: if a log differs already at the first place that the other side tells.
    """
    found: dict[str, int] = {}
    for log, places in theirs.items():
        ours = {
            seq: bytes(mark)
            for seq, mark in db.execute(
                "SELECT a.last, a.chain FROM action a JOIN device d ON d.dev = a.dev WHERE d.id = ?", (log,)
            )
        }
        if not ours:
            continue
        ours[0] = chain.START
        same = [seq for seq, mark in places.items() if ours.get(seq) == mark]
        end = max(ours)
        differs = [seq for seq, mark in places.items() if seq <= end and ours.get(seq) != mark]
        if not differs:
            continue
        if not same:
            raise Refused(
                t(
                    "the other copy's log is not here from the place where both parted; ask for a bundle with "
                    "everything in it (crm-tui bundle export FILE --all), or name the other file itself"
                )
            )
        found[log] = max(same)
    return found


def strangers(db: sqlite3.Connection, claims: Iterable[tuple[str, int, bytes]]) -> set[str]:
    """Logs of which somebody has seen a place that has another content here: (log, number, mark) of each claim."""
    found = set()
    for log, upto, mark in claims:
        row = db.execute(
            "SELECT h.upto, (SELECT a.chain FROM action a WHERE a.dev = d.dev AND a.last = ?2) FROM device d "
            "JOIN have h ON h.dev = d.dev WHERE d.id = ?1",
            (log, upto),
        ).fetchone()
        if row is not None and upto <= row[0] and (row[1] is None or row[1][: admission.MARK] != mark):
            found.add(log)
    return found


def rescue(store: Store, common: Mapping[str, int]) -> Rescued:
    """Move what comes after the common places into logs of their own, in one transaction after a backup.

    The file goes on with a new log afterwards; close it and open it again.

    Args:
        store: the file.
        common: the last place that both copies share, by log, as `forks` tells.

    Raises:
        Refused: if nothing comes after these places here.
    """
    kept = backup.make(store.path, backup.folder_of(store.path), store.now(), reason="rescue")
    with store.writing() as db:
        (dev,) = db.execute("SELECT dev FROM state").fetchone()
        journal.wrap_raw(db, dev)
        branches = _branches(db, common)
        if not branches:
            raise Refused(t("nothing was written here after the place where both copies parted"))
        rows = _rows(db, branches)
        moved = [_name(db, branch) for branch in branches.values()]
        _claims(db, branches)
        for branch in branches.values():
            _move(db, branch)
        _chain(db, branches)
        _own(db, branches)
        rebuilding.rebuild(db, store.catalogue, rows)
        stamp = store.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        derived.refresh(db, store.catalogue, stamp)
        known = [log for (log,) in db.execute("SELECT id FROM device")]
    if store.memory is not None:
        with Memory(store.memory).turn(durable=True) as notes:
            for log in known:
                notes.pop(log, None)  # the twin may know this log too: none of them goes on here
    return Rescued(tuple(moved), kept)


def _branches(db: sqlite3.Connection, common: Mapping[str, int]) -> dict[int, _Branch]:
    """The forked logs from where they parted, and all logs from their first action that has seen such a place."""
    starts: dict[int, int] = {}
    for log, seq in common.items():
        row = db.execute(
            "SELECT a.dev, min(a.first) FROM action a JOIN device d ON d.dev = a.dev WHERE d.id = ? AND a.last > ?",
            (log, seq),
        ).fetchone()
        if row[0] is not None:
            starts[row[0]] = row[1]
    seen = db.execute("SELECT dev, seq, of, upto FROM seen WHERE NOT derived ORDER BY seq").fetchall()
    grown = True
    while grown:
        grown = False
        for dev, seq, of, upto in seen:
            if of in starts and upto >= starts[of] and seq < starts.get(dev, seq + 1):
                starts[dev] = seq
                grown = True
    found = {}
    for dev, first in starts.items():
        (n,) = db.execute("SELECT n FROM action WHERE dev = ? AND first = ?", (dev, first)).fetchone()
        found[dev] = _Branch(dev, first - 1, n - 1)
    return found


def _rows(db: sqlite3.Connection, branches: Mapping[int, _Branch]) -> list[int]:
    """Rows whose heads must be found anew: those with several heads of a field, and those of a branch known before."""
    rows: set[int] = set()
    for branch in branches.values():
        rows |= {
            n
            for (n,) in db.execute(
                "SELECT DISTINCT h.row FROM head h WHERE h.dev = ? AND h.seq > ? AND EXISTS("
                "SELECT 1 FROM head o WHERE o.row = h.row AND o.field = h.field AND o.dev <> h.dev)",
                (branch.dev, branch.shift),
            )
        }
        log = _new_id(db, branch)
        if db.execute("SELECT 1 FROM device WHERE id = ?", (log,)).fetchone():
            query = "SELECT DISTINCT row FROM change WHERE dev = ? AND seq > ?"
            rows |= {n for (n,) in db.execute(query, (branch.dev, branch.shift))}
    return sorted(rows)


def _new_id(db: sqlite3.Connection, branch: _Branch) -> str:
    log, mark = db.execute(
        "SELECT d.id, a.chain FROM action a JOIN device d ON d.dev = a.dev WHERE a.dev = ? AND a.n = ?",
        (branch.dev, branch.n + 1),
    ).fetchone()
    return hashlib.blake2b(bytes.fromhex(log) + mark, digest_size=16, person=b"crm-rescue").hexdigest()


def _name(db: sqlite3.Connection, branch: _Branch) -> Moved:
    """Make the branch's log, or find it if it came from somebody who has rescued the same branch."""
    new = _new_id(db, branch)
    db.execute(
        "INSERT OR IGNORE INTO device(id, name, person, first_seen) SELECT ?, name, person, first_seen FROM device "
        "WHERE dev = ?",
        (new, branch.dev),
    )
    (branch.to,) = db.execute("SELECT dev FROM device WHERE id = ?", (new,)).fetchone()
    old, name = db.execute("SELECT id, name FROM device WHERE dev = ?", (branch.dev,)).fetchone()
    (count,) = db.execute(
        "SELECT count(*) FROM change WHERE dev = ? AND seq > ?", (branch.dev, branch.shift)
    ).fetchone()
    return Moved(old, new, name or "", count)


def _claims(db: sqlite3.Connection, branches: Mapping[int, _Branch]) -> None:
    """Say again what moved actions had seen: the first one all that its log had by then, the log itself too."""
    for branch in branches.values():
        entries = db.execute(
            "SELECT seq, of, upto, hash FROM seen WHERE dev = ? AND NOT derived ORDER BY seq", (branch.dev,)
        ).fetchall()
        told: dict[tuple[int, int], tuple[int, bytes]] = {}
        if branch.shift:
            told[1, branch.dev] = (branch.shift, _mark(db, branch.dev, branch.shift))
        for seq, of, upto, mark in entries:
            place = max(1, seq - branch.shift)
            other = branches.get(of)
            if other is not None and upto > other.shift:
                told[place, other.to] = (upto - other.shift, b"")
                if not other.shift:
                    continue
                upto, mark = other.shift, _mark(db, of, other.shift)
            told[place, of] = (upto, mark)
        db.execute("DELETE FROM seen WHERE dev = ? AND seq > ?", (branch.dev, branch.shift))
        reached: dict[int, int] = {}
        for (place, of), (upto, mark) in sorted(told.items()):
            if upto > reached.get(of, 0):  # only what grew
                reached[of] = upto
                db.execute(
                    "INSERT OR IGNORE INTO seen(dev, seq, of, upto, hash) VALUES(?,?,?,?,?)",
                    (branch.to, place, of, upto, mark),
                )


def _mark(db: sqlite3.Connection, dev: int, seq: int) -> bytes:
    (mark,) = db.execute("SELECT chain FROM action WHERE dev = ? AND last = ?", (dev, seq)).fetchone()
    return bytes(mark[: admission.MARK])


def _move(db: sqlite3.Connection, branch: _Branch) -> None:
    """Give changes, actions and heads of a branch to its log; what that log has already goes."""
    span = (branch.dev, branch.shift)
    db.execute(
        "INSERT OR IGNORE INTO change SELECT ?1, seq - ?2, at, row, field, value, old FROM change "
        "WHERE dev = ?3 AND seq > ?2",
        (branch.to, branch.shift, branch.dev),
    )
    db.execute("DELETE FROM change WHERE dev = ? AND seq > ?", span)
    db.execute(
        "UPDATE OR IGNORE aside SET dev = ?1, seq = seq - ?2 WHERE dev = ?3 AND seq > ?2",
        (branch.to, branch.shift, branch.dev),
    )
    db.execute(
        "UPDATE action SET undoes = (SELECT k.id FROM action u JOIN action k ON k.dev = ?1 AND k.n = u.n - ?2 "
        "WHERE u.id = action.undoes) WHERE undoes IN (SELECT u.id FROM action u JOIN action k ON k.dev = ?1 "
        "AND k.n = u.n - ?2 WHERE u.dev = ?3 AND u.first > ?4)",
        (branch.to, branch.n, branch.dev, branch.shift),
    )
    db.execute(
        "UPDATE OR IGNORE action SET dev = ?1, n = n - ?2, first = first - ?3, last = last - ?3 "
        "WHERE dev = ?4 AND first > ?3",
        (branch.to, branch.n, branch.shift, branch.dev),
    )
    db.execute("DELETE FROM action WHERE dev = ? AND first > ?", span)
    db.execute(
        "UPDATE OR IGNORE head SET dev = ?1, seq = seq - ?2 WHERE dev = ?3 AND seq > ?2",
        (branch.to, branch.shift, branch.dev),
    )
    db.execute("DELETE FROM head WHERE dev = ? AND seq > ?", span)
    db.execute("DELETE FROM have WHERE dev IN (?, ?)", (branch.dev, branch.to))
    for dev in (branch.dev, branch.to):
        db.execute("INSERT INTO have SELECT dev, max(last) FROM action WHERE dev = ? GROUP BY dev", (dev,))
    db.execute(
        "UPDATE device SET end_seq = NULL, end_hash = NULL, end_signature = NULL WHERE dev = ? AND end_seq > ?", span
    )


def _chain(db: sqlite3.Connection, branches: Mapping[int, _Branch]) -> None:
    """Make the chains anew, each action after those that it has seen."""
    waiting = {
        branch.to: db.execute(
            "SELECT id, n, first, last, at, person, kind, verb, params, undoes, salt FROM action WHERE dev = ? "
            "ORDER BY n",
            (branch.to,),
        ).fetchall()
        for branch in branches.values()
    }
    done = dict.fromkeys(waiting, 0)
    places = dict.fromkeys(waiting, chain.START)
    moved = True
    while moved:
        moved = False
        for dev, actions in waiting.items():
            while actions and _seen_marks(db, dev, actions[0][2], done):
                number, n, first, last, at, person, kind, verb, params, undoes, salt = actions.pop(0)
                facts = [n, at, person, kind, verb, params, journal.portable(db, undoes)]
                header = journal.header(db, dev, first, facts)
                places[dev] = chain.link(places[dev], header, salt, chain.changes_of(db, dev, first, last))
                db.execute("UPDATE action SET chain = ? WHERE id = ?", (places[dev], number))
                done[dev] = last
                moved = True


def _seen_marks(db: sqlite3.Connection, dev: int, first: int, done: Mapping[int, int]) -> bool:
    """Put in the marks of what an action had seen of moved logs; False if one of them has not come so far."""
    claims = db.execute("SELECT of, upto FROM seen WHERE dev = ? AND seq = ?", (dev, first)).fetchall()
    if any(of in done and done[of] < upto for of, upto in claims):
        return False
    for of, upto in claims:
        if of in done:
            db.execute(
                "UPDATE seen SET hash = ? WHERE dev = ? AND seq = ? AND of = ?", (_mark(db, of, upto), dev, first, of)
            )
    return True


def _own(db: sqlite3.Connection, branches: Mapping[int, _Branch]) -> None:
    """The file writes no moved log; what is remembered of others' state of these logs is true no more."""
    for branch in branches.values():
        logs.take_over(db, branch.dev, branch.to)
    old = [log for (log,) in db.execute(f"SELECT id FROM device WHERE dev IN ({','.join(map(str, branches))})")]
    for log in old:
        db.execute("UPDATE peer SET have = json_remove(have, ?)", (f'$."{log}"',))
