"""The lines of Today: overdue, what is next, what else is today, promises among them, dates near, warnings."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from crm_tui.ui.rows import Role, Row
from crm_tui.ui.when import date_text, weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.cadences import Standing
    from crm_tui.services.consumption_profiles import Forecast
    from crm_tui.services.crm import Crm
    from crm_tui.services.today import Line

VISITS = ("visit", "meeting", "delivery")
CALLS = ("call", "callback", "greeting", "survey", "message", "email")
MOST = 10
"""Warnings of a kind that are shown."""
_LOOKED_AT = 400
_AHEAD = 7


@dataclass(frozen=True)
class Warned:
    """Something that nobody planned and that should not be missed.

    Attributes:
        kind: "silence" (its cadence is over and nothing is planned) or "runout" (it runs out, no delivery planned).
        customer: id; name.
        id: of the line; the profile's for a run-out.
        when, what, about: as shown.
        visit_kind: the kind of contact that would be planned.
    """

    kind: Literal["silence", "runout"]
    customer: str
    name: str
    id: str
    when: str
    what: str
    about: str
    visit_kind: str


@dataclass(frozen=True)
class Day:
    """What the screen shows.

    Attributes:
        lines: in their order.
        ask: ids of customers of whom something is missing.
        customers: whether there are any.
        me: whether it is known who sits here.
    """

    lines: list[Line]
    ask: frozenset[str]
    customers: bool
    me: bool


def read_day(crm: Crm, everybody: bool) -> Day:
    """Read the day in a thread."""
    me = crm.people.me()
    lines = crm.today.lines(None if everybody or me is None else str(me["id"]))
    ask = {str(card["id"]) for card in crm.customers.incomplete()} & {line.customer for line in lines}
    (some,) = crm.store.reader().execute("SELECT EXISTS(SELECT 1 FROM customers WHERE live)").fetchone()
    return Day(lines, frozenset(ask), bool(some), me is not None)


def read_warnings(crm: Crm, everybody: bool) -> list[Warned]:
    """Read in a thread who is silent for too long, and who runs out of what."""
    me = crm.people.me()
    person = None if everybody or me is None else str(me["id"])
    now = crm.local_now()
    due = running_out(crm, person, _AHEAD, 2 * MOST)
    silent = [
        one
        for one in crm.cadences.standings(person, limit=_LOOKED_AT)
        if one.state in ("red", "never") and one.next_plan is None and not one.do_not_call
    ]
    return [_runs_out(one, now) for one in due[:MOST]] + [_silence(one, now) for one in silent[:MOST]]


def running_out(crm: Crm, person: str | None, days: int, most: int) -> list[Forecast]:
    """Who runs out within so many days and has no delivery planned, not by hand either; of the first `most` that do."""
    today = crm.local_now().date()
    found = crm.consumption_profiles.due(today, today + timedelta(days=days), person)[:most]
    return [one for one in found if all(plan["kind"] != "delivery" for plan in crm.visits.open_plans(one.customer))]


def _runs_out(one: Forecast, now: datetime) -> Warned:
    day = one.deliver
    when = "~ " + (t("now") if day is None or day <= now.date() else weekday(day))
    said = str(one.profile["product"] or "")
    if one.prediction is not None:
        first, last = (date_text(at, now.date()) for at in (one.prediction.earliest, one.prediction.latest))
        said = t("{what} runs out {first} to {last}", what=said, first=first, last=last).strip()
    return Warned("runout", one.customer, one.name, str(one.profile["id"]), when, t("runs out"), said, "delivery")


def _silence(one: Standing, now: datetime) -> Warned:
    days = (now.date() - one.last_contact).days if one.last_contact else None
    when = "? " + (t("{n} d", n=days) if days is not None else t("never"))
    about = t("usually every {n} d", n=one.policy["every_days"])
    kind = str(one.policy["kind"] or "visit")
    return Warned("silence", one.customer, one.name, f"silence:{one.customer}", when, t("silence"), about, kind)


def next_of(lines: list[Line], now: datetime) -> str | None:
    """The plan that comes next today."""
    return next((line.plan for line in lines if line.kind == "plan" and line.at is not None and line.at >= now), None)


def counts(day: Day, warned: list[Warned], now: datetime) -> list[tuple[int, str, Role]]:
    """The numbers of the count line: count, text with # in its place, colour; what is zero is left out."""
    plans = [line for line in day.lines if line.kind == "plan"]
    late = sum(line.days > 0 or (line.at is not None and line.at < now) for line in plans)
    kinds = Counter(_group(line.what) for line in plans)
    kinds["money"] += sum(line.kind == "order" and line.what == "collect" for line in day.lines)
    kinds["other"] += sum(line.kind == "order" and line.what != "collect" for line in day.lines)
    dates = sum(line.kind == "date" for line in day.lines)
    one = {name: kinds[name] == 1 for name in kinds}
    found: list[tuple[int, str, Role]] = [
        (late, t("# overdue"), "bad"),
        (kinds["visit"], t("# visit") if one.get("visit") else t("# visits"), ""),
        (kinds["call"], t("# call") if one.get("call") else t("# calls"), ""),
        (kinds["promise"], t("# promise") if one.get("promise") else t("# promises"), ""),
        (kinds["money"], t("# to collect"), ""),
        (kinds["other"], t("# more"), ""),
        (dates, t("# dates near") if dates > 1 else t("# date near"), ""),
        (len(warned), t("# warnings") if len(warned) > 1 else t("# warning"), "warn"),
        (len(day.ask), t("# to ask"), ""),
    ]
    return [part for part in found if part[0]]


def _group(kind: str) -> str:
    if kind in VISITS:
        return "visit"
    if kind in CALLS:
        return "call"
    return {"promise": "promise", "collection": "money"}.get(kind, "other")


def plan_row(line: Line, now: datetime, coming: str | None) -> Row:
    """One line of the day: a mark and when, what kind, who, what about."""
    from crm_tui.ui.fields import choice_text

    role: Role = ""
    what: Role = "muted"
    if line.kind == "plan" and line.at is not None:
        if line.days > 0:
            when, role = "! " + t("{n} d", n=line.days), "bad"
        elif line.at < now:
            when, role = f"! {line.at:%H:%M}", "bad"
        elif line.plan == coming:
            when, role = f"> {line.at:%H:%M}", "accent"
        else:
            when, role = f"* {line.at:%H:%M}", "warn"
        kind, about = choice_text("visits", "kind", line.what), line.text
        what = {"promise": "warn", "money": "good"}.get(_group(line.what), "muted")  # type: ignore[assignment]
    elif line.kind == "order":
        late = line.days > 0
        when, role = ("! " + t("{n} d", n=line.days), "bad") if late else ("* " + t("today"), "warn")
        if line.days < 0:
            when, role = "~ " + t("in {n} d", n=-line.days), ""
        kind, about, what = order_kind(line.what), line.text, "good" if line.what == "collect" else "muted"
    else:
        on = now.date() + timedelta(days=-line.days)
        when, role = ("* " + t("today"), "warn") if line.days == 0 else (f"~ {weekday(on)}", "")
        kind = choice_text("key_dates", "kind", line.what)
        about = " · ".join(filter(None, (line.text, t("in {n} d", n=-line.days) if line.days else "")))
    ident = line.plan or f"{line.kind}:{line.customer}:{line.what}:{line.text}"
    return Row(ident, (when, kind, line.name, about), roles=(role, what))


def order_kind(what: str) -> str:
    """What a line about an order or a quote asks for."""
    return {"collect": t("collect"), "deliver": t("deliver"), "quote": t("quote ends")}[what]


def warned_row(one: Warned) -> Row:
    """One warning."""
    return Row(one.id, (one.when, one.what, one.name, one.about), roles=("warn", "muted"))


def plan_warned(crm: Crm, one: Warned) -> object:
    """Plan what a warning asks for: delivery and collection, or a contact on the first free slot."""
    if one.kind == "runout":
        return crm.consumption_profiles.plan_visits([one.id])
    me = crm.people.me()
    owner = crm.customers.get(one.customer)["owner"] or (me and me["id"])
    now = crm.local_now()
    at = crm.free_slots.first(now, str(owner)) if owner else None
    values = {"origin": "cadence", "person": owner}
    return crm.visits.plan(one.customer, at or now + timedelta(days=1), one.visit_kind, "", values)
