from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.gap_windows import MANY_GAPS, ProductGaps, gap_window, middle, product_gaps
from crm_tui.rules.paydays import collection_day, collection_state, parse_payday
from crm_tui.rules.runout import (
    MEMORY_DAYS,
    Fill,
    Profile,
    Use,
    daily_use,
    delivery_day,
    expected_left,
    predict,
    stated_use,
)

MARCH_3 = date(2026, 3, 3)
APRIL_2 = date(2026, 4, 2)
EATS = Profile(daily_use=800)
RICE = Fill(MARCH_3, 24_000, 2_000)


def bought(*days: int) -> list[Fill]:
    return [Fill(MARCH_3 + timedelta(days=day)) for day in days]


def test_the_rice_case_comes_out_to_the_day() -> None:
    made = predict([RICE], EATS)
    assert made is not None
    assert made.expected == date(2026, 4, 4)
    assert made.method == "profile"
    assert made.daily_use == 800
    assert made.earliest < made.expected < made.latest
    delivery = delivery_day(made, lead_days=2)
    assert delivery == APRIL_2
    collect = collection_day(delivery, parse_payday("10"))
    assert collect == date(2026, 4, 10)
    states = [collection_state(collect, date(2026, 4, day)) for day in (2, 9, 10, 11)]
    assert states == ["waiting", "waiting", "due", "overdue"]


def test_what_was_left_changes_the_next_prediction() -> None:
    fills = [RICE, Fill(APRIL_2, 24_000, 5_000)]
    use = daily_use(fills, EATS)
    # Stated 800 g for 14 days, measured 21,000 g in 30 days: 32,200 g in 44 days.
    assert use == Use(32_200, 44, (1045,))
    assert use.daily == 732
    made = predict(fills, EATS)
    assert made is not None
    assert made.method == "measured"
    assert made.expected == APRIL_2 + timedelta(days=29_000 * 44 // 32_200) == date(2026, 5, 11)
    as_expected = predict([RICE, Fill(APRIL_2, 24_000, 2_000)], EATS)
    assert as_expected is not None
    assert as_expected.expected == date(2026, 5, 4)
    hungry = predict([RICE, Fill(APRIL_2, 24_000, 500)], EATS)
    assert hungry is not None
    assert hungry.expected < as_expected.expected


def test_the_last_error_is_positive_where_the_stock_lasted_longer() -> None:
    longer = predict([RICE, Fill(APRIL_2, 24_000, 5_000)], EATS)
    shorter = predict([RICE, Fill(APRIL_2, 24_000, 0, emptied=date(2026, 3, 30))], EATS)
    assert longer is not None
    assert shorter is not None
    # 5,000 g at the measured 700 g a day last 7 days from 2 April, predicted was the 4th.
    assert (longer.last_error, shorter.last_error) == (5, -5)


def test_a_visit_that_only_measures_counts_too() -> None:
    look = Fill(date(2026, 3, 13), 0, 20_000)
    made = predict([RICE, look], EATS)
    assert made is not None
    assert made.method == "measured"
    assert made.median_gap is None
    assert made.daily_use == (800 * 14 + 6_000 + 12) // 24
    assert made.expected == look.day + timedelta(days=20_000 * 24 // 17_200)


def test_an_empty_jar_tells_only_that_at_least_all_was_used() -> None:
    late = [RICE, Fill(date(2026, 4, 20), 24_000, 0)]
    assert daily_use(late, EATS) == stated_use(EATS)
    early = [RICE, Fill(date(2026, 3, 23), 24_000, 0)]
    use = daily_use(early, EATS)
    assert use is not None
    assert use.daily > 800
    told = [RICE, Fill(date(2026, 4, 20), 24_000, None, emptied=date(2026, 4, 14))]
    use = daily_use(told, EATS)
    assert use is not None
    assert (use.grams, use.days) == (11_200 + 26_000, 14 + 42)


def test_old_measurements_fade_after_ninety_measured_days() -> None:
    fills = [Fill(MARCH_3 + timedelta(days=30 * n), 24_000, 1_000) for n in range(8)]
    later = [Fill(fills[-1].day + timedelta(days=15 * (n + 1)), 24_000, 1_000) for n in range(12)]
    use = daily_use(fills + later, EATS)
    assert use is not None
    assert use.days == MEMORY_DAYS
    assert 1_400 < use.daily <= 1_600


def test_a_change_in_the_house_starts_anew() -> None:
    fills = [RICE, Fill(APRIL_2, 24_000, 5_000)]
    more = Profile(household_size=5, per_head=220, since=APRIL_2)
    made = predict(fills, more)
    assert made is not None
    assert (made.method, made.daily_use) == ("profile", 1_100)
    assert made.expected == APRIL_2 + timedelta(days=26)


def test_stated_use_comes_from_the_first_thing_that_is_known() -> None:
    assert stated_use(Profile(daily_use=300, monthly_use=1)) == Use(4_200, 14)
    assert stated_use(Profile(monthly_use=24_000)) == Use(11_200, 14)
    assert stated_use(Profile(household_size=4, per_head=200)) == Use(11_200, 14)
    assert stated_use(Profile(household_size=4)) is None


def test_the_expected_rest_can_be_held_against_the_measured_one() -> None:
    assert expected_left([RICE], date(2026, 3, 13), EATS) == 18_000
    assert expected_left([RICE], date(2026, 6, 1), EATS) == 0
    assert expected_left([RICE], date(2026, 3, 1), EATS) is None


def test_the_method_is_named() -> None:
    many = predict(bought(*range(0, 14 * (MANY_GAPS + 1), 14)), None, 30)
    few = predict(bought(0, 14, 28), None, 30)
    own = predict(bought(0, 14, 28))
    product = predict(bought(0), None, 30)
    assert [made and made.method for made in (many, few, own, product)] == ["own gaps", "shrunk", "own gaps", "product"]
    assert product is not None
    assert product.expected == MARCH_3 + timedelta(days=30)
    assert product.median_gap is None


def test_nothing_known_predicts_nothing() -> None:
    assert predict([], EATS, 30) is None
    assert predict(bought(0)) is None
    assert predict([Fill(MARCH_3, 0, 5)]) is None


def test_until_two_refills_the_profile_speaks_afterwards_the_gaps() -> None:
    fills = [Fill(MARCH_3 + timedelta(days=day), 24_000) for day in (0, 20, 40)]
    first = predict(fills[:2], EATS, 25)
    second = predict(fills, EATS, 25)
    assert first is not None
    assert second is not None
    assert (first.method, second.method) == ("profile", "shrunk")


def test_one_own_gap_is_drawn_far_toward_the_product_and_eleven_hardly() -> None:
    product = ProductGaps((10, 20, 30, 40, 60), 400)
    one = gap_window([7], product)
    eleven = gap_window([7] * 11, product)
    assert one is not None
    assert eleven is not None
    assert one.expected == 25
    assert eleven.expected == 7


def test_the_last_error_of_gaps_is_that_of_the_prediction_before() -> None:
    made = predict(bought(0, 10, 20, 30, 45))
    assert made is not None
    assert (made.last_error, made.median_gap, made.n) == (5, 10, 4)
    measured_only = predict([*bought(0, 10, 20, 30, 45), Fill(MARCH_3 + timedelta(days=50), 0, 3)])
    assert measured_only is not None
    assert measured_only.last_error == 5


def test_a_product_with_few_gaps_borrows_those_of_its_category() -> None:
    wider = ProductGaps((3, 5, 7, 9, 20), 500)
    assert product_gaps([1, 2], wider) is wider
    assert product_gaps([]) is None
    assert product_gaps(range(1, 101)) == ((11, 31, 51, 71, 91), 100)


def test_several_purchases_of_a_day_are_one_and_returns_are_none() -> None:
    day = date(2026, 3, 3)
    split = [Fill(day, 10_000, 2_000), Fill(day, 14_000), Fill(date(2026, 3, 5), -500)]
    assert predict(split, EATS) == predict([RICE], EATS)


days_and_rests = st.lists(
    st.tuples(st.integers(0, 900), st.none() | st.integers(-10, 50_000), st.none() | st.integers(-10, 50_000)),
    max_size=25,
)
profiles = st.builds(
    Profile,
    st.none() | st.integers(0, 5_000),
    st.none() | st.integers(0, 90_000),
    st.none() | st.integers(0, 12),
    st.none() | st.integers(0, 500),
    st.none() | st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)


@settings(max_examples=300, deadline=None)
@given(days_and_rests, profiles, st.none() | st.integers(0, 400), st.randoms())
def test_any_history_gives_an_ordered_window_whatever_its_order(rows, profile, product, random) -> None:  # type: ignore[no-untyped-def]
    unique = {day: Fill(MARCH_3 + timedelta(days=day), amount, left) for day, amount, left in rows}
    fills = list(unique.values())
    made = predict(fills, profile, product)
    random.shuffle(fills)
    assert predict(fills, profile, product) == made
    if made is not None:
        assert made.earliest <= made.expected <= made.latest
        assert made.n >= 0
        assert made.daily_use is None or made.daily_use >= 0
        assert made.expected >= min(fill.day for fill in fills)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=MANY_GAPS, max_size=40), st.integers(1, 300))
def test_with_many_gaps_the_own_median_stands_alone(gaps: list[int], product: int) -> None:
    window = gap_window(gaps, ProductGaps.around(product))
    assert window is not None
    assert window.expected == middle(sorted(gaps))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=MANY_GAPS - 1), st.integers(1, 300))
def test_with_few_gaps_it_lies_between_the_own_and_the_products(gaps: list[int], product: int) -> None:
    pool = ProductGaps.around(product)
    window = gap_window(gaps, pool)
    assert window is not None
    assert min(*gaps, *pool.points) <= window.expected <= max(*gaps, *pool.points)
    own = middle(sorted(gaps))
    more = gap_window(gaps * 3, pool)
    assert more is not None
    assert abs(more.expected - own) <= max(abs(window.expected - own), max(gaps) - min(gaps))
