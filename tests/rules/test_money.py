"""Money adds up to the cent, in every currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.errors import Refused
from crm_tui.rules.amounts import plain_money, read_money
from crm_tui.rules.capitals import capitals
from crm_tui.rules.dues import due_on, parse_due
from crm_tui.rules.money import (
    add_up,
    allocate,
    converted,
    divided,
    line_total,
    parse_percent,
    parse_quantity,
    portion,
    quantity_text,
)

AMOUNTS = st.integers(-(10**12), 10**12)
CURRENCIES = st.sampled_from(["CNY", "USD", "JPY", "KWD", "EUR"])


@given(AMOUNTS, st.integers(1, 10**6))
def test_half_a_unit_goes_away_from_zero_and_nothing_else_is_off_by_more(number: int, by: int) -> None:
    exact, found = Fraction(number, by), divided(number, by)
    assert abs(found - exact) <= Fraction(1, 2)
    if abs(found - exact) == Fraction(1, 2):
        assert abs(found) > abs(exact)
    assert divided(-number, by) == -found


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_parts_sum_to_the_whole_and_each_is_within_a_unit_of_its_share(amount: int, weights: list[int]) -> None:
    parts = allocate(amount, weights)
    assert sum(parts) == amount
    if total := sum(weights):
        assert all(abs(p - Fraction(amount * w, total)) < 1 for p, w in zip(parts, weights, strict=True))


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_is_read_back(amount: int, currency: str) -> None:
    assert read_money(plain_money(amount, currency), currency) == (amount, currency)


@given(st.integers(0, 10**9))
def test_quantities_are_written_as_they_are_read(quantity: int) -> None:
    assert parse_quantity(quantity_text(quantity)) == quantity


def test_a_line_is_rounded_once() -> None:
    assert line_total(2_500, 333) == 833  # 832.5
    assert line_total(3_000, 1_000, 1_250) == 2_625
    assert line_total(1, 499) == 0
    assert line_total(1, 500) == 1
    assert portion(-5, 5_000) == -3


def test_currencies_are_never_added_without_a_rate() -> None:
    assert add_up([(1, "CNY"), (2, "USD"), (3, "CNY")]) == {"CNY": 4, "USD": 2}
    with pytest.raises(Refused):
        converted(100, "USD", "CNY", {})
    assert converted(100, "USD", "CNY", {("USD", "CNY"): Decimal("7.1")}) == 710
    assert converted(100, "JPY", "CNY", {("JPY", "CNY"): Decimal("0.05")}) == 500
    assert converted(12_345, "CNY", "JPY", {("CNY", "JPY"): Decimal("20")}) == 2_469
    assert converted(1_000, "KWD", "CNY", {("KWD", "CNY"): Decimal("23.456")}) == 2_346


def test_percentages_from_nought_to_a_hundred() -> None:
    assert parse_percent("12.5%") == 1250
    for text in ("101", "-1", "x", "1.234"):
        with pytest.raises(ValueError, match="percentage"):
            parse_percent(text)


@pytest.mark.parametrize(
    ("yuan", "said"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1.01", "壹元零壹分"),
        ("10", "壹拾元整"),
        ("20.50", "贰拾元零伍角整"),
        ("100", "壹佰元整"),
        ("1010", "壹仟零壹拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("10000", "壹万元整"),
        ("100005", "壹拾万零伍元整"),
        ("1000000", "壹佰万元整"),
        ("10500000", "壹仟零伍拾万元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("1000000000005", "壹万亿零伍元整"),
        ("-3.20", "负叁元贰角整"),
    ],
)
def test_amounts_in_chinese_capitals(yuan: str, said: str) -> None:
    assert capitals(int(Decimal(yuan) * 100)) == said


_VALUES = {
    **{sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{"拾": 10, "佰": 100, "仟": 1000, "万": 10**4, "亿": 10**8},
}


def _number(text: str) -> int:
    """What Chinese capitals say, read by another way: the largest unit first."""
    for sign in ("亿", "万", "仟", "佰", "拾"):
        head, found, tail = text.rpartition(sign) if sign in "亿" else text.partition(sign)
        if found:
            return (_number(head) or 1) * _VALUES[sign] + _number(tail)
    return sum(_VALUES[sign] for sign in text)


@given(st.integers(0, 10**17))
@settings(max_examples=300)
def test_capitals_say_the_amount(fen: int) -> None:
    said = capitals(fen).removesuffix("整")
    head, sign, tail = said.rpartition("元")
    jiao, _, rest = tail.rpartition("角") if "角" in tail else ("", "", tail)
    found = _number(head.replace("零", "")) * 100 if sign else 0
    found += _number(jiao.strip("零")) * 10 if jiao else 0
    found += _number(rest.strip("零分")) if rest.endswith("分") else 0
    assert found == fen
    assert "零零" not in said


def test_a_rule_of_payment_is_read_and_gives_the_day() -> None:
    given_day = date(2026, 4, 2)
    days = {
        "cash": given_day, "现结": given_day, "prepaid": given_day, "30": date(2026, 5, 2), "net 30": date(2026, 5, 2),
        "30天": date(2026, 5, 2), "month-end": date(2026, 4, 30), "月结": date(2026, 4, 30),
        "月结30天": date(2026, 5, 30), "payday 10": date(2026, 4, 10), "发薪日 10号": date(2026, 4, 10),
    }  # fmt: skip
    for text, due in days.items():
        rule = parse_due(text)
        assert parse_due(rule.text) == rule
        assert due_on(rule, given_day) == due, text
    for text in ("", "soon", "payday", "payday x"):
        with pytest.raises(ValueError, match="one of"):
            parse_due(text)
