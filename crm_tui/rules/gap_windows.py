"""When the next purchase comes: the gaps between a customer's own purchases beside those of the product."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MANY_GAPS = 12
"""From so many own gaps on, their median stands alone; below, the product's points count beside them."""
_SHARES = (10, 30, 50, 70, 90)
_SPREAD = (270, 570, 1000, 1770, 4000)
"""Gaps at 10, 30, 50, 70 and 90 % in thousandths of their median, as grocery purchases show them."""


class ProductGaps(NamedTuple):
    """The gaps between purchases of one product (or category), all its customers together.

    Attributes:
        points: days at 10, 30, 50, 70 and 90 % of the gaps, rising.
        n: how many gaps they come from.
    """

    points: tuple[int, int, int, int, int]
    n: int

    @property
    def median(self) -> int:
        """The middle gap in days."""
        return self.points[2]

    @classmethod
    def around(cls, median: int) -> ProductGaps:
        """Guess the points where only the median (days, at least 1) is known."""
        a, b, c, d, e = (max(1, median * share // 1000) for share in _SPREAD)
        return cls((a, b, c, d, e), 0)


class GapWindow(NamedTuple):
    """Days from the last purchase to the next: with 80 % between earliest and latest."""

    earliest: int
    expected: int
    latest: int


def product_gaps(gaps: Iterable[int], wider: ProductGaps | None = None, fewest: int = 5) -> ProductGaps | None:
    """Sum up a product's gaps (days); with fewer than `fewest` of them the `wider` group (its category) stands in.

    Returns:
        None if there is neither.
    """
    found = sorted(gap for gap in gaps if gap > 0)
    if len(found) < fewest:
        return wider or (ProductGaps.around(middle(found)) if found else None)
    a, b, c, d, e = (found[min(len(found) - 1, len(found) * share // 100)] for share in _SHARES)
    return ProductGaps((a, b, c, d, e), len(found))


def gap_window(gaps: Sequence[int], product: ProductGaps | None = None) -> GapWindow | None:
    """Say when the next purchase comes after the last one.

    The product's five points stand as five gaps beside the own ones, and the median and the 10 and 90 % of all of
    them are taken: one own gap is drawn far toward the product, eleven hardly. From `MANY_GAPS` on the median is that
    of the own gaps alone. Where the product is unknown, the points lie around the own median.

    Args:
        gaps: own gaps in days, in any order; what is not positive is left out.
        product: what the product's other customers do.

    Returns:
        None if nothing at all is known.
    """
    own = sorted(gap for gap in gaps if gap > 0)
    if not own and product is None:
        return None
    pool = product or ProductGaps.around(middle(own))
    mixed = sorted([*own, *pool.points])
    expected = middle(own if len(own) >= MANY_GAPS else mixed)
    earliest, latest = middle_share(mixed)
    return GapWindow(min(earliest, expected), expected, max(latest, expected))


def middle(rising: Sequence[int]) -> int:
    """The median of a rising, not empty sequence; of two middle values the mean, rounded down (rather early)."""
    at = len(rising) // 2
    return rising[at] if len(rising) % 2 else (rising[at - 1] + rising[at]) // 2


def middle_share(rising: Sequence[int]) -> tuple[int, int]:
    """The values at 10 and 90 % of a rising, not empty sequence."""
    count = len(rising)
    return rising[(count + 9) // 10 - 1], rising[(count * 9 + 9) // 10 - 1]
