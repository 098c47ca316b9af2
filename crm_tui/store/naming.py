"""Gives what the stage calls by name (nouns, fields, rows) its number in this file; what is unknown is kept as such."""

from __future__ import annotations

import sqlite3

from crm_tui.errors import BadFile
from crm_tui.store.catalogue import Catalogue
from crm_tui.words import t


def resolve(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Fill the numbers of `stage.name` and `stage.rows`; make those that this file does not have.

    Nouns and fields of a newer program stay unknown: their changes are kept, carried on, and replayed after the update.

    Raises:
        BadFile: if the changes contradict what this file knows of its fields or rows.
    """
    for k, noun, field in db.execute("SELECT k, noun, field FROM stage.name").fetchall():
        noun_k = _noun(db, noun)
        field_k = None if field is None else _field(db, catalogue, noun, noun_k, field)
        db.execute("UPDATE stage.name SET noun_k = ?, field_k = ? WHERE k = ?", (noun_k, field_k, k))
    db.execute("UPDATE stage.rows SET n = (SELECT n FROM main.row r WHERE r.id = rows.id)")
    db.execute("UPDATE stage.rows SET fresh = 1 WHERE n IS NULL")
    db.execute(
        "INSERT INTO main.row(noun, id) SELECT (SELECT k FROM main.noun o WHERE o.name = s.noun), s.id "
        "FROM stage.rows s WHERE s.fresh GROUP BY s.id ORDER BY min(s.k)"
    )
    db.execute("UPDATE stage.rows SET n = (SELECT n FROM main.row r WHERE r.id = rows.id) WHERE fresh")
    wrong = db.execute(
        "SELECT s.id, s.noun FROM stage.rows s CROSS JOIN main.row r ON r.n = s.n "
        "CROSS JOIN main.noun o ON o.k = r.noun WHERE o.name <> s.noun LIMIT 1"
    ).fetchone()
    if wrong is not None:
        raise BadFile(
            t(
                "record {id} is said to be one of {noun}, but is something else here; nothing was changed",
                id=wrong[0],
                noun=wrong[1],
            )
        )
    _values(db, catalogue)


def _noun(db: sqlite3.Connection, name: str) -> int:
    row = db.execute("SELECT k FROM main.noun WHERE name = ?", (name,)).fetchone()
    if row is None:
        return int(db.execute("INSERT INTO main.noun(name, known) VALUES(?, 0)", (name,)).lastrowid or 0)
    return int(row[0])


def _field(db: sqlite3.Connection, catalogue: Catalogue, noun: str, noun_k: int, name: str) -> int:
    row = db.execute("SELECT k, derived, grp FROM main.field WHERE noun = ? AND name = ?", (noun_k, name)).fetchone()
    custom = name.startswith("extra.")
    if custom and '"' in name:
        raise BadFile(
            t("changes of the field {field} cannot come from outside; nothing was changed", field=f"{noun}.{name}")
        )
    if row is None:
        return int(
            db.execute(
                "INSERT INTO main.field(noun, name, kind, known) VALUES(?,?,?,?)",
                (noun_k, name, "extra" if custom else None, int(custom)),
            ).lastrowid
            or 0
        )
    k, derived, group = row
    if noun in catalogue.nouns and (derived or group or name in ("id", "extra")):
        raise BadFile(
            t("changes of the field {field} cannot come from outside; nothing was changed", field=f"{noun}.{name}")
        )
    return int(k)


def _values(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """New rows are JSON objects; groups are JSON arrays."""
    groups = [str(f.k) for noun in catalogue.nouns.values() for f in noun.fields.values() if f.kind == "group"]
    wrong = db.execute(
        "SELECT m.noun FROM stage.ins i CROSS JOIN stage.name m ON m.k = i.name "
        "WHERE CASE WHEN json_valid(i.value) THEN json_type(i.value) <> 'object' ELSE 1 END LIMIT 1"
    ).fetchone()
    if wrong is None and db.execute(f"SELECT 1 FROM stage.name WHERE field_k IN ({','.join(groups)})").fetchone():
        wrong = db.execute(
            "SELECT m.noun FROM stage.inc i CROSS JOIN stage.name m ON m.k = i.name "
            f"WHERE m.field_k IN ({','.join(groups)}) AND i.value IS NOT NULL "
            "AND CASE WHEN json_valid(i.value) THEN json_type(i.value) <> 'array' ELSE 1 END LIMIT 1"
        ).fetchone()
    if wrong is not None:
        raise BadFile(t("a change of {noun} is not written as it should be; nothing was changed", noun=wrong[0]))
