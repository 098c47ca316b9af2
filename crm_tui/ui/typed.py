"""What was typed into a field, as the services take it; and stored values as a form shows them."""

from __future__ import annotations

import re
from datetime import datetime, time
from typing import Any

from crm_tui.rules.days import parse_day, parse_when
from crm_tui.ui.fields import FormField
from crm_tui.words import language, t


class NotUnderstood(ValueError):
    """What was typed means nothing for this kind of field; the message says what would."""


def day_of(text: str, now: datetime) -> str | None:
    """A day as people type it, as it is stored; None for nothing.

    Raises:
        NotUnderstood: if it is no day, or could be two.
    """
    if not text.strip():
        return None
    when = parse_when(_in_iso_order(text), now)
    if when is not None and not when.rest:
        return when.day.isoformat()
    found = parse_day(text, now.date())
    if found is None:
        raise NotUnderstood(t("no day; try: tomorrow, next fri, 12-24"))
    return found


def instant_of(text: str, now: datetime, noon: int = 10) -> datetime | None:
    """A day and time as people type them; a day alone means `noon` o'clock; None for nothing.

    Raises:
        NotUnderstood: if it is no time, or could be two.
    """
    if not text.strip():
        return None
    when = parse_when(_in_iso_order(text), now)
    if when is not None and not when.rest:
        return datetime.combine(when.day, when.time or time(noon), now.tzinfo)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotUnderstood(t("no time; try: tomorrow 10:00, fri 3pm, 12-24 9:30")) from None
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def _in_iso_order(text: str) -> str:
    """Let 12-24 be the 24th of December: with a hyphen, the month comes first as in ISO dates."""
    return re.sub(r"^\s*(\d{1,2})-(\d{1,2})(?=\s|$)", r"\1月\2日", text)


def value_of(field: FormField, text: str, now: datetime) -> Any:
    """The typed text of a plain field as the services take it; the records check the rest.

    Raises:
        NotUnderstood: with a sentence.
    """
    if field.kind == "day":
        return day_of(text, now)
    if field.kind == "instant":
        return instant_of(text, now)
    if field.kind in ("minutes", "integer") and text.strip():
        plain = text.strip().removesuffix("min").removesuffix("分钟").strip()
        if not plain.lstrip("-").isdigit():
            raise NotUnderstood(t("“{value}” is not a whole number", value=text))
        return int(plain)
    return text if text.strip() else None


def text_of(field: FormField, value: Any, now: datetime) -> str:
    """A stored value as the form shows it."""
    if value is None:
        return ""
    if field.kind == "instant":
        return f"{datetime.fromisoformat(str(value)).astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
    if field.kind == "flag":
        return yes(bool(int(value)))
    for choice in field.choices:
        if choice.code == value:
            return choice.zh if language() == "zh" else choice.en
    return str(value)


def yes(flag: bool) -> str:
    """Yes or no."""
    return t("yes") if flag else t("no")


def words_of(text: str) -> list[str]:
    """The tags in a line: parted by commas, or by blanks where there is no comma."""
    parts = re.split(r"[,，、;；]", text) if re.search(r"[,，、;；]", text) else text.split()
    return [part.strip() for part in parts if part.strip()]
