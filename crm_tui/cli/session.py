"""What the global options ask for: which file, which clock, who works; and how results are printed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import CrmError, NotFound
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.config import Config
    from crm_tui.paths import Home
    from crm_tui.services.crm import Crm


class Session:
    """One run of a command."""

    def __init__(self) -> None:
        self.json = False
        self.folder: Path | None = None
        self.db: Path | None = None
        self.person: str | None = None
        self.language: str | None = None
        self.fixed: str | None = None
        self.zone_name: str | None = None
        self._crm: Crm | None = None

    def take(
        self,
        *,
        db: Path | None,
        home: Path | None,
        person: str | None,
        language: str | None,
        now: str | None,
        zone: str | None,
    ) -> None:
        """Keep the global options."""
        self.folder = home
        self.db, self.person, self.language, self.fixed, self.zone_name = db, person, language, now, zone

    @cached_property
    def home(self) -> Home:
        """The person's folders."""
        from crm_tui.paths import Home

        return Home.find(self.folder)

    @cached_property
    def config(self) -> Config:
        """The settings; their mistakes are told once, on stderr."""
        from crm_tui.config import Config

        config = Config.read(self.home.config_file)
        for problem in config.problems:
            self.say(problem)
        return config

    @property
    def file(self) -> Path:
        """The file that is worked on."""
        return (self.db or self.home.database).expanduser().absolute()

    @cached_property
    def zone(self) -> str:
        """Name of the local time zone.

        Raises:
            CrmError: for one that does not exist.
        """
        from zoneinfo import ZoneInfo

        from crm_tui.services.crm import local_zone

        name = self.zone_name or (self.config.zone if self.config.zone != "auto" else "") or local_zone()
        try:
            return ZoneInfo(name).key
        except (ValueError, OSError, LookupError):
            raise CrmError(t("“{value}” is not a time zone like Asia/Shanghai", value=name)) from None

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        """The present: the computer's, or the one that was asked for.

        Raises:
            CrmError: if it is no time.
        """
        from zoneinfo import ZoneInfo

        from crm_tui.services.crm import utc_now

        if self.fixed is None:
            return utc_now
        try:
            at = datetime.fromisoformat(self.fixed)
        except ValueError:
            raise CrmError(t("“{value}” is not a time like 2026-11-24T10:05", value=self.fixed)) from None
        fixed = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))
        return lambda: fixed

    def crm(self, *, create: bool = False) -> Crm:
        """The open file.

        Args:
            create: whether an absent file is made; reading commands say instead how to begin.

        Raises:
            CrmError: with a sentence.
        """
        if self._crm is None:
            if not create and not self.file.exists():
                raise NotFound(t("there is no file {path} yet; begin with: crm-tui import FILE", path=self.file))
            self._crm = self.open(self.file)
        return self._crm

    def close(self) -> None:
        """Close the file, if it was opened; its write-ahead log goes into it then."""
        if self._crm is not None:
            self._crm.close()
            self._crm = None

    def open(self, file: Path) -> Crm:
        """Open `file` with the clock, the zone and the person of this session."""
        from crm_tui.services.crm import Crm

        crm = Crm.open(file, self.clock, zone=self.zone, memory=self.home.memory)
        if self.config.region:
            crm.region = self.config.region
        person = self.person or self.config.person
        if person:
            try:
                crm.store.person = str(crm.people.find(person)["id"])
            except NotFound:
                crm.close()
                raise
        for news in crm.interrupted():
            self.say(news)
        return crm

    def open_app(self, screen: str | None) -> None:
        """Open the app."""
        import signal

        from crm_tui.cli.opening import open_app

        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        open_app(self, screen)

    def say(self, text: str) -> None:
        """A message for the person, beside the data."""
        print(text, file=sys.stderr)

    def put(self, data: Any, plain: Callable[[], str] | str) -> None:
        """Print a result: `data` as JSON if that was asked for, else what `plain` makes of it."""
        if self.json:
            import json

            print(json.dumps(data, ensure_ascii=False, indent=2))
            return
        text = plain() if callable(plain) else plain
        if text:
            print(text)


def cells_across() -> int | None:
    """The width of the terminal in cells; None where output goes into a file or a pipe."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
    except (OSError, ValueError):
        return None
