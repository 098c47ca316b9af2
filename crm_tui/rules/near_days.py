"""Near dates as people type them: tomorrow, fri, +3d, 下周三, 月底, 12月5号 15:00."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from crm_tui.rules.written_days import MONTH_NAMES, MONTHS, chinese_number, day_of


class When(NamedTuple):
    """A day, its time if one was typed, and the text behind."""

    day: date
    time: time | None
    rest: str


_N = r"(\d{1,3}|[一二两三四五六七八九十]{1,3})"
_END = "(?![^\\W\\d_\u3400-\u9fff])"
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAY_NAMES = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|nesday|rs|rsday|urday)?"
_CHINESE_WEEKDAYS = {**{char: at for at, char in enumerate("一二三四五六日")}, "天": 6, "末": 5}
_NAMED = {
    "today": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "yesterday": -1, "今天": 0, "今日": 0, "今晚": 0, "今早": 0, 
    "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3, "昨天": -1, "前天": -2,
}  # fmt: skip
_HALF_DAY = r"(上午|下午|晚上|中午|早上|傍晚|凌晨|早|晚)?"
_TIMES = (
    re.compile(r"(?:at\s+|@\s*)?()(\d{1,2}):(\d{2})\s*(am|pm)?" + _END),
    re.compile(r"(?:at\s+|@\s*)?()(\d{1,2})()\s*(am|pm)" + _END),
    re.compile(
        _HALF_DAY + r"\s*(\d{1,2}|[一二两三四五六七八九十]{1,3})\s*[点時时](?:\s*(半|一刻|三刻|\d{1,2}\s*分?|整))?()"
    ),
    re.compile(_HALF_DAY + r"\s*(\d{1,2}):(\d{2})()"),
)


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _later(match: re.Match[str], today: date) -> date | None:
    count, unit = chinese_number(match[1]), match[2]
    if count is None:
        return None
    if unit in ("w", "周") or unit.endswith(("星期", "礼拜")):
        return today + timedelta(weeks=count)
    if unit in ("m", "个月"):
        return _add_months(today, count)
    if unit in ("y", "年"):
        return _add_months(today, 12 * count)
    return today + timedelta(days=count)


def _weekday(match: re.Match[str], today: date) -> date:
    """English: "fri" is the next one after today, "this fri" of this week, "next fri" of the week after."""
    at = _WEEKDAYS.index(match[2])
    monday = today - timedelta(days=today.weekday())
    if match[1] == "this":
        return monday + timedelta(days=at)
    if match[1] == "next":
        return monday + timedelta(days=7 + at)
    return today + timedelta(days=(at - today.weekday() - 1) % 7 + 1)


def _chinese_weekday(match: re.Match[str], today: date) -> date:
    at = _CHINESE_WEEKDAYS[match[2]]
    monday = today - timedelta(days=today.weekday())
    if not match[1]:
        return today + timedelta(days=(at - today.weekday() - 1) % 7 + 1)
    weeks = {"上": -1, "下": 1, "下下": 2}.get(match[1].rstrip("个"), 0)
    return monday + timedelta(days=7 * weeks + at)


def _coming(today: date, month: int, day: int, year: int | None = None) -> date | None:
    """The next day of this month and day; 29 February waits for its year."""
    if year is not None:
        return day_of(year, month, day)
    for ahead in range(9):
        found = day_of(today.year + ahead, month, day)
        if found is not None and found >= today:
            return found
    return None


def _month_day(match: re.Match[str], today: date) -> date | None:
    month, day = chinese_number(match[2]), chinese_number(match[3])
    year = {"今年": today.year, "明年": today.year + 1, "后年": today.year + 2}.get(match[1] or "")
    return _coming(today, month, day, year) if month and day else None


def _day_of_month(match: re.Match[str], today: date) -> date | None:
    day, which = chinese_number(match[2]), (match[1] or "").replace("个", "")
    if not day:
        return None
    if which:
        first = _add_months(today.replace(day=1), 1 if which == "下月" else 0)
        return day_of(first.year, first.month, day)
    first = today.replace(day=1)
    for ahead in range(3):
        month = _add_months(first, ahead)
        found = day_of(month.year, month.month, day)
        if found is not None and found >= today:
            return found
    return None


def _slashed(match: re.Match[str], today: date) -> date | None:
    """12/25 and 25/12 are one day, 5/3 could be two."""
    low, high = sorted((int(match[1]), int(match[2])))
    return _coming(today, low, high) if high > 12 or low == high else None


def _named_month(month: str, day: str, year: str | None, today: date) -> date | None:
    return _coming(today, MONTHS[month], int(day), int(year) if year else None)


def _in_full(match: re.Match[str], _: date) -> date | None:
    return day_of(int(match[1]), int(match[2]), int(match[3]))


_Reader = Callable[[re.Match[str], date], date | None]
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:[日号]|t(?=\d)|(?!\d))", _in_full),
        (f"({'|'.join(sorted(_NAMED, key=len, reverse=True))}){_END}", lambda m, d: d + timedelta(days=_NAMED[m[1]])),
        (rf"\+\s*(\d{{1,3}})\s*(d|w|m|y)(?:ays?|eeks?|onths?|ears?)?{_END}", _later),
        (rf"in\s+(\d{{1,3}})\s*(d|w|m|y)(?:ays?|eeks?|onths?|ears?)?{_END}", _later),
        (rf"{_N}\s*(天|日|周|个?星期|个?礼拜|个月|年)(?:之后|以后|后)", _later),
        (r"半个月(?:之后|以后|后)", lambda _, d: d + timedelta(days=15)),
        (rf"(?:(this|next)\s+)?{_WEEKDAY_NAMES}\.?{_END}", _weekday),
        (rf"next\s+week{_END}", lambda _, d: d + timedelta(days=7 - d.weekday())),
        (rf"next\s+month{_END}", lambda _, d: _add_months(d.replace(day=1), 1)),
        (rf"(?:end\s+of\s+(?:the\s+)?month|eom){_END}", lambda _, d: _month_end(d)),
        (r"(下下个?|下个?|本|这个?|上个?)?(?:周|星期|礼拜)([一二三四五六日天末])", _chinese_weekday),
        (r"(?:本|这个?)?月[底末]", lambda _, d: _month_end(d)),
        (r"下个?月[底末]", lambda _, d: _month_end(_add_months(d.replace(day=1), 1))),
        (r"下个?月初", lambda _, d: _add_months(d.replace(day=1), 1)),
        (r"年[底末]", lambda _, d: date(d.year, 12, 31)),
        (rf"(今年|明年|后年)?{_N}月{_N}(?:[日号]|(?![\d月十]))", _month_day),
        (r"(\d{1,2})/(\d{1,2})(?![\d/])", _slashed),
        (rf"(本月|这个?月|下个?月)?{_N}[日号](?![楼线店门馆厅院桌机])", _day_of_month),
        (r"下个?(?:周|星期|礼拜)", lambda _, d: d + timedelta(days=7 - d.weekday())),
        (
            rf"({MONTH_NAMES})\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?(?![\d:]){_END}",
            lambda m, d: _named_month(m[1], m[2], m[3], d),
        ),
        (
            rf"(\d{{1,2}})(?:st|nd|rd|th)?\s*({MONTH_NAMES})\.?(?:,?\s+(\d{{4}}))?{_END}(?!\d?:)",
            lambda m, d: _named_month(m[2], m[1], m[3], d),
        ),
    )
)  # fmt: skip


def _read_time(text: str) -> tuple[time, int] | None:
    """Read a time at the beginning: (time, characters read)."""
    for pattern in _TIMES:
        match = pattern.match(text)
        if not match:
            continue
        hour = chinese_number(match[2])
        quarter = {"半": 30, "一刻": 15, "三刻": 45, "整": 0, None: 0, "": 0}
        minute = quarter[match[3]] if match[3] in quarter else int(re.sub(r"\D", "", match[3]))
        if hour is None:
            return None
        half = match[1] or match[4] or ""
        if (half in ("下午", "晚上", "傍晚", "晚", "pm") and hour < 12) or (half == "中午" and hour < 3):
            hour += 12
        elif half in ("am", "凌晨") and hour == 12:
            hour = 0
        return (time(hour, minute), match.end()) if hour < 24 and minute < 60 else None
    return None


def _read_day(text: str, today: date) -> tuple[date, int] | None:
    for pattern, reader in _PATTERNS:
        match = pattern.match(text)
        if match:
            try:
                day = reader(match, today)
            except (ValueError, OverflowError):
                return None
            return (day, match.end()) if day is not None else None
    return None


def parse_when(text: str, now_local: datetime) -> When | None:
    """Read the day and time that a text begins with; None if it begins with none or with one that does not exist.

    "fri" and 周五 are the next one after today, 下周五 and "next fri" lie in the week after this one (weeks begin on
    Monday). Month and day without a year, and a time without a day, are the next to come. What could be read in two
    ways (5/3) is refused.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    lower = plain.lower()
    if len(lower) != len(plain):
        return None
    found = _read_day(lower, now_local.date())
    if found:
        day, end = found
        evening = lower[:end].endswith(("晚", "早", "tonight"))
        behind = lower[end:]
        gap = len(behind) - len(behind.lstrip(" ,，"))
        half = {"晚": "晚", "早": "早"}.get(lower[end - 1], "") if evening else ""
        clock = _read_time(half + behind[gap:]) if half else _read_time(behind[gap:])
        if clock:
            end += gap + clock[1] - len(half)
        elif re.match(r"\d{1,2}:\d", behind[gap:]):
            return None
        return When(day, clock[0] if clock else None, _rest(plain[end:]))
    clock = _read_time(lower)
    if not clock:
        return None
    later = clock[0] > now_local.time()
    return When(now_local.date() + timedelta(days=0 if later else 1), clock[0], _rest(plain[clock[1] :]))


def _rest(text: str) -> str:
    return text.lstrip(" ,，:：;；-—、").strip()
