"""Figures of a service report: Pareto of causes, percentiles, net score, shares with their intervals, recurrence.

Whatever is measured on nothing is None: unknown is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, sqrt

Z95 = 1.959963984540054
"""The quantile of the normal distribution for an interval of 95 %."""


@dataclass(frozen=True, slots=True)
class ParetoLine:
    """One cause: how often, what it cost, its share and that of all causes down to it, in percent of the count."""

    cause: str
    count: int
    cost: int
    share: float
    cumulative: float


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the interval of 95 % and the number of cases behind it."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class NetScore:
    """Promoters (9, 10) less detractors (0 to 6) in percent of all, from -100 to 100, with its interval of 95 %."""

    promoters: int
    passives: int
    detractors: int
    score: Interval | None


def pareto(causes: Iterable[tuple[str, int, int]]) -> list[ParetoLine]:
    """Causes by how often they came, the dearer of two that are equal first.

    Args:
        causes: code, count, cost (minor units); a code that comes twice is added up.
    """
    sums: dict[str, tuple[int, int]] = {}
    for cause, count, cost in causes:
        before = sums.get(cause, (0, 0))
        sums[cause] = (before[0] + count, before[1] + cost)
    ordered = sorted(sums.items(), key=lambda one: (-one[1][0], -one[1][1], one[0]))
    total = sum(count for count, _ in sums.values())
    found, so_far = [], 0
    for cause, (count, cost) in ordered:
        so_far += count
        share = 100 * count / total if total else 0.0
        found.append(ParetoLine(cause, count, cost, share, 100 * so_far / total if total else 0.0))
    return found


def percentile(counts: Iterable[tuple[int, int]], percent: float) -> float | None:
    """A percentile of values given with their counts, linear between neighbours (type 7 of Hyndman and Fan).

    Args:
        counts: value and how often it came, in any order.
        percent: from 0 to 100.

    Returns:
        None if there is no value.
    """
    ordered = sorted((value, count) for value, count in counts if count > 0)
    n = sum(count for _, count in ordered)
    if not n:
        return None
    place = (n - 1) * percent / 100
    low, high = _at(ordered, floor(place)), _at(ordered, ceil(place))
    return low + (high - low) * (place - floor(place))


def _at(ordered: Sequence[tuple[int, int]], place: int) -> int:
    """The value that stands at a place when all are laid out in order."""
    for value, count in ordered:
        if place < count:
            return value
        place -= count
    return ordered[-1][0]


def within(counts: Iterable[tuple[int, int]], limit: int) -> int:
    """How many values are not above a limit."""
    return sum(count for value, count in counts if value <= limit)


def wilson(hits: int, n: int, z: float = Z95) -> Interval | None:
    """A share with the score interval of Wilson (1927); None if n is 0.

    Raises:
        ValueError: more hits than cases, or fewer than none.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    if n == 0:
        return None
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    return Interval(share, low, 1.0 if hits == n else min(1.0, middle + half), n)


def net_score(answers: Mapping[int, int], z: float = Z95) -> NetScore:
    """The net score of answers from 0 to 10 with their counts.

    The interval is that of a mean of +1, 0 and -1 with their own variance, cut at -100 and 100.

    Raises:
        ValueError: an answer that is not from 0 to 10.
    """
    if any(not 0 <= answer <= 10 for answer in answers):
        raise ValueError("answers go from 0 to 10")
    promoters = sum(count for answer, count in answers.items() if answer >= 9)
    detractors = sum(count for answer, count in answers.items() if answer <= 6)
    n = sum(answers.values())
    if not n:
        return NetScore(0, 0, 0, None)
    mean = (promoters - detractors) / n
    half = z * sqrt(max(0.0, (promoters + detractors) / n - mean * mean) / n)
    interval = Interval(100 * mean, 100 * max(-1.0, mean - half), 100 * min(1.0, mean + half), n)
    return NetScore(promoters, n - promoters - detractors, detractors, interval)


def recurrences(events: Iterable[tuple[str, str, date]], days: int) -> int:
    """How many events have another of the same product and cause at most so many days before."""
    last: dict[tuple[str, str], date] = {}
    count = 0
    for product, cause, day in sorted(events, key=lambda one: one[2]):
        before = last.get((product, cause))
        count += before is not None and (day - before).days <= days
        last[(product, cause)] = day
    return count


def recurs(product: str, cause: str, day: date, before: Iterable[tuple[str, str, date]], days: int) -> bool:
    """Whether an event is a recurrence of one of those before it."""
    return any(p == product and c == cause and 0 <= (day - d).days <= days for p, c, d in before)
