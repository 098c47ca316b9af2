"""The line over the board: what is open and what it is worth, and what is shown of it."""

from __future__ import annotations

from collections.abc import Sequence

from crm_tui.rules.funnel import added
from crm_tui.rules.pipeline import OPEN
from crm_tui.services.pipelines import shown_name
from crm_tui.ui.selling.card_text import sum_text
from crm_tui.ui.selling.lanes import DealLane, Read
from crm_tui.ui.widgets.board import BoardView
from crm_tui.words import t

WIDE = 100


def summary(read: Read, cells: int, *, masked: bool) -> str:
    """Pipeline, open deals, what they are worth and their weighted worth."""
    if read.pipeline is None:
        return ""
    heads = [head for head in read.heads if head.rule.kind == OPEN]
    count = sum(head.count for head in heads)
    parts = [shown_name(read.pipeline), t("{n} open", n=f"{count:,}")]
    total, heavy = added(head.total for head in heads), added(head.weighted for head in heads)
    if total and not masked:
        room = 0 if cells >= WIDE else 16
        parts.append(sum_text(total, room))
        parts.append(t("weighted {sum}", sum=sum_text(heavy, room)))
    return " · ".join(parts)


def note(mine: bool, bare: bool, marked: int, lanes: Sequence[DealLane], board: BoardView) -> str:
    """What is shown only, how many are marked, and which columns stand beside those in sight."""
    parts = []
    if marked:
        parts.append(t("{n} marked", n=marked))
    if mine:
        parts.append(t("mine"))
    if bare:
        parts.append(t("without a next step"))
    before, after = board.beside
    if before:
        parts.append("< " + lanes[before - 1].stage.name)
    if after:
        parts.append(lanes[len(lanes) - after].stage.name + " >")
    return " · ".join(parts)
