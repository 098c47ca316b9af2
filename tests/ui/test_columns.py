from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui import config
from crm_tui.ui import options
from crm_tui.ui.customer_list import COLUMNS, headers
from crm_tui.ui.rows import gap_of, layout


@given(st.integers(30, 220), st.booleans())
def test_the_name_is_never_squeezed_and_nothing_runs_over(total: int, why: bool) -> None:
    for names in (options.COLUMNS, tuple(COLUMNS)):
        laid_out = layout(headers(names, "name", why), total)
        assert laid_out[0][0] == 0
        assert laid_out[0][2] >= 14
        assert 1 + sum(cells for _, _, cells in laid_out) + gap_of(total) * (len(laid_out) - 1) <= total


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        (45, ["name", "phone", "last_contact"]),
        (58, ["name", "phone", "city", "last_contact", "next_due"]),
        (78, ["name", "phone", "city", "grade", "last_contact", "next_due"]),
        (100, ["name", "phone", "city", "grade", "owner", "last_contact", "next_due"]),
    ],
)
def test_what_matters_less_goes_first(total: int, shown: list[str]) -> None:
    names = options.COLUMNS
    assert [names[place] for place, _, _ in layout(headers(names, "name", False), total)] == shown


def test_settings_and_screen_begin_with_the_same_columns() -> None:
    assert options.COLUMNS == config.COLUMNS
    assert set(options.COLUMNS) <= set(COLUMNS)
