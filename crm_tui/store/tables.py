"""Writes what a merge decided into the tables of the nouns."""

from __future__ import annotations

import json
import sqlite3

from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.store.heads import StoredHistory


def insert_new(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Make the rows that came with a merge; values of fields that this program does not know stay in the log."""
    for noun in _nouns(db, catalogue, "field IS NULL"):
        columns = [name for name in noun.kept if name != "id"]
        values = ", ".join(f"json_extract(i.value, '$.{name}')" for name in columns)
        db.execute(
            f"INSERT OR IGNORE INTO main.{noun.name}(id, {', '.join(columns)}) SELECT r.id, {values} "
            "FROM stage.name m CROSS JOIN stage.ins i ON i.name = m.k CROSS JOIN stage.slice s ON s.k = i.slice "
            "CROSS JOIN stage.rows r ON r.k = i.row WHERE m.noun = ? AND m.field IS NULL AND i.seq > s.have",
            (noun.name,),
        )
        db.execute(
            f"UPDATE main.{noun.name} SET live = 0 WHERE deleted IS NOT NULL "
            "AND id IN (SELECT id FROM stage.rows WHERE fresh)"
        )


def write_winners(db: sqlite3.Connection, catalogue: Catalogue, stamp: str) -> None:
    """Write what won in `stage.last`: each row once, whatever number of its fields changed; `stamp` is the present."""
    for noun in _nouns(db, catalogue, "field IS NOT NULL"):
        fields = [
            _unit(catalogue, noun, k, name)
            for k, name in db.execute(
                "SELECT DISTINCT field_k, field FROM stage.name WHERE noun = ? AND field IS NOT NULL", (noun.name,)
            )
        ]
        known = [field for field in fields if field is not None]
        for start in range(0, len(known), 40):
            _write(db, noun, known[start : start + 40], stamp)


def _nouns(db: sqlite3.Connection, catalogue: Catalogue, where: str) -> list[NounIn]:
    names = db.execute(f"SELECT DISTINCT noun FROM stage.name WHERE {where}").fetchall()
    return [catalogue[name] for (name,) in names if name in catalogue.nouns]


def _unit(catalogue: Catalogue, noun: NounIn, k: int, name: str) -> Field | None:
    field = catalogue.field_by_number.get(k)
    if field is None and name.startswith("extra."):
        return Field(k, noun.name, name, None, None, "extra", None, None, False, None, False)
    return field


def _write(db: sqlite3.Connection, noun: NounIn, fields: list[Field], stamp: str) -> None:
    # Each field of a row wins once, so that the sum of their bits tells which did.
    bits = {field.k: 1 << place for place, field in enumerate(fields)}
    given = [f"sum(CASE w.field {' '.join(f'WHEN {k} THEN {bit}' for k, bit in bits.items())} END) AS won"]
    sets = {"changed": "?"}
    for field in fields:
        has, value = f"won & {bits[field.k]}", f"v{field.k}"
        given.append(f"max(CASE w.field WHEN {field.k} THEN w.value END) AS {value}")
        if field.kind == "group":
            for place, name in enumerate(noun.members(field.name)):
                sets[name] = f"CASE WHEN p.{has} THEN json_extract(p.{value}, '$[{place}]') ELSE t.{name} END"
        elif field.kind == "extra":
            path = '$."' + field.name.removeprefix("extra.").replace("'", "''") + '"'
            before = sets.get("extra", "coalesce(t.extra, '{}')")
            sets["extra"] = (
                f"CASE WHEN NOT p.{has} THEN {before} WHEN p.{value} IS NULL THEN json_remove({before}, '{path}') "
                f"ELSE json_set({before}, '{path}', p.{value}) END"
            )
        else:
            sets[field.name] = f"CASE WHEN p.{has} THEN p.{value} ELSE t.{field.name} END"
    if "deleted" in sets:
        k = noun.fields["deleted"].k
        sets["live"] = f"CASE WHEN p.won & {bits[k]} THEN p.v{k} IS NULL ELSE t.live END"
    numbers = ",".join(str(field.k) for field in fields)
    db.execute(
        f"UPDATE main.{noun.name} AS t SET {', '.join(f'{name} = {value}' for name, value in sets.items())} "
        f"FROM (SELECT r.id AS row_id, {', '.join(given)} FROM stage.last w CROSS JOIN main.row r ON r.n = w.row "
        f"WHERE w.state = 1 AND w.field IN ({numbers}) GROUP BY w.row) p WHERE t.id = p.row_id",
        (stamp,),
    )


def settle_twice_inserted(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Rows that two machines made under one id: each field has the heads of all its inserts."""
    rows = db.execute(
        "SELECT r.n, r.id, o.name FROM stage.touched d CROSS JOIN main.row r ON r.n = d.n "
        "CROSS JOIN main.noun o ON o.k = r.noun "
        "WHERE (SELECT count(*) FROM (SELECT 1 FROM main.change c WHERE c.row = r.n AND c.field IS NULL LIMIT 2)) > 1"
    ).fetchall()
    if not rows:
        return
    history = StoredHistory(db, catalogue)
    for n, row, name in rows:
        settle(db, history, catalogue.nouns.get(name), n, row)


def settle(db: sqlite3.Connection, history: StoredHistory, noun: NounIn | None, n: int, row: str) -> None:
    """Make heads, conflicts and values of one row anew from its changes; `noun` is None if it is unknown here."""
    changes = history.changes(row)
    inserts = [change for change in changes if isinstance(change.value, dict)]
    names = set(history.fields(row))
    if len(inserts) > 1 or history.shares:
        names |= {name for change in inserts if isinstance(change.value, dict) for name in change.value}
    if noun is not None:
        names -= {"id", *(f.name for f in noun.fields.values() if f.derived or f.group)}
    places = dict(db.execute("SELECT id, dev FROM main.device"))
    (noun_k,) = db.execute("SELECT noun FROM main.row WHERE n = ?", (n,)).fetchone()
    db.execute("DELETE FROM main.head WHERE row = ?", (n,))
    db.execute("DELETE FROM main.conflict WHERE row = ?", (n,))
    for name in sorted(names):
        k = _number(db, noun_k, name)
        heads = history.heads(row, name)
        db.executemany("INSERT INTO main.head VALUES(?,?,?,?,?)", [(n, k, places[h.log], h.seq, h.at) for h in heads])
        if history.conflict(row, name):
            db.execute("INSERT INTO main.conflict VALUES(?,?)", (n, k))
        if noun is not None and inserts:
            put(db, noun, row, name, heads[-1].of(name))


def _number(db: sqlite3.Connection, noun: int, name: str) -> int:
    custom = name.startswith("extra.")
    db.execute(
        "INSERT OR IGNORE INTO main.field(noun, name, kind, known) VALUES(?, ?, ?, ?)",
        (noun, name, "extra" if custom else None, int(custom)),
    )
    return int(db.execute("SELECT k FROM main.field WHERE noun = ? AND name = ?", (noun, name)).fetchone()[0])


def put(db: sqlite3.Connection, noun: NounIn, row: str, name: str, value: int | str | None) -> None:
    """Write one unit of one row into its table, past the journal."""
    field = noun.fields.get(name)
    if name.startswith("extra."):
        (text,) = db.execute(f"SELECT extra FROM main.{noun.name} WHERE id = ?", (row,)).fetchone()
        extra = json.loads(text or "{}") | {name.removeprefix("extra."): value}
        kept = {key: one for key, one in extra.items() if one is not None}
        db.execute(f"UPDATE main.{noun.name} SET extra = ? WHERE id = ?", (json.dumps(kept, ensure_ascii=False), row))
    elif field is None:
        return
    elif field.kind == "group":
        members = noun.members(name)
        values = [*json.loads(str(value or "[]")), *[None] * len(members)][: len(members)]
        sets = ", ".join(f"{member} = ?" for member in members)
        db.execute(f"UPDATE main.{noun.name} SET {sets} WHERE id = ?", (*values, row))
    else:
        db.execute(f"UPDATE main.{noun.name} SET {name} = ? WHERE id = ?", (value, row))
        if name == "deleted":
            db.execute(f"UPDATE main.{noun.name} SET live = ? WHERE id = ?", (value is None, row))
