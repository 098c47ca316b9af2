"""The chain that makes a log tamper-evident, with salted digests so that a value can be erased later.

Each value enters the chain as a digest salted from its action's salt. Erasing a person's data blanks the value and
keeps the digests; the chain still holds, and the value cannot be guessed from it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Iterable, Sequence
from itertools import islice

START = bytes(32)
"""What stands before the first action of a log."""

SECTION = 1024
"""Changes that enter the chain at once, column by column; the last section of an action may be shorter."""

Value = int | str | None


def value_bytes(value: Value) -> bytes:
    """The canonical bytes of a stored value, with its type."""
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d" % value
    return b"t" + value.encode("utf-8", "surrogatepass")


def value_digest(value: Value, seq: int, salt: bytes) -> bytes:
    """The salted digest (16 bytes) of one change's value; `salt` is 16 bytes long, so nothing can slide into it."""
    return hashlib.blake2b(salt + seq.to_bytes(8, "big") + value_bytes(value), digest_size=16).digest()


def _digests(values: Sequence[Value], seqs: Sequence[int], salt: bytes) -> list[bytes]:
    """`value_digest` of many values: the hot loop of reading a bundle, so nothing is called but what hashes."""
    new = hashlib.blake2b
    if set(map(type, values)) == {str}:
        return [
            new(b"%b%bt%b" % (salt, seq.to_bytes(8, "big"), value.encode()), digest_size=16).digest()  # type: ignore[union-attr]
            for value, seq in zip(values, seqs, strict=True)
        ]
    return [value_digest(value, seq, salt) for value, seq in zip(values, seqs, strict=True)]


class Link:
    """The chain's place after one action, whose changes may come in parts of any size."""

    def __init__(self, before: bytes, header: bytes, salt: bytes) -> None:
        self._hash = hashlib.blake2b(before, digest_size=32)
        self._hash.update(struct.pack(">I", len(header)) + header)
        self._salt = salt
        self._seqs: list[int] = []
        self._ats: list[int] = []
        self._rows: list[str] = []
        self._fields: list[str] = []
        self._digests: list[bytes] = []

    def add(
        self,
        seqs: Sequence[int],
        ats: Sequence[int],
        rows: Sequence[str],
        fields: Sequence[str],
        values: Sequence[Value],
    ) -> None:
        """The next changes in order, column by column; a field is "noun.field", a new row's is its noun."""
        self._seqs += seqs
        self._ats += ats
        self._rows += rows
        self._fields += fields
        self._digests += _digests(values, seqs, self._salt)
        while len(self._seqs) >= SECTION:
            self._close(SECTION)

    def end(self) -> bytes:
        """The chain (32 bytes) after the action."""
        if self._seqs:
            self._close(len(self._seqs))
        return self._hash.digest()

    def _close(self, n: int) -> None:
        rows, fields = "\n".join(self._rows[:n]).encode(), "\n".join(self._fields[:n]).encode()
        self._hash.update(
            struct.pack(f">III{n}Q{n}q", n, len(rows), len(fields), *self._seqs[:n], *self._ats[:n])
            + rows
            + fields
            + b"".join(self._digests[:n])
        )
        del self._seqs[:n], self._ats[:n], self._rows[:n], self._fields[:n], self._digests[:n]


def link(before: bytes, header: bytes, salt: bytes, changes: Iterable[tuple[int, int, str, str, Value]]) -> bytes:
    """The chain's place (32 bytes) after an action.

    Args:
        before: the place before it.
        header: the action's own facts, in canonical bytes.
        salt: the action's salt, 16 bytes.
        changes: (seq, at in ms, row id, "noun.field" or for a new row its noun, value) of each change in order.
    """
    place = Link(before, header, salt)
    rest = iter(changes)
    while part := list(islice(rest, SECTION)):
        place.add(*zip(*part, strict=True))
    return place.end()


def changes_of(db: sqlite3.Connection, dev: int, first: int, last: int) -> Iterable[tuple[int, int, str, str, Value]]:
    """The changes `first` to `last` of a log, as `link` wants them."""
    query = (
        "SELECT c.seq, c.at, r.id, o.name || coalesce('.' || f.name, ''), c.value FROM change c "
        "JOIN row r ON r.n = c.row JOIN noun o ON o.k = r.noun LEFT JOIN field f ON f.k = c.field "
        "WHERE c.dev = ?1 AND c.seq BETWEEN ?2 AND ?3"
    )
    if db.execute("SELECT 1 FROM aside WHERE dev = ? LIMIT 1", (dev,)).fetchone():
        query += (
            " UNION ALL SELECT seq, at, row, noun || coalesce('.' || field, ''), value FROM aside "
            "WHERE dev = ?1 AND seq BETWEEN ?2 AND ?3"
        )
    return db.execute(query + " ORDER BY 1", (dev, first, last))
