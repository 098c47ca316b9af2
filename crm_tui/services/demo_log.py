"""The demo's contact log: two years of contacts of each customer, and what is planned with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from crm_tui.rules.ids import new_id
from crm_tui.services.demo_cast import Actor, Row, ms
from crm_tui.services.demo_names import listed

_PACE = {"shop": 42.0, "projects": 55.0, "desk": 65.0}
"""Days between two contacts, by team."""
_LENGTH = {"visit": (20, 30, 45, 60, 90), "meeting": (30, 45, 60, 90), "call": (3, 5, 8, 12, 15), "promise": (5,)}


@dataclass(frozen=True)
class Line:
    """A phrase of the contact log: how the contact was, what was said, what was promised."""

    kind: str
    outcome: str
    channel: str
    direction: str
    summary: str
    topic: str


class Log:
    """Makes the contact log of all customers.

    Args:
        chance: where every choice comes from.
        texts: the demo's texts.toml.
        people: ids of people by key.
        today: midnight of the demo's day, local.
        zone: its zone.
    """

    def __init__(
        self, chance: Random, texts: dict[str, Any], people: dict[str, str], today: datetime, zone: str
    ) -> None:
        self.chance = chance
        self.people = people
        self.today = today
        self.zone = zone
        self.products = {
            (team, lang): listed(told[f"products_{lang}"], ",") for team, told in texts.items() for lang in ("zh", "en")
        }
        self.lines = {
            (team, lang): [Line(*str(line).split("|")) for line in told[lang]]
            for team, told in texts.items()
            for lang in ("zh", "en")
        }

    def of(self, actors: list[Actor], me: str) -> dict[str, list[Row]]:
        """The rows of each customer by its id, plans among them; `me` gets a fair share of what is due."""
        rows = {actor.id: self._done(actor) for actor in actors}
        for actor, at in self._due(actors, me):
            rows[actor.id].append(self._plan(actor, at, rows[actor.id]))
        return rows

    def _done(self, actor: Actor) -> list[Row]:
        """Contacts that took place, oldest first; walked back from the last one, so that silence is seen too."""
        chance = self.chance
        if chance.random() < 0.08:
            return []
        silent = chance.random() < 0.14
        at = self.today - timedelta(days=chance.uniform(95, 320) if silent else 0.1 + chance.expovariate(1 / 26))
        pace = _PACE[actor.team] * (0.45 if actor.row.get("grade") in ("A", "H", "金牌", "Gold") else 1.0)
        found: list[Row] = []
        while (when := self._hour(actor, at)) > actor.born and len(found) < 40:
            found.append(self._contact(actor, when))
            at -= timedelta(days=max(1.0, chance.gammavariate(2, pace / 2)))
        return found[::-1]

    def _hour(self, actor: Actor, at: datetime) -> datetime:
        """An hour of work on that day, or on the Friday before a weekend."""
        day = at.replace(hour=0, minute=0, second=0, microsecond=0)
        if actor.team != "shop" and day.weekday() > 4:
            day -= timedelta(days=day.weekday() - 4)
        return day + timedelta(hours=9) + timedelta(minutes=5 * self.chance.randint(0, 100))

    def _contact(self, actor: Actor, at: datetime) -> Row:
        chance = self.chance
        line = chance.choice(self.lines[actor.team, actor.language])
        contacts = actor.parts.get("contacts", [])
        contact = chance.choice(contacts) if contacts and chance.random() < 0.8 else None
        row: Row = {
            **{"id": new_id(ms(at), chance.randbytes(10)), "customer": actor.id, "status": "done", "origin": "hand"},
            **{"kind": line.kind, "outcome": line.outcome, "channel": line.channel, "direction": line.direction},
            **{"summary": self._fill(line.summary, actor, contact), "started": stamp(at), "zone": self.zone},
            **{"contact": contact["id"] if contact else None, "person": self.people[actor.owner], "created": stamp(at)},
            "next": line.topic,
        }
        if line.kind in _LENGTH:
            row["minutes"] = chance.choice(_LENGTH[line.kind])
        if line.direction == "out" and chance.random() < 0.4:
            late = timedelta(days=chance.choice((0, 0, 0, 0, 1, 2)), minutes=chance.choice((0, 0, 15, 30)))
            row.update(planned_start=stamp(at - late), planned_zone=self.zone)
        return row

    def _fill(self, text: str, actor: Actor, contact: Row | None) -> str:
        other = "客户" if actor.language == "zh" else "the buyer"
        product = self.chance.choice(self.products[actor.team, actor.language])
        name = str(contact["name"]) if contact else other
        return text.format(n=self.chance.randint(2, 6), p=product, c=name)

    def _due(self, actors: list[Actor], me: str) -> list[tuple[Actor, datetime]]:
        """Who has an open plan, and when: some overdue, some today, most within the week."""
        chance = self.chance
        drawn = chance.sample([actor for actor in actors if actor.file or chance.random() < 0.5], 265)
        mine = [actor for actor in drawn if actor.owner == me]
        others = [actor for actor in drawn if actor.owner != me]
        order = mine[:7] + others[:20] + mine[7:15] + others[20:40] + mine[15:] + others[40:]
        early, now = 27, 27 + 28
        found = []
        for place, actor in enumerate(order):
            if place < early:
                days = -chance.choice((1, 1, 1, 2, 2, 3, 4, 5, 6, 8, 11))
            elif place < now:
                days = 0
            else:
                days = chance.randint(1, 7) if place % 2 else chance.randint(8, 45)
            day = self.today + timedelta(days=days)
            if days and actor.team != "shop" and day.weekday() > 4:
                day += timedelta(days=(7 - day.weekday()) if days > 0 else (4 - day.weekday()))
            found.append((actor, day + timedelta(hours=9) + timedelta(minutes=15 * chance.randint(0, 34))))
        return found

    def _plan(self, actor: Actor, at: datetime, rows: list[Row]) -> Row:
        """A plan that the last contact left behind, or a first one."""
        chance = self.chance
        last = rows[-1] if rows else None
        made = datetime.fromisoformat(last["started"]) if last else actor.born + timedelta(hours=1)
        if last:
            topic = self._fill(last["next"], actor, None)
        else:
            topic = "首次拜访，了解需求" if actor.language == "zh" else "First visit, find out what they need"
        kind = chance.choice(
            ("call", "call", "visit", "visit", "message", "meeting" if actor.team == "projects" else "call")
        )
        return {
            **{"id": new_id(ms(made), chance.randbytes(10)), "customer": actor.id, "status": "planned", "kind": kind},
            **{
                "planned_start": stamp(at),
                "planned_zone": self.zone,
                "planned_minutes": chance.choice((None, 15, 30, 60)),
            },
            **{"topic": topic, "person": self.people[actor.owner], "follows": last["id"] if last else None},
            **{"origin": "hand", "created": stamp(made), "contact": last["contact"] if last else None},
        }


def stamp(at: datetime) -> str:
    """An instant as it is stored."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
