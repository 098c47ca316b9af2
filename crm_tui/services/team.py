"""The supervisor's week: person by day, plan against actual; reading records one after the other."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.rules.ids import fixed_id
from crm_tui.services.agenda import Days, Entry
from crm_tui.services.noun import Row
from crm_tui.store.database import Changes

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass
class Cell:
    """One person's day.

    Attributes:
        planned: all that was planned for it; the sum of the next six.
        done: done that day or before; `late`: done after it.
        missed: not done, and the day is over; `moved`: moved to another day.
        cancelled: cancelled; `open`: still to be done.
        unplanned: done without a plan (with a frozen week: without one when it began).
        visits: ids of the contacts behind it.
    """

    planned: int = 0
    done: int = 0
    late: int = 0
    missed: int = 0
    moved: int = 0
    cancelled: int = 0
    open: int = 0
    unplanned: int = 0
    visits: list[str] = field(default_factory=list)

    def take(self, fate: str, visit: str) -> None:
        """Count one contact."""
        setattr(self, fate, getattr(self, fate) + 1)
        self.planned += fate != "unplanned"
        self.visits.append(visit)

    def plus(self, other: Cell) -> Cell:
        """The sum of two cells, without the contacts behind them."""
        return Cell(**{name: getattr(self, name) + getattr(other, name) for name in COUNTS})


COUNTS = ("planned", "done", "late", "missed", "moved", "cancelled", "open", "unplanned")


@dataclass(frozen=True)
class Line:
    """One person's days.

    Attributes:
        person: id, None for what is nobody's; `name` is "" then.
        cells: one for each day.
        frozen: whether the plans of the week were frozen.
    """

    person: str | None
    name: str
    cells: tuple[Cell, ...]
    frozen: bool

    @property
    def total(self) -> Cell:
        """All days together."""
        whole = Cell()
        for cell in self.cells:
            whole = whole.plus(cell)
        return whole


@dataclass(frozen=True)
class Grid:
    """People by day."""

    days: tuple[date, ...]
    lines: tuple[Line, ...]


_Fact = tuple[str, str | None, str, str | None, str | None, str | None]
"""id, person, status, planned_start, started, first_planned"""


class Team:
    """Plan against actual, for those who look after others."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def grid(self, first: date, count: int = 7, people: Sequence[str] | None = None) -> Grid:
        """Person by day; people without any contact on these days are left out unless they are asked for.

        Args:
            first: the first day; a Monday for a week.
            count: how many days.
            people: only these (ids), in this order.
        """
        days = Days.of(first, count, self.crm.zone)
        today = bisect_right(days.bounds, self._today()) - 1
        frozen = self._frozen(first) if count == 7 and first.weekday() == 0 else {}
        cells: dict[str | None, list[Cell]] = {}

        def cell(person: str | None, at: int) -> Cell:
            if person not in cells:
                cells[person] = [Cell() for _ in range(count)]
            return cells[person][at]

        for fact in self._facts(days):
            if fact[1] not in frozen:
                for at, fate in _fates(fact, days.bounds, today):
                    cell(fact[1], at).take(fate, fact[0])
        for person, plans in frozen.items():
            for at, fate, visit in self._frozen_fates(person, plans, days, today):
                cell(person, at).take(fate, visit)
        names = {str(row): str(name) for row, name in self._db().execute("SELECT id, name FROM people WHERE live")}
        wanted = (
            people if people is not None else sorted(cells, key=lambda one: (one is None, names.get(one or "", "")))
        )
        lines = [
            Line(who, names.get(who or "", ""), tuple(cells.get(who) or [Cell() for _ in range(count)]), who in frozen)
            for who in wanted
        ]
        return Grid(tuple(first + timedelta(days=n) for n in range(count)), tuple(lines))

    def _facts(self, days: Days) -> Iterable[_Fact]:
        """Every contact that was planned for, moved from or done without plan on these days, each once."""
        columns = "id, person, status, planned_start, started, first_planned"
        seen: set[str] = set()
        for source in (
            "visits INDEXED BY visits_week WHERE live AND planned_start >= ? AND planned_start < ?",
            "visits INDEXED BY visits_moved WHERE live AND first_planned >= ? AND first_planned < ?",
            "visits INDEXED BY visits_done WHERE live AND status = 'done' AND started >= ? AND started < ? "
            "AND planned_start IS NULL",
        ):
            for fact in self._db().execute(f"SELECT {columns} FROM {source}", days.span):
                if fact[0] not in seen:
                    seen.add(fact[0])
                    yield fact

    def _frozen_fates(
        self, person: str | None, plans: dict[str, str], days: Days, today: int
    ) -> list[tuple[int, str, str]]:
        """What became of the plans of a frozen week; what else was done in it is unplanned."""
        found = []
        columns = "id, status, planned_start, started, live"
        for visit, planned in plans.items():
            row = self._db().execute(f"SELECT {columns} FROM visits WHERE id = ?", (visit,)).fetchone()
            at = _place(planned, days.bounds)
            if row is None or at is None or not row[4]:
                continue
            fate = _fate(row[1], planned, row[3], days.bounds, at, today)
            if fate in ("open", "missed") and row[2] and _place(row[2], days.bounds) != at:
                fate = "moved"
            found.append((at, fate, visit))
        for visit, _, status, _, started, _ in self._facts_of(person, days):
            at = _place(started, days.bounds)
            if status == "done" and visit not in plans and at is not None:
                found.append((at, "unplanned", visit))
        return found

    def _facts_of(self, person: str | None, days: Days) -> list[_Fact]:
        columns = "id, person, status, planned_start, started, first_planned"
        query = (
            f"SELECT {columns} FROM visits INDEXED BY visits_person_done "
            "WHERE person = ? AND live AND status = 'done' AND started >= ? AND started < ?"
        )
        return list(self._db().execute(query, (person, *days.span)))

    def cell(self, person: str | None, day: date) -> list[Entry]:
        """The contacts behind one cell, by time: to be read one after the other."""
        monday = day - timedelta(days=day.weekday())
        for line in self.grid(monday).lines:
            if line.person == person:
                return self.crm.agenda.of_ids(line.cells[(day - monday).days].visits)
        return []

    def acknowledge(self, visits: Sequence[str], comment: str | None = None) -> Changes:
        """Say that contacts were read, and comment them; a comment that is there stays if none is given."""
        return self._review("visits", visits, comment)

    def acknowledge_report(self, report: str, comment: str | None = None) -> Changes:
        """Say that a day report was read, and comment it."""
        return self._review("day_reports", [report], comment)

    def _review(self, noun: str, rows: Sequence[str], comment: str | None) -> Changes:
        service = self.crm.noun(noun)
        me = self.crm.people.me()
        values = service.noun.clean({"reviewed": self.crm.store.now(), "reviewed_by": me and me["id"]})
        said = service.noun.clean({"review_comment": comment}) if comment is not None else {}
        with self.crm.store.action("Reviewed {n} {noun}", "bulk", noun=noun, n=len(rows)) as work:
            for row in rows:
                work.update(noun, row, {**values, **said})
        return work.changes

    def unseen_keys(self, days: int = 30, limit: int = 100) -> list[Row]:
        """Key accounts without a real contact for so many days, longest first.

        Returns:
            Rows with id, name, owner, owner_name, last_contact, next_due (as stored).
        """
        rows = self._db().execute(
            "SELECT c.id, c.name, c.owner, p.name, c.last_contact, c.next_due "
            "FROM customers c INDEXED BY customers_key LEFT JOIN people p ON p.id = c.owner "
            "WHERE c.live AND c.key_account = 1 AND (c.last_contact IS NULL OR c.last_contact < ?) "
            "ORDER BY c.last_contact, c.sort_key LIMIT ?",
            (self.crm.days_ago(days), limit),
        )
        names = ("id", "name", "owner", "owner_name", "last_contact", "next_due")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def attention(self, first: date, last: date) -> list[Row]:
        """Where the attention went: by grade, customers, contacts, minutes, and customers without any contact.

        Returns:
            Rows with grade, customers, contacts, minutes, unseen, the most minutes first.
        """
        span = Days.of(first, (last - first).days + 1, self.crm.zone).span
        db = self._db()
        seen: dict[str, dict[str, Any]] = {}
        for grade, customers, unseen in db.execute(
            "SELECT coalesce(grade, ''), count(*), sum(last_contact IS NULL OR last_contact < ?) FROM customers "
            "WHERE live GROUP BY 1",
            (span[0],),
        ):
            seen[grade] = {"grade": grade, "customers": customers, "contacts": 0, "minutes": 0, "unseen": unseen}
        for grade, contacts, minutes in db.execute(
            "SELECT coalesce(c.grade, ''), count(*), sum(coalesce(v.minutes, 0)) FROM visits v INDEXED BY visits_done "
            "LEFT JOIN alias a ON a.id = v.customer CROSS JOIN customers c ON c.id = coalesce(a.root, v.customer) "
            "WHERE v.status = 'done' AND v.live AND v.started >= ? AND v.started < ? GROUP BY 1",
            span,
        ):
            if grade in seen:
                seen[grade] |= {"contacts": contacts, "minutes": minutes}
        return sorted(seen.values(), key=lambda row: (-row["minutes"], row["grade"]))

    def freeze(self, day: date, people: Sequence[str] | None = None, *, by_itself: bool = False) -> Changes:
        """Freeze the plans of the week that a day lies in, once for each person; a frozen week stays as it is.

        Args:
            day: any day of the week.
            people: only these; all who have plans in it if None.
            by_itself: whether no person asked for it; undo then passes over it.
        """
        monday = day - timedelta(days=day.weekday())
        days = Days.of(monday, 7, self.crm.zone)
        plans: dict[str, dict[str, str]] = {}
        query = (
            "SELECT person, id, planned_start FROM visits INDEXED BY visits_week "
            "WHERE live AND planned_start >= ? AND planned_start < ? AND status <> 'cancelled' AND person IS NOT NULL"
        )
        for person, visit, start in self._db().execute(query, days.span):
            plans.setdefault(person, {})[visit] = start
        told = {"noun": "plan_freezes", "day": monday.isoformat()}
        kind = "upkeep" if by_itself else "bulk"
        made = {"created": f"{monday}T00:00:00Z"}  # the same on every machine, as the id is
        with self.crm.store.action("Froze the plans of the week from {day}", kind, **told) as work:
            for person in people if people is not None else sorted(plans):
                if by_itself and person not in plans:
                    continue  # opening the app writes nothing for who has planned nothing
                row = fixed_id("plan_freezes", person, monday.isoformat())
                if not work.db.execute("SELECT 1 FROM plan_freezes WHERE id = ?", (row,)).fetchone():
                    text = json.dumps(plans.get(person, {}), sort_keys=True)
                    work.insert(
                        "plan_freezes", {"id": row, **made, "person": person, "week": f"{monday}", "plans": text}
                    )
        return work.changes

    def _frozen(self, monday: date) -> dict[str | None, dict[str, str]]:
        rows = self._db().execute("SELECT person, plans FROM plan_freezes WHERE live AND week = ?", (f"{monday}",))
        return {person: json.loads(plans or "{}") for person, plans in rows}

    def _today(self) -> str:
        return Days.of(self.crm.local_now().date(), 1, self.crm.zone).bounds[0]

    def _db(self) -> Any:
        return self.crm.store.reader()


def _place(instant: str | None, bounds: Sequence[str]) -> int | None:
    """Which day an instant lies on; None outside."""
    if instant is None or not bounds[0] <= instant < bounds[-1]:
        return None
    return bisect_right(bounds, instant) - 1


def _fates(fact: _Fact, bounds: Sequence[str], today: int) -> list[tuple[int, str]]:
    """Which cells a contact counts in, and as what.

    A moved one counts twice: as moved where it was first planned, and under what became of it where it stands now.
    """
    _, _, status, planned, started, first = fact
    found = []
    at = _place(planned, bounds)
    if first is not None:
        was = _place(first, bounds)
        if was is not None and was != at:
            found.append((was, "moved"))
    if at is not None:
        found.append((at, _fate(status, str(planned), started, bounds, at, today)))
    elif planned is None and status == "done":
        at = _place(started, bounds)
        if at is not None:
            found.append((at, "unplanned"))
    return found


def _fate(status: str, planned: str, started: str | None, bounds: Sequence[str], at: int, today: int) -> str:
    """What became of what was planned for the day number `at`."""
    if status == "done":
        return "done" if started is None or started < bounds[at + 1] else "late"
    if status == "planned":
        return "missed" if at < today else "open"
    return status if status in ("missed", "cancelled", "moved") else "open"
