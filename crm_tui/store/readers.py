"""Read-only connections to one file, lent to whichever thread reads just now.

They are few, as many as threads ever read at once, so that each keeps its pages at hand for whoever reads next. This
module is on the way to the first painted row: beside the standard library it imports nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crm_tui.errors import CrmError

CACHE = 8_000
"""Pages that a connection keeps, in KiB."""


class Readers:
    """Connections that are opened when they are needed first.

    Args:
        connect: opens a read-only connection that any thread may use (`check_same_thread=False`).
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def lent(self) -> Iterator[sqlite3.Connection]:
        """A connection for this thread alone, the one that was used last.

        Raises:
            CrmError: if SQLite refuses what is done with it; a sentence.
        """
        with self._lock:
            db = self._idle.pop() if self._idle else None
        if db is None:
            db = self._connect()
            # Mapped pages would count as memory of ours, and a cache of this size reads as fast.
            db.execute("PRAGMA mmap_size=0")
            db.execute(f"PRAGMA cache_size=-{CACHE}")
        try:
            yield db
        except sqlite3.Error as error:
            raise _told(error, db) from error
        finally:
            with self._lock:
                self._idle.append(db)

    def close(self) -> None:
        """Close what nobody uses; new ones are opened if they are asked for again."""
        with self._lock:
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()


def _told(error: sqlite3.Error, db: sqlite3.Connection) -> CrmError:
    """The error as a sentence; what explains it is imported only now."""
    from pathlib import Path

    from crm_tui.store.driver import sentence

    return sentence(error, Path(db.execute("PRAGMA database_list").fetchone()[2]))
