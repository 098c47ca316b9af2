"""Machines that sell to the same customers without seeing each other, and meet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import CrmError
from crm_tui.services.crm import Crm
from crm_tui.sync.bundles import Bundles
from tests.conftest import NOW, ZONE


class Shop:
    """One machine: a home of its own with its keys and memory, and a file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(exist_ok=True)
        self.crm = Crm.open(home / "crm.db", lambda: NOW, zone=ZONE, memory=home / "logs.json")
        self.bundles = Bundles(self.crm, home, home / "logs.json")

    def give(self, other: Shop) -> None:
        """Let another machine take all of this one's changes."""
        self.bundles.export(self.home / "out.crmb")
        other.bundles.take(self.home / "out.crmb", accept_key="any")

    def facts(self) -> object:
        """All orders with what is computed of them, the stock and what is owed."""
        db = self.crm.store.reader()
        orders = db.execute(
            "SELECT id, number, total, delivered, returned, received, balance, due, stage FROM orders "
            "WHERE live ORDER BY id"
        ).fetchall()
        owed = [(one.customer, one.currency, one.ages.buckets) for one in self.crm.arrears.owed()]
        return orders, self.crm.products.stock(), owed


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two homes that know each other, with a customer, rice and a stock of 100."""
    folder = tmp_path_factory.mktemp("seed")
    anna = Shop(folder / "anna")
    anna.crm.customers.add({"name": "陈家"})
    anna.crm.products.add({"name": "Rice", "code": "RICE", "unit": "bag"})
    rice = anna.crm.products.find("RICE")["id"]
    anna.crm.prices.set(rice, 6_000, "CNY", valid_from="2026-01-01")
    anna.crm.products.move(rice, 100_000)
    anna.bundles.export(anna.home / "out.crmb")
    ben = Shop(folder / "ben")
    ben.bundles.join(anna.home / "out.crmb", accept_key="any")
    ben.give(anna)
    anna.crm.close()
    ben.crm.close()
    return folder


def opened(seed: Path, folder: Path) -> tuple[Shop, Shop]:
    """Fresh copies of both machines."""
    for name in ("anna", "ben"):
        shutil.copytree(seed / name, folder / name, dirs_exist_ok=True)
    return Shop(folder / "anna"), Shop(folder / "ben")


def test_two_machines_sell_offline_and_both_orders_live(seed: Path, tmp_path: Path) -> None:
    anna, ben = opened(seed, tmp_path)
    for shop, count in ((anna, 60), (ben, 70)):
        who = shop.crm.customers.resolve("陈家")
        order = shop.crm.orders.new(who, [f"RICE x{count}"]).ids[0]
        shop.crm.orders.deliver(order)
        shop.crm.payments.pay(order, 100_000)
    anna.give(ben)
    ben.give(anna)
    orders, stock, owed = anna.facts()  # type: ignore[misc]
    assert anna.facts() == ben.facts()
    assert anna.crm.digest() == ben.crm.digest()
    numbers = [order[1] for order in orders]
    assert len(set(numbers)) == 2
    assert all(number.startswith("SO-") and number.endswith("-0001") for number in numbers)
    assert stock[0].on_hand == 100_000 - 130_000
    assert sum(owed[0][2].values()) == 130 * 6_000 - 200_000
    for shop in (anna, ben):
        assert shop.crm.check() == []
        shop.crm.close()


def test_one_quote_that_two_machines_accept_is_one_order(seed: Path, tmp_path: Path) -> None:
    anna, ben = opened(seed, tmp_path)
    quote = anna.crm.quotes.new(anna.crm.customers.resolve("陈家"), ["RICE x5"]).ids[0]
    anna.give(ben)
    for shop in (anna, ben):
        shop.crm.quotes.accept(quote)
    anna.give(ben)
    ben.give(anna)
    orders, _, owed = anna.facts()  # type: ignore[misc]
    assert anna.facts() == ben.facts()
    assert len(orders) == 1
    assert sum(owed[0][2].values()) == 30_000
    for shop in (anna, ben):
        shop.crm.close()


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(
            [
                "order",
                "deliver",
                "pay",
                "refund",
                "return",
                "revise",
                "receive",
                "cancel",
                "close",
                "undo",
                "redo",
                "give",
            ]
        ),
        st.integers(0, 5),
        st.integers(1, 30),
    ),
    min_size=4,
    max_size=18,
)


@given(STEPS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_in_whatever_order_the_money_adds_up(
    seed: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int, int]]
) -> None:
    anna, ben = opened(seed, tmp_path_factory.mktemp("world"))
    try:
        for which, verb, place, size in steps:
            shop, other = (anna, ben) if which == 0 else (ben, anna)
            try:
                act(shop, other, verb, place, size)
            except CrmError:
                continue
            adds_up(shop.crm)
        anna.give(ben)
        ben.give(anna)
        assert anna.facts() == ben.facts()
        adds_up(anna.crm)
    finally:
        anna.crm.close()
        ben.crm.close()


def act(shop: Shop, other: Shop, verb: str, place: int, size: int) -> None:
    """Do one thing on one machine; what makes no sense is refused."""
    crm = shop.crm
    if verb == "give":
        shop.give(other)
        return
    if verb in ("undo", "redo"):
        getattr(crm.store, verb)()
        return
    who = crm.customers.resolve("陈家")
    if verb == "receive":
        crm.payments.receive(who, size * 1_111, "CNY")
        return
    rules = ("30 days", "month-end", "cash", "prepaid", "payday 10", "0 days")
    orders = [row["id"] for row in crm.orders.newest(50)]
    if verb == "order" or not orders:
        crm.orders.new(who, [f"RICE x{size} -3.33%", f"service x0.3 @{size}.99"], {"due_rule": rules[place]})
        return
    order = orders[place % len(orders)]
    if verb == "deliver":
        crm.orders.deliver(order, [f"RICE x{size}"] if place % 2 else [], word="sold out" if place > 3 else "")
    elif verb == "pay":
        crm.payments.pay(order, size * 777)
    elif verb == "refund":
        crm.payments.refund(order, size * 99)
    elif verb == "return":
        crm.orders.take_back(order, [f"RICE x{size}"], refund=size * 50 if place % 2 else None)
    elif verb == "revise":
        crm.orders.revise(order, [f"RICE x{size + 5} -1%"])
    else:
        crm.orders.set_status(order, {"cancel": "cancelled", "close": "closed"}[verb])


def adds_up(crm: Crm) -> None:
    """The derived columns say what the rows say; buckets sum to balances; goods are conserved."""
    db = crm.store.reader()
    total = 0
    for row in crm.orders.newest(100):
        at = crm.orders.position(row["id"])
        assert row["balance"] == at.balance == row["total"] - row["returned"] - row["received"]
        assert row["due"] == (at.due.isoformat() if at.due else None)
        total += at.balance
    (loose,) = db.execute("SELECT coalesce(sum(amount), 0) FROM payments WHERE live AND of_order IS NULL").fetchone()
    assert sum(sum(one.ages.buckets.values()) for one in crm.arrears.owed()) == total - loose
    (stock,) = crm.products.stock()
    (moved,) = db.execute("SELECT sum(quantity) FROM stock_moves WHERE live").fetchone()
    lines = [line for row in crm.orders.newest(100) for line in crm.orders.lines(row["id"]) if line["product"]]
    assert stock.on_hand == moved - sum(line["delivered"] - line["returned"] for line in lines)
