from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crm_tui.errors import Refused
from crm_tui.rules.holiday_years import propose
from crm_tui.rules.series import (
    Occurrence,
    Series,
    daily,
    monthly,
    monthly_weekday,
    monthly_working_day,
    next_occurrence,
    occurrences,
    weekly,
    yearly,
)
from crm_tui.rules.series_text import format_series, parse_rrule, parse_series, rrule_text
from crm_tui.rules.working_days import EVERY_DAY, SHIFTS, Calendar

ZONES = {"CN": "Asia/Shanghai", "DE": "Europe/Berlin", "US": "America/New_York"}
CALENDARS = {
    country: Calendar.of(one for year in range(2018, 2034) for one in propose(country, year).days) for country in ZONES
}
DAY = timedelta(days=1)
PLACES = st.sampled_from(sorted(ZONES))
STARTS = st.builds(
    datetime.combine,
    st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    st.sampled_from([time(9), time(2, 30), time(1, 30), time(23, 45), time(0)]),
)


@st.composite
def patterns(draw: st.DrawFn, zone: str | None = None) -> Series:
    start = draw(STARTS)
    zone = zone or ZONES[draw(PLACES)]
    freq = draw(st.sampled_from(["daily", "weekly", "monthly", "yearly"]))
    weekday = st.integers(0, 6)
    interval = draw(st.integers(1, 5 if freq != "yearly" else 3))
    parts: dict[str, object] = {}
    if freq == "weekly":
        parts["weekdays"] = tuple((day, 0) for day in sorted(draw(st.sets(weekday, max_size=3))))
        parts["week_start"] = draw(st.sampled_from([0, 6]))
    elif freq != "daily":
        shape = draw(st.sampled_from(["plain", "day", "last", "clamped", "nth", "place"]))
        parts["months"] = (draw(st.integers(1, 12)),) if freq == "yearly" else ()
        if shape == "day":
            parts["monthdays"] = (draw(st.integers(1, 28)),)
        elif shape == "last":
            parts["monthdays"] = (-1,)
        elif shape == "clamped":
            parts |= {"monthdays": tuple(range(28, draw(st.integers(29, 31)) + 1)), "setpos": (-1,)}
        elif shape == "nth":
            parts["weekdays"] = ((draw(weekday), draw(st.sampled_from([1, 2, 4, 5, -1, -2]))),)
        elif shape == "place":
            parts |= {"weekdays": tuple((day, 0) for day in range(5)), "setpos": (draw(st.sampled_from([1, 3, -1])),)}
    end = draw(st.sampled_from(["none", "count", "until"]))
    if end == "count":
        parts["count"] = draw(st.integers(1, 40))
    elif end == "until":
        parts["until"] = start.date() + draw(st.integers(0, 900)) * DAY
    try:
        return Series(start, zone, freq, interval, **parts)  # type: ignore[arg-type]
    except Refused:
        assume(False)
        raise


def by_dateutil(series: Series, low: datetime, high: datetime) -> list[datetime]:
    text = rrule_text(replace(series, until=None, rule="keep")) or ""
    if series.freq in ("monthly", "yearly") and series.setpos:
        assert "BYSETPOS" in text
    ends = datetime.combine(series.until, time.max) if series.until else datetime.max
    rule = rrulestr(text, dtstart=series.start)
    found = []
    for one in rule:
        if one > min(high, ends):
            break
        if one >= low:
            found.append(one)
    return found


@settings(max_examples=150, deadline=None)
@given(patterns(), st.integers(-200, 2500), st.integers(1, 800))
def test_the_pattern_is_that_of_dateutil_wherever_one_looks_into_it(series: Series, offset: int, length: int) -> None:
    zone = ZoneInfo(series.zone)
    low = datetime.combine(series.start.date() + offset * DAY, time())
    high = low + length * DAY
    got = occurrences(series, EVERY_DAY, low.replace(tzinfo=zone), high.replace(tzinfo=zone))
    wanted = [one for one in by_dateutil(series, low, high) if one < high]
    assert [one.original for one in got] == wanted
    for one in got:
        expected = one.original.replace(tzinfo=zone).astimezone(UTC)
        assert one.at == expected
        assert one.at.tzinfo is UTC
        assert one.local == one.at.astimezone(zone).replace(tzinfo=None, fold=0)


def shifted_by_brute_force(series: Series, calendar: Calendar, low: date, high: date) -> dict[date, datetime]:
    """Day by day: shift everything, then keep one a day."""
    zero = datetime.combine(low - 60 * DAY, time())
    by_day: dict[date, list[datetime]] = {}
    for original in by_dateutil(series, zero, datetime.combine(high + 60 * DAY, time())):
        day = calendar.shift(original.date(), series.rule)
        if day is not None:
            by_day.setdefault(day, []).append(original)
    return {
        day: min(there, key=lambda one: (one.date() != day, one)) for day, there in by_day.items() if low <= day <= high
    }


@settings(max_examples=150, deadline=None)
@given(PLACES, st.data(), st.sampled_from(SHIFTS), st.integers(0, 900))
def test_days_off_move_occurrences_as_one_would_by_hand(country: str, data: st.DataObject, rule: str, at: int) -> None:
    series = replace(data.draw(patterns(ZONES[country])), rule=rule)
    calendar = CALENDARS[country]
    low = series.start.date() + at * DAY
    high = low + 120 * DAY
    zone = ZoneInfo(series.zone)
    got = occurrences(
        series,
        calendar,
        datetime.combine(low, time(), zone),
        datetime.combine(high + DAY, time(), zone),
    )
    wanted = shifted_by_brute_force(series, calendar, low, high)
    assert {one.local.date(): one.original for one in got} == wanted
    if rule != "keep":
        assert all(calendar.is_working(one.local.date()) for one in got)
    assert [one.at for one in got] == sorted({one.at for one in got})
    for one in got:
        assert one.shifted == (one.original.date() != one.local.date())


@settings(max_examples=100, deadline=None)
@given(patterns(), st.sampled_from(SHIFTS), st.integers(-400, 3000))
def test_the_next_occurrence_is_the_first_of_all_later_ones(series: Series, rule: str, offset: int) -> None:
    series = replace(series, rule=rule)
    calendar = CALENDARS["DE"]
    after = series.start.replace(tzinfo=UTC) + offset * DAY
    got = next_occurrence(series, calendar, after)
    wide = occurrences(series, calendar, after, after + 5000 * DAY)
    assert got == (wide[0] if wide else None)


@settings(max_examples=60, deadline=None)
@given(
    PLACES,
    STARTS,
    st.integers(-23, 23).filter(bool),
    st.integers(1, 4),
    st.one_of(st.none(), st.integers(1, 12)),
    st.integers(0, 800),
)
def test_the_nth_working_day_is_found_month_by_month(
    country: str, start: datetime, nth: int, interval: int, count: int | None, at: int
) -> None:
    calendar = CALENDARS[country]
    series = replace(monthly_working_day(start, ZONES[country], nth, interval), count=count)
    wanted: list[date] = []
    for step in range(0, 72, interval):
        year, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        days = [date(year, month + 1, one) for one in range(1, monthrange(year, month + 1)[1] + 1)]
        days = [day for day in days if calendar.is_working(day)]
        if len(days) >= abs(nth):
            day = days[nth - 1 if nth > 0 else nth]
            if day >= start.date():
                wanted.append(day)
    low = start.date() + at * DAY
    zone = ZoneInfo(series.zone)
    got = occurrences(
        series, calendar, datetime.combine(low, time(), zone), datetime.combine(low + 300 * DAY, time(), zone)
    )
    assert [one.local.date() for one in got] == [day for day in wanted[:count] if low <= day < low + 300 * DAY]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SHIFTS), st.sampled_from([1, 3, 7]), st.integers(0, 6), st.booleans())
def test_one_day_after_the_other_gives_what_the_whole_year_gives(
    rule: str, interval: int, at: int, by_working_day: bool
) -> None:
    start = datetime(2025, 12, 1, 9) + at * DAY
    series = monthly_working_day(start, "Asia/Shanghai", at - 8) if by_working_day else daily(start, "Asia/Shanghai")
    series = replace(series, interval=1 if by_working_day else interval, rule=rule)
    calendar = CALENDARS["CN"]
    first = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    pieces = [occurrences(series, calendar, first + day * DAY, first + (day + 1) * DAY) for day in range(365)]
    assert [one for piece in pieces for one in piece] == occurrences(series, calendar, first, first + 365 * DAY)


def dates(found: list[Occurrence]) -> list[str]:
    return [f"{one.local:%Y-%m-%d %H:%M}" for one in found]


def year(series: Series, calendar: Calendar = EVERY_DAY, of: int = 2026) -> list[Occurrence]:
    return occurrences(series, calendar, datetime(of, 1, 1, tzinfo=UTC), datetime(of + 1, 1, 1, tzinfo=UTC))


def test_nine_o_clock_stays_nine_o_clock_when_clocks_change() -> None:
    found = year(weekly(datetime(2026, 3, 23, 9), "Europe/Berlin"))[:2]
    assert dates(found) == ["2026-03-23 09:00", "2026-03-30 09:00"]
    assert [one.at.hour for one in found] == [8, 7]


def test_times_that_are_left_out_or_come_twice_have_a_rule() -> None:
    spring = daily(datetime(2026, 3, 7, 2, 30), "America/New_York")
    assert dates(year(spring)[:3]) == ["2026-03-07 02:30", "2026-03-08 03:30", "2026-03-09 02:30"]
    autumn = daily(datetime(2026, 10, 31, 1, 30), "America/New_York")
    assert [one.at for one in year(autumn)[:2]] == [
        datetime(2026, 10, 31, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    ]


def test_day_31_falls_on_the_last_day_of_short_months_and_29_february_on_the_28th() -> None:
    found = year(monthly(datetime(2026, 1, 31, 9), "Asia/Shanghai"))
    assert [one.local.day for one in found] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    literal = parse_rrule("FREQ=MONTHLY", datetime(2026, 1, 31, 9), "Asia/Shanghai")
    assert len(year(literal)) == 7
    leap = yearly(datetime(2024, 2, 29, 9), "Asia/Shanghai")
    assert [dates(year(leap, of=of))[0][:10] for of in (2024, 2025, 2028)] == ["2024-02-29", "2025-02-28", "2028-02-29"]


def test_the_last_working_day_minds_the_golden_week_and_make_up_days() -> None:
    found = year(monthly_working_day(datetime(2026, 1, 1, 16), "Asia/Shanghai"), CALENDARS["CN"])
    assert [f"{one.local:%m-%d}" for one in found] == (
        ["01-30", "02-28", "03-31", "04-30", "05-29", "06-30", "07-31", "08-31", "09-30", "10-30", "11-30", "12-31"]
    )  # 28 February 2026 is a make-up Saturday
    assert not any(one.shifted for one in found)


def test_the_last_day_of_a_series_of_working_days_counts_and_the_end_of_a_window_does_not() -> None:
    series = monthly_working_day(datetime(2026, 1, 1, 16), "Asia/Shanghai")
    ended = replace(series, until=date(2026, 3, 31))
    found = [one.at for one in year(ended, CALENDARS["CN"])]
    assert [f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%m-%d}" for at in found] == ["01-30", "02-28", "03-31"]
    for first, second in pairwise(found):
        assert [one.at for one in occurrences(series, CALENDARS["CN"], first, second)] == [first]
        daily_series = daily(first.replace(tzinfo=None), "UTC")
        assert [one.at for one in occurrences(daily_series, EVERY_DAY, first, first + DAY)] == [first]


def test_last_and_nth_weekdays_are_found() -> None:
    last = year(monthly_weekday(datetime(2026, 1, 1, 9), "Asia/Shanghai", 4, -1))
    assert [one.local.day for one in last] == [30, 27, 27, 24, 29, 26, 31, 28, 25, 30, 27, 25]
    fifth = year(monthly_weekday(datetime(2026, 1, 1, 9), "Asia/Shanghai", 4, 5))
    assert [one.local.month for one in fifth] == [1, 5, 7, 10]


def test_two_occurrences_pushed_onto_one_day_are_one_visit() -> None:
    series = replace(daily(datetime(2026, 9, 29, 9), "Asia/Shanghai"), rule="after")
    found = occurrences(
        series, CALENDARS["CN"], datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 10, 10, 12, tzinfo=UTC)
    )
    assert [one.local.day for one in found] == [29, 30, 8, 9, 10]
    eighth = found[2]
    assert eighth.original == datetime(2026, 10, 8, 9)
    assert [one.day for one in eighth.also] == [1, 2, 3, 4, 5, 6, 7]
    gone = series.skip(eighth.original)
    left = occurrences(gone, CALENDARS["CN"], datetime(2026, 9, 29, tzinfo=UTC), datetime(2026, 10, 10, 12, tzinfo=UTC))
    assert [one.local.day for one in left] == [29, 30, 9, 10]


def test_moving_or_skipping_one_leaves_the_others_alone() -> None:
    series = weekly(datetime(2026, 1, 5, 9), "Europe/Berlin", (0,))
    whole = year(series)
    second, third = whole[1], whole[2]
    changed = series.skip(second.original).move(third.original, datetime(2026, 2, 28, 14))
    found = year(changed)
    assert [one for one in found if not one.moved] == whole[:1] + whole[3:]
    (moved,) = [one for one in found if one.moved]
    assert moved.original == third.original
    assert moved.local == datetime(2026, 2, 28, 14)
    assert year(changed.restore(second.original).restore(third.original)) == whole
    assert next_occurrence(changed, EVERY_DAY, datetime(2026, 2, 27, tzinfo=UTC)) == moved
    assert len(year(replace(changed, count=4))) == 3  # the skipped one counts
    assert dates(year(series.end_before(date(2026, 1, 19)))) == ["2026-01-05 09:00", "2026-01-12 09:00"]


def test_a_move_of_an_occurrence_that_the_pattern_no_longer_has_falls_away() -> None:
    series = weekly(datetime(2026, 1, 5, 9), "Europe/Berlin", (0,)).move(
        datetime(2026, 1, 12, 9), datetime(2026, 1, 13, 9)
    )
    assert not any(one.moved for one in year(replace(series, weekdays=((2, 0),))))


def test_a_moved_occurrence_may_leave_the_bounds_of_its_series() -> None:
    series = replace(weekly(datetime(2026, 1, 5, 9), "Europe/Berlin"), count=2)
    moved = series.move(datetime(2026, 1, 12, 9), datetime(2027, 6, 1, 9))
    got = next_occurrence(moved, EVERY_DAY, datetime(2026, 2, 1, tzinfo=UTC))
    assert got is not None
    assert got.local == datetime(2027, 6, 1, 9)
    assert next_occurrence(series, EVERY_DAY, datetime(2026, 2, 1, tzinfo=UTC)) is None


@settings(max_examples=150, deadline=None)
@given(patterns(), st.sampled_from(SHIFTS), st.lists(st.tuples(STARTS, STARTS), max_size=4), st.booleans())
def test_a_series_survives_its_line_of_text(
    series: Series, rule: str, exceptions: list[tuple[datetime, datetime]], by_working_day: bool
) -> None:
    if by_working_day and series.freq == "monthly":
        series = replace(series, weekdays=(), monthdays=(), setpos=(), workday=-2)
    series = replace(series, rule=rule)
    for at, (original, to) in enumerate(exceptions):
        series = series.move(original, to) if at % 2 else series.skip(original)
    line = format_series(series)
    assert parse_series(line) == series
    assert "\n" not in line


@settings(max_examples=100, deadline=None)
@given(patterns())
def test_the_rule_for_other_calendars_says_the_same_there(series: Series) -> None:
    text = rrule_text(series)
    assert text is not None
    zone = ZoneInfo(series.zone)
    theirs = rrulestr(text, dtstart=series.start.replace(tzinfo=zone))
    high = series.start.replace(tzinfo=zone) + 500 * DAY
    wanted = theirs.between(series.start.replace(tzinfo=zone), high, inc=True)
    ours = occurrences(series, EVERY_DAY, series.start.replace(tzinfo=zone), high + DAY / 24)
    assert [one.original for one in ours][:50] == [one.replace(tzinfo=None) for one in wanted][:50]
    assert parse_rrule(text, series.start, series.zone) == series


def test_an_end_in_another_calendar_may_be_an_instant_or_never() -> None:
    start = datetime(2026, 1, 5, 9)
    assert parse_rrule("FREQ=DAILY;UNTIL=20260110T000000Z", start, "Asia/Shanghai").until == date(2026, 1, 9)
    assert parse_rrule("FREQ=DAILY;UNTIL=20260110T010000Z", start, "Asia/Shanghai").until == date(2026, 1, 10)
    assert parse_rrule("FREQ=DAILY;UNTIL=20260110", start, "Asia/Shanghai").until == date(2026, 1, 10)
    assert parse_rrule("FREQ=DAILY;UNTIL=99991231T235959Z", start, "Asia/Shanghai").until is None


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYWEEKNO=3",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20270101",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;BYDAY=0MO",
        "FREQ=WEEKLY;FREQ=DAILY",
        "INTERVAL=2",
        "every day",
        "FREQ=DAILY;UNTIL=20261301",
        "FREQ=DAILY;EXDATE=20260101",
    ],
)
def test_a_rule_that_we_do_not_have_or_that_never_comes_is_refused(rule: str) -> None:
    with pytest.raises(Refused):
        parse_rrule(rule, datetime(2026, 1, 5, 9), "Asia/Shanghai")


def test_a_series_needs_a_zone_that_exists_and_a_local_start() -> None:
    with pytest.raises(Refused, match="time zone"):
        daily(datetime(2026, 1, 1, 9), "Nowhere/Else")
    with pytest.raises(Refused, match="local"):
        daily(datetime(2026, 1, 1, 9, tzinfo=UTC), "Asia/Shanghai")
    with pytest.raises(Refused, match="start"):
        parse_series("FREQ=DAILY")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FREQ=DAILYWKM;,-0123456789TZBYMOUNX>", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(Refused):
        parse_series("FREQ=DAILY;DTSTART=20260105T090000;TZID=UTC;" + text)
    with suppress(Refused):
        parse_series(text)
