"""Targets for activities: who is to make how many contacts of a kind until when, and how that goes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, option
from crm_tui.cli.schedule import day_of
from crm_tui.cli.session import Session
from crm_tui.cli.visits import KINDS
from crm_tui.errors import NotFound
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import Pace


@click.group(
    "targets",
    cls=Family,
    invoke_without_command=True,
    help="Targets for activities, with pace against target; set one, take one away.",
)
@option("--person", metavar="NAME", help="Only of this person.")
@option("--all", "everything", is_flag=True, help="Those that are over or still to begin as well.")
@click.pass_context
def targets_command(ctx: click.Context, person: str | None, everything: bool) -> None:
    """List them unless something is to be done."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Session), person, everything)


def _list(session: Session, person: str | None, everything: bool) -> None:
    from crm_tui.cli.shown import shown_value, table

    crm = session.crm()
    who = [str(crm.people.find(person)["id"])] if person else None
    paces = crm.day_reports.paces(who, running=not everything)
    items = [_as_json(crm, one) for of in paces.values() for one in of]
    if not items:
        session.say(t("no target runs now"))
    session.put(
        {"count": len(items), "items": items},
        lambda: table(
            [
                (
                    one["person"],
                    shown_value(crm, "visits", "kind", one["kind"]) if one["kind"] else t("all kinds"),
                    f"{one['from']} – {one['until']}",
                    f"{one['done']}/{one['target']}",
                    "! " + t("behind") if one["behind"] else "",
                    one["id"],
                )
                for one in items
            ],
            (t("Who"), t("Kind"), t("Period"), t("Done"), "", t("Id")),
        ),
    )


def _as_json(crm: Crm, one: Pace) -> dict[str, Any]:
    row = one.target
    return {
        **{"id": row["id"], "person": crm.people.get(row["person"])["name"], "kind": row["kind"]},
        **{"from": row["first_day"], "until": row["last_day"], "target": row["target"], "done": one.done},
        **{"expected": one.expected, "gap": one.gap, "days_left": one.days_left},
        **{"needed_a_day": one.needed / 10, "behind": one.behind},
    }


@targets_command.member("set", help="Set a target: who, how many, of what kind (all if none), in which period.")
@argument("person")
@argument("target", metavar="NUMBER", type=click.IntRange(1, 1_000_000))
@argument("kind", type=click.Choice(KINDS), required=False)
@option("--from", "first", metavar="DAY", help="The first day; that of this month if not told.")
@option("--until", "last", metavar="DAY", help="The last day; that of the month of the first if not told.")
def _set(session: Session, person: str, target: int, kind: str | None, first: str | None, last: str | None) -> None:
    crm = session.crm()
    begin = day_of(crm, first) if first else crm.local_now().date().replace(day=1)
    until = day_of(crm, last) if last else _month_end(begin)
    values = {
        **{"person": crm.people.find(person)["id"], "kind": kind, "target": target},
        **{"first_day": begin.isoformat(), "last_day": until.isoformat()},
    }
    changes = crm.noun("activity_targets").add(values)
    session.say(t("Target: {person}, {n}, {first} – {last}", person=person, n=target, first=begin, last=until))
    told = {"person": person, "kind": kind, "target": target, "from": begin.isoformat(), "until": until.isoformat()}
    session.put({"id": changes.ids[0], **told, "action": changes.action}, changes.ids[0])


@targets_command.member("trash", help="Take a target away; undo or restore brings it back.")
@argument("target", metavar="ID")
def _trash(session: Session, target: str) -> None:
    crm = session.crm()
    if target not in {row["id"] for row in crm.noun("activity_targets").all()}:
        raise NotFound(t("there is no target {id}", id=target))
    changes = crm.noun("activity_targets").trash(target)
    session.put({"id": target, "action": changes.action}, target)


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
