"""The head of a card: who this is in three lines, and the line of tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from crm_tui.ui.colors import color_style
from crm_tui.ui.text import cut, safe, width
from crm_tui.ui.when import since
from crm_tui.words import t

if TYPE_CHECKING:
    from textual.app import App

    from crm_tui.ui.card_rows import Card

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(percent: int, cells: int = 8) -> str:
    """A bar of at most `cells` cells for a share in percent."""
    eighths = round(max(0, min(100, percent)) * cells * 8 / 100)
    whole, rest = divmod(eighths, 8)
    return ("█" * whole + (_EIGHTHS[rest] if rest else "")).ljust(cells, " ")


def header(card: Card, cells: int, app: App[Any], local: Callable[[str], datetime], now: datetime) -> Text:
    """Name and grade; kind, trade, region, owner; completeness and counts."""
    from crm_tui.ui.fields import choice_text

    row = card.row
    text = Text(no_wrap=True, end="")
    grade = safe(str(row["grade"] or ""))
    name = cut(safe(str(row["name"])), max(4, cells - width(grade) - 2))
    text.append(name, "bold")
    text.append(" " * max(1, cells - width(name) - width(grade)))
    text.append(grade + "\n", color_style(app, "accent", bold=True))
    about = [choice_text("customers", "kind", row["kind"]), row["industry"], row["region"]]
    if row.get("owner_name"):
        about.append(t("owner {name}", name=row["owner_name"]))
    if row["deleted"]:
        about.insert(0, t("x in the trash"))
    line = " · ".join(safe(str(part)) for part in about if part)
    text.append(cut(line, cells) + "\n", color_style(app, "muted"))
    percent = int(row["completeness"])
    role = color_style(app, "good" if percent >= 80 else "warn")
    text.append(bar(percent), role)
    text.append(f" {percent} %", role)
    counts = []
    if row["last_contact"]:
        counts.append(t("last {when}", when=since(local(str(row["last_contact"])), now)))
    needs = sum(need["status"] == "open" for need in row["needs"])
    if needs:
        counts.append(t("{n} open needs", n=needs))
    if row["deals"]:
        counts.append(t("{n} open deals", n=len(row["deals"])))
    if row["tickets"]:
        counts.append(t("{n} open tickets", n=len(row["tickets"])))
    if row["plans"]:
        counts.append(t("{n} planned", n=len(row["plans"])))
    text.append("  " + cut(" · ".join(counts), max(0, cells - 16)), color_style(app, "muted"))
    return text


def tab_line(card: Card, here: str, cells: int, app: App[Any]) -> Text:
    """The tabs with their counts, the present one in brackets."""
    row = card.row
    tabs = (
        ("profile", t("Profile"), ""),
        ("contacts", t("Contacts"), f" {len(row['contacts'])}"),
        ("timeline", t("Timeline"), f" {row['timeline_count'] + len(row['plans']):,}"),
        ("orders", t("Orders"), f" {row['money']['orders']:,}" if row["money"]["orders"] else ""),
        ("history", t("History"), ""),
    )
    counted = [(name, title + count) for name, title, count in tabs]
    wide = sum(width(title) + 3 for _, title in counted)
    pad = " " if wide <= cells else ""
    if wide - len(tabs) > cells:
        # Where room is short, only the tab that is open says how many.
        counted = [(name, title + (count if name == here else "")) for name, title, count in tabs]
    text = Text(no_wrap=True, end="")
    for name, title in counted:
        if name == here:
            text.append(f"[{title}]{pad}", color_style(app, "accent", bold=True))
        else:
            text.append(f"{pad or ' '}{title}{pad}{pad}")
    return text
