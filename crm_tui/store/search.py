"""The search index: one FTS5 table of our own terms; `doc` keeps the text that each customer is found by.

Terms are a fixed function of that text, so `doc` is all that is needed to take a customer out of the index again, and
a hit is counted only if its text answers to the query. What is shown is proved once more on the rows themselves.
Reading needs a read-only connection and nothing but the standard library.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from crm_tui.rules.asking import Query
from crm_tui.rules.asking import query as ask
from crm_tui.rules.phones import digits
from crm_tui.rules.terms import VERSION, document, folded, sounds_of, terms
from crm_tui.store.ranking import ranked

EXACT = 1_000
"""Up to here hits are counted."""

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A customer that answers to a query: its id, its number in the file, its name, and the field and text that did."""

    id: str
    n: int
    name: str
    why: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a query: the first hits, how many there are, and whether there are more than were counted."""

    items: list[Hit]
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Matching:
    """Ids of the customers that answer to a query, and whether there are more."""

    ids: tuple[str, ...]
    more: bool


def find(db: sqlite3.Connection, text: str, limit: int = 50) -> Found:
    """Customers that answer to what was typed: all its words, in names first; then the newest first.

    Args:
        db: a read-only connection.
        text: what a person typed, as it is.
        limit: how many hits are read; the count does not depend on it.
    """
    asked = ask(text)
    numbers, more = ranked(db, asked, max(EXACT, limit))
    items: list[Hit] = []
    lost = 0
    for start in range(0, len(numbers), limit):
        wanted = numbers[start : start + limit]
        hits = _proved(db, asked, wanted)
        lost += len(wanted) - len(hits)
        items += hits
        if len(items) >= limit or not lost:
            break
    return Found(items[:limit], len(numbers) - lost, more)


def matching_ids(db: sqlite3.Connection, text: str, limit: int = EXACT, order: str = "") -> Matching:
    """Ids of the customers that answer to what was typed, for a list that it filters.

    Args:
        db: a read-only connection.
        text: what a person typed.
        limit: no more than these; 50,000 take a third of a second.
        order: SQL sort of `customers` for the ids ("sort_key, id"); the best hits first without.
    """
    numbers, more = ranked(db, ask(text), limit)
    by_number = dict(
        db.execute("SELECT n, id FROM row WHERE n IN (SELECT value FROM json_each(?))", (json.dumps(numbers),))
    )
    ids = [by_number[n] for n in numbers if n in by_number]
    if order:
        query = (
            "WITH wanted(wanted_id) AS (SELECT value FROM json_each(?)) SELECT customers.id FROM wanted "
            f"CROSS JOIN customers ON customers.id = wanted_id ORDER BY {order}"
        )
        ids = [row for (row,) in db.execute(query, (json.dumps(ids),))]
    return Matching(tuple(ids), more)


def _proved(db: sqlite3.Connection, asked: Query, numbers: Sequence[int]) -> list[Hit]:
    """Hits for those of `numbers` that are shown and answer on their rows, in this order."""
    marked = json.dumps(numbers)
    shown = db.execute(
        "SELECT r.n, c.id, c.name, d.text FROM json_each(?) j CROSS JOIN row r ON r.n = j.value "
        "CROSS JOIN customers c ON c.id = r.id CROSS JOIN doc d ON d.n = r.n WHERE c.live",
        (marked,),
    ).fetchall()
    owned: dict[str, list[tuple[str, str]]] = {row: [] for _, row, _, _ in shown}
    for root, field, text in _texts(db, "SELECT value AS id FROM json_each(?1)", (json.dumps(list(owned)),)):
        owned[root].append((field, text))
    hits: dict[int, Hit] = {}
    for n, row, name, document_ in shown:
        why = _reason(asked, owned[row], sounds_of(document_))
        if why is not None:
            hits[n] = Hit(row, n, name or "", why)
    return [hits[n] for n in numbers if n in hits]


def _reason(asked: Query, texts: Sequence[tuple[str, str]], sounds: dict[str, str]) -> tuple[str, str] | None:
    """Field and text that answer to the query; of several those that the name alone does not tell. None: no hit."""
    reason: tuple[str, str] | None = None
    for word in asked.words:
        for field, text in texts:
            if field == "phone":
                answers = word.dials(digits(text))
            else:
                plain = folded(text)
                if field in _NAMES:
                    answers = word.within(plain) or word.said(sounds.get(plain, ""))
                else:
                    answers = (len(word.text) > 1 or not word.written) and word.within(plain)
            if answers:
                if reason is None or (reason[0] == "name" and field != "name"):
                    reason = (field, text)
                break
        else:
            return None
    return reason


_NAMES = ("name", "contact")

_SOURCES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("customers", (("name", "name"), ("number", "number"), ("region", "region"))),
    ("contacts", (("name", "contact"),)),
    ("phones", (("number", "phone"),)),
    ("emails", (("address", "email"),)),
    ("tags", (("name", "tag"),)),
    ("addresses", (("city", "city"), ("street", "street"))),
    ("origins", (("outside_number", "outside_number"),)),
)
"""What a customer is found by: tables, their columns, and how the field is called in `Hit.why`."""


def _texts(db: sqlite3.Connection, owners: str, params: tuple[str, ...] = ()) -> Iterator[tuple[str, str, str]]:
    """Owner, field and text of all that the customers `owners` (a query of ids) and those merged into them say."""
    (merged,) = db.execute("SELECT EXISTS(SELECT 1 FROM alias)").fetchone()
    sides = [f"({owners}) o CROSS JOIN {{table}} t ON t.{{link}} = o.id"]
    if merged:
        sides.append(f"({owners}) o CROSS JOIN alias a ON a.root = o.id CROSS JOIN {{table}} t ON t.{{link}} = a.id")
    for table, columns in _SOURCES:
        own = table == "customers"
        names = ", ".join(f"t.{column}" for column, _ in columns)
        live = "t.deleted IS NULL" if own else "t.live"
        for side in sides:
            source = side.format(table=table, link="id" if own else "customer")
            for root, *values in db.execute(f"SELECT o.id, {names} FROM {source} WHERE {live}", params):
                for (_, field), value in zip(columns, values, strict=True):
                    if value:
                        yield root, field, value


def documents(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Number and text of each shown customer in `temp.owners`."""
    for first, last in _slices(db):
        yield from _documents(db, first, last)


def _slices(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Bounds of runs of `temp.owners`, so that many never stand in memory at once."""
    last = ""
    while True:
        query = f"SELECT max(id) FROM (SELECT id FROM temp.owners WHERE id > ? ORDER BY id LIMIT {_CHUNK})"
        (end,) = db.execute(query, (last,)).fetchone()
        if end is None:
            return
        yield last, end
        last = end


_SLICE = "SELECT id FROM temp.owners WHERE id > ?1 AND id <= ?2"


def _documents(db: sqlite3.Connection, after: str, last: str) -> Iterator[tuple[int, str]]:
    parts: dict[str, tuple[list[str], list[str], list[str]]] = {}
    for root, field, text in _texts(db, _SLICE, (after, last)):
        mine = parts.get(root)
        if mine is None:
            mine = parts[root] = ([], [], [])
        mine[0 if field in _NAMES else 2 if field == "phone" else 1].append(text)
    rows = db.execute(
        f"SELECT r.n, c.id FROM ({_SLICE}) o CROSS JOIN customers c ON c.id = o.id CROSS JOIN row r ON r.id = c.id "
        "WHERE c.live",
        (after, last),
    )
    for n, row in rows.fetchall():
        yield n, document(*parts.get(row, ([], [], [])))


def index(db: sqlite3.Connection) -> int:
    """Index the customers in `temp.owners` again; hidden ones leave the index.

    Returns:
        How many documents were written.
    """
    return sum(_index(db, after, last) for after, last in _slices(db))


def _index(db: sqlite3.Connection, after: str, last: str) -> int:
    old = {
        n: (text, version)
        for n, text, version in db.execute(
            f"SELECT d.n, d.text, d.version FROM ({_SLICE}) o CROSS JOIN row r ON r.id = o.id "
            "CROSS JOIN doc d ON d.n = r.n",
            (after, last),
        )
    }
    fresh = []
    for n, text in _documents(db, after, last):
        if old.get(n) == (text, VERSION):
            del old[n]
        else:
            fresh.append((n, text))
    # The terms of another version are not known; they go when `rebuild` empties the index.
    known = [(n, terms(text)) for n, (text, version) in old.items() if version == VERSION]
    db.executemany("INSERT INTO search(search, rowid, t) VALUES('delete', ?, ?)", known)
    db.executemany("DELETE FROM doc WHERE n = ?", [(n,) for n in old])
    db.executemany(f"INSERT INTO doc VALUES(?, ?, {VERSION})", fresh)
    db.executemany("INSERT INTO search(rowid, t) VALUES(?, ?)", [(n, terms(text)) for n, text in fresh])
    return len(fresh)


def stale_count(db: sqlite3.Connection) -> int:
    """How many shown customers have no document of this `VERSION`; 0 at once where a rebuild has ended."""
    row = db.execute("SELECT value FROM setting WHERE name = 'search'").fetchone()
    if row is not None and row[0] == str(VERSION):
        return 0
    return int(
        db.execute(
            "SELECT (SELECT count(*) FROM customers WHERE live) - (SELECT count(*) FROM doc WHERE version = ?)",
            (VERSION,),
        ).fetchone()[0]
    )


def rebuild(db: sqlite3.Connection, progress: Callable[[int, int], None], stop: threading.Event) -> bool:
    """Index all customers that have no document of this `VERSION`, in transactions of some 100 ms.

    Until it ends, a search finds what has been indexed so far. Stopped, it goes on where it was when called again.

    Args:
        db: a writing connection of its own, outside of any transaction.
        progress: called with the documents done and those that are needed.
        stop: ends it after the running transaction.

    Returns:
        Whether the index is complete.
    """
    db.execute(OWNERS)
    if db.execute("SELECT EXISTS(SELECT 1 FROM doc WHERE version <> ?)", (VERSION,)).fetchone()[0]:
        with _transaction(db):
            db.execute("DELETE FROM setting WHERE name = 'search'")
            db.execute("INSERT INTO search(search) VALUES('delete-all')")
            db.execute("DELETE FROM doc")
    needed, place = db.execute("SELECT count(*), 0 FROM customers WHERE live").fetchone()
    (done,) = db.execute("SELECT count(*) FROM doc").fetchone()
    while not stop.is_set():
        with _transaction(db):
            (last,) = db.execute(
                "SELECT max(rowid) FROM (SELECT rowid FROM customers WHERE rowid > ? ORDER BY rowid LIMIT ?)",
                (place, _CHUNK),
            ).fetchone()
            if last is None:
                db.execute("INSERT OR REPLACE INTO setting VALUES('search', ?)", (str(VERSION),))
                return True
            db.execute(
                "INSERT INTO temp.owners(id) SELECT c.id FROM customers c CROSS JOIN row r ON r.id = c.id "
                "WHERE c.rowid > ? AND c.rowid <= ? AND c.live AND NOT EXISTS(SELECT 1 FROM doc d WHERE d.n = r.n)",
                (place, last),
            )
            done += index(db)
            db.execute("DELETE FROM temp.owners")
        place = last
        progress(min(done, needed), needed)
    return False


def warm(db: sqlite3.Connection, stop: threading.Event) -> None:
    """Read the index and its texts once, so that the first letters typed do not wait for the disk; 0.6 s at 1,000,000.

    Args:
        db: a read-only connection.
        stop: ends it.
    """
    for table, key, column in (("search_data", "id", "block"), ("doc", "n", "text")):
        place = -1
        while place is not None and not stop.is_set():
            (place,) = db.execute(
                f"SELECT max(n) FROM (SELECT {key} AS n, length({column}) FROM {table} WHERE {key} > ? "
                f"ORDER BY {key} LIMIT {_CHUNK})",
                (place,),
            ).fetchone()


@contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


OWNERS = (
    "CREATE TEMP TABLE IF NOT EXISTS owners(id TEXT PRIMARY KEY, times INTEGER DEFAULT 0, words INTEGER DEFAULT 1) "
    "WITHOUT ROWID"
)
"""Customers to be derived anew: their times of contact, and the words that they are found by."""
