"""What the tests of screens share: an app on a file, and the text that stands on its screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crm_tui.ui.app import CrmApp
from crm_tui.ui.options import Options
from tests.conftest import NOW, ZONE

HOSTILE = ["[red]", "x [/oops]", "Acme [CN] Ltd", "שלום \u202eעולם", "👩\u200d💻 shop", "a\nb", "n" * 200, "名" * 200]


def app_on(path: Path, screen: str, **told: Any) -> CrmApp:
    """The app on a file, beginning with a screen."""
    return CrmApp(Options(path, screen=screen, now=lambda: NOW, zone=ZONE, **told))


def screen_text(pilot: Any) -> str:
    """What stands on the screen, line by line."""
    screen = pilot.app.screen
    strips = screen._compositor.render_strips(screen.size)
    return "\n".join("".join(segment.text for segment in line) for line in strips)


def said(pilot: Any) -> str:
    """Every toast so far; a test app does not draw them."""
    return "\n".join(note.message for note in pilot.app._notifications)


def toasts(pilot: Any) -> str:
    """What was said in the corner so far."""
    return "\n".join(notice.message for notice in pilot.app._notifications)
