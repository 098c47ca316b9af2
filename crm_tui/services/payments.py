"""Payments and refunds: of an order, or of a customer, whose oldest debts they settle first; the receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_tui.errors import Invalid, Refused
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.services.numbering import next_number
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

LETTER = "R"


class Payments(NounService):
    """Money that came and went back."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse amounts that are not above zero, and money of another currency than its order's."""
        super().check(row, own)
        if row.get("amount") is not None and int(row["amount"]) <= 0:
            raise Invalid({"amount": t("must be above zero")})
        if row.get("of_order") and row.get("currency"):
            order = self.crm.orders.get(str(row["of_order"]))
            if order["currency"] != row["currency"]:
                a, b = row["currency"], order["currency"]
                raise Invalid({"currency": t("{a} cannot pay an order in {b}", a=a, b=b)})

    def row(
        self,
        customer: str,
        amount: int,
        currency: str,
        kind: str = "payment",
        order: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> Row:
        """A validated row, not written yet.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        me = self.crm.people.me()
        given = {
            **{"id": "0" * 32, "customer": customer, "amount": amount, "currency": currency, "kind": kind},
            **{"of_order": order, "day": self.crm.local_now().date(), "person": me and me["id"]},
            **{name: value for name, value in (values or {}).items() if value not in (None, "")},
        }
        found: Row = dict(self.noun.validate(given))
        found.pop("id")
        self.check({**found, "of_return": None}, None)  # a return of the same action is not written yet
        return found

    def put(self, work: Work, row: Row) -> str:
        """Write a payment inside an action, with the number of its receipt."""
        return work.insert(self.name, {**row, "number": next_number(work, self.name, LETTER)})

    def pay(
        self, order: str, amount: int, values: Mapping[str, Any] | None = None, currency: str | None = None
    ) -> Changes:
        """Note that money came for an order; what is above the balance stays as its credit.

        Raises:
            Refused: if the order was paid on the spot.
            Invalid: with a sentence for each wrong field.
        """
        there = self.crm.orders.get(order)
        if there["due_rule"] == "cash":
            raise Refused(t("order {number} was paid on the spot", number=there["number"] or order))
        row = self.row(there["customer"], amount, currency or there["currency"], "payment", order, values)
        with self.store.action("Payment for order {number}", noun=self.name, number=there["number"]) as work:
            self.put(work, row)
        return work.changes

    def refund(self, order: str, amount: int, values: Mapping[str, Any] | None = None) -> Changes:
        """Note that money of an order went back.

        Raises:
            Refused: if so much never came.
            Invalid: with a sentence for each wrong field.
        """
        there = self.crm.orders.get(order)
        if amount > there["received"]:
            raise Refused(t("so much was not received for order {number}", number=there["number"] or order))
        row = self.row(there["customer"], amount, there["currency"], "refund", order, values)
        with self.store.action("Refund of order {number}", noun=self.name, number=there["number"]) as work:
            self.put(work, row)
        return work.changes

    def receive(self, customer: str, amount: int, currency: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Note that a customer paid, and share it out: what fell due first is settled first, the rest is credit.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        customer = self.crm.customers.root(customer)
        rows = []
        left = amount
        for order, balance in self.store.reader().execute(
            f"SELECT id, balance FROM orders WHERE {OWNER} AND balance > 0 AND currency = ? "
            "ORDER BY due IS NULL, due, day, id",
            (customer, customer, currency),
        ):
            part = min(left, balance)
            if part > 0:
                rows.append(self.row(customer, part, currency, "payment", order, values))
                left -= part
        if left or not rows:
            rows.append(self.row(customer, left or amount, currency, "payment", None, values))
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Payment of {name}", noun=self.name, name=name) as work:
            for row in rows:
                self.put(work, row)
        return work.changes

    def plan(self, order: str, due: str, amount: int, note: str = "") -> Changes:
        """Agree on a day on which a part of an order is paid.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        there = self.crm.orders.get(order)
        if amount <= 0:
            raise Invalid({"amount": t("must be above zero")})
        about = self.crm.noun("payment_plans").noun
        row = about.validate({"id": "0" * 32, "of_order": order, "due": due, "amount": amount, "note": note})
        row.pop("id")
        with self.store.action("Payment plan of order {number}", noun="payment_plans", number=there["number"]) as work:
            work.insert("payment_plans", row)
        return work.changes

    def of_order(self, order: str) -> list[Row]:
        """Payments and refunds of an order, oldest first."""
        return self._rows("of_order = ? AND live ORDER BY day, created, id", (order,))
