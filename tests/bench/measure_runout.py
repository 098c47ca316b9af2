"""F02: how many days the run-out prediction misses on real purchases, against simpler ways.

What counts as a case: a household's purchase of one product that it had bought before; predicted on the day of the
purchase before, from what was known then. The points of the products come from one half of the households (even
numbers), on which the constants of `gap_windows` were chosen too; the figures are of the other half. A purchase that
never came again within the year cannot be scored.
"""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from crm_tui.rules.gap_windows import ProductGaps, gap_window, product_gaps
from tests.bench import purchases
from tests.bench.figures import Figure, bench

FEWEST_DAYS = 3
KNOWN = 5
"""Gaps that a customer needs to count as known."""


class Case(NamedTuple):
    """One prediction to be made and what came."""

    gaps: list[int]
    items: list[int]
    product: ProductGaps
    came: int


def _even(household: int) -> bool:
    return household % 2 == 0


def _pools(series: dict[tuple[int, str], purchases.Series]) -> tuple[dict[str, ProductGaps], ProductGaps]:
    by_product: dict[str, list[int]] = defaultdict(list)
    for (household, product), days in series.items():
        if _even(household):
            by_product[product] += [after[0] - day[0] for day, after in itertools.pairwise(days)]
    everything = product_gaps(gap for gaps in by_product.values() for gap in gaps)
    assert everything is not None
    pools = {product: product_gaps(gaps, everything) or everything for product, gaps in by_product.items()}
    return pools, everything


def cases(even: bool = False) -> list[Case]:
    """All predictions of one half of the households."""
    series = purchases.grocer(FEWEST_DAYS)
    pools, everything = _pools(series)
    found = []
    for (household, product), days in series.items():
        if _even(household) != even:
            continue
        gaps = [after[0] - day[0] for day, after in itertools.pairwise(days)]
        items = [count for _, count in days]
        pool = pools.get(product, everything)
        found += [Case(gaps[:n], items[: n + 1], pool, gaps[n]) for n in range(1, len(gaps))]
    return found


def _regular(case: Case) -> bool:
    """Known, and half of the own gaps lie within a quarter of their median: told from the past alone."""
    if len(case.gaps) < KNOWN:
        return False
    usual = statistics.median(case.gaps)
    return statistics.median(abs(gap - usual) for gap in case.gaps) <= usual / 4


def _ours(case: Case) -> float:
    window = gap_window(case.gaps, case.product)
    assert window is not None
    return window.expected


def _quantity(case: Case) -> float:
    used = sum(case.items[:-1])
    return case.items[-1] * sum(case.gaps) / used if used else statistics.median(case.gaps)


WAYS: dict[str, Callable[[Case], float]] = {
    "ours": _ours,
    "own median gap": lambda case: statistics.median(case.gaps),
    "own last gap": lambda case: case.gaps[-1],
    "product median": lambda case: case.product.median,
    "quantity ÷ use": _quantity,
}


@bench("F02")
def run_out() -> Iterable[Figure]:
    """Median error in days of each way, and how often the window holds."""
    everything = cases()
    groups = {
        "all": everything,
        f"{KNOWN} gaps or more": [case for case in everything if len(case.gaps) >= KNOWN],
        "regular buyers": [case for case in everything if _regular(case)],
    }
    for name, chosen in groups.items():
        errors = {way: [abs(guess(case) - case.came) for case in chosen] for way, guess in WAYS.items()}
        own = statistics.median(errors["own median gap"])
        for way, missed in errors.items():
            what = f"{name} ({len(chosen):,}), {way}: median error"
            median = statistics.median(missed)
            if way == "ours":
                yield Figure(what, median, "days", 1, None, own)
                yield Figure(f"{name}, ours: mean error", statistics.mean(missed), "days", 1, None,
                             statistics.mean(errors["own median gap"]))  # fmt: skip
            else:
                yield Figure(what, median, "days")
        windows = [(gap_window(case.gaps, case.product), case.came) for case in chosen]
        held = sum(1 for window, came in windows if window and window.earliest <= came <= window.latest)
        yield Figure(f"{name}: the 80 % window holds", 100 * held / len(windows), "%")
