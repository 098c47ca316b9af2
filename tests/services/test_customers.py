"""Customers: made, edited, found, merged and separated, and what their cards say."""

from __future__ import annotations

import pytest

from crm_tui.errors import ChangedSince, Invalid, NotFound, Refused
from crm_tui.services.crm import Crm


def test_a_new_customer_comes_with_phones_mails_and_tags_in_one_action(crm: Crm) -> None:
    done = crm.customers.create({"name": "王芳"}, ["138 0013 8000转801"], ["a@b.cn"], ["VIP"])
    card = crm.customers.card(done.ids[0])
    assert [(p["number"], p["extension"]) for p in card["phones"]] == [("+8613800138000", "801")]
    assert [e["address"] for e in card["emails"]] == ["a@b.cn"]
    assert [x["name"] for x in card["tags"]] == ["VIP"]
    assert len(crm.history.entries()) == 1
    crm.history.undo()
    assert crm.customers.all() == []


@pytest.mark.parametrize("name", ["", "   ", None, "\x00\x07"])
def test_a_customer_without_a_name_is_refused_with_a_sentence_at_the_field(crm: Crm, name: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        crm.customers.create({"name": name})
    assert refusal.value.problems == {"name": "must not be empty"}
    assert crm.history.entries() == []


def test_a_wrong_choice_names_the_right_ones(crm: Crm) -> None:
    with pytest.raises(Invalid, match="organisation, person, household"):
        crm.customers.create({"name": "Acme", "kind": "company"})


def test_choices_are_understood_in_both_languages(crm: Crm) -> None:
    assert crm.customers.get(crm.customers.create({"name": "甲", "kind": "个人"}).ids[0])["kind"] == "person"
    assert crm.customers.get(crm.customers.create({"name": "乙", "kind": "Household"}).ids[0])["kind"] == "household"


def test_a_field_that_does_not_exist_is_named(crm: Crm) -> None:
    with pytest.raises(Invalid, match="colour"):
        crm.customers.create({"name": "Acme", "colour": "red"})


def test_a_customer_cannot_be_part_of_itself_or_of_what_is_below_it(crm: Crm) -> None:
    top = crm.customers.create({"name": "Top"}).ids[0]
    middle = crm.customers.create({"name": "Middle", "parent": top}).ids[0]
    low = crm.customers.create({"name": "Low", "parent": middle}).ids[0]
    for parent in (top, middle, low):
        with pytest.raises(Invalid):
            crm.customers.edit(top, {"parent": parent})
    assert [child["name"] for child in crm.customers.card(top)["children"]] == ["Middle"]


def test_a_link_to_nothing_is_refused(crm: Crm) -> None:
    with pytest.raises(Invalid, match="no record"):
        crm.customers.create({"name": "Acme", "owner": "0" * 32})


def test_an_edit_asks_first_if_somebody_else_changed_the_field_meanwhile(crm: Crm) -> None:
    row = crm.customers.create({"name": "Acme", "grade": "A"}).ids[0]
    opened = crm.customers.get(row)
    crm.customers.edit(row, {"grade": "B", "industry": "steel"})
    crm.customers.edit(row, {"region": "北"}, base=opened)
    with pytest.raises(ChangedSince) as asked:
        crm.customers.edit(row, {"grade": "C"}, base=opened)
    assert asked.value.theirs == {"grade": "B"}
    crm.customers.edit(row, {"grade": "C"})
    assert crm.customers.get(row)["grade"] == "C"


def test_several_are_edited_in_one_action(crm: Crm) -> None:
    rows = [crm.customers.create({"name": f"c{n}"}).ids[0] for n in range(5)]
    crm.customers.edit_many(rows, {"grade": "A", "region": "华东"})
    assert {crm.customers.get(row)["grade"] for row in rows} == {"A"}
    assert crm.history.entries(1)[0].title == "Edited 5 Customers: Grade, Region"
    crm.history.undo()
    assert {crm.customers.get(row)["grade"] for row in rows} == {None}


def test_text_resolves_to_one_customer_or_says_who_it_may_be(crm: Crm) -> None:
    row = crm.customers.create({"name": "王芳", "number": "K-7"}, ["13800138000"]).ids[0]
    other = crm.customers.create({"name": "王方"}, ["13800138001"]).ids[0]
    assert crm.customers.resolve(row) == row
    assert crm.customers.resolve("王芳") == row
    assert crm.customers.resolve("K-7") == row
    assert crm.customers.resolve("8001") == other
    with pytest.raises(NotFound, match="several"):
        crm.customers.resolve("wf")
    with pytest.raises(NotFound, match="no customer"):
        crm.customers.resolve("nobody")


def test_a_merged_customer_answers_through_its_survivor_and_comes_back(crm: Crm) -> None:
    keep = crm.customers.create({"name": "Acme Ltd"}, ["13800138000"]).ids[0]
    other = crm.customers.create({"name": "Acme Limited", "grade": "B"}, ["13900139000"]).ids[0]
    crm.visits.log(other, {"summary": "asked for samples"})
    before = crm.digest()
    crm.customers.merge(keep, other, {"grade": "B"})
    card = crm.customers.card(other)
    assert card["id"] == keep
    assert card["grade"] == "B"
    assert {p["number"] for p in card["phones"]} == {"+8613800138000", "+8613900139000"}
    assert [v["summary"] for v in card["timeline"]] == ["asked for samples"]
    assert [m["id"] for m in card["merged"]] == [other]
    assert [hit.id for hit in crm.customers.find("9000").items] == [keep]
    assert len(crm.customers.all()) == 1
    with pytest.raises(Refused):
        crm.customers.merge(other, keep)
    crm.history.undo()
    assert crm.digest() == before
    crm.history.redo()
    crm.customers.unmerge(other)
    assert len(crm.customers.all()) == 2
    assert [hit.id for hit in crm.customers.find("9000").items] == [other]
    with pytest.raises(Refused):
        crm.customers.unmerge(other)
    assert crm.check() == []


def test_a_merge_into_or_of_the_trash_is_refused(crm: Crm) -> None:
    one = crm.customers.create({"name": "one"}).ids[0]
    two = crm.customers.create({"name": "two"}).ids[0]
    crm.customers.trash(two)
    for pair in ((one, two), (two, one)):
        with pytest.raises(Refused, match="trash"):
            crm.customers.merge(*pair)


def test_the_trash_comes_back_with_what_hangs_on_it(crm: Crm) -> None:
    row = crm.customers.create({"name": "Acme"}, ["13800138000"]).ids[0]
    crm.customers.trash(row)
    assert crm.customers.find("8000").items == []
    assert [(x.noun, x.title) for x in crm.trash.rows()] == [("customers", "Acme")]
    crm.trash.restore(row)
    assert len(crm.customers.card(row)["phones"]) == 1
    with pytest.raises(Refused):
        crm.trash.restore(row)


def test_counts_of_the_customer_base(crm: Crm) -> None:
    rows = [crm.customers.create({"name": f"c{n}"}).ids[0] for n in range(4)]
    crm.visits.log(rows[0], {"summary": "x", "started": "2026-01-01T00:00:00Z"})
    crm.visits.log(rows[1], {"summary": "x"}, crm.store.now(), "again")
    assert crm.customers.counts() == {"all": 4, "planned": 1, "never": 2, "silent": 1}


def test_contacts_stand_under_whom_they_report_to(crm: Crm) -> None:
    customer = crm.customers.create({"name": "Acme"}).ids[0]
    boss = crm.contacts.add({"customer": customer, "name": "Boss", "decision_role": "decider"}).ids[0]
    crm.contacts.add({"customer": customer, "name": "Clerk", "reports_to": boss})
    assert [(depth, row["name"]) for depth, row in crm.contacts.tree(customer)] == [(0, "Boss"), (1, "Clerk")]
    with pytest.raises(Invalid):
        crm.contacts.edit(boss, {"reports_to": boss})


def test_a_custom_field_has_the_same_id_on_every_machine_and_comes_back_after_undo(crm: Crm) -> None:
    first = crm.custom_fields.add({"noun": "customers", "key": "rating", "label_en": "Rating"}).ids[0]
    with pytest.raises(Invalid, match="already"):
        crm.custom_fields.add({"noun": "customers", "key": "rating"})
    crm.history.undo()
    assert crm.custom_fields.for_noun("customers") == []
    assert crm.custom_fields.add({"noun": "customers", "key": "rating", "label_zh": "评级"}).ids[0] == first
    assert crm.custom_fields.for_noun("customers")[0]["label_zh"] == "评级"
    with pytest.raises(Invalid):
        crm.custom_fields.add({"noun": "planets", "key": "x"})


def test_history_of_a_record_says_who_changed_what(crm: Crm) -> None:
    person = crm.people.add({"name": "Li Na"}).ids[0]
    crm.people.i_am(person)
    row = crm.customers.create({"name": "Acme"}).ids[0]
    crm.customers.edit(row, {"grade": "A"})
    steps = crm.history.of("customers", row)
    assert next((s.person, s.field, s.old, s.new) for s in steps) == ("Li Na", "grade", None, "A")
    assert steps[-1].field is None
    assert crm.customers.get(row)["owner"] == person
