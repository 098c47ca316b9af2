"""The brief before a door or a call: what was, what we promised, what to ask, what to avoid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from crm_tui.rules.phones import show_phone
from crm_tui.ui.fields import choice_text, label_of, noun_label
from crm_tui.ui.lists import Prose
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe
from crm_tui.ui.when import date_text, since, until, weekday
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.briefs import Brief, NearDate
    from crm_tui.services.consumption_profiles import Forecast

Local = Callable[[str], datetime]
StyleOf = Callable[[Role], Style]
Line = tuple[str, Role]

_NOUNS = ("phones", "emails", "contacts", "addresses", "needs", "tags")


def missing_text(missing: Sequence[str]) -> str:
    """What is not known of a customer, as people call it."""
    names = [noun_label(name) if name in _NOUNS else _field(name) for name in missing]
    return ("、" if language() == "zh" else ", ").join(names)


def _field(name: str) -> str:
    return t("birthday") if name == "birthday" else label_of("customers", name)


def brief_text(brief: Brief, local: Local, now: datetime, style: StyleOf, region: str, *, head: bool = True) -> Group:
    """The brief as lines; what is to be avoided stands first, what does not exist takes no room.

    Args:
        brief: what is known.
        local: makes a stored instant local.
        now: the present, local.
        style: of a role.
        region: whose phone numbers are written without the country's code.
        head: whether name and numbers stand over it.
    """
    parts: list[object] = []
    if head:
        parts += [_head(brief, style, region), Text()]
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style=style("muted"))
    grid.add_column(overflow="fold")
    for label, lines in _sections(brief, local, now):
        for number, (text, role) in enumerate(lines):
            grid.add_row("" if number else label, Prose(Text(safe(text), style(role))))
    parts.append(grid)
    return Group(*parts)  # type: ignore[arg-type]  # all of them can be printed


def _head(brief: Brief, style: StyleOf, region: str) -> Prose:
    row = brief.customer
    text = Text().append(safe(str(row["name"])), "bold")
    about = [choice_text("customers", "kind", row["kind"]), row["grade"], row["industry"], row["region"]]
    about += [row["owner_name"], t("key customer") if row.get("key_account") else ""]
    text.append("\n" + safe(" · ".join(str(part) for part in about if part)), style("muted"))
    for line in _reached(brief, region):
        text.append("\n" + safe(line))
    return Prose(text)


def _reached(brief: Brief, region: str) -> list[str]:
    """Numbers with whose they are, and an address to write to."""
    names = {row["id"]: str(row["name"]) for row in brief.customer["contacts"]}
    lines = []
    for row in brief.customer["phones"][:3]:
        whose = names.get(row["contact"]) or row["label"] or ""
        lines.append(f"{show_phone(row['number'] or '', region)}  {whose}".strip())
    return [line for line in (*lines, *(str(row["address"]) for row in brief.customer["emails"][:1])) if line]


def _sections(brief: Brief, local: Local, now: datetime) -> list[tuple[str, list[Line]]]:
    avoid: list[Line] = [("! " + t("asked not to be called"), "bad")] if brief.do_not_call else []
    if brief.not_to_call and not brief.do_not_call:
        names = ("、" if language() == "zh" else ", ").join(brief.not_to_call)
        avoid.append(("! " + t("{name} asked not to be called", name=names), "bad"))
    avoid += [("! " + brief.no_go, "bad")] if brief.no_go else []
    care: list[Line] = [(text, "") for text in (brief.care, brief.instructions) if text]
    last: list[Line] = [_visit(row, local, now) for row in brief.last] or [(t("never contacted"), "muted")]
    ask: list[Line] = [("? " + missing_text(brief.ask), "warn")] if brief.ask else []
    ask += [("? " + str(row["text"]), "") for row in brief.needs]
    note: list[Line] = [(str(brief.customer["note"]), "")] if brief.customer.get("note") else []
    found: list[tuple[str, list[Line]]] = [
        (t("Avoid"), avoid),
        (t("Open tickets"), [_ticket(row, local, now) for row in brief.complaints]),
        (t("Last"), last),
        (t("Promised"), [_plan(row, local, now) for row in brief.promises]),
        (t("Ask"), ask),
        (t("Care"), care),
        (t("Dates"), [_date(one, now) for one in brief.dates]),
        (t("Uses"), [line for one in brief.forecasts for line in _uses(one, now)]),
        (t("Planned"), [_plan(row, local, now) for row in brief.plans[:4]]),
        (t("Note"), note),
    ]
    return [(label, lines) for label, lines in found if lines]


def _visit(row: Mapping[str, Any], local: Local, now: datetime) -> Line:
    when = "?"
    if row["started"]:
        at = local(row["started"])
        when = since(at, now) if (now.date() - at.date()).days < 30 else date_text(at.date(), now.date())
    outcome = choice_text("visits", "outcome", row["outcome"])
    parts = (choice_text("visits", "kind", row["kind"]), row["summary"] or row["topic"], outcome)
    role: Role = "bad" if row["outcome"] in ("bad", "declined") else ""
    return f"{when}  " + "  ".join(str(part) for part in parts if part), role


def _ticket(row: Mapping[str, Any], local: Local, now: datetime) -> Line:
    late = bool(row["due"]) and local(row["due"]) <= now
    what = str(row["text"] or "").split("\n", 1)[0]
    state = choice_text("tickets", "state", row["state"])
    return f"{'!' if late else '*'} {row['number']}  {what}  ({state})", "bad" if late else "warn"


def _plan(row: Mapping[str, Any], local: Local, now: datetime) -> Line:
    due, role = until(local(row["planned_start"]), now) if row["planned_start"] else (t("some day"), "")
    kind = "" if row["kind"] == "promise" else choice_text("visits", "kind", row["kind"])
    return "  ".join(part for part in (due, kind, row["topic"] or "") if part), role


def _date(one: NearDate, now: datetime) -> Line:
    when = t("today") if one.days == 0 else f"{weekday(one.on)} {date_text(one.on, now.date())}"
    parts = (choice_text("key_dates", "kind", one.kind), one.whose, one.label)
    return f"{when}  " + " ".join(part for part in parts if part), "warn" if one.days <= 7 else ""


def _uses(one: Forecast, now: datetime) -> list[Line]:
    if one.prediction is None:
        return []
    product = str(one.profile.get("product") or "")
    first, last = (date_text(day, now.date()) for day in (one.prediction.earliest, one.prediction.latest))
    found: list[Line] = [(t("{what} runs out {first} to {last}", what=product, first=first, last=last).strip(), "")]
    if one.prediction.last_error is not None:
        found.append((t("last time {n} d off", n=abs(one.prediction.last_error)), "muted"))
    return found
