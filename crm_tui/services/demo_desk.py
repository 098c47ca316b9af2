"""The demo's service desk: a quarter of tickets, a queue of today with clocks in every state, what is known."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from random import Random
from typing import Any

from crm_tui.paths import data_folder
from crm_tui.rules.ids import fixed_id, new_id
from crm_tui.rules.policies import DESK_FLOW
from crm_tui.rules.ticket_states import Standing, Step, parse_flow, take
from crm_tui.services.crm import Crm
from crm_tui.services.demo_cast import Actor, Row, ms
from crm_tui.services.demo_log import stamp
from crm_tui.store.database import Work
from crm_tui.store.desk_clocks import DeskTime

SEED = 2012
PAST = 90
"""Tickets that are over, in as many days."""

# Minutes of the wall clock before now at which each open ticket came in, and its steps since: minutes after, verb, by.
_OPEN: tuple[tuple[int, tuple[tuple[int, str, str], ...]], ...] = (
    (25, ()),
    (70, ()),
    (150, ((20, "respond", "zhou"),)),
    (1_500, ((15, "respond", "daniel"), (40, "dispatch", "zhang"), (70, "accept", "zhang"))),
    (3_200, ((30, "respond", "zhou"), (60, "dispatch", "zhang"), (90, "accept", "zhang"), (1_500, "wait", "zhang"))),
    (4_500, ((60, "accept", "zhou"), (200, "wait", "zhou"))),
    (2_900, ((20, "accept", "daniel"), (1_400, "done", "daniel"))),
    (4_400, ((20, "dispatch", "zhang"), (120, "accept", "zhang"), (1_600, "done", "zhang"))),
    (
        5_900,
        ((60, "accept", "zhou"), (1_500, "done", "zhou"), (2_900, "unsolved", "daniel"), (3_000, "accept", "zhou")),
    ),
    (320, ((40, "respond", "daniel"), (50, "dispatch", "zhou"))),
    (480, ((30, "respond", "zhou"),)),
    (1_700, ((50, "respond", "zhou"), (60, "accept", "zhou"))),
)


class DemoDesk:
    """Adds the desk to a demo that holds customers, their log and the schedule.

    Args:
        crm: the open demo.
        actors: its customers.
        people: ids of people by key.
        today: midnight of the demo's day, local.
        zone: its zone.
    """

    def __init__(self, crm: Crm, actors: list[Actor], people: dict[str, str], today: datetime, zone: str) -> None:
        self.crm, self.people, self.zone = crm, people, zone
        self.now = today + timedelta(hours=10)
        self.chance = Random(SEED)
        self.texts = tomllib.loads((data_folder() / "demo" / "desk.toml").read_text(encoding="utf-8"))
        trashed = {row for (row,) in crm.store.reader().execute("SELECT id FROM customers WHERE NOT live")}
        self.actors = [actor for actor in actors if actor.team == "desk" and actor.id not in trashed]
        self.actors += [actor for actor in actors if actor.team == "shop" and actor.id not in trashed][:30]
        self.desk = DeskTime(crm.store.reader())
        self.flow = parse_flow(crm.policies.value(DESK_FLOW))
        self.count = 0

    def add(self) -> None:
        """Write everything, in a few actions."""
        self.crm.store.person = self.people["zhou"]
        self._known()
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="tickets", n=PAST + len(_OPEN)) as work:
            for place in range(PAST):
                self._past(work, place)
            for minutes, steps in _OPEN:
                self._open(work, minutes, steps)

    def _insert(self, work: Work, noun: str, row: Row) -> str:
        clean = self.crm.noun(noun).noun.validate({"id": self._id(), **row})
        return work.insert(noun, {**clean, "created": work.stamp})

    def _id(self) -> str:
        return new_id(ms(self.crm.store.now()), self.chance.randbytes(10))

    def _known(self) -> None:
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="articles", n=len(self.texts["articles"])) as work:
            for line in self.texts["articles"]:
                symptom, product, cause, fix = line.split("|")
                row = {"symptom": symptom, "product": product, "cause": cause, "fix": fix}
                self._insert(work, "articles", {**row, "person": self.people["zhang"]})
            for line in self.texts["actions"]:
                text, product, cause, person, days = line.split("|")
                due = (self.now + timedelta(days=int(days))).date()
                row = {"text": text, "product": product or None, "cause": cause, "person": self.people[person]}
                self._insert(work, "corrective_actions", {**row, "due": due, "state_on": self.now.date()})

    def _ticket(self, work: Work, at: datetime) -> tuple[Row, str]:
        """A ticket's row as it comes in; and what helped."""
        actor = self.chance.choice(self.actors)
        kind, severity, product, cause, text, solution = self.chance.choice(self.texts[actor.language]).split("|")
        grade = actor.row.get("grade")
        within = self.desk.standard(grade, severity) or (None, None)
        self.count += 1
        row: Row = {
            **{"id": self._id(), "customer": actor.id, "number": f"T-DEM-{self.count:04d}", "kind": kind, "text": text},
            **{"severity": severity, "tier": grade, "respond_within": within[0], "resolve_within": within[1]},
            **{"product": product or None, "cause": cause or None, "received": stamp(at), "zone": self.zone},
            **{"channel": self.chance.choice(("phone", "phone", "phone", "wechat", "email", "online"))},
            **{"country": self.crm.calendar_days.country},
        }
        return row, solution

    def _past(self, work: Work, place: int) -> None:
        """A ticket that went its way and was closed."""
        chance = self.chance
        at = self._working(self.now + timedelta(days=place - PAST, minutes=chance.randrange(-60, 420)))
        row, solution = self._ticket(work, at)
        worker = chance.choice(("zhou", "daniel", "zhang"))
        agent = "daniel" if worker != "daniel" else "zhou"
        steps = [(chance.randrange(5, 70), "respond", agent)]
        if worker == "zhang":
            steps.append((80, "dispatch", "zhang"))
        steps += [(120, "accept", worker), (chance.choice((200, 340, 1_440, 1_600, 2_900)), "done", worker)]
        last = steps[-1][0]
        if chance.random() < 0.09:
            steps += [
                (last + 1_400, "unsolved", agent),
                (last + 1_500, "accept", worker),
                (last + 2_800, "done", worker),
            ]
        steps.append((steps[-1][0] + 1_440, "solved", agent))
        minutes = 30 + chance.randrange(0, 12) * 10
        row["solution"] = solution
        self._write(work, row, at, steps, minutes, chance.choice((0, 0, 0, 4_500, 12_000)))
        if chance.random() < 0.8:
            self._review(work, row, at + timedelta(minutes=steps[-1][0]), agent)

    def _working(self, at: datetime) -> datetime:
        """The instant itself, or one of the next day that is worked."""
        while not self.desk.work(self.zone, self.crm.calendar_days.country).calendar.is_working(at.date()):
            at += timedelta(days=1)
        return at

    def _open(self, work: Work, minutes: int, steps: tuple[tuple[int, str, str], ...]) -> None:
        at = self.now - timedelta(minutes=minutes)
        row, _ = self._ticket(work, at)
        row["cause"] = None
        self._write(work, row, at, list(steps), 40, 0)
        if len(steps) == 3 and steps[-1][1] == "accept":
            department, text, department_en, text_en = self.texts["subtask"][0].split("|")
            chinese = row["text"][0] > "一"
            sub = {**row, "id": self._id(), "number": f"T-DEM-{self.count + 100:04d}", "parent": row["id"]}
            sub |= {"department": department if chinese else department_en, "text": text if chinese else text_en}
            sub |= {"promised": stamp(self.now - timedelta(hours=1)), "kind": "request", "severity": "normal"}
            self._write(work, {**sub, "person": None}, at + timedelta(minutes=60), [], 0, 0)

    def _write(
        self, work: Work, row: Row, at: datetime, steps: list[tuple[int, str, str]], minutes: int, cost: int
    ) -> None:
        """Insert a ticket with its log, as if every step had been taken in its time."""
        now = Standing()
        log = [{"verb": "receive", "at": stamp(at), "person": self.people["zhou"]}]
        moved = stamp(at), self.people["zhou"]
        for after, verb, who in steps:
            when = at + timedelta(minutes=after)
            person = self.people["zhou"] if verb == "dispatch" else self.people[who]
            one: Row = {"verb": verb, "at": stamp(when), "person": person}
            if verb in ("solved", "unsolved"):
                one |= {"verb": "review", "why": verb}
            elif verb == "wait":
                why, zh, en = self.chance.choice(self.texts["waits"]).split("|")
                one |= {"why": why, "reason": zh if row["text"][0] > "一" else en}
            elif verb == "dispatch":
                one["assigned"] = row["person"] = self.people[who]
            elif verb == "accept":
                row["person"] = person
            elif verb == "done":
                one |= {"minutes": minutes or None, "cost": cost or None}
            now = take(self.flow, now, Step(one["verb"], when, person, one.get("why", "")))
            moved = stamp(when), person
            log.append(one)
        standing = {"state": now.state, "state_at": moved[0], "state_by": moved[1], "waiting": now.waiting or None}
        ticket = self._insert(
            work, "tickets", {**row, **standing, "done_by": now.done_by, "reviewed_by": now.reviewed_by}
        )
        for one in log:
            self._insert(work, "ticket_steps", {"customer": row["customer"], "ticket": ticket, **one})

    def _review(self, work: Work, row: Row, at: datetime, who: str) -> None:
        score = self.chance.choice((5, 5, 5, 4, 4, 4, 3, 2))
        answers: dict[str, Any] = {"score": score, "attitude": min(5, score + self.chance.randrange(2)), "solved": 1}
        if self.chance.random() < 0.7:
            answers["recommend"] = max(0, min(10, 2 * score + self.chance.randrange(-1, 2)))
        about = {"customer": row["customer"], "ticket": row["id"], "at": stamp(at), "person": self.people[who]}
        self._insert(work, "reviews", {**about, **answers, "source": "callback", "id": fixed_id("demo", row["id"])})
