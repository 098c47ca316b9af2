"""All conflicts of one field, read at once: the same sides as one by one, on whichever machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_tui.errors import ChangedSince, Refused
from crm_tui.services.alike import Alike, Sides, alike, settle, together
from crm_tui.services.conflicts import SPAN, left_alone
from crm_tui.services.stale import look
from tests.ui.sync_world import Desk, make_disagreeing


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk, Desk]]:
    """Anna disagrees with Ben; Carl knows both and wrote none of it."""
    anna, ben = make_disagreeing(tmp_path)
    carl = Desk(tmp_path, "carl")
    carl.bundles.join(anna.out(), accept_key="any")
    yield anna, ben, carl
    for desk in (anna, ben, carl):
        desk.crm.close()


def regions(desk: Desk) -> Alike:
    number = next(one.number for one in desk.crm.conflicts.rows() if one.field == "region")
    return alike(desk.crm, number)


def test_what_is_read_at_once_is_what_is_read_one_by_one(desks: tuple[Desk, Desk, Desk]) -> None:
    for desk in desks[::2]:
        waiting = desk.crm.conflicts.rows()
        for number in {one.number % SPAN: one.number for one in waiting}.values():
            found = alike(desk.crm, number)
            same = together([one for one in waiting if one.number % SPAN == number % SPAN])
            assert same is not None
            if not found.of_trash:
                assert found == same
            else:
                assert [one.row for one in found.sides] == [one.row for one in same.sides]


def test_only_those_with_that_side_are_settled(desks: tuple[Desk, Desk, Desk]) -> None:
    anna, _, carl = desks
    assert (regions(anna).count("mine"), regions(carl).count("mine")) == (2, 0)
    with pytest.raises(Refused):
        settle(carl.crm, regions(carl), "mine")
    done = settle(anna.crm, regions(anna), "mine")
    assert (done.count, anna.crm.conflicts.count()) == (2, 3)
    assert {row["region"] for row in anna.crm.customers.all()} == {"华东", "Greater London", "苏州"}


def test_somebody_who_writes_meanwhile_is_told_first(desks: tuple[Desk, Desk, Desk]) -> None:
    anna, ben, _ = desks
    opened, found = look(anna.crm), regions(anna)
    ben.back(minutes=5)
    row = next(row["id"] for row in ben.crm.customers.all() if row["name"] == "Northwind Trading")
    ben.crm.customers.edit(row, {"region": "Leeds"})
    anna.bundles.take(ben.out(), accept_key="any")
    with pytest.raises(ChangedSince) as asked:
        settle(anna.crm, found, "mine", opened)
    assert [(one.value, one.person, one.machine) for one in asked.value.news] == [("Leeds", "王强", "ben")]
    assert anna.crm.conflicts.count() == 5


def test_a_choice_is_read_again_from_the_log_with_the_sides_that_it_settled(desks: tuple[Desk, Desk, Desk]) -> None:
    anna, _, _ = desks
    before = {one.row: one.sides for one in anna.crm.conflicts.rows() if one.field == "region"}
    assert anna.crm.conflicts.settled_last() == []
    settle(anna.crm, regions(anna), "theirs")
    again = anna.crm.conflicts.settled_last()
    assert {one.row: one.sides for one in again} == before
    anna.crm.customers.create({"name": "New"})
    assert anna.crm.conflicts.settled_last() == []


def test_fields_left_alone_are_said_in_a_sentence() -> None:
    assert left_alone(0) == ""
    assert left_alone(1).startswith("1 field left alone")
    assert left_alone(3) == "3 fields left alone, because machines disagree on them; see Conflicts"
    assert Alike("customers", "deleted", 1, (Sides("r"),)).values("throw") == [("r", "trashed")]
