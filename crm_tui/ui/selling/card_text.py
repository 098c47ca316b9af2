"""A deal's card in three lines, and the head of a column; measured in cells."""

from __future__ import annotations

from datetime import datetime

from crm_tui.rules.amounts import short_money, show_money
from crm_tui.rules.pipeline import OPEN
from crm_tui.services.board import Card, Head
from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Role
from crm_tui.ui.text import cut, fit, safe, width
from crm_tui.ui.when import date_text, until
from crm_tui.words import language, t

Piece = tuple[str, Role]
LEAST_SUM = 6
"""Cells below which a weighted sum is left out."""
LINES = 3
"""Lines of a card."""


def sum_text(total: dict[str, int], cells: int = 0, between: str = " + ") -> str:
    """Sums in short, currency by currency: "¥1.2M + $80k"; where room is short only how many more there are."""
    chinese = language() == "zh"
    parts = [short_money(amount, currency, chinese=chinese) for currency, amount in by_size(total)]
    said = between.join(parts)
    while cells and width(said) > cells and len(parts) > 1:
        parts.pop()
        said = between.join(parts) + f" +{len(total) - len(parts)}"
    return said


def by_size(total: dict[str, int]) -> list[tuple[str, int]]:
    """Sums by currency, the largest number first; that says nothing of their worth."""
    return sorted(total.items(), key=lambda one: (-one[1], one[0]))


def pair(left: list[Piece], right: list[Piece], cells: int) -> list[Piece]:
    """Pieces at both ends of a line of so many cells; the left side gives way."""
    wanted = sum(width(text) for text, _ in right)
    room = cells - wanted - (1 if wanted else 0)
    found: list[Piece] = []
    for text, role in left:
        shown = cut(safe(text), max(0, room))
        found.append((shown, role))
        room -= width(shown)
    gap = cells - wanted - sum(width(text) for text, _ in found)
    return [*found, (" " * max(0, gap), ""), *right]


def card_lines(card: Card, open_stage: bool, now: datetime, cells: int, money: bool = True) -> list[list[Piece]]:
    """The three lines of a card.

    Args:
        card: what is shown.
        open_stage: whether its stage is open; a closed one needs no next step.
        now: the present, local.
        cells: of each line.
        money: whether amounts are shown; masked they are not.
    """
    amount = ""
    if card.amount is not None and card.currency is not None:
        amount = show_money(card.amount, card.currency)
        if width(amount) > cells // 2:
            amount = short_money(card.amount, card.currency, chinese=language() == "zh")
        amount = amount if money else "***"
    age: Piece = (t("{n} d", n=card.days), "muted")
    if card.rotting:
        age = ("! " + t("stuck {n} d", n=card.days), "bad")
    grade: list[Piece] = []
    if card.grade:
        grade = [(f"{card.grade}?", "warn")] if card.stale else [(card.grade, "accent")]
    return [
        pair([(card.name, "")], [(amount, "")], cells),
        pair([(card.customer, "muted")], [age], cells),
        pair([_last(card, open_stage, now)], grade, cells),
    ]


def _last(card: Card, open_stage: bool, now: datetime) -> Piece:
    """What comes next; of a closed deal whose it was."""
    if card.step is not None:
        when, role = until(card.step, now)
        return f"> {when} {choice_text('visits', 'kind', card.step_kind)}", role or "muted"
    if open_stage:
        return "? " + t("no next step"), "warn"
    return card.owner, "muted"


def head_lines(head: Head, cells: int, money: bool = True) -> list[list[Piece]]:
    """Name and count, then total and weighted total, of a column."""
    mark: list[Piece] = []
    if head.rotting:
        mark = [("! " + t("{n} stuck", n=f"{head.rotting:,}"), "bad")]
    if head.rule.kind != OPEN:
        mark = [(t("this month"), "muted")]
    role: Role = "good" if head.rule.kind == "won" else "muted" if head.rule.kind == "lost" else ""
    sign = {"won": "+ ", "lost": "x "}.get(head.rule.kind, "")
    first = pair([(f"{sign}{head.name}  ", role), (f"{head.count:,}", "accent")], mark, cells)
    if not money:
        return [first, pair([("***", "muted")], [], cells)]
    total = sum_text(head.total, cells, " ")
    right: list[Piece] = []
    if head.weighted and head.rule.kind == OPEN and (room := cells - width(total) - 2) >= LEAST_SUM:
        said = "~" + sum_text(head.weighted, room, " ")
        right = [(said, "muted")] if width(said) <= room + 1 else []
    return [first, pair([(total, "")], right, cells)]


def close_text(card: Card, now: datetime) -> str:
    """When a deal should be closed."""
    return date_text(card.close_day, now.date()) if card.close_day else ""


__all__ = ["LINES", "card_lines", "close_text", "fit", "head_lines", "pair", "sum_text"]
