"""Keeping a shared folder going: a run whenever something changed here or there."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from crm_tui.errors import Cancelled, CrmError
from crm_tui.store.watching import Watcher
from crm_tui.sync.bundles import Bundles
from crm_tui.sync.folder import FolderReport, sync_folder
from crm_tui.sync.segments import machines_in

Picture = dict[str, tuple[int, int]]
_STEP = 0.2
"""Seconds after which a wish to stop is noticed."""


def watch_folder(
    bundles: Bundles,
    folder: Path,
    tell: Callable[[FolderReport | CrmError], None],
    stop: threading.Event,
    *,
    every: float = 3.0,
    sealed: bool = False,
) -> None:
    """Sync whenever a file of the folder, or the data, changed since the last time; until `stop` is set.

    A folder that is gone (a stick pulled out) is told and waited for.

    Args:
        bundles: of the open file.
        folder: that is shared.
        tell: gets the report of every run, or what prevented one.
        stop: ends it.
        every: seconds between two looks.
        sealed: as for `sync_folder`.
    """
    before: Picture | None = {}
    with closing(Watcher(bundles.store.path)) as watcher:
        while _waited(every, stop):
            now = picture(folder)
            moved = watcher.moved()
            if now == before and not moved:
                continue
            before = now  # as it was before this run: what it writes itself costs one more run, and nothing is missed
            try:
                tell(sync_folder(bundles, folder, sealed=sealed, stop=stop))
            except Cancelled:
                return
            except CrmError as error:
                tell(error)


def _waited(seconds: float, stop: threading.Event) -> bool:
    """Sleep in short steps, since a signal's handler must not meet its thread inside the event; False to stop."""
    until = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < until:
        time.sleep(min(_STEP, max(0.0, until - time.monotonic())))
    return not stop.is_set()


def picture(folder: Path) -> Picture | None:
    """Size and time of every file that machines have there; None if the folder is gone."""
    found: Picture = {}
    try:
        for machine in machines_in(folder):
            with os.scandir(folder / machine) as entries:
                for entry in entries:
                    facts = entry.stat(follow_symlinks=False)
                    found[f"{machine}/{entry.name}"] = (facts.st_size, facts.st_mtime_ns)
    except OSError:
        return None
    return found
