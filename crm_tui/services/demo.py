"""A small invented world to try things in: built through the services, the same for the same day."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui import __version__
from crm_tui.paths import data_folder
from crm_tui.rules.ids import fixed_id
from crm_tui.services.crm import Crm
from crm_tui.services.demo_cast import Actor, Cast, Row
from crm_tui.services.demo_deals import DemoDeals
from crm_tui.services.demo_desk import DemoDesk
from crm_tui.services.demo_log import Log, stamp
from crm_tui.services.demo_money import DemoMoney
from crm_tui.services.demo_names import Names, listed
from crm_tui.services.demo_schedule import DemoSchedule
from crm_tui.services.imports import VERB
from crm_tui.store.database import Work

SEED = 1998
RECENT = 9
"""For how many days every contact is an action of its own; older ones are a person's quarter."""


class Clock:
    """A clock that the builder moves through the demo's two years."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """The present of the demo."""
        return self.at


def fresh_copy(folder: Path, now: datetime, zone: str) -> Path:
    """A new file with the demo in it, copied from a template that is built once a day.

    Args:
        folder: where template and copy are kept.
        now: the present (aware); what is planned is planned around it.
        zone: name of the local time zone.

    Returns:
        The copy, which replaces that of the last time.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    folder.mkdir(parents=True, exist_ok=True)
    template = folder / f"demo-{__version__}-{today.isoformat()}-{zone.replace('/', '_')}.template"
    if not template.exists():
        for old in folder.glob("demo-*.template*"):
            old.unlink()
        part = template.with_suffix(".part")
        _remove(part)
        build(part, now, zone)
        part.replace(template)
    copy = folder / "demo.db"
    _remove(copy)
    shutil.copyfile(template, copy)
    copy.chmod(0o600)
    return copy


def _remove(file: Path) -> None:
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm", f"{file.name}.drafts"):
        with suppress(FileNotFoundError):
            file.with_name(name).unlink()


def build(path: Path, now: datetime, zone: str) -> None:
    """Build the demo in a new file at `path`."""
    local = now.astimezone(ZoneInfo(zone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    clock = Clock(today - timedelta(days=760))
    crm = Crm.open(path, clock, zone=zone)
    try:
        _Builder(crm, clock, today, zone).build()
        clock.at = now
    finally:
        crm.close()


class _Builder:
    """Writes the world into an open, empty file, in the order of time."""

    def __init__(self, crm: Crm, clock: Clock, today: datetime, zone: str) -> None:
        self.crm = crm
        self.clock = clock
        self.today = today
        self.zone = zone
        self.chance = Random(SEED)
        read = {name: _toml(name) for name in ("names", "world", "texts")}
        self.world = read["world"]
        self.ids = {str(line).split("|")[0]: "" for line in self.world["branches"] + self.world["people"]}
        self.ids = {key: fixed_id("demo", key) for key in self.ids}
        self.me = str(self.world["me"])
        self.cast = Cast(self.chance, Names(self.chance, read["names"]), self.world, self.ids, today)
        self.log = Log(self.chance, read["texts"], self.ids, today, zone)

    def build(self) -> None:
        """Write everything."""
        self._company()
        actors = self.cast.make()
        due = [actor for actor in actors if actor.owner == self.me][:4] + [a for a in actors if a.team == "shop"][:12]
        self.cast.near_birthdays(due)
        visits = self.log.of(actors, self.me)
        recent = self.today - timedelta(days=RECENT)
        done = [row for actor in actors for row in visits[actor.id]]
        steps: list[tuple[datetime, Any]] = [*self._imports(actors), *self._quarters(done, recent)]
        steps += self._singles(actors, done, recent)
        for at, step in sorted(steps, key=lambda pair: pair[0]):
            self.clock.at = max(at, self.clock.at + timedelta(milliseconds=1))
            step()
        self.clock.at = max(self.clock.at + timedelta(seconds=1), self.today - timedelta(minutes=1))
        DemoSchedule(self.crm, actors, self.ids, self.today, self.zone).add()
        DemoDeals(self.crm, actors, self.ids, self.today).add()
        DemoDesk(self.crm, actors, self.ids, self.today, self.zone).add()
        DemoMoney(self.crm, actors, self.ids, self.today, self.me).add()
        self.crm.people.i_am(self.ids[self.me])

    def _company(self) -> None:
        """Branches, people and custom fields."""
        with self.crm.store.action("Set up the company", "bulk") as work:
            names = ("id", "name", "parent", "brand", "region", "ownership", "opened")
            self._put(work, "branches", [self._row(names, line, "parent") for line in self.world["branches"]])
            named = ("id", "name", "role", "team", "branch", "phone", "email")
            self._put(work, "people", [self._row(named, line, "branch") for line in self.world["people"]])
            about = ("noun", "key", "label_en", "label_zh", "kind", "choices")
            fields = []
            for place, line in enumerate(self.world["fields"], 1):
                row: Row = dict(zip(about, str(line).split("|"), strict=True))
                row["choices"] = "\n".join(listed(row["choices"], ",")) or None
                fields.append({**row, "id": fixed_id("custom_fields", row["noun"], row["key"]), "position": place})
            self._put(work, "custom_fields", fields)
        self.crm.store.set_setting("company", "禾源集团 Heyuan Group")

    def _row(self, names: Sequence[str], line: Any, link: str) -> Row:
        row: Row = dict(zip(names, str(line).split("|"), strict=True))
        row["id"] = self.ids[row["id"]]
        row[link] = self.ids[row[link]] if row[link] else None
        return row

    def _put(self, work: Work, noun: str, rows: list[Row]) -> None:
        """Insert rows, each validated by its noun."""
        if not rows:
            return
        about = self.crm.noun(noun).noun
        found = []
        for row in rows:
            extra = row.get("extra")
            given = {**row, "extra": json.dumps(extra, ensure_ascii=False)} if extra else {**row, "extra": None}
            given.pop("next", None)
            found.append(about.validate({"created": work.stamp, **given}))
        columns = list(found[0])
        work.insert_many(noun, columns, [[row[name] for name in columns] for row in found])

    def _customers(self, work: Work, actors: list[Actor]) -> None:
        """Insert customers with what hangs on them."""
        self._put(work, "customers", [{**a.row, "id": a.id, "created": stamp(a.born)} for a in actors])
        nouns: dict[str, list[Row]] = {}
        for actor in actors:
            for noun, rows in actor.parts.items():
                nouns.setdefault(noun, []).extend({**row, "created": stamp(actor.born)} for row in rows)
        nouns["phones"] = [self.crm.phones.international(row) for row in nouns.get("phones", [])]
        for noun, rows in nouns.items():
            self._put(work, noun, rows)

    def _imports(self, actors: list[Actor]) -> list[tuple[datetime, Any]]:
        """The lists that came from spreadsheets at the beginning, then each later month's new customers."""
        groups: dict[tuple[str, str], list[Actor]] = {}
        for actor in actors:
            groups.setdefault((actor.file, "" if actor.file else f"{actor.born:%Y-%m}"), []).append(actor)

        def one(file: str, members: list[Actor]) -> None:
            self.crm.store.person = self.ids["wang"]
            if file:
                told = {"file": file, "created": len(members), "updated": 0}
                with self.crm.store.action(VERB, "import", **told) as work:
                    self._customers(work, members)
            else:
                with self.crm.store.action("Added {n} {noun}", "bulk", noun="customers", n=len(members)) as work:
                    self._customers(work, members)

        return [
            (max(a.born for a in members), lambda file=file, members=members: one(file, members))
            for (file, _), members in groups.items()
        ]

    def _quarters(self, rows: list[Row], recent: datetime) -> list[tuple[datetime, Any]]:
        """What each person logged in a quarter of a year, as one action."""
        groups: dict[tuple[str, int], list[Row]] = {}
        for row in rows:
            at = _made(row)
            if at < recent:
                groups.setdefault((row["person"], (self.today - at).days // 91), []).append(row)

        def one(person: str, members: list[Row]) -> None:
            self.crm.store.person = person
            with self.crm.store.action("Logged {n} contacts", "bulk", noun="visits", n=len(members)) as work:
                self._put(work, "visits", members)

        return [
            (max(_made(row) for row in members) + timedelta(seconds=1), lambda p=p, m=members: one(p, m))
            for (p, _), members in groups.items()
        ]

    def _singles(self, actors: list[Actor], rows: list[Row], recent: datetime) -> list[tuple[datetime, Any]]:
        """The last days, action by action: contacts, edits, the trash, a merge that was taken back."""
        names = {actor.id: str(actor.row["name"]) for actor in actors}

        def log(members: list[Row]) -> None:
            row = members[0]
            self.crm.store.person = row["person"]
            verb = "Planned {kind} with {name}" if row["status"] == "planned" else "Logged {kind} with {name}"
            told = {"noun": "visits", "name": names[row["customer"]], "kind": row["kind"]}
            with self.crm.store.action(verb, **told) as work:
                self._put(work, "visits", members)

        together: dict[str, list[Row]] = {}
        for row in rows:
            if _made(row) >= recent:  # a plan belongs to the contact that led to it
                together.setdefault(row.get("follows") or row["id"], []).append(row)
        steps = [(_made(members[0]), lambda m=members: log(m)) for members in together.values()]
        return steps + self._changes(actors)

    def _changes(self, actors: list[Actor]) -> list[tuple[datetime, Any]]:
        chance, crm = self.chance, self.crm
        chosen = chance.sample([actor for actor in actors if actor.file], 26)

        def edit(actor: Actor, values: Row) -> None:
            crm.store.person = self.ids[actor.owner]
            crm.customers.edit(actor.id, values)

        def trash(actor: Actor) -> None:
            crm.store.person = self.ids["wang"]
            crm.customers.trash(actor.id)

        def mistake(one: Actor, two: Actor) -> None:
            crm.store.person = self.ids["wang"]
            crm.customers.merge(one.id, two.id)
            self.clock.at += timedelta(minutes=2)
            crm.history.undo()

        done: list[Any] = []
        for actor in chosen[:18]:
            grades = listed(self.world[f"grades_{actor.language}"][actor.team], ",")
            note = "月初核对过地址和电话" if actor.language == "zh" else "Address and phone checked this month"
            values = chance.choice(({"grade": chance.choice(grades)}, {"note": note}, {"size": "50-199"}))
            done.append(lambda a=actor, v=values: edit(a, v))
        done += [lambda a=actor: trash(a) for actor in chosen[18:24]]
        done.append(lambda: mistake(chosen[24], chosen[25]))
        return [(self.today - timedelta(days=7) + timedelta(hours=9, minutes=53 * n), go) for n, go in enumerate(done)]


def _made(row: Row) -> datetime:
    return datetime.fromisoformat(row["created"])


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((data_folder() / "demo" / f"{name}.toml").read_text(encoding="utf-8"))
