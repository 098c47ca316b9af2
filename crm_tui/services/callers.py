"""Who rings: the card of a number or a name, open tickets and promises first; calls are logged with their outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid
from crm_tui.rules.alike_texts import alike, pieces
from crm_tui.rules.phones import digits
from crm_tui.services.noun import Row
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

FEWEST = 3
"""Digits below this are not looked up: everybody has them."""
RECENT = 300


@dataclass(frozen=True)
class Caller:
    """Somebody who may be ringing.

    Attributes:
        customer, name: id and name.
        why: what was found, and where ("phones.number", …).
        tickets: how many are open; `late` of them beyond their standard.
        promises: how many we have not kept yet.
    """

    customer: str
    name: str
    why: str
    tickets: int
    late: int
    promises: int


@dataclass(frozen=True)
class Known:
    """What is shown while a complaint is typed.

    Attributes:
        own: open tickets of the customer, due first.
        alike: tickets of anybody that resemble it, the newest of equals first.
        articles: what helped before.
    """

    own: list[Row]
    alike: list[Row]
    articles: list[Row]


class Callers:
    """Looks callers up."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def find(self, text: str, limit: int = 8) -> list[Caller]:
        """Who answers to digits or a name, those with something open first."""
        said = text.strip()
        if not said or (said.isdigit() and len(said) < FEWEST):
            return []
        hits = self.crm.customers.find(said, limit).items
        found = [self._caller(hit.id, hit.name, str(hit.why[1])) for hit in hits]
        if digits(said) == said:
            ends = [one for one in found if digits(one.why).endswith(said)]
            found = ends or found
        return sorted(found, key=lambda one: not (one.tickets or one.promises))

    def _caller(self, customer: str, name: str, why: str) -> Caller:
        db = self.crm.store.reader()
        owner = "customer IN (SELECT ?1 UNION ALL SELECT id FROM alias WHERE root = ?1) AND live"
        now = f"1{self.crm.days_ago(0)}"
        tickets, late = db.execute(
            f"SELECT count(*), coalesce(sum(queue_key < ?2), 0) FROM tickets WHERE {owner} AND queue_key IS NOT NULL "
            "AND parent IS NULL",
            (customer, now),
        ).fetchone()
        (promises,) = db.execute(
            f"SELECT count(*) FROM visits WHERE {owner} AND status = 'planned' AND kind = 'promise'", (customer,)
        ).fetchone()
        return Caller(customer, name, why, tickets, late, promises)

    def card(self, customer: str) -> dict[str, Any]:
        """What an agent sees first: open tickets, promises, what to mind, then the last contacts."""
        brief = self.crm.briefs.of(customer)
        return {
            "customer": brief.customer["id"],
            "name": brief.customer["name"],
            "phones": brief.phones,
            "tickets": self.crm.tickets.open_of(customer),
            "promises": brief.promises,
            "instructions": brief.instructions,
            "care": brief.care,
            "no_go": brief.no_go,
            "last": brief.last,
            "satisfaction": self.crm.reviews.of_customer(customer),
        }

    def log(self, customer: str, summary: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Log a call: direction ("in" unless told), outcome, reason as the summary."""
        given = {name: value for name, value in (values or {}).items() if value is not None}
        return self.crm.visits.log(
            customer, {"kind": "call", "channel": "phone", "direction": "in", **given, "summary": summary}
        )

    def new(self, name: str, number: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Make a customer of a caller whom nobody knows.

        Raises:
            Invalid: without a name.
        """
        if not name.strip():
            raise Invalid({"name": t("must not be empty")})
        return self.crm.customers.create({"name": name, **(values or {})}, [number] if number else [])

    def known(self, customer: str | None, text: str) -> Known:
        """What is known already of what is being typed."""
        own = self.crm.tickets.open_of(customer, 5) if customer else []
        typed = pieces(text)
        if not typed:
            return Known(own, [], [])
        rows = self.crm.store.reader().execute(
            "SELECT id, text FROM (SELECT id, text, parent FROM tickets WHERE live ORDER BY id DESC LIMIT ?) "
            "WHERE parent IS NULL AND text IS NOT NULL",
            (RECENT,),
        )
        mine = {row["id"] for row in own}
        found = [one for one in alike(typed, rows, 8) if one not in mine][:4]
        return Known(own, [self.crm.tickets.get(one) for one in found], self.crm.articles.find(text, 3))
