"""Funnel and forecast as a screen over the board; any past day can be looked at."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.ui.lists import role_style
from crm_tui.ui.screen import CrmScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes
    from crm_tui.ui.selling.funnel_text import Figures


class FunnelScreen(CrmScreen):
    """Bars and numbers.

    Args:
        pipeline: id.
        owner: whose deals; everybody's if None.
    """

    TITLE_TEXT = "Funnel and forecast"
    CSS = """
    FunnelScreen #figures { height: 1fr; padding: 1 2 0 2; scrollbar-size-vertical: 0; }
    FunnelScreen #page { width: 100%; height: auto; }
    """
    AUTO_FOCUS = "#figures"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "as_of", "As of a day", id="funnel.as_of"),
        Binding("left_square_bracket", "month(-1)", "A month back", id="funnel.back"),
        Binding("right_square_bracket", "month(1)", "A month on", id="funnel.on"),
        Binding("t", "today", "Now", id="funnel.now"),
        Binding("escape", "leave", "Back", id="card.leave"),
    ]

    def __init__(self, pipeline: str, owner: str | None) -> None:
        super().__init__()
        self._pipeline, self._owner = pipeline, owner
        self._at: datetime | None = None
        self._figures: Figures | None = None

    def body(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="figures", can_focus=True):
            yield Static(id="page")

    def start(self) -> None:
        """Read it."""
        self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read it again."""
        from crm_tui.ui.selling.funnel_text import read_figures

        pipeline, owner, at = self._pipeline, self._owner, self._at
        self.load(lambda crm: read_figures(crm, pipeline, owner, at), self._show)

    def _show(self, figures: Figures) -> None:
        self._figures = figures
        self.retitle()

    def retitle(self) -> None:
        """The page in the language that is spoken."""
        from crm_tui.ui.selling.funnel_text import figures_text

        if self._figures is not None:
            cells = min(120, self.app.size.width - 4)
            text = figures_text(self._figures, cells, partial(role_style, self), self.crm_app.masked)
            self.query_one("#page", Static).update(text)

    def on_resize(self) -> None:
        """Bars are measured anew."""
        self.retitle()

    def action_leave(self) -> None:
        """Back to the board."""
        self.dismiss(None)

    def action_as_of(self) -> None:
        """Ask for a past day."""
        from crm_tui.ui.dialogs.ask_day import AskDay

        self.app.push_screen(AskDay(t("The funnel as of which day?"), self.crm_app.local_now()), self._to)

    def _to(self, day: datetime | None) -> None:
        if day is not None:
            end = datetime.combine(day.date(), time(23, 59, 59), day.tzinfo)
            self._at = end if end < self.crm_app.local_now() else None
            self.reload(None)

    def action_month(self, step: int) -> None:
        """To the end of the month before, or of the next one."""
        from dateutil.relativedelta import relativedelta

        day = self._at or self.crm_app.local_now()
        first = day.replace(day=1)
        self._to(first - relativedelta(days=1) if step < 0 else first + relativedelta(months=2, days=-1))

    def action_today(self) -> None:
        """Now."""
        self._at = None
        self.reload(None)
