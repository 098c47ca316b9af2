"""A customer in a dozen lines: who it is, the last contacts, what comes next, what to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from crm_tui.ui.fields import choice_text, label_of, noun_label
from crm_tui.ui.lists import Prose
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe
from crm_tui.ui.when import date_text, since, until
from crm_tui.words import language, t

Local = Callable[[str], datetime]
StyleOf = Callable[[Role], Style]

_NOUNS = ("phones", "emails", "contacts", "addresses", "needs", "tags")


def missing_text(missing: Sequence[str]) -> str:
    """What is not known of a customer, as people call it."""
    names = [noun_label(name) if name in _NOUNS else _field(name) for name in missing]
    return ("、" if language() == "zh" else ", ").join(names)


def _field(name: str) -> str:
    return t("birthday") if name == "birthday" else label_of("customers", name)


def short_card(card: Mapping[str, Any], local: Local, now: datetime, style: StyleOf) -> Group:
    """The card as lines of text; what is long goes on under its own beginning.

    Args:
        card: from `Customers.card`.
        local: makes a stored instant local.
        now: the present, local.
        style: the style of a role, in the present theme.
    """
    head = Text(safe(str(card["name"])), "bold")
    head.append("\n" + safe(_about(card)), style("muted"))
    for line in _reach(card):
        head.append("\n" + safe(line))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style=style("muted"))
    grid.add_column(overflow="fold")
    for number, visit in enumerate(card["timeline"][:3]):
        grid.add_row("" if number else t("Last"), Prose(Text(safe(_visit(visit, local, now)))))
    if not card["timeline"]:
        grid.add_row(t("Last"), Text(t("never contacted"), style("muted")))
    for number, plan in enumerate(card["plans"][:3]):
        due, role = until(local(plan["planned_start"]), now) if plan["planned_start"] else ("?", "")
        said = f"  {choice_text('visits', 'kind', plan['kind'])}  {plan['topic'] or ''}".rstrip()
        grid.add_row("" if number else t("Next"), Prose(Text(due, style(role)).append(safe(said))))
    if card["missing"]:
        grid.add_row(t("Ask"), Prose(Text(safe(missing_text(card["missing"])), style("warn"))))
    if card["instructions"] or card["note"]:
        grid.add_row(t("Note"), Prose(Text(safe(str(card["instructions"] or card["note"])))))
    return Group(Prose(head), Text(), grid)


def _about(card: Mapping[str, Any]) -> str:
    parts = [choice_text("customers", "kind", card["kind"]), card["grade"], card["industry"], card["region"]]
    parts.append(card["owner_name"])
    return " · ".join(str(part) for part in parts if part)


def _reach(card: Mapping[str, Any]) -> list[str]:
    people = {row["id"]: row["name"] for row in card["contacts"]}
    lines = [
        f"{row['number'] or ''}  {people.get(row['contact'], row['label']) or ''}".strip() for row in card["phones"][:3]
    ]
    lines += [str(row["address"]) for row in card["emails"][:1]]
    return [line for line in lines if line]


def _visit(visit: Mapping[str, Any], local: Local, now: datetime) -> str:
    when = "?"
    if visit["started"]:
        at = local(visit["started"])
        when = since(at, now) if (now.date() - at.date()).days < 30 else date_text(at.date(), now.date())
    said = visit["summary"] or choice_text("visits", "outcome", visit["outcome"])
    return f"{when}  {choice_text('visits', 'kind', visit['kind'])}  {said}"
