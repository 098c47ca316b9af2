"""A series said in one line, in the reader's language: "every 2 weeks on Mon, Thu at 09:00, until 2026-12-31"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from crm_tui.rules.series import Series, Weekday
from crm_tui.words import t


def describe(series: Series) -> str:
    """Say when a series takes place: pattern, time, end, days off, and how many exceptions it has."""
    parts = [t("{pattern} at {time}", pattern=_pattern(series), time=f"{series.start:%H:%M}")]
    if series.count is not None:
        parts.append(t("{count} times", count=series.count))
    if series.until is not None:
        parts.append(t("until {day}", day=series.until.isoformat()))
    if series.rule == "before":
        parts.append(t("on days off the working day before"))
    elif series.rule == "after":
        parts.append(t("on days off the working day after"))
    elif series.rule == "skip":
        parts.append(t("not on days off"))
    if series.moved:
        parts.append(t("{count} moved", count=len(series.moved)))
    if series.skipped:
        parts.append(t("{count} skipped", count=len(series.skipped)))
    return reduce(lambda said, more: t("{said}, {more}", said=said, more=more), parts)


def _pattern(series: Series) -> str:
    often = _often(series)
    days = _days(series)
    return t("{often} on {days}", often=often, days=days) if days else often


def _often(series: Series) -> str:
    n = series.interval
    if series.freq == "daily":
        return t("every day") if n == 1 else t("every {n} days", n=n)
    if series.freq == "weekly":
        return t("every week") if n == 1 else t("every {n} weeks", n=n)
    if series.freq == "monthly":
        return t("every month") if n == 1 else t("every {n} months", n=n)
    return t("every year") if n == 1 else t("every {n} years", n=n)


def _days(series: Series) -> str:
    months = series.months
    if series.freq == "yearly" and not months and not series.weekdays and not series.monthdays:
        months = (series.start.month,)
    said = _listed(_month(month) for month in months) if months else ""
    if series.workday:
        days = _working_day(series.workday)
    elif series.weekdays or series.freq == "weekly":
        weekdays = series.weekdays or ((series.start.weekday(), 0),)
        days = _listed(_weekday(one) for one in weekdays)
    elif series.freq == "daily":
        days = ""
    else:
        days = _monthdays(series)
    if series.setpos and not _clamped(series):
        places = _listed(_nth(at) for at in series.setpos)
        days = t("the {nth} of {days}", nth=places, days=days)
    return t("{month} {days}", month=said, days=days).strip() if said else days


def _monthdays(series: Series) -> str:
    if _clamped(series):
        return t("day {n} (or the last)", n=series.monthdays[-1])
    days = series.monthdays or (series.start.day,)
    return _listed(
        t("the last day") if day == -1 else t("day {n}", n=day) if day > 0 else t("day {n} from the end", n=-day)
        for day in days
    )


def _clamped(series: Series) -> bool:
    """Whether it is the form of `monthly` for days that short months lack."""
    days = series.monthdays
    return series.setpos == (-1,) and len(days) > 1 and days == tuple(range(28, 28 + len(days)))


def _weekday(one: Weekday) -> str:
    names = (t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"))
    day, nth = one
    return t("the {nth} {weekday}", nth=_nth(nth), weekday=names[day]) if nth else names[day]


def _nth(nth: int) -> str:
    if nth == -1:
        return t("last")
    if nth < 0:
        return t("{nth}-last", nth=_nth(-nth))
    names = {1: t("1st"), 2: t("2nd"), 3: t("3rd")}
    return names.get(nth) or t("{n}th", n=nth)


def _working_day(nth: int) -> str:
    if nth == 1:
        return t("the first working day")
    return t("the last working day") if nth == -1 else t("the {nth} working day", nth=_nth(nth))


def _listed(parts: Iterable[str]) -> str:
    """A list within a sentence (Chinese has a comma of its own for it)."""
    return reduce(lambda before, one: t("{before}, {one}", before=before, one=one), parts)


def _month(month: int) -> str:
    names = (
        t("January"), t("February"), t("March"), t("April"), t("May"), t("June"), t("July"), t("August"),
        t("September"), t("October"), t("November"), t("December"),
    )  # fmt: skip
    return names[month - 1]
