from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import Refused
from crm_tui.rules.capacity import Booked, first_free, free_intervals, move_day, slots
from crm_tui.rules.holiday_years import propose
from crm_tui.rules.local_time import wall
from crm_tui.rules.working_days import Calendar
from crm_tui.rules.working_time import OFFICE, WorkClock

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
CLOCKS = {
    country: WorkClock(
        Calendar.of(one for year in (2025, 2026, 2027) for one in propose(country, year).days), OFFICE, zone
    )
    for country, zone in (("DE", BERLIN), ("CN", SHANGHAI))
}
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Span = tuple[datetime, datetime]


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


BUSY = st.lists(
    st.tuples(st.integers(0, 5 * 1440), st.integers(1, 300)).map(
        lambda one: (at(1, 0) + one[0] * MINUTE, at(1, 0) + (one[0] + one[1]) * MINUTE)
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(BUSY, st.integers(0, 4), st.integers(1, 120), st.sampled_from([0, 15, 20]), st.sampled_from([1, 5, 15, 30]))
def test_slots_lie_in_working_time_and_disturb_nobody(
    busy: list[Span], day: int, minutes: int, travel: int, step: int
) -> None:
    clock = CLOCKS["DE"]
    found = slots(clock, date(2026, 6, 1) + day * DAY, busy, minutes, travel, step)
    for start in found:
        end = start + minutes * MINUTE
        assert clock.minutes_between(start, end) == minutes
        assert all(end + travel * MINUTE <= a or start - travel * MINUTE >= b for a, b in busy)
        assert (wall(start, BERLIN).hour * 60 + wall(start, BERLIN).minute) % step == 0
    assert all(a + (minutes + travel) * MINUTE <= b for a, b in pairwise(found))


@settings(max_examples=100, deadline=None)
@given(BUSY, st.integers(0, 3000), st.integers(1, 120), st.sampled_from([0, 20]))
def test_the_first_free_slot_is_the_first_that_fits(busy: list[Span], after: int, minutes: int, travel: int) -> None:
    clock = CLOCKS["DE"]
    start = at(1, 0) + after * MINUTE
    got = first_free(clock, start, minutes, busy, travel)
    one = start.astimezone(UTC)
    while True:
        local = wall(one, BERLIN)
        end = one + minutes * MINUTE
        fits = clock.minutes_between(one, end) == minutes and all(
            end + travel * MINUTE <= a or one - travel * MINUTE >= b for a, b in busy
        )
        if local.minute % 15 == 0 and fits:
            break
        one += MINUTE
    assert got == one


def test_a_free_slot_is_found_behind_the_holidays_or_not_at_all() -> None:
    clock = CLOCKS["CN"]
    evening = datetime(2026, 9, 30, 17, 50, tzinfo=SHANGHAI)
    assert first_free(clock, evening, 30, []) == datetime(2026, 10, 8, 9, tzinfo=SHANGHAI)
    assert first_free(clock, evening, 30, [], days=3) is None
    assert first_free(clock, evening, 24 * 60, []) is None
    assert free_intervals(clock, date(2026, 10, 1), []) == []


def test_a_rainy_day_goes_to_the_next_working_day_in_order() -> None:
    day = [
        Booked("c", datetime(2026, 9, 30, 15, 30, tzinfo=SHANGHAI), 45),
        Booked("a", datetime(2026, 9, 30, 9, tzinfo=SHANGHAI), 30),
        Booked("b", datetime(2026, 9, 30, 9, 45, tzinfo=SHANGHAI), 60),
    ]
    lunch = (datetime(2026, 10, 8, 10, tzinfo=SHANGHAI), datetime(2026, 10, 8, 10, 30, tzinfo=SHANGHAI))
    moved = move_day(day, date(2026, 10, 1), CLOCKS["CN"].calendar, SHANGHAI, busy=[lunch])
    assert [(one.id, f"{wall(one.start, SHANGHAI):%m-%d %H:%M}", one.clash) for one in moved] == [
        ("a", "10-08 09:00", False),
        ("b", "10-08 09:45", True),
        ("c", "10-08 15:30", False),
    ]
    assert moved[0].was == day[1].start
    with pytest.raises(Refused, match="day off"):
        move_day(day, date(2026, 10, 1), CLOCKS["CN"].calendar, SHANGHAI, rule="skip")
    assert move_day([], date(2026, 10, 1), CLOCKS["CN"].calendar, SHANGHAI, rule="skip") == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 1439), st.integers(90, 200)), min_size=1, max_size=6),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 6, 3)]),
)
def test_order_stays_and_the_wall_clock_too(minutes: list[int], day: date, to_day: date) -> None:
    base = datetime(day.year, day.month, day.day, tzinfo=BERLIN)
    plans = [Booked(str(number), base + minute * MINUTE, 30) for number, minute in enumerate(minutes)]
    moved = move_day(plans, to_day, CLOCKS["DE"].calendar, BERLIN, rule="keep")
    assert [one.was for one in moved] == sorted(one.was for one in moved)
    assert [one.start for one in moved] == sorted(one.start for one in moved)
    for one in moved:
        old, new = wall(one.was, BERLIN), wall(one.start, BERLIN)
        assert new.date() == to_day
        if not 0 <= old.hour <= 3:
            assert new.time() == old.time()


def test_nobody_overtakes_in_the_hour_that_is_left_out() -> None:
    plans = [
        Booked("a", datetime(2026, 3, 26, 2, 30, tzinfo=BERLIN), 10),
        Booked("b", datetime(2026, 3, 26, 3, tzinfo=BERLIN), 10),
    ]
    moved = move_day(plans, date(2026, 3, 29), CLOCKS["DE"].calendar, BERLIN, rule="keep")
    assert [wall(one.start, BERLIN).time().isoformat("minutes") for one in moved] == ["03:30", "03:30"]
    assert [one.id for one in moved] == ["a", "b"]
