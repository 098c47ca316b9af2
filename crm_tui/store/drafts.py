"""Drafts of open forms, in a second file beside the first, so that nothing typed is lost."""

from __future__ import annotations

import json
import os
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
            self._db.execute("CREATE TABLE IF NOT EXISTS task(id INTEGER PRIMARY KEY, pid INTEGER, at TEXT, text TEXT)")
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

    def begin(self, task: str, now: str) -> int:
        """Note that this process began a long task; the next start tells if it never ended.

        Returns:
            The number to `end` it with.
        """
        cursor = self._db.execute("INSERT INTO task(pid, at, text) VALUES(?,?,?)", (os.getpid(), now, task))
        return int(cursor.lastrowid or 0)

    def end(self, task: int) -> None:
        """Note that a task ended, well or with a sentence."""
        self._db.execute("DELETE FROM task WHERE id = ?", (task,))

    def interrupted(self) -> list[tuple[str, str]]:
        """Text and time of the tasks whose process died in them; told once."""
        rows = self._db.execute("SELECT id, pid, text, at FROM task").fetchall()
        dead = [(n, text, at) for n, pid, text, at in rows if not _alive(pid)]
        self._db.executemany("DELETE FROM task WHERE id = ?", [(n,) for n, _, _ in dead])
        return [(text, at) for _, text, at in dead]

    def close(self) -> None:
        """Close the second file."""
        self._db.close()


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False  # a number used again: this process has begun nothing yet
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
