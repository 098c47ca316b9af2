"""Bringing a bundle, whatever it is sealed with, into a private file where nobody can change it any more."""

from __future__ import annotations

import errno
import hashlib
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from crm_tui.errors import BadFile, Cancelled
from crm_tui.sync import sealing
from crm_tui.sync.container import MAGIC
from crm_tui.sync.refusals import too_large
from crm_tui.words import t

_PIECE = 1 << 18
_IN_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a bundle may have at most, in bytes, so that a small file cannot fill a disk or take hours."""

    file: int = 2 << 30
    raw: int = 4 << 30
    manifest: int = 2 << 20


LIMITS = Limits()
"""What holds unless something else is asked for."""


def file_hash(path: str | Path) -> str:
    """The hash of a file's bytes as `Bundle.file_hash` has it, to recognise what was read before.

    Raises:
        BadFile: it cannot be read.
    """
    hashed = hashlib.blake2b(digest_size=32)
    try:
        with Path(path).open("rb") as stream:
            while piece := stream.read(_PIECE):
                hashed.update(piece)
    except OSError as error:
        raise unreadable(Path(path), error) from None
    return hashed.hexdigest()


def bring(
    path: Path,
    stream: IO[bytes],
    passphrase: str | None,
    identities: Sequence[str],
    limits: Limits,
    stop: threading.Event | None,
) -> str:
    """Bring the bundle, opened, into `stream`; return the hash of the file as it lies there."""
    with path.open("rb") as source:
        beginning = source.read(len(sealing.AGE))
        source.seek(0)
        if not sealing.is_sealed(beginning):
            return _copy_plain(source, stream, limits.file, stop)
        size = source.seek(0, 2)
        if size > limits.file:
            raise too_large(t("it has more than {limit} MB", limit=limits.file >> 20))
        source.seek(0)
        sealing.unseal(_Pausing(source, stop), stream, passphrase=passphrase, identities=identities, most=limits.file)
        source.seek(0)
        return hashlib.file_digest(source, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _copy_plain(source: IO[bytes], stream: IO[bytes], most: int, stop: threading.Event | None) -> str:
    hashed, left = hashlib.blake2b(digest_size=32), most
    first = True
    while piece := source.read(_PIECE):
        pause(stop)
        left -= len(piece)
        if left < 0:
            raise too_large(t("it has more than {limit} MB", limit=most >> 20))
        hashed.update(piece)
        stream.write(piece)
        if first and not piece.startswith(MAGIC):
            break  # whatever it is, `look` refuses it by its first bytes: do not copy a film
        first = False
    return hashed.hexdigest()


class _Pausing:
    """A file that stops to be read when the person wants it."""

    def __init__(self, source: IO[bytes], stop: threading.Event | None) -> None:
        self._source, self._stop = source, stop
        self.seek, self.tell, self.readline = source.seek, source.tell, source.readline

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        pause(self._stop)
        return self._source.read(size)


def private(folder: Path | None) -> IO[bytes]:
    """A file without a name, in memory while it is small; `folder` is where it lies else."""
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=None if folder is None else str(folder))


def pause(stop: threading.Event | None) -> None:
    """Raise Cancelled if the person wants to stop."""
    if stop is not None and stop.is_set():
        raise Cancelled(t("Stopped: nothing was changed."))


def unreadable(path: Path, error: OSError) -> BadFile:
    """What the system says, as a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BadFile(t("There is no room to unpack the bundle: free some space on the disk and try again."))
    return BadFile(t("{file} cannot be read: {reason}.", file=path, reason=error.strerror or error))
