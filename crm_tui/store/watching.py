"""Notices what other programs write into a file."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from crm_tui.store.driver import connect, sentence


class Watcher:
    """Looks at one file; a look takes some microseconds.

    Args:
        path: the file.

    Raises:
        CrmError: if it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = connect(path)
        self._version = self._now()

    def moved(self) -> bool:
        """Whether anything was written since the last look.

        Raises:
            CrmError: if the file cannot be read.
        """
        before, self._version = self._version, self._now()
        return self._version != before

    def close(self) -> None:
        """Look no more."""
        self._db.close()

    def _now(self) -> int:
        try:
            (version,) = self._db.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise sentence(error, self._path) from error
        return int(version)
