"""What a machine remembers of the logs that it wrote: outside of every file, so that no copy of a file carries it.

The memory is one JSON file that is only ever replaced whole, and beside it a lock file. The lock file also holds the
mark of the JSON file (its inode and the time of its last change of state, which no tool can set): a memory that was
copied, put back or brought to another machine does not bear its mark, and counts as empty. So does a damaged one.
To know nothing is always safe: it costs a new log.
"""

from __future__ import annotations

import json
import os
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

KEPT = 300
"""How many logs are remembered: the newest, and all that are open."""

PATIENCE = 5.0
"""How long to wait for another program that has the memory in its hands, in seconds."""


class Opener(NamedTuple):
    """A program that has a file open and writes a log in it: process, its start, and which store of the process."""

    pid: int
    start: str
    token: str


class File(NamedTuple):
    """Which file a program has open, whatever its name."""

    device: int
    inode: int


@dataclass
class Note:
    """What is remembered of one log.

    Attributes:
        seq: number of a change up to which the log is known to go; exactly its end if nobody has it open.
        chain: the chain after that change, in hex.
        file: the file in which it is open.
        openers: the programs that write it; none if it was closed.
        at: when this was noted, in seconds.
    """

    seq: int
    chain: str
    file: File | None = None
    openers: list[Opener] = field(default_factory=list)
    at: int = 0


Notes = dict[str, Note]
"""What is remembered, by the id of the log."""


class Memory:
    """The memory of one home.

    Args:
        path: the JSON file; it and its folder are made when something is first noted.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = path.with_name(path.name + ".lock")

    @contextmanager
    def turn(self, *, durable: bool) -> Iterator[Notes]:
        """Have the memory alone for a moment; what was changed in it is kept afterwards.

        Args:
            durable: whether it must outlive a power failure. What forbids to continue a log must; what allows it need
                not, because the file itself is on the disk before, and to lose it costs no more than a new log.

        Raises:
            OSError: if it cannot be had or not be kept; nothing that was noted counts then.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(handle)
            notes = self._read(handle)
            before = _text(notes)
            yield notes
            if _text(notes) != before:
                self._write(handle, notes, durable)
        finally:
            os.close(handle)

    def _read(self, handle: int) -> Notes:
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            if os.read(handle, 100).decode("ascii", "replace") != _mark(self.path):
                return {}
            found = json.loads(self.path.read_bytes())
            return {str(log): _note(said) for log, said in found["logs"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

    def _write(self, handle: int, notes: Notes, durable: bool) -> None:
        order = sorted(notes, key=lambda log: (bool(notes[log].openers), notes[log].at), reverse=True)
        kept = {log: notes[log] for place, log in enumerate(order) if place < KEPT or notes[log].openers}
        draft = self.path.with_name(self.path.name + ".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(_text(kept).encode())
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        draft.replace(self.path)
        if durable:
            _sync_folder(self.path.parent)
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, _mark(self.path).encode())


def _mark(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_ino} {facts.st_ctime_ns}"


def _text(notes: Notes) -> str:
    logs = {
        log: {"seq": n.seq, "chain": n.chain, "file": n.file, "openers": n.openers, "at": n.at}
        for log, n in notes.items()
    }
    return json.dumps({"logs": logs}, indent=0)


def _note(said: dict[str, object]) -> Note:
    """One note as it was read.

    Raises:
        ValueError, KeyError, TypeError: if it is not whole.
    """
    seq, chain, at, file, openers = (said[name] for name in ("seq", "chain", "at", "file", "openers"))
    if not (isinstance(seq, int) and isinstance(chain, str) and isinstance(at, int) and isinstance(openers, list)):
        raise ValueError("not a note")
    bytes.fromhex(chain)
    where = None if file is None else File(*(int(number) for number in _list(file)))
    programs = [Opener(int(pid), str(start), str(token)) for pid, start, token in map(_list, openers)]
    return Note(seq, chain, where, programs, at)


def _list(said: object) -> list[int | str]:
    if not isinstance(said, list):
        raise ValueError("not a list")
    return said


def _take(handle: int) -> None:
    """Wait until no other program holds the lock file.

    Raises:
        OSError: if that takes too long.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            if sys.platform == "win32":
                import msvcrt

                os.lseek(handle, 1_000, os.SEEK_SET)
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.002)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # no handle of a folder there; the replacement itself is journalled
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# Living programs.

_here: weakref.WeakValueDictionary[str, object] = weakref.WeakValueDictionary()
"""What is open in this process, by token; a store that was dropped without closing leaves by itself."""


def open_here(token: str, owner: object) -> Opener:
    """Make `owner` count as living from now on, as long as it exists in this process."""
    _here[token] = owner
    return Opener(os.getpid(), start_of(os.getpid()) or "", token)


def living(opener: Opener) -> bool:
    """Whether a program still has its file open; a process number that was used again does not deceive."""
    if opener.pid == os.getpid():
        return opener.token in _here
    return bool(opener.start) and start_of(opener.pid) == opener.start


def start_of(pid: int) -> str | None:
    """When a process began, as text that no other process of this number has; None if it is not running.

    On systems that do not tell, every other program counts as dead, which costs a new log.
    """
    if not os.path.isdir("/proc/self"):
        return _asked(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            words = stream.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if words[0] in (b"Z", b"X") else f"{_boot()} {words[19].decode()}"


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _asked(pid: int) -> str | None:
    if sys.platform == "win32":
        return None
    import subprocess

    try:
        said = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip() or None
