"""Makes rows anew from the log: heads, conflicts, values, what is shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from crm_tui.store import issues, tables
from crm_tui.store.catalogue import Catalogue
from crm_tui.store.heads import StoredHistory

AT_ONCE = 500
"""Rows whose changes are held in memory together."""


def rebuild(db: sqlite3.Connection, catalogue: Catalogue, rows: Sequence[int]) -> None:
    """Make rows (by their numbers) anew from all their changes, and mark what is derived from them.

    Args:
        db: the writer, inside a transaction.
        catalogue: the file's nouns.
        rows: numbers of rows of any noun, unknown ones too.
    """
    db.execute("UPDATE state SET quiet = 1")
    for start in range(0, len(rows), AT_ONCE):
        history = StoredHistory(db, catalogue)
        for n in rows[start : start + AT_ONCE]:
            row, noun = db.execute("SELECT id, noun FROM row WHERE n = ?", (n,)).fetchone()
            tables.settle(db, history, catalogue.by_number.get(noun), n, row)
        shown = StoredHistory(db, catalogue)
        for n in rows[start : start + AT_ONCE]:
            issues.show(db, catalogue, n, shown)
            db.execute("INSERT INTO dirty(row, what) VALUES(?, 0) ON CONFLICT(row) DO UPDATE SET what = 0", (n,))
    db.execute("UPDATE state SET quiet = 0")
