"""Cards as vCard 3.0, the version that every address book reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crm_tui.exchange.vcard_fields import LEFT_OUT
from crm_tui.exchange.vcard_model import Card

_TYPES = {
    "mobile": "CELL",
    "work": "WORK",
    "home": "HOME",
    "main": "MAIN",
    "fax": "FAX",
    "work fax": "WORK,FAX",
    "home fax": "HOME,FAX",
    "pager": "PAGER",
    "car": "CAR",
    "other": "OTHER",
}
_NAME = re.compile(r"[A-Z][A-Z0-9-]*")
FOLD = 75
"""Octets of a line before its CRLF."""


def write_cards(cards: Iterable[Card]) -> str:
    """All cards as one vCard 3.0 text with CRLF; our reader reads them back equal.

    A card without formatted name gets its `name` as such, since vCard demands one.
    """
    return "".join(card_text(card) for card in cards)


def card_text(card: Card) -> str:
    """One card from BEGIN to END, folded at 75 octets."""
    return "".join(fold(line) for line in ("BEGIN:VCARD", "VERSION:3.0", *_lines(card), "END:VCARD"))


def _lines(card: Card) -> Iterator[str]:
    parts = (card.family, card.given, card.middle, card.prefix, card.suffix)
    yield "N:" + ";".join(map(escape, parts))
    yield "FN:" + escape(card.formatted or card.name)
    for name, text in (("NICKNAME", card.nickname), ("TITLE", card.title), ("ROLE", card.role), ("UID", card.uid)):
        if text:
            yield f"{name}:{escape(text)}"
    if card.organisation or card.department:
        units = f";{escape(card.department)}" if card.department else ""
        yield f"ORG:{escape(card.organisation)}{units}"
    if card.is_company:
        yield "X-ABShowAs:COMPANY"
    yield from _labelled(card)
    if card.birthday:
        yield f"BDAY:{card.birthday}"
    if card.note:
        yield "NOTE:" + escape(card.note)
    if card.categories:
        yield "CATEGORIES:" + ",".join(map(escape, card.categories))
    for name, texts in card.unknown.items():
        if _NAME.fullmatch(name) and name not in LEFT_OUT:
            for text in texts:
                yield f"{name}:{escape(text)}"


def _labelled(card: Card) -> Iterator[str]:
    """Entries with labels: our words as TYPE, a person's own words in the group form of Apple and Google."""
    entries = [
        *(("TEL", label, escape(text)) for label, text in card.phones),
        *(("EMAIL", label, escape(text)) for label, text in card.emails),
        *(("ADR", place.label, ";;" + ";".join(map(escape, place[1:]))) for place in card.addresses),
        *(("URL", label, escape(text)) for label, text in card.urls),
        *(("X-ABDATE", label, escape(text)) for label, text in card.dates),
        *(("X-ABRELATEDNAMES", label, escape(text)) for label, text in card.related),
    ]
    group = 0
    for name, label, value in entries:
        if not label:
            yield f"{name}:{value}"
        elif label in _TYPES and not name.startswith("X-"):
            yield f"{name};TYPE={_TYPES[label]}:{value}"
        else:
            group += 1
            yield f"item{group}.{name}:{value}"
            yield f"item{group}.X-ABLabel:{escape(label)}"


def escape(text: str) -> str:
    """A text as a vCard value."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def fold(line: str) -> str:
    """The line in pieces of at most 75 octets, no character cut in two."""
    if len(line) * 4 <= FOLD or len(line.encode()) <= FOLD:
        return line + "\r\n"
    pieces: list[str] = []
    start = size = 0
    for at, sign in enumerate(line):
        width = 1 if sign < "\x80" else 2 if sign < "\u0800" else 3 if sign < "\U00010000" else 4
        if size + width > FOLD:
            pieces.append(line[start:at])
            start, size = at, 1
        size += width
    return "\r\n ".join([*pieces, line[start:]]) + "\r\n"
