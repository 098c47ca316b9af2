"""Commands of the pipeline: deals, deal new|move|win|lose|next|grade, funnel, forecast."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, command, option
from crm_tui.cli.schedule import day_of, whose
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.board import Card, Head
    from crm_tui.services.crm import Crm
    from crm_tui.services.funnels import Whose

MONEY_HELP = "Such as 80k, “USD 1,200” or 12万."


@command("deals")
@option("--stage", metavar="NAME", help="Only this stage: its name, won or lost.")
@option("--owner", metavar="NAME", help="Only this person's.")
@option("--pipeline", metavar="NAME", help="Which pipeline; the first if not told.")
@option("--find", "text", metavar="TEXT", default="", help="Only those that contain this.")
@option("--no-next", "bare", is_flag=True, help="Only those without a next step.")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many a stage.")
def deals_command(
    session: Session, stage: str | None, owner: str | None, pipeline: str | None, text: str, bare: bool, limit: int
) -> None:
    """The deals by stage, with totals; money of several currencies is never added."""
    from crm_tui.services.board import BoardFilter

    crm = session.crm()
    way = _pipeline(crm, pipeline)
    wanted = BoardFilter(text, str(crm.people.find(owner)["id"]) if owner else None, bare)
    only = str(crm.stages.find(stage, way)["id"]) if stage else None
    heads = [head for head in crm.board.heads(way, wanted) if only in (None, head.rule.id)]
    found = [(head, crm.board.cards(head.rule, wanted, limit)) for head in heads]
    stages = [
        {
            **{"stage": head.name, "kind": head.rule.kind, "count": head.count, "total": head.total},
            **{"weighted": head.weighted, "rotting": head.rotting, "deals": [_card(card) for card in cards]},
        }
        for head, cards in found
    ]
    if not any(head.count for head in heads):
        session.say(t("there is no deal yet; begin with: crm-tui deal new CUSTOMER NAME"))
    session.put({"pipeline": way, "stages": stages}, lambda: "\n".join(_text(head, cards) for head, cards in found))


def _card(card: Card) -> dict[str, Any]:
    return {
        **{"id": card.id, "number": card.number, "name": card.name, "customer": card.customer_id},
        **{"customer_name": card.customer, "amount": card.amount, "currency": card.currency, "days": card.days},
        **{"rotting": card.rotting, "close_day": card.close_day.isoformat() if card.close_day else None},
        **{"owner": card.owner or None, "grade": card.grade or None, "believable": not card.stale},
        "next": {"at": card.step.isoformat(), "kind": card.step_kind} if card.step else None,
    }


def _text(head: Head, cards: list[Card]) -> str:
    from crm_tui.cli.shown import table

    totals = f"{head.name}  {head.count}  {money(head.total)}"
    if head.weighted and head.rule.kind == "open":
        totals += "  " + t("weighted {sum}", sum=money(head.weighted))
    rows = [
        (
            "! " + t("{n} d", n=card.days) if card.rotting else t("{n} d", n=card.days),
            card.number,
            money({card.currency: card.amount} if card.currency and card.amount is not None else {}),
            card.name,
            card.customer,
            f"{card.step:%m-%d}" if card.step else "? " + t("no next step") if head.rule.kind == "open" else "",
        )
        for card in cards
    ]
    return totals + ("\n" + table(rows, right=(0, 2)) if rows else "")


def money(sums: dict[str, int]) -> str:
    """Totals currency by currency, "-" for none."""
    from crm_tui.rules.amounts import show_money

    return " + ".join(show_money(amount, currency) for currency, amount in sums.items()) or "-"


@click.group("deal", cls=Family, help="Open a deal, move it, win it, lose it, say what comes next.")
def deal_command() -> None:
    """One deal."""


@deal_command.member("new", help="Open a deal with a customer.")
@argument("customer")
@argument("name", nargs=-1, required=True)
@option("--amount", metavar="MONEY", help=MONEY_HELP)
@option("--stage", metavar="NAME", help="Where it begins; the first stage if not told.")
@option("--pipeline", metavar="NAME", help="Which pipeline; the first if not told.")
@option("--close", "close_day", metavar="DAY", help="When it should be closed.")
@option("--owner", metavar="NAME", help="Whose; yours if not told.")
@option("--set", "more", metavar="FIELD=VALUE", multiple=True, help="Another field; may be repeated.")
def _new(session: Session, customer: str, name: tuple[str, ...], more: tuple[str, ...], **given: str | None) -> None:
    from crm_tui.cli.values import assignments

    crm = session.crm()
    way = _pipeline(crm, given["pipeline"])
    values = {**_values(crm, given), **assignments(crm, "deals", more), "pipeline": way}
    if given["stage"]:
        values["stage"] = crm.stages.find(given["stage"], way)["id"]
    if given["owner"]:
        values["owner"] = crm.people.find(given["owner"])["id"]
    changes = crm.deals.add({**values, "customer": crm.customers.resolve(customer), "name": " ".join(name)})
    _said(session, crm, changes.ids[0], changes.action)


@deal_command.member("move", help="Move a deal to another stage, with what the stage requires.")
@argument("deal", metavar="ID")
@argument("stage")
@option("--amount", metavar="MONEY", help=MONEY_HELP)
@option("--close", "close_day", metavar="DAY", help="When it should be closed.")
@option("--set", "more", metavar="FIELD=VALUE", multiple=True, help="Another field; may be repeated.")
def _move(session: Session, deal: str, stage: str, more: tuple[str, ...], **given: str | None) -> None:
    from crm_tui.cli.values import assignments

    crm = session.crm()
    one = crm.deals.resolve(deal)
    target = crm.stages.find(stage, crm.deals.get(one)["pipeline"])
    values = {**_values(crm, given), **assignments(crm, "deals", more, one)}
    changes = crm.deals.move([one], str(target["id"]), values)
    _said(session, crm, one, changes.action)


@deal_command.member("win", help="Say that a deal is won.")
@argument("deal", metavar="ID")
@option("--amount", metavar="MONEY", help=MONEY_HELP)
def _win(session: Session, deal: str, **given: str | None) -> None:
    crm = session.crm()
    one = crm.deals.resolve(deal)
    _said(session, crm, one, crm.deals.win(one, _values(crm, given)).action)


@deal_command.member("lose", help="Say that a deal is lost: why, to whom, and when to try again.")
@argument("deal", metavar="ID")
@argument("reason")
@option("--to", "lost_to", metavar="COMPETITOR", help="Who won it.")
@option("--gap", "price_gap", metavar="MONEY", help="How much dearer we were.")
@option("--again", "try_again", metavar="DAY", help="When to try again; plans a call.")
@option("--lessons", metavar="TEXT", help="What is to be learnt from it.")
def _lose(session: Session, deal: str, reason: str, **given: str | None) -> None:
    crm = session.crm()
    one = crm.deals.resolve(deal)
    _said(session, crm, one, crm.deals.lose(one, reason, _values(crm, given)).action)


@deal_command.member("next", help="Plan the next step of a deal.")
@argument("deal", metavar="ID")
@argument("when")
@argument("what", nargs=-1)
@option("--type", "kind", default="call", help="Its kind: call, visit, meeting …")
def _next(session: Session, deal: str, when: str, what: tuple[str, ...], kind: str) -> None:
    from crm_tui.cli.values import when as moment_of

    crm = session.crm()
    one = crm.deals.resolve(deal)
    _said(session, crm, one, crm.deals.plan_next(one, moment_of(crm, when), kind, " ".join(what)).action)


@deal_command.member("grade", help="Give a deal a prospect grade, with the reason.")
@argument("deal", metavar="ID")
@argument("grade")
@argument("reason", nargs=-1, required=True)
def _grade(session: Session, deal: str, grade: str, reason: tuple[str, ...]) -> None:
    crm = session.crm()
    one = crm.deals.resolve(deal)
    code = str(crm.prospect_grades.find(grade)["id"])
    _said(session, crm, one, crm.prospect_grades.grade(one, code, " ".join(reason)).action)


def _said(session: Session, crm: Crm, deal: str, action: int | None) -> None:
    """What every change of a deal prints."""
    row = crm.deals.get(deal)
    stage = crm.stages.get(row["stage"])
    session.say(t("{name} stands at “{stage}”", name=row["name"], stage=crm.stages.title_of(stage)))
    data = {"id": deal, "number": row["number"], "stage": stage["name_en"], "kind": stage["kind"], "action": action}
    session.put(data, str(row["number"]))


def _values(crm: Crm, given: dict[str, str | None]) -> dict[str, Any]:
    """The options that were given, days understood."""
    found: dict[str, Any] = {}
    for name in ("amount", "price_gap", "lost_to", "lessons"):
        if given.get(name):
            found[name] = given[name]
    for name in ("close_day", "try_again"):
        text = given.get(name)
        if text:
            found[name] = day_of(crm, text).isoformat()
    return found


def _pipeline(crm: Crm, name: str | None) -> str:
    rows = crm.pipelines.ensure()
    return str(crm.pipelines.find(name)["id"] if name else rows[0]["id"])


@command("funnel")
@option("--at", "at", metavar="DAY", help="As it stood at the end of this day.")
@option("--pipeline", metavar="NAME", help="Which pipeline; the first if not told.")
@option("--owner", metavar="NAME", help="Only this person's.")
def funnel_command(session: Session, at: str | None, pipeline: str | None, owner: str | None) -> None:
    """Per stage: count, sum, weighted sum, conversion, age of the middle deal; now or on a past day."""
    from crm_tui.cli.shown import table
    from crm_tui.services.pipelines import shown_name

    crm = session.crm()
    moment = _end_of(crm, day_of(crm, at)) if at else None
    funnel = crm.funnels.funnel(_pipeline(crm, pipeline), moment, _whose(crm, owner))
    items = [
        {
            **{"stage": shown_name(stage), "kind": stage["kind"], "count": one.count, "total": one.total},
            **{"weighted": one.weighted, "median_days": one.median_days, "entered": one.entered},
            **{"passed": one.passed, "conversion": one.conversion if stage["kind"] == "open" else None},
        }
        for stage, one in funnel.layers
    ]
    session.put(
        {"at": funnel.at.isoformat(), "stages": items},
        lambda: table(
            (
                (
                    one["stage"],
                    one["count"],
                    money(one["total"]),
                    money(one["weighted"]),
                    "" if one["median_days"] is None else one["median_days"],
                    "" if one["conversion"] is None else f"{one['conversion']} %",
                )
                for one in items
            ),
            (t("Stage"), t("Deals"), t("Sum"), t("Weighted"), t("Days"), t("Further")),
            right=(1, 2, 3, 4, 5),
        ),
    )


@command("forecast")
@option("--pipeline", metavar="NAME", help="Which pipeline; the first if not told.")
@option("--owner", metavar="NAME", help="Only this person's.")
def forecast_command(session: Session, pipeline: str | None, owner: str | None) -> None:
    """What each month should bring by expected close and probability, beside what was won."""
    from crm_tui.cli.shown import table

    crm = session.crm()
    months = crm.funnels.forecast(_pipeline(crm, pipeline), _whose(crm, owner))
    items = [
        {
            **{"month": one.month, "count": one.count, "total": one.total, "weighted": one.weighted},
            **{"won": one.won, "won_count": one.won_count},
        }
        for one in months
    ]
    names = {"overdue": t("overdue"), "undated": t("no date")}
    session.put(
        {"today": crm.local_now().date().isoformat(), "months": items},
        lambda: table(
            (
                (names.get(one.month, one.month), one.count, money(one.total), money(one.weighted), money(one.won))
                for one in months
            ),
            (t("Month"), t("Deals"), t("Sum"), t("Weighted"), t("Won")),
            right=(1, 2, 3, 4),
        ),
    )


def _whose(crm: Crm, owner: str | None) -> Whose:
    from crm_tui.services.funnels import Whose

    return Whose(whose(crm, owner, everybody=False) if owner else None)


def _end_of(crm: Crm, day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(crm.zone))
