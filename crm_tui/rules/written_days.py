"""Dates and instants as other programs and people write them into files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

_MONTH_TEXT = """
jan january | feb february | mar march | apr april | may | jun june | jul july | aug august | sep sept september
| oct october | nov november | dec december
"""
MONTHS = {name: number for number, names in enumerate(_MONTH_TEXT.split("|"), start=1) for name in names.split()}
MONTH_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "正": 1}

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_DAY_NAME_YEAR = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[ .-]*({MONTH_NAMES})\.?[ ,-]*(\d{{4}}|\d{{2}})")
_NAME_DAY_YEAR = re.compile(rf"({MONTH_NAMES})\.?[ -]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,]+(\d{{4}})")
_WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+")
_SERIAL = re.compile(r"(\d{4,5})(?:\.(\d+))?")
_CLOCK = re.compile(
    r"(上午|下午|晚上|中午|早上|凌晨)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?(?::?(\d{1,2})(?:[.,]\d+)?\s*秒?)?"
    r"\s*(am|pm|a\.m\.|p\.m\.)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_FIRST_SERIAL, _LAST_SERIAL = 7_000, 73_050
_NO_YEAR = re.compile(r"(?:--)?(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*[日号]?")
_CHINESE_MONTH_DAY = re.compile(
    r"([正一二三四五六七八九十冬腊]{1,2}|十[一二])月(初?[一二三四五六七八九十廿]{1,3})[日号]?"
)


class Moment(NamedTuple):
    """A date that returns; `year` may be unknown."""

    year: int | None
    month: int
    day: int
    lunar: bool


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).strip().lower().split())


def day_of(year: int, month: int, day: int) -> date | None:
    """The date of these numbers, None if the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_year(text: str, today: date) -> int:
    """Read a year of two or four digits; two digits never lie more than ten years ahead."""
    year = int(text)
    if len(text) == 4:
        return year
    year += today.year // 100 * 100
    return year - 100 if year > today.year + 10 else year


def excel_day(serial: int, date1904: bool = False) -> date:
    """The day of a spreadsheet's serial number (1 is 1900-01-01, with Excel's 29 February 1900)."""
    if date1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    return date(1899, 12, 30 if serial > 59 else 31) + timedelta(days=serial)


def guess_dayfirst(values: Iterable[str]) -> bool | None:
    """Tell from a column whether 5/3/2024 means 5 March (True) or May 3 (False); None if nothing decides it."""
    for value in values:
        if match := _YEAR_LAST.match(_plain(value)):
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                return True
            if second > 12 >= first:
                return False
    return None


def _read_day(text: str, today: date, dayfirst: bool | None) -> tuple[date | None, str]:
    """Read the day at the beginning of a plain text: (day, what follows)."""
    text = _WEEKDAY.sub("", text)
    if match := _YEAR_FIRST.match(text) or _COMPACT.match(text):
        return day_of(int(match[1]), int(match[2]), int(match[3])), text[match.end() :]
    if match := _YEAR_LAST.match(text):
        first, second, year = int(match[1]), int(match[3]), _whole_year(match[4], today)
        if match[2] == ".":
            dayfirst = True
        elif first > 12 or second > 12:
            dayfirst = first > 12
        elif first == second:
            dayfirst = True
        if dayfirst is None:
            return None, text
        day, month = (first, second) if dayfirst else (second, first)
        return day_of(year, month, day), text[match.end() :]
    if match := _DAY_NAME_YEAR.match(text):
        return day_of(_whole_year(match[3], today), MONTHS[match[2]], int(match[1])), text[match.end() :]
    if match := _NAME_DAY_YEAR.match(text):
        return day_of(int(match[3]), MONTHS[match[1]], int(match[2])), text[match.end() :]
    return None, text


def parse_day(text: str, today: date, dayfirst: bool | None = None, date1904: bool = False) -> str | None:
    """Read a day in full as `YYYY-MM-DD`; None if it is none, or if day and month could be either way.

    Args:
        text: ISO, 2024/3/5, 5.3.2024, 2024年3月5日, 20240305, "Mar 5, 2024", a spreadsheet's serial; a time behind it
            is left out.
        today: decides the century of a year of two digits.
        dayfirst: what 5/3/2024 means (`guess_dayfirst` of the column); None refuses it.
        date1904: whether serials count from 1904.
    """
    plain = _plain(text)
    if match := _SERIAL.fullmatch(plain):
        return excel_day(int(match[1]), date1904).isoformat() if _is_serial(match) else None
    day, rest = _read_day(plain, today, dayfirst)
    if day is None or (rest and _read_clock(rest.lstrip("t ,")) is None):
        return None
    return day.isoformat()


def _is_serial(match: re.Match[str]) -> bool:
    return _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL


def _read_clock(text: str) -> tuple[time, tzinfo | None] | None:
    """Read a whole time of day with its zone, if it has one."""
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour, minute, second = int(match[2]), int(match[3] or 0), int(match[4] or 0)
    half = (match[5] or "")[:1]
    if (match[1] in ("下午", "晚上") or half == "p") and hour < 12:
        hour += 12
    elif ((match[1] in ("上午", "早上", "凌晨") or half == "a") and hour == 12) or (match[1] == "凌晨" and hour == 24):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    zone: tzinfo | None = None
    if match[6]:
        sign = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", match[6])
        minutes = (int(sign[2]) * 60 + int(sign[3] or 0)) * (-1 if sign[1] == "-" else 1) if sign else 0
        if abs(minutes) >= 24 * 60:
            return None
        zone = timezone(timedelta(minutes=minutes))
    return time(hour, minute, second), zone


def parse_instant(
    text: str, today: date, zone: tzinfo, dayfirst: bool | None = None, date1904: bool = False
) -> str | None:
    """Read an instant as `YYYY-MM-DDTHH:MM:SSZ`; a day alone is its midnight, a time without zone is in `zone`.

    None if it is none, or if it cannot be read in one way only.
    """
    plain = _plain(text)
    if match := _SERIAL.fullmatch(plain):
        if not _is_serial(match):
            return None
        seconds = round(float("0." + (match[2] or "0")) * 86_400)
        local = datetime.combine(excel_day(int(match[1]), date1904), time()) + timedelta(seconds=seconds)
        return _stamp(local.replace(tzinfo=zone))
    day, rest = _read_day(plain, today, dayfirst)
    if day is None:
        return None
    rest = rest.lstrip("t ,")
    clock = _read_clock(rest) if rest else (time(), None)
    return _stamp(datetime.combine(day, clock[0], clock[1] or zone)) if clock else None


def _stamp(at: datetime) -> str | None:
    try:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at.year > 1 else None
    except OverflowError:
        return None


def chinese_number(text: str) -> int | None:
    """Read 1 to 99 in Chinese or Arabic digits: "十二", "廿三", "两", "15"."""
    if text.isdecimal() and text.isascii():
        return int(text)
    text = text.removeprefix("初").replace("廿", "二十")
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text)
    high, low = (_DIGITS.get(tens, -1) if tens else 1), (_DIGITS.get(ones, -1) if ones else 0)
    return high * 10 + low if high > 0 and low >= 0 else None


def parse_moment(text: str, today: date, dayfirst: bool | None = None, lunar: bool = False) -> Moment | None:
    """Read a birthday: a day in full, or month and day only (3月5日, --03-05, 03-05, 农历八月十五).

    Args:
        text: as written; 农历 or 阴历 before it makes it lunar.
        today: decides the century of a year of two digits.
        dayfirst: what 5/3 means; None takes the order of ISO and Chinese (month first) where the year is missing.
        lunar: whether the column is one of lunar dates.
    """
    plain = _plain(text)
    bare = re.sub(r"^[(\[]?(?:农历|阴历|旧历)[)\]]?\s*", "", plain)
    lunar = lunar or bare != plain
    if lunar and (match := _YEAR_FIRST.fullmatch(bare)):
        return _moment(int(match[1]), int(match[2]), int(match[3]), True)
    if match := _CHINESE_MONTH_DAY.fullmatch(bare):
        month = {"冬": 11, "腊": 12}.get(match[1]) or chinese_number(match[1])
        day = chinese_number(match[2])
        return _moment(None, month or 0, day or 0, lunar)
    if not lunar and (whole := parse_day(bare, today, dayfirst)):
        found = date.fromisoformat(whole)
        return Moment(found.year, found.month, found.day, False)
    match = _NO_YEAR.fullmatch(bare)
    if match and re.search(r"\D", bare):
        first, second = int(match[1]), int(match[2])
        return _moment(None, second, first, lunar) if dayfirst else _moment(None, first, second, lunar)
    return None


def _moment(year: int | None, month: int, day: int, lunar: bool) -> Moment | None:
    if lunar:
        return Moment(year, month, day, True) if 1 <= month <= 12 and 1 <= day <= 30 else None
    return Moment(year, month, day, False) if day_of(year or 2000, month, day) else None
