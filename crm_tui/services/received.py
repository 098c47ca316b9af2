"""What came from other machines: one line an import, and the records that each of them touched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.hidden import DELETED
from crm_tui.store import logs

if TYPE_CHECKING:
    import sqlite3

    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Received:
    """One bundle that was taken in; changes = new + known, rows = created + updated + trashed + untouched.

    Attributes:
        id: its number in this file.
        at: when it was taken in (aware UTC).
        sender: the machine that wrote the file.
        conflicts: what came to wait for a choice with it.
        first, last: numbers of its first and last action in the history; 0 where that is not known any more.
        undone: how many of its actions are taken back now.
    """

    id: int
    at: datetime
    sender: str
    changes: int
    new: int
    known: int
    rows: int
    created: int
    updated: int
    trashed: int
    untouched: int
    conflicts: int
    first: int = 0
    last: int = 0
    undone: int = 0

    @property
    def actions(self) -> int:
        """How many actions it brought."""
        return self.last - self.first + 1 if self.last else 0


_COUNTS = ("changes", "new", "known", "rows", "created", "updated", "trashed", "untouched", "conflicts")
_STANDS = "u.kind = 'undo' AND NOT EXISTS(SELECT 1 FROM action r WHERE r.undoes = u.id)"


@dataclass(frozen=True)
class Reached:
    """A record that an import touched.

    Attributes:
        noun: of the record; `row` its id, `title` what people call it, `customer` the id of its customer.
        created: whether it came with this import.
        trashed: whether its place in the trash changed.
        fields: names of the fields that came for it, none of a new record.
    """

    noun: str
    row: str
    title: str
    customer: str | None
    created: bool
    trashed: bool
    fields: tuple[str, ...]


def received(crm: Crm, limit: int = 200) -> list[Received]:
    """What was taken in, newest first, at most `limit`."""
    db = crm.store.reader()
    rows = db.execute("SELECT id, at, sender, counts FROM import ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    return [_received(db, *row) for row in rows]


def import_of(crm: Crm, action: int) -> Received | None:
    """The import that brought an action of the history; None for one that was done here, or if it is not known."""
    db = crm.store.reader()
    row = db.execute(
        "SELECT id, at, sender, counts FROM import WHERE json_extract(counts, '$.actions[0]') <= ?1 "
        "AND json_extract(counts, '$.actions[1]') >= ?1 AND json_extract(counts, '$.new') > 0",
        (action,),
    ).fetchone()
    return _received(db, *row) if row is not None else None


def _received(db: sqlite3.Connection, number: int, at: int, sender: str | None, counts: str) -> Received:
    told = json.loads(counts)
    first, last = told.get("actions") or (0, 0)
    if not told.get("new"):
        first = last = 0
    (undone,) = db.execute(
        f"SELECT count(*) FROM action u WHERE u.undoes BETWEEN ? AND ? AND {_STANDS}", (first, last)
    ).fetchone()
    when = datetime.fromtimestamp(at / 1000, UTC)
    counted = {name: int(told.get(name, 0)) for name in _COUNTS}
    return Received(number, when, sender or "", **counted, first=first, last=last, undone=undone)


def reached(crm: Crm, number: int, limit: int = 500) -> list[Reached]:
    """The records that an import touched, at most `limit`; none where the file cannot tell any more.

    Imports append whole actions, so each of them is the next so many changes of other machines' actions.
    """
    db = crm.store.reader()
    own = ",".join(map(str, logs.own(db)))
    new = "coalesce(json_extract(counts, '$.new'), 0)"
    (all_new, before, upto) = db.execute(
        f"SELECT total({new}), total({new}) FILTER (WHERE id < ?1), total({new}) FILTER (WHERE id <= ?1) FROM import",
        (number,),
    ).fetchone()
    (came,) = db.execute(f"SELECT total(last - first + 1) FROM action WHERE dev NOT IN ({own})").fetchone()
    if came != all_new:
        return []
    rows = db.execute(
        "WITH came AS (SELECT dev, first, last, sum(last - first + 1) OVER (ORDER BY id) AS upto FROM action "
        f"WHERE dev NOT IN ({own})) "
        "SELECT n.name, r.id, max(c.field IS NULL), max(coalesce(f.name, '') = ?3), group_concat(DISTINCT f.name) "
        "FROM came a CROSS JOIN change c ON c.dev = a.dev AND c.seq BETWEEN a.first AND a.last "
        "CROSS JOIN row r ON r.n = c.row CROSS JOIN noun n ON n.k = r.noun LEFT JOIN field f ON f.k = c.field "
        "WHERE a.upto > ?1 AND a.upto <= ?2 GROUP BY r.n ORDER BY min(a.upto), r.n LIMIT ?4",
        (before, upto, DELETED, limit),
    ).fetchall()
    return [_reached(db, *row) for row in rows]


def _reached(db: sqlite3.Connection, noun: str, row: str, created: int, trashed: int, fields: str | None) -> Reached:
    title, customer = called(db, noun, row)
    names = () if created else tuple(sorted(set((fields or "").split(",")) - {"", DELETED}))
    return Reached(noun, row, title, customer, bool(created), bool(trashed), names)


def called(db: sqlite3.Connection, noun: str, row: str) -> tuple[str, str | None]:
    """What a record is called, and the id of its customer, if it has one."""
    known = NOUNS.get(noun)
    if known is None:
        return row, None
    owner = "customer" if "customer" in known.fields else "NULL"
    found = db.execute(f"SELECT {known.title or 'id'}, {owner} FROM {noun} WHERE id = ?", (row,)).fetchone()
    if found is None:
        return row, None
    title = str(found[0] or row)
    if noun == "customers":
        return title, row
    name = db.execute("SELECT name FROM customers WHERE id = ?", (found[1],)).fetchone() if found[1] else None
    return (f"{name[0]} · {title}" if name and name[0] else title), found[1]
