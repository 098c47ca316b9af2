from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.completeness import DEFAULT_WEIGHTS, completeness


@pytest.mark.parametrize("kind", ["organisation", "person", "household"])
def test_the_proposed_weights_add_up_to_a_hundred(kind: str) -> None:
    assert sum(DEFAULT_WEIGHTS[kind].values()) == 100


@pytest.mark.parametrize(
    ("kind", "have", "percent", "first"),
    [
        ("person", {"name", "phones"}, 40, "birthday"),
        ("person", set(), 0, "phones"),
        ("organisation", {"name"}, 10, "phones"),
        ("household", {"name", "phones", "addresses", "contacts", "birthday", "needs", "source"}, 100, None),
        ("unheard-of", {"name"}, 10, "phones"),
    ],
)
def test_what_is_missing_comes_weightiest_first(kind: str, have: set[str], percent: int, first: str | None) -> None:
    share, missing = completeness(kind, have)
    assert share == percent
    assert (missing[0] if missing else None) == first


def test_own_weights_stand_over_the_proposal() -> None:
    assert completeness("person", {"name"}, {"person": {"name": 1, "phones": 1, "note": 0}}) == (50, ["phones"])
    assert completeness("person", set(), {}) == (100, [])


@given(st.sampled_from(sorted(DEFAULT_WEIGHTS)), st.sets(st.sampled_from(sorted(DEFAULT_WEIGHTS["organisation"]))))
def test_knowing_more_never_makes_less(kind: str, have: set[str]) -> None:
    share, missing = completeness(kind, have)
    assert 0 <= share <= 100
    assert (share == 100) == (not missing)
    for field in missing:
        assert completeness(kind, have | {field})[0] > share
