"""What is known about a field: label, kind, links; and the validation that follows from it."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler
from pydantic_core import core_schema

from crm_tui.words import t

MAX_TEXT = 20_000
"""The longest text of a field, in characters."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Choice:
    """One value of a field that has a fixed list: its code and its name in both languages."""

    code: str
    en: str
    zh: str


def choices(*rows: str) -> tuple[Choice, ...]:
    """Choices from lines like "visit|Visit|拜访"."""
    return tuple(Choice(*row.split("|")) for row in rows)


@dataclass(frozen=True)
class About:
    """Metadata of a field, standing in its annotation; forms, import, export, journal and bundles read it.

    Attributes:
        en: label in English.
        zh: label in Chinese.
        kind: one of `KINDS`; decides what is accepted and how it is shown.
        choices: accepted codes, where the kind is "choice".
        link: noun that the value's id belongs to, where the kind is "link".
        owner: the row hangs on the linked row (a phone on its customer).
        group: fields of one group are one value in the journal (amount and currency).
        required: an empty value is refused.
        search: "name", "phone" or "other" where the search index takes it in.
        secret: confidential; masked by role and left out of shares.
        derived: computed; never in journal, digest or bundle.
        form: whether a form offers the field.
    """

    en: str
    zh: str
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    link: str | None = None
    owner: bool = False
    group: str | None = None
    required: bool = False
    search: str | None = None
    secret: bool = False
    derived: bool = False
    form: bool = True

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Clean the value by kind before pydantic looks at it."""
        return core_schema.no_info_before_validator_function(self.clean, handler(source))

    def clean(self, value: Any) -> int | str | None:
        """The value as it is stored.

        Raises:
            ValueError: with a sentence, if the value is not acceptable for this kind of field.
        """
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", _CONTROL.sub("", value)).strip()
            if len(value) > MAX_TEXT:
                raise ValueError(t("longer than {n} characters", n=MAX_TEXT))
        if value is None or value == "":
            if self.required:
                raise ValueError(t("must not be empty"))
            return None
        if self.kind == "choice":
            return self._choice(value)
        cleaned = KINDS[self.kind](value)
        return None if self.kind == "json" and cleaned == "{}" else cleaned

    def _choice(self, value: Any) -> str:
        for choice in self.choices:
            if str(value).casefold() in (choice.code, choice.en.casefold(), choice.zh):
                return choice.code
        known = ", ".join(choice.code for choice in self.choices)
        raise ValueError(t("“{value}” is none of: {known}", value=value, known=known))


def _text(value: Any) -> str:
    return str(value)


def _line(value: Any) -> str:
    return " ".join(str(value).split())


def _integer(value: Any) -> int:
    try:
        number = float(value) if isinstance(value, str) and "." in value else int(value)
    except (TypeError, ValueError):
        raise ValueError(t("“{value}” is not a whole number", value=value)) from None
    if number != int(number) or not -(2**63) <= number < 2**63:
        raise ValueError(t("“{value}” is not a whole number", value=value))
    return int(number)


def _flag(value: Any) -> int:
    if value in (0, 1, "0", "1", True, False):
        return int(value)
    raise ValueError(t("“{value}” is neither yes nor no", value=value))


def _day(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError(t("“{value}” is not a day like 2026-11-24", value=value)) from None


def _instant(value: Any) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(t("“{value}” is not a time like 2026-11-24T15:00:00Z", value=value)) from None
    if moment.tzinfo is None:
        raise ValueError(t("“{value}” has no time zone", value=value))
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _zone(value: Any) -> str:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, LookupError):
        raise ValueError(t("“{value}” is not a time zone like Asia/Shanghai", value=value)) from None
    return str(value)


def _email(value: Any) -> str:
    text = str(value)
    if "@" not in text or text.startswith("@") or text.endswith("@"):
        raise ValueError(t("“{value}” is not an e-mail address", value=value))
    return text


def _json(value: Any) -> str:
    data = json.loads(value) if isinstance(value, str) else value
    if not isinstance(data, dict):
        raise ValueError(t("custom fields must be names with values"))
    kept = {str(key): data[key] for key in sorted(data) if data[key] not in (None, "")}
    for key, item in kept.items():
        if '"' in key or "\\" in key or not isinstance(item, int | str) or isinstance(item, bool):
            raise ValueError(t("“{value}” cannot be a custom field", value=key))
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else "{}"


def _link(value: Any) -> str:
    if not re.fullmatch(r"[0-9a-f]{32}", str(value)):
        raise ValueError(t("“{value}” is not a record's id", value=value))
    return str(value)


KINDS: dict[str, Callable[[Any], int | str]] = {
    "name": _line,
    "text": _line,
    "note": _text,
    "phone": _line,
    "email": _email,
    "url": _line,
    "integer": _integer,
    "minutes": _integer,
    "money": _integer,
    "flag": _flag,
    "day": _day,
    "instant": _instant,
    "zone": _zone,
    "link": _link,
    "json": _json,
}
