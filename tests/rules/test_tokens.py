from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.phones import digit_forms
from crm_tui.rules.pinyin import full, initials
from crm_tui.rules.text import fold
from crm_tui.rules.tokens import document_tokens, query

TABLES = (
    "content='', detail=none, columnsize=0, prefix='1 2 3', tokenize='ascii'",
    "content='', detail=none, columnsize=0, prefix='2 3', tokenize='unicode61 remove_diacritics 2'",
)
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


def table(documents: list[Document], options: str) -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE search USING fts5(t, {options})")
    db.executemany("INSERT INTO search(rowid, t) VALUES(?, ?)", enumerate(document_tokens(*one) for one in documents))
    return db


def hits(db: sqlite3.Connection, documents: list[Document], typed: str) -> list[int]:
    """Numbers of the verified documents, the best tier first."""
    asked = query(typed)
    found: dict[int, None] = {}
    for tier in asked.tiers:
        for (n,) in db.execute("SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid", (tier,)):
            if asked.verify(*documents[n]):
                found.setdefault(n)
    return list(found)


@pytest.mark.parametrize("options", TABLES)
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("王", 1), ("王芳", 0), ("方科技", 0), ("万方科技", 0), ("小明", 1), ("wf", 0), ("wangf", 0), ("wangfang", 0),
        ("shwf", 0), ("wfkj", 0), ("wanfangkj", None), ("wxm", 1), ("wangxm", 1), ("xiaoming", 1), ("wang fang", 0),
        ("cqyh", 3), ("chongqing", 3), ("oynn", 6), ("ouyang", 6), ("lvbu", 7), ("lubu", 7), ("LILY", 0),
        ("chen lily", 0),
        ("zoe", 2), ("ZOË", 2), ("o'neil", 2), ("oneil", 2), ("o’n", 2), ("son", 2), ("san jose", 2), ("1380", 0),
        ("138", 0), ("13800138000", 0), ("8000", 0), ("0013", 0), ("+86 138 0013 8000", 0), ("138-0013-8000", 0),
        ("008613800138000", 0), ("021", 1), ("021-6300", 1), ("2163001234", 1), ("415", 2), ("(415) 901", 2),
        ("955", 3), ("95588", 3), ("王 1380", 0), ("芳 1380", 0), ("王1391", 1), ("１３８００", 0), ("ＬＩＬＹ", 0),
        ("3m", 4), ("3m中国", 4), ("180", 4), ("wang.xm@ex", 1), ("example", 1), ("北京 王", 1), ("王 北京", 1),
        ("浦东", 0),
        ("区", 0), ("k-1007", 0), ("1007", 0), ("vip", 5), ("🌸", 5), ("🌸花", 5), ("𠮷野", 7), ("l", 0), ("w", 0),
        ("（上海）", 0), ("上海 芳 重点", 0), ("zzq", None), ("龘", None), ("0000000", None), ("wang北京", 1),
        ("wang芳", 0),
    ],
)  # fmt: skip
def test_a_customer_is_found_as_people_type(options: str, typed: str, first: int | None) -> None:
    found = hits(table(CROWD, options), CROWD, typed)
    assert (first in found) if first is not None else found == []


@pytest.mark.parametrize(
    ("typed", "number", "why"),
    [
        ("王芳", 0, ("name", "王芳")),
        ("wf", 0, ("pinyin", "上海万方科技有限公司")),
        ("王 0013", 0, ("phone", "+8613800138000")),
        ("浦东 王芳", 0, ("other", "浦东新区")),
        ("wangxm", 1, ("pinyin", "王小明")),
        ("13", 0, ("phone", "+8613800138000")),
        ("38", 0, None),
        ("李", 0, None),
    ],
)
def test_a_hit_says_why(typed: str, number: int, why: tuple[str, str] | None) -> None:
    assert query(typed).verify(*CROWD[number]) == why


def test_names_come_before_the_rest_and_beginnings_before_names() -> None:
    documents: list[Document] = [
        (["李四"], ["王府井"], []), (["小王"], [], []), (["王府"], [], []), (["王"], [], []),
    ]  # fmt: skip
    assert hits(table(documents, TABLES[0]), documents, "王") == [3, 2, 1, 0]


@pytest.mark.parametrize("typed", ["", "  ", "—", "%", "' OR 1=1", '"', "* NEAR(", "{t} : x", "AND", "-", "\u200b"])
def test_no_text_breaks_the_query(typed: str) -> None:
    db = table(CROWD, TABLES[0])
    for tier in query(typed).tiers:
        db.execute("SELECT rowid FROM search WHERE search MATCH ?", (tier,)).fetchall()


HAN = st.text(alphabet="王李芳明长重庆行海上万方科技曾单解乐吕𠮷🌸のア", min_size=1, max_size=7)
LATIN = st.lists(
    st.sampled_from(["Anna", "Zoë", "O'Neil", "ÅSE", "B2B", "van-der", "ß", "Ｋim", "a&b"]), min_size=1, max_size=3
)
TEXT = st.one_of(HAN, LATIN.map(" ".join), st.tuples(HAN, LATIN.map(" ".join)).map("".join))
PHONE = st.sampled_from(["+8613800138000", "+862163001234", "+14159017000", "110", "+442079460958", "(415) 555-0000"])
DOCUMENT = st.tuples(st.lists(TEXT, min_size=1, max_size=2), st.lists(TEXT, max_size=2), st.lists(PHONE, max_size=2))


def typings(draw: st.DrawFn, document: Document) -> str:
    """Something that a person may type for this document."""
    names, others, phones = document
    way = draw(st.sampled_from(["part", "word", "phone", "full", "initials"]))
    if way == "phone" and phones:
        form = draw(st.sampled_from(digit_forms(draw(st.sampled_from(phones)))))
        at = draw(st.integers(0, max(0, len(form) - 3)))
        return form[at : at + draw(st.integers(3, 12))]
    text = draw(st.sampled_from(names + (others if way in ("part", "word") else [])))
    if way == "part":
        runs = ["".join(run) for run in _han_runs(fold(text))]
        if runs:
            run = draw(st.sampled_from(runs))
            at = draw(st.integers(0, len(run) - 1))
            return run[at : at + draw(st.integers(1, 7))]
    if way in ("full", "initials") and any("\u4e00" <= char <= "\u9fff" for char in text):
        said = full(text) if way == "full" else initials(text)
        if said.isascii():
            return said[: draw(st.integers(1, len(said)))]
    words = [word for word in fold(text).split() if word.isascii()] or [fold(text)]
    word = draw(st.sampled_from(words))
    return word[: draw(st.integers(1, len(word)))]


def _han_runs(text: str) -> list[list[str]]:
    runs: list[list[str]] = [[]]
    for char in text:
        if char.isascii():
            runs.append([])
        else:
            runs[-1].append(char)
    return [run for run in runs if run]


@pytest.mark.parametrize("options", TABLES)
@settings(max_examples=300, deadline=None)
@given(data=st.data(), documents=st.lists(DOCUMENT, min_size=1, max_size=5))
def test_whatever_a_document_contains_finds_it(options: str, data: st.DataObject, documents: list[Document]) -> None:
    wanted = data.draw(st.integers(0, len(documents) - 1))

    @st.composite
    def several(draw: st.DrawFn) -> str:
        return " ".join(typings(draw, documents[wanted]) for _ in range(draw(st.integers(1, 3))))

    typed = data.draw(several())
    asked = query(typed)
    if asked.terms:
        assert asked.verify(*documents[wanted]), typed
        assert wanted in hits(table(documents, options), documents, typed), typed


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=15), max_size=3), st.lists(st.text(max_size=15), max_size=2), st.text(max_size=12))
def test_any_text_can_be_indexed_and_asked_for(names: list[str], others: list[str], typed: str) -> None:
    db = table([(names, others, [])], TABLES[0])
    for tier in query(typed).tiers:
        db.execute("SELECT rowid FROM search WHERE search MATCH ?", (tier,)).fetchall()
