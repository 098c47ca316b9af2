"""P13s: agenda, week grid, dial queue, overdue and cadence with 200 people and 1,000,000 visits."""

from __future__ import annotations

import random
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.services.team import Team
from tests.bench import files, generate
from tests.bench.figures import Figure, bench
from tests.bench.measure_store import opened, p95, timed

PEOPLE = 200
VISITS = 1_000_000
CUSTOMERS = 100_000
_KINDS = ("visit", "call", "callback", "delivery", "collection", "meeting", "call", "visit")
_COLUMNS = (
    *("id", "created", "customer", "kind", "status", "summary", "outcome", "started", "minutes", "planned_start"),
    *("planned_minutes", "first_planned", "topic", "person", "origin"),
)


def scheduled() -> Path:
    """The file of 100,000 customers whose contact log is replaced by that of 200 people over three years."""
    source = files.bare(CUSTOMERS, 0.5)
    path = source.with_name(f"schedule-{source.name}")
    if path.exists():
        return path
    draft = path.with_suffix(".draft")
    draft.write_bytes(source.read_bytes())
    with closing(sqlite3.connect(draft)) as db:
        db.execute("DELETE FROM visits")
        people = [(f"{number:032x}", f"Person {number:03}") for number in range(PEOPLE)]
        db.executemany("INSERT INTO people(id, name) VALUES(?, ?)", people)
        customers = [row for (row,) in db.execute("SELECT id FROM customers WHERE live")]
        marks = ",".join("?" * len(_COLUMNS))
        db.executemany(
            f"INSERT INTO visits({','.join(_COLUMNS)}) VALUES({marks})", _visits(customers, [row for row, _ in people])
        )
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.rename(path)
    return path


def _visits(customers: list[str], people: list[str]) -> Iterator[tuple[object, ...]]:
    """Three years of plans: most done in time, some late, moved, missed, cancelled; the last month still open."""
    dice = random.Random(13)
    now = datetime.fromisoformat(generate.NOW)
    for number in range(VISITS):
        planned = now - timedelta(days=dice.randrange(-45, 1050), minutes=dice.randrange(600))
        ident = f"{int(planned.timestamp() * 1000):012x}7{number:019x}"
        roll, over = dice.random(), planned < now
        status = (
            "planned"
            if not over or roll < 0.002
            else "missed"
            if roll < 0.03
            else "cancelled"
            if roll < 0.05
            else "done"
        )
        late = timedelta(days=dice.randrange(1, 4)) if roll > 0.9 else timedelta()
        first = _stamp(planned - timedelta(days=dice.randrange(1, 9))) if dice.random() < 0.1 else None
        free = status == "done" and dice.random() < 0.25
        outcome = ("good", "neutral", "unreached")[number % 3] if status == "done" else None
        yield (
            *(ident, _stamp(planned), dice.choice(customers), _KINDS[number % 8], status),
            *("谈了报价" if status == "done" else None, outcome, _stamp(planned + late) if status == "done" else None),
            *(30 if status == "done" else None, None if free else _stamp(planned), 30, None if free else first),
            *("回访", people[dice.randrange(PEOPLE)], "hand"),
        )


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def questions(crm: Crm, person: str, day: date) -> dict[str, Callable[[], object]]:
    """What the screens ask first, by name."""
    monday = day - timedelta(days=day.weekday())
    team = Team(crm)
    return {
        "agenda of a person's day": lambda: crm.agenda.day(day, person),
        "agenda of a person's week": lambda: crm.agenda.week(day, person),
        "agenda of everybody's day, 200 lines": lambda: crm.agenda.day(day, limit=200),
        "overdue of a person": lambda: crm.agenda.overdue(person),
        "overdue of everybody, 200 lines": lambda: crm.agenda.overdue(limit=200),
        "week grid of 200 people": lambda: team.grid(monday),
        "one cell of it": lambda: crm.team.cell(person, monday),
        "dial queue of a person, 20": lambda: crm.callbacks.queue(person, 20),
        "dial queue of everybody, 20": lambda: crm.callbacks.queue(None, 20),
        "run list of a person": lambda: crm.agenda.run_list(day, person),
        "today of a person": lambda: crm.today.lines(person),
    }


@bench("P13s")
def schedule() -> Iterable[Figure]:
    """The first data of each, with another person each time."""
    with opened(scheduled()) as crm:
        people = [f"{number:032x}" for number in range(PEOPLE)]
        day = crm.local_now().date()
        for name in questions(crm, people[0], day):
            times = [timed(questions(crm, who, day)[name]) for who in people[:40]]
            yield Figure(f"{name}: p95 of {len(times)}", p95(times), "ms", 50, 25)
            yield Figure("  median", statistics.median(times), "ms")
