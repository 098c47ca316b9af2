"""Rows of a stranger's table or address cards, understood: names, phones, addresses, custom fields."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.days import parse_day, parse_instant, parse_moment
from crm_tui.rules.header_words import WORDS
from crm_tui.rules.headers import Target, read_kind
from crm_tui.rules.text import fold, has_cjk, squash
from crm_tui.services.import_columns import Column, Draft, Entry
from crm_tui.services.import_parts import Child, Facts, Rejected, Staged, Value, identity, phone_digits
from crm_tui.services.import_phones import read_phones, region_of
from crm_tui.words import t

_LABELS = {"fax": "fax"}
_TAGS = re.compile(r"[,;，；、|\n]|:::")
_EMAILS = re.compile(r"[;,，；、\s]+")
_ANGLE = re.compile(r"<([^<>]+@[^<>]+)>")
_NOTHING = frozenset({"-", "--", "/", "n/a", "na", "none", "null", "nil", "无", "没有", "暂无", "未知"})
_COMPANY = re.compile(
    r"公司|集团|企业|商店|[店厂部院校社行所局]$|中心|大学|银行|酒店|超市|工作室|合作社"
    r"|\b(?:ltd|limited|inc|corp|corporation|company|co|llc|gmbh|ag|plc|group|holdings?|bank|university|college|school"
    r"|hospital|hotel|shop|store|studio|partners|associates|industries|systems|technolog(?:y|ies)|solutions|services"
    r"|foundation|institute|center|centre|club|council|office|restaurant|cafe|bar)\b|&|\d",
    re.IGNORECASE,
)
_OF_COMPANIES = frozenset({"industry", "size", "parent", "contact.name", "contact.family", "contact.given"})
_CUSTOMER = NOUNS["customers"].fields
_CONTACT = NOUNS["contacts"].fields
_EMAIL = NOUNS["emails"].fields["address"].about
_LINE = NOUNS["addresses"].fields["label"].about


class Problem(ValueError):
    """A cell that cannot be taken as it stands."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        super().__init__(reason)


class Stager:
    """Reads rows one by one; remembers how many numbers it could not read."""

    def __init__(self, region: str, now: datetime, columns: Sequence[Column] = ()) -> None:
        """Take what all rows share: the home of phone numbers, the present in the local zone, the table's columns."""
        self.region = region
        self.today = now.date()
        self.zone = now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else ZoneInfo("UTC")
        self.unread = 0
        self.columns = columns
        self._heads = [fold(column.header) + "\x1e" for column in columns]
        self._used = [(place, column) for place, column in enumerate(columns) if column.extra or column.told]
        self._dropped = {place for place, column in enumerate(columns) if not column.extra and not column.told}
        self._kind = self._usual_kind(columns)

    @staticmethod
    def _usual_kind(columns: Sequence[Column]) -> str:
        """What a row is that does not say so: by the header of the name, else by columns that only companies have."""
        names = {column.target.name for column in columns if column.target is not None}
        for column in columns:
            if column.target is not None and column.target.name == "name":
                word = WORDS.get(squash(column.header), "")
                if word == "company":
                    return "organisation"
                if word == "person":
                    return "person"
        return "organisation" if names & _OF_COMPANIES else ""

    def row(self, place: int, line: int, cells: Sequence[str]) -> Staged | Rejected:
        """Understand one row of the table."""
        draft = Draft()
        column = ""
        try:
            if len(cells) > len(self.columns):
                raise Problem("", t("the row has more cells than the header has names"))
            for at, what in self._used:
                text = cells[at].strip()
                if text:
                    column = what.header
                    self._read(draft, what, text)
            column = next((c.header for c in self.columns if c.target and c.target.name == "name"), "")
            digest = self._digest(cells)
            return self._finish(draft, place, line, digest)
        except Problem as problem:
            return Rejected(place, line, tuple(cells), problem.column, str(problem))
        except ValueError as error:
            return Rejected(place, line, tuple(cells), column, str(error))

    def entry(self, place: int, entry: Entry) -> Staged | Rejected:
        """Understand one address card."""
        draft = Draft()
        column = ""
        try:
            for what, text in entry.pairs:
                column = what.header
                if text.strip():
                    self._read(draft, what, text.strip())
            column = "name"
            said = "\x1f".join(f"{what.header}\x1e{text}" for what, text in entry.pairs)
            return self._finish(draft, place, entry.line, _hash(said))
        except ValueError as error:
            return Rejected(place, entry.line, (entry.raw,), column, str(error))

    def _digest(self, cells: Sequence[str]) -> str:
        """Of all filled cells under their headers; the order of columns counts, columns left out do not."""
        pairs = list(zip(self._heads, cells, strict=False))
        if self._dropped:
            pairs = [pair for place, pair in enumerate(pairs) if place not in self._dropped]
        return _hash("\x1f".join([head + text for head, cell in pairs if (text := cell.strip())]))

    def _read(self, draft: Draft, column: Column, text: str) -> None:
        if column.extra:
            draft.fields[f"extra.{column.extra}"] = self._custom(column, text)
            return
        target = column.target
        assert target is not None
        name = target.name
        if name == "phone" or name == "fax" or name == "contact.phone":
            if text.casefold() not in _NOTHING:
                draft.phones.append((target, text))
        elif name == "email" or name == "contact.email":
            self._emails(draft, target, text)
        elif name.startswith("address."):
            draft.addresses.setdefault((target.label, target.slot), {})[name[8:]] = text
        elif name == "note":
            now = draft.fields.get("note")
            draft.fields["note"] = _CUSTOMER["note"].about.clean(f"{now}\n{text}" if now else text)
        elif name == "tags":
            parts = (_LINE.clean(part.strip(" *")) for part in _TAGS.split(text))
            draft.children += [Child("tags", "", (part,)) for part in parts if part is not None]
        elif (special := _SPECIAL.get(name)) is not None:
            special(self, draft, column, text)
        else:
            draft.fields[name] = (
                _CUSTOMER[name].about.clean(text) if name not in ("owner", "parent") else _LINE.clean(text)
            )

    def _custom(self, column: Column, text: str) -> Value:
        """The value of a custom field, as its definition wants it."""
        if column.kind == "integer":
            return NOUNS["custom_fields"].fields["position"].about.clean(text)
        if column.kind == "day":
            found = parse_day(text, self.today, column.dayfirst)
            if found is None:
                raise ValueError(_no_day(text))
            return found
        return _CUSTOMER["note"].about.clean(text)

    def _phones(self, draft: Draft) -> None:
        """Read the numbers when all cells are known: the country of an address says how they are written."""
        abroad = region_of(parts.get("country", "") for parts in draft.addresses.values()) if draft.addresses else None
        for target, text in draft.phones:
            label = target.label or _LABELS.get(target.name, "") or draft.labels.get(("phone", target.slot), "")
            who = _CONTACT_MARK if target.name == "contact.phone" or label == "mobile" else ""
            for phone in read_phones(text, self.region, abroad):
                draft.unread += not phone.ok
                number = phone.number if phone.ok else _LINE.clean(phone.number)
                if number is not None:
                    values = (label or _LINE.clean(phone.note) or None, number, phone.extension)
                    draft.children.append(Child("phones", who, values))

    def _emails(self, draft: Draft, target: Target, text: str) -> None:
        if text.casefold() in _NOTHING:
            return
        label = target.label or draft.labels.get(("email", target.slot)) or None
        for part in _ANGLE.findall(text) or _EMAILS.split(text):
            if not part:
                continue
            try:
                draft.children.append(Child("emails", _CONTACT_MARK, (label, _EMAIL.clean(part))))
            except ValueError:
                # A cell of a table can be mended; a card is not worth losing for an odd address.
                if self.columns:
                    raise
                draft.fields["extra.unreadable_email"] = _CUSTOMER["note"].about.clean(part)

    def _label(self, draft: Draft, column: Column, text: str) -> None:
        target = column.to
        noun = target.name.partition(".")[0]
        text = text.strip("* ").casefold() if text.isascii() else text
        if noun == "address":
            draft.addresses.setdefault(("", target.slot), {})["label"] = text
            return
        draft.labels[(noun, target.slot)] = text

    def _kind_of(self, draft: Draft, column: Column, text: str) -> None:
        kind = read_kind(text) or _CUSTOMER["kind"].about.clean(text)
        draft.kind = str(kind)
        draft.fields["kind"] = kind

    def _outside(self, draft: Draft, column: Column, text: str) -> None:
        draft.outside = str(_LINE.clean(text) or "") or None

    def _own(self, draft: Draft, column: Column, text: str) -> None:
        draft.own = text

    def _number(self, draft: Draft, column: Column, text: str) -> None:
        draft.fields["number"] = _CUSTOMER["number"].about.clean(text)

    def _language(self, draft: Draft, column: Column, text: str) -> None:
        short = text.casefold()[:2] if re.fullmatch(r"[A-Za-z]{2}[-_]\w+", text) else text
        draft.fields["language"] = _CUSTOMER["language"].about.clean(short)

    def _person(self, draft: Draft, column: Column, text: str) -> None:
        part = column.to.name.removeprefix("contact.")
        if part in ("given", "family"):
            setattr(draft, part, str(_LINE.clean(text) or ""))
        else:
            draft.contact[part] = _CONTACT[part].about.clean(text)

    def _created(self, draft: Draft, column: Column, text: str) -> None:
        draft.fields["created"] = self._instant(column, text)

    def _last_contact(self, draft: Draft, column: Column, text: str) -> None:
        started = self._instant(column, text)
        draft.children.append(Child("visits", "", ("other", "done", started, self.zone.key, None, "import")))

    def _birthday(self, draft: Draft, column: Column, text: str) -> None:
        if text.casefold() not in _NOTHING:
            moment = self._moment(column, text)
            who = "" if column.to.label == "customer" else _CONTACT_MARK
            draft.children.append(Child("key_dates", who, ("birthday", None, *moment)))

    def _organisation(self, draft: Draft, column: Column, text: str) -> None:
        draft.organisation = str(_LINE.clean(text) or "")

    def _anniversary(self, draft: Draft, column: Column, text: str) -> None:
        kind = "anniversary" if column.to.label in ("", "anniversary") else "other"
        label = None if kind == "anniversary" else _LINE.clean(column.to.label)
        draft.children.append(Child("key_dates", _CONTACT_MARK, (kind, label, *self._moment(column, text))))

    def _instant(self, column: Column, text: str) -> str:
        found = parse_instant(text, self.today, self.zone, column.dayfirst)
        if found is None:
            raise ValueError(_no_day(text))
        return found

    def _moment(self, column: Column, text: str) -> tuple[Value, ...]:
        found = parse_moment(text, self.today, column.dayfirst, lunar=column.to.name == "birthday_lunar")
        if found is None:
            raise ValueError(_no_day(text))
        return (*found[:3], 1 if found.lunar else None)

    def _finish(self, draft: Draft, place: int, line: int, digest: str) -> Staged | Rejected:
        """Decide who is the customer and who its contact, and put the rows that hang on it in order."""
        self._phones(draft)
        self.unread += draft.unread
        name, kind, contact = self._names(draft)
        fields: dict[str, Value] = {
            "name": name,
            **{n: v for n, v in draft.fields.items() if v is not None and n != "name"},
        }
        children = _children(draft, contact)
        if contact:
            about = draft.contact
            values = (contact, about.get("title"), about.get("department"), None, None, None, None)
            children.insert(0, Child("contacts", "", values))
        else:
            for part in ("title", "department"):
                if draft.contact.get(part):
                    fields[f"extra.{_PERSONAL[part]}"] = draft.contact[part]
            if draft.organisation and kind != "organisation":
                fields["extra.organisation"] = draft.organisation
        facts = Facts(fields, children)
        number = draft.outside or (str(draft.fields["number"]) if draft.fields.get("number") else None)
        organisation = draft.organisation if kind == "person" else ""
        keys = _keys(children)
        return Staged(place, line, digest, number, draft.own, name, kind, facts, facts.text(), keys, organisation)

    def _names(self, draft: Draft) -> tuple[str, str, str]:
        """Name and kind of the customer, and name of the contact if that is somebody else."""
        given, family = draft.given, draft.family
        person = str(draft.contact.get("name") or "") or (
            f"{family}{given}" if has_cjk(family + given) else f"{given} {family}".strip()
        )
        name = str(draft.fields.get("name") or "")
        if name and person and fold(name) != fold(person):
            return name, draft.kind or self._kind or "organisation", person
        if name or person:
            name = name or person
            return name, draft.kind or ("person" if person else self._kind) or _guess_kind(name), ""
        raise Problem(
            next((c.header for c in self.columns if c.target and c.target.name in ("name", "contact.name")), "name"),
            t("there is no name"),
        )


_CONTACT_MARK = "\x00"
"""Stands for the contact of the row until it is known whether there is one."""

_PERSONAL = {"title": "job_title", "department": "department"}
_SPECIAL = {
    "phone.label": Stager._label,
    "email.label": Stager._label,
    "address.label": Stager._label,
    "kind": Stager._kind_of,
    "outside_number": Stager._outside,
    "own": Stager._own,
    "number": Stager._number,
    "language": Stager._language,
    "contact.name": Stager._person,
    "contact.given": Stager._person,
    "contact.family": Stager._person,
    "contact.title": Stager._person,
    "contact.department": Stager._person,
    "created": Stager._created,
    "last_contact": Stager._last_contact,
    "birthday": Stager._birthday,
    "birthday_lunar": Stager._birthday,
    "organisation": Stager._organisation,
    "date": Stager._anniversary,
}


def _children(draft: Draft, contact: str) -> list[Child]:
    """What hangs on the customer, each once; phones and e-mails that are the contact's go to it."""
    children: list[Child] = []
    seen: set[tuple[object, ...]] = set()
    for noun, who, values in draft.children:
        if (noun == "phones" or noun == "emails") and not values[0] and draft.labels:
            values = (draft.labels.get((noun[:-1], 0)), *values[1:])
        child = Child(noun, contact if who else "", values)
        key = identity(child)
        if key not in seen:
            seen.add(key)
            children.append(child)
    for (label, _), parts in draft.addresses.items():
        line = [_place(part, parts) for part in ("country", "region", "city", "district", "street", "postcode")]
        if any(line):
            shown = parts.get("label") or label or None
            child = Child("addresses", "", (shown, *line))
            key = identity(child)
            if key not in seen:
                seen.add(key)
                children.append(child)
    return children


def _place(part: str, parts: dict[str, str]) -> Value:
    text = parts.get(part)
    return _LINE.clean(text) if text else None


def _keys(children: Iterable[Child]) -> list[str]:
    keys = []
    for child in children:
        if child.noun == "phones":
            number = phone_digits(str(child.values[1]))
            if len(number) >= 5:
                keys.append("p" + number)
        elif child.noun == "emails":
            keys.append("e" + str(child.values[1]).casefold())
    return keys


def _guess_kind(name: str) -> str:
    """A short Chinese name or two or three plain Latin words may be a person's; anything else is an organisation."""
    if _COMPANY.search(name):
        return "organisation"
    if has_cjk(name):
        return "person" if len(name) <= 4 else "organisation"
    return "person" if 2 <= len(name.split()) <= 3 and name.replace(" ", "").isalpha() else "organisation"


def _no_day(text: str) -> str:
    return t("“{value}” is not a day like 2026-11-24", value=text[:60])


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
