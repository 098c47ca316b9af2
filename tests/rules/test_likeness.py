from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.likeness import SUGGEST_FROM, Subject, compare, keys, like, normal_name


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("上海万方科技有限公司", "上海万方科技"),
        ("万方科技（上海）有限公司", "上海万方科技"),
        ("万方科技（上海）股份有限公司", "上海万方科技"),
        ("万方集团", "万方"),
        ("ACME Holdings Ltd.", "acme"),
        ("Acme, Inc.", "acme"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Smith, John", "john smith"),
        ("Dr. John Smith", "john smith"),
        ("The Bank of Nova", "bank nova"),
        ("王芳女士", "王芳"),
        ("王先生", "王先生"),
        ("有限公司", "有限公司"),
        ("Co", "co"),
        ("", ""),
    ],
)
def test_names_are_reduced_to_what_tells_them_apart(written: str, normal: str) -> None:
    assert normal_name(written) == normal


@pytest.mark.parametrize(
    ("a", "b", "least"),
    [
        ("Acme", "ACME", 100),
        ("上海万方科技有限公司", "万方（上海）科技有限公司", 97),
        ("万方科技有限公司", "上海万方科技有限公司", 90),
        ("Acme Ltd", "Acme Limited", 97),
        ("John Smith", "Smith, John", 97),
        ("John Smith", "Smith John", 95),
        ("J. Smith", "John Smith", 80),
        ("王芳", "Wang Fang", 90),
        ("王芳", "Fang Wang", 90),
        ("王小明", "Xiaoming Wang", 90),
        ("吕布", "Lu Bu", 90),
        ("欧阳娜娜", "Nana Ouyang", 90),
        ("Zoë Müller", "zoe muller", 100),
        ("Gravity Investments", "Gravity Investment", 80),
    ],
)
def test_like_names_score_high_with_a_reason(a: str, b: str, least: int) -> None:
    score, reason = like(a, b)
    assert score >= least
    assert reason


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("王芳", "李芳"),
        ("王芳", "Li Na"),
        ("上海万方科技有限公司", "北京万方科技有限公司"),
        ("上海电力设计院", "北京电力设计院"),
        ("Atlas Systems", "Nova Systems"),
        ("John Smith", "Jane Miller"),
        ("", "王芳"),
    ],
)
def test_different_names_stay_below_the_line(a: str, b: str) -> None:
    assert like(a, b)[0] < SUGGEST_FROM


KNOWN = ["王芳", "Wang Fang", "上海万方科技有限公司", "Acme Ltd", "Smith, John", "Müller GmbH", "长", "Co"]
NAMES = st.one_of(st.sampled_from(KNOWN), st.text(max_size=12))


@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways_and_stays_in_bounds(a: str, b: str) -> None:
    score, reason = like(a, b)
    assert (score, reason) == like(b, a)
    assert 0 <= score <= 100
    assert normal_name(normal_name(a)) == normal_name(normal_name(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Subject("王芳", ["+8613800138000"]), Subject("小王", ["+8613800138000"])),
        (Subject("王芳", [], ["W@x.com"]), Subject("W. Fang", [], ["w@x.com"])),
        (Subject("王芳", []), Subject("Wang Fang")),
        (Subject("王小明", []), Subject("Xiaoming Wang")),
        (Subject("上海万方科技有限公司"), Subject("万方科技")),
        (Subject("Acme Trading Ltd"), Subject("ACME Trading Inc")),
        (Subject("Gravity Investments"), Subject("Gravity Investment Co")),
    ],
)
def test_likely_duplicates_share_a_key(a: Subject, b: Subject) -> None:
    assert keys(a.name, a.phones, a.emails) & keys(b.name, b.phones, b.emails)


def test_a_common_phone_and_a_like_name_are_as_good_as_one() -> None:
    match = compare(Subject("王芳", ["+8613800138000"]), Subject("Wang Fang", ["+8613800138000"]))
    assert match.score >= 95
    assert match.reasons == ("same phone 138 0013 8000", "same name in pinyin")


def test_a_common_phone_alone_is_a_weak_hint() -> None:
    match = compare(Subject("王芳", ["+862163001234"], person=True), Subject("李强", ["+862163001234"], person=True))
    assert 65 <= match.score < 85
    assert match.reasons[0].startswith("same phone")


def test_two_people_of_one_name_are_not_yet_one_but_two_companies_are() -> None:
    phones = (["+8613800138000"], ["+8613900139000"])
    people = compare(Subject("王芳", phones[0], person=True), Subject("王芳", phones[1], person=True))
    firms = compare(Subject("上海万方科技有限公司", phones[0]), Subject("上海万方科技有限公司", phones[1]))
    assert people.score < SUGGEST_FROM <= firms.score


def test_the_address_speaks_too() -> None:
    a = Subject("王芳", address="上海市浦东新区世纪大道100号", person=True)
    assert compare(a, Subject("王芳", address="浦东新区世纪大道100号", person=True)).reasons[-1] == "same address"
    assert compare(a, Subject("王芳", address="上海市浦东新区世纪大道102号", person=True)).reasons == ("same name",)


def test_nothing_in_common_has_no_reason() -> None:
    assert compare(Subject("王芳"), Subject("Atlas")).reasons == ()


def test_a_hundred_thousand_comparisons_take_seconds() -> None:
    pairs = [(f"上海万方{n % 50}科技有限公司", f"万方{n % 70}科技") for n in range(20_000)]
    start = time.perf_counter()
    for a, b in pairs:
        like(a, b)
    assert time.perf_counter() - start < 2.0
