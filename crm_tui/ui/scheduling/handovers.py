"""What a handover is about: what was chosen and what moves, what goes with one customer, who had it before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from crm_tui.services.handovers import Load
from crm_tui.ui.fields import choice_text, label_of
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe
from crm_tui.ui.when import date_text, until
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.handovers import Owned
    from crm_tui.services.noun import Row as Stored

ALL, KEY, NOBODY = "all", "key", "nobody"
MEETS = (ALL, KEY, NOBODY)
NOTES = ("care", "no_go", "instructions", "note")
Local = Callable[[str], datetime]


@dataclass(frozen=True)
class Terms:
    """What was chosen so far.

    Attributes:
        giver: id of who gives; None for whoever has `customers`.
        taker: id of who gets them, None until it is chosen.
        customers: ids, where they were marked elsewhere; None for all of the giver's.
        meets: who is introduced: all, key customers, nobody.
        first: the first day of introductions; the next working day if None.
        reason: why.
    """

    giver: str | None = None
    taker: str | None = None
    customers: tuple[str, ...] | None = None
    meets: str = ALL
    first: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Seen:
    """What was read: what would move, names of people by id, introductions by customer."""

    load: Load
    people: dict[str, str]
    introductions: dict[str, datetime] = field(default_factory=dict)


def introduced(terms: Terms, rows: Sequence[Stored]) -> list[str]:
    """The customers that are to be introduced, in the order of the list."""
    if terms.meets == NOBODY:
        return []
    return [row["id"] for row in rows if row["owner"] != terms.taker and (terms.meets == ALL or row["key_account"])]


def read_terms(crm: Crm, terms: Terms, chosen: frozenset[str] | None) -> Seen:
    """Read what would move, in a thread; `chosen` are the customers that go, all if None."""
    people = {str(one["id"]): str(one["name"]) for one in crm.people.all()}
    if terms.giver is None and terms.customers is None:
        return Seen(Load([], [], 0, 0, []), people)
    load = crm.handovers.load(terms.giver, terms.customers)
    going = [row for row in load.customers if chosen is None or row["id"] in chosen]
    wanted = introduced(terms, going)
    return Seen(load, people, crm.handovers.introductions(terms.taker, wanted, terms.first) if terms.taker else {})


def read_people(crm: Crm) -> list[tuple[str, str, str]]:
    """Everybody, with how many customers each has."""
    rows = crm.store.reader().execute("SELECT owner, count(*) FROM customers WHERE live GROUP BY owner")
    counts = {str(owner): n for owner, n in rows}
    people = crm.people.all()
    return [
        (str(one["id"]), str(one["name"]), t("{n} customers", n=f"{counts.get(str(one['id']), 0):,}")) for one in people
    ]


def read_customer(customer: str, crm: Crm) -> tuple[dict[str, Any], list[Owned]]:
    """The card of a customer and its owners so far, in a thread."""
    return crm.customers.card(customer, 1), crm.handovers.trail(customer)


def answers(row: Mapping[str, Any], typed: str) -> bool:
    """Whether a customer answers to every word that was typed: by name, its sound, region, grade or phone."""
    said = f"{row['name']} {row['sort_key'] or ''} {row['region'] or ''} {row['grade'] or ''}".casefold()
    return all(word in said for word in typed.casefold().split())


def moving_text(going: Sequence[Mapping[str, Any]]) -> str:
    """What moves, counted."""
    if not going:
        return t("nothing yet")
    plans, promises, overdue, notes = (
        sum(int(row[name]) for row in going) for name in ("plans", "promises", "overdue", "notes")
    )
    said = [
        t("{n} customers", n=f"{len(going):,}"),
        t("{n} open plans", n=f"{plans:,}") if plans else "",
        t("{n} promises", n=f"{promises:,}") if promises else "",
        t("{n} overdue", n=f"{overdue:,}") if overdue else "",
        t("{n} notes", n=f"{notes:,}") if notes else "",
    ]
    return " · ".join(filter(None, said))


def owners_text(trail: Sequence[Owned], local_now: datetime) -> list[str]:
    """Who looked after a customer before, newest first: until when, and why it passed on."""
    lines = []
    for one, after in zip(trail[-2::-1], trail[:0:-1], strict=True):
        day = date_text(after.since.astimezone(local_now.tzinfo).date(), local_now.date())
        who = one.name or t("nobody")
        said = t("{name}, until {day}", name=who, day=day)
        lines.append(f"{said}: {after.reason}" if after.reason else said)
    return lines


def aside_text(
    card: Mapping[str, Any], trail: Sequence[Owned], local: Local, now: datetime, style: Callable[[Role], Style]
) -> Text:
    """What goes with one customer: plans and promises, notes, and the owners before."""
    muted = style("muted")
    text = Text().append(safe(str(card["name"])), "bold")
    text.append("\n" + safe(str(card.get("owner_name") or t("nobody"))), muted)

    def part(label: str, lines: Sequence[tuple[str, Role]]) -> None:
        if lines:
            text.append(f"\n\n{label}", muted)
        for said, role in lines:
            text.append("\n" + safe(" ".join(said.split())), style(role))

    plans: list[tuple[str, Role]] = []
    for plan in card["plans"]:
        when, role = until(local(plan["planned_start"]), now) if plan["planned_start"] else (t("some day"), "")
        kind = choice_text("visits", "kind", plan["kind"])
        plans.append((f"{when}  {kind}  {plan['topic'] or ''}", role))
    part(t("Planned"), plans)
    part(t("Notes"), [(f"{label_of('customers', name)}: {card[name]}", "") for name in NOTES if card.get(name)])
    part(t("Formerly"), [(line, "") for line in owners_text(trail, now)])
    return text
