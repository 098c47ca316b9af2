"""A captured repeat as a series of plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crm_tui.rules.series import Freq, Series, daily, monthly, weekly, yearly
from crm_tui.rules.typed_repeats import Repeat

_FREQ: dict[str, Freq] = {"daily": "daily", "weekly": "weekly", "monthly": "monthly", "yearly": "yearly"}


def series_of(repeat: Repeat, start: datetime, zone: str) -> Series | None:
    """The series of a repeat whose first day is that of `start` (naive, local).

    None for a yearly one of the lunar calendar, which no pattern of days follows: keep it as a key date.

    Raises:
        Refused: if the series can never take place.
    """
    if repeat.lunar:
        return None
    made = replace(_pattern(repeat, start, zone), count=repeat.count, until=repeat.until)
    return replace(made, rule="skip") if repeat.working_day == 0 else made


def _pattern(repeat: Repeat, start: datetime, zone: str) -> Series:
    freq, interval = _FREQ[repeat.freq], repeat.interval
    if repeat.working_day:
        return Series(start, zone, freq, interval, workday=repeat.working_day)
    if freq == "daily":
        return daily(start, zone, interval)
    if freq == "weekly":
        return weekly(start, zone, tuple(at for at, _ in repeat.weekdays), interval)
    if freq == "yearly":
        return yearly(start, zone, repeat.month, repeat.month_day, interval)
    if repeat.weekdays:
        return Series(start, zone, freq, interval, tuple((at, nth or 0) for at, nth in repeat.weekdays))
    return monthly(start, zone, repeat.month_day, interval)
