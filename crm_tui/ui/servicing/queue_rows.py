"""The queue of the desk: which lists there are, how a stored row is shown, and what its clock says just now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm_tui.rules.ticket_states import state_name, wait_name
from crm_tui.rules.working_time import WorkClock
from crm_tui.store.windows import Listing, Value
from crm_tui.store.windows import Row as Stored
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.when import since
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

COLUMNS = (
    *("tickets.due", "tickets.warn", "tickets.queue_key", "tickets.waiting", "tickets.state", "tickets.number"),
    *("tickets.severity", "tickets.text", "tickets.zone", "tickets.country", "tickets.customer"),
    "(SELECT name FROM customers WHERE customers.id = tickets.customer)",
    "(SELECT name FROM people WHERE people.id = tickets.person)",
    *("tickets.finished", "tickets.department"),
    "(SELECT name FROM people WHERE people.id = tickets.done_by)",
)
VIEWS = ("open", "mine", "reviews", "promises")
_OPEN = "live AND queue_key IS NOT NULL"
_BAD = {"critical": "!!", "serious": "!"}


@dataclass(frozen=True)
class DeskState:
    """What the queue needs beside its rows.

    Attributes:
        me: id of who sits here, None if unknown.
        works: working time by zone and country of what is open.
        open, late, warned, reviews, asked: how many are open, late, near it, to be reviewed by me, to be approved.
    """

    me: str | None = None
    works: Mapping[tuple[str, str], WorkClock] = field(default_factory=dict)
    open: int = 0
    late: int = 0
    warned: int = 0
    reviews: int = 0
    asked: int = 0


def read_state(crm: Crm) -> DeskState:
    """Count and lay out the working time, in a thread."""
    from crm_tui.store.desk_clocks import DeskTime

    db = crm.store.reader()
    me = crm.people.me()
    whose = str(me["id"]) if me else None
    now = crm.days_ago(0)
    desk = DeskTime(db)
    places = db.execute(f"SELECT DISTINCT zone, country FROM tickets WHERE {_OPEN} LIMIT 50").fetchall()
    (every,) = db.execute(f"SELECT count(*) FROM tickets WHERE {_OPEN}").fetchone()
    (late,) = db.execute(f"SELECT count(*) FROM tickets WHERE {_OPEN} AND queue_key < ?", (f"1{now}",)).fetchone()
    (warned,) = db.execute(
        "SELECT count(*) FROM tickets WHERE live AND warn IS NOT NULL AND warn <= ?", (now,)
    ).fetchone()
    (reviews,) = db.execute(
        f"SELECT count(*) FROM tickets WHERE {_OPEN} AND queue_key >= '3' AND done_by IS NOT ?", (whose,)
    ).fetchone()
    return DeskState(
        whose,
        {(zone or "", country or ""): desk.work(zone, country) for zone, country in places},
        every, late, max(0, warned - late), reviews, len(crm.grants.asked()),
    )  # fmt: skip


def read_ticket(ticket: str, crm: Crm) -> tuple[dict[str, Any], str, list[str], bool]:
    """A ticket, its customer's name and its clock's arithmetic, in a thread."""
    row = crm.tickets.get(ticket)
    clock = crm.tickets.clock(ticket)
    return row, str(crm.customers.get(row["customer"])["name"]), clock.said(), clock.late


def listing(view: str, me: str | None) -> Listing:
    """The list of a view, by the clock."""
    where, params = _OPEN, list[Value]()
    if view == "mine":
        where, params = f"{_OPEN} AND person = ?", [me]
    elif view == "reviews":
        where, params = f"{_OPEN} AND queue_key >= '3' AND done_by IS NOT ?", [me]
    elif view == "promises":
        where = f"{_OPEN} AND parent IS NOT NULL"
    return Listing("tickets", COLUMNS, sort="queue_key", where=where, params=tuple(params))


def headers() -> list[Column]:
    """The columns on the screen."""
    return [
        Column(t("Clock"), 8, align="right"),
        Column(t("Ticket"), 11, from_width=80, role="muted"),
        Column(t("Customer"), flex=2, least=8),
        Column(t("What"), flex=3, least=10),
        Column(t("State"), 15, from_width=56),
        Column(t("Who"), 9, from_width=66, role="muted"),
    ]


def present(stored: Stored, state: DeskState, now: datetime) -> Row:
    """A stored row of the queue as it is shown."""
    (ident, due, warn, key, waiting, ticket_state, number, severity, text, zone, country, _, customer, person, finished,
     department, worker) = stored  # fmt: skip
    clock, role = clock_text(due, warn, key, finished, state.works.get((str(zone or ""), str(country or ""))), now)
    what = " ".join(filter(None, (_BAD.get(str(severity)), str(department or ""), str(text or "").split("\n", 1)[0])))
    said = t("waits: {what}", what=wait_name(str(waiting))) if waiting else state_name(str(ticket_state or ""))
    who = str(person or "-")
    if ticket_state == "done":
        who = t("not {name}", name=str(worker or "?"))
    cells = (clock, str(number or ""), str(customer or ""), what, said, who)
    return Row(str(ident), cells, roles=(role, "", "", "bad" if severity == "critical" else ""))


def clock_text(
    due: Value, warn: Value, key: Value, finished: Value, work: WorkClock | None, now: datetime
) -> tuple[str, Role]:
    """What a clock says just now: working time left, overdue with "!", near its end with "*"."""
    if str(key or "").startswith("3"):
        return "+ " + (
            since(datetime.fromisoformat(str(finished)).astimezone(now.tzinfo), now) if finished else ""
        ), "accent"
    if str(key or "").startswith("2") or not due:
        return "= " + t("waits"), "muted"
    at = datetime.fromisoformat(str(due))
    left = work.minutes_between(now, at) if work is not None else int((at - now).total_seconds() // 60)
    if at <= now:
        return f"! {'-' if left < 0 else ''}{span(-left)}", "bad"
    near = warn is not None and datetime.fromisoformat(str(warn)) <= now
    return (f"* {span(left)}", "warn") if near else (span(left), "")


def span(minutes: int) -> str:
    """Hours and minutes of working time: "3:05", from 100 hours on "120 h"."""
    hours, rest = divmod(max(0, minutes), 60)
    return f"{hours}:{rest:02d}" if hours < 100 else t("{n} h", n=hours)
