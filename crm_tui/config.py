"""The settings of one person: read from config.toml with its mistakes named, written back with its comments kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crm_tui.errors import CrmError
from crm_tui.paths import data_folder
from crm_tui.words import t

COLUMNS = ("name", "phone", "city", "grade", "owner", "last_contact", "next_due")
"""The columns of the customer list unless the settings name others."""

LONGEST_WAIT = 24 * 60
"""The most minutes that the lock may wait."""

SEALED = r"scrypt\$16384\$8\$1\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}="
"""What `rules.passphrase.sealed` makes."""


@dataclass(frozen=True)
class Config:
    """What config.toml says, defaults filled in.

    Attributes:
        language: "auto", "en" or "zh".
        theme: name of a colour theme.
        region: two letters of the country whose phone numbers are written without +; empty where nothing was said.
        zone: name of a time zone, or "auto".
        person: name or id of who works here; empty where nothing was said.
        columns: columns of the customer list.
        sort: its sort column; a leading - turns it round.
        lock_minutes: minutes without a key after which the screen is locked; 0 never.
        lock_hash: what is kept of the lock's passphrase; empty where Enter opens it.
        keys: keys by id of an action.
        problems: a sentence for each line that cannot be used; the default holds there.
        file: where it was read from, if from anywhere.
    """

    language: str = "auto"
    theme: str = "night"
    region: str = ""
    zone: str = "auto"
    person: str = ""
    columns: tuple[str, ...] = COLUMNS
    sort: str = "name"
    lock_minutes: int = 0
    lock_hash: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    file: Path | None = None

    @classmethod
    def read(cls, file: Path) -> Config:
        """Read `file`; one that is absent means defaults, and a mistake becomes one of `problems`."""
        import tomllib

        try:
            text = file.read_bytes()
        except FileNotFoundError:
            return cls(file=file)
        except OSError as error:
            return cls(file=file, problems=(_problem(file, t("cannot be read: {reason}", reason=error.strerror)),))
        try:
            found = tomllib.loads(text.decode("utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            said = t("is not valid TOML ({reason}); default settings are used", reason=error)
            return cls(file=file, problems=(_problem(file, said),))
        return cls(file=file)._filled(found, file)

    def _filled(self, found: Mapping[str, Any], file: Path) -> Config:
        good: dict[str, Any] = {}
        problems: list[str] = []
        for name, value in found.items():
            check = _CHECKS.get(name)
            if check is None:
                problems.append(_problem(file, _unknown(name)))
                continue
            try:
                good[name] = check(value)
            except ValueError as error:
                problems.append(_problem(file, f"{name}: {error}"))
        return replace(self, **good, problems=tuple(problems))

    def save(self, **changes: Any) -> Config:
        """Write `changes` into the file, comments and unknown lines kept; an absent file begins as the default one.

        Returns:
            The settings as they are now.

        Raises:
            CrmError: if the file cannot be written, or is not valid TOML.
            ValueError: for a value that is not acceptable.
        """
        if self.file is None:
            raise ValueError("settings without a file")
        for name, value in changes.items():
            _CHECKS[name](list(value) if isinstance(value, tuple) else value)
        write(self.file, changes)
        return Config.read(self.file)


def write(file: Path, changes: Mapping[str, Any]) -> None:
    """Set some lines of the TOML file `file`, and leave every other as it stands.

    Raises:
        CrmError: if the file cannot be written, or is not valid TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        text = (file if file.exists() else data_folder() / "config.default.toml").read_text(encoding="utf-8-sig")
        document = tomlkit.parse(text)
        for name, value in changes.items():
            if isinstance(value, Mapping):
                table = tomlkit.table()
                table.update({key: value[key] for key in value})
                document[name] = table
            else:
                _place(document, name, list(value) if isinstance(value, tuple) else value)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}.part")
        part.write_text(tomlkit.dumps(document), encoding="utf-8")
        part.replace(file)
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise CrmError(_problem(file, t("is not valid TOML ({reason}); mend it first", reason=error))) from None
    except OSError as error:
        raise CrmError(_problem(file, t("cannot be written: {reason}", reason=error.strerror))) from None


def _place(document: Any, name: str, value: Any) -> None:
    """Set a plain line; a new one goes before the first table, or it would belong to that."""
    if name in document:
        document[name] = value
        return
    import tomlkit

    line = tomlkit.item(value)
    tables = [key for key, item in document.items() if isinstance(item, tomlkit.items.Table)]
    if not tables:
        document[name] = line
        return
    kept = {key: document.pop(key) for key in tables}
    document[name] = line
    for key, table in kept.items():
        document[key] = table


def _problem(file: Path, text: str) -> str:
    return f"{file}: {text}"


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, _CHECKS, 1, 0.5)
    if near:
        return t("there is no setting “{name}”; did you mean “{near}”?", name=name, near=near[0])
    return t("there is no setting “{name}”; known are: {known}", name=name, known=", ".join(_CHECKS))


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(t("must be a text in quotation marks"))
    return value.strip()


def _language(value: Any) -> str:
    if value not in ("auto", "en", "zh"):
        raise ValueError(t("“{value}” is none of: {known}", value=value, known="auto, en, zh"))
    return str(value)


def _region(value: Any) -> str:
    text = _string(value).upper()
    if text and not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(t("“{value}” is not a country as two letters, like CN", value=value))
    return text


def _zone(value: Any) -> str:
    text = _string(value)
    if text != "auto":
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(text)
        except (ValueError, OSError, LookupError):
            raise ValueError(t("“{value}” is not a time zone like Asia/Shanghai", value=value)) from None
    return text


def _list(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(t("must be a list of texts"))
    return tuple(value)


def _minutes(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LONGEST_WAIT:
        raise ValueError(t("must be a number of minutes from 0 to {most}", most=LONGEST_WAIT))
    return value


def _lock_hash(value: Any) -> str:
    text = _string(value)
    if text and not re.fullmatch(SEALED, text):
        raise ValueError(t("is no passphrase that this program has kept; set it anew in Setup, “Lock and mask”"))
    return text


def _keys(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(t('must be lines like "visits.log" = "l"'))
    return {str(key): str(item) for key, item in value.items()}


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "language": _language,
    "theme": _string,
    "region": _region,
    "zone": _zone,
    "person": _string,
    "columns": _list,
    "sort": _string,
    "lock_minutes": _minutes,
    "lock_hash": _lock_hash,
    "keys": _keys,
}

assert set(_CHECKS) == {item.name for item in fields(Config)} - {"problems", "file"}
