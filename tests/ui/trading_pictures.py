"""Orders in several states, for the pictures of *Orders*."""

from __future__ import annotations

from pathlib import Path

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE


def trade(path: Path) -> None:
    """Products, quotes and orders: late, waiting for payday, half delivered, paid."""
    crm = Crm.open(path, lambda: NOW, zone=ZONE)
    crm.products.add({"name": "大米 10kg", "code": "R10", "unit": "袋", "cost": 4_000, "cost_currency": "CNY"})
    crm.products.add({"name": "Mixer [2]", "code": "MX", "stocked": 0})
    rice, mixer = (crm.products.find(code)["id"] for code in ("R10", "MX"))
    crm.prices.set(rice, 6_300, "CNY", valid_from="2026-01-01")
    crm.prices.set(mixer, 128_050, "CNY", valid_from="2026-01-01")
    crm.products.move(rice, 200_000, day="2026-01-01")
    sold = (
        # customer, lines, day, rule, delivered
        ("陈家", ["R10 x4"], "2026-11-20", "payday 10", ["R10"]),
        ("Northwind Trading", ["MX x2 -5%", "R10 x10"], "2026-09-01", "30", ["MX", "R10"]),
        ("上海王芳贸易有限公司", ["R10 x40 -10%"], "2026-11-18", "30", ["R10 x15"]),
        ("[red]Red & Sons[/oops]", ["MX x1"], "2026-11-02", "0", ["MX"]),
        ("吴飞", ["R10 x2"], "2026-11-23", "prepaid", []),
    )
    for customer, lines, day, rule, delivered in sold:
        values = {"day": day, "due_rule": rule, "promised": "2026-11-23"}
        order = crm.orders.new(crm.customers.resolve(customer), lines, values).ids[0]
        if delivered:
            crm.orders.deliver(order, delivered, {"day": day})
        if customer.startswith("North"):
            crm.payments.pay(order, 120_000, {"day": "2026-11-19", "method": "transfer"})
    quote = crm.quotes.new(crm.customers.resolve("Acme [CN] Ltd"), ["MX x3 -2%"], {"valid_until": "2026-11-26"}).ids[0]
    crm.quotes.send(quote)
    crm.quotes.new(crm.customers.resolve("陈家"), ["R10 x6"])
    # The code of a log is chance; a picture must not be.
    for service, letter in ((crm.orders, "SO"), (crm.quotes, "Q"), (crm.payments, "R")):
        for row in service.all():
            service.edit(row["id"], {"number": f"{letter}-PIC-{row['number'][-4:]}"})
    crm.close()
