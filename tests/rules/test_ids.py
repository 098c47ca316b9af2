from __future__ import annotations

import uuid

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules import ids

NOW = 1_780_000_000_000


def test_an_id_is_a_version_7_uuid_of_32_hex_digits() -> None:
    made = ids.new_id(NOW)
    assert len(made) == 32
    assert made == made.lower()
    assert uuid.UUID(made).version == 7
    assert uuid.UUID(made).variant == uuid.RFC_4122
    assert int(made[:12], 16) == NOW


def test_ids_of_one_millisecond_grow() -> None:
    source = ids.IdSource()
    made = [source.new(NOW) for _ in range(1000)] + source.many(NOW, 1000) + [source.new(NOW)]
    assert made == sorted(set(made))


def test_ids_grow_when_the_clock_steps_back_a_little() -> None:
    source = ids.IdSource()
    assert source.new(NOW) < source.new(NOW - 500) < source.new(NOW + 1)


def test_a_clock_of_another_year_starts_afresh() -> None:
    source = ids.IdSource()
    source.new(NOW)
    earlier = source.new(NOW - 90_000_000)
    assert int(earlier[:12], 16) == NOW - 90_000_000


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 300)), max_size=30), st.binary(min_size=10, max_size=10))
def test_whatever_the_steps_no_id_comes_twice(steps: list[tuple[int, int]], chance: bytes) -> None:
    source = ids.IdSource(lambda _: chance)
    made: list[str] = []
    for later, count in steps:
        made += source.many(NOW + later, count)
    assert made == sorted(set(made))
    assert all(uuid.UUID(one).version == 7 for one in made)


def test_a_full_counter_carries_over() -> None:
    source = ids.IdSource(lambda n: b"\xff" * n)
    source.new(NOW)
    source._tail = (1 << 62) - 2
    made = source.many(NOW, 10)
    assert made == sorted(set(made))
    assert all(uuid.UUID(one).variant == uuid.RFC_4122 for one in made)
    source._head, source._tail = (1 << 12) - 1, (1 << 62) - 2
    assert source.new(NOW) > made[-1]
    assert source.many(NOW, 10)[0] > made[-1]


def test_given_bytes_make_the_same_id_again() -> None:
    assert ids.new_id(NOW, b"0123456789") == ids.new_id(NOW, b"0123456789")
    assert ids.new_id(NOW, b"0123456789") != ids.new_id(NOW, b"0123456788")
    assert uuid.UUID(ids.new_id(NOW, b"0123456789")).version == 7


def test_a_fixed_id_depends_on_its_names_only() -> None:
    assert ids.fixed_id("custom_fields", "size") == "e6643fca12178b7cbdcfc3552ba50f3c"
    assert ids.fixed_id("ab", "c") != ids.fixed_id("a", "bc")
    assert ids.fixed_id("a") != ids.fixed_id("a", "")
    assert uuid.UUID(ids.fixed_id("客户")).version == 8
