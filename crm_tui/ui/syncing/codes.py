"""The question that is asked once of each machine: is its code the one that its owner sees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.style import Style
from rich.text import Text

from crm_tui.ui.colors import color_style
from crm_tui.ui.lists import Prose
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.text import safe
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.ui.screen import WorkingScreen


def ask_code(screen: WorkingScreen[Any], name: str, code: str, then: Callable[[bool], object]) -> None:
    """Show a code large and ask whether it matches; `then` gets the answer, Esc is no.

    Args:
        screen: asks.
        name: what the machine calls itself.
        code: of its key.
        then: is told.
    """
    app, name = screen.app, safe(name)
    text = Text(t("“{name}” sends to this machine for the first time.", name=name) + "\n\n")
    large = "   –   ".join(" ".join(part) for part in code.split("-"))
    text.append(" " * 12 + large, color_style(app, "accent", bold=True))
    text.append("\n\n" + t("Does this code match what {name} sees?", name=name), Style(bold=True))
    advice = t(
        "Ask by telephone, or look at that screen: the code stands on top of 9 Sync there. If it is another one, the "
        "file is not from {name}.",
        name=name,
    )
    text.append("\n\n" + advice)
    keys = [("y", t("it matches: accept")), ("n", t("no"))]

    def answered(answer: str | None) -> None:
        if answer != "y":
            screen.toast(t("Not accepted; nothing was changed"))
        then(answer == "y")

    app.push_screen(Say(t("A machine that is new here"), Prose(text), keys), answered)
