"""Handing customers over to another person: with open plans, promises, series and an introduction visit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Refused
from crm_tui.rules.capacity import slots
from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import Row
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MINUTES = 45
"""How long an introduction visit takes."""
AHEAD = 400
"""For how many days ahead introductions are planned; who finds no room until then gets none."""
_READ = 30
_NOTES = ("note", "care", "no_go", "instructions", "value_proposition", "culture")
_FIELDS = ("id", "name", "sort_key", "region", "grade", "owner", "key_account", "last_contact", "next_due", *_NOTES)


@dataclass(frozen=True)
class Load:
    """What would go from one person to another.

    Attributes:
        customers: rows with id, name, sort_key, region, grade, owner, key_account, last_contact, next_due, contacts
            (how many are logged), plans, promises, overdue (how many are open) and notes (how many are kept); thin
            records first.
        plans: ids of open plans with them and of other open plans of the person.
        promises: how many of the plans are promises.
        overdue: how many are overdue.
        series: ids of series that go with them.
    """

    customers: list[Row]
    plans: list[str]
    promises: int
    overdue: int
    series: list[str]

    @property
    def notes(self) -> int:
        """How many notes stay on the customers and so change hands with them."""
        return sum(row["notes"] for row in self.customers)


@dataclass(frozen=True)
class Owned:
    """One span of the trail of owners: whose, since when (aware), who made it so, and why if that was said."""

    person: str | None
    name: str
    since: datetime
    by: str
    reason: str = ""


class Handovers:
    """Ownership that passes on, and its trail."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def load(self, giver: str | None, customers: Sequence[str] | None = None) -> Load:
        """What would be handed over.

        Args:
            giver: id of the person; None for whoever has the customers, which must be named then.
            customers: only these; all of the giver's if None.
        """
        found = self._customers(giver, customers)
        plans = self._plans(giver, customers, found)
        now = self.crm.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        by_id = {row["id"]: row for row in found}
        for row in found:
            row.update(plans=0, promises=0, overdue=0)
        for _, customer, kind, start in plans:
            row = by_id.get(customer, {})
            for name, counts in (("plans", True), ("promises", kind == "promise"), ("overdue", start and start < now)):
                row[name] = row.get(name, 0) + bool(counts)
        return Load(
            found,
            [row[0] for row in plans],
            sum(row[2] == "promise" for row in plans),
            sum(bool(row[3]) and row[3] < now for row in plans),
            self._series(found),
        )

    def _customers(self, giver: str | None, customers: Sequence[str] | None) -> list[Row]:
        columns = ", ".join(f"c.{name}" for name in _FIELDS)
        count = "(SELECT count(*) FROM visits v WHERE v.customer = c.id AND v.live AND v.status = 'done')"
        query = f"SELECT {columns}, {count} AS n FROM customers c "
        db = self.crm.store.reader()
        if giver is not None:
            source = "INDEXED BY customers_by_owner WHERE c.owner = ? AND c.live ORDER BY n, c.sort_key"
            rows = db.execute(query + source, (giver,)).fetchall()
        else:
            ids = sorted({self.crm.customers.root(one) for one in customers or ()})
            source = "WHERE c.id IN (SELECT value FROM json_each(?)) AND c.live ORDER BY n, c.sort_key"
            rows = db.execute(query + source, (json.dumps(ids),)).fetchall()
        chosen = set(customers) if customers is not None and giver is not None else None
        names = (*_FIELDS, "contacts")
        found = [dict(zip(names, row, strict=True)) for row in rows if chosen is None or row[0] in chosen]
        for one in found:
            one["notes"] = sum(bool(one.pop(name)) for name in _NOTES)
        return found

    def _plans(self, giver: str | None, customers: Sequence[str] | None, found: list[Row]) -> list[tuple[Any, ...]]:
        """Open plans (id, customer, kind, start) that go with the customers, by time."""
        db = self.crm.store.reader()
        if giver is None:
            owners = {row["id"]: row["owner"] for row in found}
            rows = []
            for customer in owners:
                rows += [
                    (row["id"], customer, row["kind"], row["planned_start"])
                    for row in self.crm.visits.open_plans(customer)
                    if row["person"] in (None, owners[customer])
                ]
            return sorted(rows, key=lambda row: row[3] or "")
        ids = {row["id"] for row in found}
        plans = db.execute(
            "SELECT v.id, coalesce(a.root, v.customer), v.kind, v.planned_start FROM visits v INDEXED BY "
            "visits_by_person LEFT JOIN alias a ON a.id = v.customer WHERE v.status = 'planned' AND v.live "
            "AND v.person = ? ORDER BY v.planned_start",
            (giver,),
        ).fetchall()
        return [row for row in plans if customers is None or row[1] in ids]

    def _series(self, found: list[Row]) -> list[str]:
        owners = {row["id"]: row["owner"] for row in found}
        rows = self.crm.store.reader().execute(
            "SELECT s.id, coalesce(a.root, s.customer), s.person FROM series s LEFT JOIN alias a ON a.id = s.customer "
            "WHERE s.live AND s.person IS NOT NULL ORDER BY s.id"
        )
        return [row for row, customer, person in rows if customer in owners and person == owners[customer]]

    def introductions(self, taker: str, customers: Sequence[str], first: date | None = None) -> dict[str, datetime]:
        """When introduction visits would be: free slots of who gets the customers, as many a day as the rules allow.

        Args:
            taker: id of who gets them.
            customers: ids, in the order in which they are visited.
            first: the first day; the next working day if None.

        Returns:
            Local starts by customer; who finds no room within `AHEAD` days is not among them.
        """
        free, now = self.crm.free_slots, self.crm.local_now()
        clock, travel, capacity = free.clock(), free.travel, free.capacity
        day = first or self.crm.calendar_days.next_working_day(now.date())
        last = day + timedelta(days=AHEAD)
        found: dict[str, datetime] = {}
        waiting = list(reversed(customers))
        busy: list[tuple[datetime, datetime]] = []
        read = day
        while waiting and day <= last:
            if day >= read:
                read = day + timedelta(days=_READ)
                there = free.engagements(day, read, [taker])
                busy = [(one.start, one.start + timedelta(minutes=one.minutes)) for one in there]
            taken = sum(begin.astimezone(now.tzinfo).date() == day for begin, _ in busy)
            starts = [at for at in slots(clock, day, busy, MINUTES, travel) if at >= now]
            for at in starts[: max(0, capacity - taken)]:
                if waiting:
                    found[waiting.pop()] = at.astimezone(now.tzinfo)
            day += timedelta(days=1)
        return found

    def hand_over(
        self,
        giver: str | None,
        taker: str,
        customers: Sequence[str] | None = None,
        introduce: Sequence[str] | bool = True,
        first: date | None = None,
        reason: str = "",
    ) -> Changes:
        """Hand customers over in one action, with open plans, promises and series.

        Args:
            giver: id of who has them; None for whoever has each of `customers`.
            taker: id of who gets them.
            customers: ids; all of the giver's if None.
            introduce: with whom introduction visits are planned: these, all, or nobody; never with whom the taker has.
            first: the first day of introductions; the next working day if None. See `introductions`.
            reason: why; it stands in the trail of owners.

        Raises:
            Refused: if there is nothing to hand over, or the taker has them already.
        """
        to = self.crm.people.get(taker)["name"]
        load = self.load(giver, customers)
        if giver == taker or (load.customers and all(row["owner"] == taker for row in load.customers)):
            raise Refused(t("{name} has them already", name=to))
        if not load.customers and not load.plans:
            raise Refused(t("{name} has nothing to hand over", name=self._names(giver, load) or "-"))
        ids = [row["id"] for row in load.customers]
        fresh = [row["id"] for row in load.customers if row["owner"] != taker]
        wanted = fresh if introduce is True else [one for one in fresh if one in set(introduce or ())]
        visits = self._visits(load, taker, self.introductions(taker, wanted, first) if wanted else {})
        told = {"noun": "customers", "n": len(ids), "giver": self._names(giver, load), "taker": to}
        verb = "Handed over {n} customers from {giver} to {taker}"
        if reason := " ".join(reason.split()):
            verb = "Handed over {n} customers from {giver} to {taker}: {reason}"
            told["reason"] = reason
        with self.crm.store.action(verb, "bulk", **told) as work:
            self._write(work, load, taker, visits)
        return work.changes

    def _write(self, work: Work, load: Load, taker: str, visits: list[Row]) -> None:
        for row in load.customers:
            if row["owner"] != taker:
                work.update("customers", row["id"], {"owner": taker})
        for plan in load.plans:
            work.update("visits", plan, {"person": taker})
        for series in load.series:
            work.update("series", series, {"person": taker})
        self.crm.visits.put_rule_rows(work, visits)

    def _names(self, giver: str | None, load: Load) -> str:
        """Who gives, by name; several where the customers are of several."""
        if giver is not None:
            return str(self.crm.people.get(giver)["name"])
        owners = sorted({row["owner"] for row in load.customers if row["owner"]})
        return ", ".join(str(self.crm.people.get(one)["name"]) for one in owners) or t("nobody")

    def _visits(self, load: Load, taker: str, at: dict[str, datetime]) -> list[Row]:
        today = self.crm.local_now().date()
        owners = {row["id"]: row["owner"] for row in load.customers}
        rows = []
        for customer, start in at.items():
            ident = fixed_id("handover", customer, owners[customer] or "", taker, f"{today}")
            more = {"id": ident, "origin": "handover", "person": taker, "planned_minutes": MINUTES}
            rows.append(self.crm.visits.plan_row(customer, start, "visit", t("Introduction"), **more))
        return rows

    def trail(self, customer: str) -> list[Owned]:
        """Who looked after a customer, oldest first; what was taken back is left out."""
        people = {str(row): str(name) for row, name in self.crm.store.reader().execute("SELECT id, name FROM people")}
        found: list[Owned] = []
        for step in reversed(self.crm.history.of("customers", customer, 1000, only="owner")):
            owner = step.new if step.field else json.loads(step.new or "{}").get("owner")
            if step.verb == "Undo" and len(found) > 1 and found[-2].person == owner:
                found.pop()
                continue
            reason = str(step.params.get("reason") or "")
            found.append(Owned(owner, people.get(owner or "", ""), step.at, step.person, reason))
        return found
