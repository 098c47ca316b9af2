"""Commands for teams and shops: team, run-list, predict, handover."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.schedule import as_json, day_of, whose
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.agenda import Entry
    from crm_tui.services.consumption_profiles import Forecast
    from crm_tui.services.crm import Crm


@command("team")
@option("--week", metavar="DAY", help="The week that a day lies in; this one if not told.")
@option("--freeze", is_flag=True, help="Freeze the plans of that week first.")
def team_command(session: Session, week: str | None, freeze: bool) -> None:
    """A week as person by day: planned, done, late, missed, moved, unplanned."""
    from crm_tui.cli.shown import table
    from crm_tui.services.team import COUNTS

    crm = session.crm()
    on = day_of(crm, week) if week else crm.local_now().date()
    monday = on - timedelta(days=on.weekday())
    if freeze:
        crm.team.freeze(monday)
    grid = crm.team.grid(monday)
    people = [
        {
            **{"id": line.person, "name": line.name or None, "frozen": line.frozen},
            "days": [
                {"date": day.isoformat(), **{name: getattr(cell, name) for name in COUNTS}}
                for day, cell in zip(grid.days, line.cells, strict=True)
            ],
        }
        for line in grid.lines
    ]
    titles = ("", *(f"{day:%m-%d}" for day in grid.days), t("done / planned"))
    session.put(
        {"week": monday.isoformat(), "people": people},
        lambda: table(
            (
                (
                    line.name or t("nobody"),
                    *(_cell(cell) for cell in line.cells),
                    f"{line.total.done + line.total.late}/{line.total.planned}",
                )
                for line in grid.lines
            ),
            titles,
        ),
    )


def _cell(cell: Any) -> str:
    """One day in a few characters: done of planned, then what went otherwise."""
    if not cell.planned and not cell.unplanned:
        return "·"
    marks = [
        f"{sign}{count}"
        for sign, count in (("x", cell.missed), (">", cell.moved), ("~", cell.late), ("+", cell.unplanned))
        if count
    ]
    return " ".join([f"{cell.done + cell.late}/{cell.planned}", *marks])


@command("run-list")
@option("--day", metavar="DAY", help="Which day; today if not told.")
@option("--person", metavar="NAME", help="Whose; yours if not told.")
@option("--all", "everybody", is_flag=True, help="Everybody's.")
def run_list_command(session: Session, day: str | None, person: str | None, everybody: bool) -> None:
    """The errands of a day by area, to be printed: whom, what, where, how to get in, when they are paid."""
    crm = session.crm()
    on = day_of(crm, day) if day else crm.local_now().date()
    areas = crm.agenda.run_list(on, whose(crm, person, everybody))
    found = [{"area": area, "items": [_errand(crm, one) for one in entries]} for area, entries in areas]
    if not found:
        session.say(t("nothing is planned there"))
    session.put({"day": on.isoformat(), "areas": found}, lambda: _sheet(crm, on, found))


def _errand(crm: Crm, one: Entry) -> dict[str, Any]:
    """A line of the run list for JSON, with what the consumption profile knows."""
    profile = next(iter(crm.consumption_profiles.of(one.customer)), {})
    address = next(iter(crm.noun("addresses").of(one.customer)), {})
    street = " ".join(str(address[name]) for name in ("district", "street") if address.get(name))
    return {
        **as_json(one),
        **{"phones": crm.callbacks.numbers(one.customer, one.contact), "street": street or None},
        **{"product": profile.get("product"), "container": profile.get("container")},
        **{"access": profile.get("access"), "payday": profile.get("payday")},
    }


def _sheet(crm: Crm, day: date, areas: list[dict[str, Any]]) -> str:
    from crm_tui.cli.shown import shown_value

    lines = [t("Run list {day}", day=day.isoformat())]
    for area in areas:
        lines += ["", area["area"] or t("no area")]
        for one in area["items"]:
            kind = shown_value(crm, "visits", "kind", one["kind"])
            lines.append(f"[ ] {one['at'][11:16]}  {kind}  {one['name']}  {one['text']}".rstrip())
            details = [one["street"], one["place"], " ".join(one["phones"]), one["access"]]
            if one["container"]:
                details.append(t("container {n} g", n=one["container"]))
            if one["payday"]:
                details.append(t("payday {day}", day=one["payday"]))
            lines += [f"    {said}" for said in [" · ".join(filter(None, details))] if said]
    return "\n".join(lines)


@command("predict")
@argument("profile", metavar="ID")
@option("--plan", is_flag=True, help="Plan the delivery and the collection that follow from it.")
def predict_command(session: Session, profile: str, plan: bool) -> None:
    """When a customer has used up what was brought: a consumption profile's id, or a customer with one."""
    from crm_tui.cli.shown import pairs

    crm = session.crm()
    ident = crm.consumption_profiles.one_of(profile)
    if plan:
        crm.consumption_profiles.plan_visits([ident])
    one = crm.consumption_profiles.forecast(ident)
    data = _forecast(one)
    made = one.prediction
    rows: list[tuple[str, object]] = [(t("Customer"), one.name), (t("Product"), one.profile["product"])]
    if made is None:
        session.say(t("nothing is known yet to say it from: note a purchase first"))
    else:
        rows += [
            (t("Runs out"), f"{made.expected} ({made.earliest} – {made.latest})"),
            (t("Deliver"), str(one.deliver)),
            (t("Collect"), str(one.collect)),
            (t("Method"), f"{made.method}, n = {made.n}"),
            (t("Median gap"), t("{n} days", n=made.median_gap) if made.median_gap is not None else ""),
            (t("Last error"), t("{n} days", n=f"{made.last_error:+d}") if made.last_error is not None else ""),
        ]
    session.put(data, lambda: pairs(rows))


def _forecast(one: Forecast) -> dict[str, Any]:
    made = one.prediction
    window = None
    if made is not None:
        days = (made.earliest, made.expected, made.latest)
        window = dict(zip(("earliest", "expected", "latest"), map(str, days), strict=True))
    return {
        **{"id": one.profile["id"], "customer": one.customer, "name": one.name, "product": one.profile["product"]},
        **{"window": window, "median_gap": made.median_gap if made else None, "n": made.n if made else 0},
        **{"last_error": made.last_error if made else None, "method": made.method if made else None},
        **{"daily_use": made.daily_use if made else None, "deliver": str(one.deliver) if one.deliver else None},
        **{
            "collect": str(one.collect) if one.collect else None,
            "delivery": one.delivery,
            "collection": one.collection,
        },
    }


@command("handover")
@argument("giver", metavar="FROM")
@argument("taker", metavar="TO")
@option("--customer", "customers", multiple=True, metavar="ID", help="Only this customer; may be given several times.")
@option("--no-introduction", is_flag=True, help="Plan no introduction visits.")
@option("--first", metavar="DAY", help="The first day of introductions; the next working day if not told.")
@option("--reason", metavar="TEXT", default="", help="Why; it stands in the trail of owners.")
@option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def handover_command(
    session: Session,
    giver: str,
    taker: str,
    customers: tuple[str, ...],
    no_introduction: bool,
    first: str | None,
    reason: str,
    dry_run: bool,
) -> None:
    """Hand customers over to somebody else, with open plans and promises; introduction visits are planned."""
    from crm_tui.cli.shown import pairs

    crm = session.crm()
    one, two = (str(crm.people.find(name)["id"]) for name in (giver, taker))
    chosen = [crm.customers.resolve(text) for text in customers] or None
    load = crm.handovers.load(one, chosen)
    begin = day_of(crm, first) if first else None
    ids = [] if no_introduction else [row["id"] for row in load.customers]
    introductions = len(crm.handovers.introductions(two, ids, begin))
    action = None
    if not dry_run:
        action = crm.handovers.hand_over(one, two, chosen, not no_introduction, begin, reason).action
    data = {
        **{"from": one, "to": two, "customers": len(load.customers), "plans": len(load.plans)},
        **{"promises": load.promises, "overdue": load.overdue, "introductions": introductions, "action": action},
    }
    if dry_run:
        session.say(t("nothing was changed: this was a dry run"))
    rows: list[tuple[str, object]] = [
        (t("Customers"), len(load.customers)), (t("Open plans"), len(load.plans)), (t("Promises"), load.promises),
        (t("Overdue"), load.overdue), (t("Introductions"), introductions),
    ]  # fmt: skip
    session.put(data, lambda: pairs(rows))
