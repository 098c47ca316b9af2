"""The yardstick: the smallest Textual app; a key repaints its one line. With "sqlmodel" that library is loaded too."""

from __future__ import annotations

import sys

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

MARK = "HELLOMARK"


class Hello(App[None]):
    """One line that says hello."""

    presses = 0

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(MARK)

    def on_mount(self) -> None:
        """Load what was asked for, after the first frame."""
        if "sqlmodel" in sys.argv:
            self.call_after_refresh(self.load)

    def load(self) -> None:
        """Load SQLModel and say so."""
        import sqlmodel

        self.query_one(Static).update(f"{MARK} LOADED {sqlmodel.__version__}")

    def on_key(self, event: events.Key) -> None:
        """Repaint."""
        self.presses += 1
        self.query_one(Static).update(f"{MARK} {self.presses}")


if __name__ == "__main__":
    Hello().run()
