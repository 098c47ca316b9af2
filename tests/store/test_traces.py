"""The shortest histories that broke an earlier design (CHECK.md 1-25).

Numbers in the names of the tests are those of CHECK.md. Elsewhere: 10 (shared folder), 16 (shares), 22 (stale
screens), 24 (signatures).
"""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from crm_tui.errors import Refused
from crm_tui.rules.heads import Fork, Gap
from crm_tui.rules.slices import ActionHead, SeenAt
from tests.store.machines import Machine
from tests.store.worlds import same


@pytest.fixture
def machines(template: Path, tmp_path: Path):
    made: list[Machine] = []

    def make(names: str) -> list[Machine]:
        made.extend(Machine(tmp_path / f"{name}.db", template, name) for name in names)
        return made

    yield make
    for machine in made:
        if machine.crm is not None:
            machine.crm.close()


def meet(*machines: Machine) -> None:
    """Everybody gets everything; all agree with the rules and with each other, and nothing is damaged."""
    for _ in range(2):
        for one in machines:
            for other in machines:
                if one is not other:
                    one.give(other)
    facts = machines[0].facts()
    for machine in machines:
        same(machine.facts(), facts, machine.name)
        machine.check()
        machine.sound()


def later(machine: Machine) -> None:
    machine.time += 100


def shared(a: Machine, *others: Machine, **values) -> str:
    row = a.insert(**{"name": "old", **values})
    for other in others:
        a.give(other)
    return row


def disagreeing(a: Machine, b: Machine, field: str = "name", of_a="7", of_b="1") -> str:
    """Both changed one field; what A wrote is later and shown."""
    row = shared(a, b)
    b.edit(row, **{field: of_b})
    later(a), later(a)
    a.edit(row, **{field: of_a})
    meet(a, b)
    assert a.conflicts() == {(row, field)}
    assert a.value(row, field) == of_a
    return row


def test_1_to_choose_what_is_shown_settles_a_conflict_for_everybody(machines) -> None:
    a, b = machines("ab")
    row = disagreeing(a, b)
    [conflict] = a.crm.conflicts.rows()
    assert conflict.mine.shown
    a.crm.conflicts.resolve(conflict.number, "mine")
    assert not a.conflicts()
    meet(a, b)
    assert not b.conflicts()
    assert b.value(row) == "7"


def test_1_a_disputed_row_that_is_trashed_again_goes(machines) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.crm.customers.trash(row)
    b.edit(row, name="new")
    meet(a, b)
    assert a.live(row)
    assert b.live(row)
    a.crm.customers.trash(row)
    meet(a, b)
    assert not a.live(row)
    assert not b.live(row)


def test_2_a_script_over_all_rows_does_not_bring_back_what_its_machine_has_trashed(machines) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.crm.customers.trash(row)
    a.raw("UPDATE customers SET region = 'x'")
    meet(a, b)
    assert not a.live(row)
    assert not b.live(row)


def test_3_two_who_each_edited_and_trashed_have_no_dispute(machines) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    for machine, field in ((a, "region"), (b, "name")):
        machine.edit(row, **{field: "x"})
        machine.crm.customers.trash(row)
    meet(a, b)
    assert not a.live(row)
    assert not b.live(row)


def test_4_a_row_that_one_restored_is_not_hidden_by_anothers_second_trash(machines) -> None:
    a, b = machines("ab")
    row = a.insert(name="old")
    a.crm.customers.trash(row)
    a.give(b)
    b.crm.customers.restore(row)
    later(a)
    a.write(row, "deleted", "trashed")
    meet(a, b)
    assert a.live(row)
    assert b.live(row)
    assert [one.field for one in a.crm.conflicts.rows()] == ["deleted"]


def test_5_a_customer_merged_into_one_that_another_trashed_does_not_vanish(machines) -> None:
    a, b, c = machines("abc")
    row_c = shared(c, a)
    row_b = shared(b, a)
    a.crm.customers.merge(row_b, row_c)
    b.crm.customers.trash(row_b)
    meet(a, b, c)
    for machine in (a, b, c):
        assert machine.live(row_b), "it answers for a customer that nobody has trashed"


def test_6_undo_twice_walks_two_actions_back(machines) -> None:
    (a,) = machines("a")
    row = a.insert(name="0")
    for name in "12":
        a.edit(row, name=name)
    a.crm.history.undo()
    assert a.value(row) == "1"
    a.crm.history.undo()
    assert a.value(row) == "0"
    a.crm.history.redo(), a.crm.history.redo()
    assert a.value(row) == "2"


def test_7_undo_leaves_a_field_on_which_another_machines_change_stands(machines) -> None:
    a, c = machines("ac")
    row = shared(a, c)
    c.edit(row, name="2")
    later(a), later(a)
    a.edit(row, name="7")
    number = a.crm.history.entries(1)[0].id
    c.give(a)
    assert a.value(row) == "7"
    with pytest.raises(Refused):
        a.crm.store.undo(number)
    assert a.conflicts() == {(row, "name")}


def test_8_undo_of_a_choice_offers_the_sides_and_writes_nothing(machines) -> None:
    a, b = machines("ab")
    row = disagreeing(a, b)
    a.write(row, "name", "1", "choice")
    a.edit(row, region="x")
    with pytest.raises(Refused):
        a.crm.store.undo(a.crm.history.entries(2)[1].id)
    assert a.value(row) == "1"


def test_9_unmerge_inside_a_cycle_separates(machines) -> None:
    a, b = machines("ab")
    row_a, row_c = shared(a, b), shared(a, b)
    a.crm.customers.merge(row_a, row_c)
    b.crm.customers.merge(row_c, row_a)
    meet(a, b)
    assert len([row for row in (row_a, row_c) if a.live(row)]) == 1
    merged = row_c if a.live(row_a) else row_a
    b.crm.customers.unmerge(merged)
    meet(a, b)
    assert a.live(row_a)
    assert a.live(row_c)


def test_11_what_was_refused_for_a_gap_is_taken_when_the_gap_is_filled(machines, tmp_path: Path) -> None:
    a, b, c = machines("abc")
    row = shared(a, b, c)
    b.bundles.export(tmp_path / "b0.crmb")
    since = b.have()
    b.edit(row, name="b")
    b.give(a)
    a.edit(row, region="a")
    a.bundles.export(tmp_path / "a.crmb", only=frozenset({a.log}))
    with pytest.raises(Gap):
        c.bundles.take(tmp_path / "a.crmb", accept_key="any")
    b.bundles.export(tmp_path / "b.crmb", since=since)
    c.bundles.take(tmp_path / "b0.crmb", accept_key="any")
    c.bundles.take(tmp_path / "b.crmb", accept_key="any")
    c.bundles.take(tmp_path / "a.crmb", accept_key="any")
    meet(a, b, c)
    assert (c.value(row), c.value(row, "region")) == ("b", "a")


def test_12_a_twin_is_found_in_the_claims_of_others_too(machines, tmp_path: Path) -> None:
    a, c, d = machines("acd")
    row = shared(a, c, d)
    twin = a.twin(tmp_path)
    a.edit(row, name="ANNA")
    twin.edit(row, name="copy")
    assert a.log == twin.log
    a.give(c), twin.give(d)
    d.edit(row, name="DORA")
    slices, items = d.bundle(c.have())
    own = [one for one in slices if one.log == d.log]
    before = c.everything()
    with pytest.raises(Fork):
        c.take((own, [i for head, changes in _actions(items, d.log) for i in (head, *changes)]))
    with pytest.raises(Fork):
        twin.give(c, full=True)
    assert c.everything() == before
    assert c.value(row) == "ANNA"
    twin.crm.close()


def _actions(items, log: str):
    found = []
    for item in items:
        if isinstance(item, ActionHead):
            found.append((item, []))
        else:
            found[-1][1].append(item)
    return [one for one in found if one[0].log == log]


def test_13_an_old_file_put_back_by_hand_gives_no_number_twice(machines, tmp_path: Path) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.edit(row, name="1")
    a.crm.close()
    shutil.copy(a.path, tmp_path / "old")
    a.open()
    a.edit(row, name="2")
    a.give(b)
    a.crm.close()
    shutil.copy(tmp_path / "old", a.path)
    a.open()
    a.edit(row, region="after")
    meet(a, b)
    assert (a.value(row), a.value(row, "region")) == ("2", "after")


def test_14_an_insert_of_a_known_id_by_raw_sql_is_refused(machines) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.edit(row, name="new")
    with pytest.raises(sqlite3.IntegrityError, match="known already"):
        a.raw("INSERT OR REPLACE INTO customers(id, name) VALUES(?, 'x')", row)
    a.reopen()
    meet(a, b)
    assert b.value(row) == "new"


def test_15_a_raw_delete_is_the_trash(machines) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.raw("DELETE FROM customers")
    assert a.value(row, "deleted") == "trashed"
    meet(a, b)
    assert not b.live(row)
    b.crm.customers.restore(row)
    meet(a, b)
    assert a.live(row)


def test_17_two_who_keep_both_agree(machines) -> None:
    a, b = machines("ab")
    row = disagreeing(a, b, "note", "A", "B")
    for machine in (a, b):
        machine.crm.conflicts.resolve(machine.crm.conflicts.rows()[0].number, "both")
    meet(a, b)
    assert not a.conflicts()
    assert a.value(row, "note") == "B\nA"


def test_18_what_contradicts_itself_together_still_comes_in(machines) -> None:
    a, b = machines("ab")
    row = a.insert("cadences", yellow_days=10, red_days=20)
    a.give(b)
    a.edit(row, "cadences", yellow_days=19)
    b.edit(row, "cadences", red_days=11)
    meet(a, b)
    assert a.value(row, "yellow_days", "cadences") > a.value(row, "red_days", "cadences")


@pytest.mark.parametrize("skew", [86400 * 365 * 4500, -86400 * 365 * 100])
def test_19_a_wrong_clock_wins_once_and_loses_to_whoever_has_seen_it(machines, skew: int) -> None:
    a, b = machines("ab")
    row = shared(a, b)
    a.skew = skew
    a.edit(row, name="wrong clock")
    b.edit(row, name="b")
    meet(a, b)
    assert a.value(row) == ("wrong clock" if skew > 0 else "b")
    b.edit(row, name="after")
    meet(a, b)
    assert a.value(row) == "after"
    assert not a.conflicts()


def test_20_claims_in_a_circle_are_refused(machines) -> None:
    a, b, c = machines("abc")
    shared(a, b)
    b.insert(name="b")
    slices, items = [], []
    for machine, other in ((a, b), (b, a)):
        found, told = machine.bundle(c.have())
        slices += [one for one in found if one.log == machine.log]
        for head, changes in _actions(told, machine.log):
            end = next(one for one in other.bundle()[0] if one.log == other.log).end
            claim = SeenAt(other.log, end.seq, end.chain[:8])
            items += [replace(head, seen=(claim,)) if head.n == 1 else head, *changes]
    before = c.everything()
    with pytest.raises(Refused, match="came after it"):
        c.take((slices, items))
    assert c.everything() == before


def test_23_a_bulk_edit_leaves_a_field_in_conflict_and_a_script_that_does_not_is_listed(machines) -> None:
    a, b = machines("ab")
    row = disagreeing(a, b)
    a.crm.customers.edit_many([row], {"name": "bulk", "region": "bulk"})
    assert (a.value(row), a.value(row, "region")) == ("7", "bulk")
    assert a.conflicts() == {(row, "name")}
    a.raw("UPDATE customers SET name = 'script'")
    assert not a.conflicts()
    meet(a, b)
    assert [(one.kind, one.row) for one in a.crm.conflicts.issues()] == [("closed", row)]
    assert [(one.kind, one.row) for one in b.crm.conflicts.issues()] == [("closed", row)]


def test_25_a_change_of_a_row_that_was_never_inserted_is_kept_and_passed_on(machines) -> None:
    a, b, c = machines("abc")
    row = shared(a, b)
    a.edit(row, name="new")
    slices, items = a.bundle(c.have())
    lonely = "f" * 32
    told = [
        replace(item, row=lonely) if not isinstance(item, ActionHead) and item.field == "name" else item
        for item in items
    ]
    c.take((slices, told))
    assert not c.db.execute("SELECT 1 FROM customers WHERE id = ?", (lonely,)).fetchone()
    assert any(getattr(item, "row", "") == lonely for item in c.bundle()[1])
    assert c.crm.conflicts.rows() == []
