"""A file is written beside its target and takes its place only when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crm_tui.errors import BadFile
from crm_tui.words import t


@contextmanager
def replacing(target: str | Path) -> Iterator[Path]:
    """Give a temporary path in the target's folder; when the block ends well, it becomes the target.

    The data are on the disk (fsync) before the name changes; after an error nothing is left behind and an older
    target stays as it was.

    Raises:
        BadFile: the folder is missing or may not be written, the target is a folder, or the disk is full.
    """
    target = Path(target)
    if target.is_dir():
        raise BadFile(t("{file} is a folder: name a file inside it.", file=target))
    part: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".part", dir=target.parent)
        os.close(handle)
        part = Path(name)
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())
        with suppress(OSError):  # a stick's file system knows no rights
            part.chmod(_mode(target))
        part.replace(target)
        _sync_folder(target.parent)
    except FileNotFoundError as error:
        if part is None:
            raise BadFile(t("The folder {folder} does not exist: create it first.", folder=target.parent)) from None
        raise error
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadFile(t("{file} cannot be written: {reason}.", file=target, reason=reason)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The rights of the file that is replaced; a new one belongs to its owner alone."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o600


def _sync_folder(folder: Path) -> None:
    """Put the new name on the disk too; some systems cannot open a folder and need not."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
