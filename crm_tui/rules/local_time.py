"""Wall clocks and instants: what a local time means on the days when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_tui.errors import Refused
from crm_tui.words import t

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name such as Asia/Shanghai.

    Raises:
        Refused: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(t("There is no time zone “{name}”; write one like Asia/Shanghai.", name=name)) from None


def localise(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant (UTC) of an appointment at a wall-clock time.

    As RFC 5545 has it: a time that a clock change leaves out is read with the offset before the change (02:30 becomes
    03:30), a time that comes twice means the first of the two. UTC, because aware times of one zone compare by their
    wall clocks, and never equal those of another zone in the hour that comes twice.
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def first_showing(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant (UTC) at which the wall clock shows `local` or later.

    Unlike `localise` it never goes back as `local` goes on, so spans of hours that touch on the wall touch in time:
    a time that is left out becomes the instant of the change.
    """
    early = local.replace(tzinfo=zone, fold=0)
    at = early.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == local:
        return at
    low, high = local.replace(tzinfo=zone, fold=1).astimezone(UTC), at
    before = low.astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day on which an aware instant falls in `zone`."""
    return at.astimezone(zone).date()


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall-clock time of an aware instant in `zone`."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def minute_of(day: date, minute: int) -> datetime:
    """The naive local time so many minutes after midnight as the clock shows them; 1440 is the next midnight."""
    return datetime.combine(day, time()) + timedelta(minutes=minute)
