"""Figures of the service report against tables worked by hand and values known elsewhere."""

from __future__ import annotations

from datetime import date
from random import Random
from statistics import quantiles

import pytest

from crm_tui.rules.service_report import net_score, pareto, percentile, recurrences, recurs, wilson, within


def test_a_pareto_worked_by_hand() -> None:
    lines = pareto(
        [("use", 5, 100), ("delivery", 40, 9_000), ("product", 30, 50_000), ("other", 5, 700), ("use", 20, 0)]
    )
    told = [(one.cause, one.count, one.cost, one.share, one.cumulative) for one in lines]
    assert told == [
        ("delivery", 40, 9_000, 40.0, 40.0),
        ("product", 30, 50_000, 30.0, 70.0),
        ("use", 25, 100, 25.0, 95.0),
        ("other", 5, 700, 5.0, 100.0),
    ]


def test_equal_causes_stand_by_cost_then_name_and_nothing_gives_nothing() -> None:
    assert [one.cause for one in pareto([("b", 2, 1), ("a", 2, 1), ("c", 2, 9)])] == ["c", "a", "b"]
    assert pareto([]) == []
    assert pareto([("a", 0, 0)])[0].cumulative == 0.0


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([7], 90, 7),
        ([1, 2, 3, 4], 50, 2.5),
        ([1, 2, 3, 4], 25, 1.75),
        ([15, 20, 35, 40, 50], 40, 29),
        ([10, 10, 10, 99], 50, 10),
        ([3, 1, 2], 0, 1),
        ([3, 1, 2], 100, 3),
    ],
)
def test_percentiles_known_values(values: list[int], percent: float, expected: float | None) -> None:
    assert percentile([(value, 1) for value in values], percent) == expected


def test_percentiles_are_those_of_the_standard_library() -> None:
    chance = Random(1)
    for _ in range(100):
        values = [chance.randrange(40) for _ in range(chance.randrange(2, 60))]
        counts = {value: values.count(value) for value in values}
        cuts = quantiles(values, n=20, method="inclusive")
        for place, cut in enumerate(cuts, 1):
            assert percentile(counts.items(), 5 * place) == pytest.approx(cut)
        assert within(counts.items(), 20) == sum(value <= 20 for value in values)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # the last four: Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_known_values(hits: int, n: int, low: float, high: float) -> None:
    told = wilson(hits, n)
    assert told is not None
    assert (told.value, told.low, told.high, told.n) == (
        hits / n, pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5), n,
    )  # fmt: skip


def test_wilson_is_that_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for hits, n in [(0, 3), (2, 7), (50, 80), (999, 1000), (7, 7)]:
        known = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
        told = wilson(hits, n)
        assert told is not None
        assert (told.low, told.high) == (pytest.approx(known.low, abs=1e-9), pytest.approx(known.high, abs=1e-9))


def test_a_share_of_nothing_is_unknown_and_nonsense_is_refused() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def test_a_net_score_worked_by_hand() -> None:
    told = net_score({10: 3, 9: 2, 8: 2, 7: 1, 6: 1, 0: 1})
    assert (told.promoters, told.passives, told.detractors) == (5, 3, 2)
    assert told.score is not None
    # mean .3, variance .7 - .09 = .61; 1.96 * sqrt(.61 / 10) = .4841
    assert told.score.value == pytest.approx(30)
    assert (told.score.low, told.score.high) == (pytest.approx(-18.41, abs=0.01), pytest.approx(78.41, abs=0.01))
    assert told.score.n == 10


def test_a_net_score_of_nobody_is_unknown_and_one_voice_has_no_spread() -> None:
    assert net_score({}).score is None
    one = net_score({10: 4}).score
    assert one is not None
    assert (one.value, one.low, one.high, one.n) == (100, 100, 100, 4)
    with pytest.raises(ValueError, match="0 to 10"):
        net_score({11: 1})


def test_recurrence_counts_the_second_of_two_within_the_window() -> None:
    day = date(2026, 1, 1).toordinal()
    events = [("jar", "product", date.fromordinal(day + n)) for n in (0, 90, 181, 200)]
    assert recurrences(events, 90) == 2  # 90 days on, and 19 days on; 91 days on is none
    assert recurrences([*events, ("jar", "use", date(2026, 1, 2))], 90) == 2
    assert recurrences([], 90) == 0
    assert recurs("jar", "product", date(2026, 4, 1), events[:1], 90)
    assert not recurs("jar", "product", date(2026, 4, 2), events[:1], 90)
