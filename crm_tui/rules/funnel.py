"""The funnel now or on any past day: counts, sums, weights, ages and conversion, replayed from the stage log.

Amounts of several currencies are never added: every sum is a mapping from currency to minor units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median

from crm_tui.rules.money import portion
from crm_tui.rules.pipeline import LOST, OPEN, StageOf, in_order

Money = Mapping[str, int]
PERCENT = 100
"""Basis points in one percent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stage log: from `at` on the deal stood in `stage` and was worth `amount`."""

    deal: str
    at: datetime
    stage: str
    amount: int | None
    currency: str | None
    moved: bool = True
    """Whether the stage changed; if not, only the amount did."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a deal stands: in `stage` since `since`, worth `amount` (minor units) of `currency`."""

    deal: str
    stage: str
    since: datetime
    amount: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Layer:
    """One stage of a funnel.

    Attributes:
        stage: its id.
        count: deals that stand there; total: what they are worth; weighted: times the stage's probability.
        median_days: how long the middle one has stood there; None if there is none.
        entered: deals that ever came as far as this stage; passed: those of them that came further.
    """

    stage: str
    count: int = 0
    total: dict[str, int] = field(default_factory=dict)
    weighted: dict[str, int] = field(default_factory=dict)
    median_days: int | None = None
    entered: int = 0
    passed: int = 0

    @property
    def conversion(self) -> int | None:
        """Percent of those that came here and went further; None if nobody came."""
        return round(100 * self.passed / self.entered) if self.entered else None


def replay(entries: Iterable[Entry], at: datetime) -> dict[str, Standing]:
    """Where every deal stood at an instant.

    Args:
        entries: of the log in the order in which they happened; those after `at` are left out.
        at: the instant.
    """
    found: dict[str, Standing] = {}
    for one in entries:
        if one.at > at:
            continue
        before = found.get(one.deal)
        if one.moved or before is None:
            found[one.deal] = Standing(one.deal, one.stage, one.at, one.amount, one.currency)
        else:
            found[one.deal] = replace(before, amount=one.amount, currency=one.currency)
    return found


def furthest(entries: Iterable[Entry], stages: Sequence[StageOf], at: datetime) -> Counter[str]:
    """How many deals came as far as each stage and no further, by the log up to an instant; losses do not count."""
    place = {stage.id: n for n, stage in enumerate(in_order(stages)) if stage.kind != LOST}
    reached: dict[str, int] = {}
    for one in entries:
        if one.at <= at and one.stage in place:
            reached[one.deal] = max(reached.get(one.deal, -1), place[one.stage])
    order = {n: stage for stage, n in place.items()}
    return Counter(order[n] for n in reached.values())


def layers(
    stages: Sequence[StageOf], standings: Iterable[Standing], reached: Mapping[str, int], now: datetime
) -> list[Layer]:
    """The funnel: one layer a stage, in order.

    Args:
        stages: of one pipeline.
        standings: the deals that stand in it.
        reached: deals by the furthest stage that they came to.
        now: the instant that ages are counted to.
    """
    by_stage: dict[str, list[Standing]] = {stage.id: [] for stage in stages}
    for one in standings:
        if one.stage in by_stage:
            by_stage[one.stage].append(one)
    found = []
    ordered = in_order(stages)
    for n, stage in enumerate(ordered):
        deals = by_stage[stage.id]
        further = sum(reached.get(later.id, 0) for later in ordered[n + 1 :] if later.kind != LOST)
        entered = 0 if stage.kind == LOST else further + reached.get(stage.id, 0)
        total = sums((one.currency, one.amount) for one in deals)
        days = [max(0, (now - one.since).days) for one in deals]
        found.append(
            Layer(
                stage.id,
                len(deals),
                total,
                weighted(total, stage),
                int(median(days)) if days else None,
                entered,
                further if stage.kind == OPEN else 0,
            )
        )
    return found


def sums(amounts: Iterable[tuple[str | None, int | None]]) -> dict[str, int]:
    """Totals by currency, in the order of the currencies' names; what has no amount counts nothing."""
    found: Counter[str] = Counter()
    for currency, amount in amounts:
        if currency is not None and amount is not None:
            found[currency] += amount
    return {currency: found[currency] for currency in sorted(found)}


def weighted(total: Money, stage: StageOf) -> dict[str, int]:
    """Totals times a stage's probability, rounded once a currency."""
    return {currency: portion(amount, stage.chance * PERCENT) for currency, amount in total.items()}


def added(many: Iterable[Money]) -> dict[str, int]:
    """The sum of several totals, currency by currency."""
    return sums((currency, amount) for one in many for currency, amount in one.items())
