"""Calling this machine by another name."""

from __future__ import annotations

from typing import Any

from crm_tui.ui.dialogs.ask import AskLine
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.syncing.reading import call_this
from crm_tui.words import t


def ask_name(screen: WorkingScreen[Any], name: str) -> None:
    """Ask for the name of this machine, which is `name` now."""
    app = screen.crm_app

    def named(name: str | None) -> None:
        if name:
            said = t("This machine is called {name} now; others learn it with the next bundle", name=name)
            screen.change(lambda crm: call_this(app, crm, name), lambda _: screen.toast(said))

    app.push_screen(AskLine(t("Name of this machine"), name), named)
