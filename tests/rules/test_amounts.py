"""Money as people type and read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.amounts import clean_currency, plain_money, read_money, short_money, show_money


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1,280.50", 128050, "CNY"),
        ("¥12万", 12_000_000, "CNY"),
        ("USD 5k", 500_000, "USD"),
        ("300 EUR", 30_000, "EUR"),
        ("１２，５００元", 1_250_000, "CNY"),
        ("JPY 300", 300, "JPY"),
        ("$1.5m", 150_000_000, "USD"),
        ("500000.0", 50_000_000, "CNY"),
        ("-5", -500, "CNY"),
    ],
)
def test_amounts_are_read_as_people_type_them(text: str, minor: int, currency: str) -> None:
    assert read_money(text, "CNY") == (minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "12 34 x", "5 coins", "9" * 20])
def test_what_is_no_amount_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_money(text, "CNY")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["CNY", "USD", "JPY", "KWD", "SEK"]))
def test_what_is_shown_is_read_back_to_the_last_unit(minor: int, currency: str) -> None:
    assert read_money(plain_money(minor, currency), currency) == (minor, currency)
    assert read_money(show_money(minor, currency), "EUR") == (minor, currency)


def test_short_amounts_have_three_digits_that_count() -> None:
    said = [short_money(one, "CNY") for one in (99_900, 123_400, 41_000_000, 120_000_000, 0)]
    assert said == ["¥999", "¥1.23k", "¥410k", "¥1.2M", "¥0"]
    assert [short_money(one, "CNY", chinese=True) for one in (41_000_000, 2_178_000_000)] == ["¥41万", "¥2178万"]
    near = [short_money(one, "CNY") for one in (99_900, 99_940, 99_960, 99_949_900, 99_999_900)]
    assert near == ["¥999", "¥999", "¥1k", "¥999k", "¥1M"]
    assert [short_money(one, "CNY", chinese=True) for one in (9_996_000_000, 9_999_600_000)] == ["¥9996万", "¥1亿"]
    assert clean_currency("元") == "CNY"
