"""Tells what a row would change on a customer, for the preview of an import."""

from __future__ import annotations

from crm_tui.records.nouns import NOUNS
from crm_tui.services.import_compare import Customer, PartNow
from crm_tui.services.import_parts import LINKS, Value
from crm_tui.words import language


def told(customer: Customer) -> str:
    """Each changed field with its old and new value, and each row that comes or changes: "Region: Leeds > London"."""
    said = [
        _field(name, customer.before.get(name), value)
        for name, value in customer.fields.items()
        if value != customer.before.get(name)
    ]
    said += [_part(part) for part in customer.parts.values() if part.child != part.before]
    return " · ".join(said)


def _field(name: str, old: Value, new: Value) -> str:
    known = NOUNS["customers"].fields.get(name)
    label = name.removeprefix("extra.") if known is None else known.about.zh if language() == "zh" else known.about.en
    if name in LINKS:
        return label
    return f"{label}: {new}" if old is None else f"{label}: {old} > {new}"


def _part(part: PartNow) -> str:
    return "+ " + " ".join(str(value) for value in part.child.values if value is not None)
