"""From the price list to the money at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def shop(call) -> None:  # type: ignore[no-untyped-def]
    call("products", "new", "大米10kg", "--code", "RICE", "--unit", "袋", "--cost", "40", "--price", "60")
    call("products", "move", "RICE", "+100")
    call("new", "customer", "陈家")


def test_a_quote_becomes_money_and_every_step_is_json(call, shop: None, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    page = tmp_path / "quote.html"
    said = call("quote", "new", "陈家", "RICE x10 -5%", "<b>送货 x1 @20", "--out", page, "--json")
    assert said.code == 0, said.err
    assert (said.data["total"], said.data["lines"][0]["total"]) == (59_000, 57_000)
    html = page.read_text("utf-8")
    assert "伍佰玖拾元整" in html
    assert "<b>送货" not in html
    assert "&lt;b&gt;送货" in html
    order = call("quote", "accept", said.data["number"], "--json").data
    assert [step["kind"] for step in order["chain"] if step["blocking"]] == ["delivery"]
    number = order["number"]
    assert call("order", "deliver", number, "RICE x4", "--json").data["delivered"] == 22_800
    assert call("order", "deliver", number, "RICE x40").code == 1
    receipt = tmp_path / "receipt.txt"
    paid = call("order", "pay", number, "¥100", "--method", "wechat", "--receipt", receipt, "--json").data
    assert paid["payments"][0]["amount"] == 10_000
    assert "壹佰元整" in receipt.read_text("utf-8")
    (owed,) = call("arrears", "--json").data["items"]
    assert (owed["balance"], owed["buckets"]["undelivered"], owed["overdue"]) == (49_000, 36_200, 0)
    assert sum(owed["buckets"].values()) == owed["balance"]
    back = call("order", "return", number, "RICE x1", "--refund", "57", "--reason", "wet", "--json").data
    assert (back["returned"], back["balance"]) == (5_700, 49_000)
    days = call("collections", "--to", "2026-12-31", "--json").data["days"]
    assert sum(sum(day["totals"]["received"].values()) for day in days) == 10_000 - 5_700
    assert call("undo").code == 0
    assert call("order", "show", number, "--json").data["returned"] == 0
    assert call("orders", "--open", "--json").data["count"] == 1


def test_a_customer_pays_what_fell_due_first(call, shop: None) -> None:  # type: ignore[no-untyped-def]
    for due in ("30", "月结"):
        assert call("order", "new", "陈家", "RICE x1", "--due", due).code == 0
    for order in call("orders", "--json").data["items"]:
        assert call("order", "deliver", order["number"]).code == 0
    assert call("order", "pay", "陈家", "70").code == 0
    assert sorted(one["balance"] for one in call("orders", "--json").data["items"]) == [0, 5_000]


def test_commission_is_explained_locked_and_corrected(call, shop: None) -> None:  # type: ignore[no-untyped-def]
    call("people", "add", "李娜")
    call("people", "me", "李娜")
    call("commission", "--rule", "All", "receipt", "10")
    made = call("order", "new", "陈家", "RICE x10 @60", "--day", "2026-10-01", "--json")
    assert made.code == 0, made.err
    number = made.data["number"]
    call("order", "pay", number, "600", "--day", "2026-10-05")
    said = call("commission", "李娜", "--month", "2026-10", "--lock", "--json")
    assert said.code == 0, said.err
    assert (said.data["totals"], said.data["locked"]) == ({"CNY": 6_000}, True)
    assert said.data["lines"][-1]["rule"] == "All"
    call("order", "refund", number, "100", "--day", "2026-10-20")
    now = call("commission", "李娜", "--json").data
    assert now["corrections"] == [{"month": "2026-10", "currency": "CNY", "amount": -1_000}]
    assert "× 10 % ×" in call("commission", "李娜", "--month", "2026-10").out


def test_products_list_their_price_stock_and_competitor(call, shop: None) -> None:  # type: ignore[no-untyped-def]
    call("products", "price", "RICE", "58", "--competitor", "永辉")
    call("order", "new", "陈家", "RICE x3")
    (row,) = call("products", "--json").data["items"]
    assert (row["price"], row["competitor_price"], row["on_hand"], row["reserved"]) == (6_000, 5_800, 100_000, 3_000)
    assert len(call("products", "prices", "RICE", "--json").data["items"]) == 2
    assert call("products", "move", "RICE", "-200").code == 1


def test_what_makes_no_sense_is_told_in_a_sentence(call, shop: None) -> None:  # type: ignore[no-untyped-def]
    for words, said in (
        (("order", "new", "陈家", "Nothing x1"), "Nothing"),
        (("order", "new", "陈家", "RICE x1", "--due", "soon"), "soon"),
        (("order", "show", "SO-1"), "SO-1"),
        (("quote", "new", "陈家", "RICE x1 -200%"), "200"),
    ):
        found = call(*words)
        assert found.code == 1
        assert said in found.err
