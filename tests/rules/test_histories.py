"""Random histories of four machines against brute force, and mutants of the rules that these must find."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.rules import undoing, writing
from crm_tui.rules.heads import History
from crm_tui.rules.shape import Shape
from crm_tui.rules.writing import Write
from tests.rules.machines import SHAPE, Rules, World


def kinds(text):
    return tuple(text.split())


KINDS = kinds(
    "insert same edit edit edit link many trash restore choose merge unmerge undo undo redo undo_any clock "
    "export import give give give walk"
)
PROFILES = (
    KINDS,
    kinds("edit edit edit give give undo undo redo choose export import clock"),
    kinds("merge merge unmerge give give undo edit trash restore insert"),
    kinds("trash restore edit give give give undo redo choose insert export import clock"),
    kinds("insert many link undo undo redo undo_any give give edit"),
    kinds("walk give edit trash restore merge choose give"),
    kinds("same same edit give choose give undo trash"),
    kinds("edit edit edit give give give choose choose undo undo_any trash restore"),
)


def random_steps(seed):
    dice = random.Random(seed)
    kinds = dice.choice(PROFILES)
    steps = [("insert", dice.randrange(4), 1, dice.randrange(7)) for _ in range(dice.randrange(1, 4))]
    steps += [("give", i, j, 1) for i in range(4) for j in range(4) if dice.random() < 0.5]
    steps += [
        (dice.choice(kinds), dice.randrange(4), dice.randrange(32), dice.randrange(8))
        for _ in range(dice.randrange(10, 40))
    ]
    return steps


def run(steps, rules=None, seed=0):
    """Play the steps; AssertionError where the rules and brute force differ. Returns the number of actions."""
    world = World(rules)
    for step in steps:
        world.step(*step)
    return world.finish(seed)


STEP = st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 31), st.integers(0, 7))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=5, max_size=40), st.integers(0, 99))
def test_any_history_agrees_with_brute_force_and_converges(steps, seed):
    run(steps, seed=seed)


def test_seeded_histories_agree_with_brute_force_and_converge():
    for seed in range(300):
        run(random_steps(seed), seed=seed)


@pytest.mark.campaign
def test_twenty_thousand_histories_agree_with_brute_force_and_converge():
    for seed in range(1000, 21000):
        try:
            run(random_steps(seed), seed=seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}") from error


# mutants


class NoTieBreak(History):
    def heads(self, row, field, before=None):
        arrived = {change: place for place, change in enumerate(self.changes(row))}
        heads = super().heads(row, field, before)
        return sorted(heads, key=lambda head: (head.field is not None, head.at, arrived[head]))


class SeenOnlyOnce(History):
    def grown(self, log):
        return () if self.last_action(log) else super().grown(log)


class InsertByTheClock(History):
    def heads(self, row, field, before=None):
        return sorted(super().heads(row, field, before), key=lambda head: (head.at, head.log, head.seq))


class LastWriterWins(History):
    def supersedes(self, b, a):
        return b.rank() > a.rank()


class SeenFromTheStart(History):
    def _reach(self, log, seq, of):
        _, upto = self._seen.get((log, of), ([], []))
        return upto[-1] if upto else 0


class CompareAsWritten(History):
    def sides(self, row, field, before=None):
        return list(dict.fromkeys(head.of(field) for head in self.heads(row, field, before)))


def by_winning_trash_alone(history, row, before=None):
    heads = history.heads(row, "deleted", before)
    return bool(heads) and heads[-1].of("deleted") is not None


def by_winning_trash_that_knew(history, row, before=None):
    heads = history.heads(row, "deleted", before)
    if not heads or heads[-1].of("deleted") is None:
        return False
    others = [head for field in history.fields(row) for head in history.heads(row, field)]
    return all(head == heads[-1] or history.supersedes(heads[-1], head) for head in others)


def by_live_heads_only(history, row, before=None):
    trash = history.heads(row, "deleted", before)
    if not trash or any(head.of("deleted") is None for head in trash):
        return False
    live = [head for field in (*history.fields(row), "id") for head in history.heads(row, field, before)]
    below = [
        head
        for other, field in history.pointing(row, SHAPE.hangs, before)
        for head in history.heads(other, field, before)
    ]
    return all(
        any(mark == head or history.supersedes(mark, head) or history.supersedes(head, mark) for mark in trash)
        for head in live + below
    )


def undo_if_the_value_is_mine(history, action):
    taken = history.action(action)
    write = [
        Write(change.row, change.field, history.value(change.row, change.field, before=change))
        if change.field
        else Write(change.row, "deleted", "undone")
        for change in taken.changes
        if not change.field or history.value(change.row, change.field) == change.value
    ]
    return undoing.UndoPlan(list({(w.row, w.field): w for w in reversed(write)}.values()), [])


def undo_with(**replaced):
    """The undo with one of its parts replaced."""

    def plan(history, action):
        with pytest.MonkeyPatch.context() as patch:
            for name, part in replaced.items():
                patch.setattr(undoing, name, part)
            return undoing.undo_plan(history, action)

    return plan


def stands_at_its_head(history, row, field):
    heads = history.heads(row, field)
    return (heads if len(heads) == 1 else []), heads


def written_by_any_other(history, action, row):
    return any(
        (head.log, head.action) != action.id for field in history.fields(row) for head in history.heads(row, field)
    )


MUTANTS = {
    "no tie-break by the log": Rules(history=lambda: NoTieBreak(SHAPE)),
    "seen not recorded after a later exchange": Rules(history=lambda: SeenOnlyOnce(SHAPE)),
    "seen counted for earlier changes": Rules(history=lambda: SeenFromTheStart(SHAPE)),
    "an insert ranks by its clock": Rules(history=lambda: InsertByTheClock(SHAPE)),
    "the clock decides what is replaced": Rules(history=lambda: LastWriterWins(SHAPE)),
    "values compared as written": Rules(history=lambda: CompareAsWritten(SHAPE)),
    "what hangs on a row is not looked at": Rules(
        history=lambda: History(Shape(frozenset(), SHAPE.links(), SHAPE.decimals))
    ),
    "a choice of the equal value is not logged": Rules(
        choose=lambda history, row, field, value: writing.edit(history, row, {field: value})
    ),
    "hidden by the winning trash alone": Rules(hidden=by_winning_trash_alone),
    "hidden by a winning trash that knew all": Rules(hidden=by_winning_trash_that_knew),
    "hidden by the live heads only": Rules(hidden=by_live_heads_only),
    "cycles of merged customers not looked at": Rules(
        root=lambda history, row: history.value(row, "merged_into") or row
    ),
    "un-merge clears one pointer": Rules(unmerge=lambda history, row: [Write(row, "merged_into", None)]),
    "undo because the value is still mine": Rules(undo_plan=undo_if_the_value_is_mine),
    "undo does not look through pairs": Rules(undo_plan=undo_with(_standing=stands_at_its_head)),
    "undo does not look through pairs on new rows": Rules(undo_plan=undo_with(_written_since=written_by_any_other)),
    "undo of new rows whatever points to them": Rules(
        undo_plan=undo_with(_taken_back=lambda history, row: True),
    ),
    "undo of a choice over a dispute": Rules(
        undo_plan=undo_with(disputed=lambda history, row, before=None: False),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_of_the_rules_is_found(name):
    for seed in range(3000):
        try:
            run(random_steps(seed), MUTANTS[name], seed=seed)
        except AssertionError:
            return
    pytest.fail(f"not found: {name}")
