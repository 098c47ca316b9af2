"""Looks for damage: SQLite itself, links, the journal against the tables, the index against the tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from crm_tui.store import folding, journal, search
from crm_tui.store.catalogue import Catalogue
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
        (t("journal against tables"), folding.values(db, catalogue)),
        (t("heads and conflicts against the log"), folding.heads(db, catalogue)),
        (t("trash against the log"), folding.trash(db, catalogue)),
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
