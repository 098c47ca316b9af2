"""Plans that return: a pattern on a local clock, fitted to working days, with single occurrences moved or skipped.

The pattern is that of RFC 5545 and means what it means there: `BYMONTHDAY=31` leaves short months out. The makers
(`daily`, `weekly`, `monthly`, `yearly`) write the form that people mean: day 31 falls on the last day of a short month.

An occurrence is known by its *original*: the local date-time that the pattern gives, before holidays and moves; it
stays the same when a holiday is announced. A pattern by working days (the last, the third) has the first of the month
as its original. Where holidays push several occurrences onto one day, one visit remains: the one that belongs there,
else the earliest; `Occurrence.also` names the others. A time that a clock change leaves out is an hour later, one that
comes twice is the first (`local_time.localise`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule
from dateutil.rrule import weekday as rrule_weekday

from crm_tui.errors import Refused
from crm_tui.rules.local_time import localise, wall, zone_of
from crm_tui.rules.series_check import impossible
from crm_tui.rules.working_days import Calendar, Shift

Freq = Literal["daily", "weekly", "monthly", "yearly"]
FREQS: tuple[Freq, ...] = get_args(Freq)

Weekday = tuple[int, int]
"""Weekday from 0 (Monday), and which one of the month or year: 1 the first, -1 the last, 0 every."""

_FREQS: dict[Freq, Literal[0, 1, 2, 3]] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY, "yearly": YEARLY}
_DAY = timedelta(days=1)
_LAST_YEAR = 9990
_STEPS = (
    timedelta(days=9),
    timedelta(days=100),
    timedelta(days=800),
    timedelta(days=366 * 9),
    timedelta(days=366 * 41),
)


@dataclass(frozen=True, slots=True)
class Series:
    """A pattern and its exceptions.

    Attributes:
        start: naive local date-time of the first day that counts; also the time of day of all occurrences.
        zone: IANA name.
        freq: daily, weekly, monthly or yearly.
        interval: every so many days, weeks, months or years.
        weekdays: on which weekdays.
        monthdays: on which days of the month, from the end if negative.
        months: in which months.
        setpos: which of the days that a month or year then has, from the end if negative.
        workday: the n-th working day of the month, from the end if negative, instead of weekdays and days; 0 if unused.
        count: how many occurrences of the pattern there are, skipped ones included; None without end.
        until: last day of the pattern (what falls on it may be shifted behind it); None without end.
        rule: what happens on days off.
        week_start: the weekday with which weeks begin, for every n weeks.
        skipped: originals that do not take place.
        moved: new local date-time by original; it is not shifted again.
    """

    start: datetime
    zone: str
    freq: Freq
    interval: int = 1
    weekdays: tuple[Weekday, ...] = ()
    monthdays: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    setpos: tuple[int, ...] = ()
    workday: int = 0
    count: int | None = None
    until: date | None = None
    rule: Shift = "keep"
    week_start: int = 0
    skipped: frozenset[datetime] = frozenset()
    moved: Mapping[datetime, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if problem := impossible(self):
            raise Refused(problem)

    def skip(self, original: datetime) -> Series:
        """The series without one occurrence."""
        moved = {key: to for key, to in self.moved.items() if key != original}
        return replace(self, skipped=self.skipped | {original}, moved=moved)

    def move(self, original: datetime, to: datetime) -> Series:
        """The series with one occurrence at another local date-time."""
        return replace(self, skipped=self.skipped - {original}, moved={**self.moved, original: to})

    def restore(self, original: datetime) -> Series:
        """The series with one occurrence back where the pattern has it."""
        moved = {key: to for key, to in self.moved.items() if key != original}
        return replace(self, skipped=self.skipped - {original}, moved=moved)

    def end_before(self, day: date) -> Series:
        """The series up to the day before `day`, for "this and all later ones"."""
        last = day - _DAY
        return replace(self, until=last if self.until is None else min(self.until, last))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a series takes place.

    Attributes:
        at: the instant, UTC.
        local: what the wall clock of the series' zone shows then.
        original: the local date-time by which exceptions know it.
        moved: a person moved it.
        shifted: a holiday or weekend moved it.
        also: originals that fell onto the same day and take place with it.
    """

    at: datetime
    local: datetime
    original: datetime
    moved: bool = False
    shifted: bool = False
    also: tuple[datetime, ...] = ()


def daily(start: datetime, zone: str, interval: int = 1) -> Series:
    """Every `interval` days."""
    return Series(start, zone, "daily", interval)


def weekly(start: datetime, zone: str, weekdays: tuple[int, ...] = (), interval: int = 1) -> Series:
    """Every `interval` weeks on these weekdays (Monday is 0), or on that of the start."""
    return Series(start, zone, "weekly", interval, tuple((one, 0) for one in weekdays))


def monthly(start: datetime, zone: str, day: int | None = None, interval: int = 1) -> Series:
    """Every `interval` months on a day, or on that of the start; in shorter months on their last; -1 is the last."""
    monthdays, setpos = _day_of_month(start.day if day is None else day)
    return Series(start, zone, "monthly", interval, monthdays=monthdays, setpos=setpos)


def monthly_weekday(start: datetime, zone: str, weekday: int, nth: int, interval: int = 1) -> Series:
    """Every `interval` months on the n-th weekday, -1 for the last; months without a fifth are left out."""
    return Series(start, zone, "monthly", interval, ((weekday, nth),))


def monthly_working_day(start: datetime, zone: str, nth: int = -1, interval: int = 1) -> Series:
    """Every `interval` months on the n-th working day, -1 for the last."""
    return Series(start, zone, "monthly", interval, workday=nth)


def yearly(start: datetime, zone: str, month: int | None = None, day: int | None = None, interval: int = 1) -> Series:
    """Every `interval` years on a day; 29 February falls on the 28th in ordinary years."""
    monthdays, setpos = _day_of_month(start.day if day is None else day)
    return Series(start, zone, "yearly", interval, (), monthdays, (month or start.month,), setpos)


def _day_of_month(day: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Days of the month, and which of those that there are."""
    return (tuple(range(28, day + 1)), (-1,)) if day > 28 else ((day,), ())


def occurrences(series: Series, calendar: Calendar, after: datetime, before: datetime) -> list[Occurrence]:
    """All occurrences from `after` up to, not including, `before` (aware instants), in order of time.

    Raises:
        Refused: the calendar has no working day near an occurrence.
    """
    after, before = after.astimezone(UTC), before.astimezone(UTC)
    zone = zone_of(series.zone)
    first, last = (wall(at, zone).date() for at in (after, before))
    found = [one for one in _planned(series, calendar, first - _DAY, last + _DAY) if after <= one.at < before]
    for original, to in series.moved.items():
        at = localise(to, zone)
        if after <= at < before and original not in series.skipped and _exists(series, calendar, original):
            found.append(Occurrence(at, wall(at, zone), original, moved=True))
    return sorted(found, key=lambda one: (one.at, one.original))


def next_occurrence(series: Series, calendar: Calendar, after: datetime) -> Occurrence | None:
    """The first occurrence at or after an aware instant; None if the series is over (or rests for 40 years).

    Raises:
        Refused: the calendar has no working day near an occurrence.
    """
    after = after.astimezone(UTC)
    for step in _STEPS:
        if after.year + step.days // 365 >= _LAST_YEAR:
            break
        if found := occurrences(series, calendar, after, after + step):
            return found[0]
    return None


def _planned(series: Series, calendar: Calendar, first: date, last: date) -> Iterator[Occurrence]:
    """The occurrences that nobody moved or skipped, on local days `first` to `last` after shifting."""
    zone = zone_of(series.zone)
    by_day: dict[date, list[tuple[date, datetime]]] = {}
    for original, day in _fitted(series, calendar, first, last):
        by_day.setdefault(day, []).append((original.date(), original))
    for day, there in sorted(by_day.items()):
        there.sort()
        home = next((original for at, original in there if at == day), there[0][1])
        if home in series.skipped or home in series.moved:
            continue
        also = tuple(original for _, original in there if original not in (home, *series.moved, *series.skipped))
        local = datetime.combine(day, series.start.time())
        at = localise(local, zone)
        shifted = not series.workday and home.date() != day
        yield Occurrence(at, wall(at, zone), home, shifted=shifted, also=also)


def _fitted(series: Series, calendar: Calendar, first: date, last: date) -> Iterator[tuple[datetime, date]]:
    """Originals and the days on which they fall, of all that fall on local days `first` to `last`."""
    if series.workday:
        for original in _originals(series, calendar, first.replace(day=1), last):
            day = calendar.nth_working_day(original.year, original.month, series.workday)
            if day is not None and first <= day <= last:
                yield original, day
        return
    low = calendar.previous_working(first - _DAY) if series.rule == "after" else first
    high = calendar.next_working(last + _DAY) if series.rule == "before" else last
    for original in _originals(series, calendar, low, high):
        day = calendar.shift(original.date(), series.rule)
        if day is not None and first <= day <= last:
            yield original, day


def _exists(series: Series, calendar: Calendar, original: datetime) -> bool:
    """Whether the pattern still has this original: moves of a pattern that was changed since fall away."""
    return original in _originals(series, calendar, original.date(), original.date())


def _originals(series: Series, calendar: Calendar, first: date, last: date) -> Iterator[datetime]:
    """What the pattern gives on local days `first` to `last`, start, count and until kept."""
    if series.workday:
        yield from _by_working_day(series, calendar, first, last)
        return
    begin = series.start if series.count is not None else _near(series, first)
    end = last if series.until is None else min(last, series.until)
    left = series.count
    for original in _rrule(series, begin, datetime.combine(end, time.max)):
        if original < series.start:
            continue
        if left is not None:
            if left == 0:
                return
            left -= 1
        if original.date() >= first:
            yield original


def _by_working_day(series: Series, calendar: Calendar, first: date, last: date) -> Iterator[datetime]:
    begin = series.start.replace(day=1)
    months = series.months or ((series.start.month,) if series.freq == "yearly" else ())
    monthly_first = replace(series, start=begin, workday=0, monthdays=(1,), months=months, count=None, until=None)
    left = series.count
    from_start = begin if left is not None else _near(monthly_first, first)
    for original in _rrule(monthly_first, from_start, datetime.combine(last, time.max)):
        day = calendar.nth_working_day(original.year, original.month, series.workday)
        if day is None or day < series.start.date() or original < begin:
            continue
        if left == 0 or (series.until is not None and day > series.until):
            return
        if left is not None:
            left -= 1
        if original.date() >= first:
            yield original


def _rrule(series: Series, begin: datetime, end: datetime) -> rrule:
    weekdays, monthdays, months = series.weekdays, series.monthdays, series.months
    if series.freq == "weekly" and not weekdays:
        weekdays = ((series.start.weekday(), 0),)
    if series.freq in ("monthly", "yearly") and not weekdays and not monthdays:
        monthdays = (series.start.day,)
        if series.freq == "yearly" and not months:
            months = (series.start.month,)
    return rrule(
        _FREQS[series.freq],
        dtstart=begin,
        interval=series.interval,
        wkst=rrule_weekday(series.week_start),
        until=end,
        bysetpos=series.setpos or None,
        bymonth=months or None,
        bymonthday=monthdays or None,
        byweekday=[rrule_weekday(day, nth or None) for day, nth in weekdays] or None,
        byhour=series.start.hour,
        byminute=series.start.minute,
        bysecond=series.start.second,
    )


def _near(series: Series, first: date) -> datetime:
    """A date-time at which the pattern may begin instead of at its start, so that nothing from `first` on changes."""
    start, step = series.start, series.interval
    if first <= start.date():
        return start
    if series.freq == "daily":
        return start + (first - start.date()).days // step * step * _DAY
    if series.freq == "weekly":
        monday = start - (start.weekday() - series.week_start) % 7 * _DAY
        weeks = (first - monday.date()).days // 7 // step * step
        return max(start, monday + 7 * weeks * _DAY)
    if series.freq == "monthly":
        months = (first.year - start.year) * 12 + first.month - start.month
        months = start.month - 1 + months // step * step
        return max(start, start.replace(year=start.year + months // 12, month=months % 12 + 1, day=1))
    years = (first.year - start.year) // step * step
    return max(start, start.replace(year=start.year + years, month=1, day=1)) if years else start
