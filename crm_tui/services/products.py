"""Products, their prices by tier and day, and the stock that the ledger leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_tui.errors import Invalid, NotFound
from crm_tui.rules.policies import CURRENCY
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.words import t


@dataclass(frozen=True)
class Stock:
    """What the ledger leaves of a product, in thousandths of its unit.

    Attributes:
        product, name: whose.
        on_hand: what came in less what went out.
        reserved: ordered and not delivered.
    """

    product: str
    name: str
    on_hand: int
    reserved: int

    @property
    def free(self) -> int:
        """What can still be promised."""
        return self.on_hand - self.reserved


class Products(NounService):
    """What is sold."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a code that another product has, and costs below zero."""
        super().check(row, own)
        if row.get("code"):
            query = "SELECT 1 FROM products WHERE code = ? AND live AND id IS NOT ?"
            if self.store.reader().execute(query, (row["code"], own)).fetchone():
                raise Invalid({"code": t("another product has this code")})
        if row.get("cost") is not None and int(row["cost"]) < 0:
            raise Invalid({"cost": t("must not be below zero")})

    def currency(self) -> str:
        """The currency that is meant where none is said."""
        return self.crm.policies.value(CURRENCY)

    def find(self, text: str) -> Row:
        """The one product that `text` means: an id, a code, a name, or a part of a name that only one has.

        Raises:
            NotFound: if there is none, or several.
        """
        said = text.strip()
        for where in ("id = ?", "code = ? COLLATE NOCASE", "name = ? COLLATE NOCASE"):
            found = self._rows(f"{where} AND live", (said,))
            if len(found) == 1:
                return found[0]
        pattern = "%" + said.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        found = self._rows("name LIKE ? ESCAPE '\\' AND live AND active IS NOT 0 ORDER BY name LIMIT 6", (pattern,))
        if len(found) == 1:
            return found[0]
        if found:
            known = "; ".join(str(row["name"]) for row in found[:5])
            raise NotFound(t("“{text}” may be several products: {names}", text=text, names=known))
        raise NotFound(t("there is no product “{text}”; list them with: crm-tui products", text=text))

    def price(self, product: str, customer: str | None, day: date, currency: str) -> int | None:
        """Our price of one unit: of the customer's tier if there is one, else everybody's; the latest valid one.

        Args:
            product: its id.
            customer: whose tier (grade) counts; None for everybody's price.
            day: when it has to be valid.
            currency: prices in others do not count.

        Returns:
            Minor units; None if no price is known.
        """
        tier = self.crm.customers.get(customer)["grade"] if customer else None
        row = (
            self.store.reader()
            .execute(
                "SELECT amount FROM prices WHERE product = ?1 AND live AND competitor IS NULL AND currency = ?2 "
                "AND (tier IS NULL OR tier = ?3) AND coalesce(valid_from, '') <= ?4 "
                "AND coalesce(valid_to, '9999') >= ?4 "
                "ORDER BY tier IS NULL, coalesce(valid_from, '') DESC, created DESC, id DESC LIMIT 1",
                (product, currency, tier, day.isoformat()),
            )
            .fetchone()
        )
        return None if row is None else int(row[0])

    def listed(self, day: date | None = None) -> list[Row]:
        """All products by name with everybody's price, the lowest of competitors, and the stock."""
        at = day or self.crm.local_now().date()
        currency = self.currency()
        stock = {one.product: one for one in self.stock()}
        others = dict(
            self.store.reader().execute(
                "SELECT product, min(amount) FROM prices WHERE live AND competitor IS NOT NULL AND currency = ?1 "
                "AND coalesce(valid_from, '') <= ?2 AND coalesce(valid_to, '9999') >= ?2 GROUP BY product",
                (currency, at.isoformat()),
            )
        )
        rows = self._rows("live ORDER BY name, id")
        return [
            {
                **row,
                "price": self.price(row["id"], None, at, currency),
                "currency": currency,
                "competitor_price": others.get(row["id"]),
                "stock": stock.get(row["id"]),
            }
            for row in rows
        ]

    def stock(self, products: Iterable[str] | None = None) -> list[Stock]:
        """The stock of products that have one, by name.

        On hand is the ledger's sum: what was moved, less what was delivered, and what came back into stock. Reserved is
        what open orders have ordered and not got.
        """
        wanted = set(products) if products is not None else None
        rows = self.store.reader().execute(
            "SELECT p.id, p.name, "
            "coalesce((SELECT sum(m.quantity) FROM stock_moves m WHERE m.product = p.id AND m.live), 0) "
            "- coalesce((SELECT sum(x.quantity) FROM order_lines l CROSS JOIN delivery_lines x ON x.line = l.id "
            "AND x.live CROSS JOIN deliveries d ON d.id = x.delivery AND d.live CROSS JOIN orders o "
            "ON o.id = d.of_order AND o.live WHERE l.product = p.id), 0) "
            "+ coalesce((SELECT sum(x.quantity) FROM order_lines l CROSS JOIN return_lines x ON x.line = l.id "
            "AND x.live CROSS JOIN returns d ON d.id = x.of_return AND d.live AND d.restocked = 1 "
            "CROSS JOIN orders o ON o.id = d.of_order AND o.live WHERE l.product = p.id), 0), "
            "coalesce((SELECT sum(max(0, l.quantity - coalesce((SELECT sum(x.quantity) FROM delivery_lines x "
            "CROSS JOIN deliveries d ON d.id = x.delivery AND d.live WHERE x.line = l.id AND x.live), 0))) "
            "FROM order_lines l CROSS JOIN orders o ON o.id = l.of_order AND o.live AND o.stage = 'deliver' "
            "AND o.status NOT IN ('closed', 'cancelled') WHERE l.product = p.id AND l.live), 0) "
            "FROM products p WHERE p.live AND p.stocked = 1 ORDER BY p.name, p.id"
        )
        return [Stock(*row) for row in rows if wanted is None or row[0] in wanted]

    def move(self, product: str, quantity: int, kind: str = "purchase", word: str = "", day: str = "") -> Changes:
        """Write a movement into the ledger.

        Args:
            product: its id.
            quantity: thousandths, above zero in, below zero out.
            kind: purchase, count, loss or opening.
            word: why.
            day: when; today if empty.

        Raises:
            Invalid: if the stock would be below zero and no word says why.
        """
        me = self.crm.people.me()
        values = {
            **{"id": "0" * 32, "product": product, "quantity": quantity, "kind": kind, "word": word},
            **{"day": day or self.crm.local_now().date().isoformat(), "person": me and me["id"]},
        }
        moves = self.crm.noun("stock_moves")
        row = moves.noun.validate(values)
        row.pop("id")
        left = next((one.on_hand for one in self.stock([product])), 0) + quantity
        if left < 0 and not row["word"]:
            raise Invalid({"word": t("the stock would be below zero: say why")})
        name = self.get(product)["name"]
        with self.store.action("Stock of {name}: {kind}", noun="stock_moves", name=name, kind=kind) as work:
            work.insert("stock_moves", row)
        return work.changes


class Prices(NounService):
    """Price lists; every price stays, so that the list is its own log."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a price below zero, and a validity that ends before it begins."""
        super().check(row, own)
        if row.get("amount") is not None and int(row["amount"]) < 0:
            raise Invalid({"amount": t("must not be below zero")})
        if row.get("valid_from") and row.get("valid_to") and str(row["valid_to"]) < str(row["valid_from"]):
            raise Invalid({"valid_to": t("is before the first day")})

    def set(self, product: str, amount: int, currency: str, **more: Any) -> Changes:
        """Set a price from a day on; the older ones stay in the list and are not valid any more.

        Args:
            product: its id.
            amount: minor units for one unit.
            currency: of it.
            more: tier, valid_from, valid_to, competitor, reason.
        """
        first = more.pop("valid_from", None) or self.crm.local_now().date().isoformat()
        values = {"product": product, "amount": amount, "currency": currency, "valid_from": first, **more}
        row = self.noun.validate({**values, "id": "0" * 32})
        row.pop("id")
        self.check(row, None)
        name = self.crm.products.get(product)["name"]
        with self.store.action("Price of {name}", noun=self.name, name=name) as work:
            work.insert(self.name, row)
        return work.changes

    def log(self, product: str) -> list[Row]:
        """All prices of a product, the newest first, each with what was sold in 90 days before and after."""
        rows = self._rows("product = ? AND live ORDER BY coalesce(valid_from, '') DESC, created DESC, id", (product,))
        db = self.store.reader()
        for row in rows:
            row["sold_before"], row["sold_after"] = db.execute(
                "SELECT coalesce(sum(CASE WHEN o.day < ?2 THEN l.quantity END), 0), "
                "coalesce(sum(CASE WHEN o.day >= ?2 THEN l.quantity END), 0) FROM order_lines l "
                "CROSS JOIN orders o ON o.id = l.of_order AND o.live AND o.status <> 'cancelled' "
                "WHERE l.product = ?1 AND l.live AND o.day >= date(?2, '-90 days') AND o.day < date(?2, '+90 days')",
                (product, row["valid_from"] or "0000-01-01"),
            ).fetchone()
        return rows
