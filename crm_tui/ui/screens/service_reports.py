"""*Service report*: causes, times against the standards, satisfaction, cost and load of a period."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.rules.amounts import show_money
from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import role_style
from crm_tui.ui.screen import CrmScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.service_reports import ServiceReport
    from crm_tui.store.database import Changes

SPANS = (30, 90, 365)
"""Days of the periods that one key goes through."""


def read_report(days: int, back: int, crm: Crm) -> tuple[ServiceReport, dict[str, str], str]:
    """The report of so many days, `back` periods ago; names of causes; the currency. In a thread."""
    last = crm.local_now().date() - timedelta(days=days * back)
    first = last - timedelta(days=days - 1)
    return crm.service_reports.of(first, last), dict(crm.corrective_actions.causes()), crm.currency


class ServiceReportsScreen(CrmScreen):
    """One page of figures."""

    PLACE = "service_reports"
    TITLE_TEXT = "Service report"
    CSS_PATH = "service_reports.tcss"
    AUTO_FOCUS = "VerticalScroll"
    WAITS = frozenset({"span", "step"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "span", "30 / 90 / 365 days", id="service_reports.span"),
        Binding("left_square_bracket", "step(1)", "Period before", id="service_reports.before"),
        Binding("right_square_bracket", "step(-1)", "Next period", id="service_reports.after"),
        Binding("j,down", "scroll(1)", "Down", id="service_reports.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="service_reports.up", show=False),
        Binding("escape", "back", "Back", id="screen.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._span, self._back = 1, 0
        self._told: tuple[ServiceReport, dict[str, str], str] | None = None

    def body(self) -> ComposeResult:
        """Head line, page."""
        yield Static(id="head")
        with VerticalScroll():
            yield Static(id="report")

    def start(self) -> None:
        """Read it."""
        self.reload(None)

    def reload(self, changes: Changes | None) -> None:
        """Read it again."""
        self.load(partial(read_report, SPANS[self._span], self._back), self._read)

    def _read(self, told: tuple[ServiceReport, dict[str, str], str]) -> None:
        self._told = told
        self._show()

    def retitle(self) -> None:
        """The same figures in another language."""
        self._show()

    def on_resize(self) -> None:
        """Side by side where there is room."""
        self._show()

    def _show(self) -> None:
        from crm_tui.ui.servicing.report_text import report_text, title_of

        if self._told is None or not self.query("#report"):
            return
        told, names, currency = self._told
        today = self.crm_app.local_now().date()
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(t("Service report"), "bold").append(f"  {title_of(told, today)}")
        line.append("  · " + t("{n} days", n=SPANS[self._span]), role_style(self, "muted"))
        self.query_one("#head", Static).update(line)
        page = report_text(
            told, names, partial(role_style, self), today, self.size.width - 2, partial(_money, currency)
        )
        self.query_one("#report", Static).update(page)

    def action_span(self) -> None:
        """A longer period, then the shortest again."""
        self._span, self._back = (self._span + 1) % len(SPANS), 0
        self.reload(None)

    def action_step(self, periods: int) -> None:
        """The period before, or the next one."""
        self._back = max(0, self._back + periods)
        self.reload(None)

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """To the desk."""
        leave(self, "desk")


def _money(currency: str, minor: int) -> str:
    return show_money(round(minor / 100) * 100, currency)
