"""Corrective actions: against a cause of a product's troubles; they reopen when it comes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from crm_tui.rules.policies import DESK_RECURRENCE
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes, Work
from crm_tui.store.desk_defaults import desk_defaults
from crm_tui.words import language


class CorrectiveActions(NounService):
    """What is done so that it does not happen again."""

    def close(self, action: str) -> Changes:
        """Say that an action is done."""
        row = self.get(action)
        with self.store.action("Corrective action done: {name}", noun=self.name, name=row["text"]) as work:
            values = {"state": "done", "state_on": self.crm.local_now().date().isoformat()}
            work.update(self.name, action, dict(values))
        return work.changes

    def of_cause(self, cause: str, product: str | None) -> list[Row]:
        """The actions against a cause of a product, and those against the cause of all products."""
        where = "live AND cause = ? AND (product IS NULL OR product = ?) ORDER BY due, id"
        return self._rows(where, (cause, product))

    def set_cause(self, ticket: str, cause: str, action: Mapping[str, Any] | None = None) -> Changes:
        """Note the root cause of a ticket, with an action against it if one is told; known ones reopen.

        Args:
            ticket: which.
            cause: its code.
            action: text, person, due of a new corrective action.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        row = self.crm.tickets.get(ticket)
        clean = self.crm.tickets.noun.clean({"cause": cause})
        made = None
        if action is not None:
            made = self.noun.validate(
                {"id": "0" * 32, **action, "cause": cause, "product": row["product"], "ticket": ticket}
            )
            made.pop("id")
            self.check(made, None)
        with self.store.action("Ticket {name}: cause {cause}", noun="tickets", name=row["number"], cause=cause) as work:
            work.update("tickets", ticket, clean)
            self.reopen_for(work, {**row, **clean})
            if made is not None:
                work.insert(self.name, {**made, "state_on": self.crm.local_now().date().isoformat()})
        return work.changes

    def reopen_for(self, work: Work, ticket: Row) -> None:
        """Reopen finished actions against what has come again within the agreed days, inside an action."""
        if not ticket.get("cause") or not ticket.get("product"):
            return
        days = self.crm.policies.number(DESK_RECURRENCE)
        today = self.crm.local_now().date()
        since = (today - timedelta(days=days)).isoformat()
        rows = work.db.execute(
            "SELECT id FROM corrective_actions WHERE live AND cause = ? AND (product IS NULL OR product = ?) "
            "AND state = 'done' AND state_on >= ?",
            (ticket["cause"], ticket["product"], since),
        ).fetchall()
        for (action,) in rows:
            work.update(self.name, action, {"state": "reopened", "state_on": today.isoformat()})
            work.ids.pop()

    def owed(self, today: date | None = None) -> list[Row]:
        """Actions that are not done, the most urgent first."""
        return self._rows("live AND state <> 'done' ORDER BY coalesce(due, '9999'), id")

    def causes(self) -> list[tuple[str, str]]:
        """Codes of causes with their names: the company's own, then those that ship."""
        found = {
            row["code"]: (row["label_en"] or row["code"], row["label_zh"] or row["code"])
            for row in self.crm.noun("causes").all()
        }
        both = {**found, **{code: names for code, names in desk_defaults().causes.items() if code not in found}}
        return [(code, names[1] if language() == "zh" else names[0]) for code, names in both.items()]

    def cause_name(self, code: str | None) -> str:
        """What people call a cause."""
        return dict(self.causes()).get(code or "", code or "")

    def owners(self, product: str) -> list[tuple[str, str, str]]:
        """Who has a product, for notice calls: id, name and one number of each customer.

        Read from what they have in use, and from their tickets.
        """
        rows = self.store.reader().execute(
            "SELECT c.id, c.name, (SELECT p.number FROM phones p WHERE p.customer = c.id AND p.live ORDER BY p.created "
            "LIMIT 1) FROM customers c WHERE c.live AND c.id IN ("
            "SELECT coalesce(a.root, x.customer) FROM (SELECT customer FROM tickets WHERE live AND product = ?1 "
            "UNION SELECT s.customer FROM assets s LEFT JOIN products p ON p.id = s.product "
            "WHERE s.live AND (p.name = ?1 OR s.name = ?1)) x LEFT JOIN alias a ON a.id = x.customer) "
            "ORDER BY c.sort_key, c.id LIMIT 2000",
            (product,),
        )
        return [(row, name, number or "") for row, name, number in rows]
