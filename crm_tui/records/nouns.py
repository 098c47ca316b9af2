"""The list of nouns; adding one here gives it journal, undo, trash, history, search, `--json` and export."""

from __future__ import annotations

from crm_tui.records.addresses import Address
from crm_tui.records.branches import Branch
from crm_tui.records.contacts import Contact
from crm_tui.records.custom_fields import CustomField
from crm_tui.records.customers import Customer
from crm_tui.records.emails import Email
from crm_tui.records.key_dates import KeyDate
from crm_tui.records.needs import Need
from crm_tui.records.origins import Origin
from crm_tui.records.parties import Party
from crm_tui.records.people import Person
from crm_tui.records.phones import Phone
from crm_tui.records.record import Noun, Record
from crm_tui.records.relations import Relation
from crm_tui.records.tags import Tag
from crm_tui.records.visits import Visit

_TABLES: tuple[type[Record], ...] = (
    Branch,
    Person,
    Customer,
    Contact,
    Phone,
    Email,
    Address,
    Party,
    Relation,
    Tag,
    Need,
    KeyDate,
    Visit,
    CustomField,
    Origin,
)

NOUNS: dict[str, Noun] = {
    str(table.__tablename__): Noun(str(table.__tablename__), table, *table.LABEL) for table in _TABLES
}
"""All nouns by name; owners stand before the rows that hang on them."""
