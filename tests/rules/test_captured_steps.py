from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm_tui.rules.capture import Captured, capture
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
        assert took_place(found.when, NOW, past=past)
        assert not took_place(found.following.when, NOW)
