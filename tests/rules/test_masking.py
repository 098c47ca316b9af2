from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from crm_tui.rules.masking import mask_money, mask_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13812341234", "138****1234"),
        ("电话13812341234转801", "电话138****1234转801"),
        ("138 1234 5678 (王芳), 021-6300 1234", "138 **** 5678 (王芳), 021-**** 1234"),
        ("+44 20 7946 0018", "+44 2* **** 0018"),
        ("(0512) 6500-0333", "(051*) ****-0333"),
        ("021-63001234x801", "021-****1234x801"),
        ("01 23 45 67 89", "** ** ** 67 89"),
        ("１３８１２３４１２３４", "１３８＊＊＊＊１２３４"),
        ("wang@fang.example", "w***@****.*******"),
        ("王芳@例子.公司", "王＊@＊＊.＊＊"),
        ("¥1,280.00 paid", "¥***      paid"),
        ("owes 420元, 3 boxes", "owes ***元, 3 boxes"),
        ("USD 12,000", "USD ***   "),
        ("1,200.50元", "***     元"),
        ("weighted ¥80k today", "weighted ¥*** today"),
        ("人民币壹仟贰佰元整", "人民币＊＊＊＊＊＊"),
    ],
)
def test_phones_emails_and_money_become_stars(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-24 10:05", "2026/11/24", "2025 2026", "23 24 25 26 27 28", "1,204,000 customers", "C-2411-018",
        "backup crm-20261124-100500.db", "12 d", "call @ 3", "Room 1204", "5 min", "",
    ],
)  # fmt: skip
def test_dates_counts_and_numbers_of_tickets_stay(text: str) -> None:
    assert mask_text(text) == text


def test_a_column_of_money_hides_even_the_length_of_an_amount() -> None:
    assert mask_money("12") == mask_money("3,120,000") == "***"
    assert mask_money("") == ""
    assert mask_money("–") == "–"


@settings(max_examples=300)
@given(st.text(alphabet=st.sampled_from("0123456789 -+().@,¥元kab王１转:/"), max_size=40))
def test_a_masked_text_keeps_its_length_and_is_masked_once(text: str) -> None:
    once = mask_text(text)
    assert len(once) == len(text)
    assert cell_len(once) == cell_len(text)
    assert sum(sign.isdigit() for sign in mask_text(once)) <= sum(sign.isdigit() for sign in once)


@given(st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", "电话", "tel ", "tel:", "(", "，"]))
def test_no_mobile_number_is_ever_whole(number: str, before: str) -> None:
    assert number not in mask_text(f"{before}{number} x")
