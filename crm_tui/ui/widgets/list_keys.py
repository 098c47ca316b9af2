"""The keys of every list, and of a board."""

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

BOARD_KEYS: list[BindingType] = [
    Binding("down,j", "move(1)", "Next card", id="board.down", show=False),
    Binding("up,k", "move(-1)", "Card before", id="board.up", show=False),
    Binding("right", "lane(1)", "Next column", id="board.right", show=False),
    Binding("left,h", "lane(-1)", "Column before", id="board.left", show=False),
    Binding("pagedown,ctrl+d", "page(1)", "Page down", id="board.page_down", show=False),
    Binding("pageup,ctrl+u", "page(-1)", "Page up", id="board.page_up", show=False),
    Binding("home,g", "end(False)", "First card", id="board.first", show=False),
    Binding("end,G", "end(True)", "Last card", id="board.last", show=False),
    Binding("space", "mark", "Mark", id="board.mark", show=False),
    Binding("enter", "choose", "Open", id="board.open"),
]
