"""Room in a day: free slots, the first free one, and a whole day moved in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm_tui.errors import Refused
from crm_tui.rules.local_time import local_day, localise, wall
from crm_tui.rules.working_days import Calendar, Shift
from crm_tui.rules.working_time import Interval, WorkClock, subtract
from crm_tui.words import t

_DAY = timedelta(days=1)


def free_intervals(clock: WorkClock, day: date, busy: Iterable[Interval], travel: int = 0) -> list[Interval]:
    """The working time of a local day that nothing takes, UTC, in order.

    Args:
        clock: calendar, hours and zone.
        day: which local day.
        busy: aware intervals of any day.
        travel: minutes kept free before and after each of them.
    """
    gap = timedelta(minutes=travel)
    return subtract(clock.day(day), [(start - gap, end + gap) for start, end in _utc(busy)])


def slots(
    clock: WorkClock, day: date, busy: Iterable[Interval], minutes: int, travel: int = 0, step: int = 15
) -> list[datetime]:
    """Starts (UTC) of appointments that fit one after another into a day, as many as possible.

    Args:
        clock: calendar, hours and zone.
        day: which local day.
        busy: aware intervals.
        minutes: length of each appointment, more than 0.
        travel: minutes between two appointments.
        step: starts stand on multiples of so many minutes on the wall clock.
    """
    length, gap = timedelta(minutes=minutes), timedelta(minutes=travel)
    found: list[datetime] = []
    for opens, closes in free_intervals(clock, day, busy, travel):
        at = _round_up(max(opens, found[-1] + length + gap) if found else opens, clock.zone, step)
        while at + length <= closes:
            found.append(at)
            at = _round_up(at + length + gap, clock.zone, step)
    return found


def first_free(
    clock: WorkClock,
    after: datetime,
    minutes: int,
    busy: Iterable[Interval],
    travel: int = 0,
    step: int = 15,
    days: int = 60,
) -> datetime | None:
    """The first start (UTC) at or after an instant at which an appointment fits; None within so many days."""
    after = after.astimezone(UTC)
    length = timedelta(minutes=minutes)
    taken = list(busy)
    first = local_day(after, clock.zone)
    for number in range(days + 1):
        for opens, closes in free_intervals(clock, first + number * _DAY, taken, travel):
            at = _round_up(max(opens, after), clock.zone, step)
            if at + length <= closes:
                return at
    return None


def _round_up(at: datetime, zone: ZoneInfo, step: int) -> datetime:
    """The first instant at or after `at` whose wall clock stands on a multiple of `step` minutes."""
    local = wall(at, zone)
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return at + -since_midnight % timedelta(minutes=step)


def _utc(busy: Iterable[Interval]) -> list[Interval]:
    return [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in busy]


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment that stands.

    Attributes:
        id: of the plan.
        start: aware.
        minutes: how long.
    """

    id: str
    start: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Relocated:
    """Where an appointment goes.

    Attributes:
        id: of the plan.
        was: start before, UTC.
        start: new start, UTC.
        minutes: how long.
        clash: it would overlap what is already there.
    """

    id: str
    was: datetime
    start: datetime
    minutes: int
    clash: bool = False


def move_day(
    plans: Sequence[Booked],
    to_day: date,
    calendar: Calendar,
    zone: ZoneInfo,
    rule: Shift = "after",
    busy: Iterable[Interval] = (),
) -> list[Relocated]:
    """Move a rainy day: all plans go to another day at the times they have, so that order and gaps stay.

    Plans of several days keep the distance of their days from the first one. A time that a clock change leaves out on
    the new day is an hour later, and nobody comes before the one before him.

    Args:
        plans: what is to move.
        to_day: where to; fitted to the working days by `rule`.
        calendar: which days are worked.
        zone: whose wall clock.
        rule: what happens if `to_day` is off.
        busy: what is already there; clashes are marked, never resolved by moving others.

    Raises:
        Refused: the day is off and the rule is to skip it.
    """
    if not plans:
        return []
    day = calendar.shift(to_day, rule)
    if day is None:
        raise Refused(t("{day} is a day off; choose a working day.", day=to_day))
    ordered = sorted(plans, key=lambda plan: (plan.start.astimezone(UTC), plan.id))
    taken = _utc(busy)
    walls = [wall(plan.start, zone) for plan in ordered]
    offset = day - walls[0].date()
    moved: list[Relocated] = []
    for plan, local in zip(ordered, walls, strict=True):
        start = localise(local + offset, zone)
        if moved:
            start = max(start, moved[-1].start)
        end = start + timedelta(minutes=plan.minutes)
        clash = any(a < end and start < b for a, b in taken)
        moved.append(Relocated(plan.id, plan.start.astimezone(UTC), start, plan.minutes, clash))
    return moved
