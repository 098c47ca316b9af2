"""A series as one line of text, in the words of RFC 5545, for one column and for calendars.

FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;DTSTART=20260105T090000;TZID=Europe/Berlin;X-DAYSOFF=AFTER;
EXDATE=20260202T090000;X-MOVED=20260216T090000>20260217T140000
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from crm_tui.errors import Refused
from crm_tui.rules.local_time import localise, wall, zone_of
from crm_tui.rules.series import FREQS, Freq, Series, Weekday
from crm_tui.rules.working_days import SHIFTS, Shift
from crm_tui.words import t

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_STAMP = "%Y%m%dT%H%M%S"
_NEVER = 9990  # what other programs write for "without end"
_READ = re.compile(r"([1-9]\d{3})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d))?(Z)?", re.ASCII)


def format_series(series: Series) -> str:
    """Write a series as one line that `parse_series` reads back."""
    parts = [_pattern(series), f"DTSTART={_stamp(series.start)}", f"TZID={series.zone}"]
    if series.workday:
        parts.append(f"X-WORKDAY={series.workday}")
    if series.rule != "keep":
        parts.append(f"X-DAYSOFF={series.rule.upper()}")
    if series.skipped:
        parts.append("EXDATE=" + ",".join(map(_stamp, sorted(series.skipped))))
    if series.moved:
        parts.append("X-MOVED=" + ",".join(f"{_stamp(a)}>{_stamp(b)}" for a, b in sorted(series.moved.items())))
    return ";".join(parts)


def rrule_text(series: Series) -> str | None:
    """The value of an RRULE property for other calendars; None if only single dates can say it (days off matter).

    UNTIL is in UTC, as RFC 5545 wants it beside a zone. Skipped and moved occurrences are not part of it.
    """
    if series.workday or series.rule != "keep":
        return None
    if series.until is None:
        return _pattern(series)
    last = localise(datetime.combine(series.until, series.start.time()), zone_of(series.zone))
    return re.sub(r"UNTIL=\d+", f"UNTIL={last.strftime(_STAMP)}Z", _pattern(series))


def parse_series(text: str) -> Series:
    """Read a line that `format_series` wrote.

    Raises:
        Refused: it is no series; the sentence names the part.
    """
    given = _parts(text)
    start, zone = given.pop("DTSTART", None), given.pop("TZID", None)
    if start is None or zone is None:
        raise Refused(t("The series lacks its start or its zone: {text}", text=text[:60]))
    moment = _moment(start)
    if not isinstance(moment, datetime):
        raise Refused(t("“{text}” is no date and time.", text=start[:40]))
    return _series(given, moment, zone)


def parse_rrule(text: str, start: datetime, zone: str) -> Series:
    """Read the RRULE of another calendar's event, to the letter: day 31 leaves short months out.

    Args:
        text: the value, with or without "RRULE:".
        start: naive local start of the event.
        zone: IANA name.

    Raises:
        Refused: a part that we do not have (hours, week numbers, days of the year), or a rule that never comes.
    """
    return _series(_parts(text.removeprefix("RRULE:")), start, zone)


def _parts(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, text.strip().split(";")):
        key, sign, value = part.partition("=")
        key = key.strip().upper()
        if not sign or key in given:
            raise Refused(t("“{text}” is no part of a series.", text=part[:40]))
        given[key] = value.strip()
    return given


def _series(given: dict[str, str], start: datetime, zone: str) -> Series:
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in _READERS:
            raise Refused(t("A series has no “{key}”.", key=key[:40]))
        name, read = _READERS[key]
        try:
            values[name] = read(value)
        except (ValueError, IndexError):
            raise Refused(t("“{text}” is no part of a series.", text=f"{key}={value}"[:60])) from None
    if "freq" not in values:
        raise Refused(t("“{text}” is no part of a series.", text="FREQ="))
    until = values.pop("until", None)
    if until is not None and until.year >= _NEVER:
        until = None
    if isinstance(until, datetime):
        if until.tzinfo is not None:
            until = wall(until, zone_of(zone))
        # an end before the time of day leaves that day's occurrence out
        until = until.date() - (timedelta(days=1) if until.time() < start.time() else timedelta())
    return Series(start, zone, until=until, **values)


def _pattern(series: Series) -> str:
    parts = [f"FREQ={series.freq.upper()}"]
    if series.interval != 1:
        parts.append(f"INTERVAL={series.interval}")
    for key, numbers in (("BYMONTH", series.months), ("BYMONTHDAY", series.monthdays)):
        if numbers:
            parts.append(f"{key}=" + ",".join(map(str, numbers)))
    if series.weekdays:
        parts.append("BYDAY=" + ",".join(f"{nth or ''}{_WEEKDAYS[day]}" for day, nth in series.weekdays))
    if series.setpos:
        parts.append("BYSETPOS=" + ",".join(map(str, series.setpos)))
    if series.count is not None:
        parts.append(f"COUNT={series.count}")
    if series.until is not None:
        parts.append(f"UNTIL={series.until:%Y%m%d}")
    if series.week_start:
        parts.append(f"WKST={_WEEKDAYS[series.week_start]}")
    return ";".join(parts)


def _stamp(moment: datetime) -> str:
    return moment.strftime(_STAMP)


def _moment(text: str) -> date | datetime:
    """Read 20260105, 20260105T090000 (naive) or 20260105T080000Z (aware)."""
    match = _READ.fullmatch(text)
    if match is None:
        raise Refused(t("“{text}” is no date and time.", text=text[:40]))
    try:
        if match[4] is None:
            return date(int(match[1]), int(match[2]), int(match[3]))
        moment = datetime.strptime(text.removesuffix("Z"), _STAMP)
    except ValueError:
        raise Refused(t("“{text}” is no date and time.", text=text[:40])) from None
    return localise(moment, zone_of("UTC")) if match[7] else moment


def _local(text: str) -> datetime:
    moment = _moment(text)
    if not isinstance(moment, datetime) or moment.tzinfo is not None:
        raise ValueError(text)
    return moment


def _weekdays(text: str) -> tuple[Weekday, ...]:
    found = []
    for part in text.upper().split(","):
        match = _WEEKDAY.fullmatch(part.strip())
        if match is None or (match[1] and not int(match[1])):
            raise ValueError(part)
        found.append((_WEEKDAYS.index(match[2]), int(match[1] or 0)))
    return tuple(found)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def _freq(text: str) -> Freq:
    freq = text.lower()
    if freq not in FREQS:
        raise ValueError(text)
    return freq


def _rule(text: str) -> Shift:
    rule = text.lower()
    if rule not in SHIFTS:
        raise ValueError(text)
    return rule


def _moved(text: str) -> dict[datetime, datetime]:
    pairs = (part.split(">") for part in text.split(","))
    return {_local(pair[0]): _local(pair[1]) for pair in pairs}


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "FREQ": ("freq", _freq),
    "INTERVAL": ("interval", int),
    "BYMONTH": ("months", _numbers),
    "BYMONTHDAY": ("monthdays", _numbers),
    "BYDAY": ("weekdays", _weekdays),
    "BYSETPOS": ("setpos", _numbers),
    "COUNT": ("count", int),
    "UNTIL": ("until", _moment),
    "WKST": ("week_start", lambda text: _WEEKDAYS.index(text.upper())),
    "X-WORKDAY": ("workday", int),
    "X-DAYSOFF": ("rule", _rule),
    "EXDATE": ("skipped", lambda text: frozenset(map(_local, text.split(",")))),
    "X-MOVED": ("moved", _moved),
}
