from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import Refused
from crm_tui.rules.holiday_years import propose
from crm_tui.rules.local_time import first_showing, localise, wall, zone_of
from crm_tui.rules.working_days import EVERY_DAY, Calendar
from crm_tui.rules.working_time import (
    ALWAYS,
    OFFICE,
    Hours,
    WorkClock,
    add_working_minutes,
    format_hours,
    parse_hours,
    subtract,
    working_minutes_between,
)

PLACES = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin", "US": "America/New_York"}
HOURS = (
    OFFICE,
    ALWAYS,
    parse_hours("00:00-06:00 22:00-24:00"),
    parse_hours("01:30-02:30 02:30-12:00; fri 08:00-12:00; sat closed"),
)
CLOCKS = {
    (country, at): WorkClock(
        Calendar.of(one for year in range(2019, 2032) for one in propose(country, year).days), hours, ZoneInfo(zone)
    )
    for country, zone in PLACES.items()
    for at, hours in enumerate(HOURS)
}
CLOCK = st.sampled_from(sorted(CLOCKS)).map(CLOCKS.__getitem__)
INSTANTS = st.one_of(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 12, 1)),
    # around the changes of clocks in Europe and America
    st.sampled_from(
        [datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2026, 11, 1)]
    ).flatmap(lambda day: st.integers(-600, 2400).map(lambda minutes: day + timedelta(minutes=minutes))),
).map(lambda naive: naive.replace(second=0, microsecond=0, tzinfo=UTC))
MINUTE = timedelta(minutes=1)


def worked_by_walking(clock: WorkClock, start: datetime, end: datetime) -> int:
    """Minute after minute, by the wall clock alone."""
    count = 0
    while start < end:
        local = start.astimezone(clock.zone)
        minute = local.hour * 60 + local.minute
        if clock.calendar.is_working(local.date()):
            count += any(a <= minute < b for a, b in clock.hours.on(local.date()))
        start += MINUTE
    return count


@settings(max_examples=60, deadline=None)
@given(CLOCK, INSTANTS, st.integers(0, 4000))
def test_minutes_between_are_those_that_one_counts_on_the_wall(clock: WorkClock, start: datetime, length: int) -> None:
    end = start + length * MINUTE
    counted = worked_by_walking(clock, start, end)
    # in an hour that comes twice the spans are cut at the first showing, so up to one hour may be seen otherwise
    slack = 0 if start.astimezone(clock.zone).utcoffset() == end.astimezone(clock.zone).utcoffset() else 60
    assert abs(clock.minutes_between(start, end) - counted) <= slack
    assert clock.minutes_between(end, start) == -clock.minutes_between(start, end)


@settings(max_examples=150, deadline=None)
@given(CLOCK, INSTANTS, st.integers(-5000, 5000).filter(bool))
def test_adding_minutes_is_the_reverse_of_measuring_them(clock: WorkClock, start: datetime, minutes: int) -> None:
    end = clock.add_minutes(start, minutes)
    assert clock.minutes_between(start, end) == minutes
    nearer = end - MINUTE if minutes > 0 else end + MINUTE
    assert clock.minutes_between(start, nearer) == (minutes - 1 if minutes > 0 else minutes + 1)


@settings(max_examples=100, deadline=None)
@given(CLOCK, st.lists(INSTANTS, min_size=3, max_size=3).map(sorted))
def test_minutes_add_up(clock: WorkClock, at: list[datetime]) -> None:
    first, middle, last = at
    whole = clock.minutes_between(first, last)
    assert whole == clock.minutes_between(first, middle) + clock.minutes_between(middle, last)


def test_a_lunch_break_and_a_make_up_sunday_count_as_they_should() -> None:
    china = CLOCKS["CN", 0]
    zone = china.zone

    def at(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type, misc]

    assert china.minutes_between(at(2024, 2, 2, 17), at(2024, 2, 5, 9)) == 60 + 480  # Sunday 4 February is worked
    assert china.add_minutes(at(2024, 2, 9, 17), 120) == at(2024, 2, 18, 10)  # the festival
    assert china.add_minutes(at(2024, 2, 5, 11), 60) == at(2024, 2, 5, 12)
    assert china.add_minutes(at(2024, 2, 5, 11), 61) == at(2024, 2, 5, 13, 1)
    assert china.next_open(at(2024, 2, 5, 12, 30)) == at(2024, 2, 5, 13)
    assert china.is_open(at(2024, 2, 18, 9))
    assert not china.is_open(at(2024, 2, 18, 12))
    args = (china.calendar, china.hours, zone)
    assert working_minutes_between(at(2024, 2, 5, 9), at(2024, 2, 5, 18), *args) == 480
    assert add_working_minutes(at(2024, 2, 5, 9), 480, *args) == at(2024, 2, 5, 18)


@pytest.mark.parametrize(("day", "length"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (date(2026, 6, 1), 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: date, length: int) -> None:
    clock = WorkClock(EVERY_DAY, ALWAYS, ZoneInfo("America/New_York"))
    (one,) = clock.day(day)
    assert one[1] - one[0] == timedelta(hours=length)
    cut = WorkClock(EVERY_DAY, Hours(((0, 90), (90, 150), (150, 1440))), clock.zone).day(day)
    assert sum((b - a for a, b in cut), timedelta()) == timedelta(hours=length)
    assert all(before[1] == after[0] for before, after in pairwise(cut))


def test_local_times_that_do_not_exist_or_come_twice_have_one_meaning() -> None:
    york = ZoneInfo("America/New_York")
    assert localise(datetime(2026, 3, 8, 2, 30), york) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert wall(localise(datetime(2026, 3, 8, 2, 30), york), york) == datetime(2026, 3, 8, 3, 30)
    assert first_showing(datetime(2026, 3, 8, 2, 30), york) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert localise(datetime(2026, 11, 1, 1, 30), york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert first_showing(datetime(2026, 11, 1, 1, 30), york) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    with pytest.raises(Refused, match="time zone"):
        zone_of("Mars/Base")
    with pytest.raises(Refused, match="time zone"):
        zone_of("../etc/passwd")


def test_hours_are_read_and_written() -> None:
    hours = parse_hours("13:00-18:00 9:00–12:00; Fri 09:00-12:00; 　sat 休息")
    assert hours == Hours(OFFICE.spans, {4: ((540, 720),), 5: ()})
    assert format_hours(hours) == "09:00-12:00 13:00-18:00; fri 09:00-12:00; sat closed"
    assert parse_hours(format_hours(hours)) == hours


@pytest.mark.parametrize("text", ["9-5", "09:00-08:00", "09:00-12:00 11:00-13:00", "09:00-25:00", "09:75-10:00", "fri"])
def test_hours_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse_hours(text)


def test_a_clock_that_never_opens_says_so() -> None:
    clock = WorkClock(EVERY_DAY, Hours(()), ZoneInfo("UTC"))
    with pytest.raises(Refused, match="no working time"):
        clock.add_minutes(datetime(2026, 1, 1, tzinfo=UTC), 1)
    with pytest.raises(Refused, match="no working time"):
        clock.next_open(datetime(2026, 1, 1, tzinfo=UTC))


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).filter(lambda one: one[0] < one[1]), max_size=6)


@settings(max_examples=100, deadline=None)
@given(SPANS)
def test_taking_out_what_is_busy_leaves_the_rest(busy: list[tuple[int, int]]) -> None:
    zero = datetime(2026, 1, 1, tzinfo=UTC)
    free = [(5, 20), (20, 30), (40, 55)]

    def real(spans: list[tuple[int, int]]) -> list[tuple[datetime, datetime]]:
        return [(zero + a * MINUTE, zero + b * MINUTE) for a, b in spans]

    left = subtract(real(free), real(busy))
    got = {at for a, b in left for at in range((a - zero) // MINUTE, (b - zero) // MINUTE)}
    assert got == {at for a, b in free for at in range(a, b)} - {at for a, b in busy for at in range(a, b)}
