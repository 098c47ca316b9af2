"""Machines of a company and files of partners that meet at random, and what the rules in memory make of them.

The model shares no code with the store: what a share showed is noted when it is made, from the tables; what of a
partner's log takes effect, and what its author had seen, is worked out change by change.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crm_tui.errors import NotFound, Refused
from crm_tui.rules.heads import Action, Change, Gap, History, Seen
from crm_tui.rules.slices import ActionHead
from crm_tui.store.heads import shape_of, units
from crm_tui.sync.shares import Shares
from tests.store.machines import Machine

HIDE = ([], ["note"], ["tags"], ["grade", "phones"], ["parent"])
KINDS = (
    "insert insert edit edit edit edit parent child trash restore merge choose give give give share share take take "
    "take outside outside outside outside add add lie lie gone own choose_there back back back late peer crash clock"
)

BUSY = (
    "share share share share take take take take take outside outside outside outside outside outside back back back "
    "own own gone add edit edit edit edit child trash give give give choose choose_there lie peer crash"
)
"""The same with much to and fro, so that several shares meet in one file."""


@dataclass(frozen=True)
class Told:
    """What one share showed, noted from the tables."""

    vector: dict[str, int]
    rows: frozenset[str]
    hidden: frozenset[str]
    withheld: frozenset[str]

    def shows(self, noun: str, row: str, field: str) -> bool:
        return (
            row in self.rows
            and field not in ("deleted", "merged_into")
            and not self.hidden & {noun, f"{noun}.{field}"}
            and not (field == "parent" and row in self.withheld)
        )


class _Seen(History):
    """A history in which the authors outside had seen what is written here for each of their changes."""

    reach: dict[tuple[str, int], dict[str, int]]
    outside: set[str]

    def supersedes(self, b: Change, a: Change) -> bool:
        if b.log in self.outside and a.log != b.log:
            return self.reach.get((b.log, b.seq), {}).get(a.log, 0) >= a.seq
        return super().supersedes(b, a)


class Model:
    """What a company's machine should show, from what it holds."""

    def __init__(self, machine: Machine, shares: dict[str, Told]) -> None:
        self.shares, self.void = shares, set[tuple[str, int]]()
        self.catalogue = machine.crm.store.catalogue
        self.history = _Seen(shape_of(self.catalogue))
        self.history.reach, self.history.outside = {}, set()
        self.known: dict[str, set[str]] = {}
        self.orig: dict[str, dict[str, int]] = {}
        self.inserts: dict[str, list[tuple[str, int]]] = {}
        self.changes: dict[str, list[tuple[str, int]]] = {}
        actions: list[tuple[ActionHead, list]] = []
        for item in machine.bundle()[1]:
            if isinstance(item, ActionHead):
                actions.append((item, []))
            else:
                actions[-1][1].append(item)
        self.history.outside = {h.log for h, _ in actions if h.first == 1 and any(s.of in shares for s in h.seen)}
        have: dict[str, int] = {}
        while actions:
            ready = next(one for one in actions if self._ready(one[0], have))
            actions.remove(ready)
            self._take(*ready)
            have[ready[0].log] = ready[0].last

    def _ready(self, head: ActionHead, have: dict[str, int]) -> bool:
        needed = [(head.log, head.first - 1)]
        for seen in head.seen:
            told = self.shares.get(seen.of)
            needed += told.vector.items() if told else [(seen.of, seen.upto)]
        return all(have.get(log, 0) >= upto for log, upto in needed)

    def _take(self, head: ActionHead, changes: list) -> None:
        outside = head.log in self.history.outside
        if outside:
            known, orig = self.known.setdefault(head.log, set()), self.orig.setdefault(head.log, {})
            for seen in head.seen:
                if seen.of in self.shares:
                    known.add(seen.of)
                else:
                    orig[seen.of] = seen.upto
        made = []
        for c in changes:
            row, void = c.row, outside and not self._may(head.log, c)
            if void:
                self.void.add((head.log, c.seq))
                row = "void"
            else:
                if outside:
                    self.history.reach[head.log, c.seq] = self._reach(head.log, c)
                self.changes.setdefault(row, []).append((head.log, c.seq))
                if c.field is None:
                    self.inserts.setdefault(row, []).append((head.log, c.seq))
            value = units(self.catalogue.nouns.get(c.noun), c.value) if c.field is None else c.value
            made.append(
                Change(head.log, c.seq, c.at, row, "void" if void else c.field, None if void else value, head.n)
            )
        seen = () if outside else tuple(Seen(head.log, head.first, s.of, s.upto) for s in head.seen)
        self.history._take(Action(head.log, head.n, tuple(made), seen, head.kind, head.undoes))

    def _shown(self, log: str) -> list[Told]:
        return [self.shares[share] for share in self.known[log]]

    def _own(self, log: str, row: str) -> bool:
        return any(
            by in self.history.outside and (by == log or self.orig[log].get(by, 0) >= at)
            for by, at in self.inserts.get(row, ())
        )

    def _may_hold(self, log: str, row: object) -> bool:
        return any(row in told.rows for told in self._shown(log)) or self._own(log, str(row))

    def _may(self, log: str, c) -> bool:
        owner = self.catalogue[c.noun].owner
        if c.field is None:
            if c.noun not in ("customers", "people") and (owner is None or c.noun == "origins"):
                return False
            if any(
                by != log and at <= told.vector.get(by, 0)
                for by, at in self.inserts.get(c.row, ())
                for told in self._shown(log)
            ):
                return False
            return owner is None or self._may_hold(log, json.loads(c.value).get(owner.name))
        if not self._own(log, c.row) and not any(told.shows(c.noun, c.row, c.field) for told in self._shown(log)):
            return False
        return owner is None or c.field != owner.name or self._may_hold(log, c.value)

    def _reach(self, log: str, c) -> dict[str, int]:
        every = self._shown(log)
        if c.field is None:
            some = every
        elif self._own(log, c.row):
            some = [told for told in every if c.row in told.rows]
        else:
            some = [told for told in every if told.shows(c.noun, c.row, c.field)]
        less, more = self._joined(log, some), self._joined(log, every)
        differ = any(less.get(by, 0) < at <= more.get(by, 0) for by, at in self.changes.get(c.row, ()) if by != log)
        return less if differ else more

    def _joined(self, log: str, shares: list[Told]) -> dict[str, int]:
        found = dict(self.orig[log])
        for told in shares:
            for by, upto in told.vector.items():
                found[by] = max(upto, found.get(by, 0))
        return found


def sound(machine: Machine) -> list[str]:
    """What `check` finds; links to nothing come from lies and from rows that stayed in the company."""
    return [problem for problem in machine.crm.check() if "points to nothing" not in problem]


class ShareWorld:
    """A company of some machines, and two partners' machines that got shares of it."""

    def __init__(self, folder: Path, template: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.folder = folder
        self.company = [Machine(folder / f"{name}.db", template, name) for name in "abc"[: 2 + seed % 2]]
        self.partners = [Machine(folder / f"{name}.db", template, name) for name in "pqr"[: 1 + seed % 3]]
        workspace = self.company[0].crm.store.setting("workspace")
        for machine in self.company:
            machine.crm.store.set_setting("workspace", workspace)
            machine.crm.machines.introduce(machine.bundles.key.public, machine.name, machine.bundles.key.recipient)
            machine.history = lambda machine=machine: Model(machine, self.told).history
        self.told: dict[str, Told] = {}
        self.shares: list[Path] = []
        self.returns: list[Path] = []
        self.steps: list[str] = []
        self.kinds = (BUSY if seed % 3 else KINDS).split()

    def close(self) -> None:
        for machine in (*self.company, *self.partners):
            machine.crm.close()

    def run(self, steps: int) -> None:
        for _ in range(3):
            self.insert(self.dice.choice(self.company))
        for _ in range(steps):
            kind = self.dice.choice(self.kinds)
            self.steps.append(kind)
            getattr(self, kind)(self.dice.choice(self.company))
        self.finish()

    def rows(self, machine: Machine, noun: str = "customers") -> list[str]:
        return [row for (row,) in machine.db.execute(f"SELECT id FROM {noun} ORDER BY id")]

    def any_row(self, machine: Machine, noun: str = "customers") -> str | None:
        rows = self.rows(machine, noun)
        return self.dice.choice(rows) if rows else None

    def path(self, ending: str) -> Path:
        return self.folder / f"{len(self.steps)}-{self.dice.random()}{ending}"

    # in the company

    def insert(self, machine: Machine) -> None:
        row = machine.insert(name=self.dice.choice("王李周"), region=self.dice.choice(["N", "NE", "S"]), note="n")
        machine.insert("phones", customer=row, number=str(self.dice.randrange(10**6)))

    def edit(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            machine.edit(row, **{self.dice.choice(("name", "region", "grade", "note")): self.dice.choice("NS12")})

    def parent(self, machine: Machine) -> None:
        if (row := self.any_row(machine)) and (other := self.any_row(machine)) != row:
            machine.edit(row, parent=other)

    def child(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            machine.insert("tags", customer=row, name=self.dice.choice("xyz"))
        if (tag := self.any_row(machine, "tags")) and self.dice.random() < 0.4:
            machine.edit(tag, "tags", **{self.dice.choice(("name", "customer")): self.any_row(machine)})

    def trash(self, machine: Machine) -> None:
        noun = self.dice.choice(("customers", "tags", "phones"))
        if row := self.any_row(machine, noun):
            machine.write(row, "deleted", "trashed", noun=noun)

    def restore(self, machine: Machine) -> None:
        rows = machine.db.execute("SELECT id FROM customers WHERE deleted IS NOT NULL ORDER BY id").fetchall()
        if rows:
            machine.write(self.dice.choice(rows)[0], "deleted", None)

    def merge(self, machine: Machine) -> None:
        one, other = self.any_row(machine), self.any_row(machine)
        if one != other:
            machine.write(one, "merged_into", self.dice.choice([other, other, None]))

    def choose(self, machine: Machine) -> None:
        if found := sorted(machine.conflicts()):
            row, field = self.dice.choice(found)
            (noun,) = machine.db.execute(
                "SELECT o.name FROM row r JOIN noun o ON o.k = r.noun WHERE r.id = ?", (row,)
            ).fetchone()
            machine.write(row, field, machine.value(row, field, noun), "choice", noun)

    def clock(self, machine: Machine) -> None:
        one = self.dice.choice([machine, *self.partners])
        one.skew = self.dice.choice((0, -86400, 86400 * 400, -10))

    def give(self, machine: Machine) -> None:
        other = self.dice.choice([one for one in self.company if one is not machine])
        machine.give(other, full=self.dice.random() < 0.3)

    def share(self, machine: Machine) -> None:
        region, hide = self.dice.choice(("N", "N", "N", "NE", "S")), self.dice.choice(HIDE)
        told, path = self.note(machine, region, hide), self.path(".crms")
        with suppress(NotFound):
            done = Shares(machine.bundles).export(path, {"region": region}, hide=hide, name=self.dice.choice("PQ"))
            self.told[done.share] = told
            self.shares.append(path)
            assert done.rows.get("tags", 0) + done.rows.get("phones", 0) + done.rows["customers"] == len(told.rows)

    def note(self, machine: Machine, region: str, hide: list[str]) -> Told:
        db = machine.db
        alias = dict(db.execute("SELECT id, root FROM alias"))
        live = db.execute("SELECT id, region FROM customers WHERE live").fetchall()
        chosen = {row for row, told in live if (told or "").startswith(region)}
        rows = set(chosen)
        for noun in {"tags", "phones"} - set(hide):
            children = db.execute(f"SELECT id, customer FROM {noun} WHERE live").fetchall()
            rows |= {row for row, customer in children if alias.get(customer, customer) in chosen}
        parents = db.execute("SELECT id, parent FROM customers WHERE parent IS NOT NULL").fetchall()
        withheld = {row for row, parent in parents if alias.get(parent, parent) not in chosen}
        hidden = {word if word in ("tags", "phones") else f"customers.{word}" for word in hide}
        return Told(machine.have(), frozenset(rows), frozenset(hidden), frozenset(withheld))

    # at the partners'

    def take(self, _machine: Machine) -> None:
        if self.shares:
            with suppress(Gap):
                Shares(self.dice.choice(self.partners).bundles).take(self.dice.choice(self.shares), accept_key="any")

    def holder(self) -> Machine | None:
        able = [one for one in self.partners if self.rows(one)]
        return self.dice.choice(able) if able else None

    def outside(self, _machine: Machine) -> None:
        if one := self.holder():
            row = self.any_row(one)
            field = self.dice.choice(("name", "region", "grade", "note", "parent"))
            value = self.any_row(one) if field == "parent" else self.dice.choice("PQ12")
            if value != row:
                one.edit(row, **{field: value})

    def add(self, _machine: Machine) -> None:
        if one := self.holder():
            one.insert("tags", customer=self.any_row(one), name=self.dice.choice("pq"))
            if self.dice.random() < 0.5:
                one.insert(name="own", region="N")
                one.insert("people", name="helper")

    def own(self, _machine: Machine) -> None:
        if (one := self.holder()) and (tag := self.any_row(one, "tags")):
            one.edit(tag, "tags", **{self.dice.choice(("name", "customer")): self.any_row(one)})

    def gone(self, _machine: Machine) -> None:
        if one := self.holder():
            noun = self.dice.choice(("customers", "tags"))
            if row := self.any_row(one, noun):
                one.write(row, "deleted", self.dice.choice(["trashed", "trashed", None]), noun=noun)
            if (row := self.any_row(one)) != (other := self.any_row(one)) and self.dice.random() < 0.3:
                one.write(row, "merged_into", other)

    def lie(self, machine: Machine) -> None:
        """Write on what only the company has."""
        if one := self.holder():
            here = set(self.rows(one))
            rows = [row for row in self.rows(machine) if row not in here]
            if rows:
                row = self.dice.choice(rows)
                one.insert("tags", customer=row, name="lie")
                if self.dice.random() < 0.5:
                    one.insert(id=row, name="lie", region="N")
                    one.edit(row, note="lie")

    def choose_there(self, _machine: Machine) -> None:
        if one := self.holder():
            self.choose(one)

    def crash(self, _machine: Machine) -> None:
        if one := self.holder():
            one.crash()

    def peer(self, _machine: Machine) -> None:
        """One partner's machine gives another what it has."""
        if one := self.holder():
            path, other = self.path("-peer.crms"), self.dice.choice(self.partners)
            one.bundles.export(path)
            if other is not one and self.rows(other):
                with suppress(Gap):
                    Shares(other.bundles).take(path, accept_key="any")

    def back(self, machine: Machine) -> None:
        if one := self.holder():
            self.returns.append(self.path("-back.crms"))
            one.bundles.export(self.returns[-1])
            self.bring(self.returns[-1], machine)

    def late(self, machine: Machine) -> None:
        if self.returns:
            self.bring(self.dice.choice(self.returns), machine)

    def bring(self, path: Path, machine: Machine) -> None:
        before = machine.crm.digest()
        try:
            Shares(machine.bundles).take(path, accept_key="any")
        except Gap:
            assert machine.crm.digest() == before

    # the end

    def finish(self) -> None:
        for one in self.partners:
            if self.rows(one):
                self.returns.append(self.path("-last.crms"))
                one.bundles.export(self.returns[-1])
                assert not sound(one), "partner"
        for _ in range(2):
            for one in self.company:
                for other in self.company:
                    if one is not other:
                        one.give(other)
        for path in self.returns:
            with suppress(Refused):
                Shares(self.dice.choice(self.company).bundles).take(path, accept_key="any")
        for path in self.returns[-len(self.partners) :]:
            for machine in self.company:
                Shares(machine.bundles).take(path, accept_key="any")
        for _ in range(3):
            for one in self.company:
                for other in self.company:
                    if one is not other:
                        one.give(other)
        facts = [machine.facts() for machine in self.company]
        for name in facts[0]:
            assert all(one[name] == facts[0][name] for one in facts), f"machines differ in {name}"
        for machine in self.company:
            model = Model(machine, self.told)
            aside = machine.db.execute("SELECT d.id, a.seq FROM aside a JOIN device d ON d.dev = a.dev").fetchall()
            assert set(aside) == model.void, ("aside", set(aside) ^ model.void)
            machine.check()
            assert not sound(machine)
            assert self.company[0].give(machine, full=True).new == 0
