"""The contact log: what was done with a customer, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crm_tui.errors import Invalid, Refused
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t


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
        plan: str | None = None,
    ) -> Changes:
        """Log a contact that took place, and plan the next one in the same action.

        Args:
            customer: whose.
            values: fields of the visit; `started` is now and `person` is me unless given.
            next_at: when the next contact is planned (aware), if one is.
            next_topic: what was promised for then.
            next_kind: its kind; the same as this one's if None.
            plan: the planned contact that this one fulfils, if it does.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        stamp = _utc(self.store.now())
        me = self.crm.people.me()
        given = {"started": stamp, "person": me and me["id"], "zone": self.crm.zone, **values}
        row = self.noun.validate({**given, "id": "0" * 32, "customer": customer, "status": "done"})
        row.pop("id")
        if not row.get("summary") and not row.get("outcome"):
            raise Invalid({"summary": t("say in one line what happened")})
        self.check(row, None)
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Logged {kind} with {name}", noun=self.name, name=name, kind=str(row["kind"])) as work:
            if plan is None:
                done = work.insert(self.name, row)
            else:
                done = plan
                self._planned(plan)
                work.update(self.name, plan, {k: v for k, v in row.items() if v is not None and k != "origin"})
            if next_at is not None:
                kind = next_kind or row["kind"]
                work.insert(self.name, {**self._plan(customer, kind, next_at, next_topic), "follows": done})
        return work.changes

    def plan(self, customer: str, at: datetime, kind: str = "visit", topic: str = "") -> Changes:
        """Plan a contact.

        Args:
            customer: with whom.
            at: when (aware).
            kind: a visit's kind.
            topic: what for.
        """
        row = self._plan(customer, kind, at, topic)
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Planned {kind} with {name}", noun=self.name, name=name, kind=str(row["kind"])) as work:
            work.insert(self.name, row)
        return work.changes

    def cancel(self, plan: str) -> Changes:
        """Cancel a planned contact.

        Raises:
            Refused: if it is not planned.
        """
        row = self._planned(plan)
        with self.store.action("Cancelled {kind} with {name}", noun=self.name, **self._who(row)) as work:
            work.update(self.name, plan, {"status": "cancelled"})
        return work.changes

    def move(self, plan: str, at: datetime) -> Changes:
        """Plan a contact for another time; the journal keeps the first one.

        Raises:
            Refused: if it is not planned.
        """
        row = self._planned(plan)
        with self.store.action("Moved {kind} with {name}", noun=self.name, **self._who(row)) as work:
            work.update(self.name, plan, {"planned_start": _utc(at)})
        return work.changes

    def _who(self, row: Row) -> dict[str, Any]:
        return {"name": self.crm.customers.get(row["customer"])["name"], "kind": row["kind"]}

    def _planned(self, plan: str) -> Row:
        row = self.get(plan)
        if row["status"] != "planned" or row["deleted"]:
            raise Refused(t("this contact is not planned any more"))
        return row

    def _plan(self, customer: str, kind: Any, at: datetime, topic: str) -> dict[str, Any]:
        me = self.crm.people.me()
        owner = self.crm.customers.get(customer)["owner"]
        values = {
            "id": "0" * 32,
            **{"customer": customer, "kind": kind, "status": "planned", "topic": topic, "origin": "hand"},
            **{"planned_start": _utc(at), "planned_zone": self.crm.zone, "person": (me and me["id"]) or owner},
        }
        row = self.noun.validate(values)
        row.pop("id")
        self.check(row, None)
        return row

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


def _utc(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
