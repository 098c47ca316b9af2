"""A phone number that can be read from where one dials."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text
from textual.renderables.digits import Digits
from textual.widget import Widget

from crm_tui.rules.masking import mask_text
from crm_tui.ui.colors import color_style
from crm_tui.ui.text import safe


class BigNumber(Widget):
    """Three lines high where there is room; masked like everything else, before it is drawn."""

    DEFAULT_CSS = "BigNumber { height: 3; width: 100%; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._number = ""

    def show(self, number: str) -> None:
        """Show another number."""
        self._number = number
        self.refresh()

    def render(self) -> RenderableType:
        """The number in large figures; in plain ones if it is too long for them."""
        number = safe(self._number)
        if getattr(self.app, "masked", False):
            number = mask_text(number)
        style = color_style(self.app, "accent")
        if not number or 3 * len(number) > self.size.width or not set(number) <= set("0123456789 +-"):
            return Text(number, color_style(self.app, "accent", bold=True))
        return Digits(number, style)
