"""P13t: the desk with 1,000,000 tickets of 100,000 customers: queue, look-up, page of a ticket, report."""

from __future__ import annotations

import random
import sqlite3
import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.store.readers import Readers
from crm_tui.store.windows import Window
from crm_tui.ui.servicing.queue_rows import VIEWS, listing, read_state
from tests.bench import files, generate
from tests.bench.figures import Figure, bench
from tests.bench.measure_store import opened, p95, timed

PEOPLE = 200
TICKETS = 1_000_000
CUSTOMERS = 100_000
OPEN = 0.01
_KINDS = ("complaint", "request", "question", "complaint", "suggestion", "praise", "complaint", "request")
_SEVERITIES = (("critical", 30, 480), ("serious", 60, 960), ("normal", 240, 1920), ("slight", 480, 3840))
_TEXTS = (
    "冰柜不制冷，里面的肉化了",
    "delivery late again",
    "发票抬头错误",
    "machine leaks",
    "米里有小黑虫",
    "wrong price",
)
_CAUSES = ("product", "delivery", "invoice", "use", "service", "packing", None)
_COLUMNS = (
    *("id", "created", "live", "customer", "number", "kind", "text", "severity", "tier", "respond_within"),
    *(
        "resolve_within",
        "channel",
        "product",
        "received",
        "zone",
        "country",
        "state",
        "state_at",
        "state_by",
        "done_by",
    ),
    *("reviewed_by", "person", "cause", "due", "warn", "queue_key", "responded", "finished", "response_used"),
    *("resolve_used", "reopened", "cost"),
)
_STEPS = ("id", "created", "live", "customer", "ticket", "verb", "at", "person")


def ticketed() -> Path:
    """The file of 100,000 customers with tickets of three years, one in a hundred still open."""
    source = files.populated(CUSTOMERS)
    path = source.with_name(f"desk-{source.name}")
    if path.exists():
        return path
    draft = path.with_suffix(".draft")
    draft.write_bytes(source.read_bytes())
    with closing(sqlite3.connect(draft)) as db:
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            if "ticket" in trigger or "review" in trigger:
                db.execute(f"DROP TRIGGER {trigger}")  # the log of the rows is not what is measured
        customers = [row for (row,) in db.execute("SELECT id FROM customers WHERE live")]
        people = [row for (row,) in db.execute("SELECT id FROM people LIMIT ?", (PEOPLE,))]
        steps: list[tuple[object, ...]] = []
        db.executemany(
            f"INSERT INTO tickets({','.join(_COLUMNS)}) VALUES({','.join('?' * len(_COLUMNS))})",
            _tickets(customers, people, steps),
        )
        db.executemany(f"INSERT INTO ticket_steps({','.join(_STEPS)}) VALUES({','.join('?' * len(_STEPS))})", steps)
        db.execute(
            "INSERT INTO reviews(id, live, customer, ticket, at, score, recommend) SELECT 'f' || substr(id, 2), 1, "
            "customer, id, finished, rowid % 5 + 1, rowid % 11 FROM tickets WHERE state = 'closed' AND rowid % 3 = 0"
        )
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    draft.rename(path)
    return path


def _tickets(customers: list[str], people: list[str], steps: list[tuple[object, ...]]) -> Iterator[tuple[object, ...]]:
    dice = random.Random(17)
    now = datetime.fromisoformat(generate.NOW)
    for number in range(TICKETS):
        still = dice.random() < OPEN
        at = now - timedelta(minutes=dice.randrange(60, 20_000 if still else 1_570_000))
        ident = f"{int(at.timestamp() * 1000):012x}7{number:019x}"
        severity, respond, resolve = _SEVERITIES[number % 4]
        customer, worker = dice.choice(customers), people[dice.randrange(len(people))]
        used = dice.randrange(10, 3 * resolve)
        due, done = at + timedelta(minutes=3 * resolve), at + timedelta(minutes=used)
        state = ("received", "accepted", "done")[number % 3] if still else "closed"
        key = f"3{_stamp(done)}" if state == "done" else f"1{_stamp(due)}" if still else None
        over = None if state in ("received", "accepted") else _stamp(done)
        running = over is None
        yield (
            *(ident, _stamp(at), 1, customer, f"T-QKX-{number:07d}", _KINDS[number % 8], _TEXTS[number % 6], severity),
            *(("A", "B", None)[number % 3], respond, resolve, ("phone", "wechat", "email")[number % 3]),
            *(f"HY-{number % 40}", _stamp(at), "Asia/Shanghai", "CN", state, _stamp(at), worker),
            *(worker if over else None, people[0] if state == "closed" else None, worker, dice.choice(_CAUSES)),
            *(_stamp(due) if running else None, _stamp(due - timedelta(hours=1)) if running else None, key),
            *(_stamp(at + timedelta(minutes=20)), over, dice.randrange(400), used if over else None),
            *(int(number % 19 == 0), 5_000),
        )
        if still:
            verbs = ("receive", "accept", "done")[: 1 + number % 3]
            for place, verb in enumerate(verbs):
                moment = _stamp(at + timedelta(minutes=20 * place))
                steps.append((f"{number:030x}e{place}", moment, 1, customer, ident, verb, moment, worker))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def questions(crm: Crm, readers: Readers, person: str, digits: str) -> dict[str, Callable[[], object]]:
    """What the desk asks first, by name."""
    found = crm.store.reader().execute("SELECT id FROM tickets WHERE queue_key IS NOT NULL AND live LIMIT 1").fetchone()
    first = str(found[0]) if found else ""
    asked = {
        f"queue, first page: {view}": partial(_first_page, readers, view, person) for view in VIEWS
    }  # each with a window of its own, as the screen shows it
    return {
        **asked,
        "counts of the head line": lambda: read_state(crm),
        "look-up by the last digits": lambda: crm.callers.find(digits),
        "queue with clocks, 40 lines": lambda: crm.tickets.clocks(crm.tickets.queue(limit=40)),
        "late of everybody, 200 lines": lambda: crm.tickets.queue(late=True),
        "reviews of a person": lambda: crm.tickets.reviews_due(person),
        "known while a complaint is typed": lambda: crm.callers.known(None, "冰柜又不制冷了"),
        "clock of a ticket": lambda: crm.tickets.clock(first) if first else None,
    }


def _first_page(readers: Readers, view: str, person: str) -> object:
    return Window(readers, listing(view, person)).page(0, 40)


def reports(crm: Crm, day: date) -> dict[str, Callable[[], object]]:
    """The reports of a quarter and of a year."""
    return {
        "report of 90 days": lambda: crm.service_reports.of(day - timedelta(days=89), day),
        "report of 365 days": lambda: crm.service_reports.of(day - timedelta(days=364), day),
    }


@bench("P13t")
def desk() -> Iterable[Figure]:
    """The first data of each, with another person and other digits each time."""
    with opened(ticketed()) as crm:
        db = crm.store.reader()
        people = [row for (row,) in db.execute("SELECT id FROM people LIMIT 40")]
        numbers = [row[-4:] for (row,) in db.execute("SELECT digits FROM phones WHERE length(digits) > 7 LIMIT 40")]
        readers = Readers(lambda: _connect(crm.store.path))
        for name in questions(crm, readers, people[0], numbers[0]):
            pairs = [(people[n % len(people)], numbers[n]) for n in range(40)]
            times = [timed(questions(crm, readers, *pair)[name]) for pair in pairs]
            yield Figure(f"{name}: p95 of {len(times)}", p95(times), "ms", 50, 25)
            yield Figure("  median", statistics.median(times), "ms")
        for name, ask in reports(crm, crm.local_now().date()).items():
            times = [timed(ask) for _ in range(5)]
            yield Figure(f"{name}: median of 5", statistics.median(times), "ms", 1000, 500)


def _connect(path: Path) -> sqlite3.Connection:
    from crm_tui.store.driver import connect

    return connect(path)
