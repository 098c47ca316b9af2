"""How the app is to be started; made by the command line and by tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm_tui.config import Config
    from crm_tui.paths import Home


COLUMNS = ("name", "phone", "city", "grade", "owner", "last_contact", "next_due")
"""The columns of the customer list unless something else is told."""


def _present() -> datetime:
    return datetime.now(UTC)


def _forget(name: str, value: Any) -> None:
    """Settings are kept nowhere."""


@dataclass(frozen=True)
class Options:
    """What the app is told at its start.

    Attributes:
        path: the file; made if it does not exist.
        language: "en" or "zh".
        theme: name of a theme; an unknown one gives way to the default, with a sentence.
        person: id or name of who works; the one kept in the file if None.
        now: the clock (aware).
        zone: name of the local time zone; the machine's if None.
        region: two letters of the country whose phone numbers are written without +; the file's if empty.
        screen: name of the first screen; the first of `SCREENS` if None.
        home: folder that the person's data were put under, if one was named; for commands that are run as children.
        keys: keys by binding id, from the settings ("none" takes a key away).
        theme_folders: folders of the person's own themes.
        log_file: where unexpected errors are written; nowhere if None.
        memory: where this machine remembers the logs that it wrote; nowhere if None.
        data: folder of this machine's keys; that of the file if None.
        columns: columns of the customer list, by name.
        sort: its sort column; a leading - turns it round.
        lock_minutes: minutes without a key after which the screen is locked; 0 never.
        lock_hash: what is kept of the lock's passphrase; with one the app begins locked.
        remember: keeps a setting (a name and a value of `Config`) for the next start; runs in a thread.
        notices: sentences to show at the start.
    """

    path: Path
    language: str = "en"
    theme: str = "night"
    person: str | None = None
    now: Callable[[], datetime] = _present
    zone: str | None = None
    region: str = ""
    home: Path | None = None
    screen: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    theme_folders: tuple[Path, ...] = ()
    log_file: Path | None = None
    memory: Path | None = None
    data: Path | None = None
    columns: tuple[str, ...] = COLUMNS
    sort: str = "name"
    lock_minutes: int = 0
    lock_hash: str = ""
    remember: Callable[[str, Any], None] = _forget
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: Path, config: Config, home: Home, /, **told: Any) -> Options:
        """What the settings say, and over them what the command line told.

        Args:
            path: the file.
            config: the settings.
            home: the person's folders.
            told: any attribute; None counts as not told.
        """
        from crm_tui.words import locale_language

        def remember(name: str, value: Any) -> None:
            config.save(**{name: value})

        said: dict[str, Any] = {
            "language": locale_language() if config.language == "auto" else config.language,
            "theme": config.theme,
            "person": config.person or None,
            "zone": None if config.zone == "auto" else config.zone,
            "region": config.region,
            "keys": config.keys,
            "columns": config.columns,
            "sort": config.sort,
            "lock_minutes": config.lock_minutes,
            "lock_hash": config.lock_hash,
            "theme_folders": (home.themes,),
            "log_file": home.log_file,
            "memory": home.memory,
            "data": home.data,
            "remember": remember,
            "notices": config.problems,
        }
        return cls(path, **{**said, **{name: value for name, value in told.items() if value is not None}})
