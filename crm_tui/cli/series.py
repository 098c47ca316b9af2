"""Series of plans: list, make, look at, and one occurrence left out or moved without breaking the rest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, option
from crm_tui.cli.schedule import day_of, whose
from crm_tui.cli.session import Session
from crm_tui.cli.visits import KINDS
from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.series import Series
    from crm_tui.services.crm import Crm
    from crm_tui.services.series import Listed


@click.group(
    "series",
    cls=Family,
    invoke_without_command=True,
    help="Series of plans, the soonest first; make one, leave one occurrence out, move one, end it.",
)
@option("--person", metavar="NAME", help="Whose; yours if not told.")
@option("--all", "everybody", is_flag=True, help="Everybody's.")
@option("--customer", metavar="TEXT", help="Only of this customer.")
@click.pass_context
def series_command(ctx: click.Context, person: str | None, everybody: bool, customer: str | None) -> None:
    """List them unless something is to be done."""
    if ctx.invoked_subcommand is None:
        _list(ctx.ensure_object(Session), person, everybody or customer is not None, customer)


def _list(session: Session, person: str | None, everybody: bool, customer: str | None) -> None:
    from crm_tui.cli.shown import shown_value, table

    crm = session.crm()
    found = crm.series.listed(whose(crm, person, everybody))
    if customer is not None:
        asked = crm.customers.resolve(customer)
        found = [one for one in found if crm.customers.root(one.row["customer"]) == asked]
    items = [_as_json(one) for one in found]
    if not items:
        session.say(t("there is no series yet"))
    session.put(
        {"count": len(items), "items": items},
        lambda: table(
            [
                (
                    f"{one.next:%Y-%m-%d %H:%M}" if one.next else "",
                    one.name,
                    shown_value(crm, "visits", "kind", str(one.row["kind"])),
                    one.row["topic"] or "",
                    item["words"],
                    one.person,
                    one.row["id"],
                )
                for one, item in zip(found, items, strict=True)
            ],
            (t("Next"), t("Customer"), t("Kind"), t("About"), t("Rule"), t("Who"), t("Id")),
        ),
    )


def _as_json(one: Listed) -> dict[str, Any]:
    from crm_tui.rules.series_words import describe

    row = one.row
    return {
        **{"id": row["id"], "customer": row["customer"], "name": one.name, "kind": row["kind"]},
        **{"topic": row["topic"], "rule": row["rule"], "words": describe(one.rule), "minutes": row["minutes"]},
        **{"person": one.person or None, "next": one.next.isoformat() if one.next else None, "over": one.over},
    }


@series_command.member("add", help="Make a series: with whom, how often, what kind, what for.")
@argument("customer")
@argument("rule", metavar="HOW-OFTEN")
@argument("kind", type=click.Choice(KINDS))
@argument("text", nargs=-1)
@option("--minutes", type=click.IntRange(0, 10_000), help="How long it is to take.")
@option("--person", metavar="NAME", help="Whose it is; yours if not told.")
@option("--place", metavar="TEXT", help="Where.")
@option("--days-off", type=click.Choice(("keep", "before", "after", "skip")), help="What holidays do to it.")
def _add(
    session: Session,
    customer: str,
    rule: str,
    kind: str,
    text: tuple[str, ...],
    minutes: int | None,
    person: str | None,
    place: str | None,
    days_off: str | None,
) -> None:
    crm = session.crm()
    row = crm.customers.resolve(customer)
    values: dict[str, Any] = {"minutes": minutes, "place": place}
    if person:
        values["person"] = crm.people.find(person)["id"]
    if warning := crm.no_calls.warning(row, kind):
        session.say(f"! {warning}")
    changes = crm.series.create(row, _rule(crm, row, rule, days_off), kind, " ".join(text), values)
    _said(session, crm, changes.ids[0], changes.action)


@series_command.member("show", help="The next occurrences of a series, with what was done to single ones.")
@argument("series", metavar="ID")
@option("--count", type=click.IntRange(1, 500), default=10, help="How many.")
def _show(session: Session, series: str, count: int) -> None:
    from crm_tui.cli.shown import table

    crm = session.crm()
    row = _series(crm, series)
    coming = [
        {
            **{"day": one.original.date().isoformat(), "at": one.at.isoformat(), "ruled": one.ruled.isoformat()},
            **{"state": one.state or "to come", "shifted": one.shifted, "reason": one.reason or None},
            "plan": one.plan,
        }
        for one in crm.series.coming(row["id"], count)
    ]
    session.put(
        {**_listed(crm, row["id"]), "coming": coming},
        lambda: table([(one["day"], str(one["at"])[:16].replace("T", " "), one["state"]) for one in coming]),
    )


@series_command.member("skip", help="Leave the occurrence of one day out.")
@argument("series", metavar="ID")
@argument("day", metavar="DAY")
@option("--reason", metavar="TEXT", default="", help="Why.")
def _skip(session: Session, series: str, day: str, reason: str) -> None:
    crm = session.crm()
    row = _series(crm, series)
    changes = crm.series.skip(row["id"], _original(crm, row["id"], day), reason)
    _said(session, crm, row["id"], changes.action)


@series_command.member("move", help="Move the occurrence of one day; the others stay.")
@argument("series", metavar="ID")
@argument("day", metavar="DAY")
@argument("when", metavar="WHEN")
@option("--reason", metavar="TEXT", default="", help="Why.")
def _move(session: Session, series: str, day: str, when: str, reason: str) -> None:
    from crm_tui.cli.values import when as moment_of

    crm = session.crm()
    row = _series(crm, series)
    changes = crm.series.move(row["id"], _original(crm, row["id"], day), moment_of(crm, when), reason)
    _said(session, crm, row["id"], changes.action)


@series_command.member("put-back", help="Bring back the occurrence of one day that was left out.")
@argument("series", metavar="ID")
@argument("day", metavar="DAY")
def _put_back(session: Session, series: str, day: str) -> None:
    crm = session.crm()
    row = _series(crm, series)
    changes = crm.series.put_back(row["id"], _original(crm, row["id"], day))
    _said(session, crm, row["id"], changes.action)


@series_command.member("change", help="Give a series another rule; what was done to single ones stays.")
@argument("series", metavar="ID")
@argument("rule", metavar="HOW-OFTEN")
@option("--days-off", type=click.Choice(("keep", "before", "after", "skip")), help="What holidays do to it.")
def _change(session: Session, series: str, rule: str, days_off: str | None) -> None:
    crm = session.crm()
    row = _series(crm, series)
    changes = crm.series.change(row["id"], _rule(crm, row["customer"], rule, days_off))
    _said(session, crm, row["id"], changes.action)


@series_command.member("end", help="End a series: from this day on nothing comes.")
@argument("series", metavar="ID")
@argument("day", metavar="DAY", default="today")
def _end(session: Session, series: str, day: str) -> None:
    crm = session.crm()
    row = _series(crm, series)
    changes = crm.series.end(row["id"], day_of(crm, day))
    if crm.series.get(row["id"])["deleted"]:
        session.say(t("It had not begun: it is in the trash."))
        session.put({"id": row["id"], "action": changes.action}, row["id"])
    else:
        _said(session, crm, row["id"], changes.action)


def _rule(crm: Crm, customer: str, words: str, days_off: Any) -> Series:
    """The rule that words say, read as in one line.

    Raises:
        Refused: if they say none, or something of them is unclear.
    """
    from dataclasses import replace

    found = crm.captures.read(words, customer=crm.customers.root(customer))
    unclear = "; ".join(f"{found.captured.said(one)}: {one.reason}" for one in found.captured.unclear)
    if found.rule is None or unclear or found.captured.text:
        why = unclear or found.problem or found.captured.text
        said = t("no series is told by “{words}” (say “every 2 weeks on fri 10:00”)", words=words)
        raise Refused(f"{said}: {why}" if why else said)
    return replace(found.rule, rule=days_off) if days_off else found.rule


def _series(crm: Crm, text: str) -> dict[str, Any]:
    """The series of an id, or of a customer who has only one.

    Raises:
        NotFound: if there is none, or several.
    """
    known = crm.series.listed()
    if found := next((one.row for one in known if one.row["id"] == text), None):
        return found
    customer = crm.customers.resolve(text)
    of = [one for one in known if crm.customers.root(one.row["customer"]) == customer and not one.over]
    if len(of) != 1:
        there = "; ".join(f"{one.row['id']} {one.row['topic'] or one.row['kind']}" for one in of[:8]) or "-"
        raise NotFound(t("one series is needed; there are: {known}", known=there))
    return of[0].row


def _original(crm: Crm, series: str, text: str) -> datetime:
    """The occurrence that a day means: that of the rule, or the one that a day off moved there.

    Raises:
        Invalid: if the series has none on that day.
    """
    day = day_of(crm, text)
    on = [one.original for one in crm.series.coming(series, 200) if day in (one.original.date(), one.ruled.date())]
    if not on:
        raise Invalid({"day": t("the series has nothing on {day}", day=day.isoformat())})
    return on[0]


def _listed(crm: Crm, series: str) -> dict[str, Any]:
    return next(_as_json(one) for one in crm.series.listed() if one.row["id"] == series)


def _said(session: Session, crm: Crm, series: str, action: int | None) -> None:
    """A series as it is now, and what was done."""
    data = _listed(crm, series)
    session.say(t("{name}: {rule}", name=data["name"], rule=data["words"]))
    session.put({**data, "action": action}, series)
