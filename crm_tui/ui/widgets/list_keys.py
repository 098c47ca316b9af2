"""The keys of every list."""

from __future__ import annotations

from textual.binding import Binding, BindingType

LIST_KEYS: list[BindingType] = [
    Binding("down,j", "move(1)", "Next row", id="list.down", show=False),
    Binding("up,k", "move(-1)", "Previous row", id="list.up", show=False),
    Binding("pagedown", "page(1)", "Page down", id="list.page_down", show=False),
    Binding("pageup", "page(-1)", "Page up", id="list.page_up", show=False),
    Binding("ctrl+d", "half(1)", "Half a page down", id="list.half_down", show=False),
    Binding("ctrl+u", "half(-1)", "Half a page up", id="list.half_up", show=False),
    Binding("home,g", "first", "First row", id="list.first", show=False),
    Binding("end,G", "last", "Last row", id="list.last", show=False),
    Binding("space", "mark", "Mark", id="list.mark", show=False),
    Binding("enter", "choose", "Open", id="list.open", show=False),
]
