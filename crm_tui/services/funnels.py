"""Funnel, forecast and losses of a pipeline; a past funnel is replayed from the stage log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.rules.forecast import Month, Sum, by_month
from crm_tui.rules.funnel import Entry, Layer, Standing, furthest, layers, replay
from crm_tui.rules.pipeline import LOST
from crm_tui.services.noun import Row
from crm_tui.services.pipelines import shown_name
from crm_tui.services.stages import rule_of
from crm_tui.store.listings import Value

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Whose:
    """Whose deals are counted: of one owner, of one branch, or all."""

    owner: str | None = None
    branch: str | None = None

    def condition(self) -> tuple[str, tuple[Value, ...]]:
        """SQL on `deals d`, beginning with AND, and its values."""
        terms, params = "", []
        if self.owner:
            terms += " AND d.owner = ?"
            params.append(self.owner)
        if self.branch:
            terms += " AND d.owner IN (SELECT id FROM people WHERE branch = ?)"
            params.append(self.branch)
        return terms, tuple(params)


EVERYBODY = Whose()


@dataclass(frozen=True)
class Funnel:
    """A funnel at an instant: each stage's row with its layer, in order."""

    at: datetime
    layers: tuple[tuple[Row, Layer], ...]


@dataclass(frozen=True)
class Loss:
    """Lost deals that have competitor, stage and reason in common; sums are minor units by currency."""

    competitor: str
    stage: str
    reason: str
    count: int
    total: dict[str, int]


class Funnels:
    """Counts and sums over many deals."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def funnel(self, pipeline: str, at: datetime | None = None, whose: Whose = EVERYBODY) -> Funnel:
        """The funnel now, or as it stood at an instant.

        Deals that are in the trash now count for no day. Conversion looks at all deals that came until then.

        Args:
            pipeline: its id.
            at: aware; the present if None.
            whose: whose deals, as they are owned today.
        """
        stages = self.crm.stages.of_pipeline(pipeline)
        rules = [rule_of(stage) for stage in stages]
        now = self.crm.store.now()
        entries = list(self._entries(pipeline, whose))
        moment = at or now
        standings = self._standings(pipeline, whose) if at is None else replay(entries, moment).values()
        found = layers(rules, standings, furthest(entries, rules, moment), moment)
        by_id = {stage["id"]: stage for stage in stages}
        return Funnel(moment.astimezone(self.crm.local_now().tzinfo), tuple((by_id[one.stage], one) for one in found))

    def _standings(self, pipeline: str, whose: Whose) -> list[Standing]:
        where, params = whose.condition()
        rows = self.crm.store.reader().execute(
            f"SELECT d.id, d.stage, d.staged, d.amount, d.currency FROM deals d WHERE d.pipeline = ? AND d.live{where}",
            (pipeline, *params),
        )
        return [Standing(deal, stage, _at(staged), amount, currency) for deal, stage, staged, amount, currency in rows]

    def _entries(self, pipeline: str, whose: Whose) -> Iterator[Entry]:
        """The log in order. Where machines moved a deal at once, what did not stand in the end counts for nothing."""
        where, params = whose.condition()
        rows = self.crm.store.reader().execute(
            "SELECT m.deal, m.at, m.to_stage, m.amount, m.currency, m.from_stage IS NOT m.to_stage, m.id "
            "FROM stage_moves m CROSS JOIN deals d ON d.id = m.deal WHERE m.live AND d.live AND d.pipeline = ? "
            f"AND (m.from_stage IS m.to_stage OR m.at < d.staged OR m.to_stage = d.stage){where} "
            "UNION ALL SELECT d.id, d.staged, d.stage, d.amount, d.currency, 1, d.id FROM deals d "
            "WHERE d.live AND d.pipeline = ? AND NOT EXISTS(SELECT 1 FROM stage_moves m WHERE m.deal = d.id AND m.live "
            f"AND m.at = d.staged AND m.to_stage = d.stage){where} ORDER BY 2, 7",
            (pipeline, *params, pipeline, *params),
        )
        for deal, at, stage, amount, currency, moved, _ in rows:
            yield Entry(deal, _at(at), stage, amount, currency, bool(moved))

    def forecast(self, pipeline: str, whose: Whose = EVERYBODY) -> list[Month]:
        """What the months should bring, and what was won in each."""
        rules = {stage["id"]: rule_of(stage) for stage in self.crm.stages.of_pipeline(pipeline)}
        where, params = whose.condition()
        rows = self.crm.store.reader().execute(
            "SELECT d.stage, coalesce(substr(CASE s.kind WHEN 'won' THEN d.staged ELSE d.close_day END, 1, 7), ''), "
            "d.currency, coalesce(sum(d.amount), 0), count(*) FROM deals d JOIN stages s ON s.id = d.stage "
            f"WHERE d.pipeline = ? AND d.live AND s.kind <> ?{where} GROUP BY 1, 2, 3",
            (pipeline, LOST, *params),
        )
        return by_month((Sum(*row) for row in rows), rules, self.crm.local_now().date())

    def losses(self, pipeline: str, whose: Whose = EVERYBODY) -> list[Loss]:
        """Lost deals by competitor, stage and reason, the most frequent first."""
        where, params = whose.condition()
        rows = self.crm.store.reader().execute(
            "SELECT coalesce(d.lost_to, ''), d.lost_from, coalesce(d.lost_reason, ''), d.currency, count(*), "
            "sum(d.amount) FROM deals d JOIN stages s ON s.id = d.stage WHERE d.pipeline = ? AND d.live "
            f"AND s.kind = ?{where} GROUP BY 1, 2, 3, 4",
            (pipeline, LOST, *params),
        )
        names = {stage["id"]: shown_name(stage) for stage in self.crm.stages.of_pipeline(pipeline)}
        found: dict[tuple[str, str, str], tuple[int, dict[str, int]]] = {}
        for competitor, stage, reason, currency, count, amount in rows:
            key = (competitor, names.get(stage, ""), reason)
            before, total = found.get(key, (0, {}))
            more = {currency: amount} if currency and amount is not None else {}
            found[key] = (before + count, {**total, **more})
        losses = [Loss(*key, count, total) for key, (count, total) in found.items()]
        return sorted(losses, key=lambda one: (-one.count, one.competitor, one.stage, one.reason))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
