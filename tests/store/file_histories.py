"""Random histories of real files on simulated machines: copied, moved, put back, crashed, restored, written by others.

One rule is watched: no two different changes ever get one (log, number).
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from crm_tui.store import backup, check, journal, memory
from crm_tui.store.database import Store

NOW = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)
KINDS = (
    *("open",) * 5,
    *("write",) * 9,
    *("close",) * 4,
    *("crash",) * 2,
    *("copy",) * 3,
    *("move",) * 3,
    *("keep", "keep", "put_back", "put_back", "overwrite", "overwrite"),
    *("raw", "raw", "fail", "nothing", "backup", "restore", "restore", "read"),
    *("lose_memory", "damage_memory", "copy_home", "keep_home", "put_back_home"),
)
PROFILES = (
    KINDS,
    ("open", "write", "write", "keep", "crash", "overwrite", "close"),
    ("open", "write", "write", "close", "crash", "backup", "restore"),
    ("write", "write", "close", "copy", "raw", "move", "put_back", "keep"),
    ("write", "write", "close", "image", "put_back_image", "copy_home"),
    ("write", "close", "raw", "raw", "copy", "crash"),
)
Step = tuple[str, int, int]


class Forked(AssertionError):
    """Two different changes have one number."""


class World:
    """Three machines, two places for a file on each, and what was ever written."""

    def __init__(self, folder: Path, template: Path, *, memories: bool = True) -> None:
        self.folder = folder
        self.memories = memories
        self.stores: list[tuple[tuple[int, str], Store]] = []
        self.known: dict[tuple[str, int], tuple[object, ...]] = {}
        self.backups: list[Path] = []
        self.kept: list[Path] = []
        self.homes: list[tuple[int, Path]] = []
        self.images: list[tuple[Path, tuple[int, Path]]] = []
        self.count = 0
        self.places: set[tuple[int, str]] = {(0, "p")}
        for machine in range(3):
            (folder / str(machine) / "home").mkdir(parents=True)
        shutil.copyfile(template, self.file((0, "p")))

    def file(self, place: tuple[int, str]) -> Path:
        return self.folder / str(place[0]) / f"{place[1]}.db"

    def memory(self, machine: int) -> Path | None:
        return self.folder / str(machine) / "home" / "logs.json" if self.memories else None

    def live(self, place: tuple[int, str]) -> list[int]:
        return [n for n, (where, _) in enumerate(self.stores) if where == place]

    def run(self, steps: Sequence[Step]) -> None:
        for kind, a, b in steps:
            places = sorted(self.places)
            getattr(self, kind)(places[a % len(places)], b)
        while self.stores:
            self.close(self.stores[0][0], 0)
        for place in sorted(self.places):
            self.open(place, 0)
            store = self.stores[-1][1]
            assert journal.verify(store._writer) == []
            store._writer.execute("PRAGMA query_only=OFF")
            assert check.check(store._writer, store.catalogue) == []
            self.close(place, 0)

    def look(self, store: Store) -> None:
        """Compare what the file says about every number with what any file ever said."""
        for log, seq, *said in store._writer.execute(
            "SELECT d.id, c.seq, r.id, c.field, c.value FROM change c JOIN device d ON d.dev = c.dev "
            "JOIN row r ON r.n = c.row JOIN have h ON h.dev = c.dev AND h.upto >= c.seq ORDER BY c.dev, c.seq"
        ):
            if self.known.setdefault((log, seq), tuple(said)) != tuple(said):
                raise Forked(f"{log[:6]} {seq}: {said} and {self.known[log, seq]}")

    def one(self, place: tuple[int, str], b: int) -> Store | None:
        live = self.live(place)
        return self.stores[live[b % len(live)]][1] if live else None

    # What happens to files; `b` chooses among several.

    def open(self, place: tuple[int, str], b: int) -> None:
        if len(self.live(place)) < 3:
            store = Store.open(self.file(place), lambda: NOW, create=False, memory=self.memory(place[0]))
            self.stores.append((place, store))
            self.look(store)

    def write(self, place: tuple[int, str], b: int) -> None:
        if not self.live(place):
            self.open(place, b)
        store = self.one(place, b)
        assert store is not None
        self.count += 1
        with store.action("Added {name}", name=str(self.count)) as work:
            row = work.insert("people", {"name": f"person {self.count}"})
            if b % 2:
                work.update("people", row, {"role": f"role {self.count}"})
        self.look(store)

    def fail(self, place: tuple[int, str], b: int) -> None:
        if store := self.one(place, b):
            try:
                with store.action("Added") as work:
                    work.insert("people", {"name": "nobody"})
                    raise KeyError
            except KeyError:
                self.look(store)

    def nothing(self, place: tuple[int, str], b: int) -> None:
        if store := self.one(place, b):
            with store.action("Added"):
                pass
            self.look(store)

    def read(self, place: tuple[int, str], b: int) -> None:
        if store := self.one(place, b):
            store.reader().execute("SELECT count(*) FROM people").fetchone()

    def close(self, place: tuple[int, str], b: int) -> None:
        if live := self.live(place):
            self.stores.pop(live[b % len(live)])[1].close()

    def crash(self, place: tuple[int, str], b: int) -> None:
        """The program ends without a word, and the system closes its files."""
        if live := self.live(place):
            _, store = self.stores.pop(live[b % len(live)])
            for db in (*store._readers, store._writer):
                db.close()
            if store._keeper._as is not None:
                del memory._here[store._keeper._as.token]

    def raw(self, place: tuple[int, str], b: int) -> None:
        self.count += 1
        db = sqlite3.connect(self.file(place))
        rows = db.execute("SELECT id FROM people").fetchall()
        if b % 2 and rows:
            for n in range(b % 3 + 1):
                db.execute("UPDATE people SET team = ? WHERE id = ?", (f"raw {self.count}.{n}", rows[b % len(rows)][0]))
        else:
            db.execute("INSERT INTO people(id, name) VALUES(?, ?)", (f"{self.count:032x}", f"raw {self.count}"))
        db.commit()
        db.close()

    def move(self, place: tuple[int, str], b: int) -> None:
        to = (b % 3, "pq"[b // 3 % 2])
        if to not in self.places and not self.live(place):
            self._take(self.file(place), self.file(to))
            self.places = self.places - {place} | {to}

    def copy(self, place: tuple[int, str], b: int) -> None:
        """Also while it is open, with its write-ahead log."""
        to = (b % 3, "pq"[b // 3 % 2])
        if to not in self.places:
            self._copy(self.file(place), self.file(to))
            self.places.add(to)

    def keep(self, place: tuple[int, str], b: int) -> None:
        copy = self.folder / f"kept{len(self.kept)}.db"
        self._copy(self.file(place), copy)
        self.kept.append(copy)

    def put_back(self, place: tuple[int, str], b: int) -> None:
        """An old file takes the place of the present one."""
        if self.kept and not self.live(place):
            self._remove(self.file(place))
            self._copy(self.kept[b % len(self.kept)], self.file(place))

    def overwrite(self, place: tuple[int, str], b: int) -> None:
        """An old file is written into the present one, which stays the same file to the system."""
        if self.kept and not self.live(place):
            self._remove(self.file(place), ("-wal", "-shm"))
            self._copy(self.kept[b % len(self.kept)], self.file(place))

    def backup(self, place: tuple[int, str], b: int) -> None:
        self.backups.append(backup.make(self.file(place), self.folder / f"backup{len(self.backups)}.db", NOW))

    def restore(self, place: tuple[int, str], b: int) -> None:
        """Also while programs have the file open."""
        if self.backups:
            backup.restore(self.file(place), self.backups[b % len(self.backups)], NOW)

    # What happens to memories.

    def lose_memory(self, place: tuple[int, str], b: int) -> None:
        if b % 4 == 0:
            self._home(place[0]).joinpath("logs.json").unlink(missing_ok=True)

    def damage_memory(self, place: tuple[int, str], b: int) -> None:
        path = self._home(place[0]) / "logs.json"
        if b % 4 == 0 and path.exists():
            path.write_bytes(path.read_bytes()[: b * 37 % 200])

    def copy_home(self, place: tuple[int, str], b: int) -> None:
        """The whole home is copied to another machine."""
        if b % 3 != place[0] and not any(where[0] == b % 3 for where, _ in self.stores):
            shutil.rmtree(self._home(b % 3))
            shutil.copytree(self._home(place[0]), self._home(b % 3))

    def keep_home(self, place: tuple[int, str], b: int) -> None:
        copy = self.folder / f"home{len(self.homes)}"
        shutil.copytree(self._home(place[0]), copy)
        self.homes.append((place[0], copy))

    def put_back_home(self, place: tuple[int, str], b: int) -> None:
        """An old home is written over the present one, with all its files."""
        if self.homes:
            machine, copy = self.homes[b % len(self.homes)]
            shutil.copytree(copy, self._home(machine), dirs_exist_ok=True)

    def image(self, place: tuple[int, str], b: int) -> None:
        """File and home of a machine are kept together."""
        self.keep(place, b)
        self.keep_home(place, b)
        self.images.append((self.kept[-1], self.homes[-1]))

    def put_back_image(self, place: tuple[int, str], b: int) -> None:
        """And written over what stands there, together."""
        if self.images and not self.live(place):
            file, (machine, home) = self.images[b % len(self.images)]
            if machine == place[0]:
                self._remove(self.file(place), ("-wal", "-shm"))
                self._copy(file, self.file(place))
                shutil.copytree(home, self._home(machine), dirs_exist_ok=True)

    def _home(self, machine: int) -> Path:
        return self.folder / str(machine) / "home"

    def _copy(self, source: Path, target: Path) -> None:
        for end in ("", "-wal"):
            file = source.with_name(source.name + end)
            if file.exists():
                shutil.copyfile(file, target.with_name(target.name + end))

    def _take(self, source: Path, target: Path) -> None:
        for end in ("", "-wal"):
            file = source.with_name(source.name + end)
            if file.exists():
                os.replace(file, target.with_name(target.name + end))
        source.with_name(source.name + "-shm").unlink(missing_ok=True)

    def _remove(self, file: Path, ends: Sequence[str] = ("", "-wal", "-shm")) -> None:
        for end in ends:
            file.with_name(file.name + end).unlink(missing_ok=True)

    def end(self) -> None:
        """Let go of everything."""
        while self.stores:
            self.stores.pop()[1].close()


def steps_of(seed: int, count: int) -> list[Step]:
    """The steps of one history; most stay with one or two files and a few kinds, where most can go wrong."""
    dice = random.Random(seed)
    spread = dice.choice([1, 2, 6])
    kinds = dice.choice(PROFILES)
    return [(dice.choice(kinds), dice.randrange(spread), dice.randrange(36)) for _ in range(count)]


def shrunk(steps: list[Step], fails: object) -> list[Step]:
    """A history that fails as well and has no step too many."""
    assert callable(fails)
    place = len(steps)
    while place > 0:
        place -= 1
        shorter = steps[:place] + steps[place + 1 :]
        if fails(shorter):
            steps = shorter
    return steps
