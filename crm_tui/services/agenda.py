"""The agenda: what is planned and what was done on some days, by person, team or region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_NAMES = (
    *("id", "customer", "name", "region", "contact", "kind", "status", "planned_start", "planned_minutes", "started"),
    *("minutes", "topic", "summary", "outcome", "person", "first_planned", "move_reason", "origin", "place", "follows"),
    *("series", "attempt", "reviewed", "review_comment", "cancel_reason"),
)
_OTHERS = {"customer": "coalesce(a.root, v.customer)", "name": "c.name", "region": "c.region"}
_COLUMNS = ", ".join(_OTHERS.get(name, f"v.{name}") for name in _NAMES)
_JOIN = (
    "visits v {index} LEFT JOIN alias a ON a.id = v.customer "
    "CROSS JOIN customers c ON c.id = coalesce(a.root, v.customer) AND c.live"
)
CALLS = ("call", "callback", "greeting", "survey", "message", "email")
"""Kinds for which nobody has to be at a place."""


@dataclass(frozen=True)
class Entry:
    """One line of the schedule.

    Attributes:
        id: the visit's.
        customer: id; `name` and `region` are the customer's.
        contact: id of the contact person.
        kind, topic, summary, outcome, place, origin: as stored.
        status: as stored; `state` is what a person calls it: planned, overdue, waiting (a collection whose payday is to
            come), moved (planned, and not for the first time), done, late (done after the planned day), unplanned
            (done without a plan), missed, cancelled.
        planned: when it is planned (aware, local), `started` when it took place; `at` is the one it is listed under.
        minutes: planned or taken.
        person: id of whose it is; `person_name` his name.
        first: the first planned time, where it was moved.
        reason: why it was moved, missed or cancelled.
        follows: the visit that led to it; `series` the series that made it.
        attempt: which try of a call it is; 1 is the first.
        reviewed: whether a supervisor has read it, `comment` what he said.
    """

    id: str
    customer: str
    name: str
    region: str
    contact: str | None
    kind: str
    status: str
    state: str
    at: datetime
    planned: datetime | None
    started: datetime | None
    minutes: int | None
    topic: str
    summary: str
    outcome: str | None
    person: str | None
    person_name: str
    first: datetime | None
    reason: str
    origin: str
    place: str
    follows: str | None
    series: str | None
    attempt: int
    reviewed: bool
    comment: str

    @property
    def text(self) -> str:
        """What it is about: what happened, or what for."""
        return self.summary or self.topic


@dataclass(frozen=True)
class Days:
    """A run of local days with the instants at which they begin, as they are stored.

    Attributes:
        first: the first day.
        bounds: one more than there are days.
    """

    first: date
    bounds: tuple[str, ...]

    @classmethod
    def of(cls, first: date, count: int, zone: str) -> Days:
        """`count` days from `first` on, in a zone."""
        local = ZoneInfo(zone)
        starts = (datetime.combine(first + timedelta(days=n), time(), local) for n in range(count + 1))
        return cls(first, tuple(utc(at) for at in starts))

    @property
    def span(self) -> tuple[str, str]:
        """From (inclusive) and until (exclusive)."""
        return self.bounds[0], self.bounds[-1]


class Agenda:
    """Reads the schedule; every query runs over an index that the days narrow down."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def day(self, day: date, person: str | None = None, **more: Any) -> list[Entry]:
        """One day's lines; see `between`."""
        return self.between(day, day, person, **more)

    def week(self, day: date, person: str | None = None, **more: Any) -> list[Entry]:
        """The lines of the week (from Monday) that a day lies in; see `between`."""
        monday = day - timedelta(days=day.weekday())
        return self.between(monday, monday + timedelta(days=6), person, **more)

    def between(
        self,
        first: date,
        last: date,
        person: str | None = None,
        *,
        region: str | None = None,
        customer: str | None = None,
        kinds: Sequence[str] = (),
        open_only: bool = False,
        limit: int = 5_000,
    ) -> list[Entry]:
        """What is planned on these days, and what was done on them, by time.

        A planned contact stands under its planned time, also when it was done on another day; one that was done
        without a plan stands under its own time.

        Args:
            first: from this day.
            last: until this day.
            person: only his; everybody's if None.
            region: only customers of this region.
            customer: only this one's.
            kinds: only these kinds.
            open_only: only what is still planned.
            limit: at most so many of each sort.
        """
        span = Days.of(first, (last - first).days + 1, self.crm.zone).span
        where, params = _narrowed(region, customer, kinds)
        whose, who = ("AND v.person = ?", [person]) if person else ("", [])
        planned = "v.status = 'planned' AND " if open_only else ""
        index = "visits_person_week" if person else "visits_week"
        rows = self._rows(
            index, f"{planned}v.live AND v.planned_start >= ? AND v.planned_start < ? {whose} {where}",
            [*span, *who, *params], "v.planned_start", limit,
        )  # fmt: skip
        if not open_only:
            index = "visits_person_done" if person else "visits_done"
            rows += self._rows(
                index, "v.status = 'done' AND v.live AND v.started >= ? AND v.started < ? "
                f"AND v.planned_start IS NULL {whose} {where}", [*span, *who, *params], "v.started", limit,
            )  # fmt: skip
        return self._entries(rows)

    def overdue(self, person: str | None = None, limit: int = 500) -> list[Entry]:
        """What was planned before today and is still open, oldest first."""
        today = Days.of(self.crm.local_now().date(), 1, self.crm.zone).bounds[0]
        whose, who = ("AND v.person = ?", [person]) if person else ("", [])
        index = "visits_by_person" if person else "visits_by_plan"
        where = f"v.status = 'planned' AND v.live AND v.planned_start < ? {whose}"
        return self._entries(self._rows(index, where, [today, *who], "v.planned_start", limit))

    def of_ids(self, visits: Sequence[str]) -> list[Entry]:
        """The lines of some visits, by time."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(visits), 500):
            some = visits[start : start + 500]
            marks = ",".join("?" * len(some))
            rows += self._rows("", f"v.id IN ({marks})", list(some), "v.id", len(some))
        return self._entries(rows)

    def run_list(self, day: date, person: str | None = None) -> list[tuple[str, list[Entry]]]:
        """A day's open errands by area, areas by their first errand, errands in their order; calls are left out."""
        areas: dict[str, list[Entry]] = {}
        for entry in self.between(day, day, person, open_only=True):
            if entry.kind not in CALLS:
                areas.setdefault(self._area(entry), []).append(entry)
        return list(areas.items())

    def _area(self, entry: Entry) -> str:
        """City and district of the customer's address, or his region."""
        row = (
            self.crm.store.reader()
            .execute(
                "SELECT city, district FROM addresses WHERE customer = ? AND live ORDER BY id LIMIT 1",
                (entry.customer,),
            )
            .fetchone()
        )
        found = " ".join(filter(None, row)) if row else ""
        return found or entry.region

    def _rows(self, index: str, where: str, params: list[Any], order: str, limit: int) -> list[tuple[Any, ...]]:
        source = _JOIN.format(index=f"INDEXED BY {index}" if index else "")
        query = f"SELECT {_COLUMNS} FROM {source} WHERE {where} ORDER BY {order} LIMIT ?"
        return self.crm.store.reader().execute(query, (*params, limit)).fetchall()

    def _entries(self, rows: list[tuple[Any, ...]]) -> list[Entry]:
        people = {str(row): str(name) for row, name in self.crm.store.reader().execute("SELECT id, name FROM people")}
        now = self.crm.local_now()
        return sorted((_entry(row, people, now) for row in rows), key=lambda entry: (entry.at, entry.id))


def _narrowed(region: str | None, customer: str | None, kinds: Sequence[str]) -> tuple[str, list[str]]:
    where, params = "", []
    if region:
        where, params = "AND c.region = ?", [region]
    if customer:
        where += " AND v.customer IN (SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?)"
        params += [customer, customer]
    if kinds:
        where += f" AND v.kind IN ({','.join('?' * len(kinds))})"
        params += kinds
    return where, params


def _entry(row: tuple[Any, ...], people: dict[str, str], now: datetime) -> Entry:
    it = dict(zip(_NAMES, row, strict=True))
    due, begun, first = (
        datetime.fromisoformat(it[name]).astimezone(now.tzinfo) if it[name] else None
        for name in ("planned_start", "started", "first_planned")
    )
    moved, follows = first is not None, it["follows"] is not None
    closed = it["cancel_reason"] if it["status"] != "planned" else None
    return Entry(
        **{name: it[name] for name in ("id", "customer", "name", "contact", "kind", "status", "outcome", "person")},
        **{name: it[name] or "" for name in ("region", "topic", "summary", "origin", "place")},
        state=state_of(it["kind"], it["status"], due, begun, moved, follows, now),
        at=due or begun or now,
        planned=due,
        started=begun,
        first=first,
        minutes=it["minutes"] if it["minutes"] is not None else it["planned_minutes"],
        person_name=people.get(it["person"] or "", ""),
        reason=closed or it["move_reason"] or "",
        follows=it["follows"],
        series=it["series"],
        attempt=it["attempt"] or 1,
        reviewed=it["reviewed"] is not None,
        comment=it["review_comment"] or "",
    )


def state_of(
    kind: str, status: str, due: datetime | None, begun: datetime | None, moved: bool, follows: bool, now: datetime
) -> str:
    """What a person calls the state of a contact; see `Entry`."""
    if status == "done":
        if due is None:
            return "unplanned"
        return "late" if begun is not None and begun.date() > due.date() else "done"
    if status != "planned" or due is None:
        return status
    if due.date() < now.date():
        return "overdue"
    if kind == "collection" and follows and due.date() > now.date():
        return "waiting"
    return "moved" if moved else "planned"


def utc(at: datetime) -> str:
    """An instant as it is stored."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
