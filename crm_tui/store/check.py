"""Looks for damage: SQLite itself, links, the journal against the tables, the index against the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator

from crm_tui.store import journal, search
from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.words import t

LIMIT = 20
"""How many problems of one sort are told."""


def check(db: sqlite3.Connection, catalogue: Catalogue, progress: Callable[[str], None] = lambda _: None) -> list[str]:
    """Every problem found, as sentences; an empty list means that the file is sound.

    Args:
        db: a connection that may make temporary tables.
        catalogue: the file's nouns.
        progress: called with what is being looked at.
    """
    problems: list[str] = []
    for name, part in (
        (t("SQLite's own check"), _sqlite(db)),
        (t("chains of the logs"), _chains(db)),
        (t("links between records"), _links(db, catalogue)),
        (t("journal against tables"), _journal(db, catalogue)),
        (t("search index against tables"), _index(db)),
    ):
        progress(name)
        for count, problem in enumerate(part):
            if count == LIMIT:
                problems.append(t("and more of: {what}", what=name))
                break
            problems.append(problem)
    return problems


def _sqlite(db: sqlite3.Connection) -> Iterator[str]:
    for (said,) in db.execute("PRAGMA integrity_check(20)"):
        if said != "ok":
            yield t("SQLite: {said}", said=said)


def _chains(db: sqlite3.Connection) -> Iterator[str]:
    for place in journal.verify(db):
        yield t("the log {place} does not fit its chain", place=place)


def _links(db: sqlite3.Connection, catalogue: Catalogue) -> Iterator[str]:
    for noun in catalogue.nouns.values():
        for link in noun.links:
            if link.link in catalogue.nouns:
                query = (
                    f"SELECT id, {link.name} FROM {noun.name} t WHERE deleted IS NULL AND {link.name} IS NOT NULL "
                    f"AND NOT EXISTS(SELECT 1 FROM {link.link} o WHERE o.id = t.{link.name}) LIMIT {LIMIT + 1}"
                )
                for row, target in db.execute(query):
                    yield t(
                        "{noun} {id}: {field} points to nothing ({target})",
                        noun=noun.name,
                        id=row,
                        field=link.name,
                        target=target,
                    )


def _journal(db: sqlite3.Connection, catalogue: Catalogue) -> Iterator[str]:
    """Compare every row with the fold of its changes."""
    for noun in catalogue.nouns.values():
        columns = [name for name in noun.kept if name != "id"]
        rows = db.execute(
            f"SELECT t.id, r.n, i.value, {', '.join('t.' + name for name in columns)} FROM {noun.name} t "
            f"LEFT JOIN row r ON r.id = t.id LEFT JOIN change i ON i.row = r.n AND i.field IS NULL"
        )
        for row, n, inserted, *values in rows:
            if n is None or inserted is None:
                yield t("{noun} {id} is in no log", noun=noun.name, id=row)
                continue
            told = fold(db, noun, catalogue, n, inserted)
            for name, value in zip(columns, values, strict=True):
                same = _extra(value) == _extra(told.get(name)) if name == "extra" else value == told.get(name)
                if not same:
                    yield t("{noun} {id}: {field} is not what the log says", noun=noun.name, id=row, field=name)


def fold(db: sqlite3.Connection, noun: NounIn, catalogue: Catalogue, n: int, inserted: str) -> dict[str, object]:
    """The values of a row as its log tells them: the insert, then the winning head of each field."""
    told: dict[str, object] = json.loads(inserted)
    heads = db.execute(
        "SELECT h.field, c.value FROM head h JOIN change c ON c.dev = h.dev AND c.seq = h.seq "
        "JOIN device d ON d.dev = h.dev WHERE h.row = ? ORDER BY h.at, d.id, h.seq",
        (n,),
    ).fetchall()
    for k, value in heads:
        field = catalogue.field_by_number.get(k) or _custom(db, noun, k)
        if field.kind == "extra":
            extra = json.loads(str(told.get("extra") or "{}"))
            extra[field.name.removeprefix("extra.")] = value
            told["extra"] = json.dumps({key: v for key, v in extra.items() if v is not None}, ensure_ascii=False)
        elif field.kind == "group":
            told.update(zip(noun.members(field.name), json.loads(value), strict=True))
        else:
            told[field.name] = value
    return told


def _custom(db: sqlite3.Connection, noun: NounIn, k: int) -> Field:
    (name,) = db.execute("SELECT name FROM field WHERE k = ?", (k,)).fetchone()
    return Field(k, noun.name, name, None, None, "extra", None, None, False, None, False)


def _extra(value: object) -> object:
    return json.loads(str(value)) if value else {}


def _index(db: sqlite3.Connection) -> Iterator[str]:
    (dirty,) = db.execute("SELECT count(*) FROM dirty").fetchone()
    if dirty:
        yield t("{n} records wait to be indexed", n=dirty)
    db.execute(search.OWNERS)
    db.execute("DELETE FROM temp.owners")
    db.execute("INSERT INTO temp.owners(id) SELECT id FROM customers WHERE live")
    indexed = dict(db.execute("SELECT n, text FROM doc").fetchall())
    for n, text in search.documents(db):
        if indexed.pop(n, None) != text:
            yield t("the search index is wrong about record {n}", n=n)
    for n in indexed:
        yield t("the search index holds a record that is not shown ({n})", n=n)
    db.execute("DELETE FROM temp.owners")
