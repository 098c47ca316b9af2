"""The service report: causes, times against the standards, reopened, recurrence, satisfaction, cost, load by hour."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_tui.rules.policies import DESK_RECURRENCE
from crm_tui.rules.service_report import Interval, NetScore, ParetoLine, pareto, percentile, wilson

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

PERCENTS = (50, 80, 95)
READ = (
    *("received", "kind", "cause", "product", "tier", "channel", "person", "state", "response_used", "respond_within"),
    *("resolve_used", "resolve_within", "reopened", "cost", "customer"),
)
HERE = "live AND parent IS NULL AND received >= ?1 AND received < ?2"


@dataclass(frozen=True)
class Times:
    """How long something took, in minutes of working time: percentiles by percent, and the share within standard."""

    n: int
    percentiles: dict[int, float | None]
    within: Interval | None


@dataclass(frozen=True)
class Group:
    """The figures of a tier, a channel or a person: tickets, their cost, the median of the solution's minutes."""

    name: str
    count: int
    cost: int
    median: float | None


@dataclass(frozen=True)
class ServiceReport:
    """The figures of a period.

    Attributes:
        first, last: its days.
        tickets, open: how many came in, and are open of them.
        kinds: how many of each kind.
        causes: the Pareto; "" for tickets whose cause nobody noted.
        response, resolution: times.
        reopened: share of the finished tickets that were reopened.
        recurrence: share of the tickets with product and cause that came again within the agreed days.
        satisfaction: mean of the scores from 1 to 5 with their number; None of nobody.
        net_score: of the recommendations.
        repurchase: share of complaining customers with an order after the complaint; None if none complained.
        opportunities: how many needs and deals were born in service.
        tiers, channels, people: groups; `hours`: tickets by hour of the day, local.
    """

    first: date
    last: date
    tickets: int
    open: int
    kinds: dict[str, int]
    causes: list[ParetoLine]
    response: Times
    resolution: Times
    reopened: Interval | None
    recurrence: Interval | None
    satisfaction: tuple[float | None, int]
    net_score: NetScore
    repurchase: Interval | None
    opportunities: int
    tiers: list[Group]
    channels: list[Group]
    people: list[Group]
    hours: list[int]


class ServiceReports:
    """Reads the figures; nothing of them is stored."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def of(self, first: date | None = None, last: date | None = None) -> ServiceReport:
        """The report of the days from `first` to `last`; of the last 90 if not told."""
        until = last or self.crm.local_now().date()
        since = first or until - timedelta(days=89)
        span = self._instant(since), self._instant(until + timedelta(days=1))
        db = self.crm.store.reader()
        rows = db.execute(f"SELECT {', '.join(READ)} FROM tickets WHERE {HERE} ORDER BY received", span).fetchall()
        of = dict(zip(READ, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(READ, ())
        kinds = Counter(map(str, of["kind"]))
        finished = [
            again or 0 for used, again in zip(of["resolve_used"], of["reopened"], strict=True) if used is not None
        ]
        names = dict(db.execute("SELECT id, name FROM people").fetchall())
        return ServiceReport(
            since, until, len(rows), sum(state != "closed" for state in of["state"]), dict(kinds.most_common()),
            pareto(_causes(of)), _times(of["response_used"], of["respond_within"]),
            _times(of["resolve_used"], of["resolve_within"]), wilson(sum(map(bool, finished)), len(finished)),
            self._recurrence(db, of), self._satisfaction(db, span), self.crm.reviews.net_score(*span),
            self._repurchase(db, of), self._born(db, span), _groups(of, "tier"), _groups(of, "channel"),
            _groups(of, "person", names), self._hours(of["received"]),
        )  # fmt: skip

    def _instant(self, day: date) -> str:
        at = datetime.combine(day, time(), ZoneInfo(self.crm.zone)).astimezone(UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _recurrence(self, db: sqlite3.Connection, of: Columns) -> Interval | None:
        """Of the tickets with product and cause, how many had another within the agreed days before."""
        days = timedelta(days=self.crm.policies.number(DESK_RECURRENCE))
        since: dict[str, str] = {}
        last: dict[tuple[str, str], str] = {}
        known = again = 0
        for at, product, cause in zip(of["received"], of["product"], of["cause"], strict=True):
            if not product or not cause:
                continue
            known += 1
            if at[:10] not in since:
                since[at[:10]] = (date.fromisoformat(at[:10]) - days).isoformat()
            before = last.get((product, cause))
            if before is None:
                found = db.execute(
                    "SELECT max(received) FROM tickets WHERE live AND product = ? AND cause = ? AND received < ?",
                    (product, cause, at),
                ).fetchone()
                before = found[0] or ""
            again += before < at and before[:10] >= since[at[:10]]
            last[(product, cause)] = at
        return wilson(again, known)

    def _satisfaction(self, db: sqlite3.Connection, span: tuple[str, str]) -> tuple[float | None, int]:
        mean, n = db.execute(
            "SELECT avg(score), count(score) FROM reviews WHERE live AND at >= ? AND at < ?", span
        ).fetchone()
        return mean, n

    def _repurchase(self, db: sqlite3.Connection, of: Columns) -> Interval | None:
        """Of the customers who complained in the period, how many ordered afterwards."""
        first: dict[str, str] = {}
        for at, kind, customer in zip(of["received"], of["kind"], of["customer"], strict=True):
            if kind == "complaint":
                first.setdefault(customer, at[:10])
        (again,) = db.execute(
            "SELECT count(*) FROM json_each(?) j WHERE EXISTS(SELECT 1 FROM orders o WHERE o.customer = j.key "
            "AND o.live AND o.day > j.value)",
            (json.dumps(first),),
        ).fetchone()
        return wilson(again, len(first))

    def _born(self, db: sqlite3.Connection, span: tuple[str, str]) -> int:
        made = "live AND created >= ?1 AND created < ?2"
        query = (
            f"SELECT (SELECT count(*) FROM needs WHERE {made} AND ticket IS NOT NULL) "
            f"+ (SELECT count(*) FROM deals WHERE {made} AND source LIKE 'T-%')"
        )
        return int(db.execute(query, span).fetchone()[0])

    def _hours(self, received: Iterable[str]) -> list[int]:
        """Tickets by local hour: counted by day and hour of UTC first, so that clocks that change are minded."""
        zone = ZoneInfo(self.crm.zone)
        hours = [0] * 24
        for hour, count in Counter(at[:13] for at in received).items():
            hours[datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(zone).hour] += count
        return hours


Columns = Mapping[str, Sequence[Any]]
"""What was read of the tickets of a period, by column, in the order in which they came in."""


def _causes(of: Columns) -> list[tuple[str, int, int]]:
    """Code, count and cost of the causes of complaints; "" for those whose cause nobody noted."""
    counts: Counter[str] = Counter()
    costs: Counter[str] = Counter()
    for (kind, cause, cost), count in Counter(zip(of["kind"], of["cause"], of["cost"], strict=True)).items():
        if kind == "complaint":
            counts[cause or ""] += count
            costs[cause or ""] += count * (cost or 0)
    return [(cause, counts[cause], costs[cause]) for cause in sorted(counts)]


def _times(used: Sequence[int | None], within: Sequence[int | None]) -> Times:
    both = Counter(zip(used, within, strict=True))
    counts: Counter[int] = Counter()
    measured = kept = 0
    for (minutes, limit), count in both.items():
        if minutes is None:
            continue
        counts[minutes] += count
        if limit is not None:
            measured += count
            kept += count if minutes <= limit else 0
    told = {percent: percentile(counts.items(), percent) for percent in PERCENTS}
    return Times(sum(counts.values()), told, wilson(kept, measured))


def _groups(of: Columns, column: str, names: Mapping[str, str] | None = None) -> list[Group]:
    found: dict[str, tuple[dict[int, int], list[int]]] = {}
    for (name, used, cost), count in Counter(zip(of[column], of["resolve_used"], of["cost"], strict=True)).items():
        group = found.get(name or "")
        if group is None:
            group = found[name or ""] = ({}, [0, 0])
        minutes, sums = group
        if used is not None:
            minutes[used] = minutes.get(used, 0) + count
        sums[0] += count
        sums[1] += count * (cost or 0)
    groups = [
        Group((names or {}).get(name, name), sums[0], sums[1], percentile(minutes.items(), 50))
        for name, (minutes, sums) in found.items()
    ]
    return sorted(groups, key=lambda one: (-one.count, one.name))
