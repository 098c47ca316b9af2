"""Winning and losing a deal from anywhere; what is missing is asked in a form."""

from __future__ import annotations

from typing import Any

from crm_tui.errors import CrmError, Invalid
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t


def lose(screen: WorkingScreen[Any], deal: str) -> None:
    """Ask why a deal is lost, and close it."""
    from crm_tui.ui.selling.forms import ask_loss

    ask_loss(screen, deal, lambda _: screen.toast(t("Lost. What was to be learnt is kept; u takes it back")))


def win(screen: WorkingScreen[Any], deal: str) -> None:
    """Close a deal as won."""

    def done(_: object) -> None:
        screen.toast(t("+ Won. u takes it back"))

    def refused(error: CrmError) -> None:
        from crm_tui.ui.selling.forms import ask_required

        if not isinstance(error, Invalid):
            screen.toast(str(error), bad=True)
            return
        missing = list(error.problems)
        screen.load(
            lambda crm: crm.deals.end(deal, "won"),
            lambda stage: ask_required(screen, [deal], stage, missing, done),
            group="won",
        )

    screen.change(lambda crm: crm.deals.win(deal), done, failed=refused)
