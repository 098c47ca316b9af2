"""Where toasts stand: between the lines that part panes; on a narrow screen over the line on top.

A list that fills a small screen has its last lines and the keys below at the bottom; what the line on top says is
known for the moment that a toast takes.

Textual cuts whatever is painted on a line at the edges of every widget that lies there, also of those beneath; a wide
character that stands across such an edge would be lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import Toast

from crm_tui.ui.text import width as cells

LEAST = 36
"""Cells that a toast wants; where none of the last spans has them, the widest one is taken."""

LINES = 12
"""So many of the last lines toasts may come to stand on."""

TOP_LINES = 4
"""So many of the first lines, on a narrow screen."""


def free_span(regions: Iterable[Region], width: int, height: int, *, top: int = 0) -> tuple[int, int]:
    """The first and the last cell + 1 of the span at the right that no edge crosses in the last lines.

    Args:
        regions: of what stands there.
        width: of the screen.
        height: of the screen.
        top: so many of the first lines count instead of the last ones.
    """
    edges = {0, width}
    for region in regions:
        near = region.y < top if top else region.bottom > height - LINES and region.y < height - 1
        if near and region.area:
            edges |= {x for x in (region.x, region.right) if 0 < x < width}
    places = sorted(edges)
    spans = list(pairwise(places))
    wide = [span for span in spans if span[1] - span[0] >= LEAST]
    return wide[-1] if wide else max(spans, key=lambda span: span[1] - span[0], default=(0, width))


def lines_of(texts: Iterable[str], room: int) -> int:
    """How many lines toasts of these texts take where so many cells are free, at most `TOP_LINES`."""
    lines = (line for text in texts for line in text.split("\n"))
    return min(TOP_LINES, sum(1 + cells(line) // max(1, room - 4) for line in lines))


def place_toasts(screen: Screen[object], text: str = "") -> None:
    """Put the toasts of a screen, and a new one with this text, where they are whole."""
    rack = screen.query("ToastRack").first() if screen.query("ToastRack") else None
    if rack is None:
        return
    width, height = screen.size
    top = 0
    if screen.has_class("-narrow"):
        texts = [*(one.message for one in screen.app._notifications), *([text] if text else [])]
        top = lines_of(texts, width)
    shown = (widget.region for widget in screen.query("*") if widget.display and not _of_rack(rack, widget))
    left, right = free_span(shown, width, height, top=top)
    rack.styles.padding = (0, width - right, 0, left)
    live = screen.app._notifications
    for holder in rack.children:
        # Textual leaves the room of a toast that went while its screen was out of sight.
        if not any(isinstance(toast, Toast) and toast._notification in live for toast in holder.children):
            holder.remove()


def take_away(screen: Screen[object]) -> None:
    """Take what was said before off the screen, with the room that it took; what is bad stays."""
    for toast in screen.query("Toast"):
        if toast.has_class("-information") and isinstance(toast.parent, Widget):
            toast.parent.remove()


def _of_rack(rack: Widget, widget: Widget) -> bool:
    return rack in widget.ancestors_with_self
