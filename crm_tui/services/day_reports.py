"""Day reports that compose themselves from plans and log, and the pace against targets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm_tui.rules.ids import fixed_id
from crm_tui.services.agenda import Days, Entry
from crm_tui.services.noun import NounService, Row
from crm_tui.services.team import COUNTS
from crm_tui.store.database import Changes


@dataclass(frozen=True)
class DayReport:
    """What a person did on a day.

    Attributes:
        person: id; `name` his name.
        day: which day.
        figures: planned, done, late, missed, moved, cancelled, open, unplanned; contacts and minutes; and by kind
            `kind.call` …; new customers as `new_customers`.
        entries: the contacts behind the first eight.
        row: what was handed in already, None if nothing.
        done: what took place, by time; tries that reached nobody too.
        left: what was planned for the day and neither done by then nor moved: missed, cancelled, open, done later.
        moved: what was planned for the day and stands on another one now.
        promised: promises that were made.
        agreed: next steps that were planned for the contacts of the day, by the contact's id.
        next_day: the next working day; `next` what is planned then.
    """

    person: str
    name: str
    day: date
    figures: dict[str, int]
    entries: list[Entry]
    row: Row | None
    done: list[Entry]
    left: list[Entry]
    moved: list[Entry]
    promised: list[Entry]
    agreed: dict[str, Entry]
    next_day: date
    next: list[Entry]

    @property
    def changed(self) -> bool:
        """Whether something has changed since it was handed in."""
        if self.row is None:
            return False
        return bool(json.loads(self.row["figures"] or "{}") != {name: n for name, n in self.figures.items() if n})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was planned, done or promised."""
        return not (self.entries or self.done or self.promised)


@dataclass(frozen=True)
class Pace:
    """A target and how it goes.

    Attributes:
        target: its row.
        done: contacts so far.
        expected: what would be done by now at an even pace over working days.
        gap: done minus expected.
        days_left: working days that are left, today included.
        needed: contacts a working day needed for the rest, in tenths, rounded up.
        behind: whether it is behind.
    """

    target: Row
    done: int
    expected: int
    gap: int
    days_left: int
    needed: int
    behind: bool


class DayReports(NounService):
    """Reports of a person's day, made from what was logged."""

    def compose(self, person: str, day: date) -> DayReport:
        """What a person did on a day, from plans and log; nothing is typed twice."""
        grid = self.crm.team.grid(day, 1, [person])
        cell = grid.lines[0].cells[0]
        figures = {name: getattr(cell, name) for name in COUNTS}
        took_place = self._done(person, day, day)
        figures["contacts"] = len(took_place)
        figures["minutes"] = sum(minutes or 0 for _, minutes in took_place)
        for kind, _ in took_place:
            figures[f"kind.{kind}"] = figures.get(f"kind.{kind}", 0) + 1
        figures["new_customers"] = self._new_customers(person, day)
        entries = self.crm.agenda.of_ids(cell.visits)
        where = "person = ? AND live AND status = 'done' AND started >= ? AND started < ?"
        done = self.crm.agenda.of_ids(self._ids(where, person, day, "INDEXED BY visits_person_done"))
        after = self.crm.calendar_days.next_working_day(day)
        rows = self._rows("id = ? AND live", (self._id(person, day),))
        return DayReport(
            person=person,
            name=str(self.crm.people.get(person)["name"]),
            day=day,
            figures=figures,
            entries=entries,
            row=rows[0] if rows else None,
            done=done,
            left=[one for one in entries if _planned_on(one, day) and not _done_by(one, day)],
            moved=[one for one in entries if one.first and one.first.date() == day and not _planned_on(one, day)],
            promised=self._promised(person, day),
            agreed=self._agreed([one.id for one in done]),
            next_day=after,
            next=self.crm.agenda.day(after, person, open_only=True),
        )

    def of_days(self, first: date, last: date, people: Sequence[str] | None = None) -> list[tuple[str, date]]:
        """Whose reports there are to read: who planned, did or handed in something on which of these days.

        Returns:
            Person and day, day by day, people by name.
        """
        found = {
            (row["person"], row["day"]) for row in self._rows("live AND day BETWEEN ? AND ?", (f"{first}", f"{last}"))
        }
        grid = self.crm.team.grid(first, (last - first).days + 1, people)
        for line in grid.lines:
            for day, cell in zip(grid.days, line.cells, strict=True):
                if line.person is not None and (cell.planned or cell.unplanned):
                    found.add((line.person, f"{day}"))
        names = {str(one["id"]): str(one["name"]) for one in self.crm.people.all()}
        some = [one for one in found if one[0] in names and (people is None or one[0] in people)]
        return [(who, date.fromisoformat(day)) for who, day in sorted(some, key=lambda one: (one[1], names[one[0]]))]

    def hand_in(self, person: str, day: date, remarks: str = "") -> Changes:
        """Hand a day's report in, with the figures of now; again replaces what was handed in before."""
        report = self.compose(person, day)
        figures = told(report.figures)
        ident = self._id(person, day)
        row = self.noun.validate({"id": ident, "person": person, "day": day, "remarks": remarks, "figures": figures})
        title = {"noun": self.name, "name": report.name, "day": day.isoformat()}
        there = self._rows("id = ?", (ident,))
        with self.store.action("Day report of {name}, {day}", **title) as work:
            if not there:
                work.insert(self.name, {**row, "created": work.stamp})
            else:
                if there[0]["deleted"]:
                    work.write(self.name, [ident], "deleted", None)
                work.update(self.name, ident, {"remarks": row["remarks"], "figures": row["figures"]})
        return work.changes

    def waiting(self, since: date | None = None, *, reader: str | None = None) -> list[Row]:
        """Reports that nobody has read yet, newest first.

        Args:
            since: from which day on; the last month if None.
            reader: whose own ones are left out.
        """
        begin = since or self.crm.local_now().date() - timedelta(days=31)
        where = "live AND reviewed IS NULL AND day >= ? AND person IS NOT ? ORDER BY day DESC, id"
        return self._rows(where, (begin.isoformat(), reader))

    def pace(self, person: str) -> list[Pace]:
        """How a person's targets go whose period holds today."""
        return self.paces([person]).get(person, [])

    def paces(self, people: Sequence[str] | None = None, *, running: bool = True) -> dict[str, list[Pace]]:
        """How the targets of some people go (of all, if None), by person.

        Args:
            people: ids.
            running: only those whose period holds today.
        """
        today = self.crm.local_now().date()
        found: dict[str, list[Pace]] = {}
        for row in self.crm.noun("activity_targets").all():
            counts = row["first_day"] and row["last_day"] and row["target"]
            if counts and (people is None or row["person"] in people) and (not running or _runs(row, today)):
                found.setdefault(str(row["person"]), []).append(self._pace(row, today))
        for some in found.values():
            some.sort(key=lambda one: (one.target["last_day"], one.target["kind"] or ""))
        return found

    def _pace(self, row: Row, today: date) -> Pace:
        first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
        took_place = self._done(row["person"], first, min(today, last)) if first <= today else []
        done = sum(row["kind"] is None or kind == row["kind"] for kind, _ in took_place)
        calendar = self.crm.calendar_days.calendar()
        whole = max(1, calendar.working_days_between(first, last + timedelta(days=1)))
        here = min(max(first, today), last + timedelta(days=1))
        over = calendar.working_days_between(first, here)
        left = calendar.working_days_between(here, last + timedelta(days=1))
        expected = row["target"] * over // whole
        rest = max(0, row["target"] - done)
        needed = -(-10 * rest // left) if left else 10 * rest
        return Pace(row, done, expected, done - expected, left, needed, done < expected)

    def _done(self, person: str, first: date, last: date) -> list[tuple[str, int | None]]:
        """Kind and minutes of what took place and reached somebody."""
        span = Days.of(first, (last - first).days + 1, self.crm.zone).span
        rows = self.store.reader().execute(
            "SELECT kind, minutes FROM visits INDEXED BY visits_person_done WHERE person = ? AND live "
            "AND status = 'done' AND started >= ? AND started < ? AND outcome IS NOT 'unreached'",
            (person, *span),
        )
        return [(str(kind), minutes) for kind, minutes in rows]

    def _ids(
        self, where: str, person: str, day: date, index: str = "", bounds: tuple[str, str] | None = None
    ) -> list[str]:
        """Ids of a person's contacts between two bounds, the day's instants if none are given."""
        first, last = bounds or Days.of(day, 1, self.crm.zone).span
        rows = self.store.reader().execute(f"SELECT id FROM visits {index} WHERE {where}", (person, first, last))
        return [str(row) for (row,) in rows]

    def _promised(self, person: str, day: date) -> list[Entry]:
        """Promises made on a day; a contact's id tells when it was made."""
        where = "person = ? AND live AND kind = 'promise' AND status <> 'done' AND id >= ? AND id < ?"
        return self.crm.agenda.of_ids(self._ids(where, person, day, bounds=self._ids_of(day)))

    def _agreed(self, contacts: Sequence[str]) -> dict[str, Entry]:
        """The next step planned for each contact, where there is one."""
        if not contacts:
            return {}
        marks = ",".join("?" * len(contacts))
        rows = self.store.reader().execute(
            f"SELECT id FROM visits INDEXED BY visits_follows WHERE follows IN ({marks}) AND follows IS NOT NULL "
            "AND live AND status = 'planned'",
            tuple(contacts),
        )
        found = self.crm.agenda.of_ids([str(row) for (row,) in rows])
        return {one.follows: one for one in reversed(found) if one.follows}

    def _ids_of(self, day: date) -> tuple[str, str]:
        """The bounds of the ids that were made on a day."""
        begin, end = (int(datetime.fromisoformat(at).timestamp() * 1000) for at in Days.of(day, 1, self.crm.zone).span)
        return f"{begin:012x}", f"{end:012x}"

    def _new_customers(self, person: str, day: date) -> int:
        (count,) = self.store.reader().execute(
            # A customer's id tells when it was made, so that the key itself narrows the day down.
            "SELECT count(*) FROM customers WHERE id >= ? AND id < ? AND owner = ? AND live",
            (*self._ids_of(day), person),
        ).fetchone()  # fmt: skip
        return int(count)

    def _id(self, person: str, day: date) -> str:
        return fixed_id("day_reports", person, day.isoformat())


def told(figures: dict[str, int]) -> str:
    """Figures as a report keeps them: those that are not zero."""
    return json.dumps({name: count for name, count in figures.items() if count}, sort_keys=True)


def _planned_on(entry: Entry, day: date) -> bool:
    return entry.planned is not None and entry.planned.date() == day


def _done_by(entry: Entry, day: date) -> bool:
    return entry.status == "done" and (entry.started is None or entry.started.date() <= day)


def _runs(row: Row, today: date) -> bool:
    """Whether a target's period holds today."""
    return bool(row["first_day"] <= today.isoformat() <= row["last_day"])
