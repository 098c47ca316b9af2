"""Commission: statements of a person's month with every line explained, and months that are locked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_tui.errors import Invalid, Refused
from crm_tui.rules.commissions import Earned, Event, Part, Rule, Sale, Statement, earned, statement
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.money import BASIS, line_total
from crm_tui.rules.receivables import value_of
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes
from crm_tui.store.sales import facts_of
from crm_tui.words import t

_CHUNK = 2_000


@dataclass(frozen=True)
class Explained:
    """A line of a statement with the names that a person reads."""

    line: Earned
    order: str
    customer: str
    rule: str


class CommissionRules(NounService):
    """Rates, and what they come to."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a rate that is not from 0 to 100 %."""
        super().check(row, own)
        if row.get("rate") is not None and not 0 <= int(row["rate"]) <= BASIS:
            raise Invalid({"rate": t("must be from 0 to 100 %")})

    def rules(self) -> list[Rule]:
        """The rules in force."""
        return [
            Rule(
                row["id"], row["base"], row["rate"], row["product"], row["category"], row["tier"],
                date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
            )
            for row in self._rows("live AND active IS NOT 0 ORDER BY id")
        ]  # fmt: skip

    def split(self, order: str, shares: Mapping[str, int]) -> Changes:
        """Share what an order earns between people.

        Args:
            order: its id.
            shares: basis points by person; they must sum to the whole.

        Raises:
            Invalid: if they do not.
        """
        if sum(shares.values()) != BASIS or min(shares.values()) <= 0:
            raise Invalid({"share": t("the shares must be above zero and sum to 100 %")})
        there = self.crm.orders.get(order)
        rows = self.crm.noun("order_shares")._rows("of_order = ?", (order,))
        known = {row["id"]: row for row in rows}
        with self.store.action("Shares of order {number}", noun="order_shares", number=there["number"]) as work:
            wanted = {fixed_id("order_share", order, person): (person, share) for person, share in shares.items()}
            gone = [row for row in known if row not in wanted and not known[row]["deleted"]]
            if gone:
                work.write("order_shares", gone, "deleted", "trashed")
            for ident, (person, share) in wanted.items():
                if ident not in known:
                    self.crm.people.get(person)
                    work.insert("order_shares", {"id": ident, "of_order": order, "person": person, "share": share})
                else:
                    if known[ident]["deleted"]:
                        work.write("order_shares", [ident], "deleted", None)
                    work.update("order_shares", ident, {"share": share})
        return work.changes

    def lines(self, person: str) -> list[Earned]:
        """All that a person ever earned, by order and event."""
        rules = self.rules()
        found = []
        mine = "(o.person = ?1 OR o.id IN (SELECT of_order FROM order_shares WHERE person = ?1 AND live))"
        for sale in self._sales(mine, person) if rules else ():
            found += [line for line in earned(sale, rules) if line.person == person]
        return sorted(found, key=lambda line: (line.day, line.order, line.source))

    def of_order(self, order: str) -> list[Earned]:
        """All that an order has earned, for everybody who shares in it."""
        rules = self.rules()
        return [line for sale in self._sales("o.id = ?1", order) for line in earned(sale, rules)] if rules else []

    def _sales(self, where: str, param: str) -> list[Sale]:
        db = self.store.reader()
        rows = db.execute(
            "SELECT o.id, o.day, o.currency, c.grade, o.person, o.due_rule FROM orders o "
            f"CROSS JOIN customers c ON c.id = o.customer WHERE o.live AND {where} ORDER BY o.id",
            (param,),
        ).fetchall()
        found = []
        for start in range(0, len(rows), _CHUNK):
            some = rows[start : start + _CHUNK]
            ids = [row[0] for row in some]
            facts, parts, shares, paid = facts_of(db, ids), self._parts(ids), self._shares(ids), self._paid(ids)
            for ident, day, currency, tier, owner, rule in some:
                known = facts[ident]
                if known.cancelled:
                    continue
                own = parts.get(ident) or [Part(None, None, known.amount, None)]
                total = sum(part.total for part in own)
                events = [Event(date.fromisoformat(day), "order", ident, ordered=total)]
                if rule == "cash":
                    events.append(Event(date.fromisoformat(day), "payment", ident, received=total))
                events += paid.get(ident, [])
                lines = {line.id: line for line in known.lines}
                for back in known.returned:
                    if back.line in lines:
                        value = value_of(lines[back.line], min(back.quantity, lines[back.line].quantity))
                        events.append(Event(back.day, "return", back.line, ordered=-value))
                whose = shares.get(ident) or ({owner: BASIS} if owner else {})
                found.append(Sale(ident, date.fromisoformat(day), currency, tier, own, events, whose))
        return found

    def _parts(self, orders: list[str]) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {}
        rows = self.store.reader().execute(
            "SELECT l.of_order, l.product, p.category, l.quantity, l.price, l.discount, l.cost FROM json_each(?) j "
            "CROSS JOIN order_lines l ON l.of_order = j.value LEFT JOIN products p ON p.id = l.product "
            "WHERE l.live ORDER BY l.position, l.id",
            (json.dumps(orders),),
        )
        for order, product, category, quantity, price, discount, cost in rows:
            whole = line_total(quantity, cost) if cost is not None else None
            part = Part(product, category, line_total(quantity, price, discount or 0), whole)
            found.setdefault(order, []).append(part)
        return found

    def _shares(self, orders: list[str]) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        rows = self.store.reader().execute(
            "SELECT s.of_order, s.person, s.share FROM json_each(?) j CROSS JOIN order_shares s "
            "ON s.of_order = j.value WHERE s.live",
            (json.dumps(orders),),
        )
        for order, person, share in rows:
            found.setdefault(order, {})[person] = share
        return found

    def _paid(self, orders: list[str]) -> dict[str, list[Event]]:
        found: dict[str, list[Event]] = {}
        rows = self.store.reader().execute(
            "SELECT p.of_order, p.id, p.day, p.kind, p.amount FROM json_each(?) j CROSS JOIN payments p "
            "ON p.of_order = j.value CROSS JOIN orders o ON o.id = j.value AND o.currency = p.currency WHERE p.live",
            (json.dumps(orders),),
        )
        for order, ident, day, kind, amount in rows:
            signed = -amount if kind == "refund" else amount
            found.setdefault(order, []).append(Event(date.fromisoformat(day), kind, ident, received=signed))
        return found

    def locked(self, person: str) -> dict[str, dict[str, int]]:
        """The sums by currency of a person's locked months."""
        months = self.crm.noun("commission_months")._rows("person = ? AND live", (person,))
        return {str(row["month"]): json.loads(row["sums"] or "{}") for row in months}

    def statement(self, person: str, month: str) -> Statement:
        """A person's month, like "2026-11"."""
        return statement(self.lines(person), month_of(month), self.locked(person))

    def explained(self, lines: tuple[Earned, ...]) -> list[Explained]:
        """Lines with the number of the order, the customer and the rule by name."""
        db = self.store.reader()
        orders: dict[str, tuple[str, str]] = {}
        rules: dict[str, str] = {}
        for line in lines:
            if line.order not in orders:
                orders[line.order] = db.execute(
                    "SELECT coalesce(o.number, o.outside, ''), c.name FROM orders o "
                    "CROSS JOIN customers c ON c.id = o.customer WHERE o.id = ?",
                    (line.order,),
                ).fetchone()
            if line.rule not in rules:
                rules[line.rule] = str(self.get(line.rule)["name"])
        return [Explained(line, *orders[line.order], rules[line.rule]) for line in lines]

    def lock(self, person: str, month: str) -> Changes:
        """Lock a month: its sums stay as they are now; what comes to light later is a correction.

        Raises:
            Refused: if it is locked, has not ended, or an earlier month with lines is open.
        """
        month = month_of(month)
        if f"{self.crm.local_now():%Y-%m}" <= month:
            raise Refused(t("{month} has not ended yet", month=month))
        locked = self.locked(person)
        if month in locked:
            raise Refused(t("{month} is locked already", month=month))
        if locked and month < max(locked):
            raise Refused(t("a later month is locked already"))
        found = self.statement(person, month)
        name = self.crm.people.get(person)["name"]
        values: Row = {
            **{"id": fixed_id("commission", person, month), "person": person, "month": month},
            **{"sums": json.dumps(dict(found.totals), sort_keys=True), "machine": self.store.own_log()},
        }
        with self.store.action("Locked commission of {name}, {month}", noun=self.name, name=name, month=month) as work:
            there = work.db.execute("SELECT 1 FROM commission_months WHERE id = ?", (values["id"],)).fetchone()
            if there:
                work.write("commission_months", [values["id"]], "deleted", None)
                work.update("commission_months", values["id"], {"sums": values["sums"]})
            else:
                work.insert("commission_months", values)
        return work.changes


def month_of(text: str) -> str:
    """A month as it is kept.

    Raises:
        Invalid: if it is none.
    """
    try:
        return f"{date.fromisoformat(text.strip() + '-01'):%Y-%m}"
    except ValueError:
        raise Invalid({"month": t("“{value}” is not a month like 2026-11", value=text)}) from None
