"""How a clock comes to what it shows, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.words import t


class Arithmetic(CrmDialog[None]):
    """A few lines to be read; Enter or Esc leave them.

    Args:
        title: over them.
        lines: in the reader's language.
    """

    AUTO_FOCUS = "VerticalScroll"
    CSS = "Arithmetic .dialog { width: 60; padding: 1 2; } Arithmetic Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,q", "close", "Back", id="arithmetic.close", show=False)]

    def __init__(self, title: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._heading, self._lines = title, lines

    def compose(self) -> ComposeResult:
        """The lines in a frame."""
        with VerticalScroll(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Esc  back")
            yield Static(plain("\n".join(self._lines)))
