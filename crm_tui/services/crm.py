"""The whole back end: `Crm.open(path)` serves screens, commands and tests alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.records.nouns import NOUNS
from crm_tui.services.branches import Branches
from crm_tui.services.conflicts import Conflicts
from crm_tui.services.contacts import Contacts
from crm_tui.services.custom_fields import CustomFields
from crm_tui.services.customers import Customers
from crm_tui.services.desk import NOUNS_DESK, Desk
from crm_tui.services.duplicates import Duplicates
from crm_tui.services.exports import Exports
from crm_tui.services.history import History
from crm_tui.services.imports import Imports
from crm_tui.services.machines import Machines
from crm_tui.services.noun import NounService
from crm_tui.services.people import People
from crm_tui.services.phones import Phones
from crm_tui.services.schedule import NOUNS_HERE, Schedule
from crm_tui.services.selling import NOUNS_SOLD, Selling
from crm_tui.services.today import Today
from crm_tui.services.trading import NOUNS_TRADED, Trading
from crm_tui.services.trash import Trash
from crm_tui.services.visits import Visits
from crm_tui.store import backup, check, digest, driver, search
from crm_tui.store.database import Store
from crm_tui.store.drafts import Drafts
from crm_tui.words import t

LAZY = NOUNS_HERE | NOUNS_SOLD | NOUNS_TRADED | NOUNS_DESK
"""The nouns whose service is loaded when it is first asked for."""


def utc_now() -> datetime:
    """The present; the only clock of the program."""
    return datetime.now(UTC)


class Crm(Schedule, Selling, Trading, Desk):
    """One open file and all that can be done with it. May be used from any thread."""

    def __init__(self, store: Store, zone: str) -> None:
        self.store = store
        self.zone = zone
        self.region = store.setting("phone_region", "CN")
        self.branches = Branches(self, "branches")
        self.people = People(self, "people")
        self.customers = Customers(self, "customers")
        self.contacts = Contacts(self, "contacts")
        self.phones = Phones(self, "phones")
        self.visits = Visits(self, "visits")
        self.custom_fields = CustomFields(self, "custom_fields")
        self.machines = Machines(self, "machines")
        named: dict[str, NounService] = {
            service.name: service for service in vars(self).values() if isinstance(service, NounService)
        }
        self._nouns = {name: named.get(name) or NounService(self, name) for name in NOUNS if name not in LAZY}
        self.history = History(self)
        self.conflicts = Conflicts(self)
        self.trash = Trash(self)
        self.today = Today(self)
        self.imports = Imports(self)
        self.exports = Exports(self)
        self.duplicates = Duplicates(self)
        store.person = store.person or store.setting("me") or None

    @classmethod
    def open(
        cls,
        path: Path,
        now: Callable[[], datetime] = utc_now,
        *,
        zone: str | None = None,
        person: str | None = None,
        create: bool = True,
        memory: Path | None = None,
    ) -> Crm:
        """Open a file, made and brought up to date if need be.

        Args:
            path: the file.
            now: the clock.
            zone: name of the local time zone; the machine's if None.
            person: id of who works; the one kept in the file if None.
            create: whether an absent file is made.
            memory: where this machine remembers its logs (`Home.memory`); None for files that are never copied.

        Raises:
            NotFound, BadFile, Locked, CrmError: with a sentence.
        """
        return cls(Store.open(path, now, create=create, person=person, memory=memory), zone or local_zone())

    def close(self) -> None:
        """Close the file."""
        if "drafts" in vars(self):
            self.drafts.close()
        self.store.close()

    def noun(self, name: str) -> NounService:
        """The service of a noun."""
        if name in LAZY:
            service: NounService = getattr(self, name)
            return service
        return self._nouns[name]

    def local_now(self) -> datetime:
        """The present in the local zone."""
        return self.store.now().astimezone(ZoneInfo(self.zone))

    def days_ago(self, days: int) -> str:
        """The instant so many days ago, as it is stored."""
        return (self.store.now() - timedelta(days=days)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def digest(self) -> str:
        """One number for all that people know; equal content, equal digest."""
        return digest.digest(self.store.reader(), self.store.catalogue)

    def check(self, progress: Callable[[str], None] = lambda _: None) -> list[str]:
        """Every problem found in the file, as sentences."""
        with closing(driver.connect(self.store.path)) as db:
            db.execute("PRAGMA query_only=OFF")  # opened read-only; this allows temporary tables
            return check.check(db, self.store.catalogue, progress)

    def backup(self, target: Path | None = None, reason: str = "manual", **options: Any) -> Path:
        """Write a checked backup; into the file's own folder of backups unless told."""
        folder = backup.folder_of(self.store.path)
        path = backup.make(self.store.path, target or folder, self.store.now(), reason=reason, **options)
        if target is None:
            backup.rotate(folder)
        return path

    def daily_backup(self) -> Path | None:
        """A backup if the newest is more than a day old and the file holds anything; None otherwise."""
        (used,) = self.store.reader().execute("SELECT EXISTS(SELECT 1 FROM action)").fetchone()
        if used and backup.due(backup.folder_of(self.store.path), self.store.now()):
            return self.backup(reason="daily")
        return None

    def reindex(self, progress: Callable[[int, int], None], stop: threading.Event) -> bool:
        """Index what search cannot find yet (after an update of the program); for a thread, on its own connection.

        Returns:
            Whether the index is complete; not if `stop` was set before.
        """
        with closing(driver.connect(self.store.path, write=True)) as db:
            return search.stale_count(db) == 0 or search.rebuild(db, progress, stop)

    def warm_search(self, stop: threading.Event) -> None:
        """Read the search index once, for a thread, so that the first search does not wait for the disk."""
        with closing(driver.connect(self.store.path)) as db:
            search.warm(db, stop)

    @cached_property
    def drafts(self) -> Drafts:
        """The drafts beside this file, and the long tasks that run on it."""
        return Drafts(self.store.path)

    @contextmanager
    def task(self, text: str) -> Iterator[None]:
        """Note a long task while it runs, so that the next start can tell that it never ended."""
        number = self.drafts.begin(text, self.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        try:
            yield
        finally:
            self.drafts.end(number)

    def interrupted(self) -> list[str]:
        """A sentence for each long task that was cut off since the last start; each is told once."""
        return [
            t("{task} was cut off ({at}); nothing of it was written", task=task, at=at)
            for task, at in self.drafts.interrupted()
        ]


def local_zone() -> str:
    """The name of the machine's time zone, UTC if it does not tell."""
    import os

    name = os.environ.get("TZ", "").lstrip(":")
    link = Path("/etc/localtime")
    if not name and link.is_symlink():
        name = str(link.resolve()).partition("zoneinfo/")[2]
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ValueError, OSError, LookupError):
        return "UTC"
