"""What the company agreed on travels to every machine, and is what ships until somebody changes it."""

from __future__ import annotations

import pytest

from crm_tui.errors import Invalid
from crm_tui.rules.policies import AGREEMENTS, CALLBACKS_AFTER, CAPACITY, HOURS, TRAVEL, clean
from crm_tui.services.crm import Crm


def test_what_ships_holds_until_it_is_changed_and_after_undo(crm: Crm) -> None:
    assert (crm.free_slots.capacity, crm.free_slots.travel) == (8, 15)
    crm.policies.set(CAPACITY, "12")
    assert crm.free_slots.capacity == 12
    assert crm.policies.is_own(CAPACITY)
    crm.history.undo()
    assert crm.free_slots.capacity == 8
    crm.policies.set(CAPACITY, "9")
    assert crm.policies.number(CAPACITY) == 9
    crm.policies.reset(CAPACITY)
    assert (crm.policies.number(CAPACITY), crm.policies.is_own(CAPACITY)) == (8, False)


def test_one_name_is_one_row_whoever_writes_it(crm: Crm) -> None:
    first = crm.policies.set(TRAVEL, "20")
    second = crm.policies.set(TRAVEL, "25")
    assert first.rows == second.rows
    assert [row["name"] for row in crm.policies.all()] == [TRAVEL]


def test_calls_after_a_delivery_can_be_switched_off(crm: Crm) -> None:
    assert crm.policies.numbers(CALLBACKS_AFTER) == [3, 30]
    crm.policies.set(CALLBACKS_AFTER, "off")
    assert crm.policies.numbers(CALLBACKS_AFTER) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (CAPACITY, "0"), (CAPACITY, "many"), (TRAVEL, "-1"), (CALLBACKS_AFTER, "3;x"), (HOURS, "nine to five"),
        ("festival_greetings", "perhaps"), ("calendar_country", "China"), ("nothing", "1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_sentence(crm: Crm, name: str, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        crm.policies.set(name, text)
    assert caught.value.problems[name]
    with pytest.raises(Invalid):
        crm.policies.add({"name": name, "value": text})


def test_what_ships_is_written_as_it_would_be_kept() -> None:
    for name, agreement in AGREEMENTS.items():
        assert clean(name, agreement.shipped) == agreement.shipped or not agreement.shipped
