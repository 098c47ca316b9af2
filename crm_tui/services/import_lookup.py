"""What the file already knows of the rows of an import: asked for in bulk, never row by row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_tui.rules.text import fold
from crm_tui.services.import_parts import CHILDREN, Child, Origin, Value, chunks

_ORIGIN = "o.id, coalesce(a.root, o.customer), o.source, o.outside_number, o.digest, o.brought, o.deleted IS NULL"


class Known(NamedTuple):
    """A customer that may be meant: id, name, kind, and whether it is live, trashed or undone."""

    id: str
    name: str
    kind: str
    state: str


@dataclass(slots=True)
class Part:
    """A row that hangs on a known customer; `state` as in `Known`."""

    id: str
    state: str
    child: Child


@dataclass(slots=True)
class Record:
    """A known customer as it is now: fields (custom ones as `extra.<key>`), what hangs on it, what imports brought."""

    fields: dict[str, Value]
    parts: list[Part] = field(default_factory=list)
    contacts: dict[str, str] = field(default_factory=dict)
    origins: list[Origin] = field(default_factory=list)


class Lookup:
    """Questions to one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def by_digest(self, digests: Iterable[str]) -> dict[str, list[Origin]]:
        """Known rows by their digest; trashed origins do not count."""
        return self._origins("o.digest = w.value", digests, lambda origin: origin.digest)

    def by_number(self, source: str, numbers: Iterable[str]) -> dict[str, list[Origin]]:
        """Known rows of a source by outside number."""
        return self._origins("o.source = ? AND o.outside_number = w.value", numbers, lambda o: o.number, source)

    def _origins(
        self, on: str, values: Iterable[str], key: Callable[[Origin], str | None], *more: str
    ) -> dict[str, list[Origin]]:
        found: dict[str, list[Origin]] = {}
        for some in chunks(values):
            rows = self.db.execute(
                f"SELECT {_ORIGIN} FROM json_each(?) w CROSS JOIN origins o ON {on} "
                "LEFT JOIN alias a ON a.id = o.customer WHERE o.deleted IS NOT 'trashed' ORDER BY o.id",
                (some, *more),
            )
            for row in rows:
                origin = Origin(*row)
                found.setdefault(str(key(origin)), []).append(origin)
        return found

    def by_phone(self, numbers: Iterable[str]) -> dict[str, list[str]]:
        """Customers by the digits of a phone that is theirs."""
        return self._children("phones", "digits", numbers)

    def by_email(self, addresses: Iterable[str]) -> dict[str, list[str]]:
        """Customers by an e-mail address, in lower case."""
        found: dict[str, list[str]] = {}
        for address, rows in self._children("emails", "address", addresses).items():
            found.setdefault(address.casefold(), []).extend(rows)
        return found

    def _children(self, noun: str, column: str, values: Iterable[str]) -> dict[str, list[str]]:
        """Customers by a value of a row that hangs on them; rows undone together with their customer count."""
        found: dict[str, list[str]] = {}
        for some in chunks(values):
            rows = self.db.execute(
                f"SELECT w.value, coalesce(a.root, c.id) FROM json_each(?) w "
                f"CROSS JOIN {noun} t ON t.{column} = w.value "
                "JOIN customers c ON c.id = t.customer LEFT JOIN alias a ON a.id = c.id "
                "WHERE t.deleted IS NULL OR (t.deleted = 'undone' AND c.deleted = 'undone') ORDER BY c.id",
                (some,),
            )
            for value, row in rows:
                rows_of = found.setdefault(value, [])
                if row not in rows_of:
                    rows_of.append(row)
        return found

    def customers(self, ids: Iterable[str]) -> dict[str, Known]:
        """What is known of these customers, by id."""
        found = {}
        for some in chunks(ids):
            for row, name, kind, deleted in self.db.execute(
                "SELECT c.id, c.name, c.kind, c.deleted FROM json_each(?) w CROSS JOIN customers c ON c.id = w.value",
                (some,),
            ):
                found[row] = Known(row, name or "", kind or "", deleted or "live")
        return found

    def roots(self, ids: Iterable[str]) -> dict[str, str]:
        """Of ids that exist: the customer that each means, through merges."""
        found: dict[str, str] = {}
        for some in chunks(ids):
            found.update(
                self.db.execute(
                    "SELECT c.id, coalesce(a.root, c.id) FROM json_each(?) w CROSS JOIN customers c ON c.id = w.value "
                    "LEFT JOIN alias a ON a.id = c.id",
                    (some,),
                )
            )
        return found

    def organisations(self, names: Iterable[str]) -> dict[str, str]:
        """Live organisations by folded name, where exactly one has it."""
        from crm_tui.rules.pinyin import sort_key

        wanted = {sort_key(name): fold(name) for name in names}
        found: dict[str, list[str]] = {}
        for some in chunks(wanted):
            for row, name in self.db.execute(
                "SELECT c.id, c.name FROM json_each(?) w CROSS JOIN customers c ON c.sort_key = w.value AND c.live "
                "WHERE c.kind = 'organisation'",
                (some,),
            ):
                found.setdefault(fold(name or ""), []).append(row)
        return {name: rows[0] for name, rows in found.items() if len(rows) == 1}

    def named(self, noun: str) -> dict[str, tuple[str, str]]:
        """Id and state of the people or branches of the file by folded name; live ones win."""
        rank = {"live": 2, "undone": 1, "trashed": 0}
        found: dict[str, tuple[str, str]] = {}
        for row, name, deleted in self.db.execute(
            f"SELECT id, name, coalesce(deleted, 'live') FROM {noun} ORDER BY id"
        ):
            key = fold(name or "")
            if key not in found or rank[deleted] > rank[found[key][1]]:
                found[key] = (row, deleted)
        return found

    def names_known(self, names: Iterable[str]) -> set[str]:
        """Of these names, folded, those that a live customer has."""
        from crm_tui.rules.pinyin import sort_key

        found = set()
        for some in chunks({sort_key(name) for name in names}):
            for (name,) in self.db.execute(
                "SELECT c.name FROM json_each(?) w CROSS JOIN customers c ON c.sort_key = w.value AND c.live", (some,)
            ):
                found.add(fold(name or ""))
        return found

    def changed_since(self, ids: Iterable[str], at: int) -> dict[str, set[str]]:
        """Names of the fields that were changed after an instant (milliseconds since 1970), by id."""
        found: dict[str, set[str]] = {}
        for some in chunks(ids):
            for row, name in self.db.execute(
                "SELECT r.id, f.name FROM json_each(?) w CROSS JOIN row r ON r.id = w.value "
                "JOIN change c ON c.row = r.n JOIN field f ON f.k = c.field WHERE c.at > ?",
                (some, at),
            ):
                found.setdefault(row, set()).add(name)
        return found

    def parent_of(self, customer: str) -> str | None:
        """The parent that a customer has now."""
        row = self.db.execute("SELECT parent FROM customers WHERE id = ?", (customer,)).fetchone()
        return row[0] if row else None

    def definitions(self) -> dict[str, str]:
        """State of the custom fields of customers by key."""
        return dict(
            self.db.execute("SELECT key, coalesce(deleted, 'live') FROM custom_fields WHERE noun = 'customers'")
        )

    def records(self, ids: Iterable[str], fields: Iterable[str]) -> dict[str, Record]:
        """Customers with `fields`, custom fields, all that hangs on them (also through merges) and their origins."""
        found: dict[str, Record] = {}
        columns = list(fields)
        for some in chunks(ids, 5_000):
            rows = self.db.execute(
                f"SELECT c.id, c.extra, {', '.join('c.' + name for name in columns)} "
                "FROM json_each(?) w CROSS JOIN customers c ON c.id = w.value",
                (some,),
            )
            for row, extra, *values in rows:
                found[row] = Record({**dict(zip(columns, values, strict=True)), **_extra(extra)})
            for noun in CHILDREN:
                self._parts(noun, some, found)
            query = _MINE.format(
                noun="origins", columns="t.source, t.outside_number, t.digest, t.brought, t.deleted IS NULL"
            )
            for root, row, *rest in self.db.execute(query, (some, some)):
                found[root].origins.append(Origin(row, root, *rest))
        return found

    def _parts(self, noun: str, some: str, found: dict[str, Record]) -> None:
        columns = ", ".join(f"t.{name}" for name in CHILDREN[noun])
        contact = "t.contact" if noun in ("phones", "emails", "addresses", "key_dates") else "NULL"
        query = _MINE.format(noun=noun, columns=f"t.deleted, {contact}, {columns}")
        for root, row, deleted, contact_of, *values in self.db.execute(query, (some, some)):
            record = found[root]
            if noun == "contacts":
                record.contacts[row] = str(values[0] or "")
            child = Child(noun, record.contacts.get(contact_of, ""), tuple(values))
            record.parts.append(Part(row, deleted or "live", child))


_MINE = (
    "SELECT coalesce(m.root, t.customer), t.id, {columns} FROM (SELECT value AS id, NULL AS root FROM json_each(?) "
    "UNION ALL SELECT a.id, a.root FROM json_each(?) w CROSS JOIN alias a ON a.root = w.value) m "
    "CROSS JOIN {noun} t ON t.customer = m.id ORDER BY t.id"
)


def _extra(text: str | None) -> dict[str, Value]:
    return {f"extra.{key}": value for key, value in json.loads(text).items()} if text else {}
