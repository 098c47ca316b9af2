"""Leaving a screen that has no digit of its own."""

from __future__ import annotations

from crm_tui.ui.screen import CrmScreen


def leave(screen: CrmScreen, home: str) -> None:
    """Go back: to the screen beneath, or to the place one came from, `home` where there is none."""
    if len(screen.app.screen_stack) > 1:
        screen.app.pop_screen()
    else:
        screen.crm_app.go_back(screen.PLACE, home)
