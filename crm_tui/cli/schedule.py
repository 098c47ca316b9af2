"""Commands about plans: plan, add, done, move, move-day, agenda."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.cli.visits import KINDS, OUTCOMES
from crm_tui.errors import Invalid, NotFound
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.agenda import Entry
    from crm_tui.services.crm import Crm


@command("plan")
@argument("customer")
@argument("when")
@argument("kind", type=click.Choice(KINDS))
@argument("text", nargs=-1)
@option("--minutes", type=click.IntRange(0, 10_000), help="How long it is to take.")
@option("--person", metavar="NAME", help="Whose it is; yours if not told.")
@option("--place", metavar="TEXT", help="Where.")
def plan_command(
    session: Session,
    customer: str,
    when: str,
    kind: str,
    text: tuple[str, ...],
    minutes: int | None,
    person: str | None,
    place: str | None,
) -> None:
    """Plan a contact: with whom, when ("next wed 15:00", 明天上午), what kind, what for."""
    from crm_tui.cli.shown import moment
    from crm_tui.cli.values import when as moment_of

    crm = session.crm()
    row = crm.customers.resolve(customer)
    at = moment_of(crm, when)
    values: dict[str, Any] = {"planned_minutes": minutes, "place": place}
    if person:
        values["person"] = crm.people.find(person)["id"]
    changes = crm.visits.plan(row, at, kind, " ".join(text), values)
    name = crm.customers.get(row)["name"]
    if warning := crm.no_calls.warning(row, kind):
        session.say(f"! {warning}")
    session.say(t("Planned with {name}: {when}", name=name, when=moment(at.isoformat(), crm.zone)))
    data = {"id": changes.ids[0], "customer": row, "at": _iso(crm, at), "action": changes.action}
    session.put(data, changes.ids[0])


@command("add")
@argument("line", nargs=-1, required=True)
@option("--yes", is_flag=True, help="Write it without asking.")
@option("--past", is_flag=True, help="It logs what was: days without a year are the last ones.")
def add_command(session: Session, line: tuple[str, ...], yes: bool, past: bool) -> None:
    """Write one line as people say it: who, when, what, in English or Chinese, in any order."""
    import sys

    from crm_tui.cli.shown import pairs
    from crm_tui.errors import Refused

    crm = session.crm()
    found = crm.captures.read(" ".join(line), past=past)
    captured = found.captured
    when = captured.when.iso if captured.when else None
    parsed = {
        **{"customer": found.customer.id if found.customer else None, "when": when, "kind": found.kind},
        **{"text": captured.text, "minutes": captured.minutes, "person": found.person, "past": found.past},
        "repeat": _rule(found.rule),
        "next": _next(found),
    }
    unclear = [{"text": captured.said(one), "reason": one.reason} for one in captured.unclear]
    preview = pairs(
        [
            (t("Customer"), " / ".join(one.name for one in found.choices)),
            (t("When"), _said(found)),
            (t("Kind"), _kind(crm, found.kind)),
            (t("About"), captured.text),
            (t("Next"), " ".join(str(one) for one in (_next(found) or {}).values() if one)),
            ("!", found.warning),
            (t("Unclear"), "; ".join(f"{one['text']}: {one['reason']}" for one in unclear)),
        ]
    )
    asked = not yes and not found.problem and not session.json and sys.stdin.isatty()
    if asked:
        session.say(preview)
        yes = click.confirm(t("Write it?"), default=True, err=True)
    data: dict[str, Any] = {"parsed": parsed, "unclear": unclear, "id": None}
    if yes and found.problem:
        raise Refused(found.problem)
    if yes:
        changes = crm.captures.write(found)
        data |= {"id": changes.ids[0], "action": changes.action}
    elif found.problem:
        session.say(found.problem)
    session.put(data, "" if asked else preview)


def _next(found: Any) -> dict[str, Any] | None:
    """The next step that a line tells besides what took place."""
    following = found.captured.following
    if following is None or following.when is None:
        return None
    about = {"text": following.text, "minutes": following.minutes, "person": found.next_person}
    return {"when": following.when.iso, "kind": found.next_kind, **about}


def _said(found: Any) -> str:
    from crm_tui.rules.series_words import describe

    if found.rule is not None:
        return describe(found.rule)
    return f"{found.start:%Y-%m-%d %H:%M}" if found.start else ""


def _rule(rule: Any) -> str | None:
    from crm_tui.rules.series_text import format_series

    return format_series(rule) if rule is not None else None


@command("done")
@argument("plan")
@argument("summary", nargs=-1)
@option("--outcome", type=OUTCOMES, help="How it went.")
@option("--measured", multiple=True, metavar="STEP=VALUE", help="A step of the checklist, such as left=2.5kg.")
@option("--minutes", type=click.IntRange(0, 10_000), help="How long it took.")
@option("--at", metavar="WHEN", help="When it took place; now if not told.")
@option("--next", "after", metavar="WHEN", help="When the next contact is planned.")
@option("--next-text", metavar="TEXT", default="", help="What for.")
def done_command(
    session: Session,
    plan: str,
    summary: tuple[str, ...],
    measured: tuple[str, ...],
    at: str | None,
    after: str | None,
    next_text: str,
    **values: Any,
) -> None:
    """Say that a planned contact took place: its id, or a customer with one open plan."""
    from crm_tui.cli.values import when

    crm = session.crm()
    row = plan_of(crm, plan)
    steps = {}
    for word in measured:
        name, sign, value = word.partition("=")
        if not sign:
            raise Invalid({word: t("must be STEP=VALUE")})
        steps[name.strip()] = value
    given = {name: value for name, value in values.items() if value is not None}
    if summary:
        given["summary"] = " ".join(summary)
    if at is not None:
        given["started"] = when(crm, at)
    next_at = when(crm, after) if after else None
    changes = crm.visits.done(row["id"], given, next_at, next_text, measured=steps or None)
    name = crm.customers.get(row["customer"])["name"]
    session.say(t("Logged with {name}", name=name))
    data = {"id": row["id"], "customer": row["customer"], "action": changes.action}
    session.put({**data, "next": _iso(crm, next_at) if next_at else None}, row["id"])


@command("move")
@argument("plan")
@argument("when")
@option("--reason", metavar="TEXT", default="", help="Why.")
def move_command(session: Session, plan: str, when: str, reason: str) -> None:
    """Move a planned contact to another time; its first date is kept."""
    from crm_tui.cli.shown import moment
    from crm_tui.cli.values import when as moment_of

    crm = session.crm()
    row = plan_of(crm, plan)
    at = moment_of(crm, when)
    changes = crm.visits.move(row["id"], at, reason)
    after = crm.visits.get(row["id"])
    session.say(t("Moved to {when}", when=moment(at.isoformat(), crm.zone)))
    first = _iso(crm, datetime.fromisoformat(after["first_planned"])) if after["first_planned"] else None
    session.put({"id": row["id"], "at": _iso(crm, at), "first": first, "action": changes.action}, row["id"])


@command("move-day")
@argument("day", metavar="DAY")
@option("--to", metavar="DAY", help="To this day; the next working day if not told.")
@option("--person", metavar="NAME", help="Only this person's plans.")
@option("--region", metavar="NAME", help="Only customers of this region.")
@option("--reason", metavar="TEXT", default="", help="Why.")
def move_day_command(
    session: Session, day: str, to: str | None, person: str | None, region: str | None, reason: str
) -> None:
    """Move all plans of a day at once, their order kept, and list whom to phone."""
    from crm_tui.cli.shown import table

    crm = session.crm()
    who = str(crm.people.find(person)["id"]) if person else None
    target = day_of(crm, to) if to else None
    changes, phone = crm.day_moves.move_day(day_of(crm, day), target, who, region, reason)
    items = [
        {
            **{"plan": one.plan, "customer": one.customer, "name": one.name, "phones": list(one.phones)},
            **{"was": one.was.isoformat(), "now": one.now.isoformat(), "clash": one.clash},
        }
        for one in phone
    ]
    count = len(changes.rows.get("visits", ()))
    session.say(t("{n} plans moved; to be told:", n=count))
    rows = [(f"{one.now:%m-%d %H:%M}", one.name, " ".join(one.phones)) for one in phone]
    session.put({"moved": count, "phone": items, "action": changes.action}, lambda: table(rows))


@command("agenda")
@option("--day", metavar="DAY", help="One day; today if nothing is told.")
@option("--week", metavar="DAY", help="The week that a day lies in.")
@option("--person", metavar="NAME", help="Whose; yours if not told.")
@option("--all", "everybody", is_flag=True, help="Everybody's.")
@option("--overdue", is_flag=True, help="What should have been done before today.")
@option("--limit", type=click.IntRange(1), default=1000, help="At most so many.")
def agenda_command(
    session: Session,
    day: str | None,
    week: str | None,
    person: str | None,
    everybody: bool,
    overdue: bool,
    limit: int,
) -> None:
    """What is planned and what was done on a day or in a week."""
    from crm_tui.cli.shown import table

    crm = session.crm()
    who = whose(crm, person, everybody)
    first = last = day_of(crm, day) if day else crm.local_now().date()
    if week is not None:
        on = day_of(crm, week)
        first = on - timedelta(days=on.weekday())
        last = first + timedelta(days=6)
    if overdue:
        entries = crm.agenda.overdue(who, limit)
    else:
        crm.series.refresh()
        entries = crm.agenda.between(first, last, who, limit=limit)[:limit]
    items = [as_json(one) for one in entries]
    span = {} if overdue else {"from": first.isoformat(), "to": last.isoformat()}
    if not items:
        session.say(t("nothing is planned there"))
    session.put(
        {**span, "count": len(items), "items": items},
        lambda: table(
            (f"{one.at:%m-%d %H:%M}", state_text(one), _kind(crm, one.kind), one.name, one.text, one.person_name)
            for one in entries
        ),
    )


def plan_of(crm: Crm, text: str) -> dict[str, Any]:
    """The planned contact that `text` means: its id, or a customer who has one open plan.

    Raises:
        NotFound: if there is none, or several.
    """
    found = crm.visits.by_ids([text])
    if found:
        return found[text]
    customer = crm.customers.resolve(text)
    plans = crm.visits.open_plans(customer)
    if len(plans) != 1:
        known = "; ".join(f"{row['id']} {row['planned_start']} {row['topic'] or ''}" for row in plans[:8]) or "-"
        raise NotFound(t("one open plan is needed; there are: {known}", known=known))
    return plans[0]


def whose(crm: Crm, person: str | None, everybody: bool) -> str | None:
    """The person whose lines are asked for: the one named, me, or everybody (None)."""
    if person:
        return str(crm.people.find(person)["id"])
    me = None if everybody else crm.people.me()
    return str(me["id"]) if me else None


def day_of(crm: Crm, text: str) -> date:
    """A day as people type it, local.

    Raises:
        Invalid: if it cannot be understood.
    """
    from zoneinfo import ZoneInfo

    from crm_tui.cli.values import when

    return when(crm, text).astimezone(ZoneInfo(crm.zone)).date()


def as_json(one: Entry) -> dict[str, Any]:
    """A line of the schedule for JSON."""
    return {
        **{"id": one.id, "customer": one.customer, "name": one.name, "kind": one.kind, "state": one.state},
        **{"at": one.at.isoformat(), "minutes": one.minutes, "text": one.text, "topic": one.topic or None},
        **{"started": one.started.isoformat() if one.started else None, "outcome": one.outcome},
        **{"person": one.person_name or None, "region": one.region or None, "place": one.place or None},
        **{"first": one.first.isoformat() if one.first else None, "reason": one.reason or None},
        **{"origin": one.origin or None, "reviewed": one.reviewed, "comment": one.comment or None},
    }


def state_text(one: Entry) -> str:
    """The state of a line in the reader's language, with a mark."""
    said = {
        "planned": t("planned"), "overdue": "! " + t("overdue"), "waiting": t("waiting for payday"),
        "moved": "> " + t("moved"), "done": "✓ " + t("done"), "late": "✓ " + t("late"),
        "unplanned": "+ " + t("unplanned"), "missed": "x " + t("missed"), "cancelled": "- " + t("cancelled"),
    }  # fmt: skip
    return said.get(one.state, one.state)


def _kind(crm: Crm, kind: str) -> str:
    from crm_tui.cli.shown import shown_value

    return shown_value(crm, "visits", "kind", kind)


def _iso(crm: Crm, at: datetime) -> str:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo(crm.zone)).isoformat()
