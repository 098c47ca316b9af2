"""What is owed, whatever happened in whatever order."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.dues import DueRule, parse_due
from crm_tui.rules.receivables import Facts, Line, Moved, Open, Paid, ageing, bucket, position, settle

START = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: START + timedelta(days=n))
RULES = st.sampled_from(["cash", "prepaid", "0", "14", "30", "month-end", "month-end+30", "payday 10", "payday fri"])


@st.composite
def orders(draw: st.DrawFn) -> Facts:
    """An order with anything that can have happened to it."""
    lines = [
        Line(str(place), draw(st.integers(1, 9_000)), draw(st.integers(0, 10**6)))
        for place in range(draw(st.integers(0, 4)))
    ]
    moved = st.builds(Moved, DAYS, st.sampled_from([line.id for line in lines] or ["none"]), st.integers(1, 5_000))
    paid = st.builds(Paid, DAYS, st.integers(-(10**6), 10**6).filter(bool))
    return Facts(
        ordered=draw(DAYS),
        rule=parse_due(draw(RULES)),
        lines=lines,
        amount=draw(st.integers(0, 10**6)),
        cancelled=draw(st.booleans()),
        delivered=draw(st.lists(moved, max_size=6)),
        returned=draw(st.lists(moved, max_size=3)),
        paid=draw(st.lists(paid, max_size=5)),
        plan=draw(st.lists(st.builds(Open, DAYS, st.integers(1, 10**6)), max_size=2)),
    )


@given(orders(), DAYS)
@settings(max_examples=400)
def test_the_balance_is_what_was_ordered_less_what_came_back_and_in(facts: Facts, day: date) -> None:
    for seen in (facts, facts.until(day)):
        at = position(seen)
        assert at.balance == at.total - at.returned - at.received + at.refunded
        assert sum(one.amount for one in at.open) - at.credit == at.balance
        assert all(one.amount > 0 for one in at.open)
        assert 0 <= at.delivered <= max(at.total, at.delivered)
        found = ageing(at.open, at.credit, day)
        assert found.balance == at.balance


@given(st.lists(orders(), max_size=5), st.integers(0, 10**6), DAYS)
@settings(max_examples=150)
def test_the_buckets_of_several_orders_sum_to_their_balances(found: list[Facts], loose: int, day: date) -> None:
    places = [position(one) for one in found]
    charges = [part for one in places for part in one.open]
    credit = sum(one.credit for one in places) + loose
    assert ageing(charges, credit, day).balance == sum(one.balance for one in places) - loose


@given(st.lists(st.integers(1, 999), min_size=1, max_size=6), st.integers(0, 10**6))
def test_deliveries_in_parts_sum_to_the_line(parts: list[int], total: int) -> None:
    line = Line("a", sum(parts), total)
    delivered = [Moved(START + timedelta(days=n), "a", part) for n, part in enumerate(parts)]
    at = position(Facts(START, DueRule("days", 10), [line], delivered=delivered))
    assert at.delivered == at.total == total
    assert all(one.due is not None for one in at.open)


def test_the_two_clocks_of_the_rice_shop_run_to_money() -> None:
    rice = Facts(date(2026, 4, 1), parse_due("payday 10"), [Line("rice", 20_000, 12_000)])
    rice = Facts(rice.ordered, rice.rule, rice.lines, delivered=[Moved(date(2026, 4, 2), "rice", 20_000)])
    at = position(rice)
    assert at.due == date(2026, 4, 10)
    assert ageing(at.open, 0, date(2026, 4, 9)).buckets["waiting"] == 12_000
    assert ageing(at.open, 0, date(2026, 4, 9)).overdue == 0
    assert ageing(at.open, 0, date(2026, 4, 10)).buckets["d0_30"] == 12_000
    assert ageing(at.open, 0, date(2026, 5, 11)).buckets["d31_60"] == 12_000


def test_a_payment_settles_what_falls_due_first_and_the_rest_is_credit() -> None:
    charges = [Open(None, 500), Open(date(2026, 3, 1), 200), Open(date(2026, 2, 1), 100)]
    assert settle(charges, 250) == ([Open(date(2026, 3, 1), 50), Open(None, 500)], 0)
    assert settle(charges, 900) == ([], 100)


def test_goods_that_came_back_and_were_paid_are_owed_to_the_customer() -> None:
    line = Line("a", 2_000, 200)
    paid = Facts(START, DueRule("cash"), [line], returned=[Moved(START, "a", 1_000)])
    assert position(paid).balance == -100
    back = Facts(START, DueRule("cash"), [line], returned=[Moved(START, "a", 1_000)], paid=[Paid(START, -100)])
    assert position(back).balance == 0


def test_a_cancelled_order_owes_nothing_and_keeps_what_was_paid_as_credit() -> None:
    at = position(Facts(START, DueRule("days", 30), [Line("a", 1, 100)], cancelled=True, paid=[Paid(START, 40)]))
    assert (at.balance, at.credit, at.open) == (-40, 40, ())


def test_the_edges_of_the_buckets() -> None:
    day = date(2026, 6, 1)
    ages = {0: "d0_30", 30: "d0_30", 31: "d31_60", 60: "d31_60", 61: "d61_90", 90: "d61_90", 91: "d90"}
    assert {age: bucket(day - timedelta(days=age), day) for age in ages} == ages
    assert bucket(day + timedelta(days=1), day) == "waiting"
