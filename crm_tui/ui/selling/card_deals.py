"""The open deals of a customer, as lines of its card."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from crm_tui.rules.amounts import show_money
from crm_tui.rules.pipeline import days_in, rots
from crm_tui.services.pipelines import shown_name
from crm_tui.services.stages import rule_of
from crm_tui.ui.rows import Row
from crm_tui.words import t


def deal_rows(deals: Sequence[dict[str, Any]], local: Callable[[str], datetime], now: datetime) -> Iterator[Row]:
    """One line a deal: what it is worth, where it stands and for how long.

    Args:
        deals: open ones, each with its stage's row as "stage_row".
        local: puts an instant into the local zone.
        now: the present, local.
    """
    for deal in deals:
        stage = deal["stage_row"]
        days = days_in(local(str(deal["staged"])), now) if deal["staged"] else 0
        stuck = rots(days, rule_of(stage))
        amount = "" if deal["amount"] is None else "  " + show_money(deal["amount"], deal["currency"])
        age = t("stuck {n} d", n=days) if stuck else t("{n} d", n=days)
        text = f"{'! ' if stuck else ''}{deal['name']}{amount}  ({shown_name(stage)}, {age})"
        yield Row(f"deals:{deal['id']}", (t("Deal"), text), roles=("muted", "bad" if stuck else ""))
