"""The very first frame: the line on top alone, so that something stands there before any screen is even imported."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen

from crm_tui.ui.widgets.lines import TopLine


class Curtain(Screen[None]):
    """Gives way to the first screen as soon as it was painted.

    Args:
        place: name of the screen that comes.
    """

    def __init__(self, place: str) -> None:
        super().__init__()
        self.PLACE = place

    def compose(self) -> ComposeResult:
        """The line on top."""
        yield TopLine()
