from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.records.visits import VISIT_KINDS
from crm_tui.rules.capture import Captured, Repeat, When, capture, who_candidates
from crm_tui.rules.captured_series import series_of
from crm_tui.rules.series import next_occurrence
from crm_tui.rules.typed_kinds import PATTERNS as KIND_PATTERNS
from crm_tui.rules.typed_repeats import falls_on, first_from
from crm_tui.rules.working_days import Calendar

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Wednesday
KNOWN = {
    "王芳": ["c1"],
    "华为": ["c2"],
    "周一鸣": ["c3"],
    "sun microsystems": ["c4"],
    "fang": ["c1", "c5", "c6"],
    "fang li": ["c5"],
    "中国电话公司": ["c7"],
    "三月咖啡": ["c8"],
    "may": ["c9"],
}


def find(name: str) -> list[str]:
    return KNOWN.get(name.lower(), [])


def said(line: str, past: bool = False) -> tuple[str | None, ...]:
    """Who, when, kind, minutes, person, text of a line, None for what it does not say."""
    found = capture(line, NOW, past=past, find=find)
    assert not found.unclear, found.unclear
    when = found.when
    told = None if when is None else " ".join(word for word in (when.iso, when.part, "by" if when.by else None) if word)
    who = None if found.who is None else found.who.text
    return who, told, found.kind, found.minutes and str(found.minutes), found.person, found.text


LINES: list[tuple[str, tuple[str | None, ...]]] = [
    ("王芳 下周三15:00 回访 报价", ("王芳", "2026-03-11T15:00", "callback", None, None, "报价")),
    ("明天上午 拜访 华为 带样品 1小时", ("华为", "2026-03-05 morning", "visit", "60", None, "带样品")),
    ("call Fang wed 3pm quote", ("Fang", "2026-03-04T15:00", "call", None, None, "quote")),
    ("call Fang Li next fri 3pm quote", ("Fang Li", "2026-03-13T15:00", "call", None, None, "quote")),
    ("王芳下周三15:00回访报价", ("王芳", "2026-03-11T15:00", "callback", None, None, "报价")),
    ("明天上午去拜访华为带样品1小时", ("华为", "2026-03-05 morning", "visit", "60", None, "带样品")),
    ("给王芳打电话 后天下午三点半", ("王芳", "2026-03-06T15:30", "call", None, None, "")),
    ("和王芳开会 周五10点 @Anna", ("王芳", "2026-03-06T10:00", "meeting", None, "Anna", "")),
    ("周一鸣 下周三 回访", ("周一鸣", "2026-03-11", "callback", None, None, "")),
    ("call Sun Microsystems tomorrow 3pm", ("Sun Microsystems", "2026-03-05T15:00", "call", None, None, "")),
    ("拜访中国电话公司 明天", ("中国电话公司", "2026-03-05", "visit", None, None, "")),
    ("三月咖啡 周五 送货", ("三月咖啡", "2026-03-06", "delivery", None, None, "")),
    ("email May on friday about the quote", ("May", "2026-03-06", "email", None, None, "about the quote")),
    ("visit 华为 tomorrow 2pm for 90 minutes @Bob", ("华为", "2026-03-05T14:00", "visit", "90", "Bob", "")),
    ("Meet with Fang Li on Friday at 2pm for an hour", ("Fang Li", "2026-03-06T14:00", "meeting", "60", None, "")),
    ("华为 周五前 交货", ("华为", "2026-03-06 by", "delivery", None, None, "")),
    ("promised 华为 the offer by friday", ("华为", "2026-03-06 by", "promise", None, None, "the offer")),
    ("答应王芳月底前给报价", ("王芳", "2026-03-31 by", "promise", None, None, "给报价")),
    ("10号收款 王芳", ("王芳", "2026-03-10", "collection", None, None, "")),
    ("王芳 生日祝福 正月十六", ("王芳", "2026-03-04", "greeting", None, None, "生日")),
    ("发微信给王芳 明天9:00", ("王芳", "2026-03-05T09:00", "message", None, None, "")),
    ("text Fang Li tomorrow", ("Fang Li", "2026-03-05", "message", None, None, "")),
    ("满意度调查 王芳 三天后", ("王芳", "2026-03-07", "survey", None, None, "")),
    ("drop off samples at 华为 fri 9am-11am", ("华为", "2026-03-06T09:00", "delivery", "120", None, "samples")),
    ("下午2点到4点 华为 培训", ("华为", "2026-03-04T14:00", "meeting", "120", None, "培训")),
    ("华为 培训 明天9点 半小时 @王芳", ("华为", "2026-03-05T09:00", "meeting", "30", "王芳", "培训")),
    ("@李雷 明天 拜访 华为", ("华为", "2026-03-05", "visit", None, "李雷", "")),
    ("@李雷明天拜访华为", ("华为", "2026-03-05", "visit", None, "李雷", "")),
    ("@Anna_Li call 华为 tomorrow", ("华为", "2026-03-05", "call", None, "Anna Li", "")),
    ("mail anna@example.com tomorrow", (None, "2026-03-05", "email", None, None, "anna@example.com")),
    ("王芳　０３－１０　１５：００　拜访", ("王芳", "2026-03-10T15:00", "visit", None, None, "")),
    ("明天下午 王芳 3点 电话", ("王芳", "2026-03-05T15:00", "call", None, None, "")),
    ("王芳 中秋礼盒 周五", ("王芳", "2026-03-06", None, None, None, "中秋礼盒")),
    ("王芳 5月促销方案 3月10日", ("王芳", "2026-03-10", None, None, None, "5月促销方案")),
    ("王芳 中秋 送货", ("王芳", "2026-09-25", "delivery", None, None, "")),
    ("报价 3.5万 王芳 明天", ("王芳", "2026-03-05", None, None, None, "报价 3.5万")),
    ("王芳 13800138000 明天 电话", ("王芳", "2026-03-05", "call", None, None, "13800138000")),
    ("去3号楼 王芳 明天", ("王芳", "2026-03-05", None, None, None, "去3号楼")),
    ("有三点建议 王芳 明天", ("王芳", "2026-03-05", None, None, None, "有三点建议")),
    ("问电话号码 王芳 明天 拜访", ("王芳", "2026-03-05", "visit", None, None, "问电话号码")),
    ("订会议室 明天", (None, "2026-03-05", None, None, None, "订会议室")),
    ("电话回访 王芳 明天", ("王芳", "2026-03-05", "call", None, None, "回访")),
    ("王芳", ("王芳", None, None, None, None, "")),
    ("", (None, None, None, None, None, "")),
    ("nothing to see here", (None, None, None, None, None, "nothing to see here")),
    ("🎂 王芳 明天 🎉", ("王芳", "2026-03-05", None, None, None, "🎂 🎉")),
    ("a visit in the afternoon, 华为, tomorrow", ("华为", "2026-03-05 afternoon", "visit", None, None, "a")),
    ("call back Fang Li in 2 hours", ("Fang Li", "2026-03-04T12:30", "call", None, None, "")),
    ("季度会议 华为 明天", ("华为", "2026-03-05", "meeting", None, None, "季度会议")),
    ("明天的会议 华为", ("华为", "2026-03-05", "meeting", None, None, "")),
    ("rice 25kg to 王芳 sat 9am 45min", ("王芳", "2026-03-07T09:00", None, "45", None, "rice 25kg")),
    ("送米 王芳 后天 25公斤", ("王芳", "2026-03-06", "delivery", None, None, "米 25公斤")),
    ("1h30 meeting 华为 thu 14:00", ("华为", "2026-03-05T14:00", "meeting", "90", None, "")),
    ("2.5小时 华为 周四下午1点", ("华为", "2026-03-05T13:00", None, "150", None, "")),
    ("两个半小时 华为 周四下午1点", ("华为", "2026-03-05T13:00", None, "150", None, "")),
    ("一刻钟 华为 周四下午1点", ("华为", "2026-03-05T13:00", None, "15", None, "")),
]
LOG_LINES: list[tuple[str, tuple[str | None, ...]]] = [
    ("昨天下午 拜访 华为 谈价格 40分钟", ("华为", "2026-03-03 afternoon", "visit", "40", None, "谈价格")),
    ("上周三 王芳 电话 要样品", ("王芳", "2026-02-25", "call", None, None, "要样品")),
    ("called Fang Li yesterday 4pm, wants", ("Fang Li", "2026-03-03T16:00", "call", None, None, "wants")),
    ("met 华为 monday", ("华为", "2026-03-02", "meeting", None, None, "")),
    ("半小时前 王芳 来电 投诉", ("王芳", "2026-03-04T10:00", "call", None, None, "投诉")),
    ("今天9点 华为 拜访", ("华为", "2026-03-04T09:00", "visit", None, None, "")),
]


@pytest.mark.parametrize(("line", "meant"), LINES)
def test_a_line_is_read_in_any_order_and_language(line: str, meant: tuple[str | None, ...]) -> None:
    assert said(line) == meant


@pytest.mark.parametrize(("line", "meant"), LOG_LINES)
def test_a_log_line_says_what_was(line: str, meant: tuple[str | None, ...]) -> None:
    assert said(line, past=True) == meant


FRIDAYS, MONDAYS = ((4, None),), ((0, None),)
SERIES: list[tuple[str, Repeat, str | None]] = [
    ("每月最后一个工作日 对账", Repeat("monthly", working_day=-1), "2026-03-31"),
    ("every monday", Repeat("weekly", weekdays=MONDAYS), "2026-03-09"),
    ("mondays 9am", Repeat("weekly", weekdays=MONDAYS), "2026-03-09T09:00"),
    ("every wed 3pm", Repeat("weekly", weekdays=((2, None),)), "2026-03-04T15:00"),
    ("every mon and thu", Repeat("weekly", weekdays=((0, None), (3, None))), "2026-03-05"),
    ("every mon, wed and fri", Repeat("weekly", weekdays=((0, None), (2, None), (4, None))), "2026-03-06"),
    ("weekly on friday", Repeat("weekly", weekdays=FRIDAYS), "2026-03-06"),
    ("every other friday", Repeat("weekly", 2, FRIDAYS), "2026-03-06"),
    ("每周一 周会", Repeat("weekly", weekdays=MONDAYS), "2026-03-09"),
    ("每周一三五 拜访", Repeat("weekly", weekdays=((0, None), (2, None), (4, None))), "2026-03-06"),
    ("每周一、周四", Repeat("weekly", weekdays=((0, None), (3, None))), "2026-03-05"),
    ("每周一到周五 9:00", Repeat("weekly", weekdays=tuple((at, None) for at in range(5))), "2026-03-05T09:00"),
    ("每个星期五下午3点", Repeat("weekly", weekdays=FRIDAYS), "2026-03-06T15:00"),
    ("每逢周五", Repeat("weekly", weekdays=FRIDAYS), "2026-03-06"),
    ("every 2 weeks", Repeat("weekly", 2), None),
    ("every two weeks from friday", Repeat("weekly", 2, FRIDAYS), "2026-03-06"),
    ("每两周", Repeat("weekly", 2), None),
    ("每两周周三", Repeat("weekly", 2, ((2, None),)), "2026-03-11"),
    ("每两周 周五", Repeat("weekly", 2, FRIDAYS), "2026-03-06"),
    ("隔周周五", Repeat("weekly", 2, FRIDAYS), "2026-03-06"),
    ("每隔一周的周五", Repeat("weekly", 2, FRIDAYS), "2026-03-06"),
    ("两周一次", Repeat("weekly", 2), None),
    ("每周一次", Repeat("weekly"), None),
    ("every day 9:00", Repeat("daily"), "2026-03-05T09:00"),
    ("每天 11点", Repeat("daily"), "2026-03-04T11:00"),
    ("每三天", Repeat("daily", 3), None),
    ("隔天", Repeat("daily", 2), None),
    ("每个工作日", Repeat("daily", working_day=0), "2026-03-05"),
    ("every weekday 9am", Repeat("daily", working_day=0), "2026-03-05T09:00"),
    ("每月15号 收款", Repeat("monthly", month_day=15), "2026-03-15"),
    ("每个月31号", Repeat("monthly", month_day=31), "2026-03-31"),
    ("每月底", Repeat("monthly", month_day=-1), "2026-03-31"),
    ("每月最后一天", Repeat("monthly", month_day=-1), "2026-03-31"),
    ("每月第一个周一", Repeat("monthly", weekdays=((0, 1),)), "2026-04-06"),
    ("每月最后一个周五", Repeat("monthly", weekdays=((4, -1),)), "2026-03-27"),
    ("每两个月15号", Repeat("monthly", 2, month_day=15), "2026-03-15"),
    ("every month on the 15th", Repeat("monthly", month_day=15), "2026-03-15"),
    ("the 15th of every month", Repeat("monthly", month_day=15), "2026-03-15"),
    ("every 15th", Repeat("monthly", month_day=15), "2026-03-15"),
    ("first monday of every month", Repeat("monthly", weekdays=((0, 1),)), "2026-04-06"),
    ("every last friday", Repeat("monthly", weekdays=((4, -1),)), "2026-03-27"),
    ("last working day of every month", Repeat("monthly", working_day=-1), "2026-03-31"),
    ("monthly on the last working day", Repeat("monthly", working_day=-1), "2026-03-31"),
    ("quarterly", Repeat("monthly", 3), None),
    ("每季度", Repeat("monthly", 3), None),
    ("每半年", Repeat("monthly", 6), None),
    ("yearly on Dec 5", Repeat("yearly", month=12, month_day=5), "2026-12-05"),
    ("每年12月5日", Repeat("yearly", month=12, month_day=5), "2026-12-05"),
    ("每年农历八月十五", Repeat("yearly", month=8, month_day=15, lunar=True), "2026-09-25"),
    ("每年正月初一 拜年", Repeat("yearly", month=1, month_day=1, lunar=True), "2027-02-06"),
    ("every monday until 2026-06-30", Repeat("weekly", weekdays=MONDAYS, until=date(2026, 6, 30)), "2026-03-09"),
    ("每周一 到6月30日", Repeat("weekly", weekdays=MONDAYS, until=date(2026, 6, 30)), "2026-03-09"),
    ("每周一 直到年底", Repeat("weekly", weekdays=MONDAYS, until=date(2026, 12, 31)), "2026-03-09"),
    ("every monday 10 times", Repeat("weekly", weekdays=MONDAYS, count=10), "2026-03-09"),
    ("每周一 共10次", Repeat("weekly", weekdays=MONDAYS, count=10), "2026-03-09"),
    ("every morning", Repeat("daily", part="morning"), "2026-03-05"),
    ("every month from 3月20日", Repeat("monthly"), "2026-03-20"),
]


@pytest.mark.parametrize(("line", "repeat", "first"), SERIES)
def test_a_series_is_read_with_its_first_day(line: str, repeat: Repeat, first: str | None) -> None:
    found = capture(line, NOW)
    assert not found.unclear
    assert found.repeat == repeat
    assert (found.when and found.when.iso) == first


@pytest.mark.parametrize(
    "line",
    ["every monday 2026-03-10", "every monday every 2 days", "every monday until yesterday", "@Anna @Bob",
     "1h 2h", "14:00-16:00 1h", "每周五到周一"],
)  # fmt: skip
def test_what_contradicts_the_rest_is_marked(line: str) -> None:
    assert capture(line, NOW).unclear


def test_a_captured_repeat_becomes_a_series_with_the_same_first_day() -> None:
    for line, repeat, first in SERIES:
        start = capture(line, NOW).when
        if start is None or repeat.lunar:
            continue
        series = series_of(repeat, start.start(None), "Asia/Shanghai")
        assert series is not None
        found = next_occurrence(series, Calendar(), NOW.replace(hour=0))
        assert found is not None, line
        assert found.local.date().isoformat() == (first or "")[:10], line


def test_a_lunar_repeat_is_no_series() -> None:
    assert series_of(Repeat("yearly", month=8, month_day=15, lunar=True), datetime(2026, 9, 25), "UTC") is None


def test_first_days_of_a_series_follow_the_working_days_given() -> None:
    found = capture("每月最后一个工作日 对账", NOW, is_working_day=lambda day: day.day < 28 and day.weekday() < 5)
    assert found.when == When(date(2026, 3, 27))


def test_a_name_of_several_customers_is_left_to_the_person() -> None:
    found = capture("call Fang wed 3pm quote", NOW, find=find)
    assert found.who is not None
    assert found.who.ambiguous
    assert found.who.matches == ("c1", "c5", "c6")


def test_the_longest_run_of_words_that_is_known_is_who() -> None:
    found = capture("call Fang Li wed", NOW, find=find)
    assert found.who is not None
    assert found.who.matches == ("c5",)


def test_candidates_hold_every_name_once_and_the_longest_first() -> None:
    names = who_candidates("给王芳打电话 Fang Li 明天")
    assert {"王芳", "Fang Li", "Fang", "Li"} <= set(names)
    assert len(names) == len(set(names))
    assert [len(name) for name in names] == sorted((len(name) for name in names), reverse=True)
    assert "明天" not in names


def test_without_a_lookup_the_name_stays_in_the_words() -> None:
    found = capture("王芳 下周三15:00 回访 报价", NOW)
    assert found.who is None
    assert [found.said(span) for span in found.words] == ["王芳", "报价"]
    assert found.text == "王芳 报价"


def test_the_kinds_are_those_of_the_contact_log() -> None:
    codes = {choice.code for choice in VISIT_KINDS}
    assert {kind for _, kind in KIND_PATTERNS} <= codes


def test_a_part_of_the_day_has_an_hour_to_start() -> None:
    when = capture("明天下午", NOW).when
    assert when is not None
    assert when.start(NOW.tzinfo).isoformat() == "2026-03-05T14:00:00+08:00"


WORDS = """
0 99 a 半 三 点 年 月 日 到 至 的 前 第 次 ， 후 İ ß ٣ ½ ： １２ 🎂 天后 月底 初三 明天 王芳 回访 下周三 15:00 3pm
call every 每两周 5/12 @Anna 1小时 before until monday next last in x3 正月十五 Feb 30 every_monday 农历 分钟 - ~ / .
: ( 星期 周 号 @ am 上午 晚
"""
PIECES = [*WORDS.replace("_", " ").split(), " ", "\u3000", "\n"]
LINE = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
                 st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join))  # fmt: skip
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(tzinfo=NOW.tzinfo))


def _check(found: Captured) -> None:
    at = 0
    for span in found.spans:
        assert at <= span.start < span.end <= len(found.line)
        at = span.end
    covered = [False] * len(found.line)
    for span in [*found.spans, *found.words, *(found.following.words if found.following else ())]:
        assert not any(covered[span.start : span.end])
        covered[span.start : span.end] = [True] * (span.end - span.start)
    rest = [char for char, done in zip(found.line, covered, strict=True) if not done]
    assert not any(char.isalnum() for char in rest)
    kept = [found.text, found.following.text if found.following else ""]
    for span in [*found.words, *found.unclear]:
        assert any(" ".join(found.said(span).split()) in text for text in kept)


@settings(max_examples=600, deadline=None)
@given(LINE, st.booleans())
@example("月底MONDAY.", False)
@example("@A王芳", False)
def test_any_text_is_read_and_every_character_is_accounted_for(line: str, past: bool) -> None:
    _check(capture(line, NOW, past=past))
    _check(capture(line, NOW, past=past, find=find))


@settings(max_examples=200, deadline=None)
@given(LINE, MOMENTS, st.booleans())
def test_no_year_is_an_accident(line: str, now: datetime, past: bool) -> None:
    _check(capture(line, now, past=past))


@settings(max_examples=100, deadline=None)
@given(
    st.permutations(["王芳", "下周三", "15:00", "回访", "报价", "1小时", "@Anna"]), st.sampled_from([" ", "，", "  "])
)
def test_the_order_of_the_words_is_free(words: list[str], between: str) -> None:
    found = capture(between.join(words), NOW, find=find)
    assert found.when == When(date(2026, 3, 11), datetime(2026, 3, 11, 15).time())
    assert (found.kind, found.minutes, found.person, found.text) == ("callback", 60, "Anna", "报价")
    assert found.who is not None


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2026, 3, 4), date(2034, 12, 31)), st.times())
def test_every_day_written_in_full_comes_back(day: date, at: Any) -> None:
    for written in (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day:%B} {day.day}, {day.year}",
                    f"{day.day} {day:%b} {day.year}"):  # fmt: skip
        found = capture(f"华为 {written} {at:%H:%M} 拜访", NOW)
        assert found.when == When(day, at.replace(second=0, microsecond=0))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 31), st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_the_first_day_of_a_series_is_one_of_it(day: int, start: date) -> None:
    repeat = Repeat("monthly", month_day=day)
    first = first_from(repeat, start, lambda one: one.weekday() < 5)
    assert first is not None
    assert falls_on(repeat, first, lambda one: one.weekday() < 5)
    assert 0 <= (first - start).days <= 31


def test_a_line_is_read_in_under_5_ms() -> None:
    lines = [line for line, _ in LINES if line]
    for line in lines:
        capture(line, NOW, find=find)
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        for line in lines:
            capture(line, NOW, find=find)
        best = min(best, (time.perf_counter() - began) / len(lines))
    assert best < 0.005, f"{best * 1000:.1f} ms"
