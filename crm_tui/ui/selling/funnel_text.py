"""Funnel, forecast and losses as text with bars; every bar has its number beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from crm_tui.rules.pipeline import LOST, OPEN, WON
from crm_tui.services.pipelines import shown_name
from crm_tui.ui.card_header import bar
from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Role
from crm_tui.ui.selling.card_text import sum_text
from crm_tui.ui.text import fit, safe
from crm_tui.ui.when import long_date
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.forecast import Month
    from crm_tui.services.crm import Crm
    from crm_tui.services.funnels import Funnel, Loss

Styles = Callable[[Role], Style]
ROOMY, WIDER = 110, 6
"""From so many cells on, columns of money are so much wider."""


@dataclass(frozen=True)
class Figures:
    """What the page shows: the funnel now or on a past day, the months ahead, why deals were lost."""

    funnel: Funnel
    past: bool
    months: Sequence[Month]
    losses: Sequence[Loss]


def read_figures(crm: Crm, pipeline: str, owner: str | None, at: datetime | None) -> Figures:
    """Read all of it, in a thread."""
    from crm_tui.services.funnels import Whose

    whose = Whose(owner)
    funnel = crm.funnels.funnel(pipeline, at, whose)
    return Figures(funnel, at is not None, crm.funnels.forecast(pipeline, whose), crm.funnels.losses(pipeline, whose))


def figures_text(figures: Figures, cells: int, style: Styles, masked: bool) -> Text:
    """The page, so many cells wide."""
    text = Text()
    title = t("Funnel")
    if figures.past:
        title += " · " + t("as it stood on {day}", day=long_date(figures.funnel.at.date()))
    text.append(title + "\n", Style(bold=True) + style("warn" if figures.past else ""))
    _funnel(text, figures.funnel, cells, style, masked)
    text.append("\n" + t("Forecast by expected close, weighted by the stages' probability") + "\n", Style(bold=True))
    _months(text, figures.months, cells, style, masked)
    if figures.losses:
        text.append("\n" + t("Lost: competitor, stage, reason") + "\n", Style(bold=True))
        _losses(text, figures.losses, style, masked)
    return text


def _funnel(text: Text, funnel: Funnel, cells: int, style: Styles, masked: bool) -> None:
    name, wide = 14, WIDER if cells >= ROOMY else 0
    room = max(8, cells - name - 52 - 2 * wide)
    most = max((layer.count for _, layer in funnel.layers), default=0) or 1
    heads = (
        fit("", name + room + 2),
        _right(t("Deals"), 7),
        _right(t("Sum"), 14 + wide),
        _right(t("Weighted"), 12 + wide),
    )
    text.append("".join(heads) + _right(t("Days"), 7) + _right(t("Further"), 9) + "\n", style("muted"))
    for stage, layer in funnel.layers:
        kind = stage["kind"]
        role: Role = "good" if kind == WON else "muted" if kind == LOST else "accent"
        sign = {WON: "+ ", LOST: "x "}.get(kind, "")
        text.append(fit(sign + safe(shown_name(stage)), name) + " ", style("" if kind == OPEN else role))
        text.append(_middle(100 * layer.count // most, room), style(role))
        text.append(" " + _right(f"{layer.count:,}", 7), Style(bold=True))
        text.append(_right(_money(layer.total, masked, 13 + wide), 14 + wide))
        heavy = _money(layer.weighted, masked, 11 + wide) if kind == OPEN else ""
        text.append(_right(heavy, 12 + wide), style("muted"))
        text.append(_right("" if layer.median_days is None else f"{layer.median_days}", 7), style("muted"))
        further = layer.conversion if kind == OPEN else None
        text.append(_right("" if further is None else f"{further} %", 9) + "\n")


def _middle(percent: int, room: int) -> str:
    """A bar in the middle of its room, as a funnel has it."""
    length = max(1 if percent else 0, round(room * percent / 100))
    left = (room - length) // 2
    return " " * left + "█" * length + " " * (room - length - left)


def _months(text: Text, months: Sequence[Month], cells: int, style: Styles, masked: bool) -> None:
    if not months:
        text.append(t("No open deal and nothing won yet.") + "\n", style("muted"))
        return
    name, wide = 14, WIDER if cells >= ROOMY else 0
    room = max(8, cells - name - 52 - 3 * wide)
    most: dict[str, int] = {}
    for month in months:
        for sums in (month.weighted, month.won):
            for currency, amount in sums.items():
                most[currency] = max(most.get(currency, 0), amount)
    main = max(most, key=lambda one: most[one]) if most else ""
    text.append(
        fit("", name + room + 2) + _right(t("Deals"), 7) + _right(t("Sum"), 14 + wide)
        + _right(t("Weighted"), 14 + wide) + _right(t("Won"), 14 + wide) + "\n", style("muted"),
    )  # fmt: skip
    for month in months:
        label = {"overdue": "! " + t("overdue"), "undated": "? " + t("no date")}.get(month.month, month.month)
        role: Role = "bad" if month.month == "overdue" else "warn" if month.month == "undated" else ""
        text.append(fit(label, name) + " ", style(role))
        share = month.weighted.get(main, 0), month.won.get(main, 0)
        top = most.get(main, 0) or 1
        won = round(room * share[1] / top)
        text.append("█" * won, style("good"))
        text.append(fit(bar(100 * share[0] // top, room - won), room - won), style("accent"))
        text.append(" " + _right(f"{month.count:,}", 7), Style(bold=True))
        text.append(_right(_money(month.total, masked, 13 + wide), 14 + wide), style("muted"))
        text.append(_right(_money(month.weighted, masked, 13 + wide), 14 + wide))
        text.append(_right(_money(month.won, masked, 13 + wide), 14 + wide) + "\n", style("good"))
    if len(most) > 1:
        said = t("Bars: {currency} only; currencies are never added.", currency=main)
        text.append(said + "\n", style("muted"))


def _losses(text: Text, losses: Sequence[Loss], style: Styles, masked: bool) -> None:
    most = max(one.count for one in losses)
    for one in losses[:12]:
        text.append(fit(safe(one.competitor or t("nobody named")), 18) + "  ")
        text.append(fit(safe(one.stage), 12) + "  ", style("muted"))
        text.append(fit(choice_text("deals", "lost_reason", one.reason), 18) + "  ")
        text.append(bar(100 * one.count // most, 12), style("bad"))
        text.append(f" {one.count:,}", Style(bold=True))
        text.append("   " + _money(one.total, masked, 30) + "\n", style("muted"))


def _money(total: dict[str, int], masked: bool, cells: int) -> str:
    return "***" if masked and total else sum_text(total, cells)


def _right(text: str, cells: int) -> str:
    return fit(text, cells, "right")
