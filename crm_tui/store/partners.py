"""Logs from outside of the company: what of them takes effect, and what their authors had seen.

Such a log began with a share: its first change has seen the share's log, of which this file knows only the end. What
its author had seen of the company is what the share showed, field by field. Changes of anything else are set aside:
they stay in the log and have no effect, on all machines alike, for all of it follows from that log, the share's row,
and the state that the share was taken from.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cached_property

from crm_tui.errors import Refused
from crm_tui.store import shown
from crm_tui.store.catalogue import Catalogue
from crm_tui.store.shown import PEOPLE, Shown
from crm_tui.words import t

HELD = "share"
"""Setting of a file that was made from shares: the ids of their logs, which never leave it."""

_Key = frozenset[int]
_Change = tuple[int, int, str, str, str | None, object]
"""seq, number of the row, its id, noun, field, value."""


def held(db: sqlite3.Connection) -> list[str]:
    """The shares that this file was made from; none in a file of the company."""
    row = db.execute("SELECT value FROM main.setting WHERE name = ?", (HELD,)).fetchone()
    return list(json.loads(row[0])) if row else []


def admit(db: sqlite3.Connection, *, outside: bool) -> None:
    """Refuse what comes from outside of the company and is not the return of a share.

    Args:
        db: the writer with a filled stage.
        outside: whether the sender is known to be outside.
    """
    if not outside:
        return
    allowed = shown.who_has_seen(db, set(shown.outside(db)))
    for log, name in db.execute("SELECT log, name FROM stage.slice").fetchall():
        if log not in allowed:
            raise Refused(
                t("what {name} brings is not the return of a share of this company; nothing was changed", name=name)
            )


def limit(db: sqlite3.Connection) -> None:
    """Set aside what logs from outside may not do, and note what their authors had seen; after they were appended."""
    shares = shown.outside(db)
    if not shares:
        return
    strangers = shown.who_has_seen(db, set(shares))
    new = {
        dev: have
        for log, dev, have in db.execute("SELECT log, dev, have FROM stage.slice WHERE end_seq > have").fetchall()
        if log in strangers
    }
    if new:
        one = _Limit(db, new, {dev: share for share, dev in shares.items()})
        _set_aside(db, one.forbidden())
        one.note_seen()
    if db.execute("SELECT 1 FROM main.aside LIMIT 1").fetchone():
        _forget_rows(db)


def is_outside(db: sqlite3.Connection, key: bytes) -> bool:
    """Whether a machine, by its public key, writes nothing here but returns of shares."""
    rows = db.execute(
        "SELECT EXISTS(SELECT 1 FROM seen e JOIN device o ON o.dev = e.of JOIN shares s ON s.id = o.id "
        "WHERE e.dev = d.dev AND e.seq = 1 AND NOT e.derived) FROM device d JOIN have h ON h.dev = d.dev "
        "WHERE d.sign_key = ?",
        (key,),
    ).fetchall()
    return bool(rows) and all(outside for (outside,) in rows)


def note_known(db: sqlite3.Connection, log: str, knew: Mapping[str, int], at: int) -> None:
    """In a file made from shares: how far a newer share's author knew the logs that are written here."""
    (dev,) = db.execute("SELECT dev FROM main.device WHERE id = ?", (log,)).fetchone()
    for of, upto in knew.items():
        db.execute("INSERT OR IGNORE INTO main.device(id, first_seen) VALUES(?, ?)", (of, at))
        db.execute(
            "INSERT OR REPLACE INTO main.seen(dev, seq, of, upto, hash, derived) "
            "SELECT ?, 1, dev, ?, x'', 1 FROM main.device WHERE id = ?",
            (dev, upto, of),
        )


def removed(db: sqlite3.Connection, catalogue: Catalogue) -> list[tuple[int, str]]:
    """Shown rows (number, field that says so) that somebody outside removed and nobody wrote on since."""
    found = []
    for n, noun, row, field in db.execute(
        "SELECT DISTINCT r.n, r.noun, a.row, a.field FROM aside a JOIN row r ON r.id = a.row "
        "WHERE a.field IN (SELECT value FROM json_each(?)) AND a.value IS NOT NULL "
        "AND NOT EXISTS(SELECT 1 FROM aside b WHERE b.row = a.row AND b.dev = a.dev AND b.field = a.field "
        "AND b.seq > a.seq) AND NOT EXISTS(SELECT 1 FROM change c JOIN seen e ON e.dev = c.dev AND e.of = a.dev "
        "AND e.seq <= c.seq AND e.upto >= a.seq WHERE c.row = r.n) ORDER BY r.n",
        (json.dumps(sorted(shown.NEVER)),),
    ).fetchall():
        table = catalogue.by_number.get(noun)
        if table and db.execute(f"SELECT 1 FROM {table.name} WHERE id = ? AND live", (row,)).fetchone():
            found.append((n, field))
    return found


def _set_aside(db: sqlite3.Connection, forbidden: list[tuple[int, int]]) -> None:
    if not forbidden:
        return
    db.execute("CREATE TABLE stage.void(dev INTEGER, seq INTEGER, PRIMARY KEY(dev, seq)) WITHOUT ROWID")
    db.executemany("INSERT INTO stage.void VALUES(?,?)", forbidden)
    db.execute(
        "INSERT INTO main.aside SELECT c.dev, c.seq, c.at, o.name, r.id, f.name, c.value FROM stage.void v "
        "CROSS JOIN main.change c ON c.dev = v.dev AND c.seq = v.seq CROSS JOIN main.row r ON r.n = c.row "
        "CROSS JOIN main.noun o ON o.k = r.noun LEFT JOIN main.field f ON f.k = c.field"
    )
    db.execute("DELETE FROM main.change WHERE (dev, seq) IN (SELECT dev, seq FROM stage.void)")
    db.execute(
        "DELETE FROM stage.ins AS i WHERE ((SELECT s.dev FROM stage.slice s WHERE s.k = i.slice), i.seq) IN "
        "(SELECT dev, seq FROM stage.void)"
    )


def _forget_rows(db: sqlite3.Connection) -> None:
    """Rows of which the merge brings nothing but what was set aside, now or before."""
    db.execute(
        "DELETE FROM main.row WHERE n IN (SELECT n FROM stage.rows WHERE fresh) "
        "AND NOT EXISTS(SELECT 1 FROM main.change c WHERE c.row = row.n)"
    )
    db.execute("DELETE FROM stage.rows WHERE fresh AND n NOT IN (SELECT n FROM main.row)")


class _View:
    """What the author of one log from outside had seen, as he wrote it."""

    def __init__(self, db: sqlite3.Connection, dev: int, shares: dict[int, str]) -> None:
        self.marks: dict[int, list[tuple[int, int]]] = {}
        self._when: list[int] = []
        self._which: list[_Key] = []
        some: set[int] = set()
        for seq, of, upto in db.execute(
            "SELECT seq, of, upto FROM main.seen WHERE dev = ? AND NOT derived ORDER BY seq", (dev,)
        ):
            if of in shares:
                some.add(of)
                self._when.append(seq)
                self._which.append(frozenset(some))
            else:
                self.marks.setdefault(of, []).append((seq, upto))

    def shares(self, seq: int) -> _Key:
        """The shares that were seen at a change."""
        place = bisect_right(self._when, seq)
        return self._which[place - 1] if place else frozenset()

    def upto(self, seq: int, of: int) -> int:
        """How much of another log was seen itself."""
        found = self.marks.get(of, [])
        place = bisect_right(found, seq, key=lambda entry: entry[0])
        return found[place - 1][1] if place else 0


class _Limit:
    """The logs from outside of one merge, whose changes stand in the journal already."""

    def __init__(self, db: sqlite3.Connection, new: dict[int, int], shares: dict[int, str]) -> None:
        self.db = db
        self.new = new
        self._ids = shares
        self._shown: dict[int, Shown] = {}
        self._parts: dict[_Key, dict[int, int]] = {}
        self._views: dict[int, _View] = {}
        self._made: dict[int, list[tuple[int, int]]] = {}
        self._devs: dict[str, int] = dict(db.execute("SELECT id, dev FROM main.device"))

    @cached_property
    def outside(self) -> set[int]:
        """All logs from outside that this file has."""
        marks = ",".join(map(str, self._ids))
        query = f"SELECT DISTINCT dev FROM main.seen WHERE seq = 1 AND NOT derived AND of IN ({marks})"
        return {dev for (dev,) in self.db.execute(query)}

    def shown(self, dev: int) -> Shown:
        """A share by the number of its log."""
        if dev not in self._shown:
            share = self._ids[dev]
            rows = self.db.execute(
                "SELECT c.dev, c.value FROM main.row r JOIN main.change c ON c.row = r.n "
                "WHERE r.id = ? AND c.field IS NULL ORDER BY c.dev",
                (share,),
            ).fetchall()
            self._shown[dev] = shown.read(next(value for by, value in rows if by not in self.outside), share)
        return self._shown[dev]

    def view(self, dev: int) -> _View:
        """What the author of a log had seen."""
        if dev not in self._views:
            self._views[dev] = _View(self.db, dev, self._ids)
        return self._views[dev]

    def part(self, key: _Key) -> dict[int, int]:
        """How much of the company's logs some shares showed together."""
        if key not in self._parts:
            found: dict[int, int] = {}
            for share in key:
                for log, upto in self.shown(share).vector.items():
                    if log in self._devs:
                        found[self._devs[log]] = max(upto, found.get(self._devs[log], 0))
            self._parts[key] = found
        return self._parts[key]

    def changes(self, dev: int) -> Iterator[_Change]:
        """The new changes of a log, in order."""
        return self.db.execute(
            "SELECT c.seq, r.n, r.id, o.name, f.name, c.value FROM main.change c CROSS JOIN main.row r ON r.n = c.row "
            "CROSS JOIN main.noun o ON o.k = r.noun LEFT JOIN main.field f ON f.k = c.field "
            "WHERE c.dev = ? AND c.seq > ? ORDER BY c.seq",
            (dev, self.new[dev]),
        )

    # what takes effect

    def forbidden(self) -> list[tuple[int, int]]:
        """The (log, number) of changes that take no effect."""
        return [
            (dev, change[0]) for dev in sorted(self.new) for change in self.changes(dev) if not self._may(dev, change)
        ]

    def _may(self, dev: int, change: _Change) -> bool:
        seq, n, row, noun, field, value = change
        if field is None:
            return (dev, seq) in self._made_of(n)
        own = self._own(dev, seq, n)
        if not own and not any(self.shown(share).shows(noun, row, field) for share in self.view(dev).shares(seq)):
            return False
        return field != self._nouns(dev, seq).get(noun) or self._may_hold(dev, seq, value)

    def _nouns(self, dev: int, seq: int) -> dict[str, str]:
        return {noun: link for share in self.view(dev).shares(seq) for noun, link in self.shown(share).nouns.items()}

    def _may_hold(self, dev: int, seq: int, target: object) -> bool:
        """Whether something may hang on this row: one that was shown, or one of those from outside."""
        if any(self.shown(share).holds(target) for share in self.view(dev).shares(seq)):
            return True
        found = self.db.execute("SELECT n FROM main.row WHERE id = ?", (target,)).fetchone()
        return found is not None and self._own(dev, seq, found[0])

    def _own(self, dev: int, seq: int, n: int) -> bool:
        """Whether a row was made outside, and the author of a change knew that."""
        view = self.view(dev)
        return any(at < seq if by == dev else at <= view.upto(seq, by) for by, at in self._made_of(n))

    def _made_of(self, n: int) -> list[tuple[int, int]]:
        """The inserts of a row that were made outside and take effect."""
        if n not in self._made:
            self._made[n] = []  # what hangs on itself hangs on nothing
            rows = self.db.execute(
                "SELECT c.dev, c.seq, o.name, c.value FROM main.change c JOIN main.row r ON r.n = c.row "
                "JOIN main.noun o ON o.k = r.noun WHERE c.row = ? AND c.field IS NULL",
                (n,),
            ).fetchall()
            self._made[n] = [
                (by, at)
                for by, at, noun, value in rows
                if by in self.outside and (at <= self.new.get(by, at) or self._may_make(by, at, n, noun, value))
            ]
        return self._made[n]

    def _may_make(self, dev: int, seq: int, n: int, noun: str, value: str) -> bool:
        nouns = self._nouns(dev, seq)
        if noun not in nouns and noun != PEOPLE:
            return False
        part = self.part(self.view(dev).shares(seq))
        inserts = self.db.execute("SELECT dev, seq FROM main.change WHERE row = ? AND field IS NULL", (n,)).fetchall()
        if any(by != dev and at <= part.get(by, 0) for by, at in inserts):
            return False  # the company had that row already
        link = nouns.get(noun)
        return not link or self._may_hold(dev, seq, json.loads(value).get(link))

    # what was seen

    def note_seen(self) -> None:
        """Write for each log how much of the others its author had seen through shares, where that changes."""
        for dev in sorted(self.new):
            self._note_seen(dev)

    def _note_seen(self, dev: int) -> None:
        view, known = self.view(dev), self._last_known(dev)
        marks = sorted(
            (seq, of, upto) for of, entries in view.marks.items() for seq, upto in entries if seq > self.new[dev]
        )
        key: _Key | None = None
        found = []
        for change in self.changes(dev):
            seq = change[0]
            wanted = self._wanted(dev, change)
            if wanted == key and not (marks and marks[0][0] <= seq):
                continue
            key = wanted
            while marks and marks[0][0] <= seq:
                _, of, known[of] = marks.pop(0)
            part = self.part(wanted)
            for of in self.part(view.shares(seq)):
                upto = max(part.get(of, 0), view.upto(seq, of))
                if of != dev and upto != known.get(of, 0):
                    found.append((dev, seq, of, upto))
                    known[of] = upto
        self.db.executemany("INSERT INTO main.seen(dev, seq, of, upto, hash, derived) VALUES(?,?,?,?,x'',1)", found)

    def _last_known(self, dev: int) -> dict[int, int]:
        """What a look-up says at the last change that was here before."""
        rows = self.db.execute(
            "SELECT of, upto FROM main.seen WHERE dev = ? AND seq <= ? ORDER BY seq, upto", (dev, self.new[dev])
        )
        return dict(rows.fetchall())

    def _wanted(self, dev: int, change: _Change) -> _Key:
        """The shares that a change is measured by: those that showed this field, or all where that is the same."""
        seq, n, row, noun, field, _ = change
        every = self.view(dev).shares(seq)
        if field is None or len(every) == 0:
            return every
        if self._own(dev, seq, n):
            some = frozenset(share for share in every if self.shown(share).holds(row))
        else:
            some = frozenset(share for share in every if self.shown(share).shows(noun, row, field))
        return some if some != every and self._differ(dev, seq, n, some, every) else every

    def _differ(self, dev: int, seq: int, n: int, some: _Key, every: _Key) -> bool:
        """Whether others wrote on a row what all shares together cover, and these do not."""
        less, more, view = self.part(some), self.part(every), self.view(dev)
        return any(
            by != dev and max(less.get(by, 0), view.upto(seq, by)) < at <= max(more.get(by, 0), view.upto(seq, by))
            for by, at in self.db.execute("SELECT dev, seq FROM main.change WHERE row = ?", (n,))
        )
