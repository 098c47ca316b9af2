"""What shares showed to people outside of the company: kept as marks, and as a place in a log that stays outside.

The log of a share is written once, in the file that leaves; the company keeps its id and its end, so that what returns
can say that it has seen it. Rows and links are kept as marks of 8 bytes, which say yes or no and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MARK = 8
"""Bytes of a mark."""

NEVER = frozenset({"deleted", "merged_into"})
"""What nobody outside may do to a row of the company."""

PEOPLE = "people"
"""The noun of which only names leave."""


def mark(share: str, *names: str) -> bytes:
    """The mark of a row (its id) or of a field of a row in one share."""
    return hashlib.blake2b("\n".join((share, *names)).encode(), digest_size=MARK).digest()


def pack(marks: Iterable[bytes]) -> str:
    """Marks as one text, sorted, so that their order tells nothing."""
    return base64.b64encode(b"".join(sorted(marks))).decode()


def unpack(text: str | None) -> frozenset[bytes]:
    """The marks in such a text."""
    whole = base64.b64decode(text or "")
    return frozenset(whole[place : place + MARK] for place in range(0, len(whole), MARK))


@dataclass(frozen=True)
class Shown:
    """One share as the file remembers it.

    Attributes:
        id: of the share, and of the log in it.
        vector: last number by log of what it was taken from.
        nouns: kinds of rows that hang on customers, each with the link to its customer; customers themselves with "".
        hidden: nouns and "noun.field" that were held back.
        rows: marks of the rows in it.
        withheld: marks of (row, field) whose value was held back because it points elsewhere.
    """

    id: str
    vector: Mapping[str, int]
    nouns: Mapping[str, str]
    hidden: frozenset[str]
    rows: frozenset[bytes]
    withheld: frozenset[bytes]

    def holds(self, row: object) -> bool:
        """Whether a row was in it."""
        return isinstance(row, str) and mark(self.id, row) in self.rows

    def shows(self, noun: str, row: str, field: str) -> bool:
        """Whether the value of a field of a row was in it, and may be changed by who got it."""
        return (
            field not in NEVER
            and not self.hidden & {noun, f"{noun}.{field}"}
            and self.holds(row)
            and mark(self.id, row, field) not in self.withheld
        )


def read(value: str, share: str) -> Shown:
    """A share from the values that its row was inserted with."""
    told = json.loads(value)
    return Shown(
        share,
        json.loads(told["vector"]),
        json.loads(told["nouns"]),
        frozenset(json.loads(told["hidden"])),
        unpack(told.get("rows")),
        unpack(told.get("withheld")),
    )


def outside(db: sqlite3.Connection) -> dict[str, int]:
    """The numbers here of the shares' logs, by id: known by their end alone."""
    return dict(
        db.execute(
            "SELECT id, dev FROM main.device d WHERE d.end_seq IS NOT NULL "
            "AND NOT EXISTS(SELECT 1 FROM main.have h WHERE h.dev = d.dev)"
        )
    )


def ends(db: sqlite3.Connection) -> dict[str, int]:
    """The last number of each share's log, by its id."""
    return dict(
        db.execute(
            "SELECT id, end_seq FROM main.device d WHERE d.end_seq IS NOT NULL "
            "AND NOT EXISTS(SELECT 1 FROM main.have h WHERE h.dev = d.dev)"
        )
    )


def register(db: sqlite3.Connection, at: int) -> None:
    """Note the log of every share that has a row here, so that others can say that they have seen it."""
    _note(
        db,
        at,
        db.execute(
            "SELECT id, name, seq, chain FROM main.shares s WHERE seq > 0 AND length(chain) = 64 "
            "AND NOT EXISTS(SELECT 1 FROM main.device d WHERE d.id = s.id)"
        ).fetchall(),
    )


def register_staged(db: sqlite3.Connection, at: int) -> None:
    """The same for shares whose rows come with the merge that is staged; who is outside cannot make any."""
    if not db.execute("SELECT 1 FROM stage.name WHERE noun = 'shares' AND field IS NULL").fetchone():
        return
    coming = db.execute(
        "SELECT r.id, s.log, json_extract(i.value, '$.name'), json_extract(i.value, '$.seq'), "
        "json_extract(i.value, '$.chain') FROM stage.name m CROSS JOIN stage.ins i ON i.name = m.k "
        "CROSS JOIN stage.slice s ON s.k = i.slice CROSS JOIN stage.rows r ON r.k = i.row "
        "WHERE m.noun = 'shares' AND m.field IS NULL AND i.seq > s.have AND json_valid(i.value) "
        "AND NOT EXISTS(SELECT 1 FROM main.device d WHERE d.id = r.id)"
    ).fetchall()
    kept = {*outside(db), *(share for share, *_ in coming)}
    strangers = who_has_seen(db, kept)
    _note(
        db,
        at,
        [
            (share, name, seq, end)
            for share, log, name, seq, end in coming
            if log not in strangers and isinstance(seq, int) and isinstance(end, str) and len(end) == 64
        ],
    )


def _note(db: sqlite3.Connection, at: int, shares: list[tuple[str, str, int, str]]) -> None:
    db.executemany(
        "INSERT OR IGNORE INTO main.device(id, name, first_seen, retired, end_seq, end_hash) VALUES(?,?,?,?,?,?)",
        [(share, f"share {name}", at, at, seq, bytes.fromhex(end)) for share, name, seq, end in shares],
    )


def who_has_seen(db: sqlite3.Connection, shares: set[str]) -> set[str]:
    """The staged logs whose first change has seen one of these shares: they are from outside."""
    found = {log for log, of in db.execute("SELECT log, of FROM stage.seen WHERE seq = 1").fetchall() if of in shares}
    query = (
        "SELECT s.log, o.id FROM stage.slice s CROSS JOIN main.seen e ON e.dev = s.dev AND e.seq = 1 AND NOT e.derived "
        "CROSS JOIN main.device o ON o.dev = e.of"
    )
    return found | {log for log, of in db.execute(query).fetchall() if of in shares}
