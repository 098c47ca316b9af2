"""The day on which a customer has used up what was brought, as a window, and the delivery before it.

Two ways lead to it. Where what was left is measured, the stock and the use a day say when it ends. Where only purchase
days are known, the gaps between them do (`gap_windows`); quantity divided by use is no way of its own, because it
misses by more than either.

Amounts are whole grams (or millilitres, or pieces: one unit for a profile), times whole days.

The use a day is a fraction grams / days that each measured stretch adds to::

    G, D = use * STATED_DAYS, STATED_DAYS          # what the profile states counts as 14 measured days
    G, D = G + used, D + days                      # each stretch between two measurements, oldest first
    G, D = G * MEMORY_DAYS / D, MEMORY_DAYS        # if D > MEMORY_DAYS: what lies back more than 90 days fades
    run-out = last fill + floor((amount + left) * D / G)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from crm_tui.rules.gap_windows import MANY_GAPS, GapWindow, ProductGaps, gap_window, middle, middle_share

Method = Literal["measured", "own gaps", "shrunk", "profile", "product"]
Shift = Callable[[date], date]

STATED_DAYS = 14
MEMORY_DAYS = 90
_MONTH_DAYS = 30
_FARTHEST = 3650
_MEASURED_SPREAD = (800, 920, 1000, 1100, 1300)
_STATED_SPREAD = (700, 880, 1000, 1150, 1450)
_HEADS_SPREAD = (600, 820, 1000, 1250, 1700)
"""How long a stock really lasts, in thousandths of the expected time, at 10, 30, 50, 70 and 90 %: assumed."""


@dataclass(frozen=True, slots=True)
class Fill:
    """One purchase, delivery or measuring visit.

    Attributes:
        day: when.
        amount: grams brought; 0 if only the rest was measured, None if the amount is unknown.
        left_before: grams that were left when it was brought; None if nobody looked.
        emptied: the day it ran out before, if the customer knows; then `left_before` is 0.
    """

    day: date
    amount: int | None = None
    left_before: int | None = None
    emptied: date | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a household's use without measuring; the first of the three that is set counts.

    Attributes:
        daily_use: grams a day.
        monthly_use: grams in 30 days.
        household_size: people; with `per_head`, grams a person and day, it gives the use.
        since: day from which this holds (a child was born): stretches and gaps that began before do not count.
    """

    daily_use: int | None = None
    monthly_use: int | None = None
    household_size: int | None = None
    per_head: int | None = None
    since: date | None = None


class Use(NamedTuple):
    """Use as grams in days, and where it comes from.

    Attributes:
        grams: used in `days`.
        days: at least 1.
        ratios: how long the measured stretches lasted, in thousandths of what this use says.
    """

    grams: int
    days: int
    ratios: tuple[int, ...] = ()

    @property
    def daily(self) -> int:
        """Grams a day, rounded; for showing and for storing in the profile."""
        return (2 * self.grams + self.days) // (2 * self.days)

    def lasts(self, stock: int) -> int:
        """Whole days that `stock` grams last."""
        return min(_FARTHEST, max(0, stock) * self.days // self.grams)


@dataclass(frozen=True, slots=True)
class Prediction:
    """When it runs out.

    Attributes:
        earliest: with `latest` the window that holds the run-out in 4 of 5 cases.
        expected: the likeliest day.
        median_gap: middle of the own gaps between purchases, days; None below two purchases.
        n: what it rests on: measured stretches (method "measured"), else own gaps.
        last_error: days from the day predicted before to the day it was really out or bought again: positive if it
            lasted longer than predicted; None if there was no earlier prediction to compare.
        method: "measured" (rest and use), "own gaps", "shrunk" (own gaps toward the product's), "profile" (stated
            use, not measured yet) or "product" (the product's gaps alone).
        daily_use: grams a day that it rests on; None for the ways that know only gaps.
    """

    earliest: date
    expected: date
    latest: date
    median_gap: int | None
    n: int
    last_error: int | None
    method: Method
    daily_use: int | None = None


class _Stretch(NamedTuple):
    """Time between two measurements of the rest."""

    start: date
    days: int
    used: int


def predict(
    purchases: Sequence[Fill], profile: Profile | None = None, product: ProductGaps | int | None = None
) -> Prediction | None:
    """Say when a customer's stock of one product runs out.

    Args:
        purchases: in any order; several of one day count as one, an amount below zero (a return) is left out.
        profile: what is stated.
        product: gaps of the product's or category's other customers, or only their median in days.

    Returns:
        None without any purchase, or when neither gaps, use nor product are known.
    """
    fills = _days(purchases)
    if not fills:
        return None
    profile = profile or Profile()
    pool = ProductGaps.around(max(1, product)) if isinstance(product, int) else product
    made = _one(fills, profile, pool)
    if made is None:
        return None
    error = _last_error(fills, profile, pool, made.method)
    return replace(made, last_error=error)


def delivery_day(prediction: Prediction, lead_days: int, shift: Shift | None = None) -> date:
    """The day to deliver: so many days before the expected run-out, on the working day that `shift` makes of it."""
    day = prediction.expected - timedelta(days=max(0, lead_days))
    return shift(day) if shift else day


def daily_use(purchases: Sequence[Fill], profile: Profile | None = None) -> Use | None:
    """Estimate the use from the stated one and all measured stretches (formula at the top of this module)."""
    return _use(_stretches(_days(purchases), profile or Profile()), profile or Profile())


def expected_left(purchases: Sequence[Fill], day: date, profile: Profile | None = None) -> int | None:
    """Grams that should be left on a day, to hold the measured rest against; None if the use is unknown."""
    fills = [fill for fill in _days(purchases) if fill.day <= day]
    use = daily_use(fills, profile)
    stock = _stock(fills, use)
    if use is None or stock is None:
        return None
    return max(0, stock - (day - fills[-1].day).days * use.grams // use.days)


def stated_use(profile: Profile) -> Use | None:
    """The use that a profile states, as so many grams in `STATED_DAYS`."""
    grams = 0
    if profile.daily_use:
        grams = profile.daily_use * STATED_DAYS
    elif profile.monthly_use:
        grams = profile.monthly_use * STATED_DAYS // _MONTH_DAYS
    elif profile.household_size and profile.per_head:
        grams = profile.household_size * profile.per_head * STATED_DAYS
    return Use(grams, STATED_DAYS) if grams > 0 else None


def _days(purchases: Sequence[Fill]) -> list[Fill]:
    """One fill a day, in order: amounts added, the first measured rest kept."""
    by_day: dict[date, Fill] = {}
    for fill in sorted(purchases, key=lambda one: one.day):
        if fill.amount is not None and fill.amount < 0:
            continue
        left = 0 if fill.emptied and fill.emptied <= fill.day else fill.left_before
        left = None if left is not None and left < 0 else left
        one = Fill(fill.day, fill.amount, left, fill.emptied if left == 0 else None)
        before = by_day.get(fill.day)
        if before is not None:
            amounts = [a for a in (before.amount, one.amount) if a is not None]
            left = before.left_before if before.left_before is not None else one.left_before
            one = Fill(fill.day, sum(amounts) if amounts else None, left, before.emptied or one.emptied)
        by_day[fill.day] = one
    return list(by_day.values())


def _gaps(fills: Sequence[Fill], since: date | None) -> list[int]:
    """Days between purchases, oldest first; visits that only measured are none."""
    days = [fill.day for fill in fills if fill.amount != 0 and not (since and fill.day < since)]
    return [(after - day).days for day, after in pairwise(days)]


def _stretches(fills: Sequence[Fill], profile: Profile) -> list[_Stretch]:
    """What was used between two measurements, where amount and rest are known at both ends.

    A jar found empty says only that at least all of it was used: such a stretch counts if that is more than the use
    known until then, or if the day on which it ran out is known.
    """
    found: list[_Stretch] = []
    for fill, after in pairwise(fills):
        if fill.amount is None or fill.left_before is None or after.left_before is None:
            continue
        if profile.since and fill.day < profile.since:
            continue
        end = after.emptied if after.emptied and after.emptied > fill.day else after.day
        days, used = (end - fill.day).days, fill.amount + fill.left_before - after.left_before
        if used <= 0 or days <= 0:
            continue
        use = _use(found, profile)
        if after.left_before == 0 and end == after.day and use and used * use.days < use.grams * days:
            continue
        found.append(_Stretch(fill.day, days, used))
    return found


def _use(stretches: Sequence[_Stretch], profile: Profile) -> Use | None:
    stated = stated_use(profile)
    grams, days = (stated.grams, stated.days) if stated else (0, 0)
    for one in stretches:
        grams, days = grams + one.used, days + one.days
        if days > MEMORY_DAYS:
            grams, days = max(1, grams * MEMORY_DAYS // days), MEMORY_DAYS
    if grams <= 0:
        return None
    return Use(grams, days, tuple(sorted(1000 * one.days * grams // (one.used * days) for one in stretches)))


def _stock(fills: Sequence[Fill], use: Use | None) -> int | None:
    """Grams in the house after the last fill; a rest that nobody measured is the expected one."""
    stock: int | None = None
    before: date | None = None
    for fill in fills:
        left = fill.left_before
        if left is None:
            used = (fill.day - before).days * use.grams // use.days if before and use else 0
            left = max(0, stock - used) if stock is not None and use else 0
        stock = None if fill.amount is None else left + fill.amount
        before = fill.day
    return stock


def _one(fills: Sequence[Fill], profile: Profile, pool: ProductGaps | None) -> Prediction | None:
    stretches = _stretches(fills, profile)
    gaps = _gaps(fills, profile.since)
    use = _use(stretches, profile)
    stock = _stock(fills, use)
    last = fills[-1]
    if use and stock is not None and stretches and last.left_before is not None:
        return _from_stock(last.day, stock, use, gaps, len(stretches), _MEASURED_SPREAD, "measured")
    if len(gaps) < 2 and use and stock is not None:
        stated = profile.daily_use or profile.monthly_use
        return _from_stock(
            last.day, stock, use, gaps, len(gaps), _STATED_SPREAD if stated else _HEADS_SPREAD, "profile"
        )
    window = gap_window(gaps, pool)
    bought = [fill.day for fill in fills if fill.amount != 0]
    if window is None or not bought:
        return None
    method: Method = "own gaps" if len(gaps) >= MANY_GAPS or (gaps and pool is None) else "shrunk"
    return _from_window(bought[-1], window, gaps, method if gaps else "product")


def _from_stock(
    day: date, stock: int, use: Use, gaps: list[int], n: int, spread: Sequence[int], method: Method
) -> Prediction:
    low, high = middle_share(sorted([*use.ratios, *spread]))
    expected = use.lasts(stock)
    window = GapWindow(
        min(expected, use.lasts(stock * low // 1000)), expected, max(expected, use.lasts(stock * high // 1000))
    )
    return _from_window(day, window, gaps, method, n, use.daily)


def _from_window(
    day: date, window: GapWindow, gaps: list[int], method: Method, n: int | None = None, use: int | None = None
) -> Prediction:
    return Prediction(
        earliest=day + timedelta(days=window.earliest),
        expected=day + timedelta(days=window.expected),
        latest=day + timedelta(days=window.latest),
        median_gap=middle(sorted(gaps)) if gaps else None,
        n=len(gaps) if n is None else n,
        last_error=None,
        method=method,
        daily_use=use,
    )


def _last_error(fills: Sequence[Fill], profile: Profile, pool: ProductGaps | None, method: Method) -> int | None:
    """Days between what would have been predicted one step earlier and what then happened."""
    by_stock = method in ("measured", "profile")
    ends = [at for at, fill in enumerate(fills) if fill.amount != 0 or (by_stock and fill.left_before is not None)]
    if not ends or ends[-1] == 0:
        return None
    earlier, now = fills[: ends[-1]], fills[ends[-1]]
    before = _one(earlier, profile, pool)
    if before is None:
        return None
    really = now.day
    if by_stock and before.method in ("measured", "profile"):
        if now.emptied:
            really = now.emptied
        elif now.left_before:
            stretches = _stretches([earlier[-1], now], profile)
            use = Use(stretches[0].used, stretches[0].days) if stretches else daily_use(earlier, profile)
            really = now.day + timedelta(days=use.lasts(now.left_before) if use else 0)
    return (really - before.expected).days
