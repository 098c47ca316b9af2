"""From the properties of a card to its fields: names, labels, addresses and days."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from crm_tui.exchange.vcard_lines import Property, cut, split_value, unescape
from crm_tui.exchange.vcard_model import Card, CardAddress, Labelled
from crm_tui.words import t

_SKIPPED = frozenset(("BEGIN", "END", "PRODID", "REV", "X-ABLABEL", "X-ABADR", "LABEL", "PROFILE", "X-GENERATOR"))
_PICTURES = frozenset(("PHOTO", "LOGO", "SOUND", "KEY", "X-MS-CARDPICTURE"))
_DAYS = {
    "ANNIVERSARY": "anniversary",
    "X-ANNIVERSARY": "anniversary",
    "X-EVOLUTION-ANNIVERSARY": "anniversary",
    "X-MS-ANNIVERSARY": "anniversary",
    "X-WAB-WEDDING-ANNIVERSARY": "anniversary",
    "X-ABDATE": "",
}
_RELATED = {
    "X-SPOUSE": "spouse",
    "X-MS-SPOUSE": "spouse",
    "X-EVOLUTION-SPOUSE": "spouse",
    "X-MANAGER": "manager",
    "X-MS-MANAGER": "manager",
    "X-EVOLUTION-MANAGER": "manager",
    "X-ASSISTANT": "assistant",
    "X-MS-ASSISTANT": "assistant",
    "X-EVOLUTION-ASSISTANT": "assistant",
    "X-ABRELATEDNAMES": "",
}
_KNOWN_TYPES = ("mobile", "pager", "main", "car", "work", "home", "other")
_SAME_TYPE = {"cell": "mobile", "iphone": "mobile", "business": "work"}
_NOISE_TEXT = (
    "voice pref internet msg text video x400 postal parcel intl dom textphone isdn pcs modem bbs fax aim x-other"
)
_NOISE = frozenset(_NOISE_TEXT.split())
_APPLE = re.compile(r"_\$!<(.*)>!\$_")


def read_card(props: list[Property], line: int) -> Card:
    """A card from its properties; what has no field goes to `unknown`, pictures leave a note."""
    card = Card(line=line)
    labels = {one.group: unescape(one.text) for one in props if one.name == "X-ABLABEL" and one.group}
    pictures = 0
    for one in props:
        if one.lossy:
            card.notes.append(t("Line {line}: some characters could not be read.", line=one.line))
        if one.binary or one.name in _PICTURES:
            pictures += one.name != "KEY"
            continue
        if one.name in _SKIPPED:
            continue
        _READERS.get(one.name, _unknown)(card, one, labels.get(one.group, ""))
    if pictures:
        card.notes.append(t("Pictures and sounds left out: {count}.", count=pictures))
    for name in ("phones", "emails", "addresses"):
        _preferred_first(card, name, props)
    return card


def _preferred_first(card: Card, name: str, props: list[Property]) -> None:
    """Put the entry that its card prefers before the others."""
    wanted = {"phones": "TEL", "emails": "EMAIL", "addresses": "ADR"}[name]
    marks = [_preference(one) for one in props if one.name == wanted and not one.binary and one.text.strip(" ;")]
    entries = getattr(card, name)
    if len(marks) == len(entries) and any(marks):
        order = sorted(range(len(entries)), key=lambda at: marks[at] or 1000)
        setattr(card, name, [entries[at] for at in order])


def _preference(one: Property) -> int:
    """1 is the most wanted, 0 says nothing."""
    if "pref" in (word.lower() for word in one.params.get("TYPE", [])):
        return 1
    rank = one.params.get("PREF", ["0"])[0]
    return int(rank) if rank.isascii() and rank.isdigit() else 0


def _label(one: Property, label: str) -> str:
    """What a phone, address or link is for, in words of our own where we have them."""
    if label:
        apple = _APPLE.fullmatch(label)
        if not apple:
            return label
        inner = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", apple[1]).lower()
        return _SAME_TYPE.get(inner, inner)
    types = [_SAME_TYPE.get(word.lower(), word.lower()) for word in one.params.get("TYPE", [])]
    if "fax" in types:
        place = next((word for word in ("work", "home") if word in types), "")
        return f"{place} fax".strip()
    for word in _KNOWN_TYPES:
        if word in types:
            return word
    return next((word for word in types if word not in _NOISE), "")


def _unknown(card: Card, one: Property, label: str) -> None:
    text = unescape(one.text).strip()
    if text:
        card.unknown.setdefault(one.name, []).append(f"{label}: {text}" if label else text)


def _version(card: Card, one: Property, _label_text: str) -> None:
    card.version = one.text.strip()


def _name(card: Card, one: Property, _label_text: str) -> None:
    if card.family or card.given:
        return _unknown(card, one, "")
    # A list within a part ("ing. jr,M.Sc.") becomes one text.
    parts = [", ".join(word.strip() for word in split_value(part, ",")) for part in cut(one.text)]
    card.family, card.given, card.middle, card.prefix, card.suffix = [*parts, *[""] * 5][:5]
    return None


def _single(card: Card, one: Property, field: str) -> None:
    """Set a field that a card has once; a second, different value goes to `unknown`."""
    text = unescape(one.text).strip()
    if not getattr(card, field):
        setattr(card, field, text)
    elif text != getattr(card, field):
        _unknown(card, one, "")


def _field(field: str) -> Callable[[Card, Property, str], None]:
    return lambda card, one, _label_text: _single(card, one, field)


def _organisation(card: Card, one: Property, _label_text: str) -> None:
    first, *units = (part.strip() for part in split_value(one.text))
    if card.organisation or card.department:
        if first and first != card.organisation:
            _unknown(card, one, "")
        return
    card.organisation, card.department = first, "; ".join(unit for unit in units if unit)


def _phone(card: Card, one: Property, label: str) -> None:
    text = unescape(one.text).strip()
    if text[:4].lower() == "tel:":
        number, _, rest = text[4:].partition(";")
        extension = re.search(r"(?:^|;)ext=([^;]+)", rest, re.IGNORECASE)
        text = f"{number} x{extension[1]}" if extension else number
    if text:
        card.phones.append(Labelled(_label(one, label), text))


def _email(card: Card, one: Property, label: str) -> None:
    text = re.sub(r"^mailto:", "", unescape(one.text).strip(), flags=re.IGNORECASE).strip("<> ")
    if text:
        card.emails.append(Labelled(_label(one, label), text))


def _url(card: Card, one: Property, label: str) -> None:
    text = unescape(one.text).strip()
    if text:
        card.urls.append(Labelled(_label(one, label), text))


def _address(card: Card, one: Property, label: str) -> None:
    parts = [part.strip() for part in split_value(one.text)]
    box, extended, street, city, region, postcode, country = [*parts, *[""] * 7][:7]
    if "\n" in box:  # A label that was not quoted has run over into the first part.
        box = ""
    lines = [part for part in (box, extended, street) if part]
    if any(parts):
        card.addresses.append(
            CardAddress(_label(one, label), ", ".join(lines), city, region, postcode, country),
        )


def day_text(text: str) -> str:
    """A day in any of vCard's forms as "YYYY-MM-DD" or "--MM-DD"; empty if it is none."""
    found = re.match(r"(\d{4}|--)-?(\d\d)-?(\d\d)(?:$|[T\s])", text.strip())
    if not found:
        return ""
    year, month, day = found.groups()
    try:
        datetime.date(2000 if year == "--" else int(year), int(month), int(day))
    except ValueError:
        return ""
    return f"--{month}-{day}" if year == "--" else f"{year}-{month}-{day}"


def _day(one: Property) -> str:
    found = day_text(unescape(one.text))
    omitted = one.params.get("X-APPLE-OMIT-YEAR", [""])[0]
    return f"-{found[4:]}" if omitted and found.startswith(omitted) else found


def _birthday(card: Card, one: Property, _label_text: str) -> None:
    found = _day(one)
    if found and card.birthday in ("", found):
        card.birthday = found
    else:
        _unknown(card, one, "")


def _other_day(card: Card, one: Property, label: str) -> None:
    found = _day(one)
    if found:
        name = _label(one, label) if label else _DAYS[one.name]
        card.dates.append(Labelled(name, found))
    else:
        _unknown(card, one, label)


def _relative(card: Card, one: Property, label: str) -> None:
    text = unescape(one.text).strip()
    if text:
        card.related.append(Labelled(_label(one, label) if label else _RELATED[one.name], text))


def _note(card: Card, one: Property, _label_text: str) -> None:
    text = unescape(one.text).strip()
    if text and text != card.note:
        card.note = f"{card.note}\n{text}" if card.note else text


def _categories(card: Card, one: Property, _label_text: str) -> None:
    card.categories.extend(word.strip() for word in split_value(one.text, ",") if word.strip())


def _company(card: Card, one: Property, _label_text: str) -> None:
    card.is_company = one.text.strip().lower() in ("company", "org", "organization")


def _agent(card: Card, one: Property, _label_text: str) -> None:
    card.notes.append(t("Line {line}: a card inside the card (AGENT) was left out.", line=one.line))
    _unknown(card, one, "")


_READERS: dict[str, Callable[[Card, Property, str], None]] = {
    "VERSION": _version,
    "N": _name,
    "FN": _field("formatted"),
    "NICKNAME": _field("nickname"),
    "ORG": _organisation,
    "TITLE": _field("title"),
    "ROLE": _field("role"),
    "UID": _field("uid"),
    "TEL": _phone,
    "EMAIL": _email,
    "URL": _url,
    "ADR": _address,
    "BDAY": _birthday,
    "NOTE": _note,
    "CATEGORIES": _categories,
    "X-ABSHOWAS": _company,
    "KIND": _company,
    "X-ADDRESSBOOKSERVER-KIND": _company,
    "AGENT": _agent,
    **dict.fromkeys(_DAYS, _other_day),
    **dict.fromkeys(_RELATED, _relative),
}
LEFT_OUT = _SKIPPED | _PICTURES | {"VERSION"}
"""Properties that are never read into a card, so the writer writes none of them."""
