from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules import text


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("  Zoë   Müller ", "zoe muller"),
        ("Łódź", "lodz"),
        ("STRASSE straße", "strasse strasse"),
        ("王　芳", "王 芳"),
        ("（上海）", "(上海)"),
        ("Ångström", "angstrom"),
        ("ﾜﾀﾅﾍﾞ", "ワタナベ"),
        ("が", "が"),
        ("Søren", "soren"),
        ("a\u200bb\ufeff", "ab"),
        ("", ""),
    ],
)
def test_texts_that_people_take_for_equal_fold_alike(written: str, meant: str) -> None:
    assert text.fold(written) == meant


@given(st.text())
def test_folding_twice_changes_nothing(value: str) -> None:
    assert text.fold(text.fold(value)) == text.fold(value)


@given(st.text())
def test_folding_does_not_care_about_normal_forms(value: str) -> None:
    assert text.fold(unicodedata.normalize("NFD", value)) == text.fold(unicodedata.normalize("NFC", value))


@pytest.mark.parametrize("char", [*"王龘〇々あア한", "\U00020000", "\U00030edd"])
def test_characters_written_without_spaces_are_cjk(char: str) -> None:
    assert text.has_cjk(char)
    assert text.has_cjk(f"a{char}")


@pytest.mark.parametrize("char", list("aZ9é。，　·🌸я"))
def test_others_are_not(char: str) -> None:
    assert not text.has_cjk(char)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("\u00a0王芳\u00a0", "王芳"),
        ("a\x00b\x07", "ab"),
        ("line\r\nnext\rlast", "line\nnext\nlast"),
        ("e\u0301", "é"),
        ("\ufeffName", "Name"),
        ("Ａ", "Ａ"),
        ("x\u202ey", "x\u202ey"),
        ("a\ud800b", "ab"),
        ("  plain  ", "plain"),
    ],
)
def test_tidying_keeps_what_is_seen(raw: str, kept: str) -> None:
    assert text.tidy(raw) == kept


@given(st.text())
def test_tidying_twice_changes_nothing(value: str) -> None:
    assert text.tidy(text.tidy(value)) == text.tidy(value)


def test_squashing_leaves_letters_and_digits() -> None:
    assert text.squash("O'Neil & Co. 上海") == "oneilco上海"
