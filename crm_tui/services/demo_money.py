"""The demo's money: products with prices and stock, quotes, orders in every state, what is owed and what came."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from crm_tui.rules.ids import new_id
from crm_tui.services.crm import Crm
from crm_tui.services.demo_cast import Actor, Row, ms
from crm_tui.store.database import Work

SEED = 2027
_PRODUCTS = (
    # code, Chinese and English name, unit, category, cost and price in fen, stock, months of warranty
    ("R10", "东北大米 10kg", "Rice 10 kg", "袋", "food", 4_200, 6_300, 180, 0),
    ("R25", "东北大米 25kg", "Rice 25 kg", "袋", "food", 9_800, 14_500, 60, 0),
    ("OIL5", "压榨菜油 5L", "Rapeseed oil 5 l", "桶", "food", 5_900, 8_200, 95, 0),
    ("FLR", "面粉 5kg", "Flour 5 kg", "袋", "food", 1_600, 2_450, 12, 0),
    ("SCL", "电子台秤", "Platform scale", "台", "equipment", 31_000, 48_000, 7, 24),
    ("FRG", "冷藏展示柜", "Display fridge", "台", "equipment", 318_000, 459_000, 3, 36),
    ("SRV", "上门保养", "Maintenance visit", "次", "service", 8_000, 20_000, 0, 0),
)
_PLAN = ("paid", "paid", "late", "waiting", "part", "deliver", "open", "late60")
"""In which state each next order is."""
_METHODS = ("wechat", "transfer", "cash", "alipay")


class DemoMoney:
    """Adds products, quotes and orders to a demo that holds customers.

    Args:
        crm: the open demo.
        actors: its customers.
        people: ids of people by key.
        today: midnight of the demo's day, local.
        me: key of the person who sits at the screen; some of the orders are of that person's customers.
    """

    def __init__(self, crm: Crm, actors: list[Actor], people: dict[str, str], today: datetime, me: str) -> None:
        self.crm = crm
        self.people = people
        self.today = today
        self.chance = Random(SEED)
        gone = {row for (row,) in crm.store.reader().execute("SELECT id FROM customers WHERE NOT live")}
        known = [actor for actor in actors if actor.file and actor.id not in gone]
        mine = [actor for actor in known if actor.owner == me]
        others = [actor for actor in known if actor.owner != me]
        self.actors = self.chance.sample(mine, min(7, len(mine))) + self.chance.sample(others, min(20, len(others)))
        self.rows: dict[str, list[Row]] = {}
        self.products: list[tuple[str, Any]] = []
        self.count = 0

    def add(self) -> None:
        """Write everything, in two actions."""
        self.crm.store.person = self.people["wang"]
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="products", n=len(_PRODUCTS)) as work:
            self._catalogue()
            self._flush(work)
        for place, actor in enumerate(self.actors):
            for turn in range(1 + place % 2):
                self._order(actor, _PLAN[(place + 3 * turn) % len(_PLAN)], turn)
        for actor in self.actors[:6]:
            self._quote(actor)
        orders = len(self.rows["orders"])
        with self.crm.store.action("Added {n} {noun}", "bulk", noun="orders", n=orders) as work:
            self._flush(work)

    def _id(self) -> str:
        return new_id(ms(self.today), self.chance.randbytes(10))

    def _day(self, days: int) -> str:
        return (self.today - timedelta(days=days)).date().isoformat()

    def _put(self, noun: str, **row: Any) -> str:
        ident = row.setdefault("id", self._id())
        self.rows.setdefault(noun, []).append(row)
        return str(ident)

    def _flush(self, work: Work) -> None:
        for noun, rows in self.rows.items():
            about = self.crm.noun(noun).noun
            found = [about.validate({"created": work.stamp, **row}) for row in rows]
            columns = list(found[0])
            work.insert_many(noun, columns, [[row[name] for name in columns] for row in found])
        self.rows = {}

    def _catalogue(self) -> None:
        for one in _PRODUCTS:
            code, name, _, unit, category, cost, price, stock, warranty = one
            product = self._put(
                "products", name=name, code=code, unit=unit, category=category, cost=cost, cost_currency="CNY",
                stocked=int(category != "service"), warranty_months=warranty or None,
                offer_months=24 if code == "FRG" else None, offer="以旧换新" if code == "FRG" else None,
            )  # fmt: skip
            self.products.append((product, one))
            start = self._day(300)
            self._put("prices", product=product, amount=price, currency="CNY", valid_from=start)
            self._put("prices", product=product, amount=price * 95 // 100, currency="CNY", valid_from=start, tier="A")
            if category == "food":
                self._put(
                    "prices", product=product, amount=price * 97 // 100, currency="CNY", competitor="永辉超市",
                    valid_from=self._day(20),
                )  # fmt: skip
            if stock:
                self._put("stock_moves", product=product, day=start, kind="opening", quantity=(stock + 400) * 1_000)
        self._put("commission_rules", name="回款 3 %", base="receipt", rate=300)
        self._put("commission_rules", name="设备毛利 8 %", base="margin", rate=800, category="equipment")

    def _lines(self, noun: str, link: str, ident: str) -> list[tuple[str, Row, int]]:
        lines = []
        for place, (product, one) in enumerate(self.chance.sample(self.products, self.chance.randint(1, 3)), 1):
            count = 1 if one[4] != "food" else self.chance.randint(2, 12)
            discount = self.chance.choice((None, None, 300, 500))
            row = {
                **{link: ident, "product": product, "text": one[1], "unit": one[3], "quantity": count * 1_000},
                **{"price": one[6], "discount": discount, "position": place},
            }
            if noun == "order_lines":
                row["cost"] = one[5]
            lines.append((self._put(noun, **row), row, count * 1_000))
        return lines

    def _total(self, lines: list[tuple[str, Row, int]]) -> int:
        from crm_tui.rules.money import line_total

        return sum(line_total(row["quantity"], row["price"], row["discount"] or 0) for _, row, _ in lines)

    def _order(self, actor: Actor, state: str, turn: int) -> None:
        ago = {"late60": 104, "late": 48, "part": 40, "paid": 60 + turn * 30, "waiting": 6, "deliver": 5, "open": 1}[
            state
        ]
        self.count += 1
        shop = actor.team == "shop"
        rule = "payday 10" if shop and state == "waiting" else "30 days" if not shop or state != "paid" else "cash"
        done = state not in ("open", "deliver")
        order = self._put(
            "orders", customer=actor.id, number=f"SO-DEM-{self.count:04}", day=self._day(ago), currency="CNY",
            status="shipped" if done or state == "deliver" else "confirmed", status_day=self._day(max(0, ago - 2)),
            due_rule=rule, person=self.people[actor.owner],
            promised=self._day(-2 if state == "open" else max(1, ago - 3)),
            revision=1,
        )  # fmt: skip
        lines = self._lines("order_lines", "of_order", order)
        if state != "open":
            delivery = self._put("deliveries", of_order=order, day=self._day(max(0, ago - 2)))
            sent = lines if done else lines[: max(1, len(lines) // 2)]
            for line, _, quantity in sent:
                half = quantity // 2000 * 1000 if not done and len(lines) == 1 else quantity
                self._put("delivery_lines", delivery=delivery, line=line, quantity=half or quantity)
        paid = {"paid": 100, "part": 45, "deliver": 30}.get(state, 0)
        if paid and rule != "cash":
            self._put(
                "payments", customer=actor.id, of_order=order, number=f"R-DEM-{self.count:04}", kind="payment",
                amount=self._total(lines) * paid // 100, currency="CNY", day=self._day(max(0, ago - 20 if done else 1)),
                method=self.chance.choice(_METHODS),
            )  # fmt: skip

    def _quote(self, actor: Actor) -> None:
        self.count += 1
        ago = self.chance.randint(1, 12)
        quote = self._put(
            "quotes", customer=actor.id, number=f"Q-DEM-{self.count:04}", version=1, currency="CNY",
            status=self.chance.choice(("draft", "sent", "sent")), status_day=self._day(ago), day=self._day(ago),
            valid_until=self._day(ago - 14), due_rule="30 days", person=self.people[actor.owner],
        )  # fmt: skip
        self._lines("quote_lines", "quote", quote)
