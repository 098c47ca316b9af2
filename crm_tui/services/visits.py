"""The contact log: what was done with a customer, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crm_tui.errors import Invalid, Refused
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.services.stale import Look
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

SHARED = ("kind", "person", "contact", "channel", "direction", "attendees", "place", "deal")
"""Fields that a plan and its contact share: what the plan says stays unless something else is said."""


class Visits(NounService):
    """Contacts done and planned. Planned values are never overwritten by actual ones."""

    def log(
        self,
        customer: str,
        values: Mapping[str, Any],
        next_at: datetime | None = None,
        next_topic: str = "",
        *,
        next_kind: str | None = None,
        next_values: Mapping[str, Any] | None = None,
        plan: str | None = None,
    ) -> Changes:
        """Log a contact that took place, and plan the next one in the same action.

        Args:
            customer: whose.
            values: fields of the visit; `started` is now and `person` is me unless given.
            next_at: when the next contact is planned (aware), if one is.
            next_topic: what was promised for then.
            next_kind: its kind; the same as this one's if None.
            next_values: further fields of it: planned_minutes, person …
            plan: the planned contact that this one fulfils, if it does.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        row = self._actual(customer, values, self._planned(plan) if plan else None)
        if not plan and not row.get("summary") and not row.get("outcome"):
            raise Invalid({"summary": t("say in one line what happened")})
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Logged {kind} with {name}", noun=self.name, name=name, kind=str(row["kind"])) as work:
            done = self.put_done(work, row, plan)
            if next_at is not None:
                kind = next_kind or str(row["kind"])
                more = {"deal": row.get("deal"), **(next_values or {})}
                after = self.plan_row(customer, next_at, kind, next_topic, **more)
                work.insert(self.name, {**after, "follows": done})
            if row["kind"] == "delivery" or row.get("measured"):
                self.crm.consumption_profiles.take_measure(work, {**row, "id": done})
            if row["kind"] == "delivery":
                self.crm.callbacks.follow_up(work, {**row, "id": done})
        return work.changes

    def done(
        self,
        plan: str,
        values: Mapping[str, Any] | None = None,
        next_at: datetime | None = None,
        next_topic: str = "",
        *,
        next_kind: str | None = None,
        measured: Mapping[str, int | str] | None = None,
    ) -> Changes:
        """Fulfil a planned contact: now, unless `values` give `started`.

        Args:
            plan: the planned contact.
            values: what else is known of it: outcome, summary, minutes …
            next_at: when the next contact is planned (aware), if one is.
            next_topic: what for.
            next_kind: its kind; this one's if None.
            measured: what was measured or ticked off, by step of the checklist.

        Raises:
            Refused: if it is not planned.
            Invalid: with a sentence for each wrong field.
        """
        row = self._planned(plan)
        given = dict(values or {})
        if measured:
            given["measured"] = self.crm.checklist_steps.understood(str(row["kind"]), measured)
        return self.log(row["customer"], given, next_at, next_topic, next_kind=next_kind, plan=plan)

    def plan(
        self, customer: str, at: datetime, kind: str = "visit", topic: str = "", values: Mapping[str, Any] | None = None
    ) -> Changes:
        """Plan a contact.

        Args:
            customer: with whom.
            at: when (aware).
            kind: a visit's kind.
            topic: what for.
            values: further fields: planned_minutes, person, contact, place, attendees, channel, origin …
        """
        row = self.plan_row(customer, at, kind, topic, **(values or {}))
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Planned {kind} with {name}", noun=self.name, name=name, kind=str(row["kind"])) as work:
            work.insert(self.name, row)
        return work.changes

    def copy(self, visit: str, at: datetime) -> Changes:
        """Plan the same contact once more, at another time."""
        row = self.get(visit)
        kept = {name: row[name] for name in ("contact", "place", "attendees", "channel", "person") if row[name]}
        minutes = row["planned_minutes"] or row["minutes"]
        topic = row["topic"] or ""
        return self.plan(row["customer"], at, row["kind"], topic, {**kept, "planned_minutes": minutes})

    def cancel(self, plan: str, reason: str = "") -> Changes:
        """Cancel a planned contact.

        Raises:
            Refused: if it is not planned.
        """
        row = self._planned(plan)
        with self.store.action("Cancelled {kind} with {name}", noun=self.name, **self._who(row)) as work:
            work.update(self.name, plan, self.noun.clean({"status": "cancelled", "cancel_reason": reason}))
        return work.changes

    def miss(self, plan: str, reason: str = "") -> Changes:
        """Say that a planned contact did not take place.

        Raises:
            Refused: if it is not planned.
        """
        row = self._planned(plan)
        with self.store.action("Missed {kind} with {name}", noun=self.name, **self._who(row)) as work:
            work.update(self.name, plan, self.noun.clean({"status": "missed", "cancel_reason": reason}))
        return work.changes

    def move(self, plan: str, at: datetime, reason: str = "") -> Changes:
        """Plan a contact for another time; its first date stays, with the reason and who moved it.

        Raises:
            Refused: if it is not planned.
        """
        row = self._planned(plan)
        with self.store.action("Moved {kind} with {name}", noun=self.name, **self._who(row)) as work:
            work.update(self.name, plan, self.moved(row, at, reason))
        return work.changes

    def moved(self, row: Row, at: datetime, reason: str = "") -> dict[str, Any]:
        """The values that moving a planned row to `at` writes."""
        start = _utc(at)
        if start == row["planned_start"]:
            return {"planned_start": start}
        me = self.crm.people.me()
        clean = self.noun.clean({"move_reason": reason})
        first = row["first_planned"] or row["planned_start"]
        return {"planned_start": start, "first_planned": first, "moved_by": me and me["id"], **clean}

    def change(
        self,
        plan: str,
        values: Mapping[str, Any],
        base: Mapping[str, Any] | None = None,
        opened: Look | None = None,
    ) -> Changes:
        """Change a planned contact: what for, how long, where, with whom; another time moves it.

        Args:
            plan: its id.
            values: new values by field, of `CHANGEABLE` ones.
            base: the values that the person had on the screen, as with `edit`.
            opened: what was here when the screen was filled, as with `edit`.

        Raises:
            Refused: if it is not planned.
            Invalid: with a sentence for each wrong field.
            ChangedSince: if somebody changed one of these fields meanwhile.
        """
        row = self._planned(plan)
        given = {name: value for name, value in values.items() if name in CHANGEABLE}
        if "planned_start" in given:
            clean = self.noun.clean({"planned_start": given.pop("planned_start")})["planned_start"]
            if clean is None:
                raise Invalid({"planned_start": t("must not be empty")})
            if clean != row["planned_start"]:
                given |= self.moved(row, datetime.fromisoformat(str(clean)))
        return self.edit(plan, given, base, opened)

    def put_done(self, work: Work, row: Row, plan: str | None) -> str:
        """Write a contact that took place inside an action, into its plan if there is one; its id."""
        if plan is None:
            return work.insert(self.name, row)
        kept = {name: value for name, value in row.items() if value is not None and name not in ("origin", "customer")}
        work.update(self.name, plan, kept)
        return plan

    def _actual(self, customer: str, values: Mapping[str, Any], plan: Row | None) -> Row:
        """What a contact that took place writes, validated; nothing of it is a planned value."""
        me = self.crm.people.me()
        given: dict[str, Any] = {"started": _utc(self.store.now()), "person": me and me["id"], "zone": self.crm.zone}
        if plan is not None:
            given |= {name: plan[name] for name in SHARED if plan[name]}
        given |= {name: value for name, value in values.items() if name not in PLANNED}
        row = self.noun.validate({**given, "id": "0" * 32, "customer": customer, "status": "done"})
        row.pop("id")
        self.check(row, None)
        return row

    def _who(self, row: Row) -> dict[str, Any]:
        return {"name": self.crm.customers.get(row["customer"])["name"], "kind": row["kind"]}

    def _planned(self, plan: str) -> Row:
        row = self.get(plan)
        if row["status"] != "planned" or row["deleted"]:
            raise Refused(t("this contact is not planned any more"))
        return row

    def planned(self, plans: Sequence[str]) -> list[Row]:
        """The rows of planned contacts.

        Raises:
            Refused: if one is not planned.
        """
        return [self._planned(plan) for plan in plans]

    def plan_row(self, customer: str, at: datetime, kind: Any, topic: str = "", **more: Any) -> dict[str, Any]:
        """The validated row of a plan; `more` are further fields, `id` among them where a rule makes it."""
        me = self.crm.people.me()
        owner = self.crm.customers.get(customer)["owner"]
        if more.get("follows") and "deal" not in more:
            more["deal"] = self.get(more["follows"])["deal"]  # what follows is about the same deal
        values = {
            "id": "0" * 32,
            **{"customer": customer, "kind": kind, "status": "planned", "topic": topic, "origin": "hand"},
            **{"planned_start": _utc(at), "planned_zone": self.crm.zone, "person": (me and me["id"]) or owner},
            **more,
        }
        row = self.noun.validate(values)
        if row["id"] == "0" * 32:
            row.pop("id")
        self.check(row, None)
        return row

    def put_rule_rows(self, work: Work, rows: Sequence[Row]) -> list[str]:
        """Insert rows whose ids a rule made, inside an action; known ones stay, undone ones come back.

        Returns:
            The ids that were written.
        """
        written = []
        for row in rows:
            found = work.db.execute(f"SELECT deleted FROM {self.name} WHERE id = ?", (row["id"],)).fetchone()
            if found is None:
                written.append(work.insert(self.name, row))
            elif found[0] == "undone":
                work.write(self.name, [row["id"]], "deleted", None)
                written.append(row["id"])
        return written

    def by_ids(self, visits: Sequence[str]) -> dict[str, Row]:
        """Rows by id, trash included; ids that are not there are left out."""
        found: dict[str, Row] = {}
        for start in range(0, len(visits), 500):
            some = visits[start : start + 500]
            rows = self._rows(f"id IN ({','.join('?' * len(some))})", some)
            found.update((row["id"], row) for row in rows)
        return found

    def of_series(self, series: str) -> list[Row]:
        """The visits of a series by day, trash left out."""
        return self._rows("series = ? AND live ORDER BY occurrence, id", (series,))

    def timeline(self, customer: str, limit: int = 50, before: tuple[str, str] | None = None) -> list[Row]:
        """Contacts that took place with a customer, newest first, one page.

        Args:
            customer: whose.
            limit: rows a page.
            before: (started, id) of the last row of the page before.
        """
        where = f"{OWNER} AND status = 'done'"
        params: tuple[Any, ...] = (customer, customer)
        if before is not None:
            where += " AND (coalesce(started, ''), id) < (?, ?)"
            params += before
        return self._rows(f"{where} ORDER BY coalesce(started, '') DESC, id DESC LIMIT ?", (*params, limit))

    def open_plans(self, customer: str) -> list[Row]:
        """What is planned with a customer, soonest first."""
        return self._rows(f"{OWNER} AND status = 'planned' ORDER BY planned_start, id", (customer, customer))


CHANGEABLE = ("kind", "contact", "topic", "planned_start", "planned_minutes", "place", "attendees", "person", "channel")
"""What may be changed of a plan."""

PLANNED = ("planned_start", "planned_minutes", "planned_zone", "first_planned", "topic", "move_reason", "moved_by")
"""What was planned; nothing that took place writes it."""


def _utc(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
