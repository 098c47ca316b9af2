"""The search index: one FTS5 table of our own tokens; `doc` keeps what was indexed and is the only source of deletes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from crm_tui.rules.tokens import document_tokens

VERSION = 1
"""Of the way tokens are made; documents of another version are indexed again."""


def index(db: sqlite3.Connection) -> int:
    """Index the customers in `temp.owners` again; hidden ones leave the index.

    Returns:
        How many documents were written.
    """
    fresh = [(n, document_tokens(names, others, phones), VERSION) for n, names, others, phones in documents(db)]
    old = db.execute(
        "SELECT d.n, d.tokens FROM temp.owners o JOIN row r ON r.id = o.id JOIN doc d ON d.n = r.n"
    ).fetchall()
    db.executemany("INSERT INTO search(search, rowid, t) VALUES('delete', ?, ?)", old)
    db.executemany("DELETE FROM doc WHERE n = ?", [(n,) for n, _ in old])
    db.executemany("INSERT INTO doc VALUES(?, ?, ?)", fresh)
    db.executemany("INSERT INTO search(rowid, t) VALUES(?, ?)", [(n, tokens) for n, tokens, _ in fresh])
    return len(fresh)


def documents(db: sqlite3.Connection) -> Iterator[tuple[int, list[str], list[str], list[str]]]:
    """Number, names, other texts and phones of each live customer in `temp.owners`."""
    mine = "(SELECT o.id AS id, o.id AS root FROM temp.owners o UNION ALL SELECT a.id, a.root FROM temp.owners o JOIN alias a ON a.root = o.id)"
    parts: tuple[dict[str, list[str]], ...] = ({}, {}, {})
    for kind, noun, columns in _SOURCES:
        link = "id" if noun == "customers" else "customer"
        texts = " UNION ALL ".join(
            f"SELECT m.root, t.{column} FROM {mine} m JOIN {noun} t ON t.{link} = m.id "
            f"WHERE t.{column} IS NOT NULL AND {'t.deleted IS NULL' if noun == 'customers' else 't.live'}"
            for column in columns
        )
        into = parts[kind]
        for root, text in db.execute(texts):
            into.setdefault(root, []).append(text)
    rows = db.execute(
        "SELECT r.n, c.id FROM temp.owners o JOIN customers c ON c.id = o.id JOIN row r ON r.id = c.id WHERE c.live"
    )
    for n, row in rows:
        yield n, parts[0].get(row, []), parts[1].get(row, []), parts[2].get(row, [])


_SOURCES: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (0, "customers", ("name",)),
    (0, "contacts", ("name",)),
    (1, "customers", ("number", "region")),
    (1, "tags", ("name",)),
    (1, "emails", ("address",)),
    (1, "addresses", ("city", "street")),
    (1, "origins", ("outside_number",)),
    (2, "phones", ("number",)),
)
"""What a customer is found by: 0 names, 1 other texts, 2 phones."""
