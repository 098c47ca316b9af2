from __future__ import annotations

import calendar
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.days import (
    Moment,
    guess_dayfirst,
    next_occurrence,
    parse_day,
    parse_instant,
    parse_moment,
    parse_when,
    returning,
)

TODAY = date(2026, 11, 24)  # a Tuesday
NOW = datetime(2026, 11, 24, 12, 0)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024-03-05T10:20:30Z", "2024-03-05"),
        ("2024-03-05 10:20:30", "2024-03-05"),
        ("2010-10-14T00:00:00.000Z", "2010-10-14"),
        ("2024/3/5", "2024-03-05"),
        ("2024/3/5 14:30", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("２０２４年３月５日", "2024-03-05"),
        ("2024年3月5日 下午2:30", "2024-03-05"),
        ("2024年3月5号", "2024-03-05"),
        ("5.3.2024", "2024-03-05"),
        ("19900101", "1990-01-01"),
        ("Mar 5, 2024", "2024-03-05"),
        ("March 5th, 2024", "2024-03-05"),
        ("5 Mar 2024", "2024-03-05"),
        ("5-Mar-24", "2024-03-05"),
        ("5-Mar-90", "1990-03-05"),
        ("Tue, 5 Mar 2024", "2024-03-05"),
        ("25/3/2024", "2024-03-25"),
        ("3/25/2024", "2024-03-25"),
        ("4/4/2024", "2024-04-04"),
        ("45356", "2024-03-05"),
        ("45356.5", "2024-03-05"),
        ("45356.0", "2024-03-05"),
    ],
)
def test_days_are_read_as_files_write_them(written: str, day: str) -> None:
    assert parse_day(written, TODAY) == day


@pytest.mark.parametrize(
    "written",
    ["", "5/3/2024", "2024-02-30", "2024-13-01", "1990-00-00", "2024年3月", "hello", "12", "123456", "99999",
     "2024-03-05x", "13800138000", "5/3", "2024-03-05 25:00"],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_refused(written: str) -> None:
    assert parse_day(written, TODAY) is None


def test_a_column_decides_what_comes_first() -> None:
    assert guess_dayfirst(["5/3/2024", "25/3/2024"]) is True
    assert guess_dayfirst(["5/3/2024", "3/25/2024"]) is False
    assert guess_dayfirst(["5/3/2024", "x", ""]) is None
    assert parse_day("5/3/2024", TODAY, dayfirst=True) == "2024-03-05"
    assert parse_day("5/3/2024", TODAY, dayfirst=False) == "2024-05-03"


def test_spreadsheets_count_from_1900_or_1904() -> None:
    assert parse_day("43894", TODAY, date1904=True) == "2024-03-05"


@given(st.dates(date(1920, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_each_way_of_writing(day: date) -> None:
    ways = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.day}.{day.month}.{day.year}",
    ]
    ways += [f"{day:%B} {day.day}, {day.year}", str((day - date(1899, 12, 30)).days), f"{day:%Y/%m/%d} 08:00"]
    assert {parse_day(way, TODAY) for way in ways} == {day.isoformat()}


@given(st.text(max_size=20))
def test_any_text_is_read_without_an_accident(written: str) -> None:
    parse_day(written, TODAY)
    parse_instant(written, TODAY, SHANGHAI)
    parse_moment(written, TODAY)
    parse_when(written, NOW)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2024-03-05T10:20:30Z", "2024-03-05T10:20:30Z"),
        ("2024-03-05T10:20:30+08:00", "2024-03-05T02:20:30Z"),
        ("2006-04-15T03:23:15.000Z", "2006-04-15T03:23:15Z"),
        ("2024-03-05 10:20", "2024-03-05T02:20:00Z"),
        ("2024/3/5 14:30:05", "2024-03-05T06:30:05Z"),
        ("2024年3月5日 下午2:30", "2024-03-05T06:30:00Z"),
        ("2024年3月5日14时30分", "2024-03-05T06:30:00Z"),
        ("07/15/2009 02:14:45+0800", "2009-07-14T18:14:45Z"),
        ("3/25/2024 2:30 PM", "2024-03-25T06:30:00Z"),
        ("2024-03-05", "2024-03-04T16:00:00Z"),
        ("45356.5", "2024-03-05T04:00:00Z"),
        ("2024-03-05 25:00", None),
        ("2010-10-14T12:00:00.000Z-0300", None),
        ("5/3/2024 10:00", None),
        ("soon", None),
    ],
)
def test_instants_are_read_into_utc(written: str, instant: str | None) -> None:
    assert parse_instant(written, TODAY, SHANGHAI) == instant


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("1990-03-05", Moment(1990, 3, 5, False)),
        ("--03-05", Moment(None, 3, 5, False)),
        ("03-05", Moment(None, 3, 5, False)),
        ("3月5日", Moment(None, 3, 5, False)),
        ("2-29", Moment(None, 2, 29, False)),
        ("农历八月十五", Moment(None, 8, 15, True)),
        ("（农历）1990年8月15日", Moment(1990, 8, 15, True)),
        ("阴历腊月廿三", Moment(None, 12, 23, True)),
        ("正月初一", Moment(None, 1, 1, False)),
        ("2-30", None),
        ("农历13月1日", None),
        ("unknown", None),
    ],
)
def test_birthdays_may_lack_the_year(written: str, moment: Moment | None) -> None:
    assert parse_moment(written, TODAY) == moment


@pytest.mark.parametrize(
    ("year", "month", "day", "lunar", "expected"),
    [
        (None, 11, 24, False, "2026-11-24"),
        (None, 11, 23, False, "2027-11-23"),
        (None, 2, 29, False, "2027-02-28"),
        (None, None, 31, False, "2026-11-30"),
        (None, None, 10, False, "2026-12-10"),
        (2026, 12, 1, False, "2026-12-01"),
        (2026, 1, 1, False, None),
        (None, 1, 1, True, "2027-02-06"),
        (None, 8, 15, True, "2027-09-15"),
        (None, 12, 30, True, "2027-02-05"),
        (None, 13, 1, False, None),
        (None, None, 15, True, None),
        (None, 1, 0, False, None),
        (None, 1, 31, True, None),
    ],
)
def test_key_dates_return(year: int | None, month: int | None, day: int, lunar: bool, expected: str | None) -> None:
    found = next_occurrence(year, month, day, lunar, TODAY)
    assert (found.isoformat() if found else None) == expected


def test_a_leap_month_is_kept_only_where_the_year_has_it() -> None:
    assert next_occurrence(None, 6, 1, True, date(2025, 6, 1)) == date(2025, 6, 25)
    assert next_occurrence(None, -6, 1, True, date(2025, 6, 1)) == date(2025, 7, 25)
    assert next_occurrence(None, -6, 1, True, date(2026, 6, 1)) == date(2026, 7, 14)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 12), st.integers(1, 30))
def test_a_lunar_day_comes_again_within_thirteen_months(today: date, month: int, day: int) -> None:
    found = next_occurrence(None, month, day, True, today)
    assert found is not None
    assert timedelta(0) <= found - today <= timedelta(days=385)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 31))
def test_a_payday_never_misses_a_month(today: date, day: int) -> None:
    found = next_occurrence(None, None, day, False, today)
    assert found is not None
    assert timedelta(0) <= found - today <= timedelta(days=31)
    assert found.day == min(day, calendar.monthrange(found.year, found.month)[1])


@pytest.mark.parametrize(
    ("typed", "day", "clock", "rest"),
    [
        ("today", "2026-11-24", None, ""),
        ("tomorrow call", "2026-11-25", None, "call"),
        ("+3d", "2026-11-27", None, ""),
        ("+2w: offer", "2026-12-08", None, "offer"),
        ("in 3 days", "2026-11-27", None, ""),
        ("fri", "2026-11-27", None, ""),
        ("Friday 15:00 Send quote", "2026-11-27", "15:00", "Send quote"),
        ("tue", "2026-12-01", None, ""),
        ("this fri", "2026-11-27", None, ""),
        ("next fri", "2026-12-04", None, ""),
        ("next week", "2026-11-30", None, ""),
        ("明天", "2026-11-25", None, ""),
        ("后天 送样", "2026-11-26", None, "送样"),
        ("大后天", "2026-11-27", None, ""),
        ("周五", "2026-11-27", None, ""),
        ("周二", "2026-12-01", None, ""),
        ("本周五", "2026-11-27", None, ""),
        ("下周三", "2026-12-02", None, ""),
        ("下下周一", "2026-12-07", None, ""),
        ("下星期天", "2026-12-06", None, ""),
        ("下周三下午3点半，送样品", "2026-12-02", "15:30", "送样品"),
        ("3天后", "2026-11-27", None, ""),
        ("两周后", "2026-12-08", None, ""),
        ("三个星期后", "2026-12-15", None, ""),
        ("一个月后", "2026-12-24", None, ""),
        ("月底", "2026-11-30", None, ""),
        ("下月底", "2026-12-31", None, ""),
        ("年底", "2026-12-31", None, ""),
        ("12月5号", "2026-12-05", None, ""),
        ("12月5日15:00", "2026-12-05", "15:00", ""),
        ("十二月五号", "2026-12-05", None, ""),
        ("11月5号", "2027-11-05", None, ""),
        ("明年3月1日", "2027-03-01", None, ""),
        ("5号", "2026-12-05", None, ""),
        ("31号", "2026-12-31", None, ""),
        ("今晚8点", "2026-11-24", "20:00", ""),
        ("明早9点 开会", "2026-11-25", "09:00", "开会"),
        ("15:00", "2026-11-24", "15:00", ""),
        ("9:00", "2026-11-25", "09:00", ""),
        ("tomorrow at 3pm demo", "2026-11-25", "15:00", "demo"),
        ("2026-12-01", "2026-12-01", None, ""),
        ("2026-12-01T10:30 visit", "2026-12-01", "10:30", "visit"),
        ("Dec 24", "2026-12-24", None, ""),
        ("5 Mar lunch", "2027-03-05", None, "lunch"),
        ("12/25", "2026-12-25", None, ""),
        ("25/12", "2026-12-25", None, ""),
        ("２０２６－１２－０１", "2026-12-01", None, ""),
        ("fri下午3点", "2026-11-27", "15:00", ""),
    ],
)
def test_near_dates_are_read_as_typed(typed: str, day: str, clock: str | None, rest: str) -> None:
    found = parse_when(typed, NOW)
    assert found is not None
    assert found.day.isoformat() == day
    assert found.time == (time.fromisoformat(clock) if clock else None)
    assert found.rest == rest


@pytest.mark.parametrize(
    "typed",
    ["", "hello", "friendly chat", "monitor", "may be", "5/3", "2月30日", "2026-13-01", "25:00", "tomorrow 25:00",
     "3号楼送货",
     "13月1日", "call tomorrow", "+", "31 feb"],
)  # fmt: skip
def test_what_is_no_date_or_could_be_two_is_not_guessed(typed: str) -> None:
    assert parse_when(typed, NOW) is None


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)), st.sampled_from("一二三四五六日"))
def test_a_weekday_is_within_seven_days_and_next_week_starts_on_monday(now: datetime, name: str) -> None:
    soon, after = parse_when(f"周{name}", now), parse_when(f"下周{name}", now)
    assert soon
    assert after
    assert timedelta(days=1) <= soon.day - now.date() <= timedelta(days=7)
    assert soon.day.weekday() == after.day.weekday() == "一二三四五六日".index(name)
    assert after.day.isocalendar()[:2] == (now.date() + timedelta(days=7)).isocalendar()[:2]


def test_the_lunar_library_waits_for_a_lunar_date() -> None:
    code = (
        "import sys; from datetime import date, datetime; from crm_tui.rules import days;"
        "days.next_occurrence(None, 1, 1, False, date(2026, 1, 1)); days.parse_when('下周三', datetime(2026, 1, 1));"
        "sys.exit('lunar_python' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 40))
@settings(max_examples=30)
def test_dates_that_return_soon_are_those_whose_next_occurrence_is_near(today: date, ahead: int) -> None:
    near = returning(today, ahead)
    for lunar in (0, 1):
        for month in (0, *range(1, 13)) if not lunar else (*range(-12, 0), *range(1, 13)):
            for day in (1, 15, 29, 30, 31)[: 4 if lunar else 5]:
                on = next_occurrence(None, month or None, day, bool(lunar), today)
                assert ((lunar, month, day) in near) == (on is not None and (on - today).days <= ahead)
