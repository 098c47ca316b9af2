"""Several real files that meet, and their state as the rules in memory make it of the same changes."""

from __future__ import annotations

import json
import random
import secrets
import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

from crm_tui.rules import hidden as rules
from crm_tui.rules.heads import Action, Change, Gap, History, Seen
from crm_tui.rules.undoing import undo_plan
from crm_tui.rules.slices import ActionHead, ChangeMade
from crm_tui.services.crm import Crm
from crm_tui.store import merging, outgoing
from crm_tui.store.heads import shape_of, units
from tests.conftest import NOW, ZONE

ORIGIN = merging.Origin(b"test", "test")
FIELDS = ("name", "region", "grade", "owner", "deleted", "merged_into")


class Machine:
    """One real file, with a clock of its own."""

    def __init__(self, path: Path, template: Path, name: str) -> None:
        shutil.copy(template, path)
        with sqlite3.connect(path) as db:
            db.execute("UPDATE device SET id = ?, name = ?", (secrets.token_hex(16), name))
        db.close()
        self.path, self.name, self.time, self.skew = path, name, 0.0, 0.0
        self.crm = Crm.open(path, self._now, zone=ZONE)

    def _now(self):
        self.time += 0.5
        return NOW + timedelta(seconds=int(self.time) + self.skew)

    @property
    def db(self) -> sqlite3.Connection:
        return self.crm.store.reader()

    def have(self) -> dict[str, int]:
        return outgoing.vector(self.db)

    def bundle(self, since: dict[str, int] | None = None):
        """What others lack, held in memory: slices and items."""
        db = self.db
        own = {log for (log,) in db.execute("SELECT id FROM device")}
        found = outgoing.slices(db, since or {}, own, b"", lambda log, end: b"")
        found = [
            type(one)(**{**{k: getattr(one, k) for k in one.__slots__}, "key": None, "signature": None})
            for one in found
        ]
        return found, list(outgoing.items(db, found))

    def take(self, bundle, **options) -> merging.Merged:
        slices, items = bundle
        return merging.merge(self.crm.store, slices, items, ORIGIN, **options)

    def give(self, other: Machine, *, full: bool = False) -> merging.Merged:
        return other.take(self.bundle({} if full else other.have()))

    def settle(self) -> str:
        return self.crm.digest()

    # what the rules in memory say of the same changes

    def history(self) -> History:
        _, items = self.bundle()
        catalogue = self.crm.store.catalogue
        actions, head, changes = [], None, []

        def close() -> None:
            if head is not None:
                seen = tuple(Seen(head.log, head.first, one.of, one.upto) for one in head.seen)
                actions.append(Action(head.log, head.n, tuple(changes), seen, head.kind, head.undoes))

        for item in items:
            if isinstance(item, ActionHead):
                close()
                head, changes = item, []
            else:
                assert isinstance(item, ChangeMade)
                value = units(catalogue.nouns.get(item.noun), item.value) if item.field is None else item.value
                changes.append(Change(head.log, item.seq, item.at, item.row, item.field, value, head.n))
        close()
        return History(shape_of(catalogue), actions)

    def check(self) -> None:
        """Tables, heads, conflicts and what is hidden are what the rules make of the log."""
        history, db = self.history(), sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        catalogue = self.crm.store.catalogue
        logs = dict(db.execute("SELECT dev, id FROM device"))
        names = dict(db.execute("SELECT k, name FROM field"))
        heads: dict[tuple[str, str], set[tuple[str, int]]] = {}
        for row, field, dev, seq in db.execute(
            "SELECT r.id, h.field, h.dev, h.seq FROM head h JOIN row r ON r.n = h.row"
        ):
            heads.setdefault((row, names[field]), set()).add((logs[dev], seq))
        conflicts = {
            (r, names[f]) for r, f in db.execute("SELECT r.id, c.field FROM conflict c JOIN row r ON r.n = c.row")
        }
        disputed = {
            r for (r,) in db.execute("SELECT r.id FROM issue i JOIN row r ON r.n = i.row WHERE i.kind = 'disputed'")
        }
        alias = dict(db.execute("SELECT id, root FROM alias"))
        expected = set()
        for row, noun in db.execute("SELECT r.id, o.name FROM row r JOIN noun o ON o.k = r.noun").fetchall():
            about = catalogue[noun]
            fields = sorted({*(unit.name for unit in about.units), *history.fields(row)})
            for field in fields:
                told = history.heads(row, field)
                mine = heads.get((row, field))
                if mine is not None:
                    assert mine == {(h.log, h.seq) for h in told}, ("heads", noun, row, field)
                else:
                    assert all(h.field is None for h in told), ("no head", noun, row, field)
                if history.conflict(row, field):
                    expected.add((row, field))
            columns = [name for name in fields if "." not in name and about.fields[name].kind != "group"]
            (extra,) = db.execute(f"SELECT extra FROM {noun} WHERE id = ?", (row,)).fetchone()
            custom = {f: history.value(row, f) for f in fields if "." in f}
            custom = {f.removeprefix("extra."): v for f, v in custom.items() if v is not None}
            assert custom.items() <= json.loads(extra or "{}").items(), ("extra", row, custom, extra)
            values = db.execute(f"SELECT {', '.join(columns)}, live FROM {noun} WHERE id = ?", (row,)).fetchone()
            for field, value in zip(columns, values, strict=False):
                assert value == history.value(row, field), ("value", noun, row, field, value)
            away = rules.hidden(history, row)
            gone = away or (noun == "customers" and rules.root(history, row) != row)
            assert bool(values[-1]) == (not gone), ("live", noun, row, values[-1], away)
            assert (row in disputed) == rules.disputed(history, row), ("disputed", row)
            if noun == "customers":
                assert alias.get(row, row) == rules.root(history, row), ("root", row)
        assert conflicts == expected, ("conflicts", conflicts ^ expected)
        db.close()


class World:
    """Machines that work and meet at random."""

    def __init__(self, folder: Path, template: Path, count: int, seed: int) -> None:
        self.dice = random.Random(seed)
        self.machines = [Machine(folder / f"{name}.db", template, name) for name in "abcde"[:count]]
        self.bundles: list[tuple[dict[str, int], object]] = []

    def close(self) -> None:
        for machine in self.machines:
            machine.crm.close()

    def step(self) -> None:
        machine = self.dice.choice(self.machines)
        kinds = "insert insert edit edit edit edit same child link trash restore merge unmerge undo redo choose raw clock custom give give give late export"
        getattr(self, "do_" + self.dice.choice(kinds.split()))(machine)

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
        from crm_tui.errors import Refused

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
        from crm_tui.errors import Refused

        try:
            machine.crm.store.redo()
        except Refused:
            pass

    def do_choose(self, machine: Machine) -> None:
        found = machine.db.execute(
            "SELECT r.id, o.name, f.name, c.row, c.field FROM conflict c JOIN row r ON r.n = c.row "
            "JOIN noun o ON o.k = r.noun JOIN field f ON f.k = c.field ORDER BY r.id, f.name"
        ).fetchall()
        if found:
            row, noun, field, n, k = self.dice.choice(found)
            sides = sorted(
                str(v)
                for (v,) in machine.db.execute(
                    "SELECT CASE WHEN c.field IS NULL THEN json_extract(c.value, '$.' || ?) ELSE c.value END FROM head h "
                    "JOIN change c ON c.dev = h.dev AND c.seq = h.seq WHERE h.row = ? AND h.field = ?",
                    (field, n, k),
                )
            )
            value = self.dice.choice(sides)
            with machine.crm.store.action("Chosen", "choice") as work:
                work.write(noun, [row], field, None if value == "None" else value)

    def do_raw(self, machine: Machine) -> None:
        if row := self.any_row(machine):
            with sqlite3.connect(machine.path, timeout=20) as db:
                db.execute("UPDATE customers SET region = ? WHERE id = ?", (self.dice.choice("ns"), row))
            db.close()
            machine.crm.close()
            machine.crm = Crm.open(machine.path, machine._now, zone=ZONE)

    def do_clock(self, machine: Machine) -> None:
        machine.skew = self.dice.choice((0, -86400, 86400 * 400, -10))

    def do_give(self, machine: Machine) -> None:
        other = self.dice.choice([m for m in self.machines if m is not machine])
        machine.give(other, full=self.dice.random() < 0.3)

    def do_export(self, machine: Machine) -> None:
        since = self.dice.choice([{}, self.dice.choice(self.machines).have()])
        self.bundles.append((since, machine.bundle(since)))

    def do_late(self, machine: Machine) -> None:
        if self.bundles:
            before = machine.crm.digest()
            try:
                machine.take(self.dice.choice(self.bundles)[1])
            except Gap:
                assert machine.crm.digest() == before

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
        digests = {machine.crm.digest() for machine in self.machines}
        assert len(digests) == 1, "machines differ"
        for machine in self.machines:
            machine.check()
            again = self.machines[0].give(machine, full=True)
            assert again.new == 0
