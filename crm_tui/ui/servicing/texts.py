"""What stands beside the queue: a caller with what is open first, or a ticket with its clock's arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from rich.style import Style
from rich.text import Text

from crm_tui.rules.phones import show_phone
from crm_tui.rules.ticket_states import state_name, wait_name
from crm_tui.ui.fields import choice_text
from crm_tui.ui.lists import Prose
from crm_tui.ui.rows import Role
from crm_tui.ui.text import safe
from crm_tui.ui.when import since, until
from crm_tui.words import t

StyleOf = Callable[[Role], Style]
Local = Callable[[str], datetime]


def caller_text(card: dict[str, Any], local: Local, now: datetime, style: StyleOf, region: str) -> Prose:
    """What an agent wants to see while the caller says hello: open tickets and promises first."""
    text = Text().append(safe(str(card["name"])), "bold")
    for number in card["phones"][:2]:
        text.append("\n" + safe(show_phone(number, region)), style("muted"))
    for row in card["tickets"]:
        said = state_name(row["state"]) if not row["waiting"] else wait_name(row["waiting"])
        late = bool(row["due"]) and local(row["due"]) <= now
        text.append(f"\n{'!' if late else '*'} ", style("bad" if late else "warn"))
        text.append(safe(f"{row['number']} {one_line(row['text'])}"))
        text.append(f"  {said}", style("muted"))
    if not card["tickets"]:
        text.append("\n+ " + t("no open ticket"), style("good"))
    for row in card["promises"]:
        due, role = until(local(row["planned_start"]), now) if row["planned_start"] else ("", "")
        text.append("\n" + t("promised {when} {what}", when=due, what=safe(row["topic"] or "-")), style(role))
    for name in ("no_go", "instructions", "care"):
        if card[name]:
            text.append(f"\n! {safe(one_line(card[name]))}", style("bad" if name == "no_go" else ""))
    told = card["satisfaction"]
    text.append("\n" + (satisfaction_text(told, local, now)), style("muted"))
    for row in card["last"]:
        when = since(local(row["started"]), now) if row["started"] else "?"
        kind = choice_text("visits", "kind", row["kind"])
        text.append(f"\n{when}  {kind}  {safe(row['summary'] or '')}", style("muted"))
    return Prose(text)


def satisfaction_text(told: Any, local: Local, now: datetime) -> str:
    """The latest satisfaction with its age and source; unknown is said."""
    if told.latest is None:
        return "? " + t("satisfaction unknown")
    said = t(
        "satisfaction {score} of 5, {span} ago, {source}",
        score=told.latest, span=since(local(told.at), now), source=choice_text("reviews", "source", told.source),
    )  # fmt: skip
    if told.mean is not None and told.n > 1:
        said += " · " + t("mean of 12 months {mean} (n {n})", mean=f"{told.mean:.1f}", n=told.n)
    return said


def ticket_text(
    row: dict[str, Any], name: str, lines: Iterable[str], style: StyleOf, *, late: bool, short: bool = False
) -> Prose:
    """A ticket in short: what it is, then how its clock comes to what it shows; the arithmetic alone if `short`."""
    if short:
        head = Text().append(safe(f"{row['number']}  {name}"), "bold")
        return Prose(head.append("\n" + " · ".join(safe(line) for line in lines), style("muted")))
    text = Text().append(safe(name), "bold")
    about = [choice_text("tickets", name, row[name]) for name in ("kind", "severity", "category", "product", "channel")]
    text.append("\n" + safe(" · ".join(str(part) for part in (row["number"], *about) if part)), style("muted"))
    text.append("\n\n" + safe_lines(str(row["text"])) + "\n")
    for line in lines:
        text.append("\n" + safe(line), style("muted"))
    if late:
        text.append("\n! " + t("beyond the standard"), style("bad"))
    return Prose(text)


def safe_lines(text: str) -> str:
    """A text of several lines made safe."""
    return "\n".join(safe(line) for line in text.split("\n"))


def one_line(text: Any) -> str:
    """The first line of a text."""
    return str(text or "").split("\n", 1)[0]
