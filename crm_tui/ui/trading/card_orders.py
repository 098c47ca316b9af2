"""What a customer's card says of orders: what is owed on the first tab, and a tab of all orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crm_tui.rules.amounts import show_money
from crm_tui.store.windows import Listing
from crm_tui.ui.rows import Row
from crm_tui.ui.trading.order_rows import listing
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


def read_orders(crm: Crm, customer: str) -> dict[str, Any]:
    """What is owed by a customer, how many orders there are, what was put in and what it left; runs in a thread."""
    (count,) = (
        crm.store.reader()
        .execute(
            "SELECT count(*) FROM orders WHERE live AND customer IN "
            "(SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?)",
            (customer, customer),
        )
        .fetchone()
    )
    if not count:
        return {"orders": 0, "owed": [], "put_in": {}, "margin": {}}
    margin = crm.investments.margin(customer)
    put_in = crm.investments.totals(customer)
    return {"orders": count, "owed": crm.arrears.owed(customer=customer), "put_in": put_in, "margin": margin}


def owed_rows(found: Mapping[str, Any]) -> Iterator[Row]:
    """What is owed, marked where it is overdue; and the margin against what was put in."""
    for one in found["owed"]:
        text = show_money(one.ages.balance, one.currency)
        if one.ages.overdue:
            days = t("overdue {sum}", sum=show_money(one.ages.overdue, one.currency))
            text = f"! {text}  {days}"
        elif one.oldest is not None:
            text += "  " + t("not due before {day}", day=one.oldest.isoformat())
        yield Row("orders:", (t("Owed"), text), roles=("muted", "bad" if one.ages.overdue else ""))
    for currency, amount in found["margin"].items():
        spent = found["put_in"].get(currency, 0)
        text = show_money(amount, currency)
        if spent:
            text += "  " + t("for {sum} put in", sum=show_money(spent, currency))
        yield Row("orders:", (t("Margin"), text), roles=("muted",))


def orders_of(customer: str) -> Listing:
    """All orders of a customer, the newest first."""
    whole = listing("orders", "", True)
    mine = "orders.customer IN (SELECT ? UNION ALL SELECT alias.id FROM alias WHERE alias.root = ?)"
    return replace(whole, where=f"{whole.where} AND {mine}", params=(customer, customer))
