"""Commands of the desk: complain, tickets, ticket, sla, call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Invalid
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.ticket_clocks import TicketClock
    from crm_tui.store.database import Changes

KINDS = click.Choice(["complaint", "request", "question", "suggestion", "praise"])
SEVERITIES = click.Choice(["critical", "serious", "normal", "slight"])
CHANNELS = click.Choice(["phone", "wechat", "sms", "email", "online", "fax", "letter", "person"])
WAITS = click.Choice(["customer", "part", "department"])
MOVES = ("respond", "accept", "refuse", "dispatch", "arrive", "wait", "resume", "done", "reopen", "note")
STEPS = click.Choice([*MOVES, "review", "close", "cause", "grant", "ask", "article", "need", "subtask"])


def item(crm: Crm, row: dict[str, Any], clock: TicketClock) -> dict[str, Any]:
    """A ticket for JSON; the keys are a contract."""
    from crm_tui.services.ticket_clocks import as_json

    names = crm.store.reader().execute(
        "SELECT (SELECT name FROM customers WHERE id = ?), (SELECT name FROM people WHERE id = ?)",
        (row["customer"], row["person"]),
    )
    customer, person = names.fetchone()
    return {
        **{"number": row["number"], "id": row["id"], "customer": row["customer"], "name": customer},
        **{"kind": row["kind"], "severity": row["severity"], "text": row["text"], "state": row["state"]},
        **{"waiting": row["waiting"], "person": person, "received": row["received"], "reopened": row["reopened"] or 0},
        **{"cause": row["cause"], "clock": as_json(clock)},
    }


@command("complain")
@argument("customer")
@argument("text", nargs=-1, required=True)
@option("--kind", type=KINDS, default="complaint", help="What kind of matter it is.")
@option("--severity", type=SEVERITIES, default="normal", help="How bad it is.")
@option("--channel", type=CHANNELS, default="phone", help="Through what.")
@option("--category", metavar="TEXT", help="What it is about, in your own words.")
@option("--product", metavar="TEXT", help="Which product.")
@option("--asset", metavar="TEXT", help="Which machine, by name or serial number.")
@option("--person", metavar="NAME", help="Whose it is to be.")
def complain_command(
    session: Session, customer: str, text: tuple[str, ...], person: str | None, **values: str | None
) -> None:
    """Take a complaint in, or a request, question, suggestion, praise."""
    crm = session.crm()
    row = crm.customers.resolve(customer)
    if person:
        values["person"] = crm.people.find(person)["id"]
    changes = crm.tickets.take_in(row, " ".join(text), values)
    _told(session, crm, changes.ids[0], changes)


@command("tickets")
@option("--open", "open_only", is_flag=True, help="Without those that are closed.")
@option("--late", is_flag=True, help="Only those whose standard is used up.")
@option("--person", metavar="NAME", help="Only this person's.")
@option("--customer", metavar="ID-OR-TEXT", help="Only this customer's.")
@option("--reviews", is_flag=True, help="What waits for your review callback.")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many.")
def tickets_command(
    session: Session,
    open_only: bool,
    late: bool,
    person: str | None,
    customer: str | None,
    reviews: bool,
    limit: int,
) -> None:
    """Tickets by their clocks: what is due first, what waits, what is to be reviewed."""
    crm = session.crm()
    who = str(crm.people.find(person)["id"]) if person else None
    if customer:
        found = crm.tickets.of_customer(crm.customers.resolve(customer), limit)
        rows = [row for row in found if row["queue_key"] is not None or not (open_only or late)]
    elif reviews:
        me = crm.people.me()
        rows = crm.tickets.reviews_due(str(me["id"]) if me else None, limit)
    else:
        rows = crm.tickets.queue(open_only=open_only, late=late, person=who, limit=limit)
    items = [item(crm, row, clock) for row, clock in zip(rows, crm.tickets.clocks(rows), strict=True)]
    if not items:
        session.say(t("no tickets"))
    session.put({"count": len(items), "items": items}, lambda: _table(items))


def _table(items: list[dict[str, Any]]) -> str:
    from crm_tui.cli.shown import table
    from crm_tui.rules.ticket_states import state_name

    return table(
        (
            left_text(one["clock"]),
            one["number"],
            one["name"],
            str(one["text"]).splitlines()[0],
            t("waiting") if one["waiting"] else state_name(one["state"]),
            one["person"] or "-",
        )
        for one in items
    )


def left_text(clock: dict[str, Any]) -> str:
    """What is left of a standard, as the queue shows it."""
    if clock["stopped"]:
        return "+"
    if clock["paused"]:
        return "="
    if clock["left_minutes"] is None:
        return "?"
    hours, rest = divmod(abs(clock["left_minutes"]), 60)
    return f"{'! -' if clock['left_minutes'] < 0 else ''}{hours}:{rest:02d}"


@command("sla")
@argument("ticket", metavar="NUMBER")
def sla_command(session: Session, ticket: str) -> None:
    """The clock of a ticket with its arithmetic, line by line."""
    crm = session.crm()
    row = crm.tickets.get(crm.tickets.resolve(ticket))
    found = item(crm, row, crm.tickets.clock(row["id"]))
    told = {"number": row["number"], "customer": row["customer"], "state": row["state"], **found["clock"]}
    session.put(told, lambda: "\n".join(told["lines"]))


@command("ticket")
@argument("ticket", metavar="NUMBER")
@argument("step", type=STEPS, required=False)
@argument("text", nargs=-1)
@option("--person", metavar="NAME", help="To whom it goes (dispatch), or who answers for it (cause).")
@option("--for", "why", type=WAITS, help="What is waited for.")
@option("--minutes", type=click.IntRange(0, 100_000), help="How long the work took.")
@option("--cost", type=float, help="Parts and travel, in money.")
@option("--amount", type=float, help="How much is granted, in money.")
@option("--kind", type=click.Choice(["compensation", "discount", "credit"]), help="What is granted.")
@option("--cause", metavar="CODE", help="The root cause.")
@option("--due", metavar="DAY", help="Until when (cause, subtask).")
@option("--department", metavar="NAME", help="Which department is asked (subtask).")
@option("--unsolved", is_flag=True, help="The customer says that it is not solved: it is reopened.")
@option("--attitude", type=click.IntRange(1, 5), help="How the customer was treated, 1 to 5.")
@option("--score", type=click.IntRange(1, 5), help="How satisfied the customer is, 1 to 5.")
@option("--recommend", type=click.IntRange(0, 10), help="Whether the customer recommends us, 0 to 10.")
def ticket_command(session: Session, ticket: str, step: str | None, text: tuple[str, ...], **given: Any) -> None:
    """Show a ticket, or take a step: respond, dispatch, wait, done, review …; what was said follows."""
    crm = session.crm()
    row = crm.tickets.resolve(ticket)
    if step is None:
        _show(session, crm, row)
        return
    changes = _taken(crm, row, step, " ".join(text), given)
    _told(session, crm, row, changes)


def _taken(crm: Crm, row: str, step: str, text: str, given: dict[str, Any]) -> Changes:
    """Do what a step asks for."""
    from crm_tui.services.tickets import Given

    if step in MOVES:
        person = crm.people.find(given["person"])["id"] if given["person"] else None
        cost = None if given["cost"] is None else round(given["cost"] * 100)
        solution = text if step == "done" and text else None
        told = Given(text, given["why"] or "", person, given["minutes"], cost, given["cause"], solution)
        return crm.tickets.step(row, step, told)
    if step in ("review", "close"):
        answers = {name: given[name] for name in ("attitude", "score", "recommend")}
        return crm.tickets.review(row, not given["unsolved"], {**answers, "text": text or None})
    return _beside(crm, row, step, text, given)


def _beside(crm: Crm, row: str, step: str, text: str, given: dict[str, Any]) -> Changes:
    """What is done beside the steps: cause, grant, knowledge, need, sub-task."""
    from crm_tui.cli.schedule import day_of
    from crm_tui.cli.values import when

    person = crm.people.find(given["person"])["id"] if given["person"] else None
    if step == "cause":
        if not given["cause"]:
            raise Invalid({"cause": t("say which, with --cause")})
        due = day_of(crm, given["due"]) if given["due"] else None
        action = {"text": text, "person": person, "due": due} if text else None
        return crm.corrective_actions.set_cause(row, given["cause"], action)
    if step == "grant":
        amount = round((given["amount"] or 0) * 100)
        return crm.grants.give(row, {"kind": given["kind"] or "compensation", "amount": amount, "reason": text})
    if step == "ask":
        return crm.articles.ask(row)
    if step == "article":
        return crm.articles.from_ticket(row)
    if step == "need":
        return crm.tickets.need(row, text)
    if not given["due"]:
        raise Invalid({"due": t("say when it is promised for, with --due")})
    return crm.tickets.subtask(row, given["department"] or "", text, when(crm, given["due"]), person)


def _told(session: Session, crm: Crm, row: str, changes: Changes) -> None:
    found = crm.tickets.get(row)
    told = item(crm, found, crm.tickets.clock(row))
    session.say(f"{found['number']} · {told['name']}")
    session.put({**told, "action": changes.action}, lambda: _table([told]))


def _show(session: Session, crm: Crm, row: str) -> None:
    from crm_tui.cli.shown import moment, pairs, shown_value, table

    found = crm.tickets.get(row)
    told = item(crm, found, crm.tickets.clock(row))
    log = [
        {
            **{
                "at": one["at"],
                "step": one["verb"],
                "person": shown_value(crm, "ticket_steps", "person", one["person"]),
            },
            **{"reason": one["reason"], "why": one["why"], "minutes": one["minutes"], "cost": one["cost"]},
        }
        for one in crm.tickets.log(row)
    ]
    steps = list(crm.tickets.possible(row))

    def text() -> str:
        names = ("number", "kind", "severity", "state", "waiting", "person", "product", "category", "cause", "solution")
        from crm_tui.cli.shown import label

        head = pairs((label("tickets", one), shown_value(crm, "tickets", one, found[one])) for one in names)
        lines = table(
            (
                moment(one["at"], crm.zone),
                shown_value(crm, "ticket_steps", "verb", one["step"]),
                one["person"],
                one["reason"],
            )
            for one in log
        )
        return "\n\n".join([f"{told['name']}\n{found['text']}", head, lines, "\n".join(told["clock"]["lines"])])

    session.put({**told, "log": log, "steps": steps}, text)
