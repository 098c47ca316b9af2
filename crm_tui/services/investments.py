"""What was put into a customer: visits by their minutes, discounts, and what was written by hand; margin against it.

Visits and discounts are reckoned from what is there, so that nothing can be posted twice or forgotten; each line has
an id made from its rule and its source, as on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crm_tui.rules.amounts import minor_digits
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.money import add_up, divided, line_total
from crm_tui.rules.policies import HOUR_COST
from crm_tui.services.noun import OWNER, NounService


@dataclass(frozen=True)
class Put:
    """One thing that was put into a customer.

    Attributes:
        id: made from rule and source; the row's own where it was written by hand.
        day: when.
        kind: as `records.investments` lists them.
        text: what.
        minutes: of work, if it was work.
        amount: minor units of `currency`.
        source: noun and id of the row that it comes from.
    """

    id: str
    day: str
    kind: str
    text: str
    minutes: int | None
    amount: int
    currency: str
    source: tuple[str, str]


class Investments(NounService):
    """The investment record of customers; it fills itself."""

    def record(self, customer: str) -> list[Put]:
        """All that was put into a customer, the newest first."""
        customer = self.crm.customers.root(customer)
        found = [*self._visits(customer), *self._discounts(customer), *self._by_hand(customer)]
        return sorted(found, key=lambda one: (one.day, one.id), reverse=True)

    def _visits(self, customer: str) -> Iterator[Put]:
        hour = self.crm.policies.number(HOUR_COST)
        currency = self.crm.products.currency()
        cost = hour * 10 ** minor_digits(currency)
        for ident, day, summary, minutes in self.store.reader().execute(
            f"SELECT id, substr(started, 1, 10), summary, minutes FROM visits WHERE {OWNER} AND status = 'done' "
            "AND minutes > 0 AND started IS NOT NULL",
            (customer, customer),
        ):
            amount = divided(minutes * cost, 60)
            source = ("visits", ident)
            yield Put(fixed_id("visit", ident), day, "visit", summary or "", minutes, amount, currency, source)

    def _discounts(self, customer: str) -> Iterator[Put]:
        for ident, day, text, currency, quantity, price, discount in self.store.reader().execute(
            "SELECT l.id, o.day, l.text, o.currency, l.quantity, l.price, l.discount FROM orders o "
            "CROSS JOIN order_lines l ON l.of_order = o.id WHERE o.customer IN "
            "(SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?) AND o.live AND o.status <> 'cancelled' "
            "AND l.live AND l.discount > 0",
            (customer, customer),
        ):
            amount = line_total(quantity, price) - line_total(quantity, price, discount)
            source = ("order_lines", ident)
            yield Put(fixed_id("discount", ident), day, "discount", text or "", None, amount, currency, source)

    def _by_hand(self, customer: str) -> Iterator[Put]:
        for row in self.of(customer):
            amount = row["amount"] or 0
            currency = row["currency"] or self.crm.products.currency()
            source = ("investments", row["id"])
            yield Put(row["id"], row["day"], row["kind"], row["text"] or "", row["minutes"], amount, currency, source)

    def totals(self, customer: str) -> dict[str, int]:
        """What was put in, by currency."""
        return add_up((one.amount, one.currency) for one in self.record(customer))

    def margin(self, customer: str) -> dict[str, int]:
        """What orders with known costs left, by currency, in minor units."""
        customer = self.crm.customers.root(customer)
        rows = self.store.reader().execute(
            "SELECT o.currency, l.quantity, l.price, l.discount, l.cost FROM orders o "
            "CROSS JOIN order_lines l ON l.of_order = o.id WHERE o.customer IN "
            "(SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?) AND o.live AND o.status <> 'cancelled' "
            "AND l.live AND l.cost IS NOT NULL",
            (customer, customer),
        )
        return add_up(
            (line_total(quantity, price, discount or 0) - line_total(quantity, cost), currency)
            for currency, quantity, price, discount, cost in rows
        )
