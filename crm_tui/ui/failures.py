"""Errors that nobody foresaw go into the log file, whole."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path

MOST = 2_000_000
"""The log begins anew beyond so many bytes."""


def write_log(path: Path | None, error: BaseException, now: datetime) -> Path | None:
    """Append the error with its traceback; None where no log is kept or it cannot be written."""
    if path is None:
        return None
    text = "".join(traceback.format_exception(error))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = "w" if path.exists() and path.stat().st_size > MOST else "a"
        with path.open(mode, encoding="utf-8") as stream:
            stream.write(f"{now.isoformat(timespec='seconds')} {text}\n")
    except OSError:
        return None
    return path
