"""Segments in a shared folder: their names, and which of them lie there.

    <folder>/<machine id>/<log id>-<from>-<to>-<mark>.crmb

A machine writes into the folder of its own id only. The mark is the beginning of the log's chain at `to`: who has the
log that far knows at once whether the name speaks of the same changes, and need not open the file. A name is never
believed further than that. Whatever is called otherwise (copies in conflict, unfinished copies) is not looked at.
"""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from crm_tui.store import admission

_NAME = re.compile(r"([0-9a-f]{32})-(0|[1-9][0-9]{0,17})-([1-9][0-9]{0,17})-([0-9a-f]{16})\.crmb").fullmatch
_MACHINE = re.compile(r"[0-9a-f]{32}").fullmatch
_LEFTOVER = 3600
"""Seconds after which an unfinished file of this machine is nobody's work any more."""

HEAD = "head.json"


@dataclass(frozen=True)
class Segment:
    """A file that says by its name which changes it holds.

    Attributes:
        path: where it lies.
        machine: id of the machine in whose folder it lies.
        log: id of the log; `start` and `end` number the last change before it and its last change.
        mark: beginning of the chain at its end, as hex text.
        bytes: its size; `changed` when it was last written, in nanoseconds.
    """

    path: Path
    machine: str
    log: str
    start: int
    end: int
    mark: str
    bytes: int
    changed: int

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def segment_name(log: str, start: int, end: int, chain: bytes) -> str:
    """The name of a segment that ends where `chain` is the log's chain."""
    return f"{log}-{start}-{end}-{chain[:8].hex()}.crmb"


def machines_in(folder: Path) -> list[str]:
    """Ids of the machines that have a folder there, sorted.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(folder) as entries:
        return sorted(one.name for one in entries if _MACHINE(one.name) and one.is_dir(follow_symlinks=False))


def segments_in(folder: Path, machine: str) -> list[Segment]:
    """The segments that a machine has written, by name.

    Raises:
        OSError: they cannot be listed.
    """
    found = []
    with os.scandir(folder / machine) as entries:
        for entry in entries:
            match = _NAME(entry.name)
            if match is None or not entry.is_file(follow_symlinks=False):
                continue
            log, start, end, mark = match.groups()
            if int(start) < int(end):
                facts = entry.stat(follow_symlinks=False)
                found.append(
                    Segment(
                        Path(entry.path), machine, log, int(start), int(end), mark, facts.st_size, facts.st_mtime_ns
                    )
                )
    return sorted(found, key=lambda one: (one.log, one.start, -one.end, one.name))


def is_here(db: sqlite3.Connection, segment: Segment) -> bool:
    """Whether the file holds just the changes that the segment's name speaks of."""
    dev = db.execute("SELECT dev FROM device WHERE id = ?", (segment.log,)).fetchone()
    chain = admission.chain_at(db, dev[0], segment.end) if dev else None
    return chain is not None and chain[:8].hex() == segment.mark


def open_to_folder(path: Path) -> None:
    """Let those read a file, or enter a folder, who may read the folder that it lies in."""
    with suppress(OSError):  # a stick knows no rights
        whole = stat.S_IMODE(path.parent.stat().st_mode)
        path.chmod(whole if path.is_dir() else (whole & 0o666) | 0o600)


def sweep(folder: Path) -> None:
    """Remove what a run that was killed has left unfinished in this machine's own folder."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            unfinished = entry.name.startswith(".") and entry.name.endswith(".part")
            if unfinished and time.time() - entry.stat().st_mtime > _LEFTOVER:
                Path(entry.path).unlink(missing_ok=True)
