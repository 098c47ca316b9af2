"""Errors that nobody foresaw: one sentence for the person, everything else into the log file."""

from __future__ import annotations

import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from rich.text import Text

from crm_tui.words import t

MOST = 2_000_000
"""The log begins anew beyond so many bytes."""


class Told(Exception):
    """An error that is told in one sentence; Textual prints it so instead of a traceback.

    Args:
        error: what happened.
        path: of the log that holds the rest, if it could be written.
    """

    def __init__(self, error: BaseException, path: Path | None) -> None:
        name = type(error).__name__
        if path is None:
            said = t("something went wrong: {error}", error=f"{name}: {error}")
        else:
            said = t("something went wrong ({error}); details are in {path}", error=name, path=path)
        super().__init__(f"crm-tui: {said}")
        self.__cause__ = error

    def __rich__(self) -> Text:
        """The sentence alone, never markup, never broken."""
        return Text(str(self), no_wrap=True, overflow="ignore")


def write_log(path: Path | None, error: BaseException, now: datetime) -> Path | None:
    """Append the error with its traceback; None where no log is kept or it cannot be written."""
    if path is None:
        return None
    text = "".join(traceback.format_exception(error))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if path.exists() and path.stat().st_size > MOST else "a"
        with path.open(mode, encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"{now.isoformat(timespec='seconds')} {text}\n")
    except OSError:
        return None
    return path


def told(error: BaseException, path: Path | None, now: datetime) -> Told:
    """Write the log, beside all temporary files if its own place refuses, and make the sentence."""
    spare = Path(tempfile.gettempdir()) / "crm-tui.log"
    return Told(error, write_log(path, error, now) or (write_log(spare, error, now) if path is not None else None))
