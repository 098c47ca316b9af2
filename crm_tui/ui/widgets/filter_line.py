"""The line over a list: how many there are, the filter as it is typed, how it is sorted."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from crm_tui.ui.text import safe
from crm_tui.words import t


class FilterInput(Input):
    """The input behind "/"; Enter and Down go to the list, Esc gives up the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave", "To the list", id="filter.leave"),
        Binding("escape", "give_up", "Show all", id="filter.give_up"),
    ]

    def action_leave(self) -> None:
        """The filter stays, the keys go to the list."""
        self.post_message(FilterLine.Left(keep=True))

    def action_give_up(self) -> None:
        """Everything is shown again."""
        self.value = ""
        self.post_message(FilterLine.Left(keep=False))


class FilterLine(Horizontal):
    """How many customers there are, "/" and what is typed behind it, how many answer, and how the list is sorted."""

    DEFAULT_CSS = """
    FilterLine { height: 1; padding: 0 1; }
    FilterLine > .filter--count { width: auto; }
    FilterLine > .filter--slash { width: auto; color: $accent; display: none; }
    FilterLine > FilterInput { width: 24; height: 1; border: none; padding: 0; display: none; }
    FilterLine > .filter--found { width: auto; padding: 0 2; color: $muted; }
    FilterLine > .filter--note { width: 1fr; text-align: right; color: $muted; }
    FilterLine.-filtering > .filter--slash, FilterLine.-filtering > FilterInput { display: block; }
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

    def compose(self) -> ComposeResult:
        """The parts of the line."""
        yield Static(classes="filter--count")
        yield Static(Text("   / "), classes="filter--slash")
        yield FilterInput(compact=True, select_on_focus=False)
        yield Static(classes="filter--found")
        yield Static(classes="filter--note")

    @property
    def text(self) -> str:
        """What is typed."""
        return self.query_one(FilterInput).value

    def open(self, text: str | None = None) -> None:
        """Show the input and give it the keys."""
        self.add_class("-filtering")
        box = self.query_one(FilterInput)
        if text is not None:
            box.value = text
            box.cursor_position = len(text)
        box.focus()

    def shut(self) -> None:
        """Hide the input; nothing is filtered any more."""
        self.remove_class("-filtering")
        self.query_one(FilterInput).value = ""
        self.query_one(".filter--found", Static).update("")

    def say(self, *, count: str | None = None, found: str | None = None, note: str | None = None) -> None:
        """Put texts into the line; None leaves a part as it is."""
        for name, text in (("count", count), ("found", found), ("note", note)):
            if text is not None:
                self.query_one(f".filter--{name}", Static).update(Text(safe(text), no_wrap=True))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say what is typed now."""
        event.stop()
        if self.has_class("-filtering"):
            self.post_message(self.Typed(event.value))

    def retitle(self) -> None:
        """Nothing of its own is in a language."""
        self.query_one(FilterInput).placeholder = t("name, pinyin, phone")
