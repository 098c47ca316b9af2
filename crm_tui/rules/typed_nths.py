"""The n-th day of a month: 第一个周一, last friday of next month, 最后一个工作日."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from crm_tui.rules.typed_days import MONTHS_OF, Read, nearest, on
from crm_tui.rules.typed_words import Around, add_months, month_end, no_such_day, number, weekday
from crm_tui.rules.written_days import MONTHS, day_of

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
             "5th": 5, "last": -1}  # fmt: skip
ORDINAL = f"(?:{'|'.join(_ORDINALS)})"
CHINESE_ORDINAL = r"(?:第[一二三四五1-5]个?|最后一?个?|末个)"


def nth_of(text: str) -> int:
    """Which one an ordinal means, -1 for the last."""
    return _ORDINALS[text] if text in _ORDINALS else number(re.sub("[第个]", "", text)) or -1


def nth_weekday(year: int, month: int, at: int, nth: int) -> date | None:
    """The n-th such weekday of a month, counted from its end if negative; None if there is none."""
    first = date(year, month, 1)
    if nth < 0:
        last = month_end(first)
        return last - timedelta(days=(last.weekday() - at) % 7)
    return day_of(year, month, 1 + (at - first.weekday()) % 7 + 7 * (nth - 1))


def working_days_on(match: re.Match[str], around: Around) -> Read:
    """In 3 working days, 三个工作日后: the so-many-th working day after today."""
    found = match.groupdict()
    count, day = number(found.get("count") or found.get("number") or "") or 0, around.today
    if not 1 <= count <= 300:
        return no_such_day()
    for _ in range(3 * count + 60):
        day += timedelta(days=1)
        count -= around.is_working_day(day)
        if not count:
            return on(day)
    return no_such_day()


def nth_working_day(year: int, month: int, nth: int, is_working_day: Callable[[date], bool]) -> date | None:
    """The n-th working day of a month, counted from its end if negative; None if there is none."""
    first = date(year, month, 1)
    days = [first + timedelta(days=ahead) for ahead in range(month_end(first).day)]
    working = [day for day in days if is_working_day(day)]
    at = nth - 1 if nth > 0 else nth
    return working[at] if -len(working) <= at < len(working) else None


def nth(match: re.Match[str], around: Around) -> Read:
    """第一个周一, the last friday of next month, 下个月最后一个工作日, 5月第二个周日."""
    found = match.groupdict()
    nth = nth_of(found["nth"])
    today = around.today
    which = found.get("which")
    if found.get("month"):
        month = MONTHS.get(found["month"]) or number(found["month"]) or 0
        if not 1 <= month <= 12:
            return no_such_day()
        return _nth_of_month(month, nth, found["unit"], around)
    elif which and which != "the":
        firsts = [add_months(today.replace(day=1), MONTHS_OF[which])]
    else:
        firsts = [add_months(today.replace(day=1), months) for months in range(-5, 6)]
    days = [_nth_in(first, nth, found["unit"], around) for first in firsts]
    return on(days[0] if len(days) == 1 else nearest(days, around))


def _nth_of_month(month: int, nth: int, unit: str, around: Around) -> Read:
    """In the nearest month of this number that is not over; in a log line the last that has begun."""
    years = range(around.today.year - 1, around.today.year + 2)
    days = [(date(year, month, 1), _nth_in(date(year, month, 1), nth, unit, around)) for year in years]
    if around.past:
        known = [day for first, day in reversed(days) if (day or first) <= around.today]
    else:
        known = [day for first, day in days if (day or month_end(first)) >= around.today]
    return on(known[0] if known else None)


def _nth_in(first: date, nth: int, unit: str, around: Around) -> date | None:
    if re.match("工作日|working|work|business", unit):
        return nth_working_day(first.year, first.month, nth, around.is_working_day)
    if unit in ("天", "day"):
        return month_end(first) if nth < 0 else day_of(first.year, first.month, nth)
    return nth_weekday(first.year, first.month, weekday(unit), nth)
