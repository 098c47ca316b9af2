"""What the months ahead should bring: open deals by expected close, weighted, beside what was won."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from crm_tui.rules.funnel import added, sums, weighted
from crm_tui.rules.pipeline import LOST, WON, StageOf

OVERDUE, UNDATED = "overdue", "undated"


@dataclass(frozen=True, slots=True)
class Sum:
    """Deals that were summed up already: `count` of them worth `amount` minor units, in one stage and month.

    `month` is "2026-11" of the expected close of an open deal or of the day on which it was won; "" if it has none.
    """

    stage: str
    month: str
    currency: str | None
    amount: int
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a forecast; `month` is "2026-11", "overdue" or "undated". Sums are minor units by currency."""

    month: str
    count: int
    total: dict[str, int]
    weighted: dict[str, int]
    won: dict[str, int]
    won_count: int


def by_month(deals: Iterable[Sum], stages: Mapping[str, StageOf], today: date) -> list[Month]:
    """The forecast: what is overdue, then month by month, then what has no date; lost deals are left out.

    A month's weighted sum is the sum over its stages, each rounded once a currency.
    """
    this = f"{today:%Y-%m}"
    groups: dict[str, list[Sum]] = {}
    for one in deals:
        stage = stages.get(one.stage)
        if stage is None or stage.kind == LOST:
            continue
        if stage.kind == WON:
            month = one.month or UNDATED
        else:
            month = UNDATED if not one.month else OVERDUE if one.month < this else one.month
        groups.setdefault(month, []).append(one)
    found = []
    for month in sorted(groups, key=lambda name: (name == UNDATED, name != OVERDUE, name)):
        members = groups[month]
        pending = [one for one in members if stages[one.stage].kind != WON]
        won = [one for one in members if stages[one.stage].kind == WON]
        by_stage = {
            stage: sums((one.currency, one.amount) for one in pending if one.stage == stage)
            for stage in sorted({one.stage for one in pending})
        }
        heavy = added(weighted(total, stages[stage]) for stage, total in by_stage.items())
        found.append(
            Month(
                month,
                sum(one.count for one in pending),
                sums((one.currency, one.amount) for one in pending),
                heavy,
                sums((one.currency, one.amount) for one in won),
                sum(one.count for one in won),
            )
        )
    return found
