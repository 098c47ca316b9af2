"""What a form asks: one entry a field, made from the record metadata and the custom fields of a company."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_tui.records.about import Choice
from crm_tui.records.nouns import NOUNS
from crm_tui.words import language

EXTRA = "extra."
"""A custom field's name in a form is this and its key."""

# Asked first, in this order; a gap stands before the names that begin with "-"; the rest comes under "more".
_FIRST = {
    "customers": "name kind -phone email -owner grade region industry source -tags note",
    "contacts": "name title department decision_role reports_to -phone email -channel note",
    "visits": "kind contact summary outcome started minutes -person attendees",
    "deals": "name amount close_day contact owner -products competitor source -note lessons",
    "leads": "name company phone email interest source kind -owner note",
    "stages": "name_en name_zh kind probability rotting_days -required shown -position",
    "prospect_grades": "code label_en label_zh horizon_days -position",
    "people": "name role team branch phone email",
}


@dataclass(frozen=True)
class FormField:
    """One field of a form.

    Attributes:
        name: of the field; custom ones begin with `EXTRA`.
        en: label in English.
        zh: label in Chinese.
        kind: as in the records, or "tags" (words parted by blanks or commas).
        choices: what a choice can be.
        link: noun whose record is chosen, for kind "link".
        required: must not stay empty.
        gap: an empty line stands before it.
        more: asked only under "more".
    """

    name: str
    en: str
    zh: str
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    link: str | None = None
    required: bool = False
    gap: bool = False
    more: bool = False

    @property
    def label(self) -> str:
        """The label in the language that is spoken."""
        return self.zh if language() == "zh" else self.en


PHONE = FormField("phone", "Phone", "电话", "phone")
EMAIL = FormField("email", "E-mail", "邮箱", "email")
TAGS = FormField("tags", "Tags", "标签", "tags")


def fields_of(noun: str, custom: Iterable[Mapping[str, Any]] = (), also: Sequence[FormField] = ()) -> list[FormField]:
    """The fields that a form for `noun` asks, the most wanted first.

    Args:
        noun: the kind of record.
        custom: definitions of custom fields, as rows.
        also: fields of other nouns that are asked with it (the phone of a new customer).
    """
    found = {
        name: FormField(
            name, about.en, about.zh, about.kind, about.choices, about.link, about.required, more=noun in _FIRST
        )
        for name, field in NOUNS[noun].fields.items()
        if (about := field.about).form
    }
    found.update({field.name: replace(field, more=True) for field in also})
    for row in custom:
        found[EXTRA + row["key"]] = _custom(row)
    ordered: list[FormField] = []
    for word in _FIRST.get(noun, "").split():
        name = word.lstrip("-")
        if name in found:
            ordered.append(replace(found.pop(name), gap=word.startswith("-"), more=False))
    return ordered + list(found.values())


def _custom(row: Mapping[str, Any]) -> FormField:
    en, zh = row["label_en"] or row["label_zh"] or row["key"], row["label_zh"] or row["label_en"] or row["key"]
    lines = [line.strip() for line in str(row["choices"] or "").splitlines() if line.strip()]
    options = tuple(Choice(line, line, line) for line in lines)
    kind = "choice" if options else str(row["kind"] or "text")
    return FormField(EXTRA + row["key"], en, zh, kind, options, required=bool(row["required"]))


def label_of(noun: str, name: str) -> str:
    """The label of a field in the language that is spoken."""
    field = NOUNS[noun].fields.get(name)
    if field is not None:
        return field.about.zh if language() == "zh" else field.about.en
    return name.removeprefix(EXTRA)


def choice_text(noun: str, name: str, value: Any) -> str:
    """A stored value as people read it: a choice by its name, anything else as it is."""
    if value is None:
        return ""
    field = NOUNS[noun].fields.get(name)
    for choice in field.about.choices if field is not None else ():
        if choice.code == value:
            return choice.zh if language() == "zh" else choice.en
    return str(value)


def noun_label(noun: str) -> str:
    """What a kind of record is called, in the language that is spoken."""
    return NOUNS[noun].zh if language() == "zh" else NOUNS[noun].en
