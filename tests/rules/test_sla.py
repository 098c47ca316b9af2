"""The clock of tickets against one that looks at every minute, and thirty cases worked by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import pytest

from crm_tui.rules.sla import Line, Pause, lines, measure, running
from crm_tui.rules.working_days import EVERY_DAY, Calendar, SpecialDay
from crm_tui.rules.working_time import ALWAYS, Hours, WorkClock, parse_hours

MINUTE = timedelta(minutes=1)
DAYS = 56


@dataclass(frozen=True)
class World:
    """A desk: zone, hours, special days, and the first day of the weeks that are looked at."""

    zone: str
    hours: str
    first: date
    off: tuple[str, ...] = ()
    work: tuple[str, ...] = ()


WORLDS = (
    World("Asia/Shanghai", "09:00-12:00 13:00-18:00", date(2026, 9, 14),
          ("2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"), ("2026-09-27", "2026-10-10")),
    World("Europe/London", "08:30-12:15 13:00-17:30; fri 08:30-12:15", date(2026, 10, 5), ("2026-10-26",)),
    World("America/New_York", "00:00-06:00 22:00-24:00; sun 00:00-06:00", date(2026, 10, 12), ("2026-11-11",)),
    World("Europe/Berlin", "00:00-24:00", date(2026, 3, 9), ("2026-04-03", "2026-04-06")),
    World("Australia/Lord_Howe", "01:30-02:15 10:00-16:00", date(2026, 3, 16)),
    World("America/Santiago", "00:00-08:00 12:00-20:00; sat 23:00-24:00", date(2026, 8, 10), (), ("2026-09-05",)),
    World("Asia/Kathmandu", "10:00-17:00; sat closed", date(2026, 1, 5), (), ("2026-01-17",)),
    World("Africa/Casablanca", "01:00-03:30 09:00-12:00", date(2026, 1, 26), ("2026-02-18",)),
)  # fmt: skip


def clock_of(world: World) -> WorkClock:
    days = [SpecialDay(date.fromisoformat(one), False, "off") for one in world.off]
    days += [SpecialDay(date.fromisoformat(one), True, "on") for one in world.work]
    return WorkClock(Calendar.of(days), parse_hours(world.hours), ZoneInfo(world.zone))


@cache
def worked_minutes(world: World) -> tuple[datetime, bytes]:
    """Whether each minute from the first instant on is worked, asked of the wall clock minute by minute."""
    clock = clock_of(world)
    start = datetime.combine(world.first, datetime.min.time(), UTC)
    found = bytearray()
    for n in range(DAYS * 1440):
        local = (start + n * MINUTE).astimezone(clock.zone)
        day, at = local.date(), local.hour * 60 + local.minute
        special = day.isoformat()
        works = special in world.work or (day.weekday() < 5 and special not in world.off)
        spans = clock.hours.by_weekday.get(day.weekday(), clock.hours.spans)
        found.append(works and any(a <= at < b for a, b in spans))
    return start, bytes(found)


def brute(world: World, opened: int, end: int, standard: int, pauses: list[tuple[int, int | None]]) -> tuple[int, int]:
    """Minutes used, and the minute by which the standard is used up; -1 if a pause lasts, -2 if it lies too far."""
    mask = bytearray(worked_minutes(world)[1])
    for start, stop in pauses:
        to = len(mask) if stop is None else stop
        mask[start:to] = bytes(max(0, to - start))
    used = sum(mask[opened:end])
    left, at = standard, opened
    while left and at < len(mask):
        left -= mask[at]
        at += 1
    if left:
        return used, -1 if any(stop is None for _, stop in pauses) else -2
    return used, at


def test_the_clock_is_that_of_counting_every_minute() -> None:
    chance = Random(6)
    looked_at = dues = 0
    for number in range(2_400):
        world = WORLDS[number % len(WORLDS)]
        start, _ = worked_minutes(world)
        clock = clock_of(world)
        opened = chance.randrange(20 * 1440)
        end = opened + chance.choice((chance.randrange(1, 600), chance.randrange(1, 20 * 1440)))
        standard = chance.choice((15, 60, 240, 480, chance.randrange(1, 3_000)))
        pauses: list[tuple[int, int | None]] = []
        for _ in range(chance.randrange(4)):
            a = chance.randrange(opened, end)
            pauses.append((a, chance.choice((chance.randrange(a, end + 1), a + chance.randrange(4_000)))))
        if chance.random() < 0.2:
            pauses.append((chance.randrange(opened, end), None))
        used, due = brute(world, opened, end, standard, pauses)
        if due == -2:
            continue
        looked_at += 1
        at = [Pause(start + a * MINUTE, None if b is None else start + b * MINUTE) for a, b in pauses]
        args = (clock, start + opened * MINUTE, start + end * MINUTE, standard, at)
        told = measure(*args)
        assert told.used == used, (world.zone, number)
        assert told.due == (None if due == -1 else start + due * MINUTE), (world.zone, number)
        assert (told.left, told.percent) == (standard - used, used * 100 // standard)
        assert told.level == max(step for step in (0, 80, 100) if used * 100 >= step * standard)
        assert sum(one.minutes for one in lines(*args) if one.kind == "used") == used
        dues += due != -1
    assert looked_at >= 2_000
    assert dues >= 1_500


def test_a_stopped_clock_stays_and_waits_for_nobody() -> None:
    clock = clock_of(WORLDS[0])
    at = datetime(2026, 9, 14, 1, tzinfo=UTC)
    pause = [Pause(at + 30 * MINUTE, None, "customer")]
    early = measure(clock, at, at + 90 * MINUTE, 60, pause, stopped=at + 20 * MINUTE)
    late = measure(clock, at, at + 9_000 * MINUTE, 60, pause, stopped=at + 20 * MINUTE)
    assert early == late
    assert (early.used, early.left, early.paused, early.stopped) == (20, 40, False, True)


def test_pauses_may_overlap_and_lie_outside() -> None:
    at = datetime(2026, 9, 14, 1, tzinfo=UTC)

    def pause(a: int, b: int | None) -> Pause:
        return Pause(at + a * MINUTE, None if b is None else at + b * MINUTE)

    spans = running(at, at + 100 * MINUTE, [pause(20, 40), pause(30, 35), pause(-9, 5), pause(90, None), pause(200, 9)])
    assert [((a - at) // MINUTE, (b - at) // MINUTE) for a, b in spans] == [(5, 20), (40, 90)]


# Worked by hand. November 2026 in Shanghai: Friday 20, Monday 23, Tuesday 24; hours 09-12, 13-18.

OFFICE = "09:00-12:00 13:00-18:00"


def said(line: Line, zone: ZoneInfo) -> str:
    """A line in short."""
    if line.at is not None and line.kind in ("opened", "due", "stopped"):
        return f"{line.kind} {line.at.astimezone(zone):%a%d %H:%M}"
    span = f"{line.day:%a%d}" if line.day else ""
    if line.day and line.until and line.until != line.day:
        span += f"-{line.until:%a%d}"
    return " ".join(filter(None, (line.kind, span, line.why, str(line.minutes) if line.minutes else "")))


CASES: list[tuple[str, str, str, int | None, tuple[str, ...], str | None, str]] = [
    # what, opened, now, standard, pauses "from to why" (no end: -), stopped, lines
    ("within the morning", "23 09:10", "23 10:00", 60, (), None,
     "opened Mon23 09:10 | used Mon23 50 | standard 60 | due Mon23 10:10 | left 10"),
    ("over lunch", "23 11:40", "23 13:20", 60, (), None,
     "opened Mon23 11:40 | used Mon23 40 | standard 60 | due Mon23 13:40 | left 20"),
    ("opened in the lunch break", "23 12:20", "23 12:50", 60, (), None,
     "opened Mon23 12:20 | standard 60 | due Mon23 14:00 | left 60"),
    ("used up exactly at noon", "23 11:00", "23 12:00", 60, (), None,
     "opened Mon23 11:00 | used Mon23 60 | standard 60 | due Mon23 12:00 | left"),
    ("used up exactly at night", "23 17:00", "24 08:00", 60, (), None,
     "opened Mon23 17:00 | used Mon23 60 | standard 60 | due Mon23 18:00 | left"),
    ("over the night", "23 17:30", "24 09:10", 60, (), None,
     "opened Mon23 17:30 | used Mon23 30 | used Tue24 10 | standard 60 | due Tue24 09:30 | left 20"),
    ("opened before work", "23 06:00", "23 08:00", 30, (), None,
     "opened Mon23 06:00 | standard 30 | due Mon23 09:30 | left 30"),
    ("opened after work", "23 19:00", "24 09:05", 30, (), None,
     "opened Mon23 19:00 | used Tue24 5 | standard 30 | due Tue24 09:30 | left 25"),
    ("the line of the issue", "20 17:10", "23 10:00", 240, ("23 09:10 23 11:10 customer",), None,
     "opened Fri20 17:10 | used Fri20 50 | weekend Sat21-Sun22 | used Mon23 10 | waiting customer 50 | standard 240"
     " | due Mon23 15:10 | left 180"),
    ("waited and went on", "20 17:10", "23 11:30", 240, ("23 09:10 23 11:10 customer",), None,
     "opened Fri20 17:10 | used Fri20 50 | weekend Sat21-Sun22 | used Mon23 30 | waited customer 120 | standard 240"
     " | due Mon23 15:10 | left 160"),
    ("waits still", "23 09:00", "23 15:00", 120, ("23 10:00 - part",), None,
     "opened Mon23 09:00 | used Mon23 60 | waiting part 240 | standard 120 | left 60"),
    ("was late before it waited", "23 09:00", "23 15:00", 30, ("23 10:00 - part",), None,
     "opened Mon23 09:00 | used Mon23 60 | waiting part 240 | standard 30 | due Mon23 09:30 | late 30"),
    ("late over night", "23 16:00", "24 10:00", 120, (), None,
     "opened Mon23 16:00 | used Mon23 120 | used Tue24 60 | standard 120 | due Mon23 18:00 | late 60"),
    ("a weekend", "20 17:00", "23 09:30", 120, (), None,
     "opened Fri20 17:00 | used Fri20 60 | weekend Sat21-Sun22 | used Mon23 30 | standard 120 | due Mon23 10:00"
     " | left 30"),
    ("opened on a Saturday", "21 11:00", "23 09:30", 60, (), None,
     "opened Sat21 11:00 | weekend Sat21-Sun22 | used Mon23 30 | standard 60 | due Mon23 10:00 | left 30"),
    ("on a make-up Saturday", "27 17:00", "28 09:30", 120, (), None,
     "opened Fri27 17:00 | used Fri27 60 | used Sat28 on 30 | standard 120 | due Sat28 10:00 | left 30"),
    ("after the make-up Saturday", "28 17:00", "30 09:10", 120, (), None,
     "opened Sat28 17:00 | used Sat28 on 60 | weekend Sun29 | holiday Mon30 off | standard 120 | due Tue01 10:00"
     " | left 60"),
    ("a holiday", "27 17:30", "1. 10:00", 600, (), None,
     "opened Fri27 17:30 | used Fri27 30 | used Sat28 on 480 | weekend Sun29 | holiday Mon30 off | used Tue01 60"
     " | standard 600 | due Tue01 10:30 | left 30"),
    ("a pause in the night costs nothing", "23 17:30", "24 09:10", 60, ("23 18:30 24 08:30 customer",), None,
     "opened Mon23 17:30 | used Mon23 30 | used Tue24 10 | waited customer | standard 60 | due Tue24 09:30 | left 20"),
    ("a pause over lunch counts the work only", "23 11:30", "23 14:00", 60, ("23 11:50 23 13:10 department",), None,
     "opened Mon23 11:30 | used Mon23 70 | waited department 20 | standard 60 | due Mon23 13:50 | late 10"),
    ("two pauses", "23 09:00", "23 17:00", 240,
     ("23 09:30 23 10:00 customer", "23 14:00 23 15:00 part"), None,
     "opened Mon23 09:00 | used Mon23 330 | waited customer 30 | waited part 60 | standard 240 | due Mon23 15:30"
     " | late 90"),
    ("two pauses that overlap", "23 09:00", "23 12:00", 240,
     ("23 09:30 23 10:30 customer", "23 10:00 23 11:00 part"), None,
     "opened Mon23 09:00 | used Mon23 90 | waited customer 60 | waited part 60 | standard 240 | due Mon23 15:30"
     " | left 150"),
    ("done in time", "23 09:00", "24 09:00", 120, (), "23 10:30",
     "opened Mon23 09:00 | used Mon23 90 | standard 120 | stopped Mon23 10:30 | due Mon23 11:00 | left 30"),
    ("done late", "23 09:00", "24 09:00", 60, (), "23 10:30",
     "opened Mon23 09:00 | used Mon23 90 | standard 60 | stopped Mon23 10:30 | due Mon23 10:00 | late 30"),
    ("done at night", "23 17:00", "24 09:00", 90, (), "23 20:00",
     "opened Mon23 17:00 | used Mon23 60 | standard 90 | stopped Mon23 20:00 | due Tue24 09:30 | left 30"),
    ("reopened after a failed review", "23 09:00", "23 16:00", 240, ("23 10:00 23 15:00 review",), None,
     "opened Mon23 09:00 | used Mon23 120 | waited review 240 | standard 240 | due Mon23 18:00 | left 120"),
    ("no standard", "23 09:00", "23 10:00", None, (), None,
     "opened Mon23 09:00 | used Mon23 60 | never"),
    ("just opened", "23 09:00", "23 09:00", 60, (), None,
     "opened Mon23 09:00 | standard 60 | due Mon23 10:00 | left 60"),
    ("paused at once", "23 09:00", "23 11:00", 60, ("23 09:00 - customer",), None,
     "opened Mon23 09:00 | waiting customer 120 | standard 60 | left 60"),
    ("two weeks are told short", "9 09:00", "24 10:00", 9_600, (), None,
     "opened Mon09 09:00 | used Mon09 480 | used Tue10 480 | used Wed11 480 | used Thu12-Fri20 3360"
     " | weekend Sat21-Sun22 | used Mon23 480 | used Tue24 60 | standard 9600 | due Fri04 18:00 | left 4260"),
]  # fmt: skip


def _at(text: str, zone: ZoneInfo) -> datetime:
    day, clock = text.split()
    month = 12 if day.endswith(".") else 11
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, month, int(day.rstrip(".")), hour, minute, tzinfo=zone)


@pytest.mark.parametrize("case", CASES, ids=[one[0] for one in CASES])
def test_thirty_clocks_worked_by_hand(case: tuple[str, str, str, int | None, tuple[str, ...], str | None, str]) -> None:
    _, opened, now, standard, waits, stopped, expected = case
    zone = ZoneInfo("Asia/Shanghai")
    days = [SpecialDay(date(2026, 11, 28), True, "on"), SpecialDay(date(2026, 11, 30), False, "off")]
    work = WorkClock(Calendar.of(days), parse_hours(OFFICE), zone)
    pauses = []
    for text in waits:
        parts = text.split()
        end = None if parts[2] == "-" else _at(" ".join(parts[2:4]), zone)
        pauses.append(Pause(_at(" ".join(parts[:2]), zone), end, parts[-1]))
    end = _at(stopped, zone) if stopped else None
    told = lines(work, _at(opened, zone), _at(now, zone), standard, pauses, end)
    assert " | ".join(said(one, zone) for one in told) == expected


def test_there_are_thirty_cases() -> None:
    assert len(CASES) >= 30


def test_an_hour_that_comes_twice_is_worked_twice() -> None:
    night = WorkClock(EVERY_DAY, Hours(((0, 360),)), ZoneInfo("Europe/Berlin"))
    at = datetime(2026, 10, 24, 22, tzinfo=UTC)  # midnight of the long night
    assert measure(night, at, at + timedelta(hours=12), 420).used == 420
    spring = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert measure(night, spring, spring + timedelta(hours=12), 420).used == 300
    always = WorkClock(EVERY_DAY, ALWAYS, ZoneInfo("Europe/Berlin"))
    assert measure(always, at, at + timedelta(hours=25), 60).used == 1500
