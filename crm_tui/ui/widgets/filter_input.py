"""The input of a filter line; a module of its own, because an input is not wanted before the first frame."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from crm_tui.ui.widgets.filter_line import FilterLine


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

    def watch_value(self, value: str) -> None:
        """Say what is typed now."""
        if self.display and self.is_attached:
            self.post_message(FilterLine.Typed(value))
