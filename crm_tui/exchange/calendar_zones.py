"""Time zones of calendars: names of other programs read as IANA zones, and IANA zones written out as rules."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from crm_tui.exchange.calendar_lines import Block

_CHINESE = {
    "中国标准时间": "Asia/Shanghai",
    "北京时间": "Asia/Shanghai",
    "台北标准时间": "Asia/Taipei",
    "東京標準時間": "Asia/Tokyo",
}
_USUAL = (
    "Asia/Shanghai", "Asia/Taipei", "Asia/Tokyo", "Asia/Kolkata", "Europe/Berlin", "Europe/London", "Europe/Athens",
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip
_OFFSET = re.compile(r"\(?(?:UTC|GMT)\s*([+-])(\d{1,2}):?(\d{2})?\)?.*", re.IGNORECASE)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@lru_cache(maxsize=512)
def known_zone(name: str) -> str | None:
    """The IANA name behind a TZID: itself, a Windows name, or the end of a path ("/mozilla.org/…/Europe/Berlin")."""
    name = name.strip().strip('"')
    if not name:
        return None
    names = _by_folded_name()
    parts = name.split("/")
    for at in range(len(parts)):
        tail = "/".join(parts[at:]).replace(" ", "_").casefold()
        if tail in names and (at == 0 or "/" in tail or tail in ("utc", "gmt")):
            return names[tail]
    if name in _CHINESE:
        return _CHINESE[name]
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    folded = {key.casefold(): zone for key, zone in WINDOWS_TO_OLSON.items()}
    return names.get(folded.get(name.casefold(), "").casefold())


@lru_cache(maxsize=1)
def _by_folded_name() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() if name not in ("localtime", "Factory")}


class Zones:
    """The zones of one file, resolved once each."""

    def __init__(self, definitions: list[Block], reader: str) -> None:
        """Take the file's VTIMEZONE components and the zone that times without one are read in."""
        self.reader = reader
        self._defined = {block.text("TZID"): block for block in definitions}
        self._found: dict[str, tuple[str, tzinfo] | None] = {}

    def resolve(self, name: str, year: int) -> tuple[str, tzinfo] | None:
        """The IANA name and the zone to read local times in; None if the name says nothing and is not defined.

        A zone that only the file defines is matched with an IANA zone of the same offsets around `year`; without one
        its times are right but the name is "UTC".
        """
        if name not in self._found:
            self._found[name] = self._resolve(name.strip(), year)
        return self._found[name]

    def _resolve(self, name: str, year: int) -> tuple[str, tzinfo] | None:
        known = known_zone(name)
        if known:
            return known, ZoneInfo(known)
        block = self._defined.get(name)
        if block:
            place = known_zone(block.text("X-LIC-LOCATION"))
            if place:
                return place, ZoneInfo(place)
            rules = _from_rules(block)
            if rules:
                return self._twin(rules, year) or "UTC", rules
        offset = _OFFSET.fullmatch(name)
        if offset:
            shift = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            if shift < timedelta(hours=24):
                fixed = timezone(-shift if offset[1] == "-" else shift)
                return self._twin(fixed, year) or "UTC", fixed
        return None

    def _twin(self, zone: tzinfo, year: int) -> str | None:
        year = min(max(year, 1902), 2098)
        times = [datetime(y, month, day) for y in (year, year + 1) for month in range(1, 13) for day in (1, 8, 15, 22)]
        offsets = [time.replace(tzinfo=zone).utcoffset() for time in times]
        for name in (self.reader, *_USUAL, *sorted(_by_folded_name().values())):
            other = ZoneInfo(name)
            if [time.replace(tzinfo=other).utcoffset() for time in times] == offsets:
                return name
        return None


def _from_rules(block: Block) -> tzinfo | None:
    """The zone that a VTIMEZONE describes, None if its rules make no sense."""
    from dateutil.tz import tzical

    text = "\r\n".join(line for line in block.raw if line.strip()) + "\r\n"
    try:
        calendar = tzical(io.StringIO(text))
        names = calendar.keys()
        found = calendar.get(names[0]) if names else None
        if found is None or found.utcoffset(datetime(2024, 1, 1)) is None:
            return None
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        return None
    return found


class _Change(NamedTuple):
    """A moment at which a zone's offset or name changes; `local` is the clock before it."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def zone_text(name: str, first: int, last: int) -> str:
    """A VTIMEZONE for the years `first` to `last`, as RFC 5545 lines with CRLF.

    Changes that return by the same rule up to the last year stand as one open rule, all others one by one.
    """
    zone = ZoneInfo(name)
    first, last = min(max(first - 1, 1902), 2096), min(max(last + 1, 1904), 2098)
    begin = datetime(first, 1, 1, tzinfo=UTC)
    start = begin.astimezone(zone)
    offset = start.utcoffset() or timedelta()
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    eve = datetime(first, 1, 1) - timedelta(days=1)
    opening = _Change(eve, offset, offset, start.tzname() or "", bool(start.dst()))
    lines += _observance(opening, "")
    rules: dict[tuple[object, ...], list[_Change]] = defaultdict(list)
    for change in _changes(zone, begin, datetime(last + 1, 1, 1, tzinfo=UTC)):
        rules[change.local.month, change.local.weekday(), change.local.time(), *change[1:]].append(change)
    for changes in rules.values():
        lines += _ruled(changes, last)
    return "\r\n".join([*lines, "END:VTIMEZONE", ""])


def _ruled(changes: list[_Change], last: int) -> list[str]:
    """Observances of changes that share month, weekday and clock: one rule where their weeks agree each year."""
    days = [change.local for change in changes]
    steady = len(days) > 1 and all(b.year - a.year == 1 for a, b in pairwise(days))
    weeks = {(day.day - 1) // 7 + 1 for day in days}
    at_end = all((day + timedelta(days=7)).month != day.month for day in days)
    if steady and (at_end or len(weeks) == 1) and days[-1].year >= last:
        week = -1 if at_end else weeks.pop()
        rule = f"FREQ=YEARLY;BYMONTH={days[0].month};BYDAY={week}{_WEEKDAYS[days[0].weekday()]}"
        return _observance(changes[0], rule)
    return [line for change in changes for line in _observance(change, "")]


def _observance(change: _Change, rule: str) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{change.local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(change.before)}",
        f"TZOFFSETTO:{_offset(change.after)}",
        *([f"TZNAME:{change.name}"] if change.name else []),
        *([f"RRULE:{rule}"] if rule else []),
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    odd = f"{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}{odd}"


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> list[_Change]:
    """All changes of a zone between two instants, found by halving the days on which it differs."""
    found = []
    low = begin
    while low < end:
        high = min(low + timedelta(days=7), end)
        state = _state(zone, low)
        if _state(zone, high) != state:
            early, late = low, high
            while late - early > timedelta(seconds=1):
                middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
                early, late = (middle, late) if _state(zone, middle) == state else (early, middle)
            before = state[0]
            after, summer, name = _state(zone, late)
            found.append(_Change((late + before).replace(tzinfo=None), before, after, name, summer))
            high = late
        low = high
    return found


def _state(zone: ZoneInfo, at: datetime) -> tuple[timedelta, bool, str]:
    local = at.astimezone(zone)
    return local.utcoffset() or timedelta(), bool(local.dst()), local.tzname() or ""
