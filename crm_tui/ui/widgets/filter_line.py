"""The line over a list: how many there are, the filter as it is typed, how it is sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static

from crm_tui.ui.text import safe, width
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.widgets.filter_input import FilterInput


class FilterLine(Horizontal):
    """How many customers there are, "/" and what is typed behind it, how many answer, and how the list is sorted."""

    DEFAULT_CSS = """
    FilterLine { height: 1; padding: 0 1; }
    FilterLine > Static { width: auto; padding-right: 2; }
    FilterLine > FilterInput { width: 24; height: 1; border: none; padding: 0; margin-right: 2; }
    FilterLine > .filter--note { width: 1fr; text-align: right; color: $muted; padding: 0; }
    """

    class Typed(Message):
        """The filter changed to `text`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The person left the input; the filter is kept or not."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def __init__(self) -> None:
        super().__init__()
        self._box: FilterInput | None = None
        self._said: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The count and the note; the input comes with the first filter."""
        yield Static(classes="filter--count")
        yield Static(classes="filter--note")

    @property
    def text(self) -> str:
        """What is typed."""
        return self._box.value if self._box is not None else ""

    async def open(self, text: str | None = None) -> None:
        """Show the input and give it the keys."""
        if self._box is None:
            from crm_tui.ui.widgets.filter_input import FilterInput

            box = self._box = FilterInput(placeholder=t("name, pinyin, phone"), compact=True, select_on_focus=False)
            parts = [Static(Text("/"), classes="filter--slash"), box, Static(classes="filter--found")]
            await self.mount_all(parts, after=self.query_one(".filter--count"))
        box = self._box
        for part in self.query(".filter--slash, .filter--found, FilterInput"):
            part.display = True
        if text is not None:
            box.value = text
            box.cursor_position = len(text)
        box.focus()

    def shut(self) -> None:
        """Hide the input; nothing is filtered any more."""
        for part in self.query(".filter--slash, .filter--found, FilterInput"):
            part.display = False
        if self._box is not None:
            self._box.value = ""

    def say(self, *, count: str | None = None, found: str | None = None, note: str | None = None) -> None:
        """Put texts into the line; None leaves a part as it is.

        The screen is laid out anew only where a text needs more room than it has: that costs a frame at every letter.
        """
        for name, text in (("count", count), ("found", found), ("note", note)):
            if text is not None and self._said.get(name) != text:
                for part in self.query(f".filter--{name}").results(Static):
                    self._said[name] = text
                    part.update(Text(safe(text), no_wrap=True), layout=part.size.width < width(text))

    def retitle(self) -> None:
        """What stands in the empty input."""
        if self._box is not None:
            self._box.placeholder = t("name, pinyin, phone")
