"""The demo's schedule: cadences, series, rice jars, calls that are due, and a week that can be read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from crm_tui.rules import series as patterns
from crm_tui.rules.ids import fixed_id, new_id
from crm_tui.rules.series_text import format_series
from crm_tui.services.crm import Crm
from crm_tui.services.demo_cast import Actor, Row, ms
from crm_tui.services.demo_log import stamp
from crm_tui.store.database import Work

SEED = 2026
_CADENCES = (
    # grade, kind of customer, every, yellow, red, kind of contact, answer within hours
    ("H", None, 7, 7, 14, "visit", 2),
    ("A", None, 21, 21, 35, "visit", 4),
    ("B", None, 45, 45, 70, "call", 8),
    ("金牌", None, 30, 30, 45, "callback", 2),
    ("Gold", None, 30, 30, 45, "callback", 2),
    (None, "household", 60, 60, 90, "call", 24),
)
_CALLS = {
    "zh": ("回访：上次维修是否解决", "满意度回访", "备件到了，约上门时间", "保养合同续签"),
    "en": ("Was the last repair right?", "Satisfaction call", "Spares arrived, agree a date", "Contract renewal"),
}
_ROUNDS = {"zh": ("月底对账", "例行拜访"), "en": ("Monthly accounts", "Regular visit")}
_CARE = {
    "zh": ("孩子今年高考，少打扰晚上", "喜欢喝碧螺春", "母亲腿脚不便，送货要上楼"),
    "en": ("Daughter started school in September", "Prefers tea, never coffee", "Carry it up: two flights"),
}
_REASONS = {"zh": ("客户出差", "下雨", "车坏了"), "en": ("customer away", "rain", "van broke down")}


class DemoSchedule:
    """Adds the schedule to a demo that holds customers and their log.

    Args:
        crm: the open demo.
        actors: its customers.
        people: ids of people by key.
        today: midnight of the demo's day, local.
        zone: its zone.
    """

    def __init__(self, crm: Crm, actors: list[Actor], people: dict[str, str], today: datetime, zone: str) -> None:
        self.crm = crm
        self.people = people
        self.today = today
        self.zone = zone
        self.chance = Random(SEED)
        trashed = {row for (row,) in crm.store.reader().execute("SELECT id FROM customers WHERE NOT live")}
        self.actors = [actor for actor in actors if actor.file and actor.id not in trashed]

    def add(self) -> None:
        """Write everything, in a few actions."""
        self.crm.store.person = self.people["wang"]
        for year in (self.today.year, self.today.year + 1):
            self.crm.calendar_days.adopt(year, "CN")
        self._cadences()
        self._particulars()
        self._jars()
        self._rounds()
        self._calls()
        self._week()

    def _id(self) -> str:
        return new_id(ms(self.crm.store.now()), self.chance.randbytes(10))

    def _insert(self, work: Work, noun: str, row: Row) -> None:
        clean = self.crm.noun(noun).noun.validate(row)
        work.insert(noun, {**clean, "created": work.stamp})

    def _cadences(self) -> None:
        names = ("grade", "customer_kind", "every_days", "yellow_days", "red_days", "kind", "response_hours")
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="cadences", n=len(_CADENCES)) as work:
            for line in _CADENCES:
                ident = fixed_id("demo", "cadences", str(line[0]), str(line[1]))
                self._insert(work, "cadences", {"id": ident, **dict(zip(names, line, strict=True))})

    def _particulars(self) -> None:
        """Key accounts, care notes, and a few who asked not to be called."""
        firms = [actor for actor in self.actors if actor.row["kind"] == "organisation"]
        key = self.chance.sample([a for a in firms if a.row.get("grade") in ("H", "A", "金牌", "Gold")], 14)
        told = {actor.id: self.chance.choice(_CARE[actor.language]) for actor in self.chance.sample(self.actors, 40)}
        silent = self.chance.sample(self.actors, 5)
        n = len({*(actor.id for actor in [*key, *silent]), *told})
        with self.crm.store.action(
            "Edited {n} {noun}: {fields}", "bulk", noun="customers", n=n, fields=["care"]
        ) as work:
            for actor in key:
                work.update("customers", actor.id, {"key_account": 1})
            for customer, care in told.items():
                work.update("customers", customer, {"care": care})
            for actor in silent:
                work.update("customers", actor.id, {"do_not_call": 1})

    def _jars(self) -> None:
        """Consumption profiles of households, with fills whose rest was measured now and then."""
        homes = [actor for actor in self.actors if actor.row["kind"] == "household"]
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="consumption_profiles", n=len(homes)) as work:
            for actor in homes:
                self._jar(work, actor)

    def _jar(self, work: Work, actor: Actor) -> None:
        chance = self.chance
        people = int(actor.row["extra"]["household_size"])
        daily = people * chance.randint(110, 190)
        paydays = [row["day"] for row in actor.parts.get("key_dates", []) if row["kind"] == "payday"]
        profile = self._id()
        row: dict[str, Any] = {
            **{"id": profile, "customer": actor.id, "product": "大米" if actor.language == "zh" else "Rice"},
            **{"household_size": people, "daily_use": daily, "lead_days": 2, "container": 1000 * (10 + 5 * people)},
            "payday": str(paydays[0]) if paydays else chance.choice((None, "10", "last", "15")),
        }
        self._insert(work, "consumption_profiles", row)
        day = self.today.date() - timedelta(days=chance.randint(3, 26))
        fills: list[tuple[date, int, int | None]] = []
        amount = 5_000 * max(1, round(daily * 30 / 5_000))
        while day > max(actor.born.date(), self.today.date() - timedelta(days=240)):
            left = chance.randint(0, 6) * 250 if chance.random() < 0.7 else None
            fills.append((day, amount, left))
            day -= timedelta(days=max(8, round(amount / daily * chance.uniform(0.85, 1.15))))
        for on, grams, left in reversed(fills):
            fill = {"customer": actor.id, "profile": profile, "day": on, "amount": grams, "left_before": left}
            self._insert(work, "fills", {"id": self._id(), **fill})

    def _rounds(self) -> None:
        """Series: accounts on the last working day, a visit every two weeks."""
        firms = [a for a in self.actors if a.team == "projects" and a.row["kind"] == "organisation"]
        for place, actor in enumerate(self.chance.sample(firms, 8)):
            self.crm.store.person = self.people[actor.owner]
            begin = (self.today - timedelta(days=30)).replace(hour=9 + place % 7, minute=30, tzinfo=None)
            monthly = place % 2 == 0
            rule = (
                patterns.monthly_working_day(begin, self.zone)
                if monthly
                else patterns.weekly(begin, self.zone, (place % 5,), 1 + place // 4)
            )
            row = {"rule": format_series(rule), "kind": "call" if monthly else "visit", "minutes": 30}
            text = _ROUNDS[actor.language][0 if monthly else 1]
            told = {"noun": "series", "kind": row["kind"], "name": actor.row["name"]}
            with self.crm.store.action("Planned a series: {kind} with {name}", **told) as work:
                owner = {"id": self._id(), "customer": actor.id, "topic": text, "person": self.people[actor.owner]}
                self._insert(work, "series", {**owner, **row})
        self.crm.store.person = self.people["wang"]
        self.crm.series.refresh()

    def _calls(self) -> None:
        """The service desk's queue of today: twenty calls, some of them second tries."""
        desk = self.chance.sample([actor for actor in self.actors if actor.team == "desk"], 24)
        with self.crm.store.action("Planned {n} {noun}", "bulk", noun="visits", n=len(desk)) as work:
            for place, actor in enumerate(desk):
                at = self.today + timedelta(hours=9, minutes=20 * (place // 2) - (1440 if place < 3 else 0))
                row = self._plan(actor, at, "callback", self.chance.choice(_CALLS[actor.language]))
                self._insert(work, "visits", {**row, "origin": "rule", "attempt": 2 if place % 6 == 5 else None})

    def _week(self) -> None:
        """Plans of this week for everybody, frozen, some moved since; nothing of it is done yet today."""
        monday = self.today - timedelta(days=self.today.weekday())
        moved: list[tuple[str, datetime, str]] = []
        chosen = self.chance.sample(self.actors, 60)
        with self.crm.store.action("Planned {n} {noun}", "bulk", noun="visits", n=len(chosen)) as work:
            for place, actor in enumerate(chosen):
                at = monday + timedelta(days=place % 5, hours=9 + place % 8, minutes=15 * (place % 3))
                kind = (
                    "delivery" if actor.row["kind"] == "household" else self.chance.choice(("visit", "call", "meeting"))
                )
                row = self._plan(actor, at, kind, self.chance.choice(_ROUNDS[actor.language]))
                self._insert(work, "visits", row)
                if place % 9 == 4:
                    moved.append((row["id"], at + timedelta(days=2), self.chance.choice(_REASONS[actor.language])))
        self.crm.team.freeze(monday.date())
        for visit, at, reason in moved:
            self.crm.store.person = self.crm.visits.get(visit)["person"]
            self.crm.visits.move(visit, at, reason)

    def _plan(self, actor: Actor, at: datetime, kind: str, topic: str) -> Row:
        return {
            **{"id": self._id(), "customer": actor.id, "kind": kind, "status": "planned", "topic": topic},
            **{"planned_start": stamp(at), "planned_zone": self.zone, "planned_minutes": 30, "origin": "hand"},
            "person": self.people[actor.owner],
        }
