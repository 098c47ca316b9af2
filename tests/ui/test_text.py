from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from crm_tui.ui.text import cut, fit, safe, shares

ANY = st.text(max_size=40)
AWKWARD = st.text("aé王👍🏽\u200d\ufe0f❤\u202e\u0301ש\n\t\x1b\u3000", max_size=20)


@given(ANY | AWKWARD, st.integers(0, 30), st.sampled_from(["left", "right"]))
@settings(max_examples=300, deadline=None)
def test_a_fitted_text_takes_exactly_its_cells(text: str, cells: int, align: str) -> None:
    assert cell_len(fit(safe(text), cells, align)) == cells  # type: ignore[arg-type]


@given(ANY | AWKWARD)
@settings(max_examples=300, deadline=None)
def test_nothing_that_steers_a_terminal_survives(text: str) -> None:
    shown = safe(text)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 or c in "\u202a\u202e\u2066\u2069\u200f" for c in shown)
    assert safe(shown) == shown


def test_ordinary_names_are_shown_as_they_are() -> None:
    for name in ("Acme [CN] Ltd", "x [/oops]", "上海王芳贸易有限公司", "שלום", "مرحبا", "Zoë", "😀 Shop"):
        assert safe(name) == name


def test_line_ends_and_controls_are_visible() -> None:
    assert safe("a\r\nb\nc\td\x1b[31m\x00\x7f\x9b") == "a⏎b⏎c d␛[31m␀␡\ufffd"


def test_a_group_of_emoji_falls_apart_into_characters_of_known_width() -> None:
    assert safe("👩\u200d💻 ❤\ufe0f 👍🏽") == "👩💻 ❤ 👍"


def test_a_wide_character_is_never_halved() -> None:
    assert cut("上海王芳", 5) == "上海…"
    assert cut("上海王芳", 6) == "上海…"
    assert cut("上海王芳", 8) == "上海王芳"
    assert cut("上海王芳", 5, mark="") == "上海"
    assert fit("上海", 3, mark="") == "上 "
    assert fit("1,280", 8, "right") == "   1,280"


def test_free_columns_share_what_is_left() -> None:
    assert shares(20, [2, 1], 80) == [40, 20]
    assert sum(shares(21, [3, 2, 1], 100)) == 79
    assert shares(80, [1], 60) == [4]
