"""The command of a ringing phone: call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.cli.visits import OUTCOMES
from crm_tui.errors import Refused
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@command("call")
@argument("digits")
@argument("summary", nargs=-1)
@option("--new", metavar="NAME", help="Make a customer of a caller whom nobody knows.")
@option(
    "--direction", type=click.Choice(["in", "out"]), default="in", help="Who called: the customer (in) or we (out)."
)
@option("--outcome", type=OUTCOMES, help="How it went.")
@option("--minutes", type=click.IntRange(0, 10_000), help="How long it took.")
def call_command(session: Session, digits: str, summary: tuple[str, ...], new: str | None, **values: Any) -> None:
    """Who rings, by digits or a name: open tickets and promises first. What follows is logged as the reason."""
    crm = session.crm(create=new is not None)
    if new is not None:
        crm.callers.new(new, digits)
    found = crm.callers.find(digits)
    callers = [{**_caller(crm, one.customer), "why": one.why} for one in found]
    logged = None
    if summary:
        if len(found) != 1:
            raise Refused(t("{n} customers answer to {digits}; say more digits to log the call", n=len(found),
                            digits=digits))  # fmt: skip
        logged = crm.callers.log(found[0].customer, " ".join(summary), values).action
    if not callers:
        session.say(t("nobody is known by {digits}; make a customer with --new NAME", digits=digits))
    data = {"digits": digits, "known": bool(callers), "count": len(callers), "items": callers, "logged": logged}
    session.put(data, lambda: "\n\n".join(map(_text, callers)))


def _caller(crm: Crm, customer: str) -> dict[str, Any]:
    from crm_tui.cli.tickets import item

    card = crm.callers.card(customer)
    rows = card["tickets"]
    said = card["satisfaction"]
    return {
        **{name: card[name] for name in ("customer", "name", "phones", "instructions", "care", "no_go")},
        "tickets": [item(crm, row, clock) for row, clock in zip(rows, crm.tickets.clocks(rows), strict=True)],
        "promises": [{"id": row["id"], "at": row["planned_start"], "text": row["topic"]} for row in card["promises"]],
        "last": [{"at": row["started"], "kind": row["kind"], "text": row["summary"]} for row in card["last"]],
        "satisfaction": {"latest": said.latest, "at": said.at, "source": said.source, "mean": said.mean, "n": said.n},
    }


def _text(one: dict[str, Any]) -> str:
    from crm_tui.cli.tickets import left_text

    lines = [f"{one['name']}  {'  '.join(one['phones'])}"]
    lines += [f"  {left_text(row['clock'])}  {row['number']}  {row['text']}" for row in one["tickets"]]
    lines += ["  " + t("promised: {text}", text=row["text"] or "-") for row in one["promises"]]
    lines += [f"  ! {one[name]}" for name in ("instructions", "no_go") if one[name]]
    lines += [f"  {str(row['at'])[:10]}  {row['text'] or ''}" for row in one["last"]]
    return "\n".join(lines)
