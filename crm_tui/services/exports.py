"""What leaves the file: flat tables of customers and contacts, the whole file, and a log of every export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.headers import Target
from crm_tui.services.custom_fields import label_of
from crm_tui.services.import_lookup import Lookup, Record
from crm_tui.services.import_parts import Child
from crm_tui.words import language

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Value = int | str | None
ID_COLUMN = "crm-tui id"
"""How the column begins by which our own tables find their records again; the instant of the export follows."""

FIELDS = (
    "name", "kind", "number", "parent", "region", "industry", "size", "source", "sales_channel", "owner", "grade",
    "language", "website", "value_proposition", "instructions", "culture", "note",
)  # fmt: skip
_MOST = {"phones": 6, "emails": 4, "addresses": 3}
"""So many of a kind have columns of their own; JSON holds all."""
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of an export: its labels, and where it goes when the table comes back."""

    en: str
    zh: str
    target: Target

    @property
    def label(self) -> str:
        """In the reader's language."""
        return self.zh if language() == "zh" else self.en


_PLACES = (
    ("country", "country", "国家"),
    ("region", "province or state", "省份"),
    ("city", "city", "城市"),
    ("district", "district", "区县"),
    ("street", "street", "街道"),
    ("postcode", "postcode", "邮编"),
)
_CONTACT = [
    Heading("Contact", "联系人", Target("contact.name")),
    Heading("Contact title", "联系人职务", Target("contact.title")),
    Heading("Contact department", "联系人部门", Target("contact.department")),
    Heading("Contact phone", "联系人电话", Target("contact.phone")),
    Heading("Contact e-mail", "联系人邮箱", Target("contact.email")),
]
_DAYS = [
    Heading("Birthday", "生日", Target("birthday", "customer")),
    Heading("Lunar birthday", "农历生日", Target("birthday_lunar", "customer")),
]


def _fields() -> list[Heading]:
    abouts = NOUNS["customers"].fields
    return [Heading(abouts[name].about.en, abouts[name].about.zh, Target(name)) for name in FIELDS]


def _numbered(noun: str, count: int) -> list[Heading]:
    found: list[Heading] = []
    for slot in range(1, count + 1):
        if noun == "addresses":
            found.append(Heading(f"Address {slot} label", f"地址 {slot} 标签", Target("address.label", "", slot)))
            for part, en, zh in _PLACES:
                found.append(Heading(f"Address {slot} {en}", f"地址 {slot} {zh}", Target(f"address.{part}", "", slot)))
            continue
        target, en, zh = {"phones": ("phone", "Phone", "电话"), "emails": ("email", "E-mail", "邮箱")}[noun]
        found.append(Heading(f"{en} {slot} label", f"{zh} {slot} 标签", Target(f"{target}.label", "", slot)))
        found.append(Heading(f"{en} {slot}", f"{zh} {slot}", Target(target, "", slot)))
    return found


def own_targets() -> dict[str, Target]:
    """Where the columns of our own tables go, by header in either language."""
    headings = [*_fields(), Heading("Tags", "标签", Target("tags")), *_CONTACT, *_DAYS]
    for noun, most in _MOST.items():
        headings += _numbered(noun, most)
    return {label: heading.target for heading in headings for label in (heading.en, heading.zh)}


class Exports:
    """Reads what is to be exported; writing files is the business of `exchange`."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.store = crm.store

    def customers(self, ids: Iterable[str] | None = None) -> tuple[list[str], Iterator[list[Value]]]:
        """A flat table of the customers that are shown, or of `ids`: header and rows.

        Only the first contact has columns here; all of them are in `contacts`.
        """
        counts = {noun: self._most(noun) for noun in _MOST}
        numbered = [heading for noun in _MOST for heading in _numbered(noun, counts[noun])]
        headings = [*_fields(), Heading("Tags", "标签", Target("tags")), *_CONTACT, *_DAYS, *numbered]
        custom = self.crm.custom_fields.for_noun("customers")
        header = [self._stamp(), *(heading.label for heading in headings)]
        taken = own_targets().keys() | {self._stamp()}
        for row in custom:
            label = label_of(row)
            header.append(f"{label} ({row['key']})" if label in taken or label in header else label)
        keys = [f"extra.{row['key']}" for row in custom]
        return header, (self._row(row, record, counts, keys) for row, record in self.records(ids))

    def contacts(self) -> tuple[list[str], Iterator[list[Value]]]:
        """A flat table of all contacts, each with its customer."""
        name = NOUNS["customers"].fields["name"].about
        company = Heading(name.en, name.zh, Target("name"))
        return [self._stamp(), company.label, *(heading.label for heading in _CONTACT)], self._contact_rows()

    def _contact_rows(self) -> Iterator[list[Value]]:
        for row, record in self.records():
            for contact in live_children(record, "contacts"):
                yield [row, record.fields["name"], *_contact_cells(record, contact)]

    def records(self, ids: Iterable[str] | None = None) -> Iterator[tuple[str, Record]]:
        """Customers that are shown, by name, as they are now; owner and parent by name."""
        db = self.store.reader()
        wanted = (
            iter([row for (row,) in db.execute("SELECT id FROM customers WHERE live ORDER BY sort_key, id")])
            if ids is None
            else iter(ids)
        )
        names = dict(db.execute("SELECT id, name FROM people"))
        look = Lookup(db)
        while some := list(islice(wanted, _CHUNK)):
            records = look.records(some, FIELDS)
            parents = {str(p) for record in records.values() if (p := record.fields["parent"])}
            named = {row: known.name for row, known in look.customers(parents).items()}
            for row in some:
                record = records[row]
                record.fields["owner"] = names.get(record.fields["owner"])
                record.fields["parent"] = named.get(str(record.fields["parent"]))
                yield row, record

    def _row(self, row: str, record: Record, counts: dict[str, int], keys: Sequence[str]) -> list[Value]:
        about = NOUNS["customers"].fields
        cells: list[Value] = [row]
        for name in FIELDS:
            value = record.fields[name]
            choice = next((c for c in about[name].about.choices if c.code == value), None)
            cells.append(value if choice is None else choice.zh if language() == "zh" else choice.en)
        cells.append(", ".join(str(tag.values[0]) for tag in live_children(record, "tags")) or None)
        contacts = live_children(record, "contacts")
        cells += _contact_cells(record, contacts[0]) if contacts else [None] * len(_CONTACT)
        cells += _birthdays(record)
        for noun, count in counts.items():
            own = [child for child in live_children(record, noun) if not child.contact][:count]
            for child in own:
                label, *values = child.values
                cells += [label, _dialled(values)] if noun == "phones" else [label, *values]
            width = 7 if noun == "addresses" else 2
            cells += [None] * (width * (count - len(own)))
        return [*cells, *(record.fields.get(key) for key in keys)]

    def _most(self, noun: str) -> int:
        """How many columns of a kind the customers need."""
        (most,) = (
            self.store.reader()
            .execute(
                f"SELECT max(n) FROM (SELECT count(*) AS n FROM {noun} t LEFT JOIN alias a ON a.id = t.customer "
                "WHERE t.live AND t.contact IS NULL GROUP BY coalesce(a.root, t.customer))"
            )
            .fetchone()
        )
        return min(most or 0, _MOST[noun])

    def whole(self) -> dict[str, Iterator[dict[str, Value]]]:
        """Every noun with all its rows, the trash too; only what was undone stays behind."""
        return {noun: self._whole(noun) for noun in NOUNS}

    def _whole(self, noun: str) -> Iterator[dict[str, Value]]:
        columns = [name for name, field in NOUNS[noun].fields.items() if not field.about.derived]
        query = f"SELECT {', '.join(columns)} FROM {noun} WHERE deleted IS NOT 'undone' ORDER BY id"
        for row in self.store.reader().execute(query):
            yield {name: value for name, value in zip(columns, row, strict=True) if value is not None}

    def log(self, what: str, file: str, rows: int) -> None:
        """Note that something left the file, by whom and how much."""
        at = int(self.store.now().timestamp() * 1000)
        with self.store.action("Exported {what}", what=what) as work:
            work.db.execute(
                "INSERT INTO export(at, person, what, file, rows) VALUES(?, ?, ?, ?, ?)",
                (at, self.store.person, what, file, rows),
            )

    def logged(self, limit: int = 100) -> list[dict[str, Value]]:
        """The latest exports: at (milliseconds since 1970), person, what, file, rows."""
        columns = ("at", "person", "what", "file", "rows")
        rows = self.store.reader().execute(
            f"SELECT {', '.join(columns)} FROM export ORDER BY id DESC LIMIT ?", (limit,)
        )
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def _stamp(self) -> str:
        return f"{ID_COLUMN} {self.store.now().astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"


def live_children(record: Record, noun: str) -> list[Child]:
    """What of a noun hangs on a record and is shown."""
    return [part.child for part in record.parts if part.state == "live" and part.child.noun == noun]


def _dialled(values: Sequence[Value]) -> str:
    number, extension = values
    return f"{number} x{extension}" if extension else str(number)


def _contact_cells(record: Record, contact: Child) -> list[Value]:
    name, title, department = contact.values[:3]
    phones = [_dialled(child.values[1:]) for child in live_children(record, "phones") if child.contact == name]
    emails = [str(child.values[1]) for child in live_children(record, "emails") if child.contact == name]
    return [name, title, department, "; ".join(phones) or None, "; ".join(emails) or None]


def _birthdays(record: Record) -> list[Value]:
    found: list[Value] = [None, None]
    for child in live_children(record, "key_dates"):
        kind, _, year, month, day, lunar = child.values
        if kind == "birthday" and not child.contact and month and day:
            shown = f"{int(month):02d}-{int(day):02d}"
            found[1 if lunar else 0] = f"{int(year):04d}-{shown}" if year else shown
    return found


def custom_values(record: Record) -> dict[str, Value]:
    """The custom fields of a record by key."""
    return {name[6:]: value for name, value in record.fields.items() if name.startswith("extra.")}
