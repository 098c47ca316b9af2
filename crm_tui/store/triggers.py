"""Change capture: triggers generated from the catalogue, so that any write is logged, raw SQL too."""

from __future__ import annotations

import sqlite3

from crm_tui.store.catalogue import Catalogue, Field, NounIn

_AT = "coalesce(s.at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))"
_NEXT = "coalesce((SELECT max(seq) FROM change WHERE dev = s.dev), 0)"
_LOUD = "(SELECT quiet FROM state) = 0"

FORM = 3
"""Of the triggers; in a file that has others they are made anew."""


def generate(catalogue: Catalogue) -> list[str]:
    """The statements that make all views and triggers."""
    statements = [f"CREATE VIEW {name} AS {of}" for name, of in _VIEWS.items()] + [_LOG, _BIRTHS, _EDITS, _EXTRAS]
    for noun in catalogue.nouns.values():
        statements += [_insert(noun), _update(noun), _extra(noun), _delete(noun)]
    return statements


def install(db: sqlite3.Connection, catalogue: Catalogue) -> None:
    """Replace all triggers of the journal."""
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type='trigger' AND name LIKE 'journal_%'"
    ).fetchall():
        db.execute(f"DROP TRIGGER {name}")
    for view in _VIEWS:
        db.execute(f"DROP VIEW IF EXISTS {view}")
    for statement in generate(catalogue):
        db.execute(statement)


def current(field: Field, noun: NounIn, prefix: str) -> str:
    """The SQL expression of a unit's value; a group is a JSON array."""
    if field.kind == "group":
        return f"json_array({', '.join(f'{prefix}.{name}' for name in noun.members(field.name))})"
    return f"{prefix}.{field.name}"


# Each connection parses all triggers when it first reads, so what they share stands once, behind views to write into.
# What a merge appends to the log itself passes none of them.
_VIEWS = {
    "journal": "SELECT * FROM change",
    "journal_births": "SELECT noun, id, NULL AS facts FROM row",
    "journal_edits": "SELECT id, NULL AS field, NULL AS value, NULL AS old FROM row",
    "journal_extras": "SELECT noun, id, NULL AS extra, NULL AS old FROM row",
}

# A change of a field by this file's log has seen all heads, so it becomes the only one.
_LOG = """CREATE TRIGGER journal_log INSTEAD OF INSERT ON journal BEGIN
  INSERT INTO change VALUES(new.dev, new.seq, new.at, new.row, new.field, new.value, new.old);
  DELETE FROM head WHERE row = new.row AND field = new.field;
  DELETE FROM conflict WHERE row = new.row AND field = new.field;
  DELETE FROM issue WHERE kind = 'disputed' AND row = new.row
    AND new.field IN (SELECT k FROM field WHERE name = 'deleted');
  INSERT INTO head SELECT new.row, new.field, new.dev, new.seq, new.at WHERE new.field IS NOT NULL;
  INSERT INTO dirty(row) VALUES(new.row) ON CONFLICT(row) DO UPDATE SET what = 0;
END"""

_BIRTHS = f"""CREATE TRIGGER journal_birth INSTEAD OF INSERT ON journal_births BEGIN
  SELECT RAISE(ABORT, 'this id is known already: update the row instead') FROM row WHERE id = new.id;
  INSERT INTO row(noun, id) VALUES(new.noun, new.id);
  INSERT INTO journal SELECT s.dev, {_NEXT} + 1, {_AT}, r.n, NULL, new.facts, NULL
    FROM state s, row r WHERE r.id = new.id;
END"""

_EDITS = f"""CREATE TRIGGER journal_edit INSTEAD OF INSERT ON journal_edits WHEN new.value IS NOT new.old BEGIN
  INSERT INTO journal SELECT s.dev, {_NEXT} + 1, {_AT}, r.n, new.field, new.value, new.old
    FROM state s, row r WHERE r.id = new.id;
END"""

_BOTH = """(SELECT key, max(CASE side WHEN 1 THEN value END) AS new, max(CASE side WHEN 0 THEN value END) AS old
      FROM (SELECT 1 AS side, key, value FROM json_each(coalesce(new.extra, '{}'))
      UNION ALL SELECT 0, key, value FROM json_each(coalesce(new.old, '{}'))) GROUP BY key)"""

_EXTRAS = f"""CREATE TRIGGER journal_extra INSTEAD OF INSERT ON journal_extras BEGIN
  INSERT OR IGNORE INTO field(noun, name, kind) SELECT new.noun, 'extra.' || key, 'extra' FROM {_BOTH};
  INSERT INTO journal SELECT s.dev, {_NEXT} + row_number() OVER (ORDER BY e.key), {_AT}, r.n, f.k, e.new, e.old
    FROM state s, row r, {_BOTH} e, field f
    WHERE r.id = new.id AND f.noun = new.noun AND f.name = 'extra.' || e.key AND e.new IS NOT e.old;
END"""


def _insert(noun: NounIn) -> str:
    values = ", ".join(f"'{name}', new.{name}" for name in noun.kept if name != "id")
    return f"""CREATE TRIGGER journal_{noun.name}_insert AFTER INSERT ON {noun.name} WHEN {_LOUD} BEGIN
  INSERT INTO journal_births VALUES({noun.k}, new.id, json_patch('{{}}', json_object({values})));
  UPDATE {noun.name} SET live = 0 WHERE id = new.id AND new.deleted IS NOT NULL;
END"""


def _update(noun: NounIn) -> str:
    columns = ", ".join(name for name in noun.kept if name not in ("id", "extra"))
    edits = ", ".join(f"(new.id, {f.k}, {current(f, noun, 'new')}, {current(f, noun, 'old')})" for f in noun.units)
    return f"""CREATE TRIGGER journal_{noun.name}_update AFTER UPDATE OF {columns} ON {noun.name} WHEN {_LOUD} BEGIN
  INSERT INTO journal_edits VALUES {edits};
  UPDATE {noun.name} SET live = new.deleted IS NULL WHERE id = new.id AND new.deleted IS NOT old.deleted;
END"""


def _extra(noun: NounIn) -> str:
    return f"""CREATE TRIGGER journal_{noun.name}_extra AFTER UPDATE OF extra ON {noun.name}
  WHEN {_LOUD} AND new.extra IS NOT old.extra BEGIN
  INSERT INTO journal_extras VALUES({noun.k}, new.id, new.extra, old.extra);
END"""


def _delete(noun: NounIn) -> str:
    return f"""CREATE TRIGGER journal_{noun.name}_delete BEFORE DELETE ON {noun.name} BEGIN
  UPDATE {noun.name} SET deleted = 'trashed' WHERE id = old.id AND deleted IS NULL;
  SELECT RAISE(IGNORE);
END"""
