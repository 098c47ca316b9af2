"""A day report with its colours, and beside it the figures, the targets, the note and what was said to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from crm_tui.ui.lists import Prose
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.day_report_page import Part, pace_text, parts
from crm_tui.ui.text import cut, fit, safe, width
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.day_reports import DayReport, Pace

StyleOf = Callable[[Role], Style]
BAR = 12


def report_text(report: DayReport, now: datetime, style: StyleOf, room: int) -> Group:
    """The parts one under the other, in so many cells."""
    found: list[object] = []
    for part in parts(report, now):
        head, _, more = part.title.partition("  ")
        found.append(Text(safe(head), "bold").append(f"  {safe(more)}" if more else "", style("muted")))
        found += [_lines(part, style, room), Text()]
    return Group(*found)  # type: ignore[arg-type]  # all are renderables


def _lines(part: Part, style: StyleOf, room: int) -> object:
    if not part.lines:
        return Text(f"  {part.empty}", style("muted"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(3):
        grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    names = min(max(width(one.name) for one in part.lines), max(12, room * 2 // 5))
    for one in part.lines:
        when = Text(f" {one.mark:1} {one.when}", style(one.role))
        text = Text(safe(one.text))
        if one.under:
            text.append(("\n" if one.text else "") + safe(one.under), style("accent"))
        grid.add_row(when, Text(one.kind, style("muted")), Text(cut(safe(one.name), names)), Prose(text))
    return grid


def side_text(report: DayReport, paces: Sequence[Pace], now: datetime, style: StyleOf) -> Group:
    """Figures with bars, and targets."""
    found: list[object] = [Text(t("Figures"), "bold"), *_figures(report, style), Text()]
    if paces:
        found.append(Text(t("Targets"), "bold"))
        for one in paces:
            role: Role = "warn" if one.behind else "good"
            full = min(BAR, round(BAR * one.done / max(1, one.target["target"])))
            bar = "█" * full + "░" * (BAR - full)
            found.append(Prose(Text(f" {bar} ", style(role)).append(pace_text(one, now.date()), style(role))))
        found.append(Text())
    return Group(*found)  # type: ignore[arg-type]  # all are renderables


def notes_text(report: DayReport, style: StyleOf, *, mine: bool) -> Group | None:
    """The note, and what was said to it; None if there is nothing to read and nothing to write."""
    row = report.row or {}
    found: list[object] = []
    if row.get("remarks") or mine:
        found += [Text(t("Note"), "bold"), Prose(_note(row.get("remarks"), t("e writes one"), style)), Text()]
    if row.get("review_comment"):
        found += [Text(t("Comment"), "bold"), Prose(_note(row["review_comment"], "", style)), Text()]
    return Group(*found) if found else None  # type: ignore[arg-type]  # all are renderables


def _note(text: object, empty: str, style: StyleOf) -> Text:
    if not text:
        return Text(f"  – {empty}", style("muted"))
    return Text("\n".join(f"  {safe(line)}" for line in str(text).splitlines()))


def _figures(report: DayReport, style: StyleOf) -> list[Text]:
    """Planned, done, late, missed, moved, cancelled, still open and unplanned; none of them where there are none."""
    shown: list[tuple[str, str, Role]] = [
        (t("contacts"), "contacts", "good"),
        (t("planned"), "planned", ""),
        (t("done"), "done", "good"),
        (t("done late"), "late", "warn"),
        (t("missed"), "missed", "bad"),
        (t("moved"), "moved", "warn"),
        (t("cancelled"), "cancelled", "muted"),
        (t("still open"), "open", ""),
        (t("without a plan"), "unplanned", "accent"),
    ]
    most = max(1, *(report.figures[name] for _, name, _ in shown))
    room = max(width(label) for label, _, _ in shown)
    found = []
    for label, name, role in shown:
        if (n := report.figures[name]) or name in ("contacts", "planned", "done"):
            bar = "█" * max(1 if n else 0, round(BAR * n / most))
            line = Text(f"  {fit(label, room, 'right')} {n:>3} ", style("muted" if not n else ""))
            found.append(line.append(bar, style(role or "muted")))
    return found
