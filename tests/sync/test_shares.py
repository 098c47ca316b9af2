"""Shares for partners: what leaves, what comes back, and what nobody outside can do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crm_tui.errors import NotFound, Refused
from crm_tui.rules.heads import Gap
from crm_tui.sync.bundle_file import read_bundle
from crm_tui.sync.shares import Shares
from tests.sync.test_bundles import Desk


@pytest.fixture
def desk(tmp_path: Path):
    desks: list[Desk] = []

    def make(name: str) -> Desk:
        desks.append(Desk(tmp_path, name))
        return desks[-1]

    yield make
    for one in desks:
        one.crm.close()


def share(desk: Desk, name: str = "north.crms", **options):
    options = {"only": {"region": "North"}, "name": "Partner", **options}
    return Shares(desk.bundles).export(desk.home / name, **options)


def take(desk: Desk, path: Path, **options):
    return Shares(desk.bundles).take(path, **{"accept_key": "any", **options})


def customer(desk: Desk, name: str, region: str = "North", **values) -> str:
    return desk.crm.customers.create({"name": name, "region": region, **values}).ids[0]


@pytest.fixture
def trade(desk):
    """A company of two machines, with a customer that a partner sees and one that he does not."""
    anna, ben, partner = desk("anna"), desk("ben"), desk("partner")
    shown = customer(anna, "王芳", note="secret plan", website="https://wang.example")
    anna.crm.phones.add({"customer": shown, "number": "13800138000"})
    other = customer(anna, "李明", "South", note="hidden note")
    anna.export()
    ben.bundles.join(anna.home / "out.crmb", accept_key="any")
    return anna, ben, partner, shown, other


def both(anna: Desk, ben: Desk) -> None:
    for one, other in ((anna, ben), (ben, anna), (anna, ben)):
        one.export()
        other.bundles.take(one.home / "out.crmb", accept_key="any")
    assert anna.crm.digest() == ben.crm.digest()
    for one in (anna, ben):
        assert one.crm.check() == []


def back(partner: Desk, name: str = "back.crms") -> Path:
    return partner.export(name).bundle


def test_a_share_becomes_a_file_that_works_like_any_other_and_its_changes_come_back(trade) -> None:
    anna, ben, partner, shown, other = trade
    share(anna)
    took = take(partner, anna.home / "north.crms")
    assert took.merged.created >= 2
    assert [row["name"] for row in partner.crm.customers.all()] == ["王芳"]
    assert partner.crm.check() == []
    partner.crm.customers.edit(shown, {"website": "https://new.example"})
    partner.crm.noun("tags").add({"customer": shown, "name": "VIP"})
    take(anna, back(partner))
    assert anna.crm.customers.get(shown)["website"] == "https://new.example"
    assert [tag["name"] for tag in anna.crm.noun("tags").of(shown)] == ["VIP"]
    assert anna.crm.customers.get(other)["name"] == "李明"
    both(anna, ben)
    assert not anna.crm.conflicts.rows()


def test_what_the_company_changed_meanwhile_is_a_conflict_on_all_machines(trade) -> None:
    anna, ben, partner, shown, _ = trade
    share(anna)
    take(partner, anna.home / "north.crms")
    anna.crm.customers.edit(shown, {"website": "https://anna.example"})
    partner.crm.customers.edit(shown, {"website": "https://partner.example"})
    take(anna, back(partner))
    [conflict] = anna.crm.conflicts.rows()
    assert {side.value for side in conflict.sides} == {"https://anna.example", "https://partner.example"}
    both(anna, ben)
    assert len(ben.crm.conflicts.rows()) == 1
    anna.crm.conflicts.resolve(conflict.number, "theirs")
    both(anna, ben)
    assert not anna.crm.conflicts.rows()
