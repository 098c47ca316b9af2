"""One question: when. What is typed is understood while it is typed."""

from __future__ import annotations

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.typed import NotUnderstood, instant_of
from crm_tui.ui.when import clock, weekday
from crm_tui.words import t


class AskWhen(CrmDialog[ScreenResultType]):
    """Asks for a time in the line `#when`; `_found` is what was understood so far, local and aware.

    Args:
        title: over the line, already in the reader's language.
        at: the time of day that a day alone means, and the time that it was so far.
    """

    AUTO_FOCUS = "#when"

    def __init__(self, title: str, at: datetime) -> None:
        super().__init__()
        self._heading, self._at = title, at
        self._found: datetime | None = None

    @staticmethod
    def line() -> Input:
        """The line to type it in."""
        return Input(placeholder=t("tomorrow, fri 15:00, +3d, 12-24"), compact=True, id="when")

    def start(self) -> None:
        """Say what it is so far."""
        self._say("")

    @on(Input.Changed, "#when")
    def _typed(self, event: Input.Changed) -> None:
        self._say(event.value)

    def _say(self, typed: str) -> None:
        now = self.crm_app.local_now()
        self._found = None
        if not typed.strip():
            said = t("now: {when}", when=_read(self._at, now))
        else:
            try:
                self._found = self._understood(typed, now)
                assert self._found is not None
                said = "= " + _read(self._found, now)
            except NotUnderstood as error:
                said = f"? {error}"
        self.query_one("#understood", Static).update(plain(said))

    def _understood(self, typed: str, now: datetime) -> datetime | None:
        from crm_tui.rules.days import parse_when

        when = parse_when(typed, now)
        if when is not None and not when.rest and when.time is None:
            return datetime.combine(when.day, self._at.time(), now.tzinfo)
        return instant_of(typed, now, self._at.hour)


class AskDay(AskWhen[datetime]):
    """A day, perhaps with a time, typed as people say it. The result is local and aware."""

    CSS = """
    AskDay .dialog { width: 60; }
    AskDay Input { border: none; height: 1; padding: 0; }
    AskDay #understood { color: $muted; height: auto; }
    """

    def compose(self) -> ComposeResult:
        """A line in a frame, and what was understood."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  move   Esc  back")
            yield self.line()
            yield Static(id="understood")

    @on(Input.Submitted)
    def _done(self) -> None:
        if self._found is not None:
            self.dismiss(self._found)


def _read(at: datetime, now: datetime) -> str:
    return f"{weekday(at.date())} {clock(at, now.date())}"
