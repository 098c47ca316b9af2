from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_tui.errors import Refused
from crm_tui.rules.series import weekly
from crm_tui.services.crm import Crm
from crm_tui.words import set_language
from tests.conftest import NOW, ZONE


@pytest.fixture
def people(crm: Crm) -> tuple[str, str, str]:
    made = [crm.people.add({"name": name}).ids[0] for name in ("Ann", "Ben", "Cat")]
    crm.people.i_am(made[0])
    return made[0], made[1], made[2]


def customers_of(crm: Crm, owner: str, *names: str) -> list[str]:
    return [crm.customers.create({"name": name, "owner": owner}).ids[0] for name in names]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(ZONE))


def test_the_load_counts_what_moves_with_each_customer(crm: Crm, people: tuple[str, str, str]) -> None:
    ann, _, _ = people
    one, two = customers_of(crm, ann, "A", "B")
    crm.customers.edit(one, {"care": "tea", "no_go": "noon", "note": "x"})
    crm.visits.plan(one, NOW - timedelta(days=1), "promise", "price list")
    crm.visits.plan(one, NOW + timedelta(days=1), "visit")
    crm.series.create(two, weekly(datetime(2026, 11, 25, 9), ZONE), "call")
    load = crm.handovers.load(ann)
    rows = {row["name"]: row for row in load.customers}
    assert [rows["A"][name] for name in ("plans", "promises", "overdue", "notes")] == [2, 1, 1, 3]
    assert rows["B"]["plans"] == len(crm.visits.open_plans(two))
    assert (load.promises, load.overdue, load.notes, len(load.series)) == (1, 1, 3, 1)


def test_introductions_stand_on_free_slots_of_who_gets_the_customers(crm: Crm, people: tuple[str, str, str]) -> None:
    ann, ben, _ = people
    ids = customers_of(crm, ann, *"ABCDEFGHIJ")
    other = customers_of(crm, ben, "Z")[0]
    crm.visits.plan(other, at(25, 9), values={"person": ben, "planned_minutes": 60})
    crm.policies.set("contacts_a_day", "4")
    found = crm.handovers.introductions(ben, ids)
    assert list(found) == ids
    assert found[ids[0]] == at(25, 10, 15)
    days = [moment.date() for moment in found.values()]
    assert [days.count(date(2026, 11, day)) for day in (25, 26, 27)] == [3, 4, 3]
    assert crm.handovers.introductions(ben, ids[:1], date(2026, 11, 28))[ids[0]] == at(30, 9)


def test_marked_customers_of_several_owners_go_in_one_action_with_reason_and_series(
    crm: Crm, people: tuple[str, str, str]
) -> None:
    ann, ben, cat = people
    (one,), (two,) = customers_of(crm, ann, "A"), customers_of(crm, ben, "B")
    mine = crm.visits.plan(one, NOW + timedelta(days=1)).ids[0]
    theirs = crm.visits.plan(one, NOW + timedelta(days=2), values={"person": ben}).ids[0]
    series = crm.series.create(two, weekly(datetime(2026, 11, 25, 9), ZONE), "call", values={"person": ben}).ids[0]
    crm.handovers.hand_over(None, cat, [one, two], introduce=[one], reason="Ann \n leaves")
    assert {crm.customers.get(row)["owner"] for row in (one, two)} == {cat}
    assert (crm.visits.get(mine)["person"], crm.visits.get(theirs)["person"]) == (cat, ben)
    assert crm.series.get(series)["person"] == cat
    assert next(row["topic"] for row in crm.visits.open_plans(one)) == "Introduction"
    assert crm.history.entries(1)[0].title == "Handed over 2 customers from Ann, Ben to Cat: Ann leaves"
    set_language("zh")
    assert crm.history.entries(1)[0].title == "将2户客户从Ann, Ben交接给Cat：Ann leaves"
    set_language("en")
    assert [(step.name, step.reason) for step in crm.handovers.trail(one)] == [("Ann", ""), ("Cat", "Ann leaves")]
    crm.history.undo()
    assert [step.name for step in crm.handovers.trail(one)] == ["Ann"]
    assert crm.series.get(series)["person"] == ben
    crm.history.redo()
    assert [step.name for step in crm.handovers.trail(one)] == ["Ann", "Cat"]


def test_nobody_is_introduced_to_who_has_the_customer_already(crm: Crm, people: tuple[str, str, str]) -> None:
    ann, ben, _ = people
    (one,), (two,) = customers_of(crm, ann, "A"), customers_of(crm, ben, "B")
    crm.handovers.hand_over(None, ben, [one, two])
    assert [len(crm.visits.open_plans(row)) for row in (one, two)] == [1, 0]


def test_nothing_and_oneself_are_refused(crm: Crm, people: tuple[str, str, str]) -> None:
    ann, ben, _ = people
    (one,) = customers_of(crm, ann, "A")
    with pytest.raises(Refused, match="has nothing"):
        crm.handovers.hand_over(ben, ann)
    for giver in (ann, None):
        with pytest.raises(Refused, match="already"):
            crm.handovers.hand_over(giver, ann, [one])


def test_a_trail_does_not_repeat_what_was_taken_back(crm: Crm, people: tuple[str, str, str]) -> None:
    ann, ben, cat = people
    (one,) = customers_of(crm, ann, "A")
    crm.handovers.hand_over(ann, ben, introduce=False)
    crm.handovers.hand_over(ben, cat, introduce=False, reason="region")
    crm.history.undo()
    crm.customers.edit(one, {"owner": None})
    assert [step.name for step in crm.handovers.trail(one)] == ["Ann", "Ben", ""]
