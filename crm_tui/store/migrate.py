"""Brings a file to the shape that this program knows: numbered SQL files, a verified backup before each run."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from importlib import resources
from pathlib import Path

from crm_tui.errors import CrmError
from crm_tui.store import backup, catalogue, driver, replay, triggers
from crm_tui.words import t


def shipped() -> list[tuple[str, str]]:
    """Name and text of every migration, in order; names begin with their issue's number."""
    folder = resources.files("crm_tui.store") / "migrations"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [(f.name.removesuffix(".sql"), f.read_text(encoding="utf-8")) for f in files]


def migrate(path: Path, now: datetime) -> list[str]:
    """Apply what is missing, then renew catalogue and triggers if the records changed.

    Returns:
        The names of the migrations that were applied.

    Raises:
        CrmError: if the file is newer than this program, or a step fails; the file is as before then.
    """
    from crm_tui.records.nouns import NOUNS

    steps = shipped()
    mark = f"{catalogue.fingerprint(NOUNS)}-{triggers.FORM}"
    db = driver.connect(path, write=True)
    try:
        if (known := _applied(db)) is not None and _mark(db) == mark and known >= {name for name, _ in steps}:
            if known > {name for name, _ in steps}:
                raise _newer(path)
            return []
        db.execute("BEGIN IMMEDIATE")
        try:
            applied = _applied(db) or set()
            if applied - {name for name, _ in steps}:
                raise _newer(path)
            done = [name for name, _ in steps if name not in applied]
            if applied and done:
                backup.make(path, backup.folder_of(path), now, reason="migration")
            before = replay.known(db) if applied else {}
            for name, text in steps:
                if name not in applied:
                    _run(db, text)
                    db.execute("INSERT INTO migration VALUES(?, ?)", (name, now.isoformat()))
            catalogue.write(db, NOUNS)
            nouns = catalogue.Catalogue.read(db)
            triggers.install(db, nouns)
            if before:
                replay.replay(db, nouns, before)
            db.execute("INSERT OR REPLACE INTO setting VALUES('records', ?)", (mark,))
            db.execute(f"PRAGMA user_version={len(steps)}")
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise
    finally:
        db.close()
    return done


def _newer(path: Path) -> CrmError:
    return CrmError(t("{path} was written by a newer crm-tui; update this program to open it", path=path))


def _applied(db: sqlite3.Connection) -> set[str] | None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
        return None
    return {name for (name,) in db.execute("SELECT name FROM migration")}


def _mark(db: sqlite3.Connection) -> str:
    row = db.execute("SELECT value FROM setting WHERE name = 'records'").fetchone()
    return str(row[0]) if row else ""


def _run(db: sqlite3.Connection, text: str) -> None:
    """Run a script statement by statement; `executescript` would commit first."""
    db.execute("CREATE TABLE IF NOT EXISTS migration(name TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID")
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        raise CrmError(t("a migration ends in the middle of a statement"))
