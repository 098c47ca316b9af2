"""Which log a program may continue, and how a new one begins.

A log has one writer, or two different changes could get one number. Files are copied, moved, put back and carried
about, so the file itself cannot tell whether it is the one that a log goes on in; the machine remembers it (`memory`):
a log is continued only if it was closed exactly where the file ends, or if a living program of this machine has this
very file open with it. In all other cases (another machine, a copy, an old file, a crash, a restored backup) the next
own action begins a new log under the same machine's name; nobody is asked, and reading never begins one.

What raw SQL wrote outside of any action stands under `state.dev` with numbers that nobody else has seen yet. If that
log is not continued, such changes move into the one that is, before they are bound into an action.
"""

from __future__ import annotations

import json
import secrets
import socket
import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from crm_tui.store import chain, journal
from crm_tui.store.memory import File, Memory, Note, Notes, Opener, living, open_here

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""The 24 capitals that nobody takes for a digit; a log's code is three of them."""

LINEAGE = "lineage"
"""Setting that differs in every file that was put back from a backup since it began to be written."""

PUT_BACK = "0"
"""The lineage of a backup: whatever its logs are, none of them goes on here."""

OWN = "own_logs"
"""Setting with the numbers of the logs that began in this file, in order."""


_PRESENT = "SELECT s.dev, d.id, (SELECT value FROM setting WHERE name = ?) FROM state s JOIN device d ON d.dev = s.dev"


class Place(NamedTuple):
    """A place in a log: the last change of an action, and the chain after it."""

    seq: int
    chain: bytes


def place_of(db: sqlite3.Connection, dev: int, seq: int) -> bytes | None:
    """The chain after the action of the log `dev` that ends at change `seq`; None if none ends there."""
    if seq == 0:
        return chain.START
    row = db.execute("SELECT chain FROM action WHERE dev = ? AND last = ?", (dev, seq)).fetchone()
    return None if row is None else bytes(row[0])


def end_of(db: sqlite3.Connection, dev: int) -> Place:
    """Where the log `dev` ends in this file; what raw SQL wrote after its last action does not count."""
    return Place(*journal.end(db, dev)[1:])


def own(db: sqlite3.Connection) -> list[int]:
    """The logs that began in this file under the present one's machine name, the present one included.

    A person's undo goes through all of them: a new log after a crash is no new person.
    """
    dev, name = db.execute("SELECT s.dev, d.name FROM state s JOIN device d ON d.dev = s.dev").fetchone()
    row = db.execute("SELECT value FROM setting WHERE name = ?", (OWN,)).fetchone()
    begun = {dev, *(json.loads(row[0]) if row else ())}
    return sorted(d for (d,) in db.execute("SELECT dev FROM device WHERE name IS ?", (name,)) if d in begun)


def take_over(db: sqlite3.Connection, old: int, new: int) -> None:
    """A part of the log `old` has become the log `new`: it stays the person's own, and neither goes on in this file."""
    (dev,) = db.execute("SELECT dev FROM state").fetchone()
    row = db.execute("SELECT value FROM setting WHERE name = ?", (OWN,)).fetchone()
    begun = {*(json.loads(row[0]) if row else []), dev}
    if old not in begun:
        return
    begun.add(new)
    if dev == old:
        (fresh,) = db.execute("SELECT max(dev) + 1 FROM device").fetchone()
        db.execute(
            "INSERT INTO device(dev, id, name, person, code, first_seen) SELECT ?, ?, name, person, ?, first_seen "
            "FROM device WHERE dev = ?",
            (fresh, secrets.token_hex(16), new_code(db), old),
        )
        db.execute("UPDATE state SET dev = ?", (fresh,))
        begun.add(fresh)
    db.execute("INSERT OR REPLACE INTO setting VALUES(?, ?)", (OWN, json.dumps(sorted(begun))))


def new_code(db: sqlite3.Connection) -> str:
    """Three signs that no known log has."""
    used = {code for (code,) in db.execute("SELECT code FROM device")}
    while True:
        code = "".join(secrets.choice(SIGNS) for _ in range(3))
        if code not in used:
            return code


def machine_name(db: sqlite3.Connection) -> str:
    """What this machine is called: the setting `machine`, else the name of the host."""
    row = db.execute("SELECT value FROM setting WHERE name = 'machine'").fetchone()
    return str(row[0]) if row and row[0] else socket.gethostname()


def identity(path: Path) -> File | None:
    """Which file stands at `path` just now."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return File(facts.st_dev, facts.st_ino)


def mark_put_back(db: sqlite3.Connection) -> None:
    """Make a copy of a file one in which none of its logs goes on."""
    db.execute("INSERT OR REPLACE INTO setting VALUES(?, ?)", (LINEAGE, PUT_BACK))


class Keeper:
    """Says for one open file which log is written, and notes it in the machine's memory.

    Args:
        memory: the JSON file of the memory; None keeps none, and the file's log is always continued.
        file: the file that is open, if that is certain.
    """

    def __init__(self, memory: Path | None, file: File | None) -> None:
        self._memory = None if memory is None else Memory(memory)
        self._file = file
        self._as: Opener | None = None
        self._lineage: str | None = None
        self._mine: dict[str, Place] = {}  # logs that this program may write, and how far it knows them
        self._noted: set[str] = set()  # logs at which this program stands in the memory
        self._spare: str | None = None  # id of a log that was begun and not written, for the next beginning
        self._begun: tuple[int, int, str | None] | None = None  # the log begun in this transaction; what was before

    @property
    def _opener(self) -> Opener:
        if self._as is None:
            self._as = open_here(secrets.token_hex(8), self)
        return self._as

    def create(self, db: sqlite3.Connection, at: int, person: str | None) -> None:
        """Make the first log of a new file; the memory knows it, so that the first action need not begin another."""
        log = secrets.token_hex(16)
        self._insert(db, 1, log, at, person)
        db.execute("INSERT OR REPLACE INTO state VALUES(1, 1, 0, NULL)")
        if self._memory is not None:
            try:
                with self._memory.turn(durable=True) as notes:
                    notes[log] = Note(0, chain.START.hex(), at=int(time.time()))
            except OSError:
                return  # the first action gives the empty log another id

    def enter(self, db: sqlite3.Connection, at: int, person: str | None) -> int:
        """The number of the log that this action writes; `state.dev` is it, and raw changes stand in it.

        To be called first in a transaction that may write own changes. Once the program has a log, this costs some
        microseconds and does not look into the memory.
        """
        self._begun = None
        row = db.execute(_PRESENT, (LINEAGE,)).fetchone()
        if row is None:
            raise sqlite3.DatabaseError("malformed: the log that this file writes is unknown")
        dev, log, lineage = row
        if self._memory is None and lineage != PUT_BACK:
            return int(dev)
        if lineage == self._lineage != PUT_BACK:
            known = self._mine.get(log)
            if known is not None and place_of(db, dev, known.seq) == known.chain:
                return int(dev)
        else:
            self._mine.clear()
            self._lineage = lineage
        return self._ask(db, dev, log, at, person)

    def own(self, db: sqlite3.Connection) -> str | None:
        """The id of the log that an action would go on with just now; None if it would begin one. Notes nothing."""
        dev, log, lineage = db.execute(_PRESENT, (LINEAGE,)).fetchone()
        if lineage == PUT_BACK:
            return None
        if self._memory is None:
            return str(log)
        if lineage != self._lineage:
            self._mine.clear()
            self._lineage = lineage
        if not self._memory.path.exists():
            return log if log in self._mine else None
        try:
            with self._memory.turn(durable=False) as notes:
                found = self._choose(db, dev, log, notes)
        except OSError:
            return log if log in self._mine else None
        return None if found is None or found[1] == self._spare else found[1]

    def written(self, db: sqlite3.Connection) -> None:
        """After a commit: keep how far the log goes."""
        if self._memory is None:
            return
        dev, log = db.execute("SELECT s.dev, d.id FROM state s JOIN device d ON d.dev = s.dev").fetchone()
        if log in self._mine:
            self._mine[log] = end_of(db, dev)
            if log == self._spare and self._mine[log].seq:
                self._spare = None

    def unwritten(self, db: sqlite3.Connection) -> None:
        """At the end of an action that wrote nothing: a log that was begun for it goes again."""
        if self._begun is None:
            return
        dev, before, lineage = self._begun
        if journal.end(db, dev)[0] == 0:
            db.execute("DELETE FROM device WHERE dev = ?", (dev,))
            db.execute("UPDATE state SET dev = ?", (before,))
            db.execute("UPDATE setting SET value = ? WHERE name = ?", (lineage, LINEAGE))
            self._lineage = lineage
            self._own(db, without=dev)

    def leave(self, db: sqlite3.Connection) -> None:
        """At the end of the run: note where the logs ended, unless another living program goes on with them."""
        if self._memory is None or not self._noted:
            return
        try:
            with self._memory.turn(durable=False) as notes:
                row = db.execute("SELECT value FROM setting WHERE name = ?", (LINEAGE,)).fetchone()
                same = (row[0] if row else None) == self._lineage
                for log in self._noted:
                    self._leave_one(db, notes, log, same)
        except (OSError, sqlite3.Error):
            return  # it stands there as open by a dead program: the next run begins a log
        self._noted.clear()
        self._mine.clear()

    def _leave_one(self, db: sqlite3.Connection, notes: Notes, log: str, same: bool) -> None:
        note, known = notes.get(log), self._mine.get(log)
        if note is None or self._opener not in note.openers:
            return
        dev = _dev_of(db, log)
        if not same or known is None or dev is None or not (_holds(db, dev, known) and _holds(db, dev, _place(note))):
            del notes[log]
            return
        note.openers = [one for one in note.openers if one != self._opener and living(one)]
        self._set(note, end_of(db, dev))

    def _ask(self, db: sqlite3.Connection, dev: int, log: str, at: int, person: str | None) -> int:
        """Ask the memory which log may be continued; begin one if none may."""
        begun: tuple[int, str] | None = None
        try:
            if self._memory is not None:
                with self._memory.turn(durable=True) as notes:
                    found = None if self._lineage == PUT_BACK else self._choose(db, dev, log, notes)
                    if found is None:
                        found = begun = self._begin(db, dev, at, person)
                    else:
                        _switch(db, dev, found[0])
                    self._note(notes, found[1], end_of(db, found[0]))
                self._noted.add(found[1])
                self._mine[found[1]] = end_of(db, found[0])
                return found[0]
        except OSError:
            pass  # what cannot be noted must not be continued, but by the program that began it
        ours = [(_dev_of(db, one), one) for one, place in self._mine.items() if self._stands(db, one, place)]
        new, log = begun or next(iter(ours), None) or self._begin(db, dev, at, person)
        assert new is not None
        _switch(db, dev, new)
        self._mine[log] = end_of(db, new)
        return new

    def _choose(self, db: sqlite3.Connection, dev: int, log: str, notes: Notes) -> tuple[int, str] | None:
        """A log that may be continued in this file: the present one, one of ours, the newest that ended here."""
        for lost in [one for one, place in self._mine.items() if not self._stands(db, one, place)]:
            # Written by us, and not in the file as we left it: the file was changed under us, or never took it.
            del self._mine[lost]
            if lost != self._spare:
                notes.pop(lost, None)
        note = notes.get(log)
        if note is not None and log != self._spare:
            others = [one for one in note.openers if one != self._opener and living(one)]
            here = self._file is not None and note.file == self._file
            if others and here and _holds(db, dev, _place(note)):
                return dev, log
        logs = db.execute("SELECT dev, id FROM device WHERE retired IS NULL ORDER BY dev = ? DESC, dev DESC", (dev,))
        known = logs.fetchall()
        for other, its in known:
            if its in self._mine:
                return other, its
        for other, its in known:
            note = notes.get(its)
            if note is not None and not note.openers and end_of(db, other) == _place(note):
                return other, its
        return None

    def _stands(self, db: sqlite3.Connection, log: str, place: Place) -> bool:
        dev = _dev_of(db, log)
        return dev is not None and _holds(db, dev, place)

    def _note(self, notes: Notes, log: str, end: Place) -> None:
        note = notes.setdefault(log, Note(0, chain.START.hex()))
        if self._opener in note.openers:
            return
        note.openers = [*(one for one in note.openers if living(one)), self._opener]
        note.file = self._file
        self._set(note, end)

    def _set(self, note: Note, end: Place) -> None:
        note.seq, note.chain, note.at = end.seq, end.chain.hex(), int(time.time())

    def _begin(self, db: sqlite3.Connection, before: int, at: int, person: str | None) -> tuple[int, str]:
        """Make a new log and let the file write it; an empty one only gets another id."""
        log = self._spare = self._spare or secrets.token_hex(16)
        lineage = self._lineage
        if journal.end(db, before)[0] == 0:
            db.execute("DELETE FROM device WHERE dev = ?", (before,))
            self._insert(db, before, log, at, person)
            dev = before
        else:
            dev = int(db.execute("SELECT max(dev) + 1 FROM device").fetchone()[0])
            self._insert(db, dev, log, at, person)
            _switch(db, before, dev)
            self._begun = (dev, before, lineage)
        if lineage == PUT_BACK:
            self._lineage = secrets.token_hex(8)
            db.execute("UPDATE setting SET value = ? WHERE name = ?", (self._lineage, LINEAGE))
        return dev, log

    def _insert(self, db: sqlite3.Connection, dev: int, log: str, at: int, person: str | None) -> None:
        db.execute(
            "INSERT INTO device(dev, id, name, person, code, first_seen) VALUES(?, ?, ?, ?, ?, ?)",
            (dev, log, machine_name(db), person, new_code(db), at),
        )
        self._own(db, dev)

    def _own(self, db: sqlite3.Connection, dev: int | None = None, without: int | None = None) -> None:
        row = db.execute("SELECT value FROM setting WHERE name = ?", (OWN,)).fetchone()
        begun = {*(json.loads(row[0]) if row else [])} - {without} | ({dev} if dev else set())
        db.execute("INSERT OR REPLACE INTO setting VALUES(?, ?)", (OWN, json.dumps(sorted(begun))))


def _dev_of(db: sqlite3.Connection, log: str) -> int | None:
    row = db.execute("SELECT dev FROM device WHERE id = ?", (log,)).fetchone()
    return None if row is None else int(row[0])


def _place(note: Note) -> Place:
    return Place(note.seq, bytes.fromhex(note.chain))


def _holds(db: sqlite3.Connection, dev: int, place: Place) -> bool:
    return place_of(db, dev, place.seq) == place.chain


def _switch(db: sqlite3.Connection, before: int, dev: int) -> None:
    """Let the file write another log; what raw SQL wrote since the last action goes over into it."""
    if dev == before:
        return
    end = journal.end(db, before)[1]
    if journal.last_change(db, before) > end:
        shift = journal.last_change(db, dev) - end
        for table in ("change", "head"):
            db.execute(
                f"UPDATE {table} SET dev = ?, seq = seq + ? WHERE dev = ? AND seq > ?", (dev, shift, before, end)
            )
    db.execute("UPDATE state SET dev = ?", (dev,))
