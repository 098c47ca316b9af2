"""The chain that makes a log tamper-evident, with salted digests so that a value can be erased later.

Each value enters the chain as a digest salted from its action's salt. Erasing a person's data blanks the value and
keeps the digests; the chain still holds, and the value cannot be guessed from it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from collections.abc import Iterable

START = bytes(32)
"""What stands before the first action of a log."""


def value_bytes(value: int | str | None) -> bytes:
    """The canonical bytes of a stored value, with its type."""
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d" % value
    return b"t" + value.encode("utf-8", "surrogatepass")


def value_digest(value: int | str | None, seq: int, salt: bytes) -> bytes:
    """The salted digest (16 bytes) of one change's value."""
    own = hashlib.blake2b(seq.to_bytes(8, "big"), key=salt, digest_size=16).digest()
    return hashlib.blake2b(value_bytes(value), key=own, digest_size=16).digest()


def link(
    before: bytes, header: bytes, salt: bytes, changes: Iterable[tuple[int, int, str, str, int | str | None]]
) -> bytes:
    """The chain's place (32 bytes) after an action.

    Args:
        before: the place before it.
        header: the action's own facts, in canonical bytes.
        salt: the action's salt, 16 bytes.
        changes: (seq, at in ms, row id, field name or "", value) of each change in order.
    """
    chain = hashlib.blake2b(before, digest_size=32)
    chain.update(struct.pack(">I", len(header)) + header)
    for seq, at, row, field, value in changes:
        name = field.encode()
        chain.update(struct.pack(">QqI", seq, at, len(name)) + name + row.encode() + value_digest(value, seq, salt))
    return chain.digest()


def changes_of(
    db: sqlite3.Connection, dev: int, first: int, last: int
) -> Iterable[tuple[int, int, str, str, int | str | None]]:
    """The changes `first` to `last` of a log, as `link` wants them."""
    return db.execute(
        "SELECT c.seq, c.at, r.id, coalesce(f.name, ''), c.value FROM change c JOIN row r ON r.n = c.row "
        "LEFT JOIN field f ON f.k = c.field WHERE c.dev = ? AND c.seq BETWEEN ? AND ? ORDER BY c.seq",
        (dev, first, last),
    )
