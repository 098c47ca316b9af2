from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.ui.shown import app_on, screen_text


@pytest.fixture
def twins(crm: Crm) -> tuple[str, str]:
    """One customer that was added twice."""
    phone = "+442079460123"
    a = crm.customers.create({"name": "Northwind Trading", "region": "London"}, [phone]).ids[0]
    b = crm.customers.create(
        {"name": "Northwind Trading Ltd.", "region": "Leeds", "industry": "trade"}, ["+442079460123"]
    )
    return a, b.ids[0]


async def _ready(pilot: Any) -> None:
    await pilot.settle()
    await pilot.pause(0.2)
    await pilot.settle()


def test_a_pair_stands_with_its_reason_and_m_merges_it(
    crm: Crm, twins: tuple[str, str], drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        await _ready(pilot)
        assert "same phone" in screen_text(pilot)
        await pilot.press("m")
        await pilot.settle()
        kept = crm.customers.get(twins[0])
        assert (kept["name"], kept["region"]) == ("Northwind Trading", "London")
        assert kept["industry"] == "trade"  # what was empty is filled from the other one
        assert crm.customers.root(twins[1]) == twins[0]
        assert "No likely duplicates" in screen_text(pilot)
        await pilot.press("u")
        await _ready(pilot)
        assert crm.customers.root(twins[1]) == twins[1]
        assert "Northwind" in screen_text(pilot)

    drive(app_on(crm.store.path, "duplicates"), script, size=(140, 45))


def test_s_lets_the_other_one_stay_with_its_own_values_but_for_those_that_were_picked(
    crm: Crm, twins: tuple[str, str], drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        await _ready(pilot)
        await pilot.press("enter", "space", "space")  # the name of the first one, on purpose
        await pilot.press("s")
        await pilot.settle()
        lines = screen_text(pilot).split("\n")
        region = next(line for line in lines if "Region" in line)
        assert region.index("> Leeds") < region.index("London")
        await pilot.press("s", "s", "m")
        await pilot.settle()
        kept = crm.customers.get(twins[1])
        assert (kept["name"], kept["region"], kept["industry"]) == ("Northwind Trading", "Leeds", "trade")
        assert crm.customers.root(twins[0]) == twins[1]
        await pilot.press("u")
        await _ready(pilot)
        assert crm.customers.root(twins[0]) == twins[0]

    drive(app_on(crm.store.path, "duplicates"), script, size=(140, 45))


def test_space_takes_the_other_side_field_by_field(
    crm: Crm, twins: tuple[str, str], drive: Callable[..., None]
) -> None:
    async def script(pilot: Any) -> None:
        await _ready(pilot)
        await pilot.press("enter", "j", "space", "m")
        await pilot.settle()
        kept = crm.customers.get(twins[0])
        assert (kept["name"], kept["region"]) == ("Northwind Trading", "Leeds")

    drive(app_on(crm.store.path, "duplicates"), script, size=(80, 24))


def test_a_pair_that_is_two_is_not_shown_again(crm: Crm, twins: tuple[str, str], drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _ready(pilot)
        await pilot.press("n")
        await pilot.settle()
        assert crm.duplicates.pairs() == []

    drive(app_on(crm.store.path, "duplicates"), script)


def test_hostile_names_stand_as_they_are(crm: Crm, drive: Callable[..., None]) -> None:
    for _ in range(2):
        crm.customers.create({"name": "x [/oops] [red]", "note": "[b]" * (1 + _)}, ["13812345678"])

    async def script(pilot: Any) -> None:
        await _ready(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert "[b]" in screen_text(pilot)

    drive(app_on(crm.store.path, "duplicates"), script, size=(140, 30))
