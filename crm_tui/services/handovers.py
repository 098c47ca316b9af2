"""Handing customers over to another person: with open plans, promises and an introduction visit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from crm_tui.errors import Refused
from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import Row
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Load:
    """What would go from one person to another.

    Attributes:
        customers: rows with id, name, last_contact, next_due, contacts (how many are logged); thin records first.
        plans: ids of open plans with them and of other open plans of the person.
        promises: how many of the plans are promises.
        overdue: how many are overdue.
    """

    customers: list[Row]
    plans: list[str]
    promises: int
    overdue: int


@dataclass(frozen=True)
class Owned:
    """One span of the trail of owners: whose, since when (aware), and who made it so."""

    person: str | None
    name: str
    since: datetime
    by: str


class Handovers:
    """Ownership that passes on, and its trail."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def load(self, person: str, customers: Sequence[str] | None = None) -> Load:
        """What a person would hand over: all customers, or these."""
        db = self.crm.store.reader()
        rows = db.execute(
            "SELECT c.id, c.name, c.last_contact, c.next_due, "
            "(SELECT count(*) FROM visits v WHERE v.customer = c.id AND v.live AND v.status = 'done') AS n "
            "FROM customers c INDEXED BY customers_by_owner WHERE c.owner = ? AND c.live ORDER BY n, c.sort_key",
            (person,),
        )
        names = ("id", "name", "last_contact", "next_due", "contacts")
        chosen = set(customers) if customers is not None else None
        found = [dict(zip(names, row, strict=True)) for row in rows if chosen is None or row[0] in chosen]
        ids = {row["id"] for row in found}
        plans = db.execute(
            "SELECT v.id, coalesce(a.root, v.customer), v.kind, v.planned_start FROM visits v INDEXED BY "
            "visits_by_person LEFT JOIN alias a ON a.id = v.customer WHERE v.status = 'planned' AND v.live "
            "AND v.person = ? ORDER BY v.planned_start",
            (person,),
        ).fetchall()
        mine = [row for row in plans if chosen is None or row[1] in ids]
        now = self.crm.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return Load(
            found,
            [row[0] for row in mine],
            sum(row[2] == "promise" for row in mine),
            sum(bool(row[3]) and row[3] < now for row in mine),
        )

    def hand_over(
        self,
        giver: str,
        taker: str,
        customers: Sequence[str] | None = None,
        introduce: Sequence[str] | bool = True,
        first: date | None = None,
    ) -> Changes:
        """Hand customers over in one action, with open plans and promises.

        Args:
            giver: id of who has them.
            taker: id of who gets them.
            customers: ids; all of the giver's if None.
            introduce: with whom introduction visits are planned: these, all, or nobody.
            first: the first day of introductions; the next working day if None. They are spread over working days,
                six a day.

        Raises:
            Refused: if there is nothing to hand over, or both are one person.
        """
        people = {key: self.crm.people.get(who)["name"] for key, who in (("giver", giver), ("taker", taker))}
        if giver == taker:
            raise Refused(t("{name} has them already", name=people["taker"]))
        load = self.load(giver, customers)
        if not load.customers and not load.plans:
            raise Refused(t("{name} has nothing to hand over", name=people["giver"]))
        ids = [row["id"] for row in load.customers]
        wanted = ids if introduce is True else [one for one in ids if one in set(introduce or ())]
        visits = self._introductions(giver, taker, wanted, first)
        told = {"noun": "customers", "n": len(ids), **people}
        with self.crm.store.action("Handed over {n} customers from {giver} to {taker}", "bulk", **told) as work:
            for row in ids:
                work.update("customers", row, {"owner": taker})
            for row in load.plans:
                work.update("visits", row, {"person": taker})
            self.crm.visits.put_rule_rows(work, visits)
        return work.changes

    def _introductions(self, giver: str, taker: str, customers: Sequence[str], first: date | None) -> list[Row]:
        calendar = self.crm.calendar_days.calendar()
        today = self.crm.local_now().date()
        day = calendar.next_working(first) if first else self.crm.calendar_days.next_working_day(today)
        zone = self.crm.local_now().tzinfo
        hours = (9, 10, 11, 14, 15, 16)
        rows = []
        for place, customer in enumerate(customers):
            if place and place % len(hours) == 0:
                day = calendar.add_working_days(day, 1)
            at = datetime.combine(day, time(hours[place % len(hours)]), zone)
            ident = fixed_id("handover", customer, giver, taker, f"{today}")
            more = {"id": ident, "origin": "handover", "person": taker, "planned_minutes": 45}
            rows.append(self.crm.visits.plan_row(customer, at, "visit", t("Introduction"), **more))
        return rows

    def trail(self, customer: str) -> list[Owned]:
        """Who looked after a customer, oldest first."""
        people = {str(row): str(name) for row, name in self.crm.store.reader().execute("SELECT id, name FROM people")}
        steps = self.crm.history.of("customers", customer, 100_000)
        found = []
        for step in reversed(steps):
            if step.field == "owner":
                found.append(Owned(step.new, people.get(step.new or "", ""), step.at, step.person))
            elif step.field is None:
                owner = json.loads(step.new or "{}").get("owner")
                found.append(Owned(owner, people.get(owner or "", ""), step.at, step.person))
        return found
