"""One key hides phones, e-mails and money on everything that is painted, for who stands behind the person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from crm_tui.rules.masking import mask_text

if TYPE_CHECKING:
    from crm_tui.ui.app import CrmApp


class Mask(LineFilter):
    """Stars in place of what is secret, in every line of every widget; nothing moves by it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with other signs; one number may stand in several of them."""
        text = "".join(segment.text for segment in segments if not segment.control)
        masked = mask_text(text)
        if masked == text:
            return segments
        shown, place = [], 0
        for segment in segments:
            if segment.control:
                shown.append(segment)
                continue
            end = place + len(segment.text)
            shown.append(Segment(masked[place:end], segment.style))
            place = end
        return shown


class Masking:
    """A part of `CrmApp`: whether the mask is on; it is off at each start."""

    masked = False
    _mask = Mask()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every painted line goes through."""
        filters: Sequence[LineFilter] = super().get_line_filters()  # type: ignore[misc]  # App stands behind in the MRO
        return [self._mask, *filters] if self.masked else filters

    def action_mask(self) -> None:
        """Hide, or show again."""
        self.masked = not self.masked
        app = cast("CrmApp", self)
        for screen in {screen for stack in app._screen_stacks.values() for screen in stack}:
            for widget in screen.walk_children(with_self=True):
                widget.notify_style_update()
                widget.refresh()
