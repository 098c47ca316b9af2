from __future__ import annotations

from calendar import monthrange
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile, Refused
from crm_tui.rules.holiday_file import HolidayFile, format_holidays, overlay, parse_holidays
from crm_tui.rules.holiday_years import propose
from crm_tui.rules.working_days import EVERY_DAY, SHIFTS, Calendar, SpecialDay
from crm_tui.words import set_language

COUNTRIES = {
    country: Calendar.of(one for year in range(2019, 2032) for one in propose(country, year).days)
    for country in ("CN", "DE", "US")
}
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CALENDARS = st.sampled_from(sorted(COUNTRIES))
DAY = timedelta(days=1)

# From the notices of the State Council, by hand.
WORKED = {
    2023: "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}
OFF_ON_WEEKDAYS = {
    2023: "01-02 01-23 01-24 01-25 01-26 01-27 04-05 05-01 05-02 05-03 06-22 06-23 09-29 10-02 10-03 10-04 10-05 10-06",
    2024: "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 "
    "10-01 10-02 10-03 10-04 10-07",
    2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 "
    "10-01 10-02 10-05 10-06 10-07",
}


@pytest.mark.parametrize("year", sorted(WORKED))
def test_the_chinese_year_is_as_the_state_council_announced_it(year: int) -> None:
    calendar = COUNTRIES["CN"]
    days = [date(year, 1, 1) + at * DAY for at in range(366 if year % 4 == 0 else 365)]
    weekend = [f"{day:%m-%d}" for day in days if day.weekday() >= 5 and calendar.is_working(day)]
    weekdays = [f"{day:%m-%d}" for day in days if day.weekday() < 5 and not calendar.is_working(day)]
    assert weekend == WORKED[year].split()
    assert weekdays == OFF_ON_WEEKDAYS[year].split()


def test_a_year_that_nobody_announced_is_estimated() -> None:
    assert not propose("CN", 2026).estimated
    later = propose("CN", 2035)
    assert later.estimated
    assert all(one.estimated for one in later.days)
    assert Calendar.of(later.days).is_estimated(date(2035, 5, 1))
    assert not propose("DE", 2035).estimated


def test_a_make_up_day_belongs_to_the_year_in_which_it_lies() -> None:
    assert SpecialDay(date(2011, 12, 31), True, "Make-up working day") in propose("CN", 2011).days
    assert all(one.day.year == 2012 for one in propose("CN", 2012).days)


def test_names_come_in_the_language_asked_for() -> None:
    names = {one.day: one.name for one in propose("CN", 2026, "zh").days}
    assert names[date(2026, 10, 1)] == "国庆节"
    assert "2026-10-10" in names[date(2026, 10, 7)]
    assert {one.name for one in propose("US", 2026).days if one.day == date(2026, 12, 25)} == {"Christmas Day"}
    assert len({one.day for one in propose("JP", 2026, "zh").days}) == 18
    assert date(2026, 8, 15) in {one.day for one in propose("DE", 2026, region="SL").days}


@pytest.mark.parametrize(("country", "year", "region"), [("XX", 2026, None), ("DE", 2026, "CA"), ("DE", 1200, None)])
def test_what_the_library_does_not_know_is_refused(country: str, year: int, region: str | None) -> None:
    with pytest.raises(Refused):
        propose(country, year, region=region)


@settings(max_examples=300, deadline=None)
@given(CALENDARS, DAYS, st.sampled_from(SHIFTS))
def test_a_shifted_date_is_the_nearest_working_day_on_its_side(country: str, day: date, rule: str) -> None:
    calendar = COUNTRIES[country]
    got = calendar.shift(day, rule)  # type: ignore[arg-type]
    if rule == "keep" or calendar.is_working(day):
        assert got == day
    elif rule == "skip":
        assert got is None
    else:
        step = -DAY if rule == "before" else DAY
        at = day
        while not calendar.is_working(at):
            at += step
        assert got == at


@settings(max_examples=200, deadline=None)
@given(CALENDARS, DAYS, st.integers(-60, 60))
def test_adding_working_days_counts_them_one_by_one(country: str, day: date, count: int) -> None:
    calendar = COUNTRIES[country]
    got = calendar.add_working_days(day, count)
    at, left = day, abs(count)
    while left:
        at += DAY if count > 0 else -DAY
        left -= calendar.is_working(at)
    assert got == at


@settings(max_examples=150, deadline=None)
@given(CALENDARS, DAYS, DAYS)
def test_working_days_between_two_days_are_counted_whole(country: str, first: date, end: date) -> None:
    calendar = COUNTRIES[country]
    low, high = min(first, end), max(first, end)
    count = sum(calendar.is_working(low + at * DAY) for at in range((high - low).days))
    assert calendar.working_days_between(low, high) == count
    assert calendar.working_days_between(high, low) == -count


@settings(max_examples=150, deadline=None)
@given(CALENDARS, st.integers(2020, 2030), st.integers(1, 12), st.integers(-25, 25).filter(bool))
def test_the_nth_working_day_of_a_month_is_found_by_listing_them(country: str, year: int, month: int, nth: int) -> None:
    calendar = COUNTRIES[country]
    days = [date(year, month, at) for at in range(1, monthrange(year, month)[1] + 1)]
    days = [day for day in days if calendar.is_working(day)]
    at = nth - 1 if nth > 0 else nth
    assert calendar.nth_working_day(year, month, nth) == (days[at] if -len(days) <= at < len(days) else None)
    assert calendar.last_working_day(year, month) == days[-1]


def test_a_calendar_without_working_days_says_so_instead_of_searching_for_ever() -> None:
    never = Calendar(weekend=frozenset(range(7)))
    for call in (never.next_working, never.previous_working):
        with pytest.raises(Refused, match="no working day"):
            call(date(2026, 1, 1))
    assert never.nth_working_day(2026, 1, 1) is None
    assert EVERY_DAY.is_working(date(2026, 1, 3))


def test_a_file_stands_above_the_library() -> None:
    file = parse_holidays(
        "\ufeffdate,kind,name\n# ours\n2027-02-05..2027-02-12 off 春节\n2027-02-13,work,补班\n2027/2/14 班\n\n"
        "2027年3月8日 放假 妇女节, 下午\n20270310 holiday\n2027 已公布\n"
    )
    days = overlay(propose("CN", 2027, "zh").days, file)
    calendar = Calendar.of(days)
    assert not calendar.is_estimated(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 2, 13))
    assert calendar.is_working(date(2027, 2, 14))
    assert calendar.is_working(date(2027, 5, 1)) is False  # a Saturday
    assert calendar.is_working(date(2027, 5, 3))  # the guess of the library fell away
    assert calendar.name(date(2027, 3, 8)) == "妇女节 下午"
    assert not calendar.is_working(date(2027, 3, 10))
    one = Calendar.of(overlay(propose("CN", 2026).days, parse_holidays("2026-10-10 off\n2026-10-09 work")))
    assert not one.is_working(date(2026, 10, 10))
    assert one.is_working(date(2026, 10, 8))


def test_each_bad_line_is_named_by_its_number() -> None:
    text = (
        "2026-10-01 off\n2026-13-01 off\nnext week off\n2026-10-02 maybe\n2026-10-01 work\n2026-05-02..2026-05-01 off"
    )
    with pytest.raises(BadFile) as caught:
        parse_holidays(text)
    said = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in said] == ["Line 2", "Line 3", "Line 4", "Line 5", "Line 6"]
    assert "already stands in line 1" in said[3]
    set_language("zh")
    try:
        with pytest.raises(BadFile, match="第 2 行"):
            parse_holidays(text)
    finally:
        set_language("en")


NAMES = st.text(st.characters(categories=("L", "N")), max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(DAYS, st.tuples(st.booleans(), NAMES)), st.frozensets(st.integers(2020, 2030)))
def test_a_written_file_is_read_back_whole(days: dict[date, tuple[bool, str]], final: frozenset[int]) -> None:
    file = HolidayFile(tuple(sorted(SpecialDay(day, *rest) for day, rest in days.items())), final)
    assert parse_holidays(format_holidays(file)) == file


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_no_text_breaks_the_reader_of_files(text: str) -> None:
    with suppress(BadFile):
        assert parse_holidays(format_holidays(parse_holidays(text)))
