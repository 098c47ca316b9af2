"""What is computed of orders holds whatever other programs and other machines write into them."""

from __future__ import annotations

import pytest

from crm_tui.services.crm import Crm


@pytest.mark.parametrize("day", [None, "", "soon", "2026-02-31", 20261124])
@pytest.mark.parametrize("number", [None, "abc", -3, 1 << 62])
def test_odd_days_and_numbers_are_taken_in(crm: Crm, day: object, number: object) -> None:
    with crm.store.action("Odd") as work:
        customer = work.insert("customers", {"name": "Odd"})
        order = work.insert("orders", {"customer": customer, "currency": "CNY"})
        line = work.insert("order_lines", {"of_order": order})
        delivery = work.insert("deliveries", {"of_order": order})
        part = work.insert("delivery_lines", {"delivery": delivery, "line": line})
        paid = work.insert("payments", {"customer": customer, "of_order": order, "currency": "CNY"})
        plan = work.insert("payment_plans", {"of_order": order})
        for noun, row, column in (
            *(("orders", order, "day"), ("deliveries", delivery, "day"), ("payments", paid, "day")),
            ("payment_plans", plan, "due"),
        ):
            work.db.execute(f"UPDATE {noun} SET {column} = ? WHERE id = ?", (day, row))
        for noun, row, column in (
            *(("order_lines", line, "quantity"), ("order_lines", line, "price"), ("order_lines", line, "discount")),
            *(("delivery_lines", part, "quantity"), ("payments", paid, "amount"), ("payment_plans", plan, "amount")),
        ):
            work.db.execute(f"UPDATE {noun} SET {column} = ? WHERE id = ?", (number, row))
    (balance, stage) = crm.store.reader().execute("SELECT balance, stage FROM orders WHERE id = ?", (order,)).fetchone()
    assert isinstance(balance, int)
    assert stage
    assert crm.check() == []
