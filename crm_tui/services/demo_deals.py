"""The demo's pipeline: some forty deals with their stage log, grades, next steps, and a register of leads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from crm_tui.paths import data_folder
from crm_tui.rules.ids import fixed_id, new_id
from crm_tui.rules.places_between import arriving
from crm_tui.services.crm import Crm
from crm_tui.services.demo_cast import Actor
from crm_tui.services.demo_log import stamp
from crm_tui.services.imports import VERB
from crm_tui.services.noun import Row
from crm_tui.store.database import Work

SEED = 2026
COUNTS = (9, 8, 10, 6, 4, 5)
"""Deals by stage: four open ones, won, lost."""
REASONS = ("price", "competitor", "postponed", "no_budget", "price")
_ANSWERED = ("contacted", "qualified")
STEP_HOURS = (9, 10, 11, 14, 15, 16)


class DemoDeals:
    """Writes deals and leads into the open demo."""

    def __init__(self, crm: Crm, actors: Sequence[Actor], people: Mapping[str, str], today: datetime) -> None:
        self.crm = crm
        self.people = people
        self.today = today
        self.chance = Random(SEED)
        self.texts = tomllib.loads((data_folder() / "demo" / "deals.toml").read_text(encoding="utf-8"))
        trashed = {row for (row,) in crm.store.reader().execute("SELECT id FROM customers WHERE NOT live")}
        self.actors = [one for one in actors if one.team == "projects" and one.file and one.id not in trashed]
        self.rows: dict[str, list[Row]] = {"deals": [], "stage_moves": [], "grade_moves": [], "visits": []}

    def add(self) -> None:
        """Write everything."""
        pipeline = str(self.crm.pipelines.ensure()[0]["id"])
        stages = [str(row["id"]) for row in self.crm.stages.of_pipeline(pipeline)]
        chosen = iter(self.chance.sample(self.actors, min(len(self.actors), sum(COUNTS))))
        number = 0
        for place, count in enumerate(COUNTS):
            for actor in [one for _, one in zip(range(count), chosen, strict=False)]:
                number += 1
                self._deal(actor, pipeline, stages, place, number)
        told = {"file": "商机清单.xlsx", "created": len(self.rows["deals"]), "updated": 0}
        with self.crm.store.action(VERB, "import", **told) as work:
            for noun, rows in self.rows.items():
                self._put(work, noun, rows)
        self._leads()

    def _deal(self, actor: Actor, pipeline: str, stages: Sequence[str], place: int, number: int) -> None:
        chance, zh = self.chance, actor.language == "zh"
        said = {name: self.texts[f"{name}_{actor.language}"] for name in ("names", "competitors", "topics", "lessons")}
        deal, person = self._id(), self.people[actor.owner]
        currency = "CNY" if zh else "GBP"
        amount = chance.choice((18, 36, 48, 60, 85, 120, 150, 240, 320)) * (100_000 if zh else 12_000) * 10
        past = chance.choice((3, 5, 8, 11, 19, 26)) if place == 0 else chance.randint(12, 40 + 20 * min(place, 4))
        began = self.today - timedelta(days=past, hours=-chance.choice(STEP_HOURS))
        last = self._walk(deal, person, stages, place, began, (amount, currency))
        row: Row = {
            **{"id": deal, "created": stamp(began), "customer": actor.id, "name": chance.choice(said["names"])},
            **{"number": f"D-DEM-{number:04d}", "pipeline": pipeline, "stage": stages[place], "staged": stamp(last)},
            **{"staged_by": person, "place": arriving(int(last.timestamp() * 1000)), "amount": amount},
            **{"currency": currency, "owner": person},
        }
        row["close_day"] = (self.today + timedelta(days=chance.randint(-9, 110))).date().isoformat()
        if place >= 2 or chance.random() < 0.3:
            row["competitor"] = chance.choice(said["competitors"])
        if place < 4:
            self._open(actor, row, person)
        elif place == 4:
            row["close_day"] = last.date().isoformat()
        else:
            again = (self.today + timedelta(days=chance.randint(60, 200))).date().isoformat()
            row |= {"lost_reason": chance.choice(REASONS), "lost_to": row["competitor"], "lost_from": stages[2]}
            row |= {"price_gap": amount // 12, "try_again": again, "lessons": chance.choice(said["lessons"])}
        self.rows["deals"].append(row)

    def _walk(
        self, deal: str, person: str, stages: Sequence[str], place: int, began: datetime, worth: tuple[int, str]
    ) -> datetime:
        """The log of a deal up to its stage; when it came there."""
        path = [0, *range(1, min(place, 4) + 1)] if place < 5 else [0, 1, 2, 5]
        room = max(1, (self.today - began).days - 1)
        days = [0, *sorted(self.chance.randint(room // 2, room) for _ in path[1:])]
        if place >= 4:  # closed this month or lately
            days[-1] = max(days[-1], room - self.chance.randint(0, 20))
        before: str | None = None
        at = began
        for n, (stage, day) in enumerate(zip(path, days, strict=True)):
            at = began + timedelta(days=day, minutes=11 * n)
            self.rows["stage_moves"].append(
                {
                    **{"id": self._id(), "created": stamp(at), "deal": deal, "at": stamp(at), "from_stage": before},
                    **{"to_stage": stages[stage], "person": person, "amount": worth[0], "currency": worth[1]},
                }
            )
            before = stages[stage]
        return at

    def _open(self, actor: Actor, row: Row, person: str) -> None:
        """A grade and a next step, where the deal has them."""
        chance = self.chance
        if chance.random() < 0.7:
            code = chance.choice(self.texts["grades"])
            grade = fixed_id("prospect_grades", code)
            day = (self.today - timedelta(days=chance.randint(0, 9 if code == "H" else 18))).date().isoformat()
            row |= {"grade": grade, "graded": day}
            reason = chance.choice(self.texts[f"reasons_{actor.language}"])
            self.rows["grade_moves"].append(
                {
                    **{"id": self._id(), "created": row["staged"], "deal": row["id"], "day": day},
                    **{"to_grade": grade, "reason": reason, "person": person},
                }
            )
        if chance.random() < 0.7:
            at = self.today + timedelta(days=chance.choice((0, 1, 1, 2, 3, 6, 9)), hours=chance.choice(STEP_HOURS))
            self.rows["visits"].append(
                {
                    **{"id": self._id(), "created": row["staged"], "customer": actor.id, "deal": row["id"]},
                    **{"kind": chance.choice(("call", "visit", "meeting")), "status": "planned", "person": person},
                    **{"topic": chance.choice(self.texts[f"topics_{actor.language}"]), "planned_start": stamp(at)},
                    **{"planned_zone": self.crm.zone, "planned_minutes": 30, "origin": "hand"},
                }
            )

    def _leads(self) -> None:
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="leads", n=len(self.texts["leads"])) as work:
            rows = []
            for line in self.texts["leads"]:
                name, company, kind, reach, interest, source, minutes, state, owner = str(line).split("|")
                came = self.today + timedelta(hours=9, minutes=50 - int(minutes))
                person = self.people[owner]
                rows.append(
                    {
                        **{"id": self._id(), "created": stamp(came), "name": name, "company": company, "kind": kind},
                        **{"email" if "@" in reach else "phone": reach, "interest": interest, "source": source},
                        **{"owner": person, "taken_by": person, "came": stamp(came), "state": state},
                        **{"due": self.crm.leads.due_after(came), "stated": stamp(came)},
                        "answered": stamp(came + timedelta(minutes=40))
                        if state in ("contacted", "qualified")
                        else None,
                        "discard_reason": "只是路过" if state == "discarded" else None,
                    }
                )
            self._put(work, "leads", rows)

    def _put(self, work: Work, noun: str, rows: list[Row]) -> None:
        about = self.crm.noun(noun).noun
        found = [about.validate({"created": work.stamp, **row}) for row in rows]
        columns = list(found[0]) if found else []
        work.insert_many(noun, columns, [[row[name] for name in columns] for row in found])

    def _id(self) -> str:
        return new_id(int(self.today.timestamp() * 1000), self.chance.randbytes(10))
