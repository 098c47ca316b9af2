from __future__ import annotations

from datetime import timedelta

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW


@pytest.fixture
def me(crm: Crm) -> str:
    person = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(person)
    return person


def customer_of(crm: Crm, owner: str, name: str, *refusals: int) -> tuple[str, list[str]]:
    """A customer with a contact person for each of the flags."""
    customer = crm.customers.create({"name": name, "owner": owner}, ["13812345678"]).ids[0]
    people = [
        crm.contacts.add({"customer": customer, "name": f"{name} {n}", "do_not_call": flag}).ids[0]
        for n, flag in enumerate(refusals)
    ]
    return customer, people


def names(dials: list[object]) -> list[str]:
    return sorted(dial.entry.name for dial in dials)  # type: ignore[attr-defined]


def test_the_queue_holds_nobody_who_asked_not_to_be_called(crm: Crm, me: str) -> None:
    fine, _ = customer_of(crm, me, "Fine", 0, 1)
    all_refuse, _ = customer_of(crm, me, "Empty", 1, 1)
    one_refuses, (no, yes) = customer_of(crm, me, "Mixed", 1, 0)
    refused, _ = customer_of(crm, me, "Refused")
    crm.customers.edit(refused, {"do_not_call": 1})
    for customer in (fine, all_refuse, refused):
        crm.visits.plan(customer, NOW - timedelta(hours=1), "call")
    crm.visits.plan(one_refuses, NOW - timedelta(hours=1), "callback", values={"contact": no})
    crm.visits.plan(one_refuses, NOW - timedelta(hours=2), "survey", values={"contact": yes})
    assert names(list(crm.callbacks.queue(me))) == ["Fine", "Mixed"]
    assert names(list(crm.callbacks.held(me))) == ["Empty", "Mixed", "Refused"]


def test_the_numbers_of_who_asked_not_to_be_called_are_not_dialled(crm: Crm, me: str) -> None:
    customer, (no, yes) = customer_of(crm, me, "Mixed", 1, 0)
    crm.noun("phones").add({"customer": customer, "contact": no, "number": "13900000001"})
    crm.noun("phones").add({"customer": customer, "contact": yes, "number": "13900000002"})
    assert crm.callbacks.numbers(customer) == ["+8613812345678", "+8613900000002"]


def test_cadences_propose_nobody_whose_persons_all_refuse(crm: Crm, me: str) -> None:
    crm.cadences.add({"every_days": 10, "kind": "call"})
    fine, _ = customer_of(crm, me, "Fine", 1, 0)
    customer_of(crm, me, "Empty", 1, 1)
    refused, _ = customer_of(crm, me, "Refused")
    crm.customers.edit(refused, {"do_not_call": 1})
    later = crm.cadences.propose(me, horizon=60)
    assert [one.customer for one in later.plans] == [fine]
    assert {one.name for one in crm.cadences.standings(me, late_only=False) if one.do_not_call} == {"Empty", "Refused"}


def test_no_call_follows_a_delivery_to_who_asked_not_to_be_called(crm: Crm, me: str) -> None:
    customer, (no,) = customer_of(crm, me, "Empty", 1)
    crm.visits.log(customer, {"kind": "delivery", "summary": "3 boxes"})
    assert crm.visits.open_plans(customer) == []
    crm.contacts.edit(no, {"do_not_call": 0})
    crm.visits.log(customer, {"kind": "delivery", "summary": "3 boxes"})
    assert {row["kind"] for row in crm.visits.open_plans(customer)} == {"callback"}


def test_a_call_by_hand_is_warned_about_and_nothing_else(crm: Crm, me: str) -> None:
    customer, (no, yes) = customer_of(crm, me, "Mixed", 1, 0)
    assert crm.no_calls.warning(customer, "call") == ""
    assert crm.no_calls.warning(customer, "call", no) == "Mixed 0 asked not to be called"
    assert crm.no_calls.warning(customer, "visit", no) == ""
    assert crm.no_calls.warning(customer, "call", yes) == ""
    crm.customers.edit(customer, {"do_not_call": 1, "no_go": "never\nbefore noon"})
    assert crm.no_calls.warning(customer, "call", yes) == "Mixed asked not to be called: never before noon"


def test_a_merged_customer_keeps_what_its_persons_asked_for(crm: Crm, me: str) -> None:
    kept, _ = customer_of(crm, me, "Kept")
    gone, _ = customer_of(crm, me, "Gone", 1)
    crm.customers.merge(kept, gone)
    assert crm.no_calls.reason(gone) == "all contact persons of Kept asked not to be called"
    brief = crm.briefs.of(kept)
    assert (brief.do_not_call, brief.not_to_call) == (True, ["Gone 0"])
