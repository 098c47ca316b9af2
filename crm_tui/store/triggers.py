"""Change capture: triggers generated from the catalogue, so that any write is logged, raw SQL too."""

from __future__ import annotations

import sqlite3

from crm_tui.store.catalogue import Catalogue, Field, NounIn

_AT = "coalesce(s.at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))"
_NEXT = "coalesce((SELECT max(seq) FROM change WHERE dev = s.dev), 0)"
_LOUD = "(SELECT quiet FROM state) = 0"

FORM = 2
"""Of the triggers; in a file that has others they are made anew."""


def generate(catalogue: Catalogue) -> list[str]:
    """The statements that make all triggers."""
    statements = [_VIEW, _HEAD]
    for noun in catalogue.nouns.values():
        statements += [_insert(noun), _update(noun), _extra(noun), _delete(noun)]
    return statements


def install(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Replace all triggers of the journal."""
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'journal_%'"
    ).fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DROP VIEW IF EXISTS journal")
    for statement in generate(catalogue):
        db.execute(statement)


def current(field: Field, noun: NounIn, prefix: str) -> str:
    """The SQL expression of a unit's value; a group is a JSON array."""
    if field.kind == "group":
        return f"json_array({', '.join(f'{prefix}.{name}' for name in noun.members(field.name))})"
    return f"{prefix}.{field.name}"


# What is written here goes into the log and becomes a head; what a merge appends to the log itself passes no trigger.
_VIEW = "CREATE VIEW journal AS SELECT * FROM change"

# A change of a field by this file's log has seen all heads, so it becomes the only one.
_HEAD = """CREATE TRIGGER journal_head INSTEAD OF INSERT ON journal BEGIN
  INSERT INTO change VALUES(new.dev, new.seq, new.at, new.row, new.field, new.value, new.old);
  DELETE FROM head WHERE row = new.row AND field = new.field;
  DELETE FROM conflict WHERE row = new.row AND field = new.field;
  DELETE FROM issue WHERE kind = 'disputed' AND row = new.row
    AND new.field IN (SELECT k FROM field WHERE name = 'deleted');
  INSERT INTO head SELECT new.row, new.field, new.dev, new.seq, new.at WHERE new.field IS NOT NULL;
  INSERT INTO dirty(row) VALUES(new.row) ON CONFLICT(row) DO UPDATE SET what = 0;
END"""


def _insert(noun: NounIn) -> str:
    values = ", ".join(f"'{name}', new.{name}" for name in noun.kept if name != "id")
    return f"""CREATE TRIGGER journal_{noun.name}_insert AFTER INSERT ON {noun.name} WHEN {_LOUD} BEGIN
  SELECT RAISE(ABORT, 'this id is known already: update the row instead') FROM row WHERE id = new.id;
  INSERT INTO row(noun, id) VALUES({noun.k}, new.id);
  INSERT INTO journal SELECT s.dev, {_NEXT} + 1, {_AT}, r.n, NULL,
    json_patch('{{}}', json_object({values})), NULL
    FROM state s, row r WHERE r.id = new.id;
  UPDATE {noun.name} SET live = 0 WHERE id = new.id AND new.deleted IS NOT NULL;
END"""


def _update(noun: NounIn) -> str:
    columns = ", ".join(name for name in noun.kept if name not in ("id", "extra"))
    pairs = [f"SELECT {f.k} AS f, {current(f, noun, 'new')} AS v, {current(f, noun, 'old')} AS o" for f in noun.units]
    values = " UNION ALL ".join(pairs)
    return f"""CREATE TRIGGER journal_{noun.name}_update AFTER UPDATE OF {columns} ON {noun.name} WHEN {_LOUD} BEGIN
  INSERT INTO journal SELECT s.dev, {_NEXT} + row_number() OVER (), {_AT}, r.n, c.f, c.v, c.o
    FROM state s, row r, ({values}) c WHERE r.id = new.id AND c.v IS NOT c.o;
  UPDATE {noun.name} SET live = new.deleted IS NULL WHERE id = new.id AND new.deleted IS NOT old.deleted;
END"""


def _extra(noun: NounIn) -> str:
    both = """(SELECT key, max(CASE side WHEN 1 THEN value END) AS new, max(CASE side WHEN 0 THEN value END) AS old
      FROM (SELECT 1 AS side, key, value FROM json_each(coalesce(new.extra, '{}'))
      UNION ALL SELECT 0, key, value FROM json_each(coalesce(old.extra, '{}'))) GROUP BY key)"""
    return f"""CREATE TRIGGER journal_{noun.name}_extra AFTER UPDATE OF extra ON {noun.name}
  WHEN {_LOUD} AND new.extra IS NOT old.extra BEGIN
  INSERT OR IGNORE INTO field(noun, name, kind) SELECT {noun.k}, 'extra.' || key, 'extra' FROM {both};
  INSERT INTO journal SELECT s.dev, {_NEXT} + row_number() OVER (ORDER BY e.key), {_AT}, r.n, f.k, e.new, e.old
    FROM state s, row r, {both} e, field f
    WHERE r.id = new.id AND f.noun = {noun.k} AND f.name = 'extra.' || e.key AND e.new IS NOT e.old;
END"""


def _delete(noun: NounIn) -> str:
    return f"""CREATE TRIGGER journal_{noun.name}_delete BEFORE DELETE ON {noun.name} BEGIN
  UPDATE {noun.name} SET deleted = 'trashed' WHERE id = old.id AND deleted IS NULL;
  SELECT RAISE(IGNORE);
END"""
