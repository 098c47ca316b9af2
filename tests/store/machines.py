"""Real files that meet, each on a machine of its own, and their state as the rules in memory make it of the changes."""

from __future__ import annotations

import gc
import json
import secrets
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from crm_tui.rules import hidden as rules
from crm_tui.rules.heads import Action, Change, History, Seen
from crm_tui.rules.slices import ActionHead, ChangeMade
from crm_tui.services.crm import Crm
from crm_tui.store import backup, check, issues, merging, outgoing
from crm_tui.store.heads import shape_of, units
from crm_tui.sync.bundles import Bundles
from crm_tui.sync.chains import sign_end
from tests.conftest import NOW, ZONE

ORIGIN = merging.Origin(b"test", "test")


class Part(NamedTuple):
    log: str
    heads: list[ActionHead]
    changes: list[ChangeMade]

    seqs = property(lambda self: [change.seq for change in self.changes])
    ats = property(lambda self: [change.at for change in self.changes])
    nouns = property(lambda self: [change.noun for change in self.changes])
    rows = property(lambda self: [change.row for change in self.changes])
    fields = property(lambda self: [change.field or "" for change in self.changes])
    values = property(lambda self: [change.value for change in self.changes])


def parts(items):
    for item in items:
        if isinstance(item, ActionHead):
            last = Part(item.log, [item], [])
            yield last
        else:
            last.changes.append(item)


class Machine:
    """One machine: its home with keys and memory, its clock, and one real file."""

    def __init__(self, path: Path, template: Path, name: str) -> None:
        shutil.copy(template, path)
        path.chmod(0o600)
        self.path, self.name, self.time, self.skew, self.grain = path, name, 0.0, 0.0, 1
        self.home = path.with_suffix("")
        self.home.mkdir()
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("UPDATE device SET id = ?, name = ?", (secrets.token_hex(16), name))
            db.execute("INSERT OR REPLACE INTO setting VALUES('machine', ?)", (name,))
        self.open()

    def open(self) -> None:
        self.crm = Crm.open(self.path, self._now, zone=ZONE, memory=self.home / "logs.json")
        self.bundles = Bundles(self.crm, self.home, self.home / "logs.json")

    def reopen(self) -> None:
        self.crm.close()
        self.open()

    def crash(self) -> None:
        """The program is gone without a word; what it had committed stands."""
        self.crm = self.bundles = None
        gc.collect()
        self.open()

    def twin(self, folder: Path, name: str = "twin") -> Machine:
        """A copy of the whole machine: file, keys and memory; both go on with one log."""
        self.crm.close()
        twin = Machine.__new__(Machine)
        twin.name, twin.time, twin.skew, twin.grain = name, self.time, 0.0, 1
        twin.path, twin.home = folder / f"{name}.db", folder / name
        shutil.copy(self.path, twin.path)
        shutil.copytree(self.home, twin.home)
        facts = (twin.home / "logs.json").stat()  # an image of a disk keeps the memory's mark valid
        (twin.home / "logs.json.lock").write_text(f"{facts.st_ino} {facts.st_ctime_ns}")
        self.open()
        twin.open()
        return twin

    def restore(self, copy: Path) -> None:
        self.crm.close()
        backup.restore(self.path, copy, self._now())
        self.open()

    def backup(self, target: Path) -> Path:
        return backup.make(self.path, target, self._now())

    def _now(self):
        self.time += 0.5
        return NOW + timedelta(seconds=int(self.time) // self.grain * self.grain + self.skew)

    @property
    def db(self) -> sqlite3.Connection:
        return self.crm.store.reader()

    @property
    def log(self) -> str:
        return self.db.execute("SELECT d.id FROM state s JOIN device d ON d.dev = s.dev").fetchone()[0]

    def have(self) -> dict[str, int]:
        return outgoing.vector(self.db)

    def bundle(self, since: dict[str, int] | None = None):
        """What others lack, held in memory: slices and items."""
        key = self.bundles.key
        found = outgoing.slices(
            self.db, since or {}, self.bundles._own_logs(), key.public, lambda log, end: sign_end(key, log, end)
        )
        self.bundles._note_signed(found)
        return found, list(outgoing.items(self.db, found))

    def take(self, bundle, **options) -> merging.Merged:
        slices, items = bundle
        return merging.merge(self.crm.store, slices, [*parts(items)], ORIGIN, **options)

    def give(self, other: Machine, *, full: bool = False) -> merging.Merged:
        return other.take(self.bundle({} if full else other.have()))

    # single steps, for traces

    def insert(self, noun: str = "customers", **values) -> str:
        with self.crm.store.action("Added") as work:
            return work.insert(noun, {"kind": "person", **values} if noun == "customers" else values)

    def edit(self, row: str, noun: str = "customers", **values) -> None:
        with self.crm.store.action("Edited") as work:
            work.update(noun, row, values)

    def write(self, row: str, field: str, value, kind: str = "edit", noun: str = "customers") -> None:
        with self.crm.store.action("Wrote", kind) as work:
            work.write(noun, [row], field, value)

    def raw(self, sql: str, *params) -> None:
        """SQL of a program that knows nothing of us."""
        with closing(sqlite3.connect(self.path, timeout=20)) as db, db:
            db.execute(sql, params)
        self.reopen()

    def value(self, row: str, field: str = "name", noun: str = "customers"):
        return self.db.execute(f"SELECT {field} FROM {noun} WHERE id = ?", (row,)).fetchone()[0]

    def live(self, row: str, noun: str = "customers") -> bool:
        return bool(self.value(row, "live", noun))

    def conflicts(self) -> set[tuple[str, str]]:
        return set(
            self.db.execute(
                "SELECT r.id, f.name FROM conflict c JOIN row r ON r.n = c.row JOIN field f ON f.k = c.field"
            ).fetchall()
        )

    def facts(self) -> dict[str, object]:
        """All that must be equal on every machine that has the same changes."""
        with self.crm.store.writing() as db:
            issues.refresh(db, self.crm.store.catalogue)
        db = self.db
        heads = db.execute(
            "SELECT r.id, f.name, d.id, h.seq FROM head h JOIN row r ON r.n = h.row JOIN field f ON f.k = h.field "
            "JOIN device d ON d.dev = h.dev"
        )
        found = db.execute("SELECT i.kind, r.id, i.detail FROM issue i JOIN row r ON r.n = i.row")
        shown = {
            noun: sorted(r for (r,) in db.execute(f"SELECT id FROM {noun} WHERE live"))
            for noun in self.crm.store.catalogue.nouns
        }
        return {
            "digest": self.crm.digest(),
            "have": self.have(),
            "heads": sorted(heads.fetchall()),
            "conflicts": sorted(self.conflicts()),
            "issues": sorted(found.fetchall()),
            "shown": shown,
            "alias": sorted(db.execute("SELECT id, root FROM alias").fetchall()),
            "times": sorted(
                db.execute(
                    "SELECT id, last_contact, next_due FROM customers WHERE id NOT IN (SELECT id FROM alias)"
                ).fetchall()
            ),
        }

    def everything(self) -> object:
        """The whole content, to see that a refusal left it as it was."""
        tables = ("row", "change", "action", "have", "seen", "head", "conflict", "issue", "import", "dirty", "field")
        return self.crm.digest(), [self.db.execute(f"SELECT * FROM {table}").fetchall() for table in tables]

    def sound(self) -> None:
        """`crm check` finds nothing, and nothing waits to be recomputed."""
        with self.crm.store.writing() as db:
            told = check.check(db, self.crm.store.catalogue)
        assert not told, told

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
        history, db = self.history(), self.db
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
