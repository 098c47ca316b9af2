"""From the price list to the money: quote, order, delivery, payment, return, and what undo makes of them."""

from __future__ import annotations

from datetime import date

import pytest

from crm_tui.errors import Invalid, Refused
from crm_tui.services.crm import Crm


@pytest.fixture
def shop(crm: Crm) -> Crm:
    """A customer (no people yet), rice with a price and a stock of 100."""
    crm.customers.add({"name": "陈家", "grade": "A"})
    crm.products.add({"name": "大米10kg", "code": "RICE", "unit": "袋", "cost": 4_000, "cost_currency": "CNY"})
    rice = crm.products.find("RICE")["id"]
    crm.prices.set(rice, 6_000, "CNY", valid_from="2026-01-01")
    crm.prices.set(rice, 5_500, "CNY", tier="A", valid_from="2026-01-01")
    crm.products.move(rice, 100_000, day="2026-01-01")
    return crm


def customer(crm: Crm) -> str:
    """The one customer."""
    return crm.customers.resolve("陈家")


def test_a_quote_becomes_an_order_a_delivery_and_money_without_typing_again(shop: Crm) -> None:
    quote = shop.quotes.new(customer(shop), ["RICE x10 -5%", "送货 x1 @20"]).ids[0]
    assert shop.quotes.get(quote)["total"] == 52_250 + 2_000
    shop.quotes.send(quote)
    order = shop.quotes.accept(quote).ids[0]
    row = shop.orders.get(order)
    assert (row["total"], row["balance"], row["stage"], row["due"]) == (54_250, 54_250, "deliver", None)
    assert str(row["number"]).startswith("SO-")
    shop.orders.deliver(order, ["RICE x4"])
    assert shop.orders.get(order)["delivered"] == 20_900
    shop.orders.deliver(order)
    row = shop.orders.get(order)
    assert (row["delivered"], row["stage"], row["due"], row["status"]) == (54_250, "collect", "2026-12-24", "shipped")
    shop.payments.pay(order, 50_000, {"method": "wechat"})
    shop.payments.pay(order, 4_250)
    assert (shop.orders.get(order)["balance"], shop.orders.get(order)["stage"]) == (0, "done")
    assert shop.products.stock()[0].on_hand == 90_000


def test_undo_and_redo_of_each_step_lead_back_to_the_same_file(shop: Crm) -> None:
    seen = [shop.digest()]
    order = shop.orders.new(customer(shop), ["RICE x10"]).ids[0]
    seen.append(shop.digest())
    shop.orders.deliver(order, serial="S-1")
    seen.append(shop.digest())
    shop.payments.pay(order, 10_000)
    seen.append(shop.digest())
    shop.orders.take_back(order, ["RICE x1"], {"reason": "wet"}, refund=5_500)
    seen.append(shop.digest())
    shop.orders.revise(order, ["RICE x12"], why="more")
    seen.append(shop.digest())
    for digest in reversed(seen[:-1]):
        shop.store.undo()
        assert shop.digest() == digest
    for digest in seen[1:]:
        shop.store.redo()
        assert shop.digest() == digest
    row = shop.orders.get(order)
    assert row["balance"] == 12 * 5_500 - 5_500 - 10_000 + 5_500
    assert shop.check() == []


def test_a_quote_that_was_accepted_undone_and_accepted_again_is_the_same_order(shop: Crm) -> None:
    quote = shop.quotes.new(customer(shop), ["RICE x1"]).ids[0]
    first = shop.quotes.accept(quote).ids[0]
    shop.store.undo()
    assert shop.quotes.get(quote)["status"] == "draft"
    assert shop.quotes.accept(quote).ids[0] == first
    assert shop.orders.get(first)["total"] == 5_500
    with pytest.raises(Refused):
        shop.quotes.accept(quote)


def test_a_discount_above_the_limit_needs_one_approver_above(shop: Crm) -> None:
    shop.people.add({"name": "李娜", "role": "salesperson"})
    shop.people.add({"name": "王强", "role": "supervisor"})
    shop.people.i_am(shop.people.find("李娜")["id"])
    quote = shop.quotes.new(customer(shop), ["RICE x10 @50"]).ids[0]  # 9.1 % below the price of tier A
    found = shop.quotes.discount(quote)
    assert (found.given, found.limit, found.approvers) == (910, 500, ("王强",))
    with pytest.raises(Refused, match="王强"):
        shop.quotes.send(quote)
    with pytest.raises(Refused):
        shop.quotes.approve(quote)
    shop.people.i_am(shop.people.find("王强")["id"])
    shop.quotes.approve(quote)
    shop.quotes.send(quote)
    second = shop.quotes.revise(quote).ids[0]
    assert shop.quotes.get(quote)["status"] == "replaced"
    assert (shop.quotes.get(second)["version"], shop.quotes.discount(second).needs_approval) == (2, True)


def test_goods_that_the_stock_does_not_show_need_a_word(shop: Crm) -> None:
    order = shop.orders.new(customer(shop), ["RICE x101"]).ids[0]
    assert shop.products.stock()[0].free == -1_000
    with pytest.raises(Refused, match="100"):
        shop.orders.deliver(order)
    shop.orders.deliver(order, word="from the other shop")
    assert shop.products.stock()[0].on_hand == -1_000
    with pytest.raises(Invalid):
        shop.products.move(shop.products.find("RICE")["id"], -1_000, "loss")


def test_not_more_is_delivered_or_taken_back_than_there_is(shop: Crm) -> None:
    order = shop.orders.new(customer(shop), ["RICE x2"]).ids[0]
    with pytest.raises(Refused):
        shop.orders.take_back(order)
    with pytest.raises(Refused):
        shop.orders.deliver(order, ["RICE x3"])
    shop.orders.deliver(order, ["RICE x1"])
    with pytest.raises(Refused):
        shop.orders.revise(order, ["RICE x0.5"])
    with pytest.raises(Refused):
        shop.orders.set_status(order, "cancelled")
    shop.orders.set_status(order, "closed")
    assert shop.orders.get(order)["total"] == 5_500


def test_a_customer_who_pays_settles_what_fell_due_first(shop: Crm) -> None:
    who = customer(shop)
    late = shop.orders.new(who, ["RICE x1"], {"due_rule": "30"}).ids[0]
    soon = shop.orders.new(who, ["RICE x2"], {"due_rule": "月结"}).ids[0]
    for order in (late, soon):
        shop.orders.deliver(order)
    shop.payments.receive(who, 12_000, "CNY")
    assert (shop.orders.get(soon)["balance"], shop.orders.get(late)["balance"]) == (0, 4_500)
    shop.payments.receive(who, 10_000, "CNY")
    (owed,) = shop.arrears.owed()
    assert owed.ages.buckets["credit"] == owed.ages.balance == -5_500


def test_the_rice_shop_collects_on_payday_and_ageing_starts_there(shop: Crm) -> None:
    values = {"due_rule": "发薪日 10", "day": "2026-04-01"}
    order = shop.orders.new(customer(shop), ["RICE x2"], values).ids[0]
    shop.orders.deliver(order, values={"day": "2026-04-02"})
    assert shop.orders.get(order)["due"] == "2026-04-10"
    before, on, after = (shop.arrears.owed(day)[0].ages for day in map(date.fromisoformat, DAYS))
    assert (before.buckets["waiting"], before.overdue) == (11_000, 0)
    assert on.buckets["d0_30"] == 11_000
    assert after.buckets["d31_60"] == 11_000
    (day,) = shop.arrears.collections(date(2026, 4, 10), date(2026, 4, 10))
    assert [one.amount for one in day.expected] == [11_000]
    assert shop.arrears.owed(date(2026, 3, 31)) == []
    shop.payments.pay(order, 11_000, {"day": "2026-04-12"})
    assert shop.arrears.owed() == []
    assert shop.arrears.owed(date(2026, 4, 11))[0].ages.balance == 11_000


DAYS = ("2026-04-09", "2026-04-10", "2026-05-11")


def test_a_missed_amount_is_carried_to_today_and_keeps_its_day(shop: Crm) -> None:
    order = shop.orders.new(customer(shop), ["RICE x2"], {"due_rule": "0", "day": "2026-11-02"}).ids[0]
    shop.payments.plan(order, "2026-11-20", 4_000)
    shop.payments.plan(order, "2026-11-25", 7_000)
    days = shop.arrears.collections(date(2026, 11, 20), date(2026, 11, 26))
    assert [[one.amount for one in day.expected] for day in days] == [[4_000], [], [], [], [], [7_000], []]
    assert [(one.due, one.amount) for one in days[4].carried] == [(date(2026, 11, 20), 4_000)]


def test_what_was_delivered_with_a_serial_number_is_the_customers(shop: Crm) -> None:
    shop.products.add({"name": "Scale", "warranty_months": 12, "offer_months": 6, "offer": "Calibration", "stocked": 0})
    order = shop.orders.new(customer(shop), ["Scale x1 @300"], {"day": "2026-02-28"}).ids[0]
    shop.orders.deliver(order, values={"day": "2026-02-28"}, serial="SN 7")
    (asset,) = shop.assets.of(customer(shop))
    assert (asset["serial"], asset["warranty_end"]) == ("SN 7", "2027-02-28")
    (offer,) = shop.assets.suggestions()
    assert (offer.offer, offer.since) == ("Calibration", date(2026, 8, 28))


def test_the_investment_record_fills_itself(shop: Crm) -> None:
    who = customer(shop)
    shop.policies.set("cost_of_an_hour", "120")
    shop.visits.log(who, {"summary": "samples", "minutes": 45})
    shop.orders.new(who, ["RICE x10 -10%"])
    shop.investments.add({"customer": who, "kind": "gift", "day": "2026-11-01", "amount": 3_000, "currency": "CNY"})
    assert {one.kind: one.amount for one in shop.investments.record(who)} == {
        "visit": 9_000,
        "discount": 5_500,
        "gift": 3_000,
    }
    assert shop.investments.totals(who) == {"CNY": 17_500}
    assert shop.investments.margin(who) == {"CNY": 9_500}


def test_commission_is_explained_and_a_locked_month_stays(shop: Crm) -> None:
    for name in ("李娜", "王强"):
        shop.people.add({"name": name})
    li, wang = (shop.people.find(name)["id"] for name in ("李娜", "王强"))
    shop.people.i_am(li)
    shop.commission_rules.add({"name": "Rice", "base": "receipt", "rate": 1_000})
    order = shop.orders.new(customer(shop), ["RICE x10"], {"day": "2026-10-01"}).ids[0]
    shop.commission_rules.split(order, {li: 6_000, wang: 4_000})
    shop.payments.pay(order, 55_000, {"day": "2026-10-05"})
    october = shop.commission_rules.statement(li, "2026-10")
    assert october.totals == {"CNY": 3_300}
    assert shop.commission_rules.explained(october.lines)[-1].rule == "Rice"
    shop.commission_rules.lock(li, "2026-10")
    shop.payments.refund(order, 5_000, {"day": "2026-10-20"})
    assert shop.commission_rules.statement(li, "2026-10").totals == {"CNY": 3_300}
    november = shop.commission_rules.statement(li, "2026-11")
    assert november.corrections == (("2026-10", "CNY", -300),)
    assert shop.commission_rules.statement(wang, "2026-10").totals == {"CNY": 2_000}
    with pytest.raises(Refused):
        shop.commission_rules.lock(li, "2026-10")


def test_prices_by_tier_and_day_and_what_was_sold_around_a_change(shop: Crm) -> None:
    rice = shop.products.find("rice")["id"]
    shop.prices.set(rice, 7_000, "CNY", valid_from="2026-12-01")
    shop.prices.set(rice, 5_800, "CNY", competitor="永辉")
    assert shop.products.price(rice, None, date(2026, 11, 30), "CNY") == 6_000
    assert shop.products.price(rice, None, date(2026, 12, 1), "CNY") == 7_000
    assert shop.products.price(rice, customer(shop), date(2026, 12, 1), "CNY") == 5_500
    assert shop.products.price(rice, None, date(2026, 12, 1), "USD") is None
    shop.orders.new(customer(shop), ["RICE x3"])
    newest = shop.prices.log(rice)[0]
    assert (newest["amount"], newest["sold_before"], newest["sold_after"]) == (7_000, 3_000, 0)
    (listed,) = shop.products.listed()
    assert (listed["price"], listed["competitor_price"], listed["stock"].reserved) == (6_000, 5_800, 3_000)


def test_money_of_another_currency_pays_no_order(shop: Crm) -> None:
    order = shop.orders.new(customer(shop), ["RICE x1"]).ids[0]
    with pytest.raises(Invalid, match="USD"):
        shop.payments.pay(order, 100, currency="USD")
    with pytest.raises(Refused):
        shop.payments.refund(order, 1)


def test_a_trashed_order_owes_nothing_until_it_comes_back(shop: Crm) -> None:
    order = shop.orders.new(customer(shop), ["RICE x1"]).ids[0]
    shop.orders.trash(order)
    assert shop.arrears.owed() == []
    assert shop.products.stock()[0].reserved == 0
    shop.orders.restore(order)
    assert shop.arrears.owed()[0].ages.balance == 5_500
