"""Commission is explained by its lines and taken back exactly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.commissions import BASES, Event, Part, Rule, Sale, earned, statement

START = date(2026, 1, 1)
DAYS = st.integers(0, 300).map(lambda n: START + timedelta(days=n))
PARTS = st.lists(
    st.builds(
        Part,
        st.sampled_from(["rice", "oil", None]),
        st.sampled_from(["food", None]),
        st.integers(0, 10**6),
        st.one_of(st.none(), st.integers(0, 10**6)),
    ),
    min_size=1,
    max_size=4,
)
RULES = st.lists(
    st.builds(
        Rule,
        st.sampled_from("abcd"),
        st.sampled_from(BASES),
        st.integers(1, 3_000),
        st.sampled_from([None, "rice"]),
        st.sampled_from([None, "food"]),
        st.sampled_from([None, "A"]),
    ),
    max_size=4,
    unique_by=lambda rule: rule.id,
)


def sale(parts: Sequence[Part], events: Sequence[Event], shares: dict[str, int] | None = None) -> Sale:
    """An order of a customer of tier A."""
    return Sale("o", START, "CNY", "A", parts, events, shares or {"li": 7_000, "wang": 3_000})


@given(PARTS, RULES, st.lists(st.tuples(DAYS, st.integers(1, 10**6)), min_size=1, max_size=5))
@settings(max_examples=200)
def test_what_is_paid_back_takes_its_commission_back_exactly(
    parts: list[Part], rules: list[Rule], paid: list[tuple[date, int]]
) -> None:
    total = sum(part.total for part in parts)
    last = START + timedelta(days=400)
    events = [Event(START, "order", "o", ordered=total)]
    events += [Event(day, "payment", f"p{n}", received=amount) for n, (day, amount) in enumerate(paid)]
    events += [Event(last, "refund", "r", received=-sum(amount for _, amount in paid))]
    events += [Event(last, "return", "x", ordered=-total)]
    found = earned(sale(parts, events), rules)
    for person in ("li", "wang"):
        assert sum(line.amount for line in found if line.person == person) == 0
    assert all(line.rule and line.rate and line.source for line in found)


@given(PARTS, RULES, st.permutations([3, 70, 500, 20_000]))
def test_part_payments_in_any_order_earn_the_same(parts: list[Part], rules: list[Rule], amounts: list[int]) -> None:
    def total(order: Sequence[int]) -> int:
        events = [Event(START, "payment", f"p{n}", received=amount) for n, amount in enumerate(order)]
        return sum(line.amount for line in earned(sale(parts, events), rules))

    assert total(amounts) == total(sorted(amounts))


def test_the_rule_that_names_most_counts() -> None:
    rules = [
        Rule("all", "receipt", 100),
        Rule("food", "receipt", 200, category="food"),
        Rule("rice", "receipt", 300, product="rice"),
        Rule("later", "receipt", 900, product="rice", tier="A", valid_from=date(2027, 1, 1)),
    ]
    parts = [Part("rice", "food", 10_000, None), Part("oil", "food", 10_000, None), Part(None, None, 10_000, None)]
    found = earned(sale(parts, [Event(START, "payment", "p", received=30_000)], {"li": 10_000}), rules)
    assert {(line.rule, line.amount) for line in found} == {("rice", 300), ("food", 200), ("all", 100)}


def test_margin_counts_what_is_left_of_what_was_received() -> None:
    part = Part("rice", None, 10_000, 6_000)
    (line,) = earned(
        sale([part], [Event(START, "payment", "p", received=5_000)], {"li": 10_000}), [Rule("m", "margin", 1_000)]
    )
    assert (line.base, line.amount) == (2_000, 200)


def test_a_locked_month_stays_and_the_next_one_corrects_it_once() -> None:
    lines = earned(
        sale(
            [Part(None, None, 10_000, None)],
            [
                Event(date(2026, 1, 5), "payment", "p", received=10_000),
                Event(date(2026, 1, 20), "refund", "late", received=-4_000),
                Event(date(2026, 2, 3), "payment", "q", received=1_000),
            ],
            {"li": 10_000},
        ),
        [Rule("a", "receipt", 1_000)],
    )
    locked = {"2026-01": {"CNY": 1_000}}
    january, february, march = (statement(lines, month, locked) for month in ("2026-01", "2026-02", "2026-03"))
    assert (january.totals, january.locked) == ({"CNY": 1_000}, True)
    assert february.corrections == (("2026-01", "CNY", -400),)
    assert february.totals == {"CNY": -300}
    assert march.corrections == ()
