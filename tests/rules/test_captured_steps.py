from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.rules.capture import Captured, capture, name_parts
from crm_tui.rules.captured import When
from crm_tui.rules.captured_steps import took_place

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Tuesday
KNOWN = {"northwind": ["n"], "华为": ["h"], "王芳": ["w"]}

Told = tuple[str, str, str]
"""Day (and time or part), kind, text."""


def told(found: Captured | None) -> Told | None:
    if found is None or found.when is None:
        return None
    return " ".join(filter(None, (found.when.iso, found.when.part))), found.kind or "", found.text


LINES: list[tuple[str, Told, Told]] = [
    ("visited Northwind yesterday took 3 boxes, next wed 3pm quote",
     ("2026-11-23", "visit", "took 3 boxes"), ("2026-12-02T15:00", "", "quote")),
    ("visited Northwind yesterday ok next wed", ("2026-11-23", "visit", "ok"), ("2026-12-02", "", "")),
    ("visited Northwind yesterday ok call next wed 3pm quote",
     ("2026-11-23", "visit", "ok"), ("2026-12-02T15:00", "call", "quote")),
    ("visited Northwind yesterday ok, then call next wed about the quote",
     ("2026-11-23", "visit", "ok"), ("2026-12-02", "call", "about the quote")),
    ("visited Northwind yesterday ok; next step: 5 Dec 10:00 deliver",
     ("2026-11-23", "visit", "ok"), ("2026-12-05T10:00", "delivery", "")),
    ("next wed 3pm quote Northwind, visited yesterday ok",
     ("2026-11-23", "visit", "ok"), ("2026-12-02T15:00", "", "quote")),
    ("today 9:00 visited Northwind ok, next wed quote",
     ("2026-11-24T09:00", "visit", "ok"), ("2026-12-02", "", "quote")),
    ("yesterday mon visited Northwind ok, tomorrow call", ("2026-11-23", "visit", "ok"), ("2026-11-25", "call", "")),
    ("昨天 拜访 华为 谈了新店 下周三", ("2026-11-23", "visit", "谈了新店"), ("2026-12-02", "", "")),
    ("昨天拜访华为谈了新店，下次周五15:00打电话 报价",
     ("2026-11-23", "visit", "谈了新店"), ("2026-11-27T15:00", "call", "报价")),
    ("昨天下午拜访华为谈了新店。下一步：12月5号 送货",
     ("2026-11-23 afternoon", "visit", "谈了新店"), ("2026-12-05", "delivery", "")),
    ("前天 电话 王芳 想要新报价 明天上午 发邮件",
     ("2026-11-22", "call", "想要新报价"), ("2026-11-25 morning", "email", "")),
    ("visited Northwind, took 3 boxes, fri 3pm quote",
     ("2026-11-24T10:05", "visit", "took 3 boxes"), ("2026-11-27T15:00", "", "quote")),
    ("visited Northwind took 3 boxes next wed quote",
     ("2026-11-24T10:05", "visit", "took 3 boxes"), ("2026-12-02", "", "quote")),
    ("拜访了华为 谈了新店 下周三报价", ("2026-11-24T10:05", "visit", "谈了新店"), ("2026-12-02", "", "报价")),
    ("昨天拜访了华为 老板不在 后天再打电话", ("2026-11-23", "visit", "老板不在"), ("2026-11-26", "call", "")),
]  # fmt: skip


@pytest.mark.parametrize(("line", "logged", "planned"), LINES)
def test_a_line_says_what_took_place_and_what_comes_next(line: str, logged: Told, planned: Told) -> None:
    found = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), []))
    assert (told(found), told(found.following)) == (logged, planned)
    assert found.who is not None
    assert not found.unclear


@pytest.mark.parametrize(
    "line",
    [
        "Northwind visit yesterday moved to next wed",
        "华为 昨天的拜访改到下周三",
        "Northwind from yesterday until next wed",
        "visited Northwind 20 Nov, then yesterday, then next wed",
        "tomorrow Northwind, next wed 华为",
        "yesterday (mon) visited Northwind",
        "每周一 华为 对账 昨天",
    ],
)
def test_a_line_that_does_not_tell_a_next_step_is_not_divided(line: str) -> None:
    found = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), []))
    assert found.following is None
    assert found.unclear or line.startswith(("yesterday (mon)", "每周一"))


@pytest.mark.parametrize(
    ("line", "when", "text"),
    [
        ("called Northwind, no answer", "2026-11-24T10:05", "no answer"),
        ("called Northwind at 9 no answer", "2026-11-24T09:00", "no answer"),
        ("visited Northwind mon ok", "2026-11-23", "ok"),
        ("met Northwind 20 Nov ok", "2026-11-20", "ok"),
        ("called Northwind this morning, wants a discount", "2026-11-24 morning", "wants a discount"),
        ("打过电话给华为，没人接", "2026-11-24T10:05", "没人接"),
        ("今天上午拜访了华为，老板很满意", "2026-11-24 morning", "老板很满意"),
    ],
)
def test_what_is_told_as_over_took_place(line: str, when: str, text: str) -> None:
    found = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), []))
    assert found.when is not None
    assert took_place(found.when, NOW, past=found.over)
    assert (told(found) or ("", "", ""))[0::2] == (when, text)
    assert found.following is None


@pytest.mark.parametrize(
    "line",
    [
        "call Northwind about the goods delivered, tomorrow 3pm",
        "华为 下周三 拜访了解需求",
        "visit Northwind tomorrow",
        "华为 老板不在 明天再去",
    ],
)
def test_a_plan_with_words_of_the_past_stays_a_plan(line: str) -> None:
    found = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), []))
    assert found.following is None
    assert found.when is not None
    assert not took_place(found.when, NOW, past=found.over)


@pytest.mark.parametrize("line", ["华为 改到下周三", "postpone Northwind to next tue", "取消华为明天的拜访"])
def test_a_line_that_would_move_or_cancel_a_plan_says_that_it_plans_anew(line: str) -> None:
    (unclear,) = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), [])).unclear
    assert "plans anew" in unclear.reason


@pytest.mark.parametrize("line", ["visit Northwind 15.12. 14:00", "call Northwind Thanksgiving 10am"])
def test_a_day_that_is_not_understood_takes_its_time_with_it(line: str) -> None:
    found = capture(line, NOW, find=lambda name: KNOWN.get(name.lower(), []))
    assert found.when is None
    assert found.unclear


@pytest.mark.parametrize("line", ["给嘉禾打电话", "昨天拜访了嘉禾", "刚给嘉禾打了电话，没人接", "嘉禾，下周三再去"])
def test_a_part_of_a_name_is_found_between_little_words(line: str) -> None:
    assert "嘉禾" in name_parts(line)
    found = capture(line, NOW, find=lambda name: [1] if name == "嘉禾" else [])
    assert found.who is not None
    assert found.who.text == "嘉禾"


def test_in_a_log_line_the_next_step_is_still_to_come() -> None:
    found = capture("mon visited Northwind ok, fri call", NOW, past=True)
    assert found.when == When(NOW.date().replace(day=23))
    assert found.following is None or found.following.when == When(NOW.date().replace(day=27))


@given(
    st.lists(
        st.sampled_from(
            ["昨天", "下周三", "yesterday", "next wed", "，", "visited", "call", "15:00", "ok", "王芳", "each mon"]
        ),
        max_size=9,
    ),
    st.booleans(),
)
@example(["昨天", "下周三"], True)
@settings(max_examples=150, deadline=None)
def test_what_is_planned_is_never_over_and_what_was_logged_is(words: list[str], past: bool) -> None:
    found = capture(" ".join(words).replace("_", " "), NOW, past=past)
    if found.following is not None:
        assert found.when is not None
        assert found.following.when is not None
        assert took_place(found.when, NOW, past=past or found.over)
        assert not took_place(found.following.when, NOW)
