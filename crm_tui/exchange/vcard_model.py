"""What an address card says, whatever version of vCard it came in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_HONORIFIC = re.compile(
    r"(?:(?:mr|mrs|ms|miss|mx|dr|prof|professor|herr|frau|mme|mlle|señor|señora)(?:\.\s*|\s+)"
    r"|(?:sr|sra|ing|m|dipl\.?-?\s?ing)\.\s*)(?=\S)",
    re.IGNORECASE,
)
_HAN_HONORIFIC = ("先生", "女士", "小姐", "太太", "夫人", "博士", "教授", "老师")
_GENERATION = re.compile(r"(?:jr|sr|[ivx]+)\.?", re.IGNORECASE)


class Labelled(NamedTuple):
    """A text with what it is for: ("work", "010-1234"); known labels are lower case, others as the card says."""

    label: str
    text: str


class CardAddress(NamedTuple):
    """A postal address; lines of the street are parted by newlines or commas as the card has them."""

    label: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(slots=True)
class Card:
    """One person or company.

    Attributes:
        family: with given, middle, prefix and suffix the parts of N; a title is in prefix, never in the name.
        formatted: FN as it stands.
        organisation: the first ORG; `department` holds its further parts.
        phones: labels "mobile", "work", "home", "main", "fax", "work fax", "home fax", "pager", "other" or free text.
        birthday: "YYYY-MM-DD", "--MM-DD" without year, or empty.
        dates: other days ("anniversary" …), in the same forms.
        related: names of people near ("spouse", "assistant" …).
        unknown: values of all other properties, by upper-case name.
        notes: sentences about what was left out of this card.
        line: number of its first line in the file.
        raw: its text.
    """

    family: str = ""
    given: str = ""
    middle: str = ""
    prefix: str = ""
    suffix: str = ""
    formatted: str = ""
    nickname: str = ""
    organisation: str = ""
    department: str = ""
    title: str = ""
    role: str = ""
    phones: list[Labelled] = field(default_factory=list)
    emails: list[Labelled] = field(default_factory=list)
    addresses: list[CardAddress] = field(default_factory=list)
    urls: list[Labelled] = field(default_factory=list)
    birthday: str = ""
    dates: list[Labelled] = field(default_factory=list)
    related: list[Labelled] = field(default_factory=list)
    note: str = ""
    categories: list[str] = field(default_factory=list)
    uid: str = ""
    is_company: bool = False
    unknown: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list, compare=False)
    version: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)
    raw: str = field(default="", compare=False, repr=False)

    @property
    def name(self) -> str:
        """What to call this card: the name without titles, else the company, nickname, e-mail or phone."""
        if self.is_company and self.organisation:
            return self.organisation
        person = self._parts() or without_titles(self.formatted)
        first = next((entry.text for entry in [*self.emails, *self.phones] if entry.text), "")
        return person or self.organisation or self.nickname or first

    def _parts(self) -> str:
        if not (self.family or self.given):
            return ""
        if _han(self.family + self.given):
            return without_titles(self.family + self.middle + self.given)
        suffix = self.suffix if _GENERATION.fullmatch(self.suffix) else ""
        parts = [without_titles(self.given), self.middle, self.family, suffix]
        return " ".join(part for part in parts if part)


@dataclass(slots=True)
class BrokenCard:
    """A card that could not be read.

    Attributes:
        raw: its text, to be mended by hand.
        reason: one sentence.
        line: number of its first line in the file.
    """

    raw: str
    reason: str
    line: int


@dataclass(slots=True)
class CardFile:
    """All cards of a file in its order; `broken` ones are counted apart, so cards + broken is what the file holds."""

    cards: list[Card]
    broken: list[BrokenCard]
    notes: list[str]
    encoding: str


def _han(text: str) -> bool:
    letters = [sign for sign in text if not sign.isspace()]
    return bool(letters) and all("㐀" <= sign <= "鿿" or sign == "·" or sign > "\U0001ffff" for sign in letters)


def without_titles(name: str) -> str:
    """A name without "Dr." before it or 先生 behind it; what would leave less than a name stays whole."""
    name = name.strip()
    while found := _HONORIFIC.match(name):
        if len(name) - found.end() < 2:
            break
        name = name[found.end() :]
    for title in _HAN_HONORIFIC:
        bare = name.removesuffix(title).strip()
        if bare != name and len(bare) >= 2 and _han(bare):
            return bare
    return name
