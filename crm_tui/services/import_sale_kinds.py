"""What rows of orders, payments and products mean: customers, orders with their lines, payments, products, prices."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from crm_tui.rules.dues import CASH
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.money import MILLI, line_total
from crm_tui.rules.pinyin import sort_key
from crm_tui.rules.receivables import Facts
from crm_tui.rules.text import fold
from crm_tui.services.import_sale_rows import SaleRow, is_refund
from crm_tui.services.import_sales import Found, Part, Row, SalePlan
from crm_tui.store.sales import derived_of, rule_of
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_METHODS = {
    "cash": "cash 现金", "transfer": "transfer banktransfer wire 转账 银行转账 汇款 对公转账",
    "wechat": "wechat wechatpay 微信 微信支付", "alipay": "alipay 支付宝", "card": "card creditcard 刷卡 信用卡 pos",
    "cheque": "cheque check 支票",
}  # fmt: skip
_METHOD_OF = {word: code for code, words in _METHODS.items() for word in words.split()}
_DERIVED = ("total", "delivered", "returned", "received", "balance", "due", "stage")


class Customers:
    """Finds the customer that a cell means, or makes a new one where that is allowed."""

    def __init__(self, db: sqlite3.Connection, found: Found, *, create: bool) -> None:
        self.found = found
        self.create = create
        self.made: dict[str, Part] = {}
        roots = dict(db.execute("SELECT id, root FROM alias"))
        self.by_number: dict[str, str] = {}
        self.by_name: dict[str, str | None] = {}
        for row, name, number in db.execute("SELECT id, name, number FROM customers WHERE deleted IS NULL ORDER BY id"):
            root = roots.get(row, row)
            self.by_number[row] = root
            if number:
                self.by_number.setdefault(str(number), root)
            key = fold(str(name or ""))
            self.by_name[key] = root if self.by_name.get(key, root) == root else None
        for number, row in db.execute(
            "SELECT outside_number, customer FROM origins WHERE live AND outside_number IS NOT NULL"
        ):
            self.by_number.setdefault(str(number), roots.get(row, row))

    def of(self, text: str, place: int) -> str:
        """The id of the customer.

        Raises:
            ValueError: with a sentence, if nobody or more than one is meant.
        """
        known = self.by_number.get(text)
        if known is not None:
            return known
        key = fold(text)
        if key in self.by_name:
            named = self.by_name[key]
            if named is None:
                raise ValueError(t("several customers are called “{name}”; write the number", name=text))
            return named
        if not self.create:
            raise ValueError(t("no customer is called “{name}”", name=text))
        ident = fixed_id("import_customer", key)
        if ident not in self.made:
            number = text if text.isascii() and any(sign.isdigit() for sign in text) and " " not in text else None
            values: Row = {"name": text, "number": number}
            fixed: Row = {"kind": "person" if number else "organisation", "sort_key": sort_key(text), "live": 1}
            self.made[ident] = Part("customers", ident, values, fixed)
            self.found.parts.append(self.made[ident])
        return ident


def understand(crm: Crm) -> dict[str, Callable[[SalePlan, sqlite3.Connection], Found]]:
    """How each kind is understood."""
    from crm_tui.services.import_deals import deals_of
    from crm_tui.services.import_tickets import tickets_of

    return {
        "orders": lambda plan, db: Orders(crm, plan, db).found,
        "payments": lambda plan, db: _payments(plan, db),
        "products": lambda plan, db: _products(crm, plan, db),
        "deals": lambda plan, db: deals_of(crm, plan, db),
        "tickets": lambda plan, db: tickets_of(crm, plan, db),
    }


class Orders:
    """Rows of orders: those of one number are one order, others each their own."""

    def __init__(self, crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> None:
        self.plan = plan
        self.found = Found()
        self.customers = Customers(db, self.found, create=True)
        self.products = _by_name(db)
        self.people = {fold(str(name)): row for row, name in db.execute("SELECT id, name FROM people WHERE live")}
        self.known = dict(db.execute("SELECT outside, id FROM orders WHERE outside IS NOT NULL ORDER BY id DESC"))
        self.told = {"due_rule", "paid"} & set(plan.reader.places)
        seen: Counter[str] = Counter()
        groups: dict[str, list[SaleRow]] = {}
        for row in plan.rows:
            number = row.texts.get("order")
            if number is None:
                seen[row.digest] += 1
                groups[f"\x00{row.digest}:{seen[row.digest]}"] = [row]
            else:
                groups.setdefault(number, []).append(row)
        for key, rows in groups.items():
            self._order(key, rows)
        if self.customers.made:
            self.found.notes.append(t("{n} customers are new", n=len(self.customers.made)))
        if not self.told:
            self.found.notes.append(t("the file says nothing of payment: its orders count as paid on the spot"))

    def _order(self, key: str, rows: list[SaleRow]) -> None:
        own = key.startswith("\x00")
        ident = fixed_id("import_order", key) if own else self.known.get(key) or fixed_id("import_order", key)
        try:
            customer = self._customer(rows)
            lines = [line for row in rows if (line := self._line(ident, row, rows)) is not None]
            values = self._values(customer, rows, lines)
        except _Bad as bad:
            self.found.rejected += [self.plan.reader.refuse(row, bad.column, str(bad)) for row in rows]
            return
        places = [row.place for row in rows]
        fixed: Row = {
            **{"created": f"{values['day']}T00:00:00Z", "status": "confirmed", "status_day": values["day"]},
            **{"revision": 1, "number": None if own else key, "live": 1},
        }
        if not own:
            brought = {name: value for name, value in values.items() if value is not None}
            values["outside"] = key
            values["brought"] = json.dumps(brought, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        if not lines and not self._paid(ident, customer, rows, values):
            fixed |= dict(zip(_DERIVED, derived_of(_facts(values)), strict=True))
        self.found.parts.append(Part("orders", ident, values, fixed, places))
        self.found.parts += lines
        if lines:
            self._paid(ident, customer, rows, values)

    def _customer(self, rows: list[SaleRow]) -> str:
        text = next((row.texts["customer"] for row in rows if "customer" in row.texts), None)
        if text is None:
            raise _Bad("customer", t("it names no customer"))
        try:
            return self.customers.of(text, rows[0].place)
        except ValueError as error:
            raise _Bad("customer", str(error)) from None

    def _values(self, customer: str, rows: list[SaleRow], lines: list[Part]) -> Row:
        get = {name: value for row in reversed(rows) for name, value in row.values.items()}
        texts = {name: value for row in reversed(rows) for name, value in row.texts.items()}
        if not get.get("day"):
            raise _Bad("day", t("it has no day"))
        amounts = [int(row.values["amount"] or 0) for row in rows if "amount" in row.values]
        if not lines and not amounts:
            raise _Bad("amount", t("it has neither an amount nor a product with a price"))
        if amounts and min(amounts) < 0:
            raise _Bad("amount", t("its amount is below zero; import it as a payment of kind refund"))
        items = sum(int(row.values.get("quantity") or 0) for row in rows)
        person = self.people.get(fold(texts["person"])) if "person" in texts else None
        return {
            **{"customer": customer, "day": get["day"], "currency": get["currency"]},
            "amount": None if lines else sum(amounts),
            "items": items // MILLI if items and not items % MILLI else None,
            "due_rule": get.get("due_rule") or (self.plan.terms if "paid" in self.told else CASH),
            **{"person": person, "channel": texts.get("channel"), "note": texts.get("note")},
        }

    def _line(self, order: str, row: SaleRow, rows: list[SaleRow]) -> Part | None:
        text = row.texts.get("product")
        if text is None:
            return None
        quantity = int(row.values.get("quantity") or MILLI)
        price, amount = row.values.get("price"), row.values.get("amount")
        if price is None and amount is None:
            raise _Bad("price", t("it has neither an amount nor a product with a price"))
        discount = int(row.values.get("discount") or 0)
        if price is None or (amount is not None and line_total(quantity, int(price), discount) != amount):
            # The file's total counts: one line of one piece where its price does not come out even.
            total = int(amount or 0)
            exact = quantity > 0 and total * MILLI % quantity == 0
            price, discount = (total * MILLI // quantity, 0) if exact else (total, 0)
            quantity = quantity if exact else MILLI
        product = self.products.get(fold(text))
        place = rows.index(row) + 1
        values: Row = {
            **{"product": product, "text": text, "quantity": quantity, "price": int(price)},
            **{"discount": discount or None, "position": place},
        }
        ident = fixed_id("import_line", order, str(place))
        return Part("order_lines", ident, values, {"of_order": order, "live": 1}, [row.place])

    def _paid(self, order: str, customer: str, rows: list[SaleRow], values: Row) -> bool:
        paid = sum(int(row.values.get("paid") or 0) for row in rows)
        if paid <= 0 or values["due_rule"] == CASH:
            return False
        ident = fixed_id("import_paid", order)
        fixed: Row = {
            **{"customer": customer, "of_order": order, "kind": "payment", "live": 1},
            **{"day": values["day"], "created": f"{values['day']}T00:00:00Z"},
        }
        part = Part("payments", ident, {"amount": paid, "currency": values["currency"]}, fixed)
        self.found.parts.append(part)
        return True


class _Bad(Exception):
    """A row that is refused; `column` is the target at fault."""

    def __init__(self, column: str, why: str) -> None:
        self.column = column
        super().__init__(why)


def _facts(values: Row) -> Facts:
    from datetime import date

    rule = rule_of(str(values["due_rule"]))
    return Facts(date.fromisoformat(str(values["day"])), rule, (), int(values["amount"] or 0))


def _by_name(db: sqlite3.Connection) -> dict[str, str]:
    """Products by name and by code."""
    found: dict[str, str] = {}
    for row, name, code in db.execute("SELECT id, name, code FROM products WHERE live ORDER BY id"):
        for text in (name, code):
            if text:
                found.setdefault(fold(str(text)), row)
    return found


def _payments(plan: SalePlan, db: sqlite3.Connection) -> Found:
    found = Found()
    customers = Customers(db, found, create=False)
    orders: dict[str, tuple[str, str]] = {}
    for row, customer, number, outside in db.execute("SELECT id, customer, number, outside FROM orders WHERE live"):
        for text in (number, outside):
            if text:
                orders.setdefault(str(text).casefold(), (row, customer))
    seen: Counter[str] = Counter()
    for row in plan.rows:
        try:
            part = _payment(row, customers, orders, seen)
        except _Bad as bad:
            found.rejected.append(plan.reader.refuse(row, bad.column, str(bad)))
            continue
        found.parts.append(part)
    return found


def _payment(row: SaleRow, customers: Customers, orders: dict[str, tuple[str, str]], seen: Counter[str]) -> Part:
    amount, day = row.values.get("amount"), row.values.get("day")
    if not amount:
        raise _Bad("amount", t("it has no amount"))
    if not day:
        raise _Bad("day", t("it has no day"))
    order = None
    if "order" in row.texts:
        if row.texts["order"].casefold() not in orders:
            raise _Bad("order", t("there is no order {number}", number=row.texts["order"]))
        order, customer = orders[row.texts["order"].casefold()]
    elif "customer" in row.texts:
        try:
            customer = customers.of(row.texts["customer"], row.place)
        except ValueError as error:
            raise _Bad("customer", str(error)) from None
    else:
        raise _Bad("customer", t("it names no customer"))
    number = row.texts.get("number")
    seen[row.digest] += 1
    key = ("number", number) if number else ("row", row.digest, str(seen[row.digest]))
    method = row.texts.get("method", "")
    values: Row = {
        **{"customer": customer, "of_order": order, "amount": abs(int(amount)), "currency": row.values["currency"]},
        **{"day": day, "method": _METHOD_OF.get("".join(method.casefold().split()), "other") if method else None},
        **{"note": row.texts.get("note"), "kind": "refund" if is_refund(row) else "payment"},
    }
    fixed: Row = {"created": f"{day}T00:00:00Z", "number": number, "live": 1}
    if number:
        brought = {name: value for name, value in values.items() if value is not None}
        values["outside"] = number
        values["brought"] = json.dumps(brought, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Part("payments", fixed_id("import_payment", *key), values, fixed, [row.place])


def _products(crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> Found:
    found = Found()
    known = _by_name(db)
    taken: set[str] = set()
    for row in plan.rows:
        name = row.texts.get("name") or row.texts.get("code")
        if not name:
            found.rejected.append(plan.reader.refuse(row, "name", t("there is no name")))
            continue
        key = fold(row.texts.get("code") or name)
        ident = known.get(key) or fixed_id("import_product", key)
        if ident in taken:
            found.rejected.append(plan.reader.refuse(row, "code", t("the file has it twice")))
            continue
        taken.add(ident)
        values: Row = {one: row.texts.get(one) for one in ("code", "unit", "category", "description")}
        values |= {"name": name, "warranty_months": row.values.get("warranty_months")}
        if row.values.get("cost") is not None:
            values |= {"cost": row.values["cost"], "cost_currency": row.values["currency"]}
        brought = {one: value for one, value in values.items() if value is not None}
        values["brought"] = json.dumps(brought, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        found.parts.append(Part("products", ident, values, {"active": 1, "stocked": 1, "live": 1}, [row.place]))
        _price(crm, plan, row, ident, found)
    return found


def _price(crm: Crm, plan: SalePlan, row: SaleRow, product: str, found: Found) -> None:
    """A price that differs from the one that holds is a new one from today on."""
    price, currency = row.values.get("price"), str(row.values["currency"])
    if price is None or crm.products.price(product, None, plan.today, currency) == price:
        return
    ident = fixed_id("import_price", product, currency, str(price), plan.today.isoformat())
    values: Row = {"amount": price, "currency": currency, "valid_from": plan.today.isoformat()}
    found.parts.append(Part("prices", ident, values, {"product": product, "live": 1}, [row.place]))
