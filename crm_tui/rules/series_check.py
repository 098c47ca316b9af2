"""Which patterns of a series make no sense or would never come, said before anybody searches for them for ever."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

from crm_tui.rules.working_days import SHIFTS
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.series import Series

_MOST = 9999
_LEAP_YEAR = 2024


def impossible(series: Series) -> str | None:
    """The sentence that says why a series cannot be; None if it can."""
    moments = (series.start, *series.skipped, *series.moved, *series.moved.values())
    if any(one.tzinfo is not None or one.microsecond or not 1900 <= one.year <= 2999 for one in moments):
        return t("Times of a series are local, in whole seconds, in the years 1900 to 2999.")
    if not 1 <= series.interval <= _MOST:
        return t("A series comes every 1 to {most} days, weeks, months or years.", most=_MOST)
    if series.count is not None and not 1 <= series.count <= _MOST:
        return t("A series comes 1 to {most} times, or without end.", most=_MOST)
    if series.count is not None and series.until is not None:
        return t("A series ends after a number of times or on a day, not both.")
    if series.rule not in SHIFTS:
        return t("On days off a series goes before, after, is skipped or kept, not “{rule}”.", rule=series.rule)
    if not _ranges_hold(series):
        return t("A weekday, day, month or place in this series does not exist.")
    others = series.weekdays or series.monthdays or series.setpos or series.freq in ("daily", "weekly")
    if series.workday and others:
        return t("A series by working days takes no other days.")
    return _never(series)


def _ranges_hold(series: Series) -> bool:
    most = 53 if series.freq == "yearly" and not series.months else 5 if series.freq in ("monthly", "yearly") else 0
    return (
        all(0 <= day <= 6 and abs(nth) <= most for day, nth in series.weekdays)
        and all(1 <= abs(day) <= 31 for day in series.monthdays)
        and all(1 <= month <= 12 for month in series.months)
        and all(1 <= abs(at) <= 366 for at in series.setpos)
        and -23 <= series.workday <= 23
        and 0 <= series.week_start <= 6
    )


def _never(series: Series) -> str | None:
    if series.freq in ("daily", "weekly"):
        if series.monthdays or series.setpos:
            return t("Days of a month and places need a series by months or years.")
        days = {day for day, _ in series.weekdays}
        if series.freq == "daily" and days and series.interval % 7 == 0 and series.start.weekday() not in days:
            return t("This series never comes: its days never fall on these weekdays.")
        return None
    if any(nth for _, nth in series.weekdays) and (series.monthdays or series.setpos):
        return t("The n-th weekday takes no days of the month beside it.")
    if series.setpos:
        if series.freq == "yearly" and len(series.months) != 1:
            return t("Places within a year need one month.")
        if series.weekdays and series.monthdays:
            return t("Places take either weekdays or days of the month.")
        size = len(series.monthdays) or 4 * len(series.weekdays) + 1
        if not (series.weekdays or series.monthdays) or any(abs(at) > size for at in series.setpos):
            return t("A weekday, day, month or place in this series does not exist.")
    months = series.months or range(1, 13)
    if series.monthdays and not any(
        abs(day) <= monthrange(_LEAP_YEAR, month)[1] for day in series.monthdays for month in months
    ):
        return t("This series never comes: these months have no such day.")
    return None
