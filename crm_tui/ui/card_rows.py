"""What the tabs of a card show, as rows: (label, text), each under the id of the record that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.phones import show_phone
from crm_tui.store.windows import Listing, Value
from crm_tui.store.windows import Row as Stored
from crm_tui.ui import card_conflicts
from crm_tui.ui.fields import choice_text, label_of, noun_label
from crm_tui.ui.rows import Role, Row
from crm_tui.ui.scheduling.handovers import owners_text
from crm_tui.ui.selling.card_deals import deal_rows
from crm_tui.ui.text import breaks, safe, width
from crm_tui.ui.trading.card_orders import owed_rows, read_orders
from crm_tui.ui.when import clock, date_text, since, until
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.handovers import Owned
    from crm_tui.services.history import Step

Local = Callable[[str], datetime]

FIELDS = (
    *("kind", "owner", "branch", "grade", "region", "industry", "size", "source", "sales_channel", "language"),
    *("website", "number", "parent"),
)
NOTES = ("value_proposition", "instructions", "culture", "note")


@dataclass
class Card:
    """One customer as its card shows it.

    Attributes:
        row: what `Customers.card` tells.
        names: of people and customers that its rows point to, by id.
        tree: contacts with their depth.
        labels: of custom fields, by key.
        region: whose phone numbers are written without the country's code.
        opened: what was here when it was read, see `services.stale`.
        owners: who looked after it so far, oldest first.
        conflicts: numbers of the conflicts that wait on it, by the line that shows the field.
    """

    row: dict[str, Any]
    names: dict[str, str] = field(default_factory=dict)
    tree: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    region: str = "CN"
    opened: Mapping[str, int] | None = None
    owners: list[Owned] = field(default_factory=list)
    conflicts: dict[str, int] = field(default_factory=dict)


def read_card(crm: Crm, customer: str) -> Card:
    """Read a card; runs in a thread."""
    from crm_tui.services.custom_fields import label_of as custom_label
    from crm_tui.services.stale import look

    opened = look(crm)
    row = crm.customers.card(customer, 1)
    names = {contact["id"]: str(contact["name"]) for contact in row["contacts"]}
    for relation in row["relations"]:
        names[relation["other"]] = str(crm.customers.get(relation["other"])["name"])
    labels = {one["key"]: custom_label(one) for one in crm.custom_fields.for_noun("customers")}
    owners = crm.handovers.trail(row["id"])
    row["money"] = read_orders(crm, row["id"])
    waiting = card_conflicts.read(crm, row)
    return Card(row, names, crm.contacts.tree(row["id"]), labels, crm.region, opened, owners, waiting)


def profile(card: Card, local: Local, now: datetime, room: int) -> list[Row]:
    """The first tab; `room` is the width of the texts, in cells."""
    rows = [*_steps(card, local, now), *_reached(card), *_facts(card, now), *_hanging(card, now), *_family(card)]
    found: list[Row] = []
    for row in card_conflicts.marked(rows, card.conflicts):
        found += _wrapped(row, room)
    return found


def label_room(card: Card, room: int) -> int:
    """Cells for the labels of the profile: as many as a company's own fields need, up to a third of the room."""
    least = 12 if room >= 50 else 9
    return max([least, *(min(width(safe(card.labels.get(key, key))), room // 3) for key in card.row["custom"])])


def _steps(card: Card, local: Local, now: datetime) -> Iterator[Row]:
    for ticket in card.row["tickets"]:
        late = bool(ticket["due"]) and local(ticket["due"]) <= now
        what = str(ticket["text"] or "").split("\n", 1)[0]
        state = choice_text("tickets", "state", ticket["state"])
        text = f"{'!' if late else '*'} {ticket['number']}  {what}  ({state})"
        yield Row(f"tickets:{ticket['id']}", (t("Ticket"), text), roles=("muted", "bad" if late else "warn"))
    for plan in card.row["plans"]:
        when, role = until(local(plan["planned_start"]), now) if plan["planned_start"] else (t("some day"), "")
        text = f"{when}  {choice_text('visits', 'kind', plan['kind'])}  {plan['topic'] or ''}"
        yield Row(f"visits:{plan['id']}", (t("Next"), text), roles=("muted", role))
    yield from deal_rows(card.row["deals"][:5], local, now)
    for visit in card.row["timeline"][:1]:
        ago = since(local(visit["started"]), now) if visit["started"] else "?"
        text = f"{ago}  {choice_text('visits', 'kind', visit['kind'])}  {visit['summary'] or ''}"
        yield Row(f"visits:{visit['id']}", (t("Last"), text), roles=("muted",))
    yield from owed_rows(card.row["money"])
    if card.row["missing"]:
        asked = ", ".join(_missing(name) for name in card.row["missing"])
        yield Row("field:", (t("Ask"), "? " + asked), roles=("muted", "warn"))


def _missing(name: str) -> str:
    if name in NOUNS:
        return noun_label(name)
    return choice_text("key_dates", "kind", name) if name == "birthday" else label_of("customers", name)


def _reached(card: Card) -> Iterator[Row]:
    for phone in card.row["phones"]:
        number = show_phone(str(phone["number"]), card.region)
        if phone["extension"]:
            number += " " + t("ext. {n}", n=phone["extension"])
        yield _child(card, "phones", phone, t("Phone"), number)
    for email in card.row["emails"]:
        yield _child(card, "emails", email, t("E-mail"), str(email["address"]))
    for place in card.row["addresses"]:
        parts = [place[name] for name in ("country", "region", "city", "district", "street", "postcode")]
        yield _child(card, "addresses", place, t("Address"), " ".join(str(part) for part in parts if part))


def _child(card: Card, noun: str, row: Mapping[str, Any], label: str, text: str) -> Row:
    who = card.names.get(str(row.get("contact")), "")
    notes = ", ".join(str(part) for part in (row.get("label"), who) if part)
    return Row(f"{noun}:{row['id']}", (label, f"{text}  ({notes})" if notes else text), roles=("muted",))


def _facts(card: Card, now: datetime) -> Iterator[Row]:
    tags = [str(tag["name"]) for tag in card.row["tags"]]
    for place, tag in enumerate(card.row["tags"]):
        yield Row(
            f"tags:{tag['id']}", (noun_label("tags") if place == 0 else "", tags[place]), roles=("muted", "accent")
        )
    for name in FIELDS:
        value = card.row.get(f"{name}_name") or choice_text("customers", name, card.row.get(name))
        if value:
            yield Row(f"field:{name}", (label_of("customers", name), str(value)), roles=("muted",))
        if name == "owner":
            for place, line in enumerate(owners_text(card.owners, now)):
                yield Row("field:owner", (t("Formerly") if place == 0 else "", line), roles=("muted", "muted"))
    for key, value in card.row["custom"].items():
        yield Row(f"field:extra.{key}", (card.labels.get(key, key), str(value)), roles=("muted",))
    for name in NOTES:
        if card.row.get(name):
            yield Row(f"field:{name}", (label_of("customers", name), str(card.row[name])), roles=("muted",))


def _hanging(card: Card, now: datetime) -> Iterator[Row]:
    for need in card.row["needs"]:
        about = [choice_text("needs", "status", need["status"]), choice_text("needs", "urgency", need["urgency"])]
        if need["found_on"]:
            about.append(t("since {day}", day=date_text(datetime.fromisoformat(need["found_on"]).date(), now.date())))
        text = f"{need['text']}  ({', '.join(part for part in about if part)})"
        yield Row(f"needs:{need['id']}", (label_of("needs", "text"), text), roles=("muted",))
    for date in card.row["key_dates"]:
        text = key_date_text(date)
        yield _child(card, "key_dates", date, choice_text("key_dates", "kind", date["kind"]), text)
    for party in card.row["parties"]:
        text = choice_text("parties", "role", party["role"])
        yield Row(f"parties:{party['id']}", (label_of("parties", "role"), text), roles=("muted",))
    for relation in card.row["relations"]:
        kind = choice_text("relations", "kind", relation["kind"])
        text = f"{card.names.get(relation['other'], '?')}  {relation['note'] or ''}".rstrip()
        yield Row(f"relations:{relation['id']}", (kind, text), roles=("muted",))


def _family(card: Card) -> Iterator[Row]:
    for child in card.row["children"]:
        yield Row(f"customer:{child['id']}", (t("Unit"), str(child["name"])), roles=("muted",))
    for other in card.row["merged"]:
        text = f"{other['name']}  ({t('Enter separates it')})"
        yield Row(f"merged:{other['id']}", (t("Merged"), text), roles=("muted",))


def key_date_text(date: Mapping[str, Any]) -> str:
    """A key date: "24th of each month", "12-24", "2001-12-24", with "lunar" before it."""
    year, month, day = date["year"], date["month"], date["day"]
    if month is None:
        text = t("day {n} of each month", n=day)
    else:
        text = f"{abs(month)}月{day}日" if language() == "zh" else f"{abs(month):02}-{day or 0:02}"
        if year is not None:
            text = f"{year}年{text}" if language() == "zh" else f"{year}-{text}"
    return (t("lunar") + " " if date["lunar"] else "") + text


def _wrapped(row: Row, room: int) -> list[Row]:
    """Break a long text into rows under the same id; at most 12 of them."""
    label, text = row.cells
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        whole = safe(line)
        places = [0, *(breaks(whole, room) if room > 8 else ()), len(whole)]
        lines += [whole[start:end].rstrip() for start, end in pairwise(places)]
    if len(lines) > 12:
        lines = [*lines[:11], "…"]
    return [Row(row.id, (label if place == 0 else "", line), roles=row.roles) for place, line in enumerate(lines)]


def contacts(card: Card) -> list[Row]:
    """The second tab: the tree of reports; a warning stands over a single contact."""
    rows: list[Row] = []
    if len(card.tree) == 1:
        said = t("? only one contact: if that person leaves, nobody is known here")
        rows.append(Row("single:", (said, "", ""), role="warn"))
    for depth, one in card.tree:
        phones = [show_phone(str(p["number"]), card.region) for p in card.row["phones"] if p["contact"] == one["id"]]
        name = "  " * depth + ("- " if depth else "") + str(one["name"])
        role = choice_text("contacts", "decision_role", one["decision_role"])
        about = ", ".join(part for part in (str(one["title"] or ""), role) if part)
        rows.append(Row(f"contacts:{one['id']}", (name, about, phones[0] if phones else ""), roles=("", "muted")))
    return rows


TIMELINE = (
    *("started", "planned_start", "kind", "status", "summary", "topic", "outcome", "minutes"),
    "(SELECT name FROM people WHERE people.id = visits.person)",
)


def timeline(customer: str, kind: str | None) -> Listing:
    """The third tab as a list in the store: planned first, then what took place, newest first."""
    mine = "visits.customer IN (SELECT ? UNION ALL SELECT alias.id FROM alias WHERE alias.root = ?)"
    params: list[Value] = [customer, customer]
    where = f"{mine} AND visits.live AND visits.status IN ('done', 'planned')"
    if kind is not None:
        where += " AND visits.kind = ?"
        params.append(kind)
    sort = "coalesce(visits.started, visits.planned_start)"
    return Listing("visits", TIMELINE, sort=sort, descending=True, where=where, params=tuple(params))


def timeline_row(stored: Stored, local: Local, now: datetime) -> Row:
    """One contact in the timeline."""
    ident, started, planned, kind, status, summary, topic, outcome, minutes, person = stored
    role: Role = ""
    if status == "planned":
        when, role = until(local(str(planned)), now) if planned else (t("some day"), "")
        text = str(topic or "")
    else:
        when = date_text(local(str(started)).date(), now.date()) if started else ""
        about = [
            choice_text("visits", "outcome", outcome),
            t("{n} min", n=minutes) if minutes else "",
            str(person or ""),
        ]
        text = "  ".join(part for part in (str(summary or ""), ", ".join(one for one in about if one)) if part)
    cells = (when, choice_text("visits", "kind", kind), text)
    return Row(f"visits:{ident}", cells, roles=(role or "muted", "accent" if status == "planned" else ""))


def history(steps: Sequence[tuple[str, Step]], names: Mapping[str, str], local_now: datetime) -> list[Row]:
    """The fourth tab: who changed what."""
    rows = []
    for noun, step in steps:
        when = clock(step.at.astimezone(local_now.tzinfo), local_now.date())
        if step.field is None:
            what = step.title
        else:
            old, new = (_known(noun, step.field, value, names) for value in (step.old, step.new))
            what = f"{label_of(noun, step.field)}: {old or '–'} > {new or '–'}"
        rows.append(Row(f"action:{step.action or ''}", (when, step.person, what), roles=("muted", "muted")))
    return rows


def _known(noun: str, name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, str) and value in names:
        return names[value]
    if isinstance(value, str) and value.startswith("{"):
        import json

        try:
            parts = json.loads(value)
        except ValueError:
            return value
        return " ".join(str(part) for part in parts.values() if part is not None)
    return choice_text(noun, name, value)
