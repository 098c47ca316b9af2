"""The brief of a customer over whatever is in sight."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.ui.lists import role_style
from crm_tui.ui.screen import CrmDialog
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.briefs import Brief
    from crm_tui.services.crm import Crm


class BriefDialog(CrmDialog[None]):
    """A page to be read; Esc, Enter or b leave it."""

    AUTO_FOCUS = "VerticalScroll"
    CSS = """
    BriefDialog .dialog { width: 84; height: auto; max-height: 94%; padding: 1 2; }
    BriefDialog #brief { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b,enter,q", "close", "Back", id="brief.close", show=False),
        Binding("j,down", "scroll(1)", "Down", id="brief.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="brief.up", show=False),
    ]

    def __init__(self, customer: str) -> None:
        super().__init__()
        self._customer = customer
        self._brief: Brief | None = None

    def compose(self) -> ComposeResult:
        """One text in a frame."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = t("Brief")
            frame.border_subtitle = t("Esc  back")
            yield Static(id="brief")

    def start(self) -> None:
        """Read it."""
        self.load(partial(_read, self._customer), self._show)

    def _show(self, brief: Brief) -> None:
        from crm_tui.ui.scheduling.brief_text import brief_text

        app = self.crm_app
        region = app.crm.region if app.crm is not None else "CN"
        style = partial(role_style, self)
        self.query_one("#brief", Static).update(brief_text(brief, app.local, app.local_now(), style, region))

    def action_scroll(self, lines: int) -> None:
        """A line down or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _read(customer: str, crm: Crm) -> Brief:
    return crm.briefs.of(customer)
