from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.differences import Piece, alike, pieces

WORDS = st.lists(st.sampled_from(["the", "door", " ", "\n", "王", "芳", "，", "14", ":", "é", "…"]), max_size=12).map(
    "".join
)


def test_a_changed_word_is_marked_and_the_rest_is_the_same() -> None:
    assert pieces("to the side door", "to the back door") == [
        Piece("same", "to the "), Piece("gone", "side"), Piece("new", "back"), Piece("same", " door"),
    ]  # fmt: skip


def test_chinese_is_compared_sign_by_sign() -> None:
    assert pieces("周一上午送货", "周二上午送货") == [
        Piece("same", "周"), Piece("gone", "一"), Piece("new", "二"), Piece("same", "上午送货"),
    ]  # fmt: skip


def test_what_was_only_taken_out_stands_where_it_was() -> None:
    assert [piece.kind for piece in pieces("pays by transfer, always", "pays, always")] == ["same", "gone", "same"]


def test_two_texts_that_have_nothing_in_common_are_not_alike() -> None:
    assert not alike(pieces("abc def", "xyz uvw"))
    assert alike(pieces("abc def ghi", "abc def xyz"))


def test_long_texts_take_no_time() -> None:
    old, new = "字" * 10_000 + "甲" * 5_000, "字" * 10_000 + "乙" * 5_000
    assert [piece.kind for piece in pieces(old, new)] == ["same", "gone", "new"]


@settings(max_examples=200, deadline=None)
@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != "gone") == after
    assert "".join(piece.text for piece in found if piece.kind != "new") == before
