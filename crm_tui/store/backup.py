"""Backups that were opened and checked before they count, and their rotation."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path

from crm_tui.errors import BadFile, CrmError
from crm_tui.store import driver, logs
from crm_tui.words import t

DAILY = 7
"""How many of the newest backups are kept, whatever their day."""
WEEKLY = 8
"""For how many weeks one backup a week is kept."""
_FORMAT = "%Y%m%d-%H%M%S"


@dataclass(frozen=True)
class Backup:
    """A backup file: when and why it was made, its size in bytes."""

    path: Path
    made: datetime
    reason: str
    size: int


def folder_of(path: Path) -> Path:
    """Where the backups of a file lie: beside it, so that they are found with it."""
    return path.with_name(path.name + ".backups")


def make(
    path: Path,
    target: Path,
    now: datetime,
    *,
    reason: str = "manual",
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Copy the file behind `path`, check the copy, and only then give it its name.

    Args:
        path: the file.
        target: a folder (the name is made from `now` and `reason`) or a file name.
        now: the present.
        reason: daily, migration, manual or restore.
        progress: called with pages done and pages in all.

    Raises:
        CrmError: if the copy cannot be written or does not hold what the file holds.
    """
    if target.is_dir() or target.suffix == ".backups":
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        when = f"{now.strftime(_FORMAT)}-{reason}.db"
        names = chain([f"{path.stem}-{when}"], (f"{path.stem}{n}-{when}" for n in count(2)))
        final = next(target / name for name in names if not (target / name).exists())
    else:
        final = target
    part = final.with_name(final.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(driver.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(
                copy, pages=2_000, progress=lambda _s, left, total: progress and progress(total - left, total)
            )
            copy.execute("PRAGMA journal_mode=DELETE")
            _check(copy, final)
            logs.mark_put_back(copy)
            copy.commit()
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(final)
    except (OSError, sqlite3.Error) as error:
        raise CrmError(t("the backup {path} could not be written: {reason}", path=final, reason=error)) from None
    finally:
        part.unlink(missing_ok=True)
    return final


def _check(db: sqlite3.Connection, path: Path) -> None:
    (said,) = db.execute("PRAGMA quick_check").fetchone()
    (rows,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('change', 'row', 'state')").fetchone()
    if said != "ok" or rows != 3:
        raise CrmError(t("the copy {path} does not check: {reason}", path=path, reason=said))


def listed(folder: Path) -> list[Backup]:
    """The backups in a folder, newest first."""
    found = []
    for path in folder.glob("*.db"):
        words = path.stem.rsplit("-", 3)
        try:
            made = datetime.strptime("-".join(words[-3:-1]), _FORMAT)
        except ValueError:
            continue
        found.append(Backup(path, made, words[-1], path.stat().st_size))
    return sorted(found, key=lambda b: b.path.name, reverse=True)


def rotate(folder: Path) -> list[Path]:
    """Remove what is neither among the newest nor the newest of its week; returns what went."""
    backups = sorted(listed(folder), key=lambda b: b.made, reverse=True)
    keep = {b.path for b in backups[:DAILY]}
    weeks: dict[tuple[int, int], Path] = {}
    for b in backups:
        weeks.setdefault(b.made.isocalendar()[:2], b.path)
    keep |= set(list(weeks.values())[:WEEKLY])
    gone = [b.path for b in backups if b.path not in keep]
    for path in gone:
        path.unlink()
    return gone


def due(folder: Path, now: datetime) -> bool:
    """Whether the newest backup is more than a day old."""
    backups = listed(folder)
    return not backups or now.replace(tzinfo=None) - max(b.made for b in backups) > timedelta(days=1)


def restore(path: Path, copy: Path, now: datetime) -> Path | None:
    """Put a backup back in the place of `path`; what stood there is backed up first.

    Returns:
        The backup of what stood there, if anything did.

    Raises:
        BadFile: if `copy` is no backup; `path` is untouched then.
    """
    driver.recognise(copy)
    with closing(driver.connect(copy)) as db:
        try:
            (said,) = db.execute("PRAGMA integrity_check").fetchone()
        except sqlite3.Error as error:
            said = str(error)
        if said != "ok":
            raise BadFile(t("{path} does not check ({reason}); nothing was changed", path=copy, reason=said))
    kept = None
    if path.exists() and path.stat().st_size:
        kept = make(path, folder_of(path), now, reason="restore")
    else:
        driver.create(path)
    with closing(driver.connect(copy)) as source, closing(driver.connect(path, write=True)) as target:
        try:
            source.backup(target)
            logs.mark_put_back(target)
            target.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            raise driver.sentence(error, path) from None
    return kept
