"""When to try again after nobody answered the phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

TRIES = 4
"""After so many tries we stop and somebody decides."""
OPENS, NOON, CLOSES = time(9), time(12), time(18)


def next_try(attempt: int, now: datetime, is_off: Callable[[datetime], bool]) -> datetime | None:
    """The time of the next try.

    After the first try two hours later, if that is still within office hours; after the second in the other half of
    the next working day; after the third three days later; each within office hours of a working day.

    Args:
        attempt: which try just failed, 1 is the first.
        now: when (local).
        is_off: whether a day is no working day.

    Returns:
        None when it was the last.
    """
    if attempt >= TRIES:
        return None
    if attempt <= 1:
        later = now + timedelta(hours=2)
        if later.date() == now.date() and OPENS <= later.time() < CLOSES and not is_off(later):
            return later.replace(second=0, microsecond=0)
        return _morning(now + timedelta(days=1), OPENS, is_off)
    other = time(14) if now.time() < NOON else time(10)
    return _morning(now + timedelta(days=1 if attempt == 2 else 3), other, is_off)


def _morning(day: datetime, at: time, is_off: Callable[[datetime], bool]) -> datetime:
    while is_off(day):
        day += timedelta(days=1)
    return datetime.combine(day.date(), at, day.tzinfo)
