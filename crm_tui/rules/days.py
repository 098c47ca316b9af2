"""Days: read from files, typed as near dates, and those that return every month or year, solar or lunar."""

from __future__ import annotations

import calendar
from datetime import date
from functools import lru_cache

from crm_tui.rules.lunar_years import FIRST, LAST, solar_day
from crm_tui.rules.near_days import When, parse_when
from crm_tui.rules.written_days import Moment, excel_day, guess_dayfirst, parse_day, parse_instant, parse_moment

__all__ = [
    "Moment",
    "When",
    "excel_day",
    "guess_dayfirst",
    "next_occurrence",
    "parse_day",
    "parse_instant",
    "parse_moment",
    "parse_when",
]


def next_occurrence(year: int | None, month: int | None, day: int, lunar: bool, today: date) -> date | None:
    """The day, today or later, on which a key date falls next; None if it is over or there is no such date.

    With a year it comes once, without a year every year, without a month every month. A day that a month lacks falls
    on its last day (payday 31, 29 February, lunar 30). A lunar month is the ordinary one; a negative one is the leap
    month, in years without it the ordinary one of its number.
    """
    if lunar:
        if month is None or not 1 <= abs(month) <= 12 or not 1 <= day <= 30:
            return None
        years = [year] if year is not None else [today.year - 1, today.year, today.year + 1]
        days = [_lunar_day(one, month, day) for one in years]
    else:
        if not 1 <= day <= 31 or not (month is None or 1 <= month <= 12):
            return None
        if month is None:
            after = (today.year + today.month // 12, today.month % 12 + 1)
            days = [_last_fitting(today.year, today.month, day), _last_fitting(*after, day)]
        else:
            years = [year] if year is not None else [today.year, today.year + 1]
            days = [_last_fitting(one, month, day) for one in years]
    return min((found for found in days if found is not None and found >= today), default=None)


@lru_cache(maxsize=8)
def returning(today: date, ahead: int) -> frozenset[tuple[int, int, int]]:
    """The key dates without a year that fall from `today` to so many days later.

    Returns:
        (1 if lunar, month or 0 for every month (negative in a leap month), day) of each.
    """
    patterns = [(0, month, day) for month in range(13) for day in range(1, 32)]
    patterns += [(1, month, day) for month in range(-12, 13) if month for day in range(1, 31)]
    found = set()
    for lunar, month, day in patterns:
        on = next_occurrence(None, month or None, day, bool(lunar), today)
        if on is not None and (on - today).days <= ahead:
            found.add((lunar, month, day))
    return frozenset(found)


def _last_fitting(year: int, month: int, day: int) -> date | None:
    if not 1 <= year <= 9999:
        return None
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


@lru_cache(maxsize=4096)
def _lunar_day(year: int, month: int, day: int) -> date | None:
    """The solar day of a day in the lunar year that begins in the solar year `year`."""
    if FIRST <= year <= LAST:
        return solar_day(year, month, day)
    if not 1 <= year <= 9998:
        return None
    from lunar_python import Lunar, LunarMonth

    found = LunarMonth.fromYm(year, month) or LunarMonth.fromYm(year, abs(month))
    if found is None:
        return None
    solar = Lunar.fromYmd(year, found.getMonth(), min(day, found.getDayCount())).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())
