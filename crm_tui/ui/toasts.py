"""Where toasts stand: between the lines that part panes.

Textual cuts whatever is painted on a line at the edges of every widget that lies there, also of those beneath; a wide
character that stands across such an edge would be lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from textual.geometry import Region
from textual.screen import Screen
from textual.widget import Widget

LEAST = 36
"""Cells that a toast wants; where none of the last spans has them, the widest one is taken."""

LINES = 12
"""So many of the last lines toasts may come to stand on."""


def free_span(regions: Iterable[Region], width: int, height: int) -> tuple[int, int]:
    """The first and the last cell + 1 of the span at the right that no edge crosses in the last lines."""
    edges = {0, width}
    for region in regions:
        if region.bottom > height - LINES and region.y < height - 1 and region.area:
            edges |= {x for x in (region.x, region.right) if 0 < x < width}
    places = sorted(edges)
    spans = list(pairwise(places))
    wide = [span for span in spans if span[1] - span[0] >= LEAST]
    return wide[-1] if wide else max(spans, key=lambda span: span[1] - span[0], default=(0, width))


def place_toasts(screen: Screen[object]) -> None:
    """Put the toasts of a screen where they are whole."""
    rack = screen.query("ToastRack").first() if screen.query("ToastRack") else None
    if rack is None:
        return
    width, height = screen.size
    shown = (widget.region for widget in screen.query("*") if widget.display and not _of_rack(rack, widget))
    left, right = free_span(shown, width, height)
    rack.styles.padding = (0, width - right, 0, left)


def _of_rack(rack: Widget, widget: Widget) -> bool:
    return rack in widget.ancestors_with_self
