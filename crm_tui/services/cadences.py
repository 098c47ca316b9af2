"""Cadences: who is due to hear from us, and plans for it within working hours, capacity and region."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, Refused
from crm_tui.rules import cadence as rules
from crm_tui.rules.cadence import FOREVER, Policies, Policy, PolicyRow
from crm_tui.rules.cadence_plans import Candidate, LeftOut, Proposals, Proposed, Rules, propose
from crm_tui.rules.ids import fixed_id
from crm_tui.services.no_calls import nobody_there
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t

MOST = 5_000
"""At most so many customers are looked at, those without contact and the longest silent first."""


@dataclass(frozen=True)
class Standing:
    """How a customer stands with its cadence.

    Attributes:
        customer: id; name.
        owner: id of who looks after it.
        policy: the row of the cadence that holds, as stored.
        last_contact: day of the last real contact.
        due: the day on which the next is due.
        overdue: days since then, negative while it is not.
        state: green, yellow, red or never.
        next_plan: day of the next plan, if there is one.
        do_not_call: whether it, or every contact person of it, asked not to be called.
    """

    customer: str
    name: str
    owner: str | None
    policy: Row
    last_contact: date | None
    due: date
    overdue: int
    state: str
    next_plan: date | None
    do_not_call: bool


class Cadences(NounService):
    """Policies of contact, and what follows from them today."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse limits that make no sense; 0 days says that these are not to be called on."""
        super().check(row, own)
        try:
            _policy(row)
        except Refused as error:
            raise Invalid({"every_days": str(error)}) from None

    def policies(self) -> tuple[Policies, dict[int, Row]]:
        """The policies in force, and the rows that they stand for, by the identity of the policy's row."""
        made = [(_row(row), row) for row in self._rows("live ORDER BY created, id")]
        return Policies(one for one, _ in made), {id(one): row for one, row in made}

    def policy_of(self, customer: str) -> Row | None:
        """The row of the cadence that holds for a customer: its days, response hours and terms; None without one."""
        row = self.crm.customers.get(self.crm.customers.root(customer))
        found, rows = self.policies()
        chosen = found.row_for(row["id"], row["kind"], row["grade"])
        return rows[id(chosen)] if chosen else None

    def standings(self, person: str | None = None, *, late_only: bool = True, limit: int = MOST) -> list[Standing]:
        """How customers stand, most overdue first.

        Args:
            person: only this owner's; everybody's if None.
            late_only: leave out those that are not due yet.
            limit: at most so many are looked at.
        """
        policies, rows = self.policies()
        if not rows:
            return []
        today = self.crm.local_now().date()
        found = []
        for row in self._customers(person, limit):
            chosen = policies.row_for(row["id"], row["kind"], row["grade"])
            if chosen is None or chosen.policy is None:
                continue
            late = rules.overdue_days(chosen.policy, row["last"], today, row["since"])
            if late_only and late < 0:
                continue
            due = rules.due(chosen.policy, row["last"], today, row["since"])
            state = rules.state(chosen.policy, row["last"], today)
            found.append(
                Standing(
                    row["id"], row["name"], row["owner"], rows[id(chosen)], row["last"], due, late, state, row["next"],
                    bool(row["do_not_call"]),
                )
            )  # fmt: skip
        return sorted(found, key=lambda one: (-one.overdue, one.name))

    def propose(self, person: str | None = None, horizon: int = 14) -> Proposals:
        """Propose contacts for the coming days: nobody who has a plan in them or asked not to be called.

        Args:
            person: only this owner's customers.
            horizon: days, today included.
        """
        policies, _ = self.policies()
        candidates = [
            self._candidate(row, policies.policy_for(row["id"], row["kind"], row["grade"]))
            for row in self._customers(person, MOST)
            if row["owner"]
        ]
        return self._proposed(candidates, horizon)

    def propose_for(self, customers: Sequence[str], every: int, horizon: int = 14) -> Proposals:
        """Propose a contact with each of these customers that had none for `every` days: a service plan."""
        policy = Policy(every)
        wanted = set(customers)
        rows = [row for row in self._customers(None, MOST, sorted(wanted)) if row["owner"]]
        return self._proposed([self._candidate(row, policy, due_now=True) for row in rows], horizon)

    def accept(self, proposals: Iterable[Proposed], kind: str | None = None, topic: str = "") -> Changes:
        """Make plans of proposals, in one action; the same proposal twice is one plan.

        Args:
            proposals: those that were chosen.
            kind: a visit's kind; what the cadence of each says if None.
            topic: what for.
        """
        policies, rows = self.policies()
        plans = []
        for one in proposals:
            row = self.crm.customers.get(one.customer)
            chosen = policies.row_for(row["id"], row["kind"], row["grade"])
            held = rows[id(chosen)] if chosen else {}
            what = kind or held.get("kind") or "visit"
            ident = fixed_id("cadence", one.customer, one.due.isoformat(), str(what))
            more = {"id": ident, "origin": "cadence", "person": one.person, "planned_minutes": one.minutes}
            plans.append(self.crm.visits.plan_row(one.customer, one.start, what, topic, **more))
        with self.store.action("Planned {n} {noun}", "bulk", noun="visits", n=len(plans)) as work:
            self.crm.visits.put_rule_rows(work, plans)
        return work.changes

    def next_for(self, customer: str) -> datetime | None:
        """When the next contact with a customer is to be proposed after one that takes place now; None without cadence.

        It is the first free slot of its owner on the due day, fitted to the working days.
        """
        row = self.policy_of(customer)
        if row is None or not row["every_days"]:
            return None
        owner = self.crm.customers.get(self.crm.customers.root(customer))["owner"]
        me = self.crm.people.me()
        calendar = self.crm.calendar_days.calendar()
        day = calendar.next_working(self.crm.local_now().date() + timedelta(days=row["every_days"]))
        at = datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(self.crm.zone))
        who = owner or (me and me["id"])
        return self.crm.free_slots.first(at, who) if who else at

    def _proposed(self, candidates: list[Candidate], horizon: int) -> Proposals:
        slots = self.crm.free_slots
        now = self.crm.local_now()
        setup = Rules(slots.clock(), slots.capacity, minutes=30, travel=slots.travel, horizon=horizon)
        people = sorted({one.person for one in candidates})
        last = now.date() + timedelta(days=horizon - 1)
        return propose(candidates, now, setup, slots.engagements(now.date(), last, people))

    def _candidate(self, row: Row, policy: Policy | None, *, due_now: bool = False) -> Candidate:
        return Candidate(
            customer=row["id"],
            person=row["owner"],
            policy=policy,
            last_contact=row["last"],
            region=row["region"] or "",
            since=None if due_now else row["since"],
            planned=(row["next"],) if row["next"] else (),
            do_not_call=FOREVER if row["do_not_call"] else None,
            weight=int(bool(row["key_account"])),
        )

    def _customers(self, person: str | None, limit: int, only: Sequence[str] | None = None) -> list[Row]:
        """What cadences ask of customers, the longest silent first."""
        names = ("id", "name", "kind", "grade", "owner", "region", "last_contact", "next_due", "created")
        columns = (*names, "do_not_call", "key_account")
        if only is not None:
            source, params = f"customers WHERE live AND id IN ({','.join('?' * len(only))})", list(only)
        elif person is not None:
            source, params = "customers INDEXED BY customers_by_silence WHERE live AND owner = ?", [person]
        else:
            source, params = "customers INDEXED BY customers_by_contact WHERE live", []
        asked = [*names, f"coalesce(do_not_call, 0) OR {nobody_there('customers.id')}", "key_account"]
        query = f"SELECT {', '.join(asked)} FROM {source} ORDER BY last_contact, id LIMIT ?"
        found = [dict(zip(columns, row, strict=True)) for row in self.store.reader().execute(query, (*params, limit))]
        for row in found:
            row["last"], row["next"], row["since"] = (
                self._day(row[name]) for name in ("last_contact", "next_due", "created")
            )
        return found

    def _day(self, instant: str | None) -> date | None:
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(self.crm.zone)).date() if instant else None


def left_out(proposals: Proposals) -> list[LeftOut]:
    """Everybody who is due and got no place, and everybody for whom there is nothing to propose."""
    return [*proposals.unplaced, *proposals.left_out]


def reason(one: LeftOut) -> str:
    """Why somebody was left out, in the reader's language."""
    said = {
        "not due": t("not due"),
        "has a plan": t("has a plan"),
        "do not call": t("asked not to be called"),
        "no policy": t("no cadence"),
        "no room": t("no room"),
    }
    return said[one.reason]


def _policy(row: Mapping[str, Any]) -> Policy | None:
    if not row.get("every_days"):
        return None
    return Policy(int(row["every_days"]), int(row.get("yellow_days") or 0), int(row.get("red_days") or 0))


def _row(row: Row) -> PolicyRow:
    return PolicyRow(_policy(row), row["customer"], row["grade"], row["customer_kind"])
