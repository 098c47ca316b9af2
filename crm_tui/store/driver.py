"""Opens every connection to a file; the one place that knows how SQLite must be set."""

from __future__ import annotations

import errno
import os
import secrets
import sqlite3
from pathlib import Path

from crm_tui.errors import BadFile, CrmError, Locked, NotFound
from crm_tui.words import t

APPLICATION_ID = 0x43524D31
"""Marks our files ("CRM1" in ASCII) in their header."""

BUSY_SECONDS = 20.0
"""How long a writer waits for another program, in seconds; an import of 100,000 rows takes less."""

WRITER_CACHE = 16_000
READER_CACHE = 4_000
"""Pages that a connection keeps, in KiB. Each thread has a reader; the system's own cache stands behind them all."""

_NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "fuse.sshfs", "ncpfs", "davfs", "fuse.davfs2"}


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode that may cross threads; readers are read-only.

    Raises:
        BadFile: if the file is no SQLite file.
        Locked: if it may not be opened.
    """
    try:
        db = sqlite3.connect(
            path if write else f"file:{_quoted(path)}?mode=ro",
            uri=not write,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
            cached_statements=512,
        )
        db.execute("PRAGMA foreign_keys=ON")
        db.execute(f"PRAGMA cache_size={-WRITER_CACHE if write else -READER_CACHE}")
        db.execute("PRAGMA temp_store=MEMORY")
        if write:
            db.execute("PRAGMA synchronous=FULL")
            db.execute("PRAGMA journal_size_limit=67108864")
        else:
            db.execute("PRAGMA query_only=ON")
    except sqlite3.Error as error:
        raise sentence(error, path) from None
    return db


def create(path: Path) -> None:
    """Make an empty file that only its owner may read.

    Raises:
        CrmError: if the folder cannot be written or lies on a network drive.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        refuse_network(path)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        db = connect(draft, write=True)
        db.execute("PRAGMA page_size=4096")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA application_id={APPLICATION_ID}")
        db.close()
        # Whole or not at all: another program that starts just now never sees half a file.
        _put_in_place(draft, path)
    except OSError as error:
        raise Locked(t("{path} cannot be made: {reason}", path=path, reason=error.strerror or error)) from None
    finally:
        for leftover in ("", "-wal", "-shm"):
            draft.with_name(draft.name + leftover).unlink(missing_ok=True)


def _put_in_place(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a stick's file system knows no second name for a file
        if not path.exists():
            draft.rename(path)


def recognise(path: Path) -> None:
    """Refuse what is not one of our files, before anything touches it.

    Raises:
        NotFound: if there is no such file.
        BadFile: if it is something else.
        Locked: if it may not be read.
    """
    if path.is_dir():
        raise BadFile(t("{path} is a folder, not a crm-tui file", path=path))
    if not path.exists():
        raise NotFound(t("there is no file {path}", path=path))
    if not os.access(path, os.R_OK):
        raise Locked(t("{path} cannot be read: {reason}", path=path, reason=os.strerror(errno.EACCES)))
    if not path.stat().st_size:
        return
    # Through SQLite only: to open and close the file by hand would drop the locks that this process holds on it.
    try:
        db = sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True, timeout=BUSY_SECONDS)
        try:
            (mark,) = db.execute("PRAGMA application_id").fetchone()
        finally:
            db.close()
    except sqlite3.Error as error:
        if "not a database" not in str(error):
            raise sentence(error, path) from None
        mark = 0
    if mark != APPLICATION_ID:
        raise BadFile(t("{path} is not a crm-tui file; import it instead, or name another with --db", path=path))


def refuse_network(path: Path) -> None:
    """Refuse a file on a network drive, where SQLite's locks do not hold.

    Raises:
        CrmError: with a sentence that names the way out.
    """
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    place = str(path.resolve())
    best = ("", "")
    for line in mounts:
        words = line.split(" ")
        if len(words) > 2:
            folder = words[1].replace("\\040", " ")
            if (place + "/").startswith(folder.rstrip("/") + "/") and len(folder) >= len(best[0]):
                best = (folder, words[2])
    if best[1] in _NETWORK:
        raise CrmError(
            t("{path} lies on a network drive, where data can be damaged; keep it on this computer", path=path)
        )


def sentence(error: sqlite3.Error, path: Path) -> CrmError:
    """What a person should read when SQLite refuses."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return Locked(t("{path} is in use by another program; try again when it has finished", path=path))
    if "readonly" in text or "unable to open" in text:
        return Locked(t("{path} cannot be opened for writing; check the rights of the file and its folder", path=path))
    if "full" in text:
        return CrmError(t("the disk is full; nothing was changed in {path}", path=path))
    if "not a database" in text or "malformed" in text:
        return BadFile(t("{path} is damaged; put back a backup with: crm-tui restore-backup", path=path))
    if "disk I/O" in text:
        return CrmError(t("the disk reports an error; nothing was changed in {path}", path=path))
    return CrmError(t("{path}: {reason}", path=path, reason=text))


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
