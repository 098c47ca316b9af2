"""What stands around a day and makes it another one: 明年春节, two weeks from tomorrow, 中秋前一天, 周一三五.

The readers of days see the day alone. Here its neighbours are asked: a year or month that it lies in anyway becomes
part of it, everything else makes it unclear, since a wrong day is worse than a question.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from crm_tui.rules.typed_days import YEARS_OF, Day, chinese_year
from crm_tui.rules.typed_times import Clock, Range
from crm_tui.rules.typed_words import CHINESE_WEEK, COUNT, ENGLISH_COUNT, WEEKDAY, Around, Unclear, add_months
from crm_tui.words import t

_YEAR = re.compile(
    r"(?:(?P<said>前年|去年|今年|明年|后年|(?:this|next|last)\s+year(?:['’]?s)?)|(?<![\d.])(?P<digits>(?:19|20)\d\d)年?"
    r"|(?P<written>[〇零一二三四五六七八九]{4})年)的?[\s,]*$"
)
_MONTH = re.compile(
    r"(?:(?P<english>this|next|last)\s+month|(?P<chinese>下下|下|上|这|本)个?月)的?[\s,]*(?:on\s+|the\s+)*$"
)
_ENGLISH_YEARS = {"this": 0, "next": 1, "last": -1}
_CHINESE_MONTHS = {"下下": 2, "下": 1, "上": -1, "这": 0, "本": 0}
_UNIT = r"(?:working\s+|business\s+)?(?:day|week|fortnight|month)s?"
_RECKONED_BEFORE = re.compile(
    rf"(?<![a-z\d])(?:{ENGLISH_COUNT}\s+{_UNIT}|the\s+day|day)\s+(?:before|after|from)\s+(?:the\s+)?$"
)
_RECKONED_BEHIND = re.compile(
    rf"\s*[之以]?[前后]的?(?:第?{COUNT}(?:个?工作日|天|日|周|个?星期|个?礼拜|个?月)|第[一二三四五1-5]个)"
    r"|\s+next(?![\s-]+\w)|\s+next(?=\s+\d)"
)
_MORE_WEEKDAYS = re.compile(
    r"(?:[、，,及和]?[一二三四五六日天](?![\d点點月号会次回])){1,6}(?=$|[\s,，。;；@送拜访电回上下早晚中去到开打]|\ue000)"
)
_ENDS_IN_WEEKDAY = re.compile(rf"{CHINESE_WEEK}[一二三四五六日天]$")
_LAST_DAY_BEFORE = re.compile(r"(?:最晚|最迟|至迟|不晚于|不迟于)[\s在于]*$|at\s+the\s+latest\s+(?:on\s+|by\s+)?$")
_LAST_DAY_BEHIND = re.compile(r"\s*(?:at\s+the\s+latest|latest|最晚|最迟)(?![a-z])")
_HOURS = re.compile(
    r"(?P<lead>(?:from|between)\s+|从)?(?P<first>\d{1,2})(?:\s*[-–—~〜]\s*|\s+(?:to|till|until|and)\s+|\s*[到至]\s*)"
    r"(?P<last>\d{1,2})(?![\d:.])"
)
_MONTH_DAY = re.compile(r"\d{1,2}[-.]\d{1,2}\.?")
_COUNTED = re.compile(r"\s*(?:[a-z]+s|kg|g|t|l|km|m|cm|people|pcs|percent|%|[¥€$])(?![a-z])")
_WORD_ENDS = re.compile("[0-9a-z]$")
_BESIDE = re.compile(rf"[\s,，]*(?:on\s+|at\s+)?|[\s,，]+(?:on\s+)?(?:{WEEKDAY})\s*")


def year_of(text: str, this_year: int) -> tuple[int, int] | None:
    """The year that the end of a text names, and where it begins there; None if it names none."""
    found = _YEAR.search(text)
    if found is None:
        return None
    if found["digits"]:
        return int(found["digits"]), found.start()
    if found["written"]:
        return chinese_year(found["written"]), found.start()
    said = found["said"]
    return this_year + (YEARS_OF[said] if said in YEARS_OF else _ENGLISH_YEARS[said.split()[0]]), found.start()


def around_a_day(day: Day, before: str, said: str, behind: str, around: Around) -> tuple[Day | Unclear, int, int]:
    """A day among its neighbours: what it is then, and how many characters before and behind belong to it.

    Args:
        day: what a reader made of the words of the day alone.
        before: the text between the last thing read and the day.
        said: the words of the day.
        behind: the text between the day and the next thing read.
        around: now, for "next year".
    """
    if reckoned := _RECKONED_BEFORE.search(before):
        return _reckoned(), len(before) - reckoned.start(), 0
    if reckoned := _RECKONED_BEHIND.match(behind):
        return _reckoned(), 0, reckoned.end()
    if _ENDS_IN_WEEKDAY.search(said) and (more := _MORE_WEEKDAYS.match(behind)):
        return Unclear(t("several days: one line for each, please")), 0, more.end()
    named = year_of(before, around.today.year)
    dated = day.weak or re.search(r"\d|月", said) is not None
    if named is not None and (dated or not before[named[1] :].strip(" ,").isdecimal()):
        if day.day.year == named[0] and not dated:
            return day, 0, 0
        return _if(day.day.year == named[0], day), len(before) - named[1], 0
    if found := _MONTH.search(before):
        months = _ENGLISH_YEARS[found["english"]] if found["english"] else _CHINESE_MONTHS[found["chinese"]]
        month = add_months(around.today.replace(day=1), months)
        return _if(_same_month(day.day, month), day), len(before) - found.start(), 0
    return day, 0, 0


def last_day(before: str, behind: str) -> tuple[int, int]:
    """How many characters before and behind a day or time say that it is the last one: 最晚周五, fri at the latest."""
    first, last = _LAST_DAY_BEFORE.search(before), _LAST_DAY_BEHIND.match(behind)
    return (len(before) - first.start() if first else 0), (last.end() if last else 0)


def hours_beside(text: str, floor: int, roof: int, *, at_end: bool) -> tuple[int, int, Range] | None:
    """Two bare hours directly beside a day: (tomorrow) 10-11, from 10 to 11 (tomorrow), with where they stand.

    Args:
        text: the plain line.
        floor: where the free text beside the day begins.
        roof: where it ends.
        at_end: whether the day stands behind it, so that the hours must be its end.
    """
    for found in _HOURS.finditer(text, floor, roof):
        gap = text[found.end() : roof] if at_end else text[floor : found.start()]
        if not _BESIDE.fullmatch(gap) or _WORD_ENDS.search(text, 0, found.start()):
            continue
        if not at_end and (_COUNTED.match(text, found.end(), roof) or text[found.end() : roof][:1].isalnum()):
            continue
        first, last = int(found["first"]), int(found["last"])
        if first < 24 and last <= 24:
            return found.start(), found.end(), Range(Clock(first, 0), Clock(last, 0))
    return None


def may_be_hours(text: str) -> bool:
    """Whether words that may be a day (10-11, 11.30) may be a time as well, where the line names its day elsewhere."""
    return _MONTH_DAY.fullmatch(text) is not None


def _same_month(day: date, month: date) -> bool:
    return (day.year, day.month) == (month.year, month.month)


def _if(fits: bool, day: Day) -> Day | Unclear:
    return replace(day, loose=False) if fits else Unclear(t("which day? type it with its month and year"))


def _reckoned() -> Unclear:
    return Unclear(t("type the day itself: it is not reckoned from another"))
