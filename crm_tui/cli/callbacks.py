"""The dial queue: callbacks, and what came of one of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, option
from crm_tui.cli.schedule import as_json, plan_of, whose
from crm_tui.cli.session import Session
from crm_tui.cli.visits import OUTCOMES
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes


@click.group(
    "callbacks",
    cls=Family,
    invoke_without_command=True,
    help="The calls that are due, the oldest first, with their numbers; what came of one.",
)
@option("--person", metavar="NAME", help="Whose; yours if not told.")
@option("--all", "everybody", is_flag=True, help="Everybody's.")
@option("--limit", type=click.IntRange(1), default=50, help="At most so many.")
@click.pass_context
def callbacks_command(ctx: click.Context, person: str | None, everybody: bool, limit: int) -> None:
    """List the queue unless an outcome is told."""
    if ctx.invoked_subcommand is None:
        _queue(ctx.ensure_object(Session), person, everybody, limit)


def _queue(session: Session, person: str | None, everybody: bool, limit: int) -> None:
    from crm_tui.cli.shown import table

    crm = session.crm()
    dials = crm.callbacks.queue(whose(crm, person, everybody), limit)
    items = [
        {
            **as_json(dial.entry),
            **{"contact": dial.contact or None, "phones": list(dial.phones), "attempt": dial.entry.attempt},
            **{"last_contact": dial.last_contact, "asked_not": dial.asked_not},
        }
        for dial in dials
    ]
    if not items:
        session.say(t("nobody is to be called"))
    if held := len(crm.callbacks.held(whose(crm, person, everybody), limit)):
        session.say("! " + t("{n} asked not to be called: held back", n=held))
    session.put(
        {"count": len(items), "items": items},
        lambda: table(
            (
                f"{dial.entry.at:%m-%d %H:%M}",
                dial.phones[0] if dial.phones else "-",
                dial.entry.name,
                dial.contact,
                t("try {n}", n=dial.entry.attempt) if dial.entry.attempt > 1 else "",
                dial.entry.topic,
                dial.entry.id,
            )
            for dial in dials
        ),
    )


@callbacks_command.member("done", help="Somebody was reached.")
@argument("plan", metavar="ID")
@argument("summary", nargs=-1)
@option("--outcome", type=OUTCOMES, help="How it went.")
@option("--next", "after", metavar="WHEN", help="When the next contact is planned.")
@option("--next-text", metavar="TEXT", default="", help="What for.")
def _done(
    session: Session, plan: str, summary: tuple[str, ...], outcome: str | None, after: str | None, next_text: str
) -> None:
    from crm_tui.cli.values import when

    crm = session.crm()
    row = plan_of(crm, plan)
    values = {"summary": " ".join(summary) or None, "outcome": outcome}
    at = when(crm, after) if after else None
    given = {name: value for name, value in values.items() if value is not None}
    changes = crm.callbacks.reached(row["id"], given, at, next_text)
    session.say(t("Logged with {name}", name=crm.customers.get(row["customer"])["name"]))
    _said(session, crm, row, changes, at)


@callbacks_command.member("no-answer", help="Nobody answered: the next try is planned by itself.")
@argument("plan", metavar="ID")
def _no_answer(session: Session, plan: str) -> None:
    crm = session.crm()
    row = plan_of(crm, plan)
    changes, at = crm.callbacks.no_answer(row["id"])
    if at is None:
        session.say(t("That was the last try"))
    else:
        session.say(t("Next try: {when}", when=f"{at:%m-%d %H:%M}"))
    _said(session, crm, row, changes, at)


@callbacks_command.member("wrong-number", help="The number is not theirs: it goes to the trash.")
@argument("plan", metavar="ID")
@option("--number", metavar="NUMBER", help="Which number; the first of the list if not told.")
def _wrong_number(session: Session, plan: str, number: str | None) -> None:
    crm = session.crm()
    row = plan_of(crm, plan)
    changes, left = crm.callbacks.wrong_number(row["id"], number)
    session.say(
        t("Numbers that are left: {numbers}", numbers=", ".join(left)) if left else t("There is no number left")
    )
    _said(session, crm, row, changes, None, phones=left)


@callbacks_command.member("later", help="They asked to be called at another time.")
@argument("plan", metavar="ID")
@argument("when", nargs=-1, required=True)
def _later(session: Session, plan: str, when: tuple[str, ...]) -> None:
    from crm_tui.cli.values import when as moment_of

    crm = session.crm()
    row = plan_of(crm, plan)
    at = moment_of(crm, " ".join(when))
    changes = crm.callbacks.call_later(row["id"], at)
    session.say(t("Moved to {when}", when=f"{at:%m-%d %H:%M}"))
    _said(session, crm, row, changes, at)


def _said(
    session: Session, crm: Crm, row: dict[str, Any], changes: Changes, at: datetime | None, **more: object
) -> None:
    """The result of every outcome: what it was about, and when the next contact is."""
    from zoneinfo import ZoneInfo

    coming = at.astimezone(ZoneInfo(crm.zone)).isoformat() if at is not None else None
    data = {"id": row["id"], "customer": row["customer"], "next": coming, "action": changes.action, **more}
    session.put(data, row["id"])
