"""Heads, conflicts, trash, merged customers: traces where an earlier design went wrong, numbered as in CHECK.md."""

from __future__ import annotations

import pytest

from crm_tui.rules import writing
from crm_tui.rules.heads import Action, Change, Fork, Gap, History, Seen
from crm_tui.rules.hidden import disputed
from crm_tui.rules.shape import Shape
from crm_tui.rules.writing import Write
from tests.rules.machines import World, disagree, shared_row


@pytest.fixture
def three():
    world = World(machines=3)
    return (world, *world.machines)


def test_choosing_the_value_that_is_shown_settles_a_conflict_everywhere(three):  # 1
    world, a, b, c = three
    shared_row(world, a)
    disagree(world, a, b)
    a.choose("r", "name", "7")
    world.meet()
    assert not any(machine.conflict("r", "name") for machine in (a, b, c))


def test_an_edit_by_somebody_who_knew_of_the_trash_does_not_bring_the_row_back(three):  # 2
    _, a, *_ = three
    a.insert("r", name="old")
    a.trash("r")
    a.edit("r", name="set by a script everywhere")
    assert a.hidden("r")


def test_a_row_that_everybody_who_edited_it_also_trashed_is_hidden(three):  # 3
    world, a, b, _ = three
    shared_row(world, a)
    a.edit("r", amount="1")
    a.trash("r")
    b.edit("r", name="2")
    b.trash("r")
    world.meet()
    assert a.hidden("r")


def test_a_row_restored_by_one_and_trashed_again_by_another_stays_visible_and_disputed(three):  # 4
    world, a, b, _ = three
    a.insert("r", name="old")
    a.trash("r")
    world.meet()
    b.restore("r")
    a.trash("r")
    world.meet()
    assert not a.hidden("r")
    assert disputed(a.history, "r")


def test_a_customer_merged_into_one_that_is_trashed_meanwhile_does_not_vanish(three):  # 5
    world, a, b, c = three
    c.insert("C", name="c")
    b.insert("B", name="b")
    world.meet()
    a.merge("C", "B")
    b.trash("B")
    world.meet()
    assert not a.hidden("B")
    b.trash("B")
    assert b.hidden("B")


def test_an_edit_of_a_disputed_row_does_not_make_it_vanish(three):
    world, a, b, c = three
    shared_row(world, a)
    a.trash("r")
    b.edit("r", name="needed")
    world.meet()
    assert disputed(c.history, "r")
    c.edit("r", name="needed, by Carl too")
    assert not c.hidden("r")
    c.trash("r")
    assert c.hidden("r")


def test_an_order_logged_offline_brings_its_trashed_customer_back_to_light(three):
    world, a, b, _ = three
    shared_row(world, a)
    a.trash("r")
    b.insert("order", name="200 boxes", customer="r")
    b.insert("line", name="of 12", customer="order")
    world.meet()
    assert disputed(a.history, "r")
    a.trash("order")
    assert disputed(a.history, "r"), "only trash again or restore settles it"
    a.trash("r")
    assert a.hidden("r")


def test_a_row_hung_on_a_trashed_one_by_somebody_who_knew_does_not_bring_it_back(three):
    world, a, b, c = three
    shared_row(world, a)
    a.trash("r")
    b.insert("p", name="Ben did not know of the trash")
    world.meet()
    c.edit("p", customer="r")
    assert c.hidden("r")


def test_unmerging_inside_a_cycle_clears_the_survivors_own_pointer_too(three):  # 9
    world, a, b, _ = three
    a.insert("A", name="a")
    a.insert("C", name="c")
    world.meet()
    a.merge("C", "A")
    b.merge("A", "C")
    world.meet()
    assert a.root("C") == a.root("A") == "A"
    b.unmerge("C")
    world.meet()
    assert (a.root("A"), a.root("C")) == ("A", "C")


def test_a_smaller_id_that_leads_into_a_cycle_is_not_its_root(three):
    world, a, b, _ = three
    for row in ("0", "A", "C"):
        a.insert(row, name=row)
    world.meet()
    a.merge("0", "C")
    a.merge("C", "A")
    b.merge("A", "C")
    world.meet()
    assert {a.root(row) for row in ("0", "A", "C")} == {"A"}


def test_merging_writes_one_pointer_and_nothing_where_a_side_is_in_the_trash(three):
    _, a, *_ = three
    for row in "ABC":
        a.insert(row, name=row)
    a.merge("B", "A")
    assert writing.merge(a.history, "C", "B") == [Write("C", "merged_into", "A")]
    assert writing.merge(a.history, "A", "B") == []
    assert writing.unmerge(a.history, "B") == [Write("B", "merged_into", None)]
    assert writing.unmerge(a.history, "A") == []
    a.trash("A")
    assert writing.merge(a.history, "C", "B") == []
    assert writing.merge(a.history, "B", "C") == []


def test_inserting_a_known_id_again_is_logged_as_the_fields_that_differ(three):  # 14
    _, a, *_ = three
    a.insert("r", name="x", amount="1")
    a.edit("r", amount="2")
    assert writing.insert(a.history, "r", {"name": "x", "amount": "3"}) == [Write("r", "amount", "3")]
    a.insert("r", name="x", amount="3")
    assert History(a.history.shape, a.history.actions()).value("r", "amount") == "3"


def test_two_inserts_of_one_id_are_a_conflict_where_they_differ_and_the_later_wins(three):
    world, a, b, _ = three
    a.insert("r", name="Anna", amount="1.0")
    world.time += 10
    b.insert("r", name="Ben", amount="1.00")
    world.meet()
    assert a.history.conflicts() == [("r", "name")]
    assert a.value("r", "name") == "Ben"


def test_an_edit_wins_against_an_insert_of_the_same_id_whatever_the_clocks_say(three):
    world, a, b, _ = three
    a.insert("r", name="Anna")
    a.edit("r", name="Anna, edited")
    b.skew = 10**13
    b.insert("r", name="Ben")
    world.meet()
    assert b.value("r", "name") == "Anna, edited"
    assert b.conflict("r", "name")


def test_two_who_keep_both_sides_write_the_same_text(three):  # 17
    world, a, b, c = three
    shared_row(world, a)
    disagree(world, a, b, of_a="A", of_b="B")
    for machine in (a, b):
        machine.choose("r", "name", writing.keep_both(machine.history, "r", "name"))
    world.meet()
    assert c.value("r", "name") == "B\nA"
    assert not c.conflict("r", "name")


def test_what_came_after_a_screen_was_filled_is_named_before_trashing(three):  # 22
    world, a, b, _ = three
    shared_row(world, a)
    opened = a.history.have
    b.edit("r", amount="5")
    b.insert("p", name="phone", customer="r")
    world.meet()
    assert [change.row for change in writing.unseen(a.history, "r", opened)] == ["p", "r"]
    assert writing.unseen(a.history, "r", a.history.have) == []


def test_a_bulk_edit_skips_fields_in_conflict_and_raw_sql_over_one_is_listed(three):  # 23
    world, a, b, _ = three
    shared_row(world, a)
    shared_row(world, a, "s")
    disagree(world, a, b)
    wanted = [Write("r", "name", "normal"), Write("s", "name", "normal")]
    assert writing.bulk(a.history, wanted) == ([wanted[1]], [wanted[0]])
    a.act(wanted, kind="raw")
    assert [change.row for change in writing.closed_without_choice(a.history)] == ["r"]


def test_a_clock_in_the_future_loses_to_the_next_change_by_anybody_who_saw_it(three):
    world, a, b, _ = three
    shared_row(world, a)
    a.skew = 10**13
    a.edit("r", name="2286")
    world.meet()
    b.edit("r", name="now")
    world.meet()
    assert a.value("r", "name") == "now"
    assert not a.conflict("r", "name")


@pytest.mark.parametrize(
    ("field", "one", "other", "same"),
    [
        ("name", "\u00e9", "e\u0301", True),
        ("name", 1, "1", False),
        ("name", None, "", False),
        ("name", "1.0", "1.00", False),
        ("blank", None, "", True),
        ("decimal", "1.0", "1.00", True),
        ("decimal", "100", "1E2", True),
        ("decimal", "-0.0", "0", True),
        ("decimal", "-1", "1", False),
        ("decimal", "10", "1", False),
        ("decimal", "nan", "NaN", False),
        ("decimal", "about 5", "5", False),
    ],
)
def test_values_are_compared_by_type_and_form(field, one, other, same):
    shape = Shape(decimals=frozenset({"decimal"}), blanks=frozenset({"blank"}))
    assert (shape.canonical(field, one) == shape.canonical(field, other)) is same


def test_a_gap_is_refused_by_name_and_changes_nothing(three):
    world, a, b, c = three
    shared_row(world, a)
    a.edit("r", name="1")
    a.give(b)
    b.edit("r", name="2")
    have = c.history.have
    with pytest.raises(Gap) as gap:
        c.history.admit(b.history.since(have)[1:])
    assert gap.value.missing == {"a": (2, 2)}
    assert c.history.have == have
    assert c.history.admit(b.history.since(have)[1:], wait=True) == 0
    assert c.history.admit(b.history.since(have)[::-1]) == 2


def test_another_change_under_a_known_number_is_refused():
    def action(value):
        return Action("a", 1, (Change("a", 1, 5, "r", None, {"name": value}, 1),))

    history = History(actions=[action("x")])
    assert history.admit([action("x")]) == 0
    with pytest.raises(Fork):
        history.admit([action("y")])
    with pytest.raises(Fork):
        History().admit([action("x"), action("y")])
    again = Action("a", 1, (Change("a", 2, 5, "r", "name", "y", 1),))
    with pytest.raises(Fork):
        history.admit([again])


def test_only_what_grew_is_recorded_as_seen(three):
    world, a, b, _ = three
    shared_row(world, a)
    b.edit("r", name="1")
    b.edit("r", name="2")
    assert [action.seen for action in b.history.actions()] == [(), (Seen("b", 1, "a", 1),), ()]
