"""Compares what is kept of the log (tables, heads, conflicts, what is hidden) with the log itself, made anew."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from crm_tui.rules.hidden import hidden
from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.store.heads import StoredHistory, shape_of, units
from crm_tui.words import t

TRASH = 2_000
"""How many rows of the trash are looked at, of each noun."""

_TWICE = "SELECT row FROM change WHERE field IS NULL GROUP BY row HAVING count(*) > 1"


def values(db: sqlite3.Connection, catalogue: Catalogue) -> Iterator[str]:
    """Rows of the tables that are not the fold of their changes, as sentences."""
    history = StoredHistory(db, catalogue)
    twice = {n for (n,) in db.execute(_TWICE)}
    for noun in catalogue.nouns.values():
        columns = [name for name in noun.kept if name != "id"]
        rows = db.execute(
            f"SELECT t.id, r.n, i.value, {', '.join('t.' + name for name in columns)} FROM {noun.name} t "
            f"LEFT JOIN row r ON r.id = t.id LEFT JOIN change i ON i.row = r.n AND i.field IS NULL GROUP BY t.id"
        )
        for row, n, inserted, *found in rows:
            if n is None or inserted is None:
                yield t("{noun} {id} is in no log", noun=noun.name, id=row)
                continue
            told = _by_rules(history, noun, row) if n in twice else fold(db, noun, catalogue, n, inserted)
            for name, value in zip(columns, found, strict=True):
                same = _extra(value) == _extra(told.get(name)) if name == "extra" else value == told.get(name)
                if not same:
                    yield t("{noun} {id}: {field} is not what the log says", noun=noun.name, id=row, field=name)
        lost = db.execute(
            f"SELECT r.id FROM row r WHERE r.noun = ? AND NOT EXISTS(SELECT 1 FROM {noun.name} t WHERE t.id = r.id) "
            "AND EXISTS(SELECT 1 FROM change c WHERE c.row = r.n AND c.field IS NULL)",
            (noun.k,),
        )
        for (row,) in lost:
            yield t("{noun} {id} stands in a log, but not in its table", noun=noun.name, id=row)


def fold(db: sqlite3.Connection, noun: NounIn, catalogue: Catalogue, n: int, inserted: str) -> dict[str, object]:
    """The values of a row that was inserted once: the insert, then the winning head of each field."""
    told: dict[str, object] = json.loads(inserted)
    heads = db.execute(
        "SELECT h.field, c.value FROM head h JOIN change c ON c.dev = h.dev AND c.seq = h.seq "
        "JOIN device d ON d.dev = h.dev WHERE h.row = ? AND c.field IS NOT NULL ORDER BY h.at, d.id, h.seq",
        (n,),
    ).fetchall()
    for k, value in heads:
        field = catalogue.field_by_number.get(k)
        name = field.name if field is not None else _name(db, k)
        _put(told, noun, field, name, value)
    return told


def _by_rules(history: StoredHistory, noun: NounIn, row: str) -> dict[str, object]:
    """The same for a row that several machines inserted."""
    named = {name for change in history.changes(row) if isinstance(change.value, dict) for name in change.value}
    told: dict[str, object] = {}
    for name in sorted({*named, *history.fields(row), *(unit.name for unit in noun.units)}):
        _put(told, noun, noun.fields.get(name), name, history.value(row, name))
    return told


def _put(told: dict[str, object], noun: NounIn, field: Field | None, name: str, value: object) -> None:
    if name.startswith("extra."):
        extra = json.loads(str(told.get("extra") or "{}")) | {name.removeprefix("extra."): value}
        told["extra"] = json.dumps({key: v for key, v in extra.items() if v is not None}, ensure_ascii=False)
    elif field is not None and field.kind == "group":
        members = noun.members(name)
        told.update(zip(members, [*json.loads(str(value or "[]")), *[None] * len(members)], strict=False))
    elif field is not None:
        told[name] = value


def _name(db: sqlite3.Connection, k: int) -> str:
    return str(db.execute("SELECT name FROM field WHERE k = ?", (k,)).fetchone()[0])


def _extra(value: object) -> object:
    return json.loads(str(value)) if value else {}


def heads(db: sqlite3.Connection, catalogue: Catalogue) -> Iterator[str]:
    """Fields whose heads or conflict are not what the log says, as sentences."""
    db.execute(
        "CREATE TEMP TABLE IF NOT EXISTS told(row INTEGER, field INTEGER, dev INTEGER, seq INTEGER, "
        "PRIMARY KEY(row, field, dev)) WITHOUT ROWID"
    )
    db.execute("DELETE FROM temp.told")
    db.execute(
        "INSERT INTO temp.told SELECT row, field, dev, max(seq) FROM change WHERE field IS NOT NULL "
        f"AND row NOT IN ({_TWICE}) GROUP BY row, field, dev"
    )
    db.execute(
        "DELETE FROM temp.told AS a WHERE EXISTS(SELECT 1 FROM temp.told b WHERE b.row = a.row AND b.field = a.field "
        "AND b.dev <> a.dev AND a.seq <= (SELECT e.upto FROM seen e WHERE e.dev = b.dev AND e.of = a.dev "
        "AND e.seq <= b.seq ORDER BY e.seq DESC, e.derived DESC LIMIT 1))"
    )
    history = StoredHistory(db, catalogue)
    devs = dict(db.execute("SELECT id, dev FROM device"))
    for n, row, noun in db.execute(
        f"SELECT r.n, r.id, r.noun FROM row r WHERE r.n IN ({_TWICE}) AND r.noun IN (SELECT k FROM noun WHERE known)"
    ).fetchall():
        for name, k in _kept_heads(db, history, n, row, noun):
            told = [(n, k, devs[head.log], head.seq) for head in history.heads(row, name)]
            db.executemany("INSERT INTO temp.told VALUES(?,?,?,?)", told)
    known = "row IN (SELECT n FROM row WHERE noun IN (SELECT k FROM noun WHERE known))"
    kept = f"SELECT row, field, dev, seq FROM head WHERE {known}"
    made = f"SELECT * FROM temp.told WHERE {known}"
    wrong = f"SELECT row, field FROM ({kept} EXCEPT {made}) UNION SELECT row, field FROM ({made} EXCEPT {kept})"
    for row, field in db.execute(wrong).fetchall():
        yield t("{id}: the heads of {field} are not what the log says", **_called(db, row, field))
    yield from _conflicts(db, catalogue, history)


def _kept_heads(
    db: sqlite3.Connection, history: StoredHistory, n: int, row: str, noun: int
) -> Iterator[tuple[str, int]]:
    names = set(history.fields(row))
    names |= {_name(db, k) for (k,) in db.execute("SELECT DISTINCT field FROM head WHERE row = ?", (n,))}
    for name in sorted(names):
        (k,) = db.execute("SELECT k FROM field WHERE noun = ? AND name = ?", (noun, name)).fetchone()
        yield name, k


def _conflicts(db: sqlite3.Connection, catalogue: Catalogue, history: StoredHistory) -> Iterator[str]:
    shape = shape_of(catalogue)
    names = dict(db.execute("SELECT k, name FROM field"))
    sides: dict[tuple[int, int], set[bytes]] = {}
    for row, field, noun, own, value in db.execute(
        "SELECT h.row, h.field, r.noun, c.field, c.value FROM head h JOIN change c ON c.dev = h.dev AND c.seq = h.seq "
        "JOIN row r ON r.n = h.row WHERE (h.row, h.field) IN "
        "(SELECT row, field FROM head GROUP BY row, field HAVING count(*) > 1)"
    ):
        name = names[field]
        given = units(catalogue.by_number.get(noun), value).get(name) if own is None else value
        sides.setdefault((row, field), set()).add(shape.canonical(name, given))
    made = {place for place, found in sides.items() if len(found) > 1}
    kept = set(db.execute("SELECT row, field FROM conflict"))
    for row, field in sorted(made ^ kept):
        yield t("{id}: whether {field} is in conflict is not what the log says", **_called(db, row, field))


def _called(db: sqlite3.Connection, row: int, field: int) -> dict[str, object]:
    (ident,) = db.execute("SELECT id FROM row WHERE n = ?", (row,)).fetchone()
    return {"id": ident, "field": _name(db, field)}


def trash(db: sqlite3.Connection, catalogue: Catalogue) -> Iterator[str]:
    """Rows that are shown or hidden against what the log says, as sentences."""
    history = StoredHistory(db, catalogue)
    (met,) = db.execute("SELECT count(*) > 1 FROM have").fetchone()
    disputed = {n for (n,) in db.execute("SELECT row FROM issue WHERE kind = 'disputed'")}
    for noun in catalogue.nouns.values():
        merged = "id IN (SELECT id FROM alias)" if noun.name == "customers" else "0"
        plain = db.execute(
            f"SELECT id FROM {noun.name} WHERE deleted IS NULL AND live = ({merged}) "
            "AND NOT EXISTS(SELECT 1 FROM row r JOIN issue i ON i.row = r.n AND i.kind = 'disputed' "
            f"WHERE r.id = {noun.name}.id)"
        )
        for (row,) in plain:
            yield t("{noun} {id} is shown or hidden against what the log says", noun=noun.name, id=row)
        marked = db.execute(
            f"SELECT t.id, r.n, t.live, {merged.replace('id IN', 't.id IN')} FROM {noun.name} t "
            f"JOIN row r ON r.id = t.id WHERE t.deleted IS NOT NULL LIMIT {TRASH}"
        )
        for row, n, live, away in marked.fetchall():
            gone = hidden(history, row) if met else True
            if bool(live) != (not gone and not away) or (n in disputed) == gone:
                yield t("{noun} {id} is shown or hidden against what the log says", noun=noun.name, id=row)
