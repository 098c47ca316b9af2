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
    rows = crm.store.reader().execute("SELECT id, at, sender, counts FROM import ORDER BY id DESC LIMIT ?", (limit,))
    names = [name for name in Received.__dataclass_fields__ if name not in ("id", "at", "sender")]
    found = []
    for number, at, sender, counts in rows:
        told = json.loads(counts)
        when = datetime.fromtimestamp(at / 1000, UTC)
        found.append(Received(number, when, sender or "", *(int(told.get(name, 0)) for name in names)))
    return found


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
