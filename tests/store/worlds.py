"""Machines that work and meet at random, by real files, and lie now and then."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crm_tui.errors import Refused
from crm_tui.rules.heads import Gap
from crm_tui.rules.undoing import undo_plan
from tests.store.lies import cut, false_claims, false_places
from tests.store.machines import Machine

KINDS = (
    "insert insert edit edit edit edit same child link trash restore merge unmerge undo undo redo choose choose raw "
    "clash clash clash clock custom any any any plan give give give late export send post post "
    "crash reopen keep put_back lie"
)
"""What may happen; a name that stands there twice happens twice as often."""


@dataclass(frozen=True)
class Bundle:
    """A bundle that lies about: in memory, or a file."""

    since: dict[str, int]
    content: object = None
    file: Path | None = None


class World:
    """Machines that work and meet at random.

    Args:
        folder: where their files are made.
        template: an empty file.
        count: how many machines.
        seed: of all chance.
        kinds: what may happen.
    """

    def __init__(self, folder: Path, template: Path, count: int, seed: int, kinds: str = KINDS) -> None:
        self.dice = random.Random(seed)
        self.folder, self.template, self.kinds = folder, template, kinds.split()
        self.machines = [Machine(folder / f"{name}.db", template, name) for name in "abcde"[:count]]
        grain = 1 if seed % 3 else 40  # seconds; where clocks are coarse, many changes have one time
        for machine in self.machines:
            machine.grain = grain
        self.bundles: list[Bundle] = []
        self.backups: dict[str, list[Path]] = {}
        self.files = 0
        self.steps: list[str] = []
        self.refused = 0

    def close(self) -> None:
        for machine in self.machines:
            machine.crm.close()

    def step(self) -> None:
        machine = self.dice.choice(self.machines)
        kind = self.dice.choice(self.kinds)
        self.steps.append(f"{machine.name} {kind}")
        getattr(self, "do_" + kind)(machine)

    def run(self, steps: int, every: int = 15) -> None:
        for n in range(steps):
            self.step()
            if n % every == every - 1:
                for machine in self.machines:
                    machine.check()
        self.finish()

    def rows(self, machine: Machine, noun: str = "customers") -> list[str]:
        return [r for (r,) in machine.db.execute(f"SELECT id FROM {noun} ORDER BY id")]

    def any_row(self, machine: Machine, noun: str = "customers") -> str | None:
        rows = self.rows(machine, noun)
        return self.dice.choice(rows) if rows else None

    def do_insert(self, machine: Machine) -> None:
        with machine.crm.store.action("Added") as work:
            row = work.insert("customers", {"name": self.dice.choice("王李周"), "kind": "person"})
            work.insert("phones", {"customer": row, "number": str(self.dice.randrange(10**6))})

    def do_same(self, machine: Machine) -> None:
        row = "0" * 31 + self.dice.choice("12")
        with machine.crm.store.action("Same") as work:
            if row in self.rows(machine):
                work.update("customers", row, {"name": self.dice.choice("xyz")})
            else:
                work.insert(
                    "customers", {"id": row, "name": self.dice.choice("xyz"), "region": self.dice.choice(["n", None])}
                )

    def do_edit(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            with machine.crm.store.action("Edited") as work:
                work.update(
                    "customers",
                    row,
                    {self.dice.choice(("name", "region", "grade")): self.dice.choice(["1", "2", None])},
                )

    def do_custom(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            with machine.crm.store.action("Edited") as work:
                work.update(
                    "customers", row, {"extra": self.dice.choice(['{"size": "L"}', '{"size": "M", "水": 3}', None])}
                )

    def do_child(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            with machine.crm.store.action("Tagged") as work:
                work.insert("tags", {"customer": row, "name": "VIP"})

    def do_link(self, machine: Machine) -> None:
        tag, row = self.any_row(machine, "tags"), self.any_row(machine)
        if tag and row:
            with machine.crm.store.action("Moved") as work:
                work.update("tags", tag, {"customer": row})

    def do_trash(self, machine: Machine) -> None:
        noun = self.dice.choice(("customers", "customers", "tags"))
        if row := self.any_row(machine, noun):
            with machine.crm.store.action("Trashed") as work:
                work.write(noun, [row], "deleted", "trashed")

    def do_restore(self, machine: Machine) -> None:
        rows = [r for (r,) in machine.db.execute("SELECT id FROM customers WHERE deleted IS NOT NULL ORDER BY id")]
        if rows:
            with machine.crm.store.action("Restored") as work:
                work.write("customers", [self.dice.choice(rows)], "deleted", None)

    def do_merge(self, machine: Machine) -> None:
        one, other = self.any_row(machine), self.any_row(machine)
        if one and other and one != other:
            with machine.crm.store.action("Merged") as work:
                work.write("customers", [one], "merged_into", other)

    def do_unmerge(self, machine: Machine) -> None:
        rows = [r for (r,) in machine.db.execute("SELECT id FROM customers WHERE merged_into IS NOT NULL ORDER BY id")]
        if rows:
            with machine.crm.store.action("Unmerged") as work:
                work.write("customers", [self.dice.choice(rows)], "merged_into", None)

    def do_undo(self, machine: Machine) -> None:
        numbers = [n for (n,) in machine.db.execute("SELECT id FROM action ORDER BY id DESC LIMIT 6")]
        history, before = machine.history(), machine.have()
        try:
            machine.crm.store.undo(self.dice.choice([None, *numbers]))
        except Refused:
            return
        log, n, of_log, of_n = machine.db.execute(
            "SELECT d.id, a.n, o.id, u.n FROM action a JOIN device d ON d.dev = a.dev JOIN action u ON u.id = a.undoes "
            "JOIN device o ON o.dev = u.dev ORDER BY a.id DESC LIMIT 1"
        ).fetchone()
        plan = undo_plan(history, (of_log, of_n))
        after = machine.history()
        wrote = {(c.row, c.field): c.value for c in after.action((log, n)).changes}
        assert wrote == {(w.row, w.field): w.value for w in plan.write}, ("undo", before)

    def do_redo(self, machine: Machine) -> None:
        with suppress(Refused):
            machine.crm.store.redo()

    def do_choose(self, machine: Machine) -> None:
        found = machine.crm.conflicts.rows()
        if found:
            one = self.dice.choice(sorted(found, key=lambda c: (c.row, c.field)))
            value = self.dice.choice(sorted({side.value for side in one.sides}, key=repr))
            with machine.crm.store.action("Chosen", "choice") as work:
                work.write(one.noun, [one.row], one.field, value)
            assert (one.row, one.field) not in machine.conflicts(), "a choice does not settle it"

    def do_raw(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            machine.raw("UPDATE customers SET region = ? WHERE id = ?", self.dice.choice("ns"), row)

    def do_any(self, machine: Machine) -> None:
        """A row of any noun is made or written, whatever its fields are."""
        catalogue = machine.crm.store.catalogue
        noun = catalogue[self.dice.choice(sorted(set(catalogue.nouns) - {"machines"}))]
        plain = [f for f in noun.units if f.name not in ("created", "deleted", "merged_into")]
        values: dict[str, int | str | None] = {}
        for field in self.dice.sample(plain, min(len(plain), self.dice.randrange(1, 4))):
            for column in noun.members(field.name) or (field.name,):
                values[column] = self.any_value(machine, noun.fields[column])
        row = self.any_row(machine, noun.name)
        with machine.crm.store.action("Anything") as work:
            if row is None or self.dice.random() < 0.4:
                work.insert(noun.name, values)
            else:
                work.update(noun.name, row, values)

    def any_value(self, machine: Machine, field) -> int | str | None:
        if field.link:
            return self.any_row(machine, field.link)
        if field.kind in ("integer", "flag", "minutes", "money", "decimal"):
            return self.dice.choice([0, 1, None])
        if field.kind in ("instant", "day"):
            return self.dice.choice(["2026-12-01T08:00:00Z", "2026-12-24T08:00:00Z", None])
        return self.dice.choice(["1", "é", "e\u0301", None])

    def do_plan(self, machine: Machine) -> None:
        """A plan is made, kept, moved or left; the customer's next and last contact follow."""
        plan, row = self.any_row(machine, "visits"), self.any_row(machine)
        day = f"2026-12-{self.dice.randrange(1, 29):02d}T08:00:00Z"
        with machine.crm.store.action("Planned") as work:
            if row and (plan is None or self.dice.random() < 0.5):
                work.insert("visits", {"customer": row, "kind": "visit", "status": "planned", "planned_start": day})
            elif plan:
                done = {"status": "done", "started": day, "outcome": self.dice.choice([None, "unreached"])}
                work.update("visits", plan, self.dice.choice([done, {"planned_start": day}, {"status": "missed"}]))

    def do_clock(self, machine: Machine) -> None:
        machine.skew = self.dice.choice((0, -86400, 86400 * 400, -10))

    # meeting

    def other(self, machine: Machine) -> Machine:
        return self.dice.choice([m for m in self.machines if m is not machine])

    def do_give(self, machine: Machine) -> None:
        machine.give(self.other(machine), full=self.dice.random() < 0.3)

    def do_clash(self, machine: Machine) -> None:
        """Two write one field without knowing of each other, and one or both learn of it."""
        other = self.other(machine)
        common = sorted({*self.rows(machine)} & {*self.rows(other)})
        if not common:
            return machine.give(other) and None
        row, field = self.dice.choice(common), self.dice.choice(("name", "region", "grade", "deleted", "merged_into"))
        pair = [machine, other]
        self.dice.shuffle(pair)
        for one, value in zip(pair, self.dice.sample(["1", "2", "3", None], 2), strict=True):
            with one.crm.store.action("Clashed") as work:
                if field == "deleted":
                    value = value and "trashed"
                if field == "merged_into":
                    value = value and self.dice.choice([r for r in common if r != row] or [None])
                work.write("customers", [row], field, value)
        pair[0].give(pair[1])
        if self.dice.random() < 0.5:
            pair[1].give(pair[0])
        return None

    def do_export(self, machine: Machine) -> None:
        since = self.dice.choice([{}, self.dice.choice(self.machines).have()])
        self.bundles.append(Bundle(since, machine.bundle(since)))

    def do_send(self, machine: Machine) -> None:
        """Write a bundle file: everything, since what a peer is known to have, or since what one really has."""
        other = self.other(machine)
        since = self.dice.choice([None, other.have()])
        known = any(peer.name == other.name for peer in machine.bundles.peers())
        to = other.name if since is None and known and self.dice.random() < 0.7 else None
        self.files += 1
        path = self.folder / f"{self.files}.crmb"
        done = machine.bundles.export(path, to=to, since=since)
        self.bundles.append(Bundle(done.since, file=path))

    def do_post(self, machine: Machine) -> None:
        """A bundle file arrives, perhaps late or once more."""
        files = [bundle.file for bundle in self.bundles if bundle.file]
        if files:
            self.arrive(machine, lambda: machine.bundles.take(self.dice.choice(files[-6:]), accept_key="any"))

    def do_late(self, machine: Machine) -> None:
        held = [bundle.content for bundle in self.bundles if bundle.content]
        if held:
            self.arrive(machine, lambda: machine.take(self.dice.choice(held)))

    def arrive(self, machine: Machine, take: Callable[[], object]) -> None:
        before = machine.everything()
        try:
            take()
        except Gap:
            self.refused += 1
            assert machine.everything() == before, "a refused bundle left something"

    # the file's own fate

    def do_crash(self, machine: Machine) -> None:
        machine.crash()

    def do_reopen(self, machine: Machine) -> None:
        machine.reopen()

    def do_keep(self, machine: Machine) -> None:
        copies = self.backups.setdefault(machine.name, [])
        copies.append(machine.backup(self.folder / f"{machine.name}{len(copies)}.kept"))

    def do_put_back(self, machine: Machine) -> None:
        if copies := self.backups.get(machine.name):
            machine.restore(self.dice.choice(copies))

    # lies

    def do_lie(self, machine: Machine) -> None:
        """Somebody sends what cannot be: it is refused, and the file is as before."""
        other = self.other(machine)
        slices, items = other.bundle({} if self.dice.random() < 0.5 else machine.have())
        have = machine.have()
        lies = [*false_places(slices, have), *false_claims(slices, items, have)]
        if not lies:
            return
        lie = self.dice.choice(lies)
        before = machine.everything()
        try:
            machine.take(lie)
        except Refused:
            assert machine.everything() == before, "a refused lie left something"
            return
        raise AssertionError("a lie was believed")

    # the end

    def finish(self) -> None:
        pairs = [(a, b) for a in self.machines for b in self.machines if a is not b] * 2
        self.dice.shuffle(pairs)
        for one, other in pairs:
            one.give(other, full=self.dice.random() < 0.3)
        for _ in range(2):
            for one in self.machines:
                for other in self.machines:
                    if one is not other:
                        one.give(other)
        first, *others = self.machines
        facts = first.facts()
        for machine in others:
            same(machine.facts(), facts, machine.name)
        for machine in self.machines:
            machine.check()
            machine.sound()
            assert first.give(machine, full=True).new == 0
        late = self.late_comer()
        same(late.facts(), facts, "another order")
        late.check()
        late.sound()

    def late_comer(self) -> Machine:
        """A new file that gets everything in pieces, in another order."""
        late = Machine(self.folder / "late.db", self.template, "late")
        self.machines.append(late)
        pieces = cut(self.machines[0].bundle({}), self.dice)
        while pieces:
            waiting = []
            for piece in pieces:
                try:
                    late.take(piece)
                except Gap:
                    waiting.append(piece)
            if len(waiting) == len(pieces):  # two logs that saw each other's middle: they come together
                late.take(self.machines[0].bundle(late.have()))
                break
            pieces = waiting
        return late


def same(mine: dict[str, object], theirs: dict[str, object], name: str) -> None:
    for what, value in theirs.items():
        assert mine[what] == value, (name, what, difference(mine[what], value))


def difference(one: object, other: object) -> object:
    if isinstance(one, list) and isinstance(other, list):
        return set(one) ^ set(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return {key: difference(one.get(key), other.get(key)) for key in other if one.get(key) != other.get(key)}
    return one, other
