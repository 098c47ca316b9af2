"""Something that is said in a frame, with a few keys to answer; and a line for a passphrase."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import RenderableType
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from crm_tui.ui.lists import plain
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.words import t


class Say(CrmDialog[str]):
    """A text; the result is the key that answered it, "enter" among them, None for Esc.

    Args:
        title: over it.
        text: what is said.
        keys: keys and what they are for; ("Enter", …) is among them where Enter answers.
    """

    CSS = "Say .dialog { width: 66; padding: 1 2; } Say Static { height: auto; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "enter", "Go on", id="say.enter", show=False)]

    def __init__(self, title: str, text: str | RenderableType, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._heading, self._text, self._keys = title, text, keys

    def compose(self) -> ComposeResult:
        """The text in a frame, the keys under it."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            keys = [*self._keys, *([] if any(key == "Esc" for key, _ in self._keys) else [("Esc", t("back"))])]
            frame.border_subtitle = "   ".join(f"{key}  {what}" for key, what in keys)
            yield Static(plain(self._text) if isinstance(self._text, str) else self._text)

    def action_enter(self) -> None:
        """Enter answers where it is offered."""
        if any(key == "Enter" for key, _ in self._keys):
            self.dismiss("enter")

    def on_key(self, event: events.Key) -> None:
        """One of the other keys."""
        if event.character is not None and any(event.character == key for key, _ in self._keys):
            event.stop()
            self.dismiss(event.character)


class AskSecret(CrmDialog[str]):
    """One line that is not shown.

    Args:
        title: over it.
        said: a sentence above the line.
        wrong: whether the sentence tells of a mistake.
    """

    CSS = """
    AskSecret .dialog { width: 66; padding: 1 2; }
    AskSecret Static { height: auto; margin-bottom: 1; }
    AskSecret Input { border: none; height: 1; padding: 0; }
    """

    def __init__(self, title: str, said: str, *, wrong: bool = False) -> None:
        super().__init__()
        self._heading, self._said, self._wrong = title, said, wrong

    def compose(self) -> ComposeResult:
        """A sentence over a line."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  go on   Esc  back")
            yield Static(plain(self._said), classes="bad" if self._wrong else "")
            yield Input(password=True, compact=True)

    @on(Input.Submitted)
    def _done(self, event: Input.Submitted) -> None:
        if event.value:
            self.dismiss(event.value)
