"""Working minutes: opening hours with breaks, laid on the working days of a calendar, measured over zones.

A deadline of "8 working hours" and the countdown to it are both read from one `WorkClock`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_tui.errors import Refused
from crm_tui.rules.local_time import first_showing, local_day, minute_of
from crm_tui.rules.working_days import Calendar
from crm_tui.words import t

Span = tuple[int, int]
"""Minutes after midnight on the wall clock: from, to (at most 1440)."""

Interval = tuple[datetime, datetime]
"""Aware instants: from, up to but not including."""

DAY_MINUTES = 1440
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_ZERO = timedelta()
_LONGEST_REST = 400
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CLOSED = ("closed", "休息", "休")
_SPAN = re.compile(r"(\d{1,2})[:：]([0-5]\d)\s*[-–~～至]\s*(\d{1,2})[:：]([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Hours:
    """When people work on a working day.

    Attributes:
        spans: of every working day, also of a make-up Saturday; sorted and disjoint. A lunch break is the gap between.
        by_weekday: other spans on that weekday (Monday is 0); an empty tuple closes it even if the calendar works.
    """

    spans: tuple[Span, ...]
    by_weekday: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for spans in (self.spans, *self.by_weekday.values()):
            ends = [minute for span in spans for minute in span]
            rising = all(start < end for start, end in spans) and ends == sorted(ends)
            if not rising or (ends and not 0 <= ends[0] <= ends[-1] <= DAY_MINUTES):
                raise Refused(
                    t("Working hours must follow one another within a day, such as 09:00-12:00 13:00-18:00; work over "
                      "midnight is written as two, such as 22:00-24:00 and 00:00-06:00.")
                )  # fmt: skip

    def on(self, day: date) -> tuple[Span, ...]:
        """The spans of a day that the calendar says is worked."""
        return self.by_weekday.get(day.weekday(), self.spans)


OFFICE = Hours(((9 * 60, 12 * 60), (13 * 60, 18 * 60)))
ALWAYS = Hours(((0, DAY_MINUTES),))


def parse_hours(text: str) -> Hours:
    """Read "09:00-12:00 13:00-18:00; fri 09:00-12:00; sat closed".

    Raises:
        Refused: a part is not understood, or spans overlap.
    """
    spans: tuple[Span, ...] = ()
    by_weekday: dict[int, tuple[Span, ...]] = {}
    for part in filter(None, (part.strip() for part in re.split(r"[;；\n]", text))):
        head = part[:3].casefold()
        at = _WEEKDAYS.index(head) if head in _WEEKDAYS else None
        rest = part[3:].strip() if at is not None else part
        found = tuple(
            (int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in (m.groups() for m in _SPAN.finditer(rest))
        )
        left = re.sub(r"[\s,，、]", "", _SPAN.sub("", rest))
        closed = at is not None and not found and left.casefold() in _CLOSED
        if not closed and (left or not found):
            raise Refused(t("“{text}” is not understood; write hours like 09:00-12:00 13:00-18:00.", text=part[:40]))
        if at is None:
            spans += found
        else:
            by_weekday[at] = found
    return Hours(tuple(sorted(spans)), by_weekday)


def format_hours(hours: Hours) -> str:
    """Write hours so that `parse_hours` reads them back."""
    parts = [_written(hours.spans)] if hours.spans else []
    parts += [f"{_WEEKDAYS[at]} {_written(hours.by_weekday[at]) or 'closed'}" for at in sorted(hours.by_weekday)]
    return "; ".join(parts)


def _written(spans: Iterable[Span]) -> str:
    return " ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)


class WorkClock:
    """Working time of one calendar, hours and zone; keeps the days that it has laid out.

    Where clocks change, an hour that is left out is not worked and an hour that comes twice is worked twice, if it
    lies in the spans.

    Attributes:
        calendar: which days are worked.
        hours: when, on those days.
        zone: whose wall clock.
    """

    def __init__(self, calendar: Calendar, hours: Hours, zone: ZoneInfo) -> None:
        self.calendar = calendar
        self.hours = hours
        self.zone = zone
        self._days: dict[date, tuple[Interval, ...]] = {}

    def day(self, day: date) -> tuple[Interval, ...]:
        """The worked intervals of a local day in UTC, in order; none on a day off."""
        found = self._days.get(day)
        if found is None:
            spans = self.hours.on(day) if self.calendar.is_working(day) else ()
            ends = [
                (first_showing(minute_of(day, a), self.zone), first_showing(minute_of(day, b), self.zone))
                for a, b in spans
            ]
            found = self._days[day] = tuple((start, end) for start, end in ends if start < end)
        return found

    def is_open(self, at: datetime) -> bool:
        """Whether the instant lies in working time."""
        at = at.astimezone(UTC)
        return any(start <= at < end for start, end in self.day(local_day(at, self.zone)))

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Whole working minutes from one instant to another; negative if `end` comes first."""
        if end < start:
            return -self.minutes_between(end, start)
        return self.worked(start, end) // _MINUTE

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one instant to another, to the second; nothing if `end` comes first."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        worked = _ZERO
        day, last = local_day(start, self.zone), local_day(end, self.zone)
        while day <= last:
            for opens, closes in self.day(day):
                worked += max(_ZERO, min(closes, end) - max(opens, start))
            day += _DAY
        return worked

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The instant (UTC) by which so many working minutes have passed; before `start` if negative.

        It is the earliest such instant (18:00, not 09:00 of the next day), for negative minutes the latest; for 0
        minutes it is `start`.

        Raises:
            Refused: more than a year goes by without working time.
        """
        return self.add_time(start, minutes * _MINUTE)

    def add_time(self, start: datetime, span: timedelta) -> datetime:
        """The instant (UTC) by which so much working time has passed, as `add_minutes` has it.

        Raises:
            Refused: more than a year goes by without working time.
        """
        at = start.astimezone(UTC)
        left = abs(span)
        if not left:
            return at
        for opens, closes in self._ahead(at) if span > _ZERO else self._back(at):
            length = closes - opens
            if left <= length:
                return opens + left if span > _ZERO else closes - left
            left -= length
        raise Refused(t("There is no working time within a year of {day}; look at hours and holidays.", day=at.date()))

    def next_open(self, at: datetime) -> datetime:
        """The instant itself (UTC) if it is worked, else the next at which work begins.

        Raises:
            Refused: more than a year goes by without working time.
        """
        for opens, _ in self._ahead(at.astimezone(UTC)):
            return opens
        raise Refused(t("There is no working time within a year of {day}; look at hours and holidays.", day=at.date()))

    def _ahead(self, at: datetime) -> Iterator[Interval]:
        day, idle = local_day(at, self.zone), 0
        while idle < _LONGEST_REST:
            idle += 1
            for opens, closes in self.day(day):
                if closes > at:
                    idle = 0
                    yield max(opens, at), closes
            day += _DAY

    def _back(self, at: datetime) -> Iterator[Interval]:
        day, idle = local_day(at, self.zone), 0
        while idle < _LONGEST_REST:
            idle += 1
            for opens, closes in reversed(self.day(day)):
                if opens < at:
                    idle = 0
                    yield opens, min(closes, at)
            day -= _DAY


def working_minutes_between(start: datetime, end: datetime, calendar: Calendar, hours: Hours, zone: ZoneInfo) -> int:
    """Whole working minutes between two aware instants; for many questions keep one `WorkClock`."""
    return WorkClock(calendar, hours, zone).minutes_between(start, end)


def add_working_minutes(start: datetime, minutes: int, calendar: Calendar, hours: Hours, zone: ZoneInfo) -> datetime:
    """The instant (UTC) by which so many working minutes have passed; for many questions keep one `WorkClock`."""
    return WorkClock(calendar, hours, zone).add_minutes(start, minutes)


def subtract(free: Iterable[Interval], busy: Iterable[Interval]) -> list[Interval]:
    """What is left of disjoint intervals when others, which may overlap, are taken out; sorted."""
    taken = sorted(busy)
    left: list[Interval] = []
    for opens, closes in sorted(free):
        at = opens
        for start, end in taken:
            if start >= closes:
                break
            if start > at:
                left.append((at, start))
            at = max(at, end)
        if at < closes:
            left.append((at, closes))
    return left
