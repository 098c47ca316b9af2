"""Commands of the registers: lead, leads."""

from __future__ import annotations

from typing import Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t

KINDS = click.Choice(["call_in", "walk_in", "web", "fair", "referral", "campaign", "other"])


@command("lead")
@argument("name")
@argument("interest", nargs=-1)
@option("--kind", type=KINDS, default="call_in", help="How it came.")
@option("--company", metavar="NAME", help="Where he works.")
@option("--phone", metavar="NUMBER", help="His number.")
@option("--email", metavar="ADDRESS", help="His address.")
@option("--source", metavar="TEXT", help="How they heard of us.")
@option("--owner", metavar="NAME", help="Who goes on with it; you if not told.")
def lead_command(session: Session, name: str, interest: tuple[str, ...], owner: str | None, **given: Any) -> None:
    """Write a line into the register: who called or walked in, and what for; tells who may be the same."""
    crm = session.crm(create=True)
    values = {**given, "name": name, "interest": " ".join(interest) or None}
    if owner:
        values["owner"] = crm.people.find(owner)["id"]
    changes = crm.leads.add(values)
    ident = changes.ids[0]
    row = crm.leads.get(ident)
    alike = crm.leads.alike(name, str(row["phone"] or ""), str(row["email"] or ""), ident)
    for one in alike:
        session.say("? " + t("may be the same: {name} ({why})", name=one.name, why=one.why))
    session.put(
        {
            **{"id": ident, "due": row["due"], "action": changes.action},
            "alike": [{"noun": one.noun, "id": one.id, "name": one.name, "why": one.why} for one in alike],
        },
        ident,
    )


@command("leads")
@option("--owner", metavar="NAME", help="Only this person's.")
@option("--closed", is_flag=True, help="Those that were converted or discarded.")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many.")
def leads_command(session: Session, owner: str | None, closed: bool, limit: int) -> None:
    """The leads that are open, those that wait for a first answer first."""
    from crm_tui.cli.shown import moment, plain, shown_value, table

    crm = session.crm()
    mine = str(crm.people.find(owner)["id"]) if owner else None
    rows = crm.leads.closed(limit) if closed else crm.leads.queue(mine, limit)
    if not rows:
        session.say(t("there is no lead"))
    today = crm.leads.register(crm.local_now().date())
    session.put(
        {
            **{"count": len(rows), "items": [plain(row) for row in rows]},
            "today": {"came": today.came, "count": today.count, "reachable": today.reachable},
        },
        lambda: table(
            (
                moment(row["due"], crm.zone),
                shown_value(crm, "leads", "state", row["state"]),
                shown_value(crm, "leads", "kind", row["kind"]),
                row["name"],
                row["company"],
                row["phone"],
                row["interest"],
                row["id"],
            )
            for row in rows
        ),
    )
