"""The line in which an agent types who rings."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class CallerInput(Input):
    """Enter and Down go to who was found, Esc gives up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down,tab", "leave", "To the caller", id="caller.leave"),
        Binding("escape", "give_up", "Back to the queue", id="caller.give_up"),
    ]

    class Left(Message):
        """The person left the line; what was typed is kept or not."""

        def __init__(self, keep: bool) -> None:
            super().__init__()
            self.keep = keep

    def __init__(self) -> None:
        super().__init__(compact=True, select_on_focus=False)

    def action_leave(self) -> None:
        """To who was found."""
        self.post_message(self.Left(keep=True))

    def action_give_up(self) -> None:
        """Back to the queue."""
        self.value = ""
        self.post_message(self.Left(keep=False))
