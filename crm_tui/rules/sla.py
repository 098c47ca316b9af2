"""The clock of a ticket: working time that was used and is left, pauses taken out, and its arithmetic line by line.

Everything is computed from instants and a `WorkClock`; two machines with the same rows say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from crm_tui.rules.local_time import local_day
from crm_tui.rules.working_time import Interval, WorkClock

Kind = Literal[
    "opened", "used", "weekend", "holiday", "closed", "waited", "waiting", "standard", "due", "stopped", "late", "left",
    "never",
]  # fmt: skip
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_ZERO = timedelta()
MOST_DAYS = 10
"""Longer clocks tell the days in the middle as one sum."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A span in which the clock stands.

    Attributes:
        start, end: aware instants; no end while it lasts.
        why: what is waited for (customer, part, department), or "review" between done and reopened.
        reason: as typed.
    """

    start: datetime
    end: datetime | None
    why: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the arithmetic; whoever shows it makes the sentence.

    Attributes:
        kind: what it tells.
        at: the instant it is about (opened, due, stopped …), UTC.
        day, until: the local day, or the days from `day` to `until`, that were used or skipped.
        minutes: how many (used, waited, standard, late, left).
        why: of a pause what for; of a day off or a make-up working day its name.
        reason: of a pause, as typed.
    """

    kind: Kind
    at: datetime | None = None
    day: date | None = None
    until: date | None = None
    minutes: int = 0
    why: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """What a clock shows.

    Attributes:
        used: whole working minutes, pauses taken out.
        standard: minutes that it may take; None without a standard.
        due: when they are used up (UTC); None while it is paused, or without a standard.
        left: minutes left, negative when late; None without a standard.
        percent: used of the standard, rounded down; None without one.
        paused: whether it stands now because somebody is waited for.
        stopped: whether what it measures is over.
        level: the highest step of escalation that is reached, in percent; 0 for none.
    """

    used: int
    standard: int | None
    due: datetime | None
    left: int | None
    percent: int | None
    paused: bool
    stopped: bool
    level: int = 0


def running(opened: datetime, end: datetime, pauses: Iterable[Pause]) -> list[Interval]:
    """The spans from `opened` to `end` in which the clock ran; pauses may touch, overlap and lie outside."""
    spans: list[Interval] = []
    at = opened = opened.astimezone(UTC)
    end = end.astimezone(UTC)
    for pause in sorted(pauses, key=lambda one: one.start):
        start = pause.start.astimezone(UTC)
        if start >= end:
            break
        if start > at:
            spans.append((at, start))
        at = max(at, end if pause.end is None else pause.end.astimezone(UTC))
    if at < end:
        spans.append((at, end))
    return spans


def used_time(work: WorkClock, opened: datetime, end: datetime, pauses: Iterable[Pause]) -> timedelta:
    """The working time from `opened` to `end` in which the clock ran, to the second."""
    return sum((work.worked(start, stop) for start, stop in running(opened, end, pauses)), _ZERO)


def reached(work: WorkClock, opened: datetime, minutes: int, pauses: Iterable[Pause]) -> datetime | None:
    """The instant (UTC) by which so many minutes are used, if nothing more is waited for; None while a pause lasts.

    Raises:
        Refused: more than a year goes by without working time.
    """
    left = minutes * _MINUTE
    at: datetime | None = opened.astimezone(UTC)
    for pause in sorted(pauses, key=lambda one: one.start):
        assert at is not None
        start = pause.start.astimezone(UTC)
        if start > at:
            worked = work.worked(at, start)
            if left <= worked:
                return work.add_time(at, left)
            left -= worked
        if pause.end is None:
            return None
        at = max(at, pause.end.astimezone(UTC))
    assert at is not None
    return work.add_time(at, left)


def measure(
    work: WorkClock,
    opened: datetime,
    now: datetime,
    standard: int | None,
    pauses: Sequence[Pause] = (),
    stopped: datetime | None = None,
    escalation: Sequence[int] = (80, 100),
) -> Clock:
    """Read the clock.

    Args:
        work: the desk's working time.
        opened: when it began (aware).
        now: the present (aware).
        standard: minutes that it may take, None for no standard.
        pauses: spans in which it stood.
        stopped: when what it measures was over; None while it runs.
        escalation: percents of the standard that are told to somebody.

    Raises:
        Refused: more than a year goes by without working time.
    """
    end = now if stopped is None else stopped
    used = used_time(work, opened, end, pauses) // _MINUTE
    paused = stopped is None and any(_lasts(one, now) for one in pauses)
    if standard is None:
        return Clock(used, None, None, None, None, paused, stopped is not None)
    before = [one for one in pauses if stopped is None or one.start < stopped]
    due = reached(work, opened, standard, before)
    percent = used * 100 // standard if standard else 100
    level = max((step for step in escalation if percent >= step), default=0)
    return Clock(used, standard, due, standard - used, percent, paused, stopped is not None, level)


def _lasts(pause: Pause, now: datetime) -> bool:
    return pause.start <= now and (pause.end is None or pause.end > now)


def lines(
    work: WorkClock,
    opened: datetime,
    now: datetime,
    standard: int | None,
    pauses: Sequence[Pause] = (),
    stopped: datetime | None = None,
) -> list[Line]:
    """How the clock comes to what it shows; the minutes of the lines "used" add up to `Clock.used`.

    Raises:
        Refused: more than a year goes by without working time.
    """
    end = now if stopped is None else stopped
    clock = measure(work, opened, now, standard, pauses, stopped)
    said = [Line("opened", opened.astimezone(UTC)), *_days(work, opened, end, pauses)]
    for pause in sorted(pauses, key=lambda one: one.start):
        if pause.start < end:
            until = end if pause.end is None else min(pause.end, end)
            kind: Kind = "waiting" if stopped is None and _lasts(pause, now) else "waited"
            at = pause.start.astimezone(UTC)
            said.append(Line(kind, at, minutes=work.worked(at, until) // _MINUTE, why=pause.why, reason=pause.reason))
    if standard is not None:
        said.append(Line("standard", minutes=standard))
    if stopped is not None:
        said.append(Line("stopped", stopped.astimezone(UTC)))
    if clock.due is not None:
        said.append(Line("due", clock.due))
    if clock.left is not None:
        said.append(Line("late" if clock.left < 0 else "left", minutes=abs(clock.left)))
    else:
        said.append(Line("never"))
    return said


def _days(work: WorkClock, opened: datetime, end: datetime, pauses: Sequence[Pause]) -> list[Line]:
    """A line for each day that was used, one for each run of days that were not."""
    spans = running(opened, end, pauses)
    first, last = local_day(opened, work.zone), local_day(end, work.zone)
    total = _ZERO
    found: list[Line] = []
    day = first
    while day <= last:
        before = total
        for opens, closes in work.day(day):
            total += sum((max(_ZERO, min(closes, to) - max(opens, at)) for at, to in spans), _ZERO)
        minutes = total // _MINUTE - before // _MINUTE
        if minutes or total > before:
            name = work.calendar.worked.get(day, "")
            found.append(Line("used", day=day, until=day, minutes=minutes, why=name))
        elif not work.day(day):
            found.append(_off(work, day))
        day += _DAY
    return _shortened(_joined(found))


def _off(work: WorkClock, day: date) -> Line:
    if day in work.calendar.holidays:
        return Line("holiday", day=day, until=day, why=work.calendar.holidays[day])
    return Line("weekend" if day.weekday() in work.calendar.weekend else "closed", day=day, until=day)


def _joined(days: Iterable[Line]) -> list[Line]:
    """Days off of one kind that follow one another are one line."""
    found: list[Line] = []
    for line in days:
        before = found[-1] if found else None
        near = before is not None and before.until is not None and line.day == before.until + _DAY
        if before is not None and near and line.kind != "used" and (line.kind, line.why) == (before.kind, before.why):
            found[-1] = Line(line.kind, day=before.day, until=line.until, why=line.why)
        else:
            found.append(line)
    return found


def _shortened(days: list[Line]) -> list[Line]:
    """The days in the middle of a long clock as one sum."""
    if len(days) <= MOST_DAYS:
        return days
    head, middle, tail = days[:3], days[3:-3], days[-3:]
    total = sum(line.minutes for line in middle)
    return [*head, Line("used", day=middle[0].day, until=middle[-1].until, minutes=total), *tail]
