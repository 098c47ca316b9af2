"""Opens the app with what the command line and the settings say."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.errors import CrmError
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.cli.session import Session


FRAMES = "120"
"""Frames a second at most. A letter in the filter takes two, so the hits wait for the second: 8 ms and not 17."""


def open_app(session: Session, screen: str | None, file: Path | None = None) -> None:
    """Open the app and leave the program with its exit code.

    Args:
        session: the global options.
        screen: name of the first screen, if one is named.
        file: the file, if it is not the session's.

    Raises:
        CrmError: if there is no terminal, or no such screen.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise CrmError(t("the app needs a terminal; for a pipe there are commands, see: crm-tui --help"))
    os.environ.setdefault("TEXTUAL_FPS", FRAMES)
    gc.disable()  # the app enables it after the first screen: nothing that is made on the way there goes away
    from crm_tui.ui.app import run
    from crm_tui.ui.options import Options
    from crm_tui.ui.screens import SCREENS

    names = [place.name for place in SCREENS]
    if screen is not None and screen not in names:
        raise CrmError(t("there is no screen “{name}”; known are: {known}", name=screen, known=", ".join(names)))
    told = {
        "language": language(),
        "person": session.person,
        "now": session.clock if session.fixed else None,
        "zone": session.zone_name,
        "screen": screen,
        "home": session.folder,
    }
    options = Options.of(file or session.file, session.config, session.home, **told)
    raise SystemExit(run(options))
