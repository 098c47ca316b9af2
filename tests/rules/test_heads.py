"""The shortest traces in which an earlier design of the merge went wrong; the numbers are those of CHECK.md."""

from __future__ import annotations

import pytest

from crm_tui.rules import writing
from crm_tui.rules.heads import Action, Change, Fork, Gap, History, Seen
from crm_tui.rules.hidden import disputed
from crm_tui.rules.shape import Shape
from crm_tui.rules.undoing import Left, Reason, undo_plan, undo_stacks
from crm_tui.rules.writing import Write
from tests.rules.machines import World


@pytest.fixture
def three():
    world = World(machines=3)
    return (world, *world.machines)


def shared_row(world, machine, row="r", **values):
    machine.insert(row, **(values or {"name": "old"}))
    world.meet()


def disagree(world, a, b, field="name", of_a="7", of_b="1"):
    """A's value is the later one."""
    b.edit("r", **{field: of_b})
    world.time += 10
    a.edit("r", **{field: of_a})
    world.meet()
    assert a.conflict("r", field)
    assert a.value("r", field) == of_a


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
    assert not a.hidden("r"), "the line is still there"
    a.trash("line")
    assert a.hidden("r"), "nothing unknown hangs on it any more"


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


def test_only_what_grew_is_recorded_as_seen(three):
    world, a, b, _ = three
    shared_row(world, a)
    b.edit("r", name="1")
    b.edit("r", name="2")
    assert [action.seen for action in b.history.actions()] == [(), (Seen("b", 1, "a", 1),), ()]


def test_after_a_crash_undo_goes_on_with_the_actions_of_the_log_before(three):
    _, a, b, _ = three
    a.insert("r", name="0")
    a.edit("r", name="1")
    a.give(b)
    done, _ = undo_stacks(b.history, ["a", "b"])
    b.undo(done[-1])
    assert b.value("r", "name") == "0"
    assert undo_stacks(b.history, ["a", "b"]) == ([("a", 1)], [("b", 1)])
