from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.paydays import PaydayRule, collection_day, collection_state, next_payday, parse_payday


def before_weekend(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("10", "10"),
        ("10号", "10"),
        ("每月10日", "10"),
        ("15th", "15"),
        ("5, 20", "5,20"),
        ("5号、20号", "5,20"),
        ("５，２０", "5,20"),
        ("31", "last"),
        ("last", "last"),
        ("月底", "last"),
        ("last day of the month", "last"),
        ("fri", "fri"),
        ("Fridays", "fri"),
        ("every friday", "fri"),
        ("周五", "fri"),
        ("每周日", "sun"),
        ("星期天", "sun"),
        ("10 before", "10,before"),
        ("10号 遇休息日提前", "10,before"),
        ("1st and 15th", "1,15"),
    ],
)
def test_paydays_are_read_as_people_write_them(typed: str, stored: str) -> None:
    rule = parse_payday(typed)
    assert rule is not None
    assert rule.text == stored
    assert parse_payday(rule.text) == rule


@pytest.mark.parametrize("typed", ["", "0", "32", "10 whenever", "every", "before", "soon"])
def test_what_is_not_understood_is_no_payday(typed: str) -> None:
    assert parse_payday(typed) is None


def test_a_day_that_a_month_lacks_is_its_last() -> None:
    rule = PaydayRule((31,))
    assert next_payday(rule, date(2026, 2, 1)) == date(2026, 2, 28)
    assert next_payday(rule, date(2028, 2, 29)) == date(2028, 2, 29)
    assert next_payday(rule, date(2026, 12, 31)) == date(2026, 12, 31)
    assert next_payday(PaydayRule((30,)), date(2026, 2, 28)) == date(2026, 2, 28)


def test_the_payday_of_the_delivery_itself_counts() -> None:
    rule = parse_payday("10")
    assert collection_day(date(2026, 4, 10), rule) == date(2026, 4, 10)
    assert collection_day(date(2026, 4, 11), rule) == date(2026, 5, 10)
    assert collection_day(date(2026, 4, 11), None) == date(2026, 4, 11)


def test_a_delivery_waits_until_the_day_before_payday_and_is_overdue_the_day_after() -> None:
    states = [collection_state(date(2026, 4, 10), date(2026, 4, day)) for day in (2, 9, 10, 11)]
    assert states == ["waiting", "waiting", "due", "overdue"]


def test_a_payday_on_a_day_off_is_paid_before_and_then_the_next_one_counts() -> None:
    rule = parse_payday("10 before")  # 10 May 2026 is a Sunday
    assert collection_day(date(2026, 5, 1), rule, before_weekend) == date(2026, 5, 8)
    assert collection_day(date(2026, 5, 9), rule, before_weekend) == date(2026, 6, 10)
    assert collection_day(date(2026, 5, 9), parse_payday("10"), before_weekend) == date(2026, 5, 10)


@settings(max_examples=200, deadline=None)
@given(
    st.builds(
        PaydayRule,
        st.lists(st.integers(1, 31), max_size=3, unique=True).map(lambda days: tuple(sorted(days))),
        st.lists(st.integers(0, 6), max_size=2, unique=True).map(lambda days: tuple(sorted(days))),
        st.booleans(),
    ),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_the_next_payday_agrees_with_looking_at_every_day(rule: PaydayRule, day: date) -> None:
    def nominal(one: date) -> bool:
        month_end = (one + timedelta(days=1)).day == 1
        on_day = one.day in rule.days or (month_end and any(wanted > one.day for wanted in rule.days))
        return on_day or one.weekday() in rule.weekdays

    if not rule.days and not rule.weekdays:
        assert next_payday(rule, day, before_weekend) == day
        return
    assert parse_payday(rule.text) == rule
    later = [day + timedelta(days=ahead) for ahead in range(100)]
    paid = [before_weekend(one) if rule.before else one for one in later if nominal(one)]
    assert next_payday(rule, day, before_weekend) == min(one for one in paid if one >= day)
