"""Address cards as plain pairs of a column and its text, which the import of customers understands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crm_tui.exchange.exporting import OWN
from crm_tui.exchange.vcard_model import Card
from crm_tui.rules.headers import Target, extra_key
from crm_tui.services.imports import Column, Entry

_OWN = re.compile(rf"{OWN}([0-9a-f]{{32}})(?:-\d+)?")
_PLACES = {"street": "Street", "city": "City", "region": "Region", "postcode": "Postcode", "country": "Country"}


def entry_of(card: Card) -> Entry:
    """A card as an entry.

    A person stays a person, with the employer in a custom field, unless the employer is a customer; then the import
    makes the person a contact there. A card of a company, or one with nothing but a company, is an organisation.
    """
    pairs = [(column, text) for column, text in _pairs(card) if text]
    return Entry(card.line, tuple(pairs), card.raw)


def _pairs(card: Card) -> Iterator[tuple[Column, str]]:
    if own := _OWN.fullmatch(card.uid):
        yield Column("UID", Target("own")), own[1]
    elif card.uid:
        yield Column("UID", Target("outside_number")), card.uid
    if card.name == card.organisation:
        yield Column("ORG", Target("name")), card.organisation
        yield Column("Kind", Target("kind")), "organisation"
    else:
        yield Column("FN", Target("contact.name")), card.name
        yield Column("ORG", Target("organisation")), card.organisation
    yield Column("Title", Target("contact.title")), card.title
    yield Column("Department", Target("contact.department")), card.department
    for place, phone in enumerate(card.phones):
        yield Column("TEL", Target("phone", phone.label, place)), phone.text
    for place, email in enumerate(card.emails):
        yield Column("EMAIL", Target("email", email.label, place)), email.text
    for place, address in enumerate(card.addresses):
        for part, header in _PLACES.items():
            yield Column(header, Target(f"address.{part}", address.label, place)), getattr(address, part)
    yield Column("BDAY", Target("birthday")), card.birthday
    for date in card.dates:
        yield Column("Date", Target("date", date.label)), date.text
    yield Column("Note", Target("note")), card.note
    for tag in card.categories:
        yield Column("Tag", Target("tags")), tag
    yield from _custom(card)


def _custom(card: Card) -> Iterator[tuple[Column, str]]:
    """What a customer has no field of its own for; entries of one name stand below each other."""
    if card.urls:
        yield Column("URL", Target("website")), card.urls[0].text
    found: dict[str, list[str]] = {}
    for url in card.urls[1:]:
        found.setdefault("Further websites", []).append(f"{url.label}: {url.text}" if url.label else url.text)
    for header, text in (("Nickname", card.nickname), ("Role", card.role)):
        if text:
            found.setdefault(header, []).append(text)
    for related in card.related:
        found.setdefault(related.label.capitalize() or "Related", []).append(related.text)
    for name, texts in card.unknown.items():
        found.setdefault(name.removeprefix("X-").replace("-", " ").capitalize(), []).extend(texts)
    for header, texts in found.items():
        yield Column(header, None, extra_key(header)), "\n".join(texts)
