from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.phones import Phone, digits, parse_phones, show_phone

M = "+8613800138000"
L = "+862163001234"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", M),
        ("138 0013 8000", M),
        ("138-0013-8000", M),
        ("+86 13800138000", M),
        ("+86 138 0013 8000", M),
        ("0086-13800138000", M),
        ("0086 138 0013 8000", M),
        ("8613800138000", M),
        ("１３８００１３８０００", M),
        ("　13800138000　", M),
        ("\u00a013800138000\u00a0", M),
        ("13800138000.0", M),
        ("1.3800138000E+10", M),
        ("1.3800138E+10", M),
        ("手机：13800138000", M),
        ("手机 13800138000", M),
        ("13800138000（王经理）", M),
        ("13800138000 王经理", M),
        ("(+86)13800138000", M),
        ("021-63001234", L),
        ("(021) 6300 1234", L),
        ("（021）63001234", L),
        ("021－63001234", L),
        ("+86 21 6300 1234", L),
        ("+86-021-63001234", L),
        ("86-21-63001234", L),
        ("2163001234", L),
        ("Tel: 021-63001234", L),
        ("0571-88886666", "+8657188886666"),
        ("0355-2023456", "+863552023456"),
        ("010-88886666", "+861088886666"),
        ("+86 10 8888 6666", "+861088886666"),
        ("400-820-8820", "+864008208820"),
        ("4008208820", "+864008208820"),
        ("95588", "95588"),
        ("10086", "10086"),
        ("+1 415 901 7000", "+14159017000"),
        ("001 415 901 7000", "+14159017000"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+49 30 901820", "+4930901820"),
        ("+852 2123 4567", "+85221234567"),
    ],
)
def test_one_number_is_read_however_it_is_written(written: str, number: str) -> None:
    found = parse_phones(written)
    assert [phone.number for phone in found] == [number]
    assert found[0].ok == (number != written or number in ("95588", "10086") or number.startswith("+"))
    assert found[0].extension is None


@pytest.mark.parametrize(
    ("written", "number", "extension"),
    [
        ("021-63001234转801", L, "801"),
        ("021-63001234 转 801", L, "801"),
        ("021-63001234转分机801", "021-63001234转分机801", None),
        ("021-63001234分机801", L, "801"),
        ("021-63001234 分机：801", L, "801"),
        ("021-63001234-801", L, "801"),
        ("021-63001234 ext. 801", L, "801"),
        ("021-63001234 x801", L, "801"),
        ("021-63001234#801", L, "801"),
        ("+86 21 63001234 转801", L, "801"),
        ("+14159017000 ext 12", "+14159017000", "12"),
        ("400-820-8820转8", "+864008208820", "8"),
    ],
)
def test_an_extension_is_taken_off(written: str, number: str, extension: str | None) -> None:
    [phone] = parse_phones(written)
    assert (phone.number, phone.extension) == (number, extension)


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("13800138000/13900139000", [M, "+8613900139000"]),
        ("13800138000 / 021-63001234", [M, L]),
        ("13800138000;13900139000", [M, "+8613900139000"]),
        ("13800138000；021-63001234转8", [M, L]),
        ("13800138000、13900139000", [M, "+8613900139000"]),
        ("13800138000，13900139000", [M, "+8613900139000"]),
        ("13800138000\n13900139000", [M, "+8613900139000"]),
        ("13800138000 13900139000", [M, "+8613900139000"]),
        ("138 0013 8000 139 0013 9000", [M, "+8613900139000"]),
        ("021-63001234/35", [L, "+862163001235"]),
        ("021-63001234/63001235", [L, "+862163001235"]),
        ("0571-88886666、7777", ["+8657188886666", "+8657188887777"]),
        ("13800138000 或 13900139000", [M, "+8613900139000"]),
        ("13800138000/13800138000", [M]),
        ("手机：13800138000 电话：021-63001234", [M, L]),
        ("", []),
        ("  ", []),
    ],
)
def test_several_numbers_of_one_cell_are_parted(written: str, numbers: list[str]) -> None:
    assert [phone.number for phone in parse_phones(written)] == numbers


@pytest.mark.parametrize(
    "written",
    [
        "1.38001E+10",
        "1.38E+10",
        "无",
        "n/a",
        "call the office",
        "(415) 555-0000",
        "415-901-7000",
        "123",
        "138001380001",
        "63001234",
        "0" * 60,
    ],
)
def test_what_cannot_be_believed_stays_as_text(written: str) -> None:
    assert parse_phones(written) == [Phone(written, None, False)]


def test_a_western_region_reads_its_own_numbers() -> None:
    assert parse_phones("(415) 901-7000", "US") == [Phone("+14159017000")]
    assert parse_phones("020 7946 0958", "GB") == [Phone("+442079460958")]
    assert parse_phones("+86 138 0013 8000", "US") == [Phone(M)]
    assert parse_phones("011 86 13800138000", "US") == [Phone(M)]


def test_words_beside_a_number_are_kept_as_its_note() -> None:
    assert parse_phones("手机：13800138000（王经理）") == [Phone(M, None, True, "手机 王经理")]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_read_without_an_accident(written: str) -> None:
    for phone in parse_phones(written):
        assert phone.number


@given(st.text(alphabet="0123456789+-()/ 转;.xE", max_size=30))
def test_a_stored_number_is_read_back_as_itself(written: str) -> None:
    for phone in parse_phones(written):
        if phone.ok:
            assert parse_phones(phone.number)[0].number == phone.number


@pytest.mark.parametrize(
    ("number", "significant"),
    [
        (M, "13800138000"),
        (L, "2163001234"),
        ("+14159017000", "14159017000"),
        ("+442079460958", "442079460958"),
        ("95588", "95588"),
        ("no number", ""),
    ],
)
def test_digits_for_searching(number: str, significant: str) -> None:
    assert digits(number) == significant


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        (M, "CN", "138 0013 8000"),
        (M, "US", "+86 138 0013 8000"),
        (L, "CN", "021 6300 1234"),
        (L, "US", "+86 21 6300 1234"),
        ("+863552023456", "CN", "0355 202 3456"),
        ("+864008208820", "CN", "400 820 8820"),
        ("+14159017000", "US", "(415) 901-7000"),
        ("+14159017000", "CN", "+1 415-901-7000"),
        ("95588", "CN", "95588"),
        ("wrong [red]", "CN", "wrong [red]"),
        ("+999", "CN", "+999"),
    ],
)
def test_numbers_are_shown_for_reading(number: str, region: str, shown: str) -> None:
    assert show_phone(number, region) == shown


def test_a_hundred_thousand_mobile_numbers_cost_less_than_a_second() -> None:
    rows = [f"138{n:08d}" for n in range(100_000)]
    start = time.perf_counter()
    for row in rows:
        parse_phones(row)
    assert time.perf_counter() - start < 1.0


def test_chinese_numbers_never_load_the_library() -> None:
    code = (
        "import sys; from crm_tui.rules.phones import parse_phones, show_phone;"
        "parse_phones('13800138000'); parse_phones('021-63001234转8'); show_phone('+8613800138000', 'CN');"
        "sys.exit('phonenumbers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
