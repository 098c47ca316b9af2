"""Actions: what a person did in one go, the fields that it wrote, and the end of the log after it."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass

from crm_tui.store import chain
from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.store.triggers import current


@dataclass(frozen=True)
class Action:
    """One entry of the history.

    Attributes:
        id: number in this file, which people use.
        first: number of its first change in its log; `last` of its last.
        at: wall clock in milliseconds since 1970.
        kind: edit, bulk, import, merge, choice, raw, upkeep (done by the file itself), undo or redo.
        verb: English title with {placeholders}; `params` fills them.
        undoes: the action that this one takes back.
    """

    id: int
    dev: int
    first: int
    last: int
    at: int
    person: str | None
    kind: str
    verb: str
    params: dict[str, object]
    undoes: int | None


_COLUMNS = "id, dev, first, last, at, person, kind, verb, params, undoes"


def read_action(db: sqlite3.Connection, where: str, params: tuple[object, ...]) -> Action | None:
    """The first action that `where` finds."""
    row = db.execute(f"SELECT {_COLUMNS} FROM action WHERE {where} LIMIT 1", params).fetchone()
    if row is None:
        return None
    values = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Action(**{**values, "params": json.loads(values["params"])})


def action_of(db: sqlite3.Connection, dev: int, seq: int) -> Action | None:
    """The action that holds a change; None for one that raw SQL wrote just now."""
    return read_action(db, "dev = ? AND last >= ? ORDER BY last", (dev, seq))


def end(db: sqlite3.Connection, dev: int) -> tuple[int, int, bytes]:
    """Of a log: the number of its last action, of the last change in it, and the chain there."""
    row = db.execute("SELECT n, last, chain FROM action WHERE dev = ? ORDER BY n DESC LIMIT 1", (dev,)).fetchone()
    return row if row else (0, 0, chain.START)


def last_change(db: sqlite3.Connection, dev: int) -> int:
    """The number of the last change of a log."""
    (seq,) = db.execute("SELECT max(seq) FROM change WHERE dev = ?", (dev,)).fetchone()
    return seq or 0


def conflicts(db: sqlite3.Connection) -> int:
    """The number of fields in conflict."""
    return int(db.execute("SELECT count(*) FROM conflict").fetchone()[0])


def close_action(
    db: sqlite3.Connection,
    dev: int,
    *,
    at: int,
    person: str | None,
    kind: str,
    verb: str,
    params: str,
    undoes: int | None,
) -> int | None:
    """Bind all changes since the last action into a new one.

    Returns:
        The action's id, or None if there was nothing to bind.
    """
    n, before, place = end(db, dev)
    last = last_change(db, dev)
    if last == before:
        return None
    _note_seen(db, dev, before + 1)
    salt = secrets.token_bytes(16)
    facts = header(db, dev, before + 1, [n + 1, at, person, kind, verb, params, portable(db, undoes)])
    after = chain.link(place, facts, salt, chain.changes_of(db, dev, before + 1, last))
    cursor = db.execute(
        "INSERT INTO action(dev, n, first, last, at, person, kind, verb, params, undoes, salt, chain) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
        (dev, n + 1, before + 1, last, at, person, kind, verb, params, undoes, salt, after),
    )
    db.execute("INSERT INTO have VALUES(?,?) ON CONFLICT(dev) DO UPDATE SET upto = excluded.upto", (dev, last))
    return cursor.lastrowid


def _note_seen(db: sqlite3.Connection, dev: int, seq: int) -> None:
    """Note how much of the other logs is here: from its change `seq` on, this log's author has seen it."""
    db.execute(
        "INSERT INTO seen(dev, seq, of, upto, hash) SELECT ?1, ?2, h.dev, h.upto, substr(a.chain, 1, 8) FROM have h "
        "JOIN action a ON a.dev = h.dev AND a.last = h.upto WHERE h.dev <> ?1 "
        "AND h.upto > coalesce((SELECT max(upto) FROM seen s WHERE s.dev = ?1 AND s.of = h.dev), 0)",
        (dev, seq),
    )


def header(db: sqlite3.Connection, dev: int, first: int, facts: list[object]) -> bytes:
    """An action's own facts in canonical bytes; what it had seen more than before stands at their end."""
    seen = db.execute(
        "SELECT d.id, s.upto, lower(hex(s.hash)) FROM seen s JOIN device d ON d.dev = s.of "
        "WHERE s.dev = ? AND s.seq = ? AND NOT s.derived ORDER BY d.id",
        (dev, first),
    ).fetchall()
    return json.dumps([*facts, [list(one) for one in seen]] if seen else facts, ensure_ascii=False).encode()


def portable(db: sqlite3.Connection, action: int | None) -> list[object] | None:
    """An action as other machines know it: log and number."""
    if action is None:
        return None
    row = db.execute(
        "SELECT d.id, a.n FROM action a JOIN device d ON d.dev = a.dev WHERE a.id = ?", (action,)
    ).fetchone()
    return list(row)


def wrap_raw(db: sqlite3.Connection, dev: int) -> None:
    """Bind what raw SQL wrote outside of any action into one that says so."""
    before = end(db, dev)[1]
    row = db.execute("SELECT max(at) FROM change WHERE dev = ? AND seq > ?", (dev, before)).fetchone()
    if row[0] is not None:
        close_action(db, dev, at=row[0], person=None, kind="raw", verb="Changed outside", params="{}", undoes=None)


def verify(db: sqlite3.Connection) -> list[str]:
    """The ids of logs whose chain does not fit their changes, as "log at action n"."""
    broken = []
    for dev, log in db.execute("SELECT dev, id FROM device").fetchall():
        place = chain.START
        rows = db.execute(
            "SELECT n, first, last, at, person, kind, verb, params, undoes, salt, chain FROM action "
            "WHERE dev = ? ORDER BY n",
            (dev,),
        ).fetchall()
        for n, first, last, at, person, kind, verb, params, undoes, salt, stored in rows:
            facts = header(db, dev, first, [n, at, person, kind, verb, params, portable(db, undoes)])
            place = chain.link(place, facts, salt, chain.changes_of(db, dev, first, last))
            if place != stored:
                broken.append(f"{log} at action {n}")
                break
    return broken


PENDING = "CREATE TEMP TABLE IF NOT EXISTS pending(row INTEGER, field INTEGER, value, old, PRIMARY KEY(row, field))"
"""Fields to be written by `write_pending`: a row's number, a unit's number, its value."""


def write_pending(db: sqlite3.Connection, catalogue: Catalogue, dev: int, at: int) -> int:
    """Write all fields of `temp.pending` into tables, log and heads, also where the value stays equal.

    Returns:
        How many fields were written.
    """
    db.execute("UPDATE state SET quiet = 1")
    units = db.execute("SELECT DISTINCT field FROM temp.pending").fetchall()
    for (k,) in units:
        _write_unit(db, catalogue, k)
    last = last_change(db, dev)
    count = db.execute(
        "INSERT INTO change SELECT ?, ? + row_number() OVER (ORDER BY rowid), ?, row, field, value, old "
        "FROM temp.pending",
        (dev, last, at),
    ).rowcount
    db.execute("DELETE FROM head WHERE (row, field) IN (SELECT row, field FROM temp.pending)")
    db.execute("DELETE FROM conflict WHERE (row, field) IN (SELECT row, field FROM temp.pending)")
    db.execute(
        "DELETE FROM issue WHERE kind = 'disputed' AND row IN (SELECT p.row FROM temp.pending p "
        "CROSS JOIN field f ON f.k = p.field WHERE f.name = 'deleted')"
    )
    db.execute("INSERT INTO head SELECT row, field, dev, seq, at FROM change WHERE dev = ? AND seq > ?", (dev, last))
    db.execute(
        "INSERT INTO dirty(row) SELECT DISTINCT row FROM temp.pending WHERE true "
        "ON CONFLICT(row) DO UPDATE SET what = 0"
    )
    db.execute("DELETE FROM temp.pending")
    db.execute("UPDATE state SET quiet = 0")
    return count


def _write_unit(db: sqlite3.Connection, catalogue: Catalogue, k: int) -> None:
    noun, field = _unit(db, catalogue, k)
    table = noun.name
    if field.kind == "extra":
        path = '$."' + field.name.removeprefix("extra.") + '"'
        read = f"json_extract(t.extra, '{_quoted(path)}')"
        write = (
            f"extra = CASE WHEN p.value IS NULL THEN json_remove(coalesce({table}.extra, '{{}}'), '{_quoted(path)}') "
            f"ELSE json_set(coalesce({table}.extra, '{{}}'), '{_quoted(path)}', p.value) END"
        )
    elif field.kind == "group":
        read = current(field, noun, "t")
        write = ", ".join(f"{m} = json_extract(p.value, '$[{i}]')" for i, m in enumerate(noun.members(field.name)))
    else:
        read = f"t.{field.name}"
        write = f"{field.name} = p.value" + (", live = p.value IS NULL" if field.name == "deleted" else "")
    db.execute(
        f"UPDATE temp.pending SET old = (SELECT {read} FROM row r JOIN {table} t ON t.id = r.id "
        "WHERE r.n = pending.row) WHERE field = ?",
        (k,),
    )
    db.execute(
        f"UPDATE {table} SET {write} FROM temp.pending p JOIN row r ON r.n = p.row "
        f"WHERE {table}.id = r.id AND p.field = ?",
        (k,),
    )


def _unit(db: sqlite3.Connection, catalogue: Catalogue, k: int) -> tuple[NounIn, Field]:
    field = catalogue.field_by_number.get(k)
    if field is None:  # a custom field that came up after the catalogue was read
        noun, name = db.execute("SELECT noun, name FROM field WHERE k = ?", (k,)).fetchone()
        owner = catalogue.by_number[noun]
        return owner, Field(k, owner.name, name, None, None, "extra", None, None, False, None, False)
    return catalogue[field.noun], field


def _quoted(text: str) -> str:
    return text.replace("'", "''")
