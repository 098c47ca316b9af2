from __future__ import annotations

from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from crm_tui.ui.lists import plain
from crm_tui.ui.text import breaks, width


def _lines(text: str, cells: int) -> list[str]:
    return [text[start:end].rstrip() for start, end in pairwise([0, *breaks(text, cells), len(text)])]


def _painted(text: str, cells: int) -> list[str]:
    console = Console(file=StringIO(), width=cells, color_system=None)
    console.print(plain(text), end="")
    printed: str = console.file.getvalue()  # type: ignore[attr-defined]
    return [line.rstrip() for line in printed.rstrip("\n").split("\n")]


def test_chinese_after_a_blank_goes_on_in_the_same_line() -> None:
    assert _lines("导入 从其他程序的文件导入客户", 12) == ["导入 从其他", "程序的文件导", "入客户"]


def test_english_breaks_at_blanks_and_a_long_word_where_the_room_ends() -> None:
    assert _lines("the quick brown fox", 10) == ["the quick", "brown fox"]
    assert _lines("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


@pytest.mark.parametrize("cells", range(6, 20))
def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(cells: int) -> None:
    for line in _lines("上门换货，客户消气了（送了一小瓶山茶油）。下周三“再来”！", cells):
        assert line[0] not in "，。）”！"
        assert line[-1] not in "（“"


@given(st.text(alphabet=st.sampled_from("ab 王芳，（。 é"), max_size=60), st.integers(4, 30))
def test_nothing_is_lost_and_every_line_fits(text: str, cells: int) -> None:
    places = [0, *breaks(text, cells), len(text)]
    assert places == sorted(places)
    assert all(width(line) <= cells for line in _lines(text, cells))


def test_a_numbered_paragraph_goes_on_under_its_first_word() -> None:
    assert _painted("1. one two three four\n   x", 12) == ["1. one two", "   three", "   four", "   x"]
    assert _painted("12. 先给整个硬盘加密", 12) == ["12. 先给整个", "    硬盘加密"]
