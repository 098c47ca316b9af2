"""A written page that is read inside the app."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.paths import page
from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.words import language, t


class PageText(VerticalScroll, inherit_bindings=False):
    """The text; the keys of a list move it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", id="page.down", show=False),
        Binding("up,k", "scroll_up", "Up", id="page.up", show=False),
        Binding("pagedown,space,ctrl+d", "page_down", "Page down", id="page.page_down", show=False),
        Binding("pageup,ctrl+u", "page_up", "Page up", id="page.page_up", show=False),
        Binding("home,g", "scroll_home", "To the top", id="page.top", show=False),
        Binding("end,G", "scroll_end", "To the end", id="page.end", show=False),
    ]


class Page(CrmDialog[None]):
    """One of the pages that are shipped, in the language that is spoken.

    Args:
        name: as `paths.page` knows it.
    """

    AUTO_FOCUS = "PageText"
    CSS = """
    Page #page { width: 84; height: auto; padding: 1 2; }
    Page PageText { height: auto; max-height: 80vh; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "close", "Back", id="page.close", show=False)]

    def __init__(self, name: str) -> None:
        super().__init__()
        self._page = name

    def compose(self) -> ComposeResult:
        """One text in a frame."""
        with PageText(id="page", classes="dialog"):
            yield Static(id="text")

    def start(self) -> None:
        """Show it."""
        self.retitle()

    def retitle(self) -> None:
        """The page as its own language has it; its first line is the title."""
        title, _, text = page(self._page, language()).read_text(encoding="utf-8").partition("\n")
        frame = self.query_one("#page")
        frame.border_title, frame.border_subtitle = title, t("j k  move   Esc  back")
        self.query_one("#text", Static).update(plain(text.strip()))
