"""What a long list is, and the SQL that reads a run of it by key.

Text keys compare as BINARY and NULL stands before everything (ascending), as SQLite sorts. Because a comparison with
NULL is never true, a list falls into two *spans*, the rows without a key and those with one.
This module is on the way to the first painted row: it imports nothing but the standard library.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field

Value = int | str | None
Row = tuple[Value, ...]
Key = tuple[Value, str]

_IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list shows, and in which order.

    Attributes:
        table: table name; its key is the text column `id`.
        columns: SQL expressions of the table's columns; scalar subselects are allowed.
        sort: the sort column (a stored key); ties go by id.
        descending: largest first, for the key and for id.
        where: SQL condition on the table, or "" for all rows.
        params: values for the question marks of `where`.
        ids: a fixed list in its own order (search results); `sort` is then unused, `where` still holds.
    """

    table: str
    columns: tuple[str, ...]
    sort: str = "id"
    descending: bool = False
    where: str = ""
    params: tuple[Value, ...] = ()
    ids: tuple[str, ...] | None = None

    def spans(self) -> list[Span]:
        """The two runs of the list in their order, nothing known of them yet."""
        spans = [Span(nulls=True), Span(nulls=False)]
        return spans[::-1] if self.descending else spans


@dataclass(slots=True)
class Span:
    """The rows without a key or those with one, with the anchors (keys of every n-th row) found so far."""

    nulls: bool
    anchors: list[Key] = field(default_factory=list)
    count: int | None = None


class ListingReader:
    """Reads runs of one listing on a given connection."""

    def __init__(self, listing: Listing) -> None:
        self.listing = listing
        self._id = f"{listing.table}.id"

    def rows(
        self, db: sqlite3.Connection, span: Span, start: Key | None, offset: int, n: int, backwards: bool = False
    ) -> list[Row]:
        """Read `n` rows (id, *columns), `offset` rows after `start` (None = the span's first row), or from its end."""
        columns = ", ".join((self._id, *self.listing.columns))
        where, params = self._range(span, start)
        return self._ordered(columns, span, where, db, (*params, n, offset), backwards)

    def key_after(self, db: sqlite3.Connection, span: Span, start: Key | None, offset: int) -> Key | None:
        """The key of the row `offset` rows after `start`, or None past the end."""
        where, params = self._range(span, start)
        found = self._ordered(f"{self.listing.sort}, {self._id}", span, where, db, (*params, 1, offset))
        return (found[0][0], str(found[0][1])) if found else None

    def ids(self, db: sqlite3.Connection, span: Span, n: int) -> list[str]:
        """The first `n` ids of `span`."""
        where, params = self._range(span, None)
        return [str(row[0]) for row in self._ordered(self._id, span, where, db, (*params, n, 0))]

    def count(self, db: sqlite3.Connection, span: Span, start: Key | None = None, end: Key | None = None) -> int:
        """Count the rows of `span` from `start` on and before `end`."""
        where, params = self._range(span, start, end)
        return int(db.execute(f"SELECT count(*) FROM {self.listing.table} {where}", params).fetchone()[0])

    def few(self, db: sqlite3.Connection, limit: int) -> int:
        """Count all rows, but not beyond `limit`."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.listing.table} {self._where()} LIMIT {limit})"
        return int(db.execute(sql, self.listing.params).fetchone()[0])

    def largest(self, db: sqlite3.Connection) -> int:
        """The largest row number of the table: an instant upper estimate of its length."""
        return int(db.execute(f"SELECT max(rowid) FROM {self.listing.table}").fetchone()[0] or 0)

    def by_ids(self, db: sqlite3.Connection, ids: Sequence[str]) -> list[Row]:
        """The rows of `ids` in that order; those that are not in the list are left out."""
        return self._found(db, ids, ", ".join((self._id, *self.listing.columns)))

    def living(self, db: sqlite3.Connection, ids: Sequence[str]) -> list[str]:
        """Those of `ids` that are in the list."""
        return [str(row[0]) for row in self._found(db, ids, self._id)]

    def key_of(self, db: sqlite3.Connection, ident: str) -> Key | None:
        """The sort key of one record, or None if it is not in the list."""
        sql = f"SELECT {self.listing.sort} FROM {self.listing.table} {self._where(f'{self._id} = ?')}"
        found = db.execute(sql, (*self.listing.params, ident)).fetchone()
        return (found[0], ident) if found else None

    def _found(self, db: sqlite3.Connection, ids: Sequence[str], columns: str) -> list[Row]:
        found: dict[Value, Row] = {}
        for start in range(0, len(ids), _IDS_A_QUERY):
            some = ids[start : start + _IDS_A_QUERY]
            wanted = f"WITH wanted(wanted_id) AS (VALUES {','.join(['(?)'] * len(some))})"
            # CROSS JOIN keeps SQLite from walking an index of `where` instead of looking up the few ids.
            source = f"wanted CROSS JOIN {self.listing.table} ON {self._id} = wanted_id"
            sql = f"{wanted} SELECT {columns} FROM {source} {self._where()}"
            found.update((row[0], row) for row in db.execute(sql, (*some, *self.listing.params)))
        return [found[one] for one in ids if one in found]

    def _ordered(
        self,
        columns: str,
        span: Span,
        where: str,
        db: sqlite3.Connection,
        params: tuple[Value, ...],
        backwards: bool = False,
    ) -> list[Row]:
        way = "DESC" if self.listing.descending != backwards else "ASC"
        order = f"{self._id} {way}" if span.nulls else f"{self.listing.sort} {way}, {self._id} {way}"
        sql = f"SELECT {columns} FROM {self.listing.table} {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return db.execute(sql, params).fetchall()

    def _where(self, *conditions: str) -> str:
        given = [f"({self.listing.where})"] if self.listing.where else []
        every = given + list(conditions)
        return "WHERE " + " AND ".join(every) if every else ""

    def _range(self, span: Span, start: Key | None, end: Key | None = None) -> tuple[str, list[Value]]:
        sort = self.listing.sort
        on, before = ("<=", ">") if self.listing.descending else (">=", "<")
        terms, params = [], list(self.listing.params)
        if span.nulls or start is None:
            terms.append(f"{sort} IS NULL" if span.nulls else f"{sort} IS NOT NULL")
        for key, sign in ((start, on), (end, before)):
            if key is not None:
                terms.append(f"{self._id} {sign} ?" if span.nulls else f"({sort}, {self._id}) {sign} (?, ?)")
                params += [key[1]] if span.nulls else list(key)
        return self._where(*terms), params
