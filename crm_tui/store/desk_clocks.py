"""The clocks of tickets: computed from their steps and from the rows of calendar, policies and standards.

`due`, `queue_key` and the other derived columns are nobody's data: every machine computes them anew from the same rows
when one of these changes, so that their clocks agree. Pauses and instants that are shown come from the same functions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from crm_tui.errors import CrmError
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.local_time import zone_of
from crm_tui.rules.policies import AGREEMENTS, DESK_ESCALATION, DESK_HOURS, DESK_MINUTE_COST, HOURS
from crm_tui.rules.sla import reached, used_time
from crm_tui.rules.ticket_states import Step, Story, tell
from crm_tui.rules.working_days import Calendar, SpecialDay
from crm_tui.rules.working_time import WorkClock, parse_hours
from crm_tui.store.catalogue import Catalogue
from crm_tui.store.desk_defaults import Within, desk_defaults

READ = (
    *("id", "customer", "severity", "tier", "respond_within", "resolve_within", "received", "zone", "country"),
    *("state", "state_at", "promised", "created"),
)
DERIVED = ("due", "warn", "queue_key", "responded", "finished", "response_used", "resolve_used", "reopened", "cost")
RUNS, STANDS, REVIEW = "1", "2", "3"
"""Places in the queue: what runs by its due instant, then what waits, then what is to be reviewed; closed has none."""

_AT_ONCE = 400
_ALL = frozenset({"policies", "calendar_days", "sla_policies"})


@dataclass(frozen=True)
class Timed:
    """A ticket's clocks.

    Attributes:
        story: what its steps add up to.
        respond_within, resolve_within: minutes, None without a standard.
        due, warn: of the next standard: when it is used up, and when it is escalated first.
    """

    story: Story
    respond_within: int | None
    resolve_within: int | None
    due: datetime | None
    warn: datetime | None


class DeskTime:
    """Working time and standards of the desk, as the rows of the file say."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db
        self._clocks: dict[tuple[str, str], WorkClock] = {}

    def policy(self, name: str) -> str:
        """What holds for an agreement; see `Policies.value`."""
        row = self.db.execute(
            "SELECT value FROM policies WHERE id = ? AND live", (fixed_id("policies", name),)
        ).fetchone()
        if row is not None and row[0]:
            return str(row[0])
        return AGREEMENTS[name].shipped or desk_defaults().policies.get(name, "")

    @cached_property
    def escalation(self) -> tuple[int, ...]:
        """Percents of a standard at which somebody is told."""
        return tuple(int(part) for part in self.policy(DESK_ESCALATION).split(",") if part)

    @cached_property
    def standards(self) -> dict[tuple[str, str], Within]:
        """Standards by tier and severity: those of the company over those that ship."""
        found = dict(desk_defaults().standards)
        for tier, severity, respond, resolve in self.db.execute(
            "SELECT tier, severity, respond_within, resolve_within FROM sla_policies WHERE live ORDER BY id"
        ):
            if severity and respond is not None and resolve is not None:
                found[(tier or "", severity)] = (int(respond), int(resolve))
        return found

    def standard(self, tier: str | None, severity: str | None) -> Within | None:
        """What a tier is owed; what everybody is owed if it has no standard of its own."""
        level = severity or "normal"
        return self.standards.get((tier or "", level)) or self.standards.get(("", level))

    def work(self, zone: str | None, country: str | None) -> WorkClock:
        """The desk's working time in a zone, with the days off of a country."""
        key = (zone or "UTC", country or "")
        if key not in self._clocks:
            rows = self.db.execute(
                "SELECT day, state, name FROM calendar_days WHERE live AND country = ? AND day IS NOT NULL "
                "ORDER BY day, id",
                (key[1],),
            )
            days = [SpecialDay(date.fromisoformat(day), state == "work", name or "") for day, state, name in rows]
            hours = parse_hours(self.policy(DESK_HOURS) or self.policy(HOURS))
            self._clocks[key] = WorkClock(Calendar.of(days), hours, zone_of(key[0]))
        return self._clocks[key]

    @cached_property
    def minute_cost(self) -> int:
        """What a minute of service costs, in minor units."""
        return int(self.policy(DESK_MINUTE_COST) or 0)

    def timed(self, ticket: dict[str, Any], steps: Sequence[Step]) -> Timed:
        """The clocks of a ticket."""
        story = tell(steps)
        if ticket["state"] in ("done", "closed") and story.finished is None:
            # Taken over from another program without its log, or settled otherwise than the mixed log of two machines.
            at = _instant(ticket["state_at"]) or _opened(ticket)
            closed = at if ticket["state"] == "closed" else None
            pauses = tuple(one for one in story.pauses if one.end is not None)
            story = replace(story, responded=story.responded or at, finished=at, closed=closed, pauses=pauses)
        respond, resolve = ticket["respond_within"], ticket["resolve_within"]
        if respond is None and resolve is None:
            respond, resolve = self.standard(ticket["tier"], ticket["severity"]) or (None, None)
        due = warn = None
        if ticket["promised"]:
            due = warn = _instant(ticket["promised"])
        else:
            within = respond if story.responded is None else resolve
            if within is not None and story.finished is None:
                work, opened = self.work(ticket["zone"], ticket["country"]), _opened(ticket)
                due = _reached(work, opened, within, story)
                first = min(self.escalation, default=100)
                warn = _reached(work, opened, -(-within * first // 100), story)
        if story.finished is not None:
            due = warn = None
        return Timed(story, respond, resolve, due, warn)

    def columns(self, ticket: dict[str, Any], steps: Sequence[Step], cost: int) -> tuple[Any, ...]:
        """The derived columns of a ticket, in the order of `DERIVED`."""
        timed = self.timed(ticket, steps)
        story, work, opened = timed.story, self.work(ticket["zone"], ticket["country"]), _opened(ticket)
        responded = story.responded if story.responded is not None else story.finished
        paused = any(one.end is None for one in story.pauses)
        key: str | None = None
        if story.finished is not None:
            key = None if ticket["state"] == "closed" else f"{REVIEW}{stamp(story.finished)}"
        elif timed.due is not None and not paused:
            key = f"{RUNS}{stamp(timed.due)}"
        else:
            key = f"{STANDS}{stamp(opened)}"
        used = [
            None if end is None else int(used_time(work, opened, end, story.pauses).total_seconds()) // 60
            for end in (responded, story.finished)
        ]
        return (
            *(stamp(at) if at else None for at in (timed.due, timed.warn)),
            key,
            *(stamp(at) if at else None for at in (responded, story.finished)),
            *used,
            story.reopened,
            cost,
        )


def refresh(db: sqlite3.Connection, catalogue: Catalogue, names: Iterable[str]) -> None:
    """Compute the clocks of tickets that the rows in `dirty` concern."""
    touched: set[str] = set()
    dirty = "SELECT r.id FROM dirty d CROSS JOIN row r ON r.n = d.row WHERE r.noun = ? AND d.what = 0"
    for name in names:
        if name == "tickets":
            touched |= {row for (row,) in db.execute(dirty, (catalogue[name].k,))}
        elif name in ("ticket_steps", "grants"):
            query = f"SELECT DISTINCT ticket FROM {name} WHERE ticket IS NOT NULL AND id IN ({dirty})"
            touched |= {row for (row,) in db.execute(query, (catalogue[name].k,))}
        elif name in _ALL and db.execute(f"SELECT EXISTS({dirty})", (catalogue[name].k,)).fetchone()[0]:
            touched |= {row for (row,) in db.execute("SELECT id FROM tickets WHERE queue_key IS NOT NULL")}
    if touched:
        compute(db, sorted(touched))


def compute(db: sqlite3.Connection, tickets: Sequence[str]) -> None:
    """Write the derived columns of tickets; those that are not here are left out."""
    desk = DeskTime(db)
    for start in range(0, len(tickets), _AT_ONCE):
        some = json.dumps(tickets[start : start + _AT_ONCE])
        read = f"SELECT {', '.join(f't.{name}' for name in (*READ, *DERIVED))} FROM json_each(?) j "
        rows = db.execute(read + "CROSS JOIN tickets t ON t.id = j.value", (some,)).fetchall()
        steps = steps_of(db, some)
        costs = _costs(db, some, desk.minute_cost)
        fresh = []
        for row in rows:
            ticket = dict(zip(READ, row, strict=False))
            try:
                found = desk.columns(ticket, steps.get(row[0], []), costs.get(row[0], 0))
            except CrmError:  # hours or days off that leave nothing to work in: no clock can run
                found = (None, None, f"{STANDS}{ticket['received'] or ''}", None, None, None, None, 0, 0)
            if found != tuple(row[len(READ) :]):
                fresh.append((*found, row[0]))
        db.executemany(f"UPDATE tickets SET {', '.join(f'{name} = ?' for name in DERIVED)} WHERE id = ?", fresh)


def steps_of(db: sqlite3.Connection, tickets: str) -> dict[str, list[Step]]:
    """The steps of tickets in the order of their time; `tickets` is a JSON array of ids."""
    found: dict[str, list[Step]] = {}
    rows = db.execute(
        "SELECT s.ticket, s.verb, s.at, s.person, s.why, s.reason FROM json_each(?) j "
        "CROSS JOIN ticket_steps s ON s.ticket = j.value WHERE s.live ORDER BY s.ticket, s.at, s.id",
        (tickets,),
    )
    for ticket, verb, at, person, why, reason in rows:
        moment = _instant(at)
        if moment is not None:
            found.setdefault(ticket, []).append(Step(verb or "note", moment, person, why or "", reason or ""))
    return found


def _costs(db: sqlite3.Connection, tickets: str, minute: int) -> dict[str, int]:
    """What tickets cost: minutes, parts and travel, what was granted; minor units, whatever the currency."""
    rows = db.execute(
        "SELECT ticket, sum(cost) FROM (SELECT s.ticket, coalesce(s.minutes, 0) * ?2 + coalesce(s.cost, 0) AS cost "
        "FROM json_each(?1) j CROSS JOIN ticket_steps s ON s.ticket = j.value WHERE s.live UNION ALL "
        "SELECT g.ticket, coalesce(g.amount, 0) FROM json_each(?1) j CROSS JOIN grants g ON g.ticket = j.value "
        "WHERE g.live AND g.state = 'granted') GROUP BY ticket",
        (tickets, minute),
    )
    return {ticket: int(cost) for ticket, cost in rows}


def _reached(work: WorkClock, opened: datetime, minutes: int, story: Story) -> datetime | None:
    return reached(work, opened, minutes, story.pauses)


def _opened(ticket: dict[str, Any]) -> datetime:
    return _instant(ticket["received"]) or _instant(ticket["created"]) or datetime(2000, 1, 1, tzinfo=UTC)


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None  # written by raw SQL
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


def stamp(at: datetime) -> str:
    """An instant as it is stored."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
