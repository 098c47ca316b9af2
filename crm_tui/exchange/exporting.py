"""Export into a file: CSV, XLSX, vCard or JSON, by the ending of its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Refused
from crm_tui.exchange.vcard_model import Card, CardAddress, Labelled
from crm_tui.rules.text import has_cjk
from crm_tui.services.exports import custom_values, live_children
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.import_lookup import Record

WHAT = ("customers", "contacts", "all")
FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".vcf": "vcard", ".json": "json"}
OWN = "crm-tui-"
"""How the UID of our own cards begins; the customer's id follows."""


def export_file(crm: Crm, what: str, path: str | Path, *, ids: Iterable[str] | None = None) -> dict[str, Any]:
    """Write customers, contacts or the whole file; the ending of the name decides the format.

    JSON is the whole file: every noun, the trash too; imported into an empty file it gives the same content.

    Args:
        crm: the open file.
        what: customers, contacts or all.
        path: .csv, .xlsx, .vcf or .json.
        ids: only these customers, in this order (a list on the screen).

    Returns:
        file and rows.

    Raises:
        Refused: if that cannot be written in that format.
        BadFile: if the file cannot be written; an older one stays as it was.
    """
    path = Path(path)
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise Refused(t("{file}: the ending says the format; there are {known}", file=path, known=" ".join(FORMATS)))
    if what not in WHAT:
        raise Refused(t("there is no “{what}” to export; there are: {known}", what=what, known=", ".join(WHAT)))
    if form == "json":
        rows = _json(crm, what, path)
    elif form == "vcard":
        rows = _cards(crm, what, path, ids)
    else:
        rows = _table(crm, what, path, form, ids)
    crm.exports.log(what, str(path), rows)
    return {"file": str(path), "rows": rows}


def _json(crm: Crm, what: str, path: Path) -> int:
    from crm_tui.exchange.whole_files import write_json

    if what != "all":
        raise Refused(t("JSON holds the whole file: say “export all {file}”", file=path))
    return write_json(path, crm.exports.whole())


def _table(crm: Crm, what: str, path: Path, form: str, ids: Iterable[str] | None) -> int:
    from crm_tui.exchange.writers import write_csv, write_xlsx

    header, rows = crm.exports.contacts() if what == "contacts" else crm.exports.customers(ids)
    if form == "csv":
        return write_csv(path, header, rows)
    sheet = t("Contacts") if what == "contacts" else t("Customers")
    return write_xlsx(path, header, rows, sheet)


def _cards(crm: Crm, what: str, path: Path, ids: Iterable[str] | None) -> int:
    from crm_tui.exchange.replacing import replacing
    from crm_tui.exchange.vcard_writer import card_text

    count = 0
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        for row, record in crm.exports.records(ids):
            for card in _of(row, record, what):
                stream.write(card_text(card))
                count += 1
    return count


def _of(row: str, record: Record, what: str) -> Iterator[Card]:
    """The cards of a customer: its own, and one for each contact."""
    if what != "contacts":
        yield _customer_card(row, record)
    if what != "customers":
        for place, contact in enumerate(live_children(record, "contacts")):
            name, title, department = (str(value or "") for value in contact.values[:3])
            card = Card(organisation=str(record.fields["name"]), title=title, department=department)
            card.uid = f"{OWN}{row}-{place}"
            card.note = str(contact.values[6] or "")
            _name(card, name)
            _reach(card, record, name)
            yield card


def _customer_card(row: str, record: Record) -> Card:
    fields, custom = record.fields, custom_values(record)
    card = Card(uid=f"{OWN}{row}", note=str(fields["note"] or ""))
    if fields["kind"] == "person":
        _name(card, str(fields["name"]))
        card.organisation = str(custom.pop("organisation", None) or "")
        card.title = str(custom.pop("job_title", None) or "")
        card.department = str(custom.pop("department", None) or "")
    else:
        card.organisation = card.formatted = str(fields["name"])
        card.is_company = True
    card.nickname = str(custom.pop("nickname", None) or "")
    if fields["website"]:
        card.urls = [Labelled("", str(fields["website"]))]
    card.categories = [str(tag.values[0]) for tag in live_children(record, "tags")]
    card.unknown = {
        f"X-{key.upper().replace('_', '-')}": [str(value)] for key, value in custom.items() if key.isascii() and value
    }
    _reach(card, record, "")
    return card


def _name(card: Card, name: str) -> None:
    """The name as the parts that address books want; only what is plain is taken apart."""
    card.formatted = name
    given, _, family = name.rpartition(" ")
    if given and not has_cjk(name):
        card.given, card.family = given, family
    else:
        card.family = name


def _reach(card: Card, record: Record, contact: str) -> None:
    """Phones, e-mails, addresses and birthday of the customer itself (no contact) or of one contact."""
    for child in live_children(record, "phones"):
        if child.contact == contact:
            label, number, extension = child.values
            card.phones.append(Labelled(str(label or ""), f"{number} x{extension}" if extension else str(number)))
    for child in live_children(record, "emails"):
        if child.contact == contact:
            card.emails.append(Labelled(str(child.values[0] or ""), str(child.values[1])))
    for child in live_children(record, "addresses"):
        if child.contact == contact:
            label, country, region, city, district, street, postcode = (str(value or "") for value in child.values)
            place = " ".join(part for part in (district, street) if part)
            card.addresses.append(CardAddress(label, place, city, region, postcode, country))
    for child in live_children(record, "key_dates"):
        kind, _, year, month, day, lunar = child.values
        if kind == "birthday" and child.contact == contact and month and day and not lunar:
            card.birthday = f"{int(year):04d}-{int(month):02d}-{int(day):02d}" if year else f"--{month:02d}-{day:02d}"
