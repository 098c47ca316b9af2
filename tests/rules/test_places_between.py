"""Keys between keys: always room, always in order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.places_between import arriving, between

NOW = 1_795_000_000_000


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10_000)), min_size=1, max_size=80))
def test_wherever_a_card_is_put_the_keys_stay_in_order(puts: list[tuple[bool, int]]) -> None:
    keys: list[str] = []
    for clock, (arrives, put) in enumerate(puts):
        if arrives:
            keys.insert(0, arriving(NOW + 10 * clock))
        else:
            at = put % (len(keys) + 1)
            low = keys[at - 1] if at else None
            high = keys[at] if at < len(keys) else None
            keys.insert(at, between(low, high))
        assert keys == sorted(set(keys))


@pytest.mark.parametrize("front", [True, False])
def test_ten_thousand_cards_put_at_one_end_have_short_keys(front: bool) -> None:
    key = between(None, None)
    for _ in range(10_000):
        new = between(None, key) if front else between(key, None)
        assert (new < key) == front
        key = new
    assert len(key) == 8


def test_cards_of_one_action_keep_their_order_below_what_comes_later() -> None:
    keys = [arriving(NOW, n) for n in range(50)]
    assert keys == sorted(keys)
    assert arriving(NOW + 1) < keys[0]


def test_between_neighbours_there_is_always_room() -> None:
    low, high = arriving(NOW, 0), arriving(NOW, 1)
    for _ in range(100):
        low, high = (low, between(low, high)) if len(low) % 2 else (between(low, high), high)
        assert low < high


def test_what_is_not_in_order_is_refused() -> None:
    with pytest.raises(ValueError, match="not before"):
        between("bbbbbbbb", "aaaaaaaa")
    with pytest.raises(ValueError, match="no key"):
        between("?", None)
