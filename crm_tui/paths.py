"""Every path that the program uses, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parent


def _shipped(inside: str, beside: str) -> Path:
    """A folder that the wheel carries inside the package and a checkout keeps beside it."""
    folder = _PACKAGE / inside
    return folder if folder.is_dir() else _PACKAGE.parent / beside


def data_folder() -> Path:
    """What a new file starts with: stages, categories, checklists, demo."""
    return _shipped("_data", "data")


def themes_folder() -> Path:
    """The colour themes that are shipped."""
    return _shipped("_themes", "themes")


def page(name: str, language: str) -> Path:
    """A written page that is shipped, as "lost-laptop", in one of the languages."""
    return data_folder() / f"{name}.{language}.txt"


@dataclass(frozen=True, slots=True)
class Home:
    """Where one person's files lie; nothing here makes a folder.

    Attributes:
        data: folder of the database and its backups.
        config: folder of the settings and of own themes.
        log: folder of the log.
    """

    data: Path
    config: Path
    log: Path

    @classmethod
    def find(cls, folder: Path | None = None) -> Home:
        """Take everything under `folder`, or the places that the operating system names."""
        if folder is not None:
            folder = folder.expanduser().absolute()
            return cls(folder, folder, folder / "log")
        from platformdirs import PlatformDirs

        places = PlatformDirs("crm-tui", appauthor=False)
        return cls(places.user_data_path, places.user_config_path, places.user_log_path)

    @property
    def database(self) -> Path:
        """The file that is opened when no other is named."""
        return self.data / "crm.db"

    @property
    def backups(self) -> Path:
        """The folder of the backups."""
        return self.data / "backups"

    @property
    def memory(self) -> Path:
        """What this machine remembers of the logs that it wrote; never inside a file that may be copied."""
        return self.data / "logs.json"

    @property
    def config_file(self) -> Path:
        """The settings."""
        return self.config / "config.toml"

    @property
    def themes(self) -> Path:
        """The folder of the person's own themes."""
        return self.config / "themes"

    @property
    def log_file(self) -> Path:
        """The log."""
        return self.log / "crm-tui.log"
