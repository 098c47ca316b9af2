"""Undo and redo, with the traces in which an earlier design went wrong; the numbers are those of CHECK.md."""

from __future__ import annotations

import pytest

from crm_tui.rules.undoing import Left, Reason, undo_plan, undo_stacks
from crm_tui.rules.writing import Write
from tests.rules.machines import World, disagree, shared_row


@pytest.fixture
def three():
    world = World(machines=3)
    return (world, *world.machines)


def test_two_undos_in_a_row_walk_two_actions_back_and_two_redos_forward(three):  # 6
    _, a, *_ = three
    a.insert("r", name="0")
    one, two = a.edit("r", name="1"), a.edit("r", name="2")
    a.undo(two)
    assert a.value("r", "name") == "1"
    a.undo(one)
    assert a.value("r", "name") == "0"
    for wanted in ("1", "2"):
        a.undo(a.stacks()[1][-1])
        assert a.value("r", "name") == wanted


def test_a_new_row_can_be_taken_back_after_the_edits_on_it_were_taken_back(three):
    _, a, *_ = three
    made = a.insert("r", name="x")
    edited = a.edit("r", name="y")
    assert undo_plan(a.history, made).left == [Left("r", None, Reason.WRITTEN)]
    a.undo(edited)
    a.undo(made)
    assert a.hidden("r")
    assert a.value("r", "deleted") == "undone"


def test_a_new_row_can_be_taken_back_brought_back_and_taken_back(three):
    _, a, *_ = three
    made = a.insert("r", name="x")
    for hidden in (True, False, True, False):
        done, back = a.stacks()
        a.undo(done[-1] if hidden else back[-1])
        assert a.hidden("r") == hidden
    a.undo(made)
    assert a.hidden("r")


def test_bringing_a_row_back_cannot_be_undone_once_others_wrote_on_it(three):
    world, a, b, _ = three
    a.undo(a.insert("r", name="x"))
    a.undo(a.stacks()[1][-1])
    again = a.stacks()[0][-1]
    world.meet()
    b.edit("r", name="Ben's")
    world.meet()
    assert undo_plan(a.history, again).left == [Left("r", None, Reason.WRITTEN)]


def test_a_new_row_to_which_others_point_is_left_and_goes_once_they_are_gone(three):
    _, a, *_ = three
    made = a.act([Write("k", None, {"customer": "r"}), Write("r", None, {"name": "x"})])
    phone = a.insert("p", customer="k")
    assert set(undo_plan(a.history, made).left) == {Left("k", None, Reason.POINTED), Left("r", None, Reason.POINTED)}
    a.undo(phone)
    assert not a.undo(made).left
    assert a.hidden("k")
    assert a.hidden("r")


def test_a_row_that_points_counts_again_when_somebody_wrote_on_it_while_it_was_taken_back(three):
    world, a, b, _ = three
    made = a.insert("r", name="x")
    phone = a.insert("p", owner="r")
    world.meet()
    a.undo(phone)
    b.edit("p", name="Ben's")
    world.meet()
    assert undo_plan(a.history, made).left == [Left("r", None, Reason.POINTED)]


def test_a_row_that_a_person_trashed_stays_in_the_trash_when_its_insert_is_undone(three):
    _, a, *_ = three
    made = a.insert("r", name="x")
    a.trash("r")
    assert not a.undo(made).write
    assert a.value("r", "deleted") == "trashed"


def test_undo_does_not_replace_what_another_machine_wrote_at_the_same_time(three):  # 7
    world, a, b, _ = three
    shared_row(world, a)
    disagree(world, a, b)
    assert a.undo(a.stacks()[0][-1]).left == [Left("r", "name", Reason.CHANGED)]
    assert a.conflict("r", "name")


def test_a_choice_is_not_undone_but_its_sides_are_offered(three):  # 8
    world, a, b, _ = three
    shared_row(world, a)
    disagree(world, a, b)
    chosen = a.choose("r", "name", "7")
    assert a.undo(chosen).left == [Left("r", "name", Reason.CHOICE, ("1", "7"))]


def test_trashing_a_disputed_row_again_is_a_choice_too(three):
    world, a, b, _ = three
    shared_row(world, a)
    a.trash("r")
    b.edit("r", name="needed")
    world.meet()
    again = b.trash("r")
    assert b.undo(again).left == [Left("r", "deleted", Reason.CHOICE, ("trashed", None))]


def test_an_undone_import_stays_undone_when_its_bundle_comes_again(three):  # 21
    world, a, b, c = three
    shared_row(world, a)
    brought = a.edit("r", name="imported")
    bundle = a.history.since({})
    world.meet()
    b.undo(brought)
    assert b.history.admit(bundle) == 0
    world.meet()
    assert {machine.value("r", "name") for machine in (a, b, c)} == {"old"}


def test_after_a_crash_undo_goes_on_with_the_actions_of_the_log_before(three):
    _, a, b, _ = three
    a.insert("r", name="0")
    a.edit("r", name="1")
    a.give(b)
    done, _ = undo_stacks(b.history, ["a", "b"])
    b.undo(done[-1])
    assert b.value("r", "name") == "0"
    assert undo_stacks(b.history, ["a", "b"]) == ([("a", 1)], [("b", 1)])
