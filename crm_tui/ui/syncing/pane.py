"""A text that is longer than its place: the keys of a list move it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll


class Pane(VerticalScroll, inherit_bindings=False):
    """What stands at the right; Tab goes into it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_down", "Down", id="page.down", show=False),
        Binding("up,k", "scroll_up", "Up", id="page.up", show=False),
        Binding("pagedown,space,ctrl+d", "page_down", "Page down", id="page.page_down", show=False),
        Binding("pageup,ctrl+u", "page_up", "Page up", id="page.page_up", show=False),
        Binding("home,g", "scroll_home", "To the top", id="page.top", show=False),
        Binding("end,G", "scroll_end", "To the end", id="page.end", show=False),
    ]
