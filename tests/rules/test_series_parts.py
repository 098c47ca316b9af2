from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import Invalid
from crm_tui.rules.series import (
    Series,
    daily,
    monthly,
    monthly_weekday,
    monthly_working_day,
    weekly,
    yearly,
)
from crm_tui.rules.series_parts import parts_of, series_of, weekdays_of
from crm_tui.words import set_language

ZONE = "Asia/Shanghai"
START = datetime(2026, 1, 5, 9, 30)


@st.composite
def asked(draw: st.DrawFn) -> Series:
    """A series that the questions can ask for."""
    every = draw(st.integers(1, 12))
    start = START.replace(day=draw(st.integers(1, 31)))
    nth = draw(st.sampled_from([1, 2, 3, 4, 5, -1]))
    made = draw(
        st.sampled_from(
            [
                daily(start, ZONE, every),
                weekly(start, ZONE, tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1)))), every),
                monthly(start, ZONE, draw(st.sampled_from([*range(1, 32), -1])), every),
                monthly_weekday(start, ZONE, draw(st.integers(0, 6)), nth, every),
                yearly(start, ZONE, interval=every),
                monthly_working_day(start, ZONE, nth, every),
            ]
        )
    )
    rule = "keep" if made.workday else draw(st.sampled_from(["keep", "before", "after", "skip"]))
    end = draw(st.sampled_from([{}, {"count": 7}, {"until": date(2027, 3, 1)}]))
    return replace(made, rule=rule, **end)


@settings(max_examples=150, deadline=None)
@given(asked(), st.sampled_from(["en", "zh"]))
def test_the_answers_of_a_series_make_the_series_again(series: Series, language: str) -> None:
    set_language(language)
    parts = parts_of(series)
    assert parts["pattern"] != "own"
    assert series_of(parts, ZONE) == series


def test_a_pattern_that_nobody_asks_for_stays_as_it_is() -> None:
    rare = Series(START, ZONE, "yearly", months=(3, 9), monthdays=(1, 15))
    parts = {**parts_of(rare), "until": date(2028, 1, 1), "days_off": "before"}
    assert parts["pattern"] == "own"
    assert series_of(parts, ZONE, rare) == replace(rare, until=date(2028, 1, 1), rule="before")
    with pytest.raises(Invalid):
        series_of(parts, ZONE)


def test_exceptions_do_not_make_a_pattern_rare() -> None:
    series = weekly(START, ZONE, (0,)).skip(datetime(2026, 1, 12, 9, 30))
    assert parts_of(series)["pattern"] == "weekly"


@pytest.mark.parametrize(
    ("text", "days"),
    [("mon, thu", [0, 3]), ("Monday and Friday", [0, 4]), ("一三五", [0, 2, 4]), ("周一和周四", [0, 3]),
     ("星期天、周六", [5, 6]), ("", [])],
)  # fmt: skip
def test_weekdays_are_read_in_both_languages(text: str, days: list[int]) -> None:
    assert weekdays_of(text) == days


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"pattern": None}, "pattern"),
        ({"start": None}, "start"),
        ({"every": 0}, "every"),
        ({"weekdays": "someday"}, "weekdays"),
        ({"pattern": "nth", "weekdays": "mon, tue", "nth": 1}, "weekdays"),
        ({"pattern": "nth", "weekdays": "mon", "nth": None}, "nth"),
        ({"pattern": "monthday", "day": "32"}, "day"),
        ({"until": date(2025, 1, 1)}, "until"),
        ({"until": date(2027, 1, 1), "count": 3}, "count"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(changed: dict[str, object], field: str) -> None:
    parts = {"pattern": "weekly", "start": START, "weekdays": "mon", **changed}
    with pytest.raises(Invalid) as error:
        series_of(parts, ZONE)
    assert list(error.value.problems) == [field]
