"""What people type for fields and records: FIELD=VALUE by name or label, links by name, records by id or name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, NotFound
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MORNING = 9
"""The hour of a plan for which only a day was told."""

PARTS = {
    "contact": "contacts",
    "phone": "phones",
    "email": "emails",
    "address": "addresses",
    "tag": "tags",
    "need": "needs",
    "role": "parties",
    "date": "key_dates",
}
"""What can be added to a customer, and its noun."""


def assignments(crm: Crm, noun: str, words: Sequence[str], row: str | None = None) -> dict[str, Any]:
    """The values that `FIELD=VALUE` words give, ready for a service.

    Args:
        crm: the open file.
        noun: of the record.
        words: as typed; FIELD is a field's name or label, `extra.KEY`, or the key or label of a custom field.
        row: id of the record, whose other custom fields are kept.

    Raises:
        Invalid, NotFound: with a sentence.
    """
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    customs = {str(field["key"]): field for field in crm.custom_fields.for_noun(noun)}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Invalid({word: t("must be FIELD=VALUE")})
        field = _field(crm, noun, name.strip(), customs)
        if field.startswith("extra."):
            key = field.removeprefix("extra.")
            extra[key] = _custom(customs.get(key), value.strip())
        else:
            values[field] = _value(crm, noun, field, value)
    if extra:
        kept = json.loads(crm.noun(noun).get(row)["extra"] or "{}") if row else {}
        values["extra"] = {**kept, **extra}
    return values


def _field(crm: Crm, noun: str, name: str, customs: dict[str, Any]) -> str:
    """The field that a name or label means."""
    from crm_tui.records.nouns import NOUNS

    fields = {n: f for n, f in NOUNS[noun].fields.items() if not f.about.derived and n not in ("id", "extra")}
    if name in fields or (name.startswith("extra.") and len(name) > 6):
        return name
    wanted = name.casefold()
    for key, field in customs.items():
        if wanted in (key.casefold(), str(field["label_en"]).casefold(), str(field["label_zh"])):
            return f"extra.{key}"
    for known, one in fields.items():
        if wanted in (known, one.about.en.casefold(), one.about.zh):
            return known
    from difflib import get_close_matches

    near = get_close_matches(name, [*fields, *customs], 1, 0.6)
    if near:
        raise Invalid({name: t("no such field; did you mean “{near}”?", near=near[0])})
    offered = [n for n, f in fields.items() if f.about.form] + [f"extra.{key}" for key in customs]
    raise Invalid({name: t("no such field; known are: {known}", known=", ".join(offered))})


def _value(crm: Crm, noun: str, field: str, text: str) -> Any:
    """A typed value; links are names, instants may be said as people say them."""
    from crm_tui.records.nouns import NOUNS

    about = NOUNS[noun].fields[field].about
    if not text.strip():
        return None
    if about.kind == "link" and about.link:
        return linked(crm, about.link, text.strip())
    if about.kind == "instant":
        return when(crm, text)
    if about.kind == "flag":
        said = text.strip().casefold()
        return {"yes": 1, "no": 0, "true": 1, "false": 0, "是": 1, "否": 0}.get(said, text.strip())
    return text


def linked(crm: Crm, noun: str, text: str) -> str:
    """The id of a record that a link means: by id or by name.

    Raises:
        NotFound: if none answers, or several.
    """
    if noun == "people":
        return str(crm.people.find(text)["id"])
    if noun == "customers":
        return crm.customers.resolve(text)
    rows = crm.noun(noun).all()
    title = crm.noun(noun).noun.title or "id"
    found = [r for r in rows if r["id"] == text or str(r[title]).casefold() == text.casefold()]
    if len(found) != 1:
        known = ", ".join(str(r[title]) for r in rows[:12])
        raise NotFound(t("“{text}” is not one of: {known}", text=text, known=known))
    return str(found[0]["id"])


def _custom(field: dict[str, Any] | None, text: str) -> Any:
    """A custom field's value by the kind that was defined."""
    if not text:
        return None
    kind = field["kind"] if field else "text"
    key = str(field["key"]) if field else ""
    if kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise Invalid({key: t("“{value}” is not a whole number", value=text)}) from None
    if kind == "day":
        try:
            return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
        except ValueError:
            raise Invalid({key: t("“{value}” is not a day like 2026-11-24", value=text)}) from None
    if kind == "choice" and field:
        known = [line.strip() for line in str(field["choices"] or "").splitlines() if line.strip()]
        if known and text not in known:
            raise Invalid({key: t("“{value}” is none of: {known}", value=text, known=", ".join(known))})
    return text


def when(crm: Crm, text: str) -> datetime:
    """A moment as people type it ("tomorrow 10:00", "下周三15:00"), or as ISO; local where no zone is told.

    Raises:
        Invalid: if it cannot be understood.
    """
    from crm_tui.rules.days import parse_when

    try:
        at = datetime.fromisoformat(text.strip())
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(crm.zone))
    except ValueError:
        pass
    found = parse_when(text, crm.local_now())
    if found is None or found.rest.strip():
        raise Invalid({"when": t("“{value}” is not a time like “tomorrow 15:00” or 2026-11-25", value=text)})
    return datetime.combine(found.day, found.time or time(MORNING), ZoneInfo(crm.zone))


def record_of(crm: Crm, text: str) -> tuple[str, str]:
    """Noun and id of the record that `text` means: any record's id, or whatever only one customer answers to.

    Raises:
        NotFound: if none answers, or several.
    """
    try:
        return crm.trash.noun_of(text), text
    except NotFound:
        return "customers", crm.customers.resolve(text)


def trashed_of(crm: Crm, text: str) -> tuple[str, str]:
    """Noun and id of a record in the trash, by id or by what people call it.

    Raises:
        NotFound: if none answers, or several.
    """
    try:
        return crm.trash.noun_of(text), text
    except NotFound:
        pass
    found = [row for row in crm.trash.rows(10_000) if row.title.casefold() == text.strip().casefold()]
    if len(found) == 1:
        return found[0].noun, found[0].id
    if not found:
        raise NotFound(t("nothing in the trash is called “{text}”", text=text))
    ids = ", ".join(row.id for row in found[:5])
    raise NotFound(t("several things in the trash are called “{text}”; use the id: {ids}", text=text, ids=ids))
