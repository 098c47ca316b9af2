"""Compensation, discount and credit: within the limit of one's role at once, above it by one approver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid, Refused
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import DESK_LIMITS, limits_of
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

MINOR = 100
"""Limits are told in whole units of money, amounts are kept in hundredths."""


class Grants(NounService):
    """What customers get because something went wrong."""

    def limit(self, person: Row | None) -> int:
        """What a person may grant, in minor units; nothing if his role has no limit."""
        limits = limits_of(self.crm.policies.value(DESK_LIMITS))
        return limits.get(str(person["role"]), 0) * MINOR if person is not None else 0

    def give(self, ticket: str, values: Mapping[str, Any]) -> Changes:
        """Grant something for a ticket; above the limit it waits for an approver.

        Args:
            ticket: for which.
            values: kind, amount (minor units), currency, reason.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        about = self.crm.tickets.get(ticket)
        me = self.crm.people.me()
        given = {"currency": self.crm.currency, **values}
        base = {"id": "0" * 32, "customer": about["customer"], "ticket": ticket, "person": me and me["id"]}
        row = self.noun.validate({**given, **base})
        row.pop("id")
        if int(str(row["amount"])) <= 0:
            raise Invalid({"amount": t("must be more than nothing")})
        granted = int(str(row["amount"])) <= self.limit(me)
        row["state"] = "granted" if granted else "asked"
        with self.store.action("Ticket {name}: {kind}", noun=self.name, name=about["number"], kind=row["kind"]) as work:
            if granted:
                row |= {"decided": work.stamp, "approver": work.person}
            made = work.insert(self.name, row)
            if granted:
                self._post(work, {**row, "id": made}, about)
        return work.changes

    def decide(self, grant: str, yes: bool) -> Changes:
        """Approve or refuse what was asked for: by one other person whose limit is high enough.

        Raises:
            Refused: it is decided, or this person may not decide it.
        """
        row, me = self.get(grant), self.crm.people.me()
        about = self.crm.tickets.get(row["ticket"])
        if row["state"] != "asked" or row["deleted"]:
            raise Refused(t("this is decided already"))
        if me is None or me["id"] == row["person"]:
            raise Refused(t("somebody else has to decide what you asked for"))
        if self.limit(me) < int(row["amount"]):
            raise Refused(t("this is above your own limit of {limit}", limit=self.limit(me) // MINOR))
        state = "granted" if yes else "refused"
        verb = "Ticket {name}: granted" if yes else "Ticket {name}: not granted"
        with self.store.action(verb, noun=self.name, name=about["number"]) as work:
            work.update(self.name, grant, {"state": state, "decided": work.stamp, "approver": work.person})
            if yes:
                self._post(work, row, about)
        return work.changes

    def asked(self) -> list[Row]:
        """What waits for an approver, the oldest first."""
        return self._rows("live AND state = 'asked' ORDER BY created, id")

    def of_ticket(self, ticket: str) -> list[Row]:
        """What was granted or asked for a ticket."""
        return self._rows("ticket = ? AND live ORDER BY created, id", (ticket,))

    def _post(self, work: Work, row: Row, about: Row) -> None:
        kind = "discount" if row["kind"] == "discount" else "compensation"
        values = {
            **{"id": fixed_id("investments", "grant", str(row["id"])), "customer": row["customer"], "kind": kind},
            **{"day": self.crm.local_now().date(), "amount": row["amount"], "currency": row["currency"]},
            **{"text": f"{about['number']} {row['reason']}", "person": work.person},
        }
        work.insert("investments", self.crm.noun("investments").noun.validate(values))
        work.ids.pop()
