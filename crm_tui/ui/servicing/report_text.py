"""The service report as bars in characters with their numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from crm_tui.records.nouns import NOUNS
from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Role
from crm_tui.ui.text import fit, safe
from crm_tui.ui.when import date_text
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.service_report import Interval
    from crm_tui.services.service_reports import Group as Part
    from crm_tui.services.service_reports import ServiceReport, Times

StyleOf = Callable[[Role], Style]
BLOCKS = "▏▎▍▌▋▊▉█"
SHADES = " ░▒▓█"
MOST_ROWS = 8


def bar(share: float, cells: int) -> str:
    """A bar of `share` (0 to 1) of so many cells, in eighths."""
    eighths = round(max(0.0, min(1.0, share)) * cells * 8)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (BLOCKS[rest - 1] if rest else "")


def report_text(
    told: ServiceReport, names: dict[str, str], style: StyleOf, today: date, width: int, money: Callable[[int], str]
) -> Group:
    """All figures of a period.

    Args:
        told: the figures.
        names: of causes, by code.
        style: of a role.
        today: for dates near.
        width: cells there are.
        money: writes an amount.
    """
    wide = width >= 100
    left: list[Table | Text] = [_figures(told, style), Text(), _hours(told, style)]
    right: list[Table | Text] = [_pareto(told, names, style, 24 if wide else 14, money)]
    right += [Text(), *(_group(title, parts, label, style, money) for title, parts, label in _parts(told))]
    if not wide:
        return Group(*left, Text(), *right)
    grid = Table.grid(padding=(0, 4, 0, 0), expand=True)
    grid.add_column(ratio=5)
    grid.add_column(ratio=6)
    grid.add_row(Group(*left), Group(*right))
    return Group(grid)


def title_of(told: ServiceReport, today: date) -> str:
    """The days that a report is about."""
    return t("{first} to {last}", first=date_text(told.first, today), last=date_text(told.last, today))


def _figures(told: ServiceReport, style: StyleOf) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style=style("muted"))
    grid.add_column(overflow="fold")
    kinds = " · ".join(f"{choice_text('tickets', 'kind', kind)} {count}" for kind, count in told.kinds.items())
    grid.add_row(t("Tickets"), f"{told.tickets:,}" + (f"   {kinds}" if kinds else ""))
    grid.add_row(t("Still open"), f"{told.open:,}")
    for label, times in ((t("Answer"), told.response), (t("Solution"), told.resolution)):
        grid.add_row(label, _times(times))
        grid.add_row("", _share(times.within, style, t("within the standard")))
    grid.add_row(t("Reopened"), _share(told.reopened, style))
    grid.add_row(t("Recurrence"), _share(told.recurrence, style))
    grid.add_row(t("Bought again"), _share(told.repurchase, style))
    mean, n = told.satisfaction
    grid.add_row(t("Satisfaction"), "?" if mean is None else f"{mean:.2f} / 5   n {n}")
    score = told.net_score.score
    said = "?" if score is None else f"{score.value:+.0f}   ({score.low:+.0f} … {score.high:+.0f}, n {score.n})"
    grid.add_row(t("Net score"), said)
    grid.add_row(t("Born in service"), str(told.opportunities))
    return grid


def _times(times: Times) -> str:
    from crm_tui.services.ticket_clocks import span_text

    found = [f"{percent} % {span_text(round(v))}" for percent, v in times.percentiles.items() if v is not None]
    return " · ".join(found) or "?"


def _share(share: Interval | None, style: StyleOf, what: str = "") -> Text:
    if share is None:
        return Text("?", style("muted"))
    text = Text(f"{100 * share.value:.0f} % {what}".rstrip())
    return text.append(f"   ({100 * share.low:.0f} … {100 * share.high:.0f}, n {share.n})", style("muted"))


def _pareto(
    told: ServiceReport, names: dict[str, str], style: StyleOf, cells: int, money: Callable[[int], str]
) -> Table:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style=style("accent"))
    for _ in range(3):
        grid.add_column(no_wrap=True, justify="right")
    grid.add_row(Text(t("Causes of complaints"), "bold"), "", t("How many"), t("Cost"), t("Cumulative"))
    most = max((one.count for one in told.causes), default=1) or 1
    for one in told.causes[:MOST_ROWS]:
        name = names.get(one.cause, one.cause) or "? " + t("not noted")
        grid.add_row(
            fit(safe(name), 20), fit(bar(one.count / most, cells), cells), f"{one.count:,}", money(one.cost),
            f"{one.cumulative:.0f} %",
        )  # fmt: skip
    if not told.causes:
        grid.add_row(Text(t("no complaints"), style("muted")))
    return grid


def _parts(told: ServiceReport) -> list[tuple[str, list[Part], str]]:
    return [
        (t("By tier"), told.tiers, ""), (t("By channel"), told.channels, "channel"), (t("By person"), told.people, ""),
    ]  # fmt: skip


def _group(title: str, parts: list[Part], choice: str, style: StyleOf, money: Callable[[int], str]) -> Table:
    from crm_tui.services.ticket_clocks import span_text

    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style=style("accent"))
    for _ in range(3):
        grid.add_column(no_wrap=True, justify="right")
    grid.add_row(Text(title, "bold"), "", t("How many"), t("each"), t("median"))
    most = max((one.count for one in parts), default=1) or 1
    for one in parts[:6]:
        name = choice_text("tickets", choice, one.name) if choice in NOUNS["tickets"].fields else one.name
        median = "?" if one.median is None else span_text(round(one.median))
        each = money(round(one.cost / one.count)) if one.count else "?"
        grid.add_row(fit(safe(name or "–"), 20), fit(bar(one.count / most, 12), 12), f"{one.count:,}", each, median)
    return grid


def _hours(told: ServiceReport, style: StyleOf) -> Text:
    """Load by hour of the day: two rows of shades with their counts."""
    most = max(told.hours) or 1
    text = Text(t("Load by hour"), "bold")
    busy = [hour for hour, count in enumerate(told.hours) if count]
    if not busy:
        return text.append("\n" + t("no tickets"), style("muted"))
    for hour in range(min(busy), max(busy) + 1):
        count = told.hours[hour]
        text.append(f"\n{hour:02d}  ", style("muted")).append(fit(bar(count / most, 20), 20), style("accent"))
        text.append(f" {count:,}")
    return text
