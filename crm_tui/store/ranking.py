"""Which documents answer to a query, the best first, with as little reading as it takes.

Words of two and three letters begin so many terms that FTS5 merges long lists before it gives the first hit. Where
they are long, the documents that the other words find are looked at instead, the newest first, until there are enough
hits; a look that gets nowhere is given up for the lists.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from crm_tui.rules.asking import Query, Tier, Word

LIGHT = 8_000
"""Microseconds that merging may take before looking is tried."""

GLANCE = 4_000
"""Microseconds of looking before it is decided how to go on."""

RANKED = 1_000
"""So many hits are told apart by how well they answer; further ones only as they come."""

CHUNK = 500
"""Documents read at once; of the whole file, eight times as many."""

_LOOK, _PASS = 2.0, 0.3
"""Microseconds to look at a document that other words point at, and at the next one in the file."""

_READ = 4.0
"""Microseconds to look at a document and to judge it."""

_MERGE = 450
"""Microseconds to merge a page of the index (some 3,000 entries)."""

_LAST = 1 << 62
_MATCH = "SELECT rowid FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC"
_TEXTS = "SELECT d.n, d.text FROM json_each(?) j CROSS JOIN doc d ON d.n = j.value"


def ranked(db: sqlite3.Connection, asked: Query, limit: int) -> tuple[list[int], bool]:
    """Numbers of at most `limit` customers whose document answers, the best first, and whether there are more."""
    hits = _Hits(db, asked, limit)
    full = any(map(hits.take, asked.tiers)) or (bool(asked.words) and hits.take_widest())
    return sorted(hits.ranks, key=hits.ranks.__getitem__), full


class _Hits:
    """The hits so far, and what has been looked at in vain."""

    def __init__(self, db: sqlite3.Connection, asked: Query, limit: int) -> None:
        self.ranks: dict[int, int] = {}
        self._vain: set[int] = set()
        self._db = db
        self._asked = asked
        self._limit = limit

    def take(self, tier: Tier, below: int = _LAST) -> bool:
        """Take the hits of a tier that are numbered lower than `below`; whether there are more than are counted."""
        found = self._db.execute(_MATCH, (tier.match, below))
        while chunk := found.fetchmany(CHUNK):
            if tier.sure and len(self.ranks) >= RANKED:
                for (n,) in chunk:
                    self.ranks.setdefault(n, tier.rank)
                if len(self.ranks) > self._limit:
                    for n in list(self.ranks)[self._limit :]:
                        del self.ranks[n]
                    return True
            elif self._judge(tier, self._texts(chunk)):
                return True
        return False

    def take_widest(self) -> bool:
        """Take whatever answers; whether there are more hits than are counted."""
        asked = self._asked
        whole = asked.widest()
        if whole is None:
            return False
        costs = {word: _MERGE * _pages(self._db, word.text) for word in asked.words if word.scanned}
        heavy = sorted((word for word in costs if costs[word] > LIGHT), key=costs.__getitem__)
        long = asked.without(costs)
        if long.match and costs and self._few(long.match, min(sum(costs.values()), LIGHT) / _READ):
            return self.take(long)
        if not heavy:
            return self.take(whole)
        if len(costs) > 1:
            full, below = self._try(asked.without(heavy))
            if full or not below:
                return full
        if self.take(asked.spelled(heavy[-1])):
            return True
        full, below = self._look(asked.without(heavy[-1:]), heavy[-1], costs[heavy[-1]])
        return full or (below > 0 and self.take(whole, below))

    def _try(self, tier: Tier) -> tuple[bool, int]:
        """Take a tier if it is a small one.

        Returns:
            Whether there are more hits than are counted; and the number below which nothing was looked at.
        """
        if not tier.match:
            return False, _LAST
        most = int(GLANCE / _READ)
        chunk = self._db.execute(_MATCH + " LIMIT ?", (tier.match, _LAST, most)).fetchall()
        if len(chunk) == most:
            return False, _LAST
        return self._judge(tier, self._texts(chunk)), 0

    def _look(self, tier: Tier, heavy: Word, cost: float) -> tuple[bool, int]:
        """Look at what a tier finds for a word that it leaves out, as long as that is quicker than to ask for it.

        Returns:
            Whether there are more hits than are counted; and the number below which nothing was looked at.
        """
        spent, allowed, before = 0.0, float(GLANCE), len(self.ranks)
        for rows, last, time in self._sieved(tier.match, *heavy.sieve("text")):
            if self._judge(tier, rows):
                return True, 0
            spent += time
            if spent >= allowed:
                seen = len(self.ranks) - before
                needed = spent * (self._limit + 1 - len(self.ranks)) / seen if seen else cost + 1
                few = needed <= cost or (tier.match and self._few(tier.match, cost / _LOOK, last))
                if not few or allowed > GLANCE:
                    return False, last
                allowed = GLANCE + 2 * cost
        return False, 0

    def _sieved(
        self, match: str, sieve: str, values: Sequence[str]
    ) -> Iterator[tuple[list[tuple[int, str]], int, float]]:
        """Documents that pass a sieve, the number of the last one looked at, and the microseconds it took."""
        if match:
            found = self._db.execute(_MATCH, (match, _LAST))
            while chunk := found.fetchmany(CHUNK):
                yield self._texts(chunk, " WHERE " + sieve, values), chunk[-1][0], len(chunk) * _LOOK
            return
        last = _LAST
        bound = f"SELECT n FROM doc WHERE n < ? ORDER BY n DESC LIMIT 1 OFFSET {8 * CHUNK}"
        query = f"SELECT n, text FROM doc WHERE n < ? AND n >= ? AND {sieve} ORDER BY n DESC"
        while last:
            row = self._db.execute(bound, (last,)).fetchone()
            first = row[0] if row is not None else 0
            rows = self._db.execute(query, (last, first, *values)).fetchall()
            yield [row for row in rows if row[0] not in self.ranks], first, 8 * CHUNK * _PASS
            last = first

    def _few(self, match: str, most: float, below: int = _LAST) -> bool:
        """Whether no more than `most` documents with a number lower than `below` are found."""
        query = f"SELECT count(*) FROM ({_MATCH} LIMIT ?)"
        return bool(self._db.execute(query, (match, below, int(most) + 1)).fetchone()[0] <= most)

    def _texts(self, chunk: list[tuple[int]], where: str = "", values: Sequence[str] = ()) -> list[tuple[int, str]]:
        """Those of a chunk that have not been looked at, with their texts."""
        fresh = [n for (n,) in chunk if n not in self.ranks and n not in self._vain]
        return self._db.execute(_TEXTS + where, (json.dumps(fresh), *values)).fetchall() if fresh else []

    def _judge(self, tier: Tier, rows: Iterable[tuple[int, str]]) -> bool:
        ranks, asked = self.ranks, self._asked
        for n, text in rows:
            if not tier.sure and not asked.holds(text):
                self._vain.add(n)
                continue
            rank = asked.rank(text)
            if tier.alone and rank > tier.rank:
                continue
            if len(ranks) == self._limit:
                return True
            ranks[n] = min(rank, tier.rank)
        return False


def _pages(db: sqlite3.Connection, beginning: str) -> int:
    """How many pages of the index the terms with this beginning fill; read from where FTS5 notes its pages."""
    low = b"0" + beginning.encode()
    pages, segment = 0, -1
    while segment is not None:
        (segment,) = db.execute("SELECT min(segid) FROM search_idx WHERE segid > ?", (segment,)).fetchone()
        if segment is None:
            break
        first = db.execute(f"{_PAGE} <= ? ORDER BY term DESC LIMIT 1", (segment, low)).fetchone()
        after = db.execute(f"{_PAGE} >= ? ORDER BY term LIMIT 1", (segment, low + b"\xff")).fetchone()
        if first is None or after is None:
            continue
        start, end = first[0] >> 1, after[0] >> 1
        if end - start > 1 and _last_term(db, segment, start) < low:
            next_ = db.execute(f"{_PAGE} > ? ORDER BY term LIMIT 1", (segment, low)).fetchone()
            start = (next_[0] >> 1) - 1
        pages += max(0, end - start - 1)
    return pages


_PAGE = "SELECT pgno FROM search_idx WHERE segid = ? AND term"


def _last_term(db: sqlite3.Connection, segment: int, page: int) -> bytes:
    """The term whose list runs over from a page of the index to those behind it."""
    row = db.execute("SELECT block FROM search_data WHERE id = ?", (segment << 37 | page,)).fetchone()
    leaf = row[0] if row is not None else b""  # merging has moved what stood on this page
    at, place, term = int.from_bytes(leaf[2:4], "big"), 0, b""
    while at < len(leaf):
        step, at = _varint(leaf, at)
        kept, start = _varint(leaf, place + step) if place else (0, step)
        place += step
        size, start = _varint(leaf, start)
        term = term[:kept] + leaf[start : start + size]
    return term


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one or more bytes of seven bits, the high ones first, and where it ends."""
    value = 0
    while data[at] & 0x80:
        value = value << 7 | data[at] & 0x7F
        at += 1
    return value << 7 | data[at], at + 1
