"""A series as the answers to a few questions (how often, on which days, until when), and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from crm_tui.errors import Invalid
from crm_tui.rules.series import Series, daily, monthly, monthly_weekday, monthly_working_day, weekly, yearly
from crm_tui.rules.working_days import Shift
from crm_tui.words import t

PATTERNS = ("daily", "workdays", "weekly", "monthday", "nth", "workday", "yearly", "own")
"""How often: every n days, on working days, every n weeks, in months on a day, on the n-th weekday, on the n-th working
day, every n years; "own" is a pattern that these questions cannot ask for and that stays as it is."""

ASKED: dict[str, frozenset[str]] = {
    "daily": frozenset({"every", "days_off"}),
    "workdays": frozenset(),
    "weekly": frozenset({"every", "weekdays", "days_off"}),
    "monthday": frozenset({"every", "day", "days_off"}),
    "nth": frozenset({"every", "nth", "weekdays", "days_off"}),
    "workday": frozenset({"every", "nth"}),
    "yearly": frozenset({"every", "days_off"}),
    "own": frozenset({"days_off"}),
}
"""Which further questions belong to a pattern."""

_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CHINESE = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 6}
_TOKEN = re.compile(r"[a-z]+|[一二三四五六日天]|\d|[^\sa-z\d]")
_FILLING = frozenset("周星期礼拜,，、;；和与&+/.")


def parts_of(series: Series) -> dict[str, Any]:
    """The answers that make a series: pattern, every, weekdays and day (text), nth, start, until, count, days_off."""
    parts: dict[str, Any] = {
        **{"pattern": _pattern(series), "every": series.interval, "weekdays": None, "nth": None, "day": None},
        **{"start": series.start, "until": series.until, "count": series.count, "days_off": series.rule},
    }
    if parts["pattern"] in ("weekly", "nth"):
        days = [day for day, _ in series.weekdays] or [series.start.weekday()]
        parts["weekdays"] = weekdays_text(days)
    if parts["pattern"] == "nth":
        parts["nth"] = series.weekdays[0][1]
    elif parts["pattern"] == "workday":
        parts["nth"] = series.workday
    elif parts["pattern"] == "monthday":
        day = (series.monthdays or (series.start.day,))[-1]
        parts["day"] = t("last") if day == -1 else str(day)
    return parts


def _pattern(series: Series) -> str:
    for pattern in ("workdays", *PATTERNS[:-1]):
        try:
            made = series_of({**_candidate(series), "pattern": pattern}, series.zone)
        except Invalid:
            continue
        if replace(made, skipped=series.skipped, moved=series.moved, week_start=series.week_start) == series:
            return pattern
        if pattern == "weekly" and not series.weekdays and replace(made, weekdays=()) == series:
            return pattern
    return "own"


def _candidate(series: Series) -> dict[str, Any]:
    """What each pattern is tried with, to find the one that gives the series."""
    day = (series.monthdays or (series.start.day,))[-1]
    nth = series.workday or (series.weekdays[0][1] if series.weekdays else 0)
    return {
        **{"every": series.interval, "weekdays": weekdays_text([day for day, _ in series.weekdays]), "nth": nth},
        **{"day": t("last") if day == -1 else str(day), "start": series.start, "until": series.until},
        **{"count": series.count, "days_off": series.rule},
    }


def series_of(parts: Mapping[str, Any], zone: str, base: Series | None = None) -> Series:
    """The series of some answers.

    Args:
        parts: as `parts_of` gives them; `start` is a local date-time without zone.
        zone: IANA name.
        base: the series so far, whose pattern stays where it is "own".

    Raises:
        Invalid: with a sentence for the answer that makes no sense.
        Refused: if the series can never take place.
    """
    pattern, start = parts.get("pattern"), parts.get("start")
    if pattern not in PATTERNS:
        raise Invalid({"pattern": t("say how often")})
    if not isinstance(start, datetime):
        raise Invalid({"start": t("say from when on")})
    until, count = parts.get("until"), parts.get("count")
    if until is not None and count is not None:
        raise Invalid({"count": t("A series ends after a number of times or on a day, not both.")})
    if until is not None and until < start.date():
        raise Invalid({"until": t("it ends before it begins")})
    made = _made(pattern, parts, start, zone, base)
    rule: Shift = parts.get("days_off") or "keep"
    rule = "skip" if pattern == "workdays" else "keep" if pattern == "workday" else rule
    return replace(made, until=until, count=count, rule=rule)


def _made(pattern: str, parts: Mapping[str, Any], start: datetime, zone: str, base: Series | None) -> Series:
    every = _every(parts)
    if pattern == "own":
        if base is None:
            raise Invalid({"pattern": t("say how often")})
        return replace(base, start=start)
    if pattern in ("daily", "workdays"):
        return daily(start, zone, every if pattern == "daily" else 1)
    if pattern == "weekly":
        return weekly(start, zone, tuple(weekdays_of(parts.get("weekdays")) or [start.weekday()]), every)
    if pattern == "yearly":
        return yearly(start, zone, interval=every)
    if pattern == "monthday":
        return monthly(start, zone, _day(parts.get("day")), every)
    nth = int(parts.get("nth") or 0)
    if not nth:
        raise Invalid({"nth": t("say which one of the month")})
    if pattern == "workday":
        return monthly_working_day(start, zone, nth, every)
    days = weekdays_of(parts.get("weekdays"))
    if len(days) != 1:
        raise Invalid({"weekdays": t("say one weekday")})
    if abs(nth) > 5:
        raise Invalid({"nth": t("say which one of the month")})
    return monthly_weekday(start, zone, days[0], nth, every)


def _every(parts: Mapping[str, Any]) -> int:
    every = parts.get("every")
    if every is None:
        return 1
    if not 1 <= int(every) <= 999:
        raise Invalid({"every": t("must be a whole number from {low} to {high}", low=1, high=999)})
    return int(every)


def _day(text: Any) -> int | None:
    said = str(text or "").strip().casefold()
    if not said:
        return None
    if said in ("last", "-1", "最后", "最后一个", "最后一天", "末", "月底"):
        return -1
    plain = said.removesuffix("号").removesuffix("日")
    if not (plain.isascii() and plain.isdigit() and 1 <= int(plain) <= 31):
        raise Invalid({"day": t("must be a day from 1 to 31, or “last”")})
    return int(plain)


def weekdays_of(text: Any) -> list[int]:
    """Weekdays as people type them: "mon, thu", "一三五", "周一和周四"; 0 is Monday.

    Raises:
        Invalid: if a word is none.
    """
    found: set[int] = set()
    for token in _TOKEN.findall(str(text or "").casefold()):
        if token in _FILLING or token == "and":
            continue
        if token[:3] in _ENGLISH and len(token) >= 3:
            found.add(_ENGLISH.index(token[:3]))
        elif token in _CHINESE:
            found.add(_CHINESE[token])
        else:
            raise Invalid({"weekdays": t("“{text}” is no weekday; try: mon, thu", text=token)})
    return sorted(found)


def weekdays_text(days: list[int]) -> str:
    """Weekdays in the reader's language."""
    names = (t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"))
    return ", ".join(names[day] for day in sorted(set(days)))
