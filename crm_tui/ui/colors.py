"""The colours of the theme that is worn, as styles for text; the one place that knows how a theme writes them."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App
from textual.color import Color

from crm_tui.ui.rows import Role


def color_style(app: App[Any], role: Role, *, bold: bool = False) -> Style:
    """The style of a role; a theme may call its colour by a terminal's own name, which rich would not know.

    Args:
        app: whose theme.
        role: "" is plain text.
        bold: whether it is bold too.
    """
    if not role:
        return Style(bold=bold or None)
    return Style(color=Color.parse(app.theme_variables[role]).rich_color, bold=bold or None)


def cursor_style(app: App[Any]) -> Style:
    """The style of a chosen line that stands in a text."""
    text, ground = (Color.parse(app.theme_variables[name]).rich_color for name in ("cursor-text", "cursor"))
    return Style(color=text, bgcolor=ground)
