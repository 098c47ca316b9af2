"""The service report: causes, times against the standards, reopened, recurrence, satisfaction, cost, load by hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.rules.policies import DESK_RECURRENCE
from crm_tui.rules.service_report import Interval, NetScore, ParetoLine, pareto, percentile, wilson

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

PERCENTS = (50, 80, 95)
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
        start, end = self._instant(since), self._instant(until + timedelta(days=1))
        db = self.crm.store.reader()
        span = (start, end)
        kinds = dict(db.execute(f"SELECT kind, count(*) FROM tickets WHERE {HERE} GROUP BY 1", span).fetchall())
        (still_open, finished, reopened) = db.execute(
            "SELECT coalesce(sum(state <> 'closed'), 0), coalesce(sum(resolve_used IS NOT NULL), 0), "
            f"coalesce(sum(resolve_used IS NOT NULL AND reopened > 0), 0) FROM tickets WHERE {HERE}",
            span,
        ).fetchone()
        causes = db.execute(
            f"SELECT coalesce(cause, ''), count(*), coalesce(sum(cost), 0) FROM tickets WHERE {HERE} "
            "AND kind = 'complaint' GROUP BY 1",
            span,
        ).fetchall()
        return ServiceReport(
            since, until, sum(kinds.values()), still_open, {str(k): v for k, v in kinds.items()}, pareto(causes),
            self._times(db, "response_used", "respond_within", span),
            self._times(db, "resolve_used", "resolve_within", span),
            wilson(reopened, finished), self._recurrence(db, span), self._satisfaction(db, span),
            self.crm.reviews.net_score(*span), self._repurchase(db, span), self._born(db, span),
            self._groups(db, "tier", span), self._groups(db, "channel", span), self._groups(db, "person", span),
            self._hours(db, since, until, span),
        )  # fmt: skip

    def _instant(self, day: date) -> str:
        at = datetime.combine(day, time(), ZoneInfo(self.crm.zone)).astimezone(UTC)
        return at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def _times(self, db: sqlite3.Connection, used: str, within: str, span: tuple[str, str]) -> Times:
        rows: Sequence[tuple[int, int, int, int]] = db.execute(
            f"SELECT {used}, count(*), coalesce(sum({within} IS NOT NULL), 0), coalesce(sum({used} <= {within}), 0) "
            f"FROM tickets WHERE {HERE} AND {used} IS NOT NULL GROUP BY 1",
            span,
        ).fetchall()
        counts = [(value, count) for value, count, _, _ in rows]
        measured, kept = sum(row[2] for row in rows), sum(row[3] for row in rows)
        told = {percent: percentile(counts, percent) for percent in PERCENTS}
        return Times(sum(count for _, count in counts), told, wilson(kept, measured))

    def _recurrence(self, db: sqlite3.Connection, span: tuple[str, str]) -> Interval | None:
        days = self.crm.policies.number(DESK_RECURRENCE)
        known, again = db.execute(
            f"SELECT count(*), coalesce(sum(EXISTS(SELECT 1 FROM tickets b WHERE b.live AND b.product = a.product "
            "AND b.cause = a.cause AND b.received < a.received "
            "AND b.received >= strftime('%Y-%m-%dT%H:%M:%SZ', a.received, ?3))), 0) FROM ("
            f"SELECT product, cause, received FROM tickets WHERE {HERE} AND cause IS NOT NULL AND product IS NOT NULL"
            ") a",
            (*span, f"-{days} days"),
        ).fetchone()
        return wilson(again, known)

    def _satisfaction(self, db: sqlite3.Connection, span: tuple[str, str]) -> tuple[float | None, int]:
        mean, n = db.execute(
            "SELECT avg(score), count(score) FROM reviews WHERE live AND at >= ? AND at < ?", span
        ).fetchone()
        return mean, n

    def _repurchase(self, db: sqlite3.Connection, span: tuple[str, str]) -> Interval | None:
        """Of the customers who complained in the period, how many ordered afterwards."""
        n, again = db.execute(
            "SELECT count(*), coalesce(sum(EXISTS(SELECT 1 FROM orders o WHERE o.customer = asked.customer AND o.live "
            "AND o.day > asked.day)), 0) FROM (SELECT customer, substr(min(received), 1, 10) AS day FROM tickets "
            f"WHERE {HERE} AND kind = 'complaint' GROUP BY customer) asked",
            span,
        ).fetchone()
        return wilson(again, n)

    def _born(self, db: sqlite3.Connection, span: tuple[str, str]) -> int:
        made = "live AND created >= ?1 AND created < ?2"
        query = (
            f"SELECT (SELECT count(*) FROM needs WHERE {made} AND ticket IS NOT NULL) "
            f"+ (SELECT count(*) FROM deals WHERE {made} AND source LIKE 'T-%')"
        )
        return int(db.execute(query, span).fetchone()[0])

    def _groups(self, db: sqlite3.Connection, column: str, span: tuple[str, str]) -> list[Group]:
        names = dict(db.execute("SELECT id, name FROM people").fetchall()) if column == "person" else {}
        rows = db.execute(
            f"SELECT coalesce({column}, ''), resolve_used, count(*), coalesce(sum(cost), 0) FROM tickets WHERE {HERE} "
            "GROUP BY 1, 2",
            span,
        )
        found: dict[str, list[tuple[int | None, int, int]]] = {}
        for name, used, count, cost in rows:
            found.setdefault(str(name), []).append((used, count, cost))
        groups = [
            Group(
                names.get(name, name),
                sum(count for _, count, _ in parts),
                sum(cost for _, _, cost in parts),
                percentile([(used, count) for used, count, _ in parts if used is not None], 50),
            )
            for name, parts in found.items()
        ]
        return sorted(groups, key=lambda one: (-one.count, one.name))

    def _hours(self, db: sqlite3.Connection, first: date, last: date, span: tuple[str, str]) -> list[int]:
        """Tickets by local hour: counted by day and hour of UTC, so that clocks that change are minded."""
        zone = ZoneInfo(self.crm.zone)
        hours = [0] * 24
        rows = db.execute(f"SELECT substr(received, 1, 13), count(*) FROM tickets WHERE {HERE} GROUP BY 1", span)
        for hour, count in rows:
            hours[datetime.fromisoformat(f"{hour}:00:00+00:00").astimezone(zone).hour] += count
        return hours
