"""Leads: written down in a line, answered in time, made customers and deals; the way to both is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm_tui.errors import Invalid, Refused
from crm_tui.services.crm import Crm
from tests.conftest import NOW


@pytest.fixture
def me(crm: Crm) -> str:
    row = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(row)
    return row


def test_the_first_answer_is_due_after_working_minutes(crm: Crm, me: str) -> None:
    lead = crm.leads.get(crm.leads.add({"name": "Fang"}).ids[0])
    assert (lead["owner"], lead["taken_by"], lead["state"]) == (me, me, "new")
    assert lead["due"] == "2026-11-24T03:05:00Z"
    evening = NOW.replace(hour=17, minute=40)
    late = crm.leads.get(crm.leads.add({"name": "Late", "came": evening}).ids[0])
    assert late["due"] == "2026-11-25T01:40:00Z"
    crm.policies.set("lead_answer_minutes", "10")
    assert crm.leads.get(crm.leads.add({"name": "Quick"}).ids[0])["due"] == "2026-11-24T02:15:00Z"
    assert [row["name"] for row in crm.leads.queue()] == ["Quick", "Fang", "Late"]


def test_who_may_be_the_same_is_told_at_once(crm: Crm, me: str) -> None:
    known = crm.customers.create({"name": "上海王芳贸易有限公司"}, phones=["13812345678"]).ids[0]
    first = crm.leads.add({"name": "王小姐", "phone": "13900001111", "email": "a@b.example"}).ids[0]
    assert [(one.noun, one.id) for one in crm.leads.alike("", "+86 138 1234 5678")] == [("customers", known)]
    assert [(one.noun, one.why) for one in crm.leads.alike("", "139 0000 1111")] == [("leads", "same phone")]
    assert [one.why for one in crm.leads.alike("", "", "A@B.example")] == ["same e-mail"]
    assert [one.why for one in crm.leads.alike("王小姐")] == ["same name"]
    assert crm.leads.alike("王小姐", but=first) == []
    assert crm.leads.alike("", "110") == []


def test_a_lead_becomes_customer_and_deal_in_one_action_and_keeps_the_way(crm: Crm, me: str) -> None:
    given = {
        "name": "Tom",
        "company": "Harbour Grill",
        "phone": "+44 20 7946 0177",
        "interest": "Ovens",
        "source": "web",
    }
    lead = crm.leads.add(given).ids[0]
    crm.pipelines.ensure()
    before = crm.digest()
    customer, deal = crm.leads.convert(lead, deal={"amount": "GBP 9k"}).ids[:2]
    row = crm.leads.get(lead)
    assert (row["state"], row["customer"], row["deal"]) == ("converted", customer, deal)
    assert crm.customers.get(customer)["name"] == "Harbour Grill"
    assert [one["name"] for one in crm.contacts.of(customer)] == ["Tom"]
    assert crm.phones.of(customer)[0]["number"] == "+442079460177"
    opened = crm.deals.get(deal)
    assert (opened["name"], opened["amount"], opened["currency"], opened["source"]) == ("Ovens", 900_000, "GBP", "web")
    assert opened["number"]
    assert len(crm.deals.log(deal)) == 1
    with pytest.raises(Refused):
        crm.leads.convert(lead)
    assert crm.leads.queue() == []
    assert [one["id"] for one in crm.leads.closed()] == [lead]
    crm.history.undo()
    assert crm.digest() == before


def test_a_lead_of_a_known_customer_makes_no_second_one(crm: Crm, me: str) -> None:
    known = crm.customers.create({"name": "Acme"}).ids[0]
    lead = crm.leads.add({"name": "Ann", "interest": "Ovens"}).ids[0]
    crm.leads.convert(lead, known)
    assert len(crm.customers.all()) == 1
    assert crm.deals.open_of(known)[0]["name"] == "Ovens"


def test_states_go_forward_and_the_first_answer_counts(crm: Crm, me: str) -> None:
    lead = crm.leads.add({"name": "Ann"}).ids[0]
    crm.leads.answer(lead)
    first = crm.leads.get(lead)["answered"]
    crm.leads.qualify(lead)
    assert (crm.leads.get(lead)["state"], crm.leads.get(lead)["answered"]) == ("qualified", first)
    with pytest.raises(Refused):
        crm.leads.discard(lead, " ")
    crm.leads.discard(lead, "bought elsewhere")
    assert crm.leads.get(lead)["discard_reason"] == "bought elsewhere"
    with pytest.raises(Refused):
        crm.leads.answer(lead)
    with pytest.raises(Invalid):
        crm.leads.add({"name": "Back", "came": NOW, "went": NOW - timedelta(minutes=5)})


def test_the_register_of_a_day_counts_who_can_be_reached(crm: Crm, me: str) -> None:
    crm.leads.add({"name": "Ann", "phone": "13812345678"})
    crm.leads.add({"name": "Ben", "kind": "walk_in"})
    crm.leads.add({"name": "Old", "came": NOW - timedelta(days=1)})
    day = crm.leads.register(NOW.date())
    assert (day.came, day.count, day.reachable) == ({"call_in": 1, "walk_in": 1}, 2, 1)
