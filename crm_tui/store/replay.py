"""After an update: what a newer program had sent of nouns and fields that were unknown here stands in the log only.

Replay makes their rows and values from it, as if they had been known when they came.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Set

from crm_tui.rules.hidden import DELETED
from crm_tui.store import issues, rebuilding
from crm_tui.store.catalogue import Catalogue, NounIn
from crm_tui.store.heads import StoredHistory

Known = Mapping[str, Set[str]]
"""Names of fields by noun."""


def known(db: sqlite3.Connection) -> dict[str, set[str]]:
    """The nouns and fields that the file knows, before its catalogue is renewed."""
    found: dict[str, set[str]] = {name: set() for (name,) in db.execute("SELECT name FROM noun WHERE known")}
    for noun, field in db.execute(
        "SELECT o.name, f.name FROM field f JOIN noun o ON o.k = f.noun WHERE o.known AND f.known"
    ):
        found[noun].add(field)
    return found


def replay(db: sqlite3.Connection, catalogue: Catalogue, before: Known) -> int:
    """Make what the log holds of nouns and fields that are known only now.

    Args:
        db: the writer, inside the transaction of the update, after catalogue and triggers were renewed.
        catalogue: the new one.
        before: what was known until now.

    Returns:
        How many rows it made or wrote.
    """
    (foreign,) = db.execute("SELECT count(*) > 1 FROM have").fetchone()
    if not foreign:
        return 0  # all of the log was written by programs that this file was made by
    db.execute("UPDATE state SET quiet = 1")
    db.execute("CREATE TEMP TABLE replayed(n INTEGER PRIMARY KEY, again INTEGER)")
    for noun in catalogue.nouns.values():
        if noun.name not in before:
            _rows(db, noun)
        else:
            _fields(db, noun, before[noun.name])
    (count,) = db.execute("SELECT count(*) FROM temp.replayed").fetchone()
    if count:
        again = [n for (n,) in db.execute("SELECT n FROM temp.replayed WHERE again ORDER BY n")]
        rebuilding.rebuild(db, catalogue, again)
        db.execute("INSERT OR REPLACE INTO dirty(row, what) SELECT n, 0 FROM temp.replayed")
        _trash(db, catalogue)
    db.execute("DROP TABLE temp.replayed")
    db.execute("UPDATE state SET quiet = 0")
    return int(count)


def _rows(db: sqlite3.Connection, noun: NounIn) -> None:
    """All rows of a noun that was unknown; those that were written more than once are made anew from their changes."""
    columns = [name for name in noun.kept if name != "id"]
    values = ", ".join(f"json_extract(i.value, '$.{name}')" for name in columns)
    db.execute(
        f"INSERT OR IGNORE INTO {noun.name}(id, {', '.join(columns)}) SELECT r.id, {values} FROM row r "
        "CROSS JOIN change i ON i.row = r.n AND i.field IS NULL WHERE r.noun = ?",
        (noun.k,),
    )
    db.execute(f"UPDATE {noun.name} SET live = 0 WHERE deleted IS NOT NULL")
    db.execute(
        "INSERT OR IGNORE INTO temp.replayed SELECT r.n, (SELECT count(*) FROM change c WHERE c.row = r.n) > 1 "
        "FROM row r WHERE r.noun = ?",
        (noun.k,),
    )


def _fields(db: sqlite3.Connection, noun: NounIn, before: Set[str]) -> None:
    """Fields that were unknown: what inserts say of them at once, rows in which they were written one by one."""
    fresh = [field for name, field in noun.fields.items() if name not in before and not field.derived]
    plain = [field for field in fresh if field.kind not in ("group", "extra")]
    if plain:
        told = " OR ".join(f"json_type(c.value, '$.{field.name}') IS NOT NULL" for field in plain)
        db.execute(
            "INSERT OR IGNORE INTO temp.replayed SELECT r.n, 0 FROM row r CROSS JOIN change c ON c.row = r.n "
            f"AND c.field IS NULL WHERE r.noun = ? AND ({told})",
            (noun.k,),
        )
        sets = ", ".join(f"{f.name} = coalesce(json_extract(c.value, '$.{f.name}'), t.{f.name})" for f in plain)
        db.execute(
            f"UPDATE {noun.name} AS t SET {sets} FROM temp.replayed p CROSS JOIN row r ON r.n = p.n AND r.noun = ? "
            "CROSS JOIN change c ON c.row = r.n AND c.field IS NULL WHERE t.id = r.id",
            (noun.k,),
        )
    for field in fresh:
        db.execute(
            "INSERT INTO temp.replayed SELECT DISTINCT row, 1 FROM change WHERE field = ? AND row IN "
            "(SELECT n FROM row WHERE noun = ?) ON CONFLICT(n) DO UPDATE SET again = 1",
            (field.k, noun.k),
        )
    db.execute(
        "UPDATE temp.replayed SET again = 1 WHERE n IN (SELECT row FROM change WHERE field IS NULL GROUP BY row "
        "HAVING count(*) > 1)"
    )


def _trash(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """What hangs on a row in the trash may have been unknown until now."""
    history = StoredHistory(db, catalogue)
    for noun in catalogue.nouns.values():
        marked = db.execute(
            f"SELECT r.n FROM {noun.name} t JOIN row r ON r.id = t.id WHERE t.{DELETED} IS NOT NULL"
        ).fetchall()
        for (n,) in marked:
            issues.show(db, catalogue, n, history)
