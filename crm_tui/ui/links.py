"""Records to choose from where a field points to one: found by what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MOST = 8


@dataclass(frozen=True)
class Option:
    """One thing to choose: its value (an id or a code), its text, and a word that tells it from others."""

    value: str
    text: str
    hint: str = ""


def find(crm: Crm, noun: str, typed: str, customer: str | None = None) -> list[Option]:
    """Records of a noun that answer to what was typed; all of them, up to a few, for nothing.

    Args:
        crm: the open file.
        noun: which records.
        typed: what a person typed.
        customer: whose contacts, for the noun contacts.
    """
    text = typed.strip()
    if noun == "customers":
        return [Option(hit.id, hit.name, _why(hit.name, hit.why[1])) for hit in crm.customers.find(text, MOST).items]
    rows = crm.contacts.of(customer) if noun == "contacts" and customer else crm.noun(noun).all()
    hint = {"people": "team", "contacts": "title", "branches": "region"}.get(noun, "")
    found = [
        Option(row["id"], crm.noun(noun).title_of(row), str(row.get(hint) or "")) for row in rows if _answers(row, text)
    ]
    return found[:MOST]


def names(crm: Crm, noun: str, row: Mapping[str, Any]) -> dict[str, str]:
    """What the records are called that the links of a row point to, by id."""
    found: dict[str, str] = {}
    for name, field in crm.noun(noun).noun.fields.items():
        target = field.about.link
        if target and row.get(name) and name != "id":
            service = crm.noun(target)
            try:
                found[str(row[name])] = service.title_of(service.get(str(row[name])))
            except NotFound:
                found[str(row[name])] = "?"
    return found


def _why(name: str, why: str) -> str:
    return "" if why == name else why


def _answers(row: Mapping[str, Any], text: str) -> bool:
    if not text:
        return True
    name = str(row.get("name") or "")
    if text.casefold() in name.casefold():
        return True
    from crm_tui.rules.pinyin import full, initials

    wanted = text.casefold().replace(" ", "")
    return full(name).startswith(wanted) or initials(name).startswith(wanted)
