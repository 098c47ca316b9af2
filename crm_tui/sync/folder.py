"""A folder that several machines share, on a stick, a server or in a cloud: each writes only beside its own name.

    <folder>/<machine id>/<log id>-<from>-<to>-<mark>.crmb   whole actions of one log, never changed
    <folder>/<machine id>/head.json                          what that machine has, signed

No lock and no shared file. What cannot be taken in yet waits there and is tried again every time; what is here already
is skipped, so running it again changes nothing. A machine also writes what it has seen of others that the folder does
not hold: whatever any user of the folder knows reaches all of them.
"""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.errors import BadFile, CrmError, Locked
from crm_tui.sync.bundles import Bundles, UnknownKey
from crm_tui.sync.folder_giving import Giving
from crm_tui.sync.folder_looking import Looking
from crm_tui.sync.folder_taking import Taking
from crm_tui.words import t


@dataclass(frozen=True)
class FolderReport:
    """What one run did.

    Attributes:
        sent: changes that the folder did not hold before.
        received: changes that were new here.
        waiting: (whose changes wait, whose must come first), as people call them.
        conflicts: fields in conflict that were in none before.
        problems: sentences about what somebody must mend: unknown machines, refused segments.
        unfinished: sentences about files that are not whole yet; they are tried again next time.
        unknown: name by code of machines that must be accepted first.
        error: why nothing could be written, if so; what came in stays.
    """

    sent: int = 0
    received: int = 0
    waiting: list[tuple[str, str]] = field(default_factory=list)
    conflicts: int = 0
    problems: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    error: CrmError | None = None


def sync_folder(
    bundles: Bundles,
    folder: Path,
    *,
    accept: Collection[str] = (),
    sealed: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> FolderReport:
    """Take in what others have left in a folder, then leave there what it lacks.

    Args:
        bundles: of the open file.
        folder: that is shared; it must exist.
        accept: codes of unknown machines, as their owners read them out, or "any".
        sealed: whether only known machines may read what this one writes. What it has written before is sealed anew
            whenever a machine joins.
        progress: is told how many changes were read or written of what is under way.
        stop: ends it between two steps.

    Raises:
        BadFile, Locked: the folder is not there or cannot be read.
        Refused: it belongs to another company.
        Cancelled: `stop` was set; whole steps stay.
    """
    if not folder.is_dir():
        raise BadFile(t("there is no folder {folder}; make it first, or put the stick in", folder=folder))
    looking = Looking(bundles, folder, accept, progress, stop)
    try:
        received = Taking(looking, progress, stop).run()
    except OSError as error:
        raise _unreadable(folder, error) from None
    sent, failed = _give(Giving(bundles, folder, looking, sealed=sealed, progress=progress, stop=stop), folder)
    problems = [str(UnknownKey(name, code)) for code, name in received.unknown.items()]
    return FolderReport(
        sent,
        received.new,
        received.waiting,
        received.conflicts,
        problems + received.refused,
        received.unfinished,
        dict(received.unknown),
        failed,
    )


def _give(giving: Giving, folder: Path) -> tuple[int, CrmError | None]:
    """How many changes were written, and what prevented more: a folder may be full, or only be read."""
    try:
        giving.run()
    except OSError as error:
        return giving.sent, _unwritable(folder, error)
    except BadFile as error:
        cause = error.__cause__
        return giving.sent, _unwritable(folder, cause) if isinstance(cause, OSError) else error
    return giving.sent, None


def _unreadable(folder: Path, error: OSError) -> CrmError:
    said = t(
        "{folder} cannot be read any more: {reason}. What came in until now stays; sync again when it is back",
        folder=folder,
        reason=error.strerror or error,
    )
    return Locked(said) if error.errno in (errno.EACCES, errno.EPERM) else BadFile(said)


def _unwritable(folder: Path, error: OSError) -> CrmError:
    said = t(
        "{folder} cannot be written: {reason}. What lies there is whole; sync again when that is mended",
        folder=folder,
        reason=error.strerror or error,
    )
    return Locked(said) if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else BadFile(said)
