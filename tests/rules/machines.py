"""Several machines that work with the merge rules, each step held against brute force."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from crm_tui.rules import hidden as hidden_rules
from crm_tui.rules import undoing, writing
from crm_tui.rules.heads import Gap, History
from crm_tui.rules.shape import Shape
from tests.rules.oracle import Note, Oracle

SHAPE = Shape(hangs=frozenset({"customer", "merged_into"}), refers=frozenset({"owner"}), decimals=frozenset({"amount"}))
FIELDS = ("name", "amount", "deleted", "merged_into", "customer", "owner")
NAMES = ("a", "b", "\u00e9", "e\u0301", None, 1, "1")
AMOUNTS = ("1.0", "1.00", "2", "20", "0", "-0.0", None)
SKEWS = (0, -500, 40, 10**13, -(10**13))


@dataclass(frozen=True)
class Rules:
    """The rules under test; a mutant replaces one of them."""

    history: Callable[[], History] = lambda: History(SHAPE)
    hidden: Callable = hidden_rules.hidden
    root: Callable = hidden_rules.root
    choose: Callable = lambda history, row, field, value: writing.choose(row, field, value)
    unmerge: Callable = writing.unmerge
    undo_plan: Callable = undoing.undo_plan


class Machine:
    def __init__(self, log, world):
        self.log = log
        self.world = world
        self.rules = world.rules
        self.history = world.rules.history()
        self.known = frozenset()
        self.skew = 0
        self.made = 0

    # writing

    def act(self, writes, kind="edit", undoes=None):
        if not writes:
            return None
        at = self.world.tick() + self.skew
        action = writing.compose(self.history, self.log, at, writes, kind, undoes)
        for change in action.changes:
            place = (change.log, change.seq)
            self.world.oracle.record(
                Note(place, at, change.row, change.field, change.value, action.id, undoes, self.known)
            )
            self.known |= {place}
        assert self.history.admit([action]) == len(writes)
        for write in {(w.row, w.field): w for w in writes if w.field}.values():
            assert self.value(write.row, write.field) == write.value, "a change loses against what its author saw"
        return action.id

    def insert(self, row, **values):
        return self.act(writing.insert(self.history, row, values))

    def edit(self, row, **values):
        was = self.out_of_sight()
        done = self.act(writing.edit(self.history, row, values))
        now = self.out_of_sight()
        assert was <= now, "an edit by somebody who knew that a row was hidden brought it back"
        assert was == now or values.keys() & {"customer", "merged_into"}, "an edit made a row vanish"
        return done

    def out_of_sight(self):
        return {row for row in self.history.rows() if self.hidden(row)}

    def choose(self, row, field, value):
        done = self.act(self.rules.choose(self.history, row, field, value), kind="choice")
        assert not self.conflict(row, field), "one choice does not settle the conflict"
        return done

    def trash(self, row):
        done = self.act(writing.trash(row), kind="choice")
        assert self.hidden(row), "trashed by somebody who knows everything, and still visible"
        return done

    def restore(self, row):
        done = self.act(writing.restore(row), kind="choice")
        assert not self.hidden(row), "restored and still hidden"
        return done

    def merge(self, row, into):
        done = self.act(writing.merge(self.history, row, into))
        assert done is None or self.root(row) == self.root(into)
        return done

    def unmerge(self, row):
        survivor = self.root(row)
        done = self.act(self.rules.unmerge(self.history, row))
        assert row == survivor or self.root(row) != self.root(survivor), "un-merged and still merged"
        return done

    def undo(self, action):
        plan = self.rules.undo_plan(self.history, action)
        write, left = self.world.oracle.undo(self.known, action)
        assert {(w.row, w.field): w.value for w in plan.write} == write, "undo writes other fields or values"
        assert {(one.row, one.field): one.reason for one in plan.left} == left, "undo leaves other things"
        assert all(len(one.values) > 1 for one in plan.left if one.reason == "choice"), "no sides to choose from"
        self.act(plan.write, undoes=action)
        return plan

    def stacks(self):
        return undoing.undo_stacks(self.history, [self.log])

    # asking

    def value(self, row, field):
        return self.history.value(row, field)

    def conflict(self, row, field):
        return self.history.conflict(row, field)

    def hidden(self, row):
        return self.rules.hidden(self.history, row)

    def root(self, row):
        return self.rules.root(self.history, row)

    def conflicts(self):
        return [(row, field) for row in self.history.rows() for field in FIELDS if self.conflict(row, field)]

    def state(self):
        """All that the rules say, to compare machines."""
        return {
            row: (
                {field: (self.value(row, field), self.conflict(row, field)) for field in FIELDS},
                self.hidden(row),
                self.root(row),
            )
            for row in self.history.rows()
        }

    def shown(self):
        """What a person sees: lists and trash, without rows that were taken back."""
        state = self.state()
        gone = {row for row, (fields, hidden, _) in state.items() if hidden and fields["deleted"][0] == "undone"}
        return {row: seen for row, seen in state.items() if row not in gone}

    def check(self):
        oracle, known = self.world.oracle, self.known
        assert self.history.rows() == oracle.rows(known)
        for row in self.history.rows():
            for field in FIELDS:
                got = {(head.log, head.seq) for head in self.history.heads(row, field)}
                assert got == {note.place for note in oracle.heads(known, row, field)}, "other heads than brute force"
                assert self.value(row, field) == oracle.value(known, row, field), "another value than brute force"
                assert self.conflict(row, field) == oracle.conflict(known, row, field), "another conflict"
            assert self.hidden(row) == oracle.hidden(known, row), "hidden by one who did not know, or shown in vain"
            assert self.root(row) == oracle.root(known, row), "another survivor"

    # meeting

    def give(self, other, full=False):
        bundle = self.history.since({} if full else other.history.have)
        other.take(bundle, self.known)

    def take(self, bundle, known, wait=False):
        self.history.admit(bundle, wait=wait)
        self.known |= {place for place in known if self.history.have.get(place[0], 0) >= place[1]}
        assert self.history.admit(bundle, wait=wait) == 0, "the second import wrote something"


class World:
    """Four machines, one oracle; steps are tuples (kind, machine, x, y)."""

    def __init__(self, rules=None, machines=4):
        self.rules = rules or Rules()
        self.oracle = Oracle()
        self.time = 2000
        self.bundles = []
        self.machines = [Machine(log, self) for log in "abcdef"[:machines]]

    def tick(self):
        self.time += 1
        return self.time // 2  # two changes often have the same millisecond

    def meet(self, rounds=2):
        for _ in range(rounds):
            for one in self.machines:
                for other in self.machines:
                    if one is not other:
                        one.give(other)

    def step(self, kind, who, x, y):
        machine = self.machines[who % len(self.machines)]
        rows = machine.history.rows()
        getattr(self, f"do_{kind}")(machine, rows[x % len(rows)] if rows else None, x, y)
        machine.check()

    def do_insert(self, machine, row, x, y):
        machine.made += 1
        values = {"name": NAMES[y % 7], "amount": "1.0"}
        if row and x % 3 == 0:
            values["customer"] = row
        if row and x % 5 == 0:
            values["owner"] = row
        machine.insert(f"{machine.log}{machine.made}", **values)

    def do_same(self, machine, row, x, y):
        machine.insert(f"s{x % 2}", name=NAMES[y % 7], amount=AMOUNTS[x % 7])

    def do_edit(self, machine, row, x, y):
        if row:
            machine.edit(row, **({"name": NAMES[y % 7]} if x % 2 else {"amount": AMOUNTS[y % 7]}))

    def do_link(self, machine, row, x, y):
        rows = machine.history.rows()
        if row:
            machine.edit(row, **{("customer", "owner")[x % 2]: (*rows, None)[y % (len(rows) + 1)]})

    def do_many(self, machine, row, x, y):
        machine.made += 1
        fresh = f"{machine.log}{machine.made}"
        writes = [writing.Write(fresh, None, {"name": "a", "customer": row})]
        writes.append(writing.Write(f"{fresh}k", None, {"name": "k", "customer": fresh}))
        if row:
            writes += [writing.Write(row, "name", NAMES[y % 7]), writing.Write(row, "name", NAMES[x % 7])]
            writes.append(writing.Write(row, "owner", fresh) if y % 2 else writing.Write(fresh, "amount", "2"))
        machine.act(writes)

    def do_trash(self, machine, row, x, y):
        if row:
            machine.trash(row)

    def do_restore(self, machine, row, x, y):
        if row:
            machine.restore(row)

    def do_choose(self, machine, row, x, y):
        if conflicts := machine.conflicts():
            row, field = conflicts[x % len(conflicts)]
            sides = machine.history.sides(row, field)
            machine.choose(row, field, sides[y % len(sides)])

    def do_merge(self, machine, row, x, y):
        rows = machine.history.rows()
        if row:
            machine.merge(row, rows[y % len(rows)])

    def do_unmerge(self, machine, row, x, y):
        if merged := [row for row in machine.history.rows() if machine.root(row) != row]:
            machine.unmerge(merged[x % len(merged)])

    def do_undo(self, machine, row, x, y):
        done, _ = machine.stacks()
        if done:
            machine.undo(done[-1 - x % min(2, len(done))])

    def do_redo(self, machine, row, x, y):
        _, back = machine.stacks()
        if back:
            machine.undo(back[-1])

    def do_undo_any(self, machine, row, x, y):
        if actions := machine.history.actions():
            machine.undo(actions[-1 - x % min(8, len(actions))].id)

    def do_clock(self, machine, row, x, y):
        machine.skew = SKEWS[x % len(SKEWS)]

    def do_export(self, machine, row, x, y):
        have = self.machines[x % len(self.machines)].history.have if y % 2 else {}
        self.bundles.append((machine.history.since(have), machine.known))

    def do_import(self, machine, row, x, y):
        if self.bundles:
            bundle, known = self.bundles[x % len(self.bundles)]
            before, refused = machine.state(), None
            try:
                machine.take(bundle, known, wait=y % 2 == 0)
            except Gap as gap:
                refused = gap.missing
            assert refused is None or (refused and machine.state() == before), "a refused bundle left something"

    def do_give(self, machine, row, x, y):
        other = self.machines[x % len(self.machines)]
        if other is not machine:
            other.give(machine, full=y % 2 == 0)

    def do_walk(self, machine, row, x, y):
        """Some actions, as many undos, as many redos, twice: each state is met again.

        The trash and the links of rows in dispute are left out: what settles a dispute is a choice, and no undo.
        """
        dice = random.Random(x * 8 + y)
        oracle, known = self.oracle, machine.known
        shaky = {row for row in oracle.rows(known) if oracle.disputed(known, row)}
        shaky |= {other for row in shaky for other in oracle.below(known, row, ())}
        states, done = [machine.shown()], []
        for _ in range(dice.randrange(1, 5)):
            action = self.one_of_a_walk(machine, dice, shaky)
            if action:
                done.append(action)
                states.append(machine.shown())
        taken = list(done)
        for _ in range(2):
            for turn in (reversed, list):
                undone = []
                for place, action in turn(list(enumerate(taken))):
                    plan = machine.undo(action)
                    assert not plan.left, ("undo in a row left something", plan.left)
                    wanted = states[place] if turn is reversed else states[place + 1]
                    assert machine.shown() == wanted, "undo or redo does not meet the state again"
                    undone.append(machine.history.actions()[-1].id)
                taken = undone[::-1] if turn is reversed else undone

    def one_of_a_walk(self, machine, dice, shaky):
        machine.made += 1
        rows = list(machine.shown())
        calm = [row for row in rows if row not in shaky]
        fresh = f"{machine.log}{machine.made}"
        if not calm or dice.random() < 0.3:
            return machine.insert(fresh, name="w", customer=dice.choice([None, *calm]))
        field = dice.choice(FIELDS)
        row = dice.choice(rows if field in ("name", "amount", "owner") else calm)
        if machine.conflict(row, field):
            return None
        if field == "merged_into":
            if machine.root(row) in shaky:
                return None
            into = dice.choice([one for one in calm if machine.root(one) not in shaky])
            return machine.merge(row, into) if dice.random() < 0.6 else self.walk_unmerge(machine, row)
        if field == "deleted":
            return machine.trash(row) if dice.random() < 0.5 else machine.restore(row)
        pool = {"name": NAMES, "amount": AMOUNTS, "owner": rows, "customer": calm}[field]
        return machine.edit(row, **{field: dice.choice(pool)})

    def walk_unmerge(self, machine, row):
        clear = not any(machine.conflict(one, "merged_into") for one in (row, machine.root(row)))
        return machine.unmerge(row) if clear else None

    def finish(self, seed):
        """Everybody meets everybody in some order: all agree, also with a file that gets all in another order."""
        dice = random.Random(seed)
        pairs = [(a, b) for a in self.machines for b in self.machines if a is not b] * 2
        dice.shuffle(pairs)
        for one, other in pairs:
            one.give(other, full=dice.random() < 0.3)
        self.meet()
        first = self.machines[0]
        first.check()
        state = first.state()
        assert all(machine.state() == state for machine in self.machines), "machines differ"
        actions = first.history.actions()
        dice.shuffle(actions)
        late = Machine("z", self)
        for action in actions:
            late.history.admit([action], wait=True)
        late.take(actions, first.known)
        assert late.state() == state, "another order, another state"
        for row, field in first.conflicts():
            sides = first.history.sides(row, field)
            first.choose(row, field, dice.choice(sides))
        for other in self.machines[1:]:
            first.give(other)
            assert other.state() == first.state()
            assert not other.conflicts(), "a choice does not settle it everywhere"
        return len(actions)


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
