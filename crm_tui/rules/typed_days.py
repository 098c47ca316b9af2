"""Days as people type them inside a line: 下周三, next friday, 月底, 12月5号, 正月十五, in 3 days, first monday.

Which one is meant:

- weeks begin on Monday; "next friday" and 下周五 lie in the week after this one, "this friday" and 这周五 in this one;
- a bare "friday" or 周五 is the next one from tomorrow on; on a Friday it is today only with a time that is still to
  come. In a log line (`Around.past`) it is the last one before today, or today with a time that is over;
- a day without its year (12月5号, Dec 5, 15号, 正月十五) is the next to come, today included; in a log line the last;
- the weekend is its Saturday, the end of a month its last day;
- what names no single day (next week, 5/12, 八月十五 without 农历, Feb 30) is `Unclear`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crm_tui.rules.lunar_years import FIRST, LAST, solar_day
from crm_tui.rules.typed_words import (
    Around,
    Unclear,
    add_months,
    month_end,
    no_such_day,
    number,
    weekday,
)
from crm_tui.rules.written_days import MONTHS, chinese_number, day_of, parse_day
from crm_tui.words import t


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was read.

    Attributes:
        day: the day.
        weekday: of a bare weekday, which only confirms a date beside it.
        near: the day meant instead when a time decides so (today, for a bare weekday).
        part: morning, noon, afternoon, evening or night, if the word says so (今晚).
        lunar: month and day of the lunar calendar, if it was one of it.
        loose: whether month or week are not typed, so that words beside it could say them.
        weak: whether it may be content as well (中秋); another day in the line wins.
    """

    day: date
    weekday: int | None = None
    near: date | None = None
    part: str | None = None
    lunar: tuple[int, int] | None = None
    loose: bool = False
    weak: bool = False


Read = Day | Unclear | None
Reader = Callable[[re.Match[str], Around], Read]
_NAMED = {
    "大前天": -3, "前天": -2, "前日": -2, "the day before yesterday": -2, "day before yesterday": -2, "昨天": -1,
    "昨日": -1, "昨儿": -1, "昨晚": -1, "昨早": -1, "yesterday": -1, "last night": -1, "今天": 0, "今日": 0, "今儿": 0,
    "今晚": 0, "今早": 0, "今晨": 0, "today": 0, "tonight": 0, "明天": 1, "明日": 1, "明儿": 1, "明早": 1, "明晨": 1,
    "明晚": 1, "tomorrow": 1, "tomorow": 1, "tmrw": 1, "tmr": 1, "2moro": 1, "后天": 2, "后日": 2, "后晚": 2,
    "the day after tomorrow": 2, "day after tomorrow": 2, "大后天": 3,
}  # fmt: skip
CHINESE_NAMED = "|".join(sorted((name for name in _NAMED if not name.isascii()), key=len, reverse=True))
ENGLISH_NAMED = "|".join(sorted((name for name in _NAMED if name.isascii()), key=len, reverse=True)).replace(
    " ", r"\s+"
)
_UNITS = {"d": 1, "天": 1, "日": 1, "w": 7, "周": 7, "期": 7, "拜": 7, "f": 14}
MONTHS_OF = {
    "上": -1,
    "last": -1,
    "本": 0,
    "当": 0,
    "这": 0,
    "这个": 0,
    "this": 0,
    "the": 0,
    "下": 1,
    "next": 1,
    "下下": 2,
}
YEARS_OF = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}
WHICH_MONTH = r"(?:(?P<which>上|本|当|这|下下|下)个?月(?:份|的)?\s*)"
NOT_A_HOUSE = r"(?![楼线店门馆厅院桌机仓柜车位间室库样房厂])"
NOT_COUNTED = r"(?![\d个家箱件袋人位次万元块斤吨套台])"
LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|十[一二三四五六七八九]?|廿[一二三四五六七八九]?|二十[一二三四五六七八九]?|三十|卅)"
)
LUNAR_MONTH = r"(?:十[一二]|[正一二三四五六七八九十冬腊])"


def nearest(days: Iterable[date | None], around: Around) -> date | None:
    """The first of the days from today on; in a log line the last up to today."""
    today = around.today
    if around.past:
        return max((day for day in days if day is not None and day <= today), default=None)
    return min((day for day in days if day is not None and day >= today), default=None)


def on(day: date | None) -> Read:
    """A day that was reckoned, or the mark that there is none."""
    return Day(day) if day is not None else no_such_day()


def in_full(match: re.Match[str], _: Around) -> Read:
    """Year, month and day in their groups."""
    return on(day_of(int(match["year"]), int(match["month"]), int(match["day"])))


def month_day(month: int, day: int, around: Around, year: int | None = None) -> Read:
    """The day of this number in this month, of the year if one was typed."""
    if year is not None or day_of(2000, month, day) is None:
        return on(day_of(year or 2001, month, day))
    years = range(around.today.year - 8, around.today.year + 9)
    found = nearest((day_of(year, month, day) for year in years if 0 < year < 10_000), around)
    if found is not None and abs(found.year - around.today.year) > 1:
        return Unclear(t("the nearest 29 February is in {year}", year=found.year), (found.isoformat(),))
    return on(found)


def day_of_month(day: int, around: Around, months: int | None = None) -> Read:
    """The day of this number in the month so many months away, or the nearest one without."""
    first = around.today.replace(day=1)
    if not 1 <= day <= 31:
        return no_such_day()
    if months is None:
        over = day > around.today.day if around.past else day < around.today.day
        months = (-1 if around.past else 1) if over else 0
    month = add_months(first, months)
    found = day_of(month.year, month.month, day)
    if found is None:
        return Unclear(t("the month {month} has no day {day}", month=f"{month:%Y-%m}", day=day))
    return Day(found)


def weekday_of(at: int, around: Around) -> Day:
    """The day of a bare weekday."""
    today = around.today
    if around.past:
        day = today - timedelta(days=(today.weekday() - at - 1) % 7 + 1)
    else:
        day = today + timedelta(days=(at - today.weekday() - 1) % 7 + 1)
    return Day(day, weekday=at, near=today if today.weekday() == at else None, loose=True)


def _in_week(at: int, weeks: int, around: Around) -> date:
    return around.today + timedelta(days=7 * weeks + at - around.today.weekday())


def named(match: re.Match[str], around: Around) -> Read:
    """Today, 明天, the day before yesterday."""
    word = " ".join(match["named"].split())
    ends = word[-1]
    part = {"晚": "evening", "早": "morning", "晨": "morning"}.get(ends) or ("evening" if "night" in word else None)
    return Day(around.today + timedelta(days=_NAMED[word]), part=part)


def later(count: int, unit: str, around: Around) -> Read:
    """So many days, weeks, months or years from today; negative is before."""
    letter = unit[-1] if not unit.isascii() else unit[0]
    try:
        if letter in ("月", "m"):
            return Day(add_months(around.today, count))
        if letter in ("年", "y"):
            return Day(add_months(around.today, 12 * count))
        return Day(around.today + timedelta(days=count * _UNITS[letter]))
    except (ValueError, OverflowError):
        return no_such_day()


def after(match: re.Match[str], around: Around) -> Read:
    """So many days, weeks, months or years from today."""
    count = number(match["count"])
    return later(count, match["unit"], around) if count else None


def before(match: re.Match[str], around: Around) -> Read:
    """So many days, weeks, months or years ago."""
    count = number(match["count"])
    return later(-count, match["unit"], around) if count else None


def english_weekday(match: re.Match[str], around: Around) -> Read:
    """Friday, this, next, last or coming friday, "friday week"."""
    at, which = weekday(match["weekday"]), match["which"]
    this = _in_week(at, 0, around)
    if match["week"]:
        return Day(weekday_of(at, replace(around, past=False)).day + timedelta(days=7))
    if which == "next":
        return Day(_in_week(at, 1, around))
    if which == "this":
        if this < around.today and not around.past:
            return _either(t("this week's is over, next week's is another"), this, this + timedelta(days=7))
        return Day(this)
    if which in ("last", "past"):
        before = _in_week(at, -1, around)
        return _either(t("this week's or last week's?"), this, before) if this < around.today else Day(before)
    if which == "coming":
        return Day(weekday_of(at, replace(around, past=False)).day)
    return weekday_of(at, around)


def a_week_from(match: re.Match[str], around: Around) -> Read:
    """A week after the next such weekday."""
    return Day(weekday_of(weekday(match["weekday"]), replace(around, past=False)).day + timedelta(days=7))


def _either(reason: str, *days: date) -> Unclear:
    return Unclear(reason, tuple(day.isoformat() for day in days))


def chinese_weekday(match: re.Match[str], around: Around) -> Read:
    """周五, 这周五, 下周五, 上周五, 下下周一."""
    at, which = weekday(match["weekday"]), (match["which"] or "").removesuffix("个")
    if not which:
        return weekday_of(at, around)
    return Day(_in_week(at, {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(which, 0), around))


def chinese_weekend(match: re.Match[str], around: Around) -> Read:
    """The Saturday of the weekend, where 周末 alone is this week's."""
    if match["which"]:
        return chinese_weekday(match, around)
    return weekend(match, around)


def weekend(match: re.Match[str], around: Around) -> Read:
    """The Saturday of a weekend."""
    weeks = {"next": 1, "last": -1}.get(match["which"] or "")
    if weeks is None:
        return Day(_in_week(5, -1 if around.past and around.today.weekday() < 5 else 0, around))
    return Day(_in_week(5, weeks, around))


def chinese_month_day(match: re.Match[str], around: Around) -> Read:
    """12月5号, 明年三月一日."""
    month, day = number(match["month"]), number(match["day"])
    if not month or not day:
        return no_such_day()
    year = match["year"]
    whole = None if not year else _year(year, around)
    if not match["sign"] and not re.search(r"\d", match["month"] + match["day"]) and whole is None:
        return _solar_or_lunar(month, day, around)
    return month_day(month, day, around, whole)


def _year(text: str, around: Around) -> int:
    """明年, 2027年, 二〇二七年."""
    if text in YEARS_OF:
        return around.today.year + YEARS_OF[text]
    digits = text.rstrip("年")
    return int(digits) if digits.isascii() else chinese_year(digits)


def chinese_year(text: str) -> int:
    """Read a year that is written digit by digit: 二〇二七."""
    return int("".join("0" if char in "〇零" else str(chinese_number(char)) for char in text))


def _solar_or_lunar(month: int, day: int, around: Around) -> Read:
    """八月十五 alone is as often the festival as the day of August."""
    days = [found.day for found in (month_day(month, day, around), lunar(month, day, around)) if isinstance(found, Day)]
    return _either(t("a day of the solar or the lunar calendar?"), *days) if days else no_such_day()


def two_numbers(match: re.Match[str], around: Around) -> Read:
    """12/25 and 25/12 are one day, 5/12 could be two."""
    first, second = int(match["first"]), int(match["second"])
    if first > 12 and second > 12:
        return no_such_day()
    ways = [(first, second), (second, first)]
    days = [found.day for month, day in ways if isinstance(found := month_day(month, day, around), Day)]
    if first <= 12 and second <= 12 and first != second and days:
        return _either(t("month and day could be either way"), *days)
    low, high = min(first, second), max(first, second)
    return month_day(low, high, around)


def year_last(match: re.Match[str], around: Around) -> Read:
    """25/12/2026, 25.12.2026."""
    ways = [parse_day(match[0], around.today, dayfirst) for dayfirst in (True, False)]
    known = parse_day(match[0], around.today)
    if known:
        return Day(date.fromisoformat(known))
    days = [date.fromisoformat(way) for way in ways if way]
    return _either(t("month and day could be either way"), *days) if days else no_such_day()


def month_first(match: re.Match[str], around: Around) -> Read:
    """03-05 is written as ISO dates are: the month first."""
    return month_day(int(match["month"]), int(match["day"]), around)


def named_month(match: re.Match[str], around: Around) -> Read:
    """Dec 5, 5th of December 2027."""
    year = int(match["year"]) if match["year"] else None
    return month_day(MONTHS[match["month"]], int(match["day"]), around, year)


def numbered(match: re.Match[str], around: Around) -> Read:
    """15号, 下个月15号, the 15th, next month 31."""
    found = match.groupdict()
    which = found.get("which")
    read = day_of_month(number(found["day"]) or 0, around, None if which is None else MONTHS_OF[which])
    return replace(read, loose=True) if isinstance(read, Day) and which is None else read


def compact(match: re.Match[str], around: Around) -> Read:
    """Eight digits are a day only if they are one of the years around."""
    found = day_of(int(match[1]), int(match[2]), int(match[3]))
    if abs(int(match[1]) - around.today.year) > 5:
        return None
    return Day(found) if found is not None else Unclear(t("a day or a number?"), soft=True)


def end_of_month(match: re.Match[str], around: Around) -> Read:
    """月底, 5月底, end of next month."""
    found = match.groupdict()
    first = around.today.replace(day=1)
    if found.get("month"):
        month = number(found["month"]) or 0
        if not 1 <= month <= 12:
            return no_such_day()
        years = (around.today.year - 1, around.today.year, around.today.year + 1)
        return on(nearest((month_end(date(year, month, 1)) for year in years), around))
    which = found.get("which")
    if which and which != "the":
        return Day(month_end(add_months(first, MONTHS_OF[which])))
    return on(nearest((month_end(add_months(first, months)) for months in (-1, 0)), around))


def month_begins(match: re.Match[str], around: Around) -> Read:
    """月初 is the first and 月中 the fifteenth of the month."""
    day = 1 if match["place"] == "初" else 15
    which = match["which"]
    return day_of_month(day, around, None if which is None else MONTHS_OF[which])


def end_of_year(match: re.Match[str], around: Around) -> Read:
    """年底, 明年底, end of year."""
    year = around.today.year + YEARS_OF.get(match.groupdict().get("year") or "", -1 if around.past else 0)
    return on(day_of(year, 12, 31))


def end_of_quarter(match: re.Match[str], around: Around) -> Read:
    """季度末, end of next quarter."""
    ends = [month_end(date(year, month, 1)) for year in (around.today.year - 1, around.today.year) for month in
            (3, 6, 9, 12)]  # fmt: skip
    found = nearest(ends, around)
    ahead = match.groupdict().get("which") in ("下", "next")
    return on(month_end(add_months(found, 3)) if found and ahead else found)


def _solar_years(around: Around) -> range:
    return range(max(around.today.year - 2, FIRST), min(around.today.year + 2, LAST) + 1)


def lunar(month: int, day: int, around: Around) -> Read:
    """The nearest day of the lunar calendar; the thirtieth of the last month is its last day."""
    if not 1 <= month <= 12 or not 1 <= day <= 30:
        return no_such_day()
    found = nearest((solar_day(year, month, day) for year in _solar_years(around)), around)
    if found is None:
        return no_such_day()
    if day == 30 and month != 12 and any(solar_day(year, month, 29) == found for year in _solar_years(around)):
        return Unclear(t("that lunar month has 29 days"), (found.isoformat(),))
    return Day(found, lunar=(month, day))


def lunar_month_day(match: re.Match[str], around: Around) -> Read:
    """正月十五, 农历5月5日."""
    if match["leap"]:
        return Unclear(t("a leap month is not in every year: type the day of the solar calendar"))
    month = {"冬": 11, "腊": 12, "正": 1}.get(match["month"]) or chinese_number(match["month"]) or 0
    return lunar(month, _lunar_number(match["day"]), around)


def _lunar_number(text: str) -> int:
    return 30 if text in ("卅", "三十") else chinese_number(text) or 0


def lunar_day_only(match: re.Match[str], around: Around) -> Read:
    """初三: the nearest such day of any lunar month."""
    day = _lunar_number(match["day"])
    months = (month for number in range(1, 13) for month in (number, -number))
    years = _solar_years(around)
    return on(nearest((solar_day(year, month, day) for month in months for year in years), around))
