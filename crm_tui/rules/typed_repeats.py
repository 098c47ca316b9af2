"""What returns, as people type it inside a line: every monday, 每两周, 每月最后一个工作日, the 15th of every month."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from crm_tui.rules.lunar_years import FIRST, LAST, solar_day
from crm_tui.rules.typed_days import LUNAR_DAY, LUNAR_MONTH, NOT_A_HOUSE
from crm_tui.rules.typed_nths import CHINESE_ORDINAL, ORDINAL, nth_of, nth_weekday, nth_working_day
from crm_tui.rules.typed_words import (
    CHINESE_WEEK,
    COUNT,
    END,
    ENGLISH_COUNT,
    START,
    WEEKDAY,
    Around,
    Unclear,
    month_end,
    no_such_day,
    number,
    weekday,
)
from crm_tui.rules.written_days import MONTH_NAMES, MONTHS, chinese_number, day_of
from crm_tui.words import t


@dataclass(frozen=True, slots=True)
class Repeat:
    """What returns.

    Attributes:
        freq: daily, weekly, monthly or yearly.
        interval: every so many of them; quarterly is monthly with 3.
        weekdays: (0 for Monday, n) with n None for each one, or the n-th of the month, -1 the last.
        month_day: 1 to 31, where a month without that day means its last; -1 the last day.
        month: of a yearly one, 1 to 12.
        working_day: the n-th working day of the month, -1 the last; 0 with daily is each working day.
        lunar: whether month and month_day are of the lunar calendar.
        until: the last day on which it may fall.
        count: how often.
        part: part of the day, if the words say one.
    """

    freq: str
    interval: int = 1
    weekdays: tuple[tuple[int, int | None], ...] = ()
    month_day: int | None = None
    month: int | None = None
    working_day: int | None = None
    lunar: bool = False
    until: date | None = None
    count: int | None = None
    part: str | None = None

    @property
    def fixed(self) -> bool:
        """Whether the rule itself says its days, without a first one to count from."""
        if self.freq == "daily" and self.interval == 1:
            return True
        return bool(self.weekdays or self.month_day or self.working_day is not None)


@dataclass(frozen=True, slots=True)
class Times:
    """How often something returns, beside a repeat."""

    count: int
    sure: bool = True


Read = Repeat | Unclear | None
Reader = Callable[[re.Match[str], Around], Read | Times]
_FREQ = {"天": "daily", "日": "daily", "周": "weekly", "期": "weekly", "拜": "weekly", "月": "monthly", "年": "yearly",
         "d": "daily", "w": "weekly", "m": "monthly", "y": "yearly"}  # fmt: skip


def falls_on(repeat: Repeat, day: date, is_working_day: Callable[[date], bool]) -> bool:
    """Whether a rule that says its days itself falls on a day, whatever its interval."""
    if repeat.working_day == 0:
        return is_working_day(day)
    if repeat.working_day:
        return nth_working_day(day.year, day.month, repeat.working_day, is_working_day) == day
    if repeat.weekdays:
        return any(
            day.weekday() == at and (nth is None or nth_weekday(day.year, day.month, at, nth) == day)
            for at, nth in repeat.weekdays
        )
    if repeat.lunar and repeat.month and repeat.month_day:
        years = [year for year in (day.year - 1, day.year) if FIRST <= year <= LAST]
        return any(solar_day(year, repeat.month, repeat.month_day) == day for year in years)
    if repeat.month and day.month != repeat.month:
        return False
    if repeat.month_day:
        last = month_end(day).day
        return day.day == (last if repeat.month_day < 0 else min(repeat.month_day, last))
    return True


def first_from(repeat: Repeat, start: date, is_working_day: Callable[[date], bool]) -> date | None:
    """The first day from `start` on of a rule that says its days itself; None if there is none within nine years."""
    for ahead in range(9 * 366):
        try:
            day = start + timedelta(days=ahead)
        except OverflowError:
            return None
        if falls_on(repeat, day, is_working_day):
            return day
    return None


def _freq(unit: str) -> str:
    return _FREQ[unit[0] if unit.isascii() else unit[-1]]


def _interval(text: str | None) -> int:
    if text is None:
        return 1
    return 2 if text.startswith("隔") else number(text) or 1


def _every(match: re.Match[str], _: Around) -> Read:
    found = match.groupdict()
    count = number(found["count"]) if found.get("count") else 1
    if not count:
        return Unclear(t("how often?"))
    return Repeat(_freq(found["unit"]), count)


def _other(match: re.Match[str], _: Around) -> Read:
    return Repeat(_freq(match["unit"]), 2)


def _chinese_week(match: re.Match[str], _: Around) -> Read:
    found = match["days"]
    interval = _interval(match["count"])
    if not found:
        return Repeat("weekly", interval)
    if "末" in found:
        return Repeat("weekly", interval, ((5, None),))
    chars = re.sub(r"周|星期|礼拜|[、,，和及与\s]", "", found)
    if chars[1:2] in ("到", "至", "-", "~"):
        first, last = weekday(chars[0]), weekday(chars[-1])
        if first > last:
            return Unclear(t("which weekdays?"))
        return Repeat("weekly", interval, tuple((at, None) for at in range(first, last + 1)))
    return Repeat("weekly", interval, tuple((at, None) for at in sorted({weekday(char) for char in chars})))


def _english_weekdays(match: re.Match[str], _: Around) -> Read:
    found = match.groupdict()
    names = re.findall(rf"{WEEKDAY}(?=s?\b)", match["days"])
    if found.get("second"):
        return Unclear(t("every so many weeks, or the one of that number in the month?"))
    interval = 2 if found.get("other") else (number(found["count"]) or 1) if found.get("count") else 1
    days = tuple((at, None) for at in sorted({weekday(name) for name in names}))
    part = found.get("part")
    return Repeat("weekly", interval, days, part=part)


def _weekends(_: re.Match[str], around: Around) -> Read:
    return Repeat("weekly", 1, ((5, None),))


def _working_days(_: re.Match[str], around: Around) -> Read:
    return Repeat("daily", working_day=0)


def _day_part(match: re.Match[str], _: Around) -> Read:
    word = match["part"]
    return Repeat("daily", part={"早": "morning", "晚": "evening", "night": "evening"}.get(word[0]) or
                  {"night": "evening"}.get(word, word))  # fmt: skip


def _monthly_interval(match: re.Match[str]) -> int:
    found = match.groupdict()
    if found.get("quarter"):
        return 3
    if found.get("other"):
        return 2
    return _interval(found.get("count"))


def _month_day(match: re.Match[str], around: Around) -> Read:
    found = match.groupdict()
    if found.get("quarter"):
        return _quarter_end(match, around)
    interval = _monthly_interval(match)
    if found.get("end"):
        return Repeat("monthly", interval, month_day=-1)
    if found.get("begin"):
        return Repeat("monthly", interval, month_day=1)
    day = number(found["day"] or "")
    return Repeat("monthly", interval, month_day=day) if day and day <= 31 else no_such_day()


def _nth(match: re.Match[str], around: Around) -> Read:
    if match.groupdict().get("quarter"):
        return _quarter_end(match, around)
    nth, unit, interval = nth_of(match["nth"]), match["day"], _monthly_interval(match)
    if re.match("工作日|working|work|business", unit):
        return Repeat("monthly", interval, working_day=nth)
    if unit in ("天", "day"):
        return Repeat("monthly", interval, month_day=nth)
    return Repeat("monthly", interval, ((weekday(unit), nth),))


def _second(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("every so many weeks, or the one of that number in the month?"))


def _simple(freq: str, interval: int) -> Reader:
    return lambda match, around: Repeat(freq, interval)


def _yearly(match: re.Match[str], _: Around) -> Read:
    found = match.groupdict()
    month = MONTHS.get(found["month"]) or number(found["month"]) or 0
    day = number(found["day"]) or 0
    if day_of(2000, month, day) is None:
        return no_such_day()
    return Repeat("yearly", month=month, month_day=day)


def _lunar_yearly(match: re.Match[str], _: Around) -> Read:
    month = {"冬": 11, "腊": 12, "正": 1}.get(match["month"]) or chinese_number(match["month"]) or 0
    day = 30 if match["day"] in ("卅", "三十") else chinese_number(match["day"]) or 0
    if not 1 <= month <= 12 or not 1 <= day <= 30:
        return no_such_day()
    return Repeat("yearly", month=month, month_day=day, lunar=True)


def _quarter_end(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("type the days of a quarter as a monthly series"))


def _apart(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("every so many, or with so many between?"))


def _several(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("several days of the month: one line for each, please"))


def _lunar_month(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("a series follows the lunar calendar by the year only"))


def _unclear_often(_: re.Match[str], around: Around) -> Read:
    return Unclear(t("how often?"))


def _times(match: re.Match[str], _: Around) -> Times | None:
    """How often in all; "once" says nothing, and a few times beside a week may be of each week."""
    found = match.groupdict()
    count = number(found["count"] or found.get("xcount") or "") or 1
    return Times(count, sure=count > 3 or bool(found.get("all") or found.get("xcount"))) if count > 1 else None


_MONTHS_PER = r"每(?:(?P<quarter>个?季度?)|(?P<count>隔一?|[一二两三四五六七八九十\d]{0,3})个?月)(?:的|份)?\s*"
_MONTHLY = (
    r"(?:every\s+(?:(?P<other>other)\s+|(?P<count>\d{1,2})\s+)?months?|each\s+month|monthly|"
    r"(?P<quarter>quarterly|every\s+quarter))"
)
_OF_EVERY = r"(?:\s+(?:of|in)\s+(?:every|each)\s+(?:(?P<other>other)\s+)?(?:month|(?P<quarter>quarter)))"
_ENGLISH_DAY = rf"(?:{WEEKDAY}|(?:working|work|business)\s*day|day)"
_NTH_DAY = rf"(?P<nth>{ORDINAL})\s+(?P<day>{_ENGLISH_DAY})"
_DAYS = rf"(?P<days>{WEEKDAY}s?(?:(?:\s*[,&/]\s*|\s+and\s+|\s+){WEEKDAY}s?)*)"
_CHINESE_DAYS = (
    rf"(?P<days>[一二三四五六日天](?:(?:[、,和及与到至~-]{CHINESE_WEEK}?)?[一二三四五六日天])*(?![次回两个])"
    rf"|[1-7](?![\d次回个家:.])|末)"
)
_TABLE: tuple[tuple[str, Reader], ...] = (
    (r"每天|每日|天天", _simple("daily", 1)),
    (r"每个?工作日|工作日每天", _working_days),
    (r"每天?(?P<part>早|晚)上?(?!晚|[餐饭会])", _day_part),
    (r"每天?早晚", _unclear_often),
    (rf"每?隔(?!一(?!十)){COUNT}个?(?:天|日|周|星期|礼拜|月|年)", _apart),
    (r"隔天|隔日|每隔一?[天日]", _simple("daily", 2)),
    (rf"每(?P<count>{COUNT})[个]?(?P<unit>天|日|周|个?星期|个?礼拜|个?月|年)(?:一次)?", _every),
    (r"隔周|双周|每隔周", _simple("weekly", 2)),
    (rf"(?:每逢|逢|每(?P<count>隔一?|{COUNT}?)个?)(?:{CHINESE_WEEK})的?\s*"
     rf"(?:{CHINESE_WEEK})?{_CHINESE_DAYS}?", _chinese_week),
    (rf"隔周的?\s*(?P<count>){CHINESE_WEEK}(?P<days>[一二三四五六日天])", lambda m, _: Repeat(
        "weekly", 2, ((weekday(m["days"]), None),))),
    (rf"(?:每个?)?(?:(?P<count>{COUNT})个?|半)?(?P<unit>天|日|周|星期|礼拜|月|年)(?:一|1)(?:次|回)", _every),
    (r"(?:每个?)(?:周|星期|礼拜|月|年|天|日)(?:[二两三四五六七八九十2-9])(?:次|回)", _unclear_often),
    (r"(?:每个?)?半个?月(?:一次)?|每半个?月", _unclear_often),
    (rf"{_MONTHS_PER}", lambda m, _: Repeat("monthly", _monthly_interval(m))),
    (rf"{_MONTHS_PER}(?:(?P<day>{COUNT})[日号]{NOT_A_HOUSE}|(?P<end>月?[底末])|(?P<begin>月?初"
     rf"(?![一二三四五六七八九十])))", _month_day),
    (rf"{_MONTHS_PER}(?P<nth>{CHINESE_ORDINAL})的?(?P<day>{CHINESE_WEEK}[一二三四五六日天]|工作日|天)", _nth),
    (r"每个?季度?[末底初]|每个?季度?的?(?:第|最后)一?[天个]?(?:工作日)?", _quarter_end),
    (r"每个?月(?:农历)?(?:初[一二三四五六七八九十]|廿[一二三四五六七八九])|初一[、和]?十五", _lunar_month),
    (rf"每个?月{COUNT}[日号]?(?:\s?[、,和及与]\s?{COUNT}[日号]?)+", _several),
    (rf"{START}(?:every|each)\s+(?:month\s+on\s+(?:the\s+)?)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s?(?:,|and|&)\s?"
     rf"(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th))+", _several),
    (r"每半年|半年一次", _simple("monthly", 6)),
    (r"每年", _simple("yearly", 1)),
    (rf"每年的?\s*(?P<month>{COUNT})月(?P<day>{COUNT})[日号]?", _yearly),
    (rf"每年的?\s*(?:农历|阴历|旧历)?(?P<month>[正冬腊])月(?P<day>{LUNAR_DAY})", _lunar_yearly),
    (rf"每年的?\s*(?:农历|阴历|旧历)(?P<month>{LUNAR_MONTH})月(?P<day>{LUNAR_DAY})", _lunar_yearly),
    (rf"{START}(?:every\s*day|each\s+day|daily){END}", _simple("daily", 1)),
    (rf"{START}every\s+(?:(?P<count>{ENGLISH_COUNT})\s+)?(?P<unit>days?|weeks?|months?|years?){END}", _every),
    (rf"{START}(?:once\s+(?:a|per|each)|each)\s+(?P<unit>week|month|year){END}", _every),
    (rf"{START}every\s+(?:other|second)\s+(?P<unit>day|week|month|year){END}", _other),
    (rf"{START}every\s+(?P<part>morning|afternoon|evening|night){END}", _day_part),
    (rf"{START}(?:every|each)\s+(?:week\s*day|work\s*day|working\s+day|business\s+day)s?{END}"
     rf"|{START}weekdays{END}", _working_days),
    (rf"{START}(?:(?:every|each)\s+weekend|weekends){END}", _weekends),
    (rf"{START}(?:every|each)\s+(?:(?P<other>other)\s+|(?P<second>second|2nd|third|3rd|fourth|4th)\s+)?{_DAYS}"
     rf"(?:\s+(?P<part>morning"
     rf"|afternoon|evening))?{END}",
     _english_weekdays),
    (rf"{START}(?:every\s+(?:(?P<other>other)\s+|(?P<count>{ENGLISH_COUNT})\s+)?weeks?|weekly)"
     rf"(?:\s+on)?\s+{_DAYS}{END}",
     _english_weekdays),
    (rf"{START}{_DAYS.replace('s?(?:', 's(?:', 1)}{END}", lambda m, a: _english_weekdays(m, a) if re.search(
        r"days?s$|(?:mon|tue|wed|thu|fri|sat|sun)s$", m["days"]) else None),
    (rf"{START}weekly{END}", _simple("weekly", 1)),
    (rf"{START}fortnightly{END}|{START}every\s+fortnight{END}", _simple("weekly", 2)),
    (rf"{START}{_MONTHLY}{END}", lambda m, _: Repeat("monthly", _monthly_interval(m))),
    (rf"{START}{_MONTHLY}\s+on\s+the\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{END}", _month_day),
    (rf"{START}(?:every|each)\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)(?:\s+of\s+the\s+month)?{END}(?!\s+(?:{WEEKDAY}"
     rf"|day|week|month|year))", _month_day),
    (rf"{START}(?:on\s+)?(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_OF_EVERY}{END}", _month_day),
    (rf"{START}(?:at\s+)?(?:the\s+)?(?P<end>end)\s+of\s+(?:every|each)\s+month{END}|{START}every\s+month\s+end{END}",
     lambda m, _: Repeat("monthly", month_day=-1)),
    (rf"{START}{_MONTHLY}\s+on\s+the\s+{_NTH_DAY}{END}", _nth),
    (rf"{START}(?:on\s+)?(?:the\s+)?{_NTH_DAY}{_OF_EVERY}{END}", _nth),
    (rf"{START}(?:every|each)\s+(?P<nth>first|1st|last)\s+(?P<day>{_ENGLISH_DAY})"
     rf"(?:\s+of\s+(?:the|every|each)\s+month)?{END}", _nth),
    (rf"{START}(?:every|each)\s+(?P<nth>{ORDINAL})\s+(?P<day>{_ENGLISH_DAY})\s+of\s+(?:the|every"
     rf"|each)\s+month{END}", _nth),
    (rf"{START}(?:yearly|annually|every\s+year){END}", _simple("yearly", 1)),
    (rf"{START}(?:(?:yearly|annually|every\s+year)\s+on|every|each)\s+(?P<month>{MONTH_NAMES})\.?\s+"
     rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{END}(?!:)", _yearly),
    (rf"{START}(?:(?:yearly|annually|every\s+year)\s+on\s+(?:the\s+)?|every\s+)(?P<day>\d{{1,2}})(?:st|nd|rd"
     rf"|th)?\s+(?:of\s+)?(?P<month>{MONTH_NAMES}){END}", _yearly),
    (rf"{START}(?:bi-?weekly|bi-?monthly|semi-?monthly|twice\s+(?:a|per)\s+\w+|\w+\s+times\s+(?:a|per)\s+\w+"
     rf"|semi-?annually){END}", _unclear_often),
    (rf"(?<![第\d])(?P<all>共|一共|重复|总共)?(?P<count>{COUNT})次(?!日)|{START}x\s?"
     rf"(?P<xcount>\d{{1,3}}){END}", _times),
    (rf"{START}(?:for\s+)?(?P<count>{ENGLISH_COUNT})\s+times{END}", _times),
    (rf"{START}for\s+{ENGLISH_COUNT}\s+(?:days?|weeks?|months?|years?){END}|(?:持续|连续){COUNT}(?:天|周|个?星期"
     rf"|个?月|年)", _unclear_often),
)  # fmt: skip
PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(text), reader) for text, reader in _TABLE)
