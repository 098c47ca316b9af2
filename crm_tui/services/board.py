"""The board: heads of columns, and the lists that windows show; never all cards at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.rules.funnel import sums, weighted
from crm_tui.rules.pipeline import OPEN, StageOf, days_in, rots, unbelievable
from crm_tui.services.noun import Row
from crm_tui.services.pipelines import shown_name
from crm_tui.services.stages import rule_of
from crm_tui.store.listings import Listing, ListingReader, Value
from crm_tui.store.search import matching_ids

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

NEXT = (
    "(SELECT planned_start || ' ' || coalesce(kind, '') FROM visits v WHERE v.deal = deals.id AND v.live "
    "AND v.status = 'planned' ORDER BY planned_start LIMIT 1)"
)
COLUMNS = (
    "name",
    "(SELECT name FROM customers c WHERE c.id = deals.customer)",
    *("amount", "currency", "staged", "close_day"),
    "(SELECT name FROM people p WHERE p.id = deals.owner)",
    NEXT,
    "(SELECT code || '|' || horizon_days FROM prospect_grades g WHERE g.id = deals.grade)",
    *("graded", "number", "customer"),
)
"""What a card is made of; `card_of` reads it."""
FOUND = 2_000
"""At most so many customers are taken into account by a filter."""
MATCHES = 5_000
"""Up to so many deals that answer to typed words are named by their ids."""


@dataclass(frozen=True)
class BoardFilter:
    """What is shown of a board.

    Attributes:
        text: words that name, number, competitor, products or lessons contain, or by which the customer is found.
        owner: id of a person; None for everybody's.
        bare: only open deals without a next step.
        since: closed columns show what was closed from this day on, as it is stored; None all of it.
        sql: the condition that it means, worked out by `Board.prepared`; None until then.
    """

    text: str = ""
    owner: str | None = None
    bare: bool = False
    since: str | None = None
    sql: tuple[str, tuple[Value, ...]] | None = None


@dataclass(frozen=True)
class Head:
    """The head of a column.

    Attributes:
        stage: the row of the stage; rule: the same as the rules take it.
        count: deals in it; total, weighted: minor units by currency.
        rotting: how many of them have stood there too long.
    """

    stage: Row
    rule: StageOf
    count: int
    total: dict[str, int]
    weighted: dict[str, int]
    rotting: int

    @property
    def name(self) -> str:
        """What the stage is called."""
        return shown_name(self.stage)


@dataclass(frozen=True, slots=True)
class Card:
    """One deal as the board shows it.

    Attributes:
        days: how long it has stood in its stage; rotting: whether that is too long.
        step: the next planned contact and its kind, if there is one.
        grade: code of its prospect grade, "" if it has none; stale: whether that is not believable any more.
        late: whether the expected close of an open deal has passed.
    """

    id: str
    name: str
    customer: str
    customer_id: str
    number: str
    amount: int | None
    currency: str | None
    days: int
    rotting: bool
    close_day: date | None
    late: bool
    owner: str
    step: datetime | None
    step_kind: str
    grade: str
    stale: bool


def card_of(values: Sequence[Value], stage: StageOf, now: datetime) -> Card:
    """A card from a row (id, *COLUMNS).

    Args:
        values: as read.
        stage: that it stands in.
        now: the present, local and aware.
    """
    ident, name, customer, amount, currency, staged, close, owner, step, grade, graded, number, customer_id = values
    days = days_in(datetime.fromisoformat(str(staged)), now) if staged else 0
    code, _, horizon = str(grade or "").partition("|")
    start, _, kind = str(step or "").partition(" ")
    closes = date.fromisoformat(str(close)) if close else None
    today = now.date()
    is_open = stage.kind == OPEN
    return Card(
        str(ident),
        str(name or ""),
        str(customer or ""),
        str(customer_id or ""),
        str(number or ""),
        None if amount is None else int(amount),
        None if currency is None else str(currency),
        days,
        rots(days, stage),
        closes,
        is_open and closes is not None and closes < today,
        str(owner or ""),
        datetime.fromisoformat(start).astimezone(now.tzinfo) if start else None,
        kind,
        code,
        is_open and bool(graded) and unbelievable(date.fromisoformat(str(graded)), int(horizon or 0), today),
    )


class Board:
    """Reads one pipeline as columns."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def this_month(self) -> BoardFilter:
        """Everything that is open, and what was closed this month."""
        first = self.crm.local_now().date().replace(day=1)
        start = datetime.combine(first, time(), ZoneInfo(self.crm.zone))
        return BoardFilter(since=start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def prepared(self, wanted: BoardFilter) -> BoardFilter:
        """The same filter with its condition worked out, for all columns at once."""
        return replace(wanted, sql=self.condition(wanted))

    def condition(self, wanted: BoardFilter) -> tuple[str, tuple[Value, ...]]:
        """The SQL condition of a filter on `deals`, without stage and time, and its values."""
        if wanted.sql is not None:
            return wanted.sql
        terms: list[str] = []
        params: list[Value] = []
        if wanted.owner:
            terms.append("owner = ?")
            params.append(wanted.owner)
        if wanted.bare:
            terms.append(
                "NOT EXISTS(SELECT 1 FROM visits v WHERE v.deal = deals.id AND v.live AND v.status = 'planned')"
            )
        if wanted.text.strip():
            term, values = self._texts(wanted.text)
            terms.append(term)
            params += values
        return " AND ".join(terms), tuple(params)

    def _texts(self, text: str) -> tuple[str, list[Value]]:
        """The condition of typed words; where few deals answer they are looked up once and named by their ids."""
        db = self.crm.store.reader()
        terms: list[str] = []
        params: list[Value] = []
        for word in text.split():
            like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            fields = ("name", "number", "competitor", "products", "lessons", "lost_to")
            found = matching_ids(db, word, FOUND).ids
            tests = [f"{field} LIKE ? ESCAPE '\\'" for field in fields]
            terms.append(f"({' OR '.join(tests)} OR customer IN (SELECT value FROM json_each(?)))")
            params += [like] * len(fields) + [json.dumps(found)]
        condition = " AND ".join(terms)
        query = f"SELECT id FROM deals WHERE live AND {condition} LIMIT {MATCHES + 1}"
        ids = [row for (row,) in db.execute(query, params)]
        if len(ids) > MATCHES:
            return condition, params
        return "id IN (SELECT value FROM json_each(?))", [json.dumps(ids)]

    def heads(self, pipeline: str, wanted: BoardFilter) -> list[Head]:
        """The heads of all columns, in order."""
        stages = self.crm.stages.of_pipeline(pipeline)
        where, params = self.condition(wanted)
        return [self._head(stage, wanted, where, params) for stage in stages]

    def _head(self, stage: Row, wanted: BoardFilter, where: str, params: tuple[Value, ...]) -> Head:
        rule = rule_of(stage)
        db = self.crm.store.reader()
        since, more = self._closed(rule, wanted)
        before = ""
        if rule.kind == OPEN and rule.rotting_days is not None:
            last = self.crm.store.now() - timedelta(days=rule.rotting_days + 1)
            before = last.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows = db.execute(
            "SELECT currency, count(*), sum(amount), sum(staged <= ?) FROM deals "
            f"WHERE stage = ? AND live{_and(where)}{since} GROUP BY currency",
            (before, rule.id, *params, *more),
        ).fetchall()
        total = sums((currency, amount) for currency, _, amount, _ in rows)
        rotting = sum(old or 0 for *_, old in rows)
        count = sum(n for _, n, _, _ in rows)
        return Head(stage, rule, count, total, weighted(total, rule), int(rotting))

    def listing(self, stage: StageOf, wanted: BoardFilter) -> Listing:
        """The cards of a column: open ones by their place, closed ones the latest first."""
        where, params = self.condition(wanted)
        since, more = self._closed(stage, wanted)
        closed = stage.kind != OPEN
        return Listing(
            "deals",
            COLUMNS,
            "staged" if closed else "place",
            closed,
            f"stage = ? AND live{_and(where)}{since}",
            (stage.id, *params, *more),
        )

    def cards(self, stage: StageOf, wanted: BoardFilter, limit: int) -> list[Card]:
        """The first cards of a column."""
        reader = ListingReader(self.listing(stage, wanted))
        now, db = self.crm.local_now(), self.crm.store.reader()
        rows = [row for span in reader.listing.spans() for row in reader.rows(db, span, None, 0, limit)]
        return [card_of(row, stage, now) for row in rows[:limit]]

    @staticmethod
    def _closed(stage: StageOf, wanted: BoardFilter) -> tuple[str, tuple[Value, ...]]:
        if stage.kind == OPEN or wanted.since is None:
            return "", ()
        return " AND staged >= ?", (wanted.since,)


def _and(where: str) -> str:
    return f" AND {where}" if where else ""
