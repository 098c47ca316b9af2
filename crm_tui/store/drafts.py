"""Drafts of open forms, in a second file beside the first, so that nothing typed is lost."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from crm_tui.errors import Locked
from crm_tui.store import driver
from crm_tui.words import t


class Drafts:
    """What was typed into forms that were not saved yet, by the form's key ("customers.edit:<id>")."""

    def __init__(self, path: Path) -> None:
        """Open (or make) the drafts of the file `path`.

        Raises:
            Locked: if the second file cannot be made.
        """
        self.path = path.with_name(path.name + ".drafts")
        try:
            if not self.path.exists():
                driver.create(self.path)
            self._db = driver.connect(self.path, write=True)
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS "
                "draft(key TEXT PRIMARY KEY, at TEXT NOT NULL, content TEXT NOT NULL) WITHOUT ROWID"
            )
        except sqlite3.Error as error:
            raise Locked(t("drafts cannot be kept in {path}: {reason}", path=self.path, reason=error)) from None

    def keep(self, key: str, content: dict[str, str], now: str) -> None:
        """Keep what stands in a form; survives the end of the process at once."""
        text = json.dumps(content, ensure_ascii=False)
        self._db.execute("INSERT OR REPLACE INTO draft VALUES(?,?,?)", (key, now, text))

    def get(self, key: str) -> dict[str, str] | None:
        """What was kept under a key, if anything."""
        row = self._db.execute("SELECT content FROM draft WHERE key = ?", (key,)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def drop(self, key: str) -> None:
        """Forget a draft, once it was saved or thrown away."""
        self._db.execute("DELETE FROM draft WHERE key = ?", (key,))

    def all(self) -> list[tuple[str, str]]:
        """Key and time of all drafts, newest first."""
        return self._db.execute("SELECT key, at FROM draft ORDER BY at DESC").fetchall()

    def close(self) -> None:
        """Close the second file."""
        self._db.close()
