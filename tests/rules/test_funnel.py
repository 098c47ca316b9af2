"""Funnel and forecast: replay, sums currency by currency, weights, conversion."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_tui.rules.forecast import Sum, by_month
from crm_tui.rules.funnel import Entry, furthest, layers, replay, sums, weighted
from crm_tui.rules.pipeline import LOST, WON, StageOf, in_order, missing, names_of, rots, unbelievable

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
STAGES = [
    StageOf("won", WON, 9),
    StageOf("b", position=2, probability=50, rotting_days=10, required=("amount",)),
    StageOf("lost", LOST, 1),
    StageOf("a", position=1, probability=10),
]
Drawn = list[tuple[int, int, str, int, bool]]
ENTRIES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.integers(0, 400),
        st.sampled_from(["a", "b", "won", "lost"]),
        st.integers(0, 10**6),
        st.booleans(),
    ),
    max_size=40,
)


def entries_of(drawn: Drawn) -> list[Entry]:
    return [
        Entry(f"d{deal}", NOW - timedelta(hours=hours), stage, amount, "CNY" if deal % 2 else "USD", moved)
        for deal, hours, stage, amount, moved in sorted(drawn, key=lambda one: -one[1])
    ]


@given(ENTRIES, st.integers(0, 400))
def test_a_replay_to_a_day_knows_nothing_of_what_came_later(drawn: Drawn, hours: int) -> None:
    entries, at = entries_of(drawn), NOW - timedelta(hours=hours)
    assert replay(entries, at) == replay([one for one in entries if one.at <= at], NOW)


@given(ENTRIES)
def test_layers_hold_every_deal_once_and_sums_are_those_of_their_cards(
    drawn: Drawn,
) -> None:
    entries = entries_of(drawn)
    standings = replay(entries, NOW)
    found = layers(STAGES, standings.values(), furthest(entries, STAGES, NOW), NOW)
    assert [one.stage for one in found] == ["a", "b", "won", "lost"]
    assert sum(one.count for one in found) == len(standings)
    for layer, stage in zip(found, in_order(STAGES), strict=True):
        mine = [one for one in standings.values() if one.stage == stage.id]
        assert layer.total == sums((one.currency, one.amount) for one in mine)
        assert layer.weighted == weighted(layer.total, stage)
        assert layer.passed <= layer.entered
    assert found[0].passed == found[1].entered


def test_an_amount_that_changes_keeps_stage_and_day() -> None:
    moved = Entry("d", NOW - timedelta(days=9), "a", 100, "CNY")
    dearer = Entry("d", NOW - timedelta(days=3), "b", 300, "CNY", moved=False)
    (standing,) = replay([moved, dearer], NOW).values()
    assert (standing.stage, standing.since, standing.amount) == ("a", moved.at, 300)


def test_a_weight_is_rounded_once_a_currency_half_away_from_zero() -> None:
    assert weighted({"CNY": 5, "USD": 1}, STAGES[1]) == {"CNY": 3, "USD": 1}
    assert weighted({"CNY": 5}, STAGES[0]) == {"CNY": 5}
    assert weighted({"CNY": 5}, STAGES[2]) == {"CNY": 0}


def test_months_are_in_order_overdue_first_and_currencies_apart() -> None:
    stages = {one.id: one for one in STAGES}
    deals = [
        Sum("a", "2026-12", "CNY", 1000, 2),
        Sum("b", "2026-12", "CNY", 1000, 1),
        Sum("b", "2026-12", "USD", 50, 1),
        Sum("b", "2026-10", "CNY", 400, 1),
        Sum("a", "", None, 0, 3),
        Sum("won", "2026-11", "CNY", 900, 1),
        Sum("lost", "2026-11", "CNY", 7777, 1),
    ]
    found = {one.month: one for one in by_month(deals, stages, date(2026, 11, 24))}
    assert list(found) == ["overdue", "2026-11", "2026-12", "undated"]
    assert found["2026-12"].weighted == {"CNY": 600, "USD": 25}
    assert (found["2026-11"].won, found["2026-11"].won_count, found["2026-11"].count) == ({"CNY": 900}, 1, 0)
    assert (found["overdue"].total, found["undated"].count) == ({"CNY": 400}, 3)


def test_a_move_is_missing_what_the_stage_requires_and_a_loss_its_reason() -> None:
    assert missing({"amount": 0}, STAGES[1]) == []
    assert missing({}, STAGES[1]) == ["amount"]
    assert missing({}, STAGES[2]) == ["lost_reason"]
    assert names_of(" amount，close_day、contact ") == ("amount", "close_day", "contact")


def test_open_deals_rot_after_their_days_and_grades_after_their_horizon() -> None:
    assert (rots(10, STAGES[1]), rots(11, STAGES[1]), rots(99, STAGES[3]), rots(99, STAGES[0])) == (
        *(False, True, False, False),
    )
    day = date(2026, 11, 24)
    assert (unbelievable(date(2026, 11, 17), 7, day), unbelievable(date(2026, 11, 16), 7, day)) == (False, True)
    assert not unbelievable(None, 7, day)
