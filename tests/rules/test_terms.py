"""What a customer is found by: whatever stands in it, and how its Chinese names are typed in letters."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.asking import Query, Tier, query
from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import full, initials
from crm_tui.rules.terms import document, terms
from crm_tui.rules.text import fold

Document = tuple[list[str], list[str], list[str]]
CROWD: list[Document] = [
    (["上海万方科技有限公司", "王芳", "Lily Chen"], ["浦东新区", "重点客户", "K-1007"], ["+8613800138000"]),
    (["王小明"], ["wang.xm@example.com", "北京"], ["+8613911112222", "+862163001234"]),
    (["O'Neil & Sons Ltd", "Zoë Müller"], ["San José"], ["+14159017000"]),
    (["重庆银行"], ["西南"], ["+864008208820", "95588"]),
    (["3M中国有限公司"], ["180片区"], ["call the office"]),
    (["小王🌸花店"], ["VIP"], []),
    (["欧阳娜娜"], ["金卡会员"], ["+8618600001111"]),
    (["吕布"], ["𠮷野家"], ["+85221234567"]),
]


def table(documents: list[Document]) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(
        "CREATE VIRTUAL TABLE search USING fts5(t, content='', detail=none, columnsize=0, prefix='5 6', "
        "tokenize=\"ascii tokenchars '=!:^~'\")"
    )
    db.executemany("INSERT INTO search(rowid, t) VALUES(?, ?)", enumerate(terms(document(*one)) for one in documents))
    return db


def tiers(asked: Query) -> list[Tier]:
    widest = asked.widest() if asked.words else None
    return [*asked.tiers, *([widest] if widest else [])]


def found(db: sqlite3.Connection, asked: Query) -> list[int]:
    numbers: dict[int, None] = {}
    for tier in tiers(asked):
        numbers.update((n, None) for (n,) in db.execute("SELECT rowid FROM search WHERE search MATCH ?", (tier.match,)))
    return list(numbers)


def hits(documents: list[Document], typed: str) -> list[int]:
    """Numbers of the documents that answer, as the index finds them."""
    asked = query(typed)
    return [n for n in found(table(documents), asked) if asked.holds(document(*documents[n]))]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("王", 1), ("王芳", 0), ("方科技", 0), ("万方科技", 0), ("小明", 1), ("wf", 0), ("wangf", 0), ("wangfang", 0),
        ("shwf", 0), ("wfkj", 0), ("wanfangkj", None), ("wxm", 1), ("wangxm", 1), ("xiaoming", 1), ("wang fang", 0),
        ("xm", 1), ("ming", 1), ("cqyh", 3), ("chongqing", 3), ("oynn", 6), ("ouyang", 6), ("lvbu", 7), ("lubu", 7),
        ("LILY", 0), ("chen lily", 0), ("il", 0), ("onei", 2), ("o'neil", 2), ("oneil", 2), ("o’n", 2), ("son", 2),
        ("zoe", 2), ("ZOË", 2), ("san jose", 2), ("1380", 0), ("138", 0), ("13800138000", 0), ("8000", 0), ("0013", 0),
        ("+86 138 0013 8000", 0), ("138-0013-8000", 0), ("8613800138000", 0), ("008613800138000", 0), ("021", 1),
        ("021-6300", 1), ("02163001234", 1), ("2163001234", 1), ("415", 2), ("(415) 901", 2), ("955", 3), ("95588", 3),
        ("王 1380", 0), ("芳 1380", 0), ("王1391", 1), ("１３８００", 0), ("ＬＩＬＹ", 0), ("3m", 4), ("3m中国", 4),
        ("180", 4), ("wang.xm@ex", 1), ("example", 1), ("北京 王", 1), ("王 北京", 1), ("浦东", 0), ("区", 0),
        ("k-1007", 0), ("1007", 0), ("vip", 5), ("🌸", 5), ("🌸花", 5), ("𠮷野", 7), ("l", 0), ("w", 0),
        ("（上海）", 0),        ("上海 芳 重点", 0),
        ("youxian", None), ("zzq", None), ("龘", None), ("0000000", None), ("wang北京", 1),
        ("wang芳", 0),
    ],
)  # fmt: skip
def test_a_customer_is_found_as_people_type(typed: str, first: int | None) -> None:
    answers = hits(CROWD, typed)
    assert (first in answers) if first is not None else answers == []


def test_two_letters_mean_what_stands_anywhere_but_one_only_a_beginning() -> None:
    assert hits([(["Anna"], [], [])], "nn") == [0]
    assert hits([(["Anna"], [], [])], "n") == []
    assert hits([(["Anna Nunez"], [], [])], "n") == [0]


def test_the_last_four_digits_are_not_taken_for_an_area() -> None:
    assert hits([(["a"], [], ["+8613811112222"])], "0138") == []


def test_nobody_is_found_by_the_legal_form_in_letters_but_by_the_whole_name() -> None:
    assert hits(CROWD, "gongsi") == []
    assert hits(CROWD, "shanghaiwanfangkejiyouxiangongsi") == [0]


@pytest.mark.parametrize(
    "typed", ["", "  ", "—", "%", "' OR 1=1", '"', "* NEAR(", "{t} : x", "AND", "-", "\u200b", "\x00"]
)
def test_no_text_breaks_the_query(typed: str) -> None:
    found(table(CROWD), query(typed))


def test_what_has_no_letter_digit_or_sign_asks_for_nothing() -> None:
    assert query("-- '% (").tiers == ()


HAN = st.text(alphabet="王李芳明长重庆行海上万方科技曾单解乐吕𠮷🌸のア", min_size=1, max_size=7)
LATIN = st.lists(
    st.sampled_from(["Anna", "Zoë", "O'Neil", "ÅSE", "B2B", "van-der", "ß", "Ｋim", "a&b"]), min_size=1, max_size=3
)
TEXT = st.one_of(HAN, LATIN.map(" ".join), st.tuples(HAN, LATIN.map(" ".join)).map("".join))
PHONE = st.sampled_from(["+8613800138000", "+862163001234", "+14159017000", "110", "(415) 555-0000"])
DOCUMENT = st.tuples(st.lists(TEXT, min_size=1, max_size=2), st.lists(TEXT, max_size=2), st.lists(PHONE, max_size=2))


def typing(draw: st.DrawFn, one: Document) -> str:
    """Something that a person may type for this document."""
    names, others, phones = one
    way = draw(st.sampled_from(["part", "part", "phone", "full", "initials"]))
    if way == "phone" and phones:
        form = digits(draw(st.sampled_from(phones)))
        return form[: draw(st.integers(3, len(form)))]
    text = draw(st.sampled_from(names + (others if way == "part" else [])))
    if way in ("full", "initials") and any("\u4e00" <= char <= "\u9fff" for char in text):
        said = full(text) if way == "full" else initials(text)
        if said.isascii():
            return said[: draw(st.integers(2, len(said)))] if len(said) > 1 else said
    folded = fold(text)
    at = draw(st.integers(0, max(0, len(folded) - 2)))
    return folded[at : at + draw(st.integers(2, 9))]


@settings(max_examples=300, deadline=None)
@given(data=st.data(), documents=st.lists(DOCUMENT, min_size=1, max_size=5))
def test_whatever_a_document_contains_finds_it(data: st.DataObject, documents: list[Document]) -> None:
    wanted = data.draw(st.integers(0, len(documents) - 1))

    @st.composite
    def several(draw: st.DrawFn) -> str:
        return " ".join(typing(draw, documents[wanted]) for _ in range(draw(st.integers(1, 2))))

    typed = data.draw(several())
    asked = query(typed)
    long = [word for word in asked.words if len(word.text) > 1 or not word.written]
    if asked.words and len(long) == len(asked.words):
        assert asked.holds(document(*documents[wanted])), typed
        assert wanted in hits(documents, typed), typed


@settings(max_examples=200, deadline=None)
@given(documents=st.lists(DOCUMENT, min_size=1, max_size=4), data=st.data())
def test_the_index_finds_all_that_answer(documents: list[Document], data: st.DataObject) -> None:
    piece = st.text(alphabet="anoeil王芳明上海科wmfks🌸 1386'", min_size=1, max_size=5)
    asked = query(data.draw(piece))
    answering = {n for n, one in enumerate(documents) if asked.words and asked.holds(document(*one))}
    db = table(documents)
    assert answering <= set(found(db, asked))
    for tier in tiers(asked):
        here = {n for (n,) in db.execute("SELECT rowid FROM search WHERE search MATCH ?", (tier.match,))}
        assert not tier.sure or here <= answering, "what is sure answers"


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=15), max_size=3), st.lists(st.text(max_size=15), max_size=2), st.text(max_size=12))
def test_any_text_can_be_indexed_and_asked_for(names: list[str], others: list[str], typed: str) -> None:
    found(table([(names, others, [])]), query(typed))
