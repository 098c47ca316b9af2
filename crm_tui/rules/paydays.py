"""Paydays: when a customer can pay, and the collection visit that waits for it."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Shift = Callable[[date], date]
CollectionState = Literal["waiting", "due", "overdue"]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:s|day|sday|nesday|rs|rsday|urday)?s?")
_CHINESE = re.compile(r"(?:每?周|每?星期|每?礼拜)([一二三四五六日天])")
_DAY = re.compile(r"(?:每月)?(\d{1,2})(?:st|nd|rd|th|日|号|號)?")
_PARTS = re.compile(r"[,;/+\s]+")
_LAST = {"last", "月底", "月末", "每月月底", "最后一天", "每月最后一天", "month-end"}
_BEFORE = {"before", "提前", "遇休息日提前", "节假日提前", "遇节假日提前"}
_FILLER = {"and", "the", "every", "weekly", "monthly", "day", "of", "month", "on", "each", "每月", "每周", "和"}


@dataclass(frozen=True, slots=True)
class PaydayRule:
    """When money comes.

    Attributes:
        days: days of the month, 1 to 31; a day that a month lacks is its last one (31 is always the last).
        weekdays: days of the week, 0 is Monday.
        before: whether a payday on a day off is paid on the working day before.
    """

    days: tuple[int, ...] = ()
    weekdays: tuple[int, ...] = ()
    before: bool = False

    @property
    def text(self) -> str:
        """The rule as it is stored: "10", "5,20", "last", "fri", "10,before"; `parse_payday` reads it back."""
        parts = ["last" if day == 31 else str(day) for day in self.days]
        parts += [_WEEKDAYS[weekday] for weekday in self.weekdays]
        return ",".join(parts + ["before"] * self.before)


def parse_payday(text: str) -> PaydayRule | None:
    """Read a payday as a person writes it: "10", "15th", "5, 20", "last", "fri", "每周五", "10号", "月底", "10 提前".

    Returns:
        None if any part of it is not understood, or no day is in it.
    """
    days, weekdays, before = set(), set(), False
    cleaned = unicodedata.normalize("NFKC", text).strip().lower().replace("、", ",")
    for part in filter(None, _PARTS.split(cleaned)):
        if match := _DAY.fullmatch(part):
            if not 1 <= int(match[1]) <= 31:
                return None
            days.add(int(match[1]))
        elif match := _ENGLISH.fullmatch(part):
            weekdays.add(_WEEKDAYS.index(match[1]))
        elif match := _CHINESE.fullmatch(part):
            weekdays.add(min(6, "一二三四五六日天".index(match[1])))
        elif part in _LAST:
            days.add(31)
        elif part in _BEFORE:
            before = True
        elif part not in _FILLER:
            return None
    return PaydayRule(tuple(sorted(days)), tuple(sorted(weekdays)), before) if days or weekdays else None


def next_payday(rule: PaydayRule, day: date, shift: Shift | None = None) -> date:
    """The first payday on or after a day.

    Args:
        rule: at least one day in it.
        day: from here on.
        shift: the working day before a day off (the day itself otherwise); used only if the rule says "before". A
            payday that moves to before `day` has been paid already, so the next one counts.
    """
    if not rule.days and not rule.weekdays:
        return day
    move = shift if rule.before and shift else None
    found = []
    for month in range(4):
        count = day.year * 12 + day.month - 1 + month
        year, index = divmod(count, 12)
        length = calendar.monthrange(year, index + 1)[1]
        found += [date(year, index + 1, min(wanted, length)) for wanted in rule.days]
    for weekday in rule.weekdays:
        first = day + timedelta(days=(weekday - day.weekday()) % 7)
        found += [first + timedelta(weeks=week) for week in range(6)]
    return min(paid for nominal in found if (paid := move(nominal) if move else nominal) >= day)


def collection_day(delivery: date, rule: PaydayRule | None, shift: Shift | None = None) -> date:
    """The day of the collection visit: the first payday on or after the delivery; with no payday known, that day."""
    return delivery if rule is None else next_payday(rule, delivery, shift)


def collection_state(collection: date, today: date) -> CollectionState:
    """What an unpaid delivery is today: "waiting" for payday, "due" on it, "overdue" only after it."""
    if today < collection:
        return "waiting"
    return "due" if today == collection else "overdue"
