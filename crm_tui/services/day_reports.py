"""Day reports that compose themselves, and the pace against targets."""

from __future__ import annotations

import json
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
        entries: the contacts behind it.
        row: what was handed in already, None if nothing.
    """

    person: str
    name: str
    day: date
    figures: dict[str, int]
    entries: list[Entry]
    row: Row | None


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
        entries = self.crm.agenda.of_ids(cell.visits)
        took_place = self._done(person, day, day)
        figures["contacts"] = len(took_place)
        figures["minutes"] = sum(minutes or 0 for _, minutes in took_place)
        for kind, _ in took_place:
            figures[f"kind.{kind}"] = figures.get(f"kind.{kind}", 0) + 1
        figures["new_customers"] = self._new_customers(person, day)
        row = self._rows("id = ? AND live", (self._id(person, day),))
        return DayReport(
            person, str(self.crm.people.get(person)["name"]), day, figures, entries, row[0] if row else None
        )

    def hand_in(self, person: str, day: date, remarks: str = "") -> Changes:
        """Hand a day's report in, with the figures of now; again replaces what was handed in before."""
        report = self.compose(person, day)
        figures = json.dumps({name: count for name, count in report.figures.items() if count}, sort_keys=True)
        ident = self._id(person, day)
        row = self.noun.validate({"id": ident, "person": person, "day": day, "remarks": remarks, "figures": figures})
        told = {"noun": self.name, "name": report.name, "day": day.isoformat()}
        there = self._rows("id = ?", (ident,))
        with self.store.action("Day report of {name}, {day}", **told) as work:
            if not there:
                work.insert(self.name, {**row, "created": work.stamp})
            else:
                if there[0]["deleted"]:
                    work.write(self.name, [ident], "deleted", None)
                work.update(self.name, ident, {"remarks": row["remarks"], "figures": row["figures"]})
        return work.changes

    def waiting(self, since: date | None = None) -> list[Row]:
        """Reports that nobody has read yet, newest first."""
        begin = since or self.crm.local_now().date() - timedelta(days=31)
        return self._rows("live AND reviewed IS NULL AND day >= ? ORDER BY day DESC, id", (begin.isoformat(),))

    def pace(self, person: str) -> list[Pace]:
        """How a person's targets go whose period holds today."""
        today = self.crm.local_now().date()
        return [self._pace(row, today) for row in self.crm.noun("activity_targets").all() if _runs(row, person, today)]

    def _pace(self, row: Row, today: date) -> Pace:
        first, last = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
        took_place = self._done(row["person"], first, min(today, last))
        done = sum(row["kind"] is None or kind == row["kind"] for kind, _ in took_place)
        calendar = self.crm.calendar_days.calendar()
        whole = max(1, calendar.working_days_between(first, last + timedelta(days=1)))
        over = calendar.working_days_between(first, today)
        left = calendar.working_days_between(today, last + timedelta(days=1))
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

    def _new_customers(self, person: str, day: date) -> int:
        span = Days.of(day, 1, self.crm.zone).span
        begin, end = (int(datetime.fromisoformat(at).timestamp() * 1000) for at in span)
        (count,) = self.store.reader().execute(
            # A customer's id tells when it was made, so that the key itself narrows the day down.
            "SELECT count(*) FROM customers WHERE id >= ? AND id < ? AND owner = ? AND live",
            (f"{begin:012x}", f"{end:012x}", person),
        ).fetchone()  # fmt: skip
        return int(count)

    def _id(self, person: str, day: date) -> str:
        return fixed_id("day_reports", person, day.isoformat())


def _runs(row: Row, person: str, today: date) -> bool:
    """Whether a target is this person's and holds today."""
    first, last = row["first_day"], row["last_day"]
    return bool(row["person"] == person and first and last and first <= today.isoformat() <= last and row["target"])
