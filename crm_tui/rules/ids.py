"""Names for rows: UUIDv7 as 32 lower-case hex digits, in the order in which they were made."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable

_TAIL_BITS = 62
_TAIL = 1 << _TAIL_BITS
_HEAD = 1 << 12
_VERSION = 7 << 76
_VARIANT = 2 << 62
_OTHER_CLOCK_MS = 60_000


def _layout(milliseconds: int, head: int, tail: int) -> int:
    """Put the three counters of a UUIDv7 into its 128 bits (RFC 9562, section 5.7)."""
    return ((milliseconds & 0xFFFF_FFFF_FFFF) << 80) | _VERSION | (head << 64) | _VARIANT | tail


class IdSource:
    """Makes ids that only grow, even when several fall into one millisecond or the clock steps back a little.

    A clock that goes back by more than a minute is another clock (`--now`, a test) and starts afresh.
    """

    def __init__(self, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._milliseconds = -1
        self._head = 0
        self._tail = 0

    def new(self, now_ms: int) -> str:
        """Make one id for the instant `now_ms` (milliseconds since 1970, UTC)."""
        with self._lock:
            return f"{self._take(now_ms, 1):032x}"

    def many(self, now_ms: int, count: int) -> list[str]:
        """Make `count` ids at once, in growing order; far cheaper than one by one."""
        if count <= 0:
            return []
        with self._lock:
            first = self._take(now_ms, count)
        return [f"{value:032x}" for value in range(first, first + count)]

    def _take(self, now_ms: int, count: int) -> int:
        """Reserve `count` neighbouring ids and return the first as a number."""
        if now_ms > self._milliseconds or now_ms < self._milliseconds - _OTHER_CLOCK_MS:
            self._draw(now_ms)
        elif self._tail + count >= _TAIL:
            self._carry()
        first = _layout(self._milliseconds, self._head, self._tail)
        self._tail += count
        return first

    def _draw(self, now_ms: int) -> None:
        chance = int.from_bytes(self._random_bytes(10), "big")
        self._milliseconds = now_ms
        self._head = (chance >> _TAIL_BITS) & (_HEAD - 1)
        # The upper half stays free, so that a bulk of ids never runs over the edge.
        self._tail = (chance & (_TAIL - 1)) >> 1

    def _carry(self) -> None:
        self._head += 1
        self._tail = 0
        if self._head == _HEAD:
            self._milliseconds += 1
            self._head = 0


_source = IdSource()


def new_id(now_ms: int, random_bytes: bytes | None = None) -> str:
    """Make one UUIDv7 as 32 hex digits for the instant `now_ms` (milliseconds since 1970, UTC).

    Args:
        now_ms: the clock, as a parameter.
        random_bytes: ten bytes of chance; with them the id depends on nothing else (tests, demo).
    """
    if random_bytes is None:
        return _source.new(now_ms)
    chance = int.from_bytes(random_bytes[:10], "big")
    return f"{_layout(now_ms, (chance >> _TAIL_BITS) & (_HEAD - 1), chance & (_TAIL - 1)):032x}"


def new_ids(now_ms: int, count: int) -> list[str]:
    """Make `count` ids at once, growing among themselves and after all earlier ones of this process."""
    return _source.many(now_ms, count)


def fixed_id(*parts: str) -> str:
    """Make the id that these names always give, on every machine (shipped defaults, field definitions).

    It looks like a UUIDv8 (made by hand, no time in it). The parts are length-prefixed: ("ab", "c") differs from
    ("a", "bc").
    """
    text = "".join(f"{len(part)}:{part}" for part in parts)
    value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    value &= ~((0xF << 76) | (0x3 << 62))
    return f"{value | (8 << 76) | _VARIANT:032x}"
