"""Commands about the contact log: log, today."""

from __future__ import annotations

from typing import Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Refused
from crm_tui.words import t

KINDS = (
    *("visit", "call", "message", "email", "meeting", "promise", "delivery", "collection", "greeting", "survey"),
    *("callback", "other"),
)
_KINDS = click.Choice(KINDS)
OUTCOMES = click.Choice(["good", "neutral", "bad", "unreached", "declined"])
_CHANNELS = click.Choice(["phone", "wechat", "sms", "email", "online", "fax", "letter", "person"])


@command("log")
@argument("customer")
@argument("summary", nargs=-1, required=True)
@option("--type", "kind", type=_KINDS, default="visit", help="What kind of contact it was.")
@option("--at", metavar="WHEN", help="When it took place, such as 2026-11-24T09:30 or 昨天 15:00; now if not told.")
@option("--minutes", type=click.IntRange(0, 10_000), help="How long it took.")
@option("--outcome", type=OUTCOMES, help="How it went.")
@option("--channel", type=_CHANNELS, help="Through what.")
@option("--direction", type=click.Choice(["out", "in"]), help="Who began: we (out) or the customer (in).")
@option("--contact", metavar="NAME", help="The contact person.")
@option("--attendees", metavar="NAMES", help="Who else was there.")
@option("--next", "after", nargs=2, metavar="DATE TEXT", help="The next step: when and what.")
def log_command(
    session: Session,
    customer: str,
    summary: tuple[str, ...],
    at: str | None,
    contact: str | None,
    after: tuple[str, str] | None,
    **values: Any,
) -> None:
    """Log a contact with a customer: an id, a name, a number, or anything only one answers to."""
    from crm_tui.cli.shown import moment
    from crm_tui.cli.values import when

    crm = session.crm()
    row = crm.customers.resolve(customer)
    given = {name: value for name, value in values.items() if value is not None}
    if at is not None:
        given["started"] = when(crm, at)
    if contact is not None:
        given["contact"] = _contact(crm.contacts.of(row), contact)
    next_at = when(crm, after[0]) if after else None
    changes = crm.visits.log(row, {**given, "summary": " ".join(summary)}, next_at, after[1] if after else "")
    name = crm.customers.get(row)["name"]
    if next_at is not None and (warning := crm.no_calls.warning(row, values.get("kind"), given.get("contact"))):
        session.say(f"! {warning}")
    session.say(t("Logged with {name}", name=name))
    if next_at is not None and after:
        stamp = next_at.isoformat()
        session.say(t("Next: {when} {what}", when=moment(stamp, crm.zone), what=after[1]))
    session.put({"id": changes.ids[0], "customer": row, "action": changes.action}, changes.ids[0])


def _contact(rows: list[dict[str, Any]], text: str) -> str:
    found = [row for row in rows if text == row["id"] or text.casefold() == str(row["name"]).casefold()]
    if len(found) != 1:
        known = ", ".join(str(row["name"]) for row in rows) or "-"
        raise Refused(t("“{text}” is not one of: {known}", text=text, known=known))
    return str(found[0]["id"])


@command("today")
@option("--all", "everybody", is_flag=True, help="Everybody's lines, not only yours.")
@option("--limit", type=click.IntRange(1), default=500, help="At most so many.")
def today_command(session: Session, everybody: bool, limit: int) -> None:
    """What is due today: promised next steps, overdue first, then key dates near."""
    from crm_tui.cli.shown import shown_value, table

    crm = session.crm()
    me = None if everybody else crm.people.me()
    lines = crm.today.lines(str(me["id"]) if me else None, limit)
    items = [
        {
            **{"kind": line.kind, "customer": line.customer, "name": line.name},
            "at": line.at.isoformat() if line.at else None,
            **{"days": line.days, "text": line.text, "plan": line.plan, "what": line.what},
        }
        for line in lines
    ]
    if not items:
        session.say(t("nothing is due"))
    kinds = {"plan": "visits", "date": "key_dates"}
    session.put(
        {"day": crm.local_now().date().isoformat(), "count": len(items), "items": items},
        lambda: table(
            (
                _due(line.days),
                f"{line.at:%m-%d %H:%M}" if line.at else "",
                shown_value(crm, kinds[line.kind], "kind", line.what) if line.kind in kinds else _asked(line.what),
                line.name,
                line.text,
            )
            for line in lines
        ),
    )


def _asked(what: str) -> str:
    said = {"collect": t("collect"), "deliver": t("deliver"), "quote": t("quote ends")}
    return said.get(what, what)


def _due(days: int) -> str:
    if days > 0:
        return "! " + t("{n} d overdue", n=days)
    return t("today") if days == 0 else t("in {n} d", n=-days)
