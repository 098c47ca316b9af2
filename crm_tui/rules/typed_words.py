"""What the readers of a typed line share: its plain form, the marks on it, and what stands around a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_tui.rules.written_days import chinese_number, day_of
from crm_tui.words import t

START = "(?<![0-9a-z_\xc0-\xff])(?<![.:/-])"
"""Before a Latin word or a number: no Latin letter, no digit, no date in the middle.

The class stays below 256, as the wider ones take milliseconds each to compile."""
END = "(?![0-9a-z_\xc0-\xff])"
"""Behind a Latin word or a number: no Latin letter and no digit."""
COUNT = "(?:[0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
"""1 to 99 in Chinese, up to 999 in digits."""
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ENGLISH_COUNT = rf"(?:\d{{1,3}}|an?|{'|'.join(_ENGLISH)})"
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:s|nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHINESE_WEEK = "(?:周|星期|礼拜|週)"
_CHINESE_WEEKDAYS = {char: at for at, char in enumerate("一二三四五六日")} | {"天": 6, "末": 5}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of the line and what they became.

    `what` is when, kind, minutes, person, repeat, who, filler, text or unclear; an unclear one has its `reason`, and
    in `choices` what could be typed in its place.
    """

    start: int
    end: int
    what: str
    reason: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """What looks like a day or a time and is none, or could be two.

    A `soft` one (a month, a vague "next week") is mere text where the line names its day elsewhere.
    """

    reason: str
    choices: tuple[str, ...] = ()
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Around:
    """What a reader knows besides the words: now, whether the line logs the past, and the working days."""

    now: datetime
    past: bool
    is_working_day: Callable[[date], bool]

    @property
    def today(self) -> date:
        """The local day."""
        return self.now.date()


def plain(line: str) -> str:
    """The line in half-width lower case, character by character so that every place stays where it is."""
    chars = []
    for char in line:
        narrow = unicodedata.normalize("NFKC", char).lower()
        chars.append(narrow if len(narrow) == 1 else char)
    return "".join(chars)


def number(text: str) -> int | None:
    """Read a whole number in digits, Chinese or English words."""
    text = text.strip()
    if text in ("a", "an"):
        return 1
    if text in _ENGLISH:
        return _ENGLISH.index(text) + 1
    return int(text) if re.fullmatch("[0-9]+", text) else chinese_number(text)


def weekday(text: str) -> int:
    """The weekday, 0 for Monday, of an English name or of the last character of a Chinese one."""
    if text[:3] in _WEEKDAYS:
        return _WEEKDAYS.index(text[:3])
    return int(text[-1]) - 1 if text[-1].isdecimal() else _CHINESE_WEEKDAYS[text[-1]]


def add_months(day: date, months: int) -> date:
    """The same day so many months on; a day that the month lacks is its last.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of(year, month + 1, day.day) or month_end(date(year, month + 1, 1))


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def monday_to_friday(day: date) -> bool:
    """A working day where nobody keeps a calendar of holidays."""
    return day.weekday() < 5


def no_such_day() -> Unclear:
    """The mark for a day that no calendar has."""
    return Unclear(t("there is no such day"))
