"""Leads: the call-in and walk-in registers, and what becomes of each line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, Refused
from crm_tui.rules.phones import digits
from crm_tui.rules.policies import LEAD_ANSWER
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t

ENDED = ("converted", "discarded")
FEW = 7
"""A telephone number with fewer digits is no reason to call two people one."""


@dataclass(frozen=True)
class Likeness:
    """Somebody who may be the same as a lead.

    Attributes:
        noun: customers or leads.
        id: whose; name likewise.
        why: in words.
    """

    noun: str
    id: str
    name: str
    why: str


@dataclass(frozen=True)
class Register:
    """What came in on a day: by kind how many, and how many of them left a way to reach them."""

    day: date
    came: dict[str, int]
    reachable: int

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.came.values())


class Leads(NounService):
    """Who called or walked in. A lead that was converted or discarded is closed."""

    def add(self, values: Mapping[str, Any]) -> Changes:
        """Write a line into the register; it came now, and its first answer is due by the working rule.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        now = self.store.now()
        me = self.crm.people.me()
        mine = me and me["id"]
        given: dict[str, Any] = {"owner": mine, "taken_by": mine, "came": now, "stated": now}
        given |= {name: value for name, value in values.items() if value not in (None, "")}
        given["state"] = "new"
        if given.get("phone"):
            given["phone"] = self.crm.phones.international({"number": given["phone"]})["number"]
        row = self.noun.validate({"id": "0" * 32, **given})
        row.pop("id")
        if row.get("due") is None:
            row["due"] = self.due_after(datetime.fromisoformat(str(row["came"])))
        self.check(row, None)
        with self.store.action("New lead {name}", noun=self.name, name=row["name"]) as work:
            self.insert(work, row)
        return work.changes

    def due_after(self, came: datetime) -> str:
        """When a lead that came then must have its first answer: so many working minutes later, as it is stored."""
        minutes = self.crm.policies.number(LEAD_ANSWER)
        return _stamp(self.crm.free_slots.clock().add_minutes(came, minutes))

    def alike(self, name: str, phone: str = "", email: str = "", but: str = "") -> list[Likeness]:
        """Customers and other open leads that may be the one whose name, number and address these are.

        Args:
            name: as typed; phone and email likewise, "" where unknown.
            phone: one number.
            email: one address.
            but: id of the lead itself.
        """
        suspects = self.crm.duplicates.while_typing(name, phone, email) if name or phone or email else []
        found = [Likeness("customers", one.id, one.name, ", ".join(one.reasons)) for one in suspects]
        end = digits(phone)[-FEW - 1 :]
        for row in self._rows(_OPEN):
            if row["id"] == but:
                continue
            if len(end) > FEW and digits(str(row["phone"] or "")).endswith(end):
                found.append(Likeness("leads", row["id"], row["name"], t("same phone")))
            elif email.strip() and str(row["email"] or "").casefold() == email.strip().casefold():
                found.append(Likeness("leads", row["id"], row["name"], t("same e-mail")))
            elif name.strip() and row["name"] == name.strip():
                found.append(Likeness("leads", row["id"], row["name"], t("same name")))
        return found

    def answer(self, lead: str) -> Changes:
        """Say that somebody got back to him; the first time counts."""
        row = self._open(lead)
        values: Row = {"state": "contacted", "stated": _stamp(self.store.now())} if row["state"] == "new" else {}
        if row["answered"] is None:
            values["answered"] = _stamp(self.store.now())
        return self._put("Answered lead {name}", row, values)

    def qualify(self, lead: str) -> Changes:
        """Say that he is worth going on with."""
        row = self._open(lead)
        now = _stamp(self.store.now())
        return self._put(
            "Qualified lead {name}",
            row,
            {"state": "qualified", "stated": now, "answered": row["answered"] or now},
        )

    def discard(self, lead: str, reason: str) -> Changes:
        """Give a lead up.

        Raises:
            Refused: without a reason.
        """
        if not reason.strip():
            raise Refused(t("say in one line why the lead is given up"))
        row = self._open(lead)
        values = {"state": "discarded", "stated": _stamp(self.store.now()), "discard_reason": reason}
        return self._put("Gave up lead {name}", row, self.noun.clean(values))

    def convert(
        self, lead: str, customer: str | None = None, deal: Mapping[str, Any] | None = None, *, with_deal: bool = True
    ) -> Changes:
        """Make a customer and a deal of a lead, in one action; the lead keeps the way to both.

        Args:
            lead: its id.
            customer: id of a customer that is there already; a new one is made from the lead if None.
            deal: fields of the deal; its name is what he is interested in, unless said.
            with_deal: whether there is a deal at all.

        Returns:
            Changes; `ids` begin with the customer and, if there is one, the deal.
        """
        row = self._open(lead)
        owner = {"owner": row["owner"]} if row["owner"] else {}
        fresh, parts = (None, []) if customer else self._customer(row, owner)
        opened = None
        if with_deal:
            given = {"name": row["interest"] or row["company"] or row["name"], "source": row["source"], **owner}
            opened = self.crm.deals.prepared({**given, **(deal or {})}, customer)
        with self.store.action("Converted lead {name}", noun=self.name, name=row["name"]) as work:
            if fresh is not None:
                customer = work.insert("customers", fresh)
                for noun, values in parts:
                    work.insert(noun, {**values, "customer": customer})
            assert customer is not None
            made = self.crm.deals.insert(work, {**opened, "customer": customer}) if opened is not None else None
            values = {"state": "converted", "stated": work.stamp, "answered": row["answered"] or work.stamp}
            work.update(self.name, lead, {**values, "customer": customer, "deal": made})
            work.ids[:0] = [customer, *([made] if made else [])]
        return work.changes

    def _customer(self, row: Row, owner: Mapping[str, Any]) -> tuple[Row, list[tuple[str, Row]]]:
        """A customer made from a lead, and what hangs on it; where a company is known, the person is its contact."""
        named = {"name": row["company"] or row["name"], "kind": "organisation" if row["company"] else "person"}
        fresh = self.crm.customers.noun.validate({"id": "0" * 32, **named, "source": row["source"], **owner})
        fresh.pop("id")
        parts: list[tuple[str, Row]] = []
        if row["company"]:
            parts.append(("contacts", {"name": row["name"]}))
        if row["phone"]:
            parts.append(("phones", self.crm.phones.international({"number": row["phone"]})))
        if row["email"]:
            parts.append(("emails", {"address": row["email"]}))
        return fresh, [(noun, self.crm.noun(noun).noun.clean(values)) for noun, values in parts]

    def queue(self, owner: str | None = None, limit: int = 500) -> list[Row]:
        """Leads that are open, those without an answer first, by when it is due.

        Args:
            owner: only this person's.
            limit: at most so many.
        """
        mine = " AND owner = ?" if owner else ""
        params = (owner, limit) if owner else (limit,)
        return self._rows(f"{_OPEN}{mine} ORDER BY answered IS NOT NULL, due, id LIMIT ?", params)

    def closed(self, limit: int = 200) -> list[Row]:
        """Leads that were converted or discarded, the latest first."""
        where = "live AND state IN ('converted', 'discarded') ORDER BY stated DESC, id LIMIT ?"
        return self._rows(where, (limit,))

    def register(self, day: date) -> Register:
        """What came in on a day."""
        start = datetime.combine(day, time(), ZoneInfo(self.crm.zone))
        span = (_stamp(start), _stamp(start + timedelta(days=1)))
        came: dict[str, int] = {}
        reachable = 0
        for row in self._rows("live AND came >= ? AND came < ?", span):
            came[str(row["kind"])] = came.get(str(row["kind"]), 0) + 1
            reachable += bool(row["phone"] or row["email"])
        return Register(day, came, reachable)

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse that somebody went before he came."""
        super().check(row, own)
        if row.get("came") and row.get("went") and str(row["went"]) < str(row["came"]):
            raise Invalid({"went": t("is before he came")})

    def _open(self, lead: str) -> Row:
        row = self.get(lead)
        if row["state"] in ENDED or row["deleted"]:
            raise Refused(t("the lead {name} is closed already", name=row["name"]))
        return row

    def _put(self, verb: str, row: Row, values: Row) -> Changes:
        with self.store.action(verb, noun=self.name, name=row["name"]) as work:
            if values:
                work.update(self.name, row["id"], values)
        return work.changes


_OPEN = "live AND state NOT IN ('converted', 'discarded')"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
