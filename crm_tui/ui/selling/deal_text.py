"""A deal as a page: what it is worth, where it stands, what comes next, how it came here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.amounts import show_money
from crm_tui.rules.pipeline import OPEN, days_in, rots
from crm_tui.services.stages import rule_of
from crm_tui.ui import links
from crm_tui.ui.card_header import bar
from crm_tui.ui.fields import choice_text, label_of
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe, width
from crm_tui.ui.when import clock, date_text, until
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Styles = Callable[[Role], Style]
_SHOWN = (
    *("close_day", "contact", "owner", "products", "competitor", "source"),
    *("lost_reason", "lost_to", "price_gap", "lost_from", "try_again", "lessons", "note"),
)
TIMELINE = 8


@dataclass(frozen=True)
class DealPage:
    """All that the page shows of a deal.

    Attributes:
        row: the deal; customer: what its customer is called; names: of linked records by id.
        stages: all of its pipeline in order, as stored; log: the stage log; grades: the grade log.
        step: the next planned contact; visits: the last contacts about it.
        grade: row of its prospect grade; stale: whether that is not believable any more.
    """

    row: dict[str, Any]
    customer: str
    names: dict[str, str]
    stages: list[dict[str, Any]]
    log: list[dict[str, Any]]
    grades: list[dict[str, Any]]
    step: dict[str, Any] | None
    visits: list[dict[str, Any]]
    grade: dict[str, Any] | None
    stale: bool


def read_page(crm: Crm, deal: str) -> DealPage:
    """Read a deal with all that belongs to it, in a thread."""
    from crm_tui.rules.pipeline import unbelievable

    row = crm.deals.get(deal)
    log = crm.deals.log(deal)
    grade = crm.prospect_grades.get(row["grade"]) if row["grade"] else None
    names = links.names(crm, "deals", row)
    for person in {entry["person"] for entry in log if entry["person"]}:
        names[person] = str(crm.people.get(person)["name"])
    today = crm.local_now().date()
    stale = grade is not None and unbelievable(date.fromisoformat(row["graded"]), grade["horizon_days"], today)
    return DealPage(
        row,
        str(crm.customers.get(row["customer"])["name"]),
        names,
        crm.stages.of_pipeline(row["pipeline"]),
        log,
        crm.prospect_grades.log(deal),
        crm.deals.next_step(deal),
        crm.deals.visits(deal, TIMELINE),
        grade,
        stale,
    )


def page_text(page: DealPage, local: Callable[[str], datetime], now: datetime, style: Styles, masked: bool) -> Text:
    """The whole page."""
    text = Text()
    _head(text, page, local, now, style, masked)
    _next(text, page, local, now, style)
    _facts(text, page, now, style, masked)
    _log(text, page, local, now, style, masked)
    _contacts(text, page, local, now, style)
    return text


def _head(
    text: Text, page: DealPage, local: Callable[[str], datetime], now: datetime, style: Styles, masked: bool
) -> None:
    row = page.row
    text.append(safe(str(row["name"])), Style(bold=True) + style("accent"))
    text.append(f"   {row['number'] or ''}\n", style("muted"))
    text.append(safe(page.customer))
    if row["amount"] is not None:
        text.append("   " + ("***" if masked else show_money(row["amount"], row["currency"])), Style(bold=True))
    if page.grade is not None:
        said = f"   {page.grade['code']}" + ("? " + t("not believable any more") if page.stale else "")
        text.append(said, style("warn" if page.stale else "accent"))
    text.append("\n\n")
    path = [stage for stage in page.stages if stage["kind"] == OPEN or stage["id"] == row["stage"]]
    for stage in path:
        here = stage["id"] == row["stage"]
        name = safe(_name(stage))
        mark = {"won": "+ ", "lost": "x "}.get(stage["kind"], "")
        role: Role = {"won": "good", "lost": "bad"}.get(stage["kind"], "accent")  # type: ignore[assignment]
        text.append(f"[{mark}{name}]" if here else name, Style(bold=True) + style(role) if here else style("muted"))
        if stage is not path[-1]:
            text.append("  >  ", style("muted"))
    now_at = next((one for one in page.stages if one["id"] == row["stage"]), None)
    if now_at is not None:
        rule = rule_of(now_at)
        days = days_in(local(str(row["staged"])), now)
        text.append("\n")
        if rule.kind == OPEN:
            text.append(bar(rule.chance, 12) + f" {rule.chance} %", style("good"))
            text.append("   ")
        said = t("{n} d in this stage", n=days)
        stuck = rots(days, rule)
        if stuck:
            said = "! " + said + ", " + t("more than {n}", n=rule.rotting_days)
        text.append(said, style("bad" if stuck else "muted"))
    text.append("\n\n")


def _name(stage: dict[str, Any]) -> str:
    from crm_tui.services.pipelines import shown_name

    return shown_name(stage)


def _next(text: Text, page: DealPage, local: Callable[[str], datetime], now: datetime, style: Styles) -> None:
    if page.step is not None:
        when, role = until(local(str(page.step["planned_start"])), now)
        kind = choice_text("visits", "kind", page.step["kind"])
        _line(text, t("Next step"), f"> {when} {kind}  {page.step['topic'] or ''}", style, role)
    elif any(stage["id"] == page.row["stage"] and stage["kind"] == OPEN for stage in page.stages):
        _line(text, t("Next step"), "? " + t("none: N plans one"), style, "warn")


def _facts(text: Text, page: DealPage, now: datetime, style: Styles, masked: bool) -> None:
    for name in _SHOWN:
        value = page.row[name]
        if value in (None, ""):
            continue
        about = NOUNS["deals"].fields[name].about
        said = str(value)
        role: Role = ""
        if about.kind == "link":
            said = page.names.get(str(value), said)
        elif about.kind == "money":
            said = "***" if masked else show_money(int(value), str(page.row["currency"]))
        elif about.kind == "choice":
            said = choice_text("deals", name, value)
        elif about.kind == "day":
            day = date.fromisoformat(said)
            late = name == "close_day" and day < now.date() and page.row["lost_reason"] is None
            said, role = ("! " if late else "") + date_text(day, now.date()), "bad" if late else ""
        _line(text, label_of("deals", name), said, style, role)


def _log(
    text: Text, page: DealPage, local: Callable[[str], datetime], now: datetime, style: Styles, masked: bool
) -> None:
    names = {stage["id"]: _name(stage) for stage in page.stages}
    text.append("\n" + t("How it came here") + "\n", Style(bold=True))
    for entry in reversed(page.log):
        when = clock(local(str(entry["at"])), now.date())
        what = names.get(str(entry["to_stage"]), "?")
        if entry["from_stage"] == entry["to_stage"]:
            what = t("amount changed")
        elif entry["from_stage"]:
            what = f"{names.get(str(entry['from_stage']), '?')} > {what}"
        money = "" if entry["amount"] is None else show_money(entry["amount"], entry["currency"])
        _line(text, when, f"{what}   {'***' if masked and money else money}", style)
        if entry["person"]:
            text.right_crop(1)
            text.append(f"   {safe(page.names.get(entry['person'], ''))}\n", style("muted"))
    for entry in reversed(page.grades):
        when = date_text(date.fromisoformat(entry["day"]), now.date())
        _line(text, when, f"{entry['from_grade'] or '-'} > {entry['to_grade'] or '-'}   {entry['reason']}", style)


def _contacts(text: Text, page: DealPage, local: Callable[[str], datetime], now: datetime, style: Styles) -> None:
    if page.visits:
        text.append("\n" + t("Contacts about it") + "\n", Style(bold=True))
    for visit in page.visits:
        when = date_text(local(str(visit["started"])).date(), now.date()) if visit["started"] else "-"
        kind = choice_text("visits", "kind", visit["kind"])
        _line(text, when, f"{kind}   {visit['summary'] or ''}", style)


def _line(text: Text, label: str, said: str, style: Styles, role: Role = "") -> None:
    room = 16
    text.append(" " * max(0, room - width(safe(label))) + safe(label) + "  ", style("muted"))
    text.append("\n".join(safe(part) for part in said.splitlines()).replace("\n", "\n" + " " * (room + 2)), style(role))
    text.append("\n")
