"""Which column of a stranger's table goes where, and what kind of table it is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm_tui.rules.header_words import KIND_WORDS, KINDS, TARGETS, WORDS
from crm_tui.rules.text import fold, squash

__all__ = [
    "TARGETS",
    "Target",
    "extra_key",
    "extra_keys",
    "guess_kind",
    "normalise_header",
    "read_kind",
    "read_target",
    "recognise",
]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column goes.

    Attributes:
        name: a key of TARGETS.
        label: what kind of phone, e-mail or address it is ("mobile", "work", "billing"); empty if unsaid.
        slot: columns of the same slot belong together (the street and city of one address, a phone and its label);
            0 for the only one.
    """

    name: str
    label: str = ""
    slot: int = 0

    def __str__(self) -> str:
        return self.name + (f":{self.label}" if self.label else "") + (f"#{self.slot}" if self.slot else "")

    @property
    def many(self) -> bool:
        """Whether a row may bring several of these."""
        return self.name in _MANY


_MANY = frozenset({"phone", "fax", "email", "tags", "note", "contact.phone", "contact.email", "ignore"})
_LABELLED = re.compile(r"(phone|email|fax|address\.\w+|contact\.phone|contact\.email)")
_NUMBERED = re.compile(r"(phone|email|address|website)(\d+)(value|type|label|\w+)")
_NUMBERED_PARTS = {
    "street": "address.street", "city": "address.city", "region": "address.region", "state": "address.region",
    "postalcode": "address.postcode", "country": "address.country", "label": "address.label", "type": "address.label",
    "extendedaddress": "address.district",
}  # fmt: skip
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")
_ID_LIKE = re.compile(
    r"(?=.*\d)[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?|[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}|\d+", re.ASCII
)
_IDS_FIRST = ("accountid", "customerid", "clientid", "id")


def read_target(text: str) -> Target | None:
    """Read "phone:mobile#2" as a person writes it in `--map`; None if there is no such target."""
    match = re.fullmatch(r"\s*([a-z_.]+)(?::([^#:]+))?(?:#(\d{1,3}))?\s*", text)
    if not match or match[1] not in TARGETS or (match[2] and not _LABELLED.fullmatch(match[1])):
        return None
    return Target(match[1], (match[2] or "").strip(), int(match[3] or 0))


def normalise_header(text: str) -> str:
    """Fold a header and make every run of punctuation one space: "Phone 1 - Value" gives "phone 1 value"."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def extra_key(header: str) -> str:
    """The key of a custom field for this header: stable, lower-case, words joined by "_"."""
    key = normalise_header(header).replace(" ", "_")
    return key or f"column_{hashlib.sha256(header.encode('utf-8', 'replace')).hexdigest()[:8]}"


def extra_keys(headers: Sequence[str]) -> list[str]:
    """Keys for all headers of a table, unlike each other: a second "size" becomes "size_2"."""
    found: list[str] = []
    for header in headers:
        key, number = extra_key(header), 2
        while (key if number == 2 else f"{key}_{number - 1}") in found:
            number += 1
        found.append(key if number == 2 else f"{key}_{number - 1}")
    return found


def read_kind(text: str) -> str | None:
    """Read organisation, person or household out of a word in English or Chinese."""
    word = squash(text)
    return KIND_WORDS.get(word) or KIND_WORDS.get(word.removesuffix("客户").removesuffix("用户"))


def recognise(headers: Sequence[str], samples: Sequence[Sequence[str]]) -> list[Target | None]:
    """Tell for each column where it goes; None means a custom field.

    If there are columns for companies and for persons, the company is the customer and the person its contact; else
    the one that is there is the customer's name. Given and family names alone stay with the contact: a row without
    a name takes the contact's, as a person.

    Args:
        headers: as they stand in the file.
        samples: some rows; they tell ids from names, and what a column of types means.
    """
    words = [_word(header) for header in headers]
    columns = [[value for row in samples if at < len(row) and (value := row[at].strip())] for at in range(len(headers))]
    found = [_alone(word, column) for word, column in zip(words, columns, strict=True)]
    _choose_names(found)
    _choose_ids(found, words)
    if "jobtitle" in words:
        # Outlook's "Title" is then Mr or Dr.
        found = [None if word == "title" else target for word, target in zip(words, found, strict=True)]
    taken: set[tuple[str, str, int]] = set()
    for at, target in enumerate(found):
        if target is None or target.name in _MANY:
            continue
        key = (target.name, target.label, target.slot)
        if key in taken:
            found[at] = None
        taken.add(key)
    return found


def _word(header: str) -> str:
    """The key under which a header is looked up."""
    return squash(header) if squash(header) in WORDS else squash(_BRACKETS.sub("", fold(header)))


def _alone(word: str, column: list[str]) -> Target | None:
    """What a column means by its own header and values; `company`, `person` and `generic` are still open."""
    target = _look_up(word)
    if target is None:
        return None
    if target.name in ("owner", "parent") and column and all(_ID_LIKE.fullmatch(value) for value in column):
        return None
    if target.name == "kind" and (not column or not all(read_kind(value) for value in column)):
        return None
    if target.name == "ignore" and not all(value.replace(".0", "").isdecimal() for value in column):
        return None
    return target


def _look_up(word: str) -> Target | None:
    if known := WORDS.get(word):
        name, _, label = known.partition(":")
        return Target(name, label)
    if match := _NUMBERED.fullmatch(word):
        return _numbered(match[1], int(match[2]), match[3])
    bare = word.rstrip("0123456789")
    number = word[len(bare) :]
    if number and len(number) < 3 and (known := WORDS.get(bare)):
        name, _, label = known.partition(":")
        # A second street line ("Business Street 2") is no second address: it stays a field of its own.
        if _LABELLED.fullmatch(name) and not name.startswith("address."):
            return Target(name, label, int(number))
    return None


def _numbered(noun: str, slot: int, part: str) -> Target | None:
    """Google's "Phone 1 - Value", "Address 2 - City"."""
    if noun == "address":
        return Target(name, "", slot) if (name := _NUMBERED_PARTS.get(part)) else None
    if noun == "website":
        return Target("website") if part == "value" and slot == 1 else None
    if part == "value" or (noun == "email" and part == "address"):
        return Target(noun, "", slot)
    return Target(f"{noun}.label", "", slot) if part in ("type", "label") else None


def _choose_names(found: list[Target | None]) -> None:
    """Decide which column names the customer and which its contact."""
    at = {role: [n for n, t in enumerate(found) if t and t.name == role] for role in ("company", "generic", "person")}
    parted = any(t is not None and t.name in ("contact.given", "contact.family") for t in found)
    company, generic, person = at["company"], at["generic"], at["person"]
    order = company + (generic + person if not company else [])
    if parted and not company:
        # "Name" beside given and family name is the same person once more, not a company.
        order = []
    for role in (company, generic, person):
        for n in role:
            found[n] = None
    if order:
        found[order[0]] = Target("name")
    contact = [n for n in person + generic if n not in order[:1] and (company or n in person)]
    if contact:
        found[contact[0]] = Target("contact.name")
    elif parted and not company and generic:
        found[generic[0]] = Target("contact.name")


def _choose_ids(found: list[Target | None], words: list[str]) -> None:
    """Of several ids keep the customer's own; the others become custom fields."""
    ids = [n for n, target in enumerate(found) if target and target.name == "outside_number"]
    if len(ids) > 1:
        best = min(ids, key=lambda n: _IDS_FIRST.index(words[n]) if words[n] in _IDS_FIRST else len(_IDS_FIRST))
        for n in ids:
            if n != best:
                found[n] = None


def _scores(words: set[str]) -> Iterator[tuple[int, str]]:
    for kind, (strong, weak) in KINDS.items():
        yield 3 * len(words & set(strong.split())) + len(words & set(weak.split())), kind


def guess_kind(headers: Sequence[str]) -> str:
    """Guess what the rows are: customers, orders, payments, products, tickets or events.

    Three points are needed for anything but customers, and columns that only customers have (phones, addresses,
    birthdays) speak against it.
    """
    words = {_word(header) for header in headers}
    score, kind = max(_scores(words), key=lambda pair: pair[0])
    targets = [target for word in words if (target := _look_up(word))]
    personal = sum(
        target.name.startswith(("phone", "fax", "email", "address.", "birthday", "contact.")) for target in targets
    )
    return kind if score >= 3 and score > personal else "customers"
