"""Small questions about a plan: when instead and why; or only why."""

from __future__ import annotations

from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.widgets import Input, Static

from crm_tui.ui.dialogs.ask_day import AskWhen
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.words import t


class AskMove(AskWhen[tuple[datetime, str]]):
    """A day and perhaps a time, typed as people say it, then why; a day alone keeps the time of day.

    Args:
        title: over the lines, already in the reader's language.
        at: when it is planned so far.
        why: whether a reason is asked for.
    """

    CSS = """
    AskMove .dialog { width: 64; }
    AskMove Grid { grid-size: 2; grid-columns: 8 1fr; grid-rows: 1; height: auto; }
    AskMove Grid Static { color: $muted; text-align: right; padding-right: 1; }
    AskMove Input { border: none; height: 1; padding: 0; }
    AskMove #understood { color: $muted; height: auto; margin-top: 1; padding-left: 8; }
    """

    def __init__(self, title: str, at: datetime, *, why: bool = True) -> None:
        super().__init__(title, at)
        self._why = why

    def labels(self) -> tuple[str, str]:
        """What the second line is called, and what may stand there."""
        return t("Why"), t("rain, asked for it, …")

    def compose(self) -> ComposeResult:
        """Two lines in a frame, and what was understood."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  do   Esc  back")
            with Grid():
                yield Static(t("When"))
                yield self.line()
                if self._why:
                    label, hint = self.labels()
                    yield Static(label)
                    yield Input(placeholder=hint, compact=True, id="why")
            yield Static(id="understood")

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        if self._found is None:
            self.query_one("#when", Input).focus()
        elif event.input.id == "when" and self._why:
            self.query_one("#why", Input).focus()
        else:
            reason = self.query_one("#why", Input).value.strip() if self._why else ""
            self.dismiss((self._found, reason))


class AskWhy(CrmDialog[str]):
    """A reason in one line, which may stay empty; the result is "" then, None if it was left with Esc."""

    AUTO_FOCUS = "Input"
    CSS = """
    AskWhy .dialog { width: 64; }
    AskWhy Input { border: none; height: 1; padding: 0; }
    """

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._heading, self._hint = title, hint

    def compose(self) -> ComposeResult:
        """A line in a frame."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  do   Esc  back")
            yield Input(placeholder=self._hint, compact=True)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())
