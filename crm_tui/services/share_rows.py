"""What of the file goes into a share: chosen customers and what hangs on them, as they are now, without what is hidden.

Links to rows that stay here are left out, and so is a row that makes no sense without its link. Of colleagues only the
name leaves. Where rows came from, what a calendar brought and what a supervisor wrote never leave.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_tui.records.nouns import NOUNS
from crm_tui.store.catalogue import Catalogue, Field, NounIn
from crm_tui.store.shown import NEVER, PEOPLE

ALWAYS = frozenset({"origins", "visits.calendar", "visits.review"})
"""Nouns and fields that never leave: they repeat what other fields say, or are the company's own."""

_EXTRA = "extra"
_DEFINITIONS = "custom_fields"


@dataclass
class Collected:
    """What a share holds.

    Attributes:
        rows: noun, id, and its values as JSON text; colleagues and definitions first, then customers.
        nouns: kinds of rows that hang on customers, each with the link to its customer; customers with "".
        hidden: nouns and "noun.field" that stay here.
        withheld: (row, field) whose value stays here because it points to a row that does.
        fields: fields that have a value somewhere, by noun.
    """

    nouns: dict[str, str]
    hidden: frozenset[str]
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    withheld: set[tuple[str, str]] = field(default_factory=set)
    fields: dict[str, set[str]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each noun."""
        found: dict[str, int] = {}
        for noun, _, _ in self.rows:
            found[noun] = found.get(noun, 0) + 1
        return found

    @property
    def shared(self) -> Iterator[str]:
        """Ids of the rows that who gets the share may write on."""
        return (row for noun, row, _ in self.rows if noun in self.nouns)


def hanging(catalogue: Catalogue) -> dict[str, str]:
    """The nouns that can leave, each with its link to the customer; customers themselves with ""."""
    found = {"customers": ""}
    for noun in catalogue.nouns.values():
        if noun.owner is not None and noun.owner.link == "customers" and noun.name not in ALWAYS:
            found[noun.name] = noun.owner.name
    return found


def never(catalogue: Catalogue) -> frozenset[str]:
    """Nouns and "noun.field" that no share carries: what is the company's own, and links to rows that cannot leave."""
    nouns = hanging(catalogue)
    out = {
        f"{name}.{_unit(link)}"
        for name in nouns
        for link in catalogue[name].links
        if link.link != PEOPLE and link.link not in nouns
    }
    return ALWAYS | frozenset(out)


def collect(
    db: sqlite3.Connection, catalogue: Catalogue, customers: Sequence[str], hide: frozenset[str], *, empty: bool
) -> Collected:
    """Read what goes into a share.

    Args:
        db: a connection that may make temporary tables, inside the transaction that notes the share.
        catalogue: the file's nouns.
        customers: ids of the customers.
        hide: nouns and "noun.field" that stay here.
        empty: whether empty fields are named too, for somebody who may have an older value of them.
    """
    return _Collector(db, catalogue, hide, empty).run(customers)


class _Collector:
    def __init__(self, db: sqlite3.Connection, catalogue: Catalogue, hide: frozenset[str], empty: bool) -> None:
        self.db = db
        self.catalogue = catalogue
        self.empty = empty
        self.told = Collected(hanging(catalogue), hide | never(catalogue))
        self.kept: dict[str, set[str]] = {}
        self.named: set[str] = set()
        self.keys: dict[str, set[str]] = {}

    def run(self, customers: Sequence[str]) -> Collected:
        db = self.db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS picked(id TEXT PRIMARY KEY) WITHOUT ROWID")
        db.execute("DELETE FROM temp.picked")
        db.executemany("INSERT OR IGNORE INTO temp.picked VALUES(?)", [(row,) for row in customers])
        db.execute(
            "INSERT OR IGNORE INTO temp.picked SELECT a.id FROM alias a WHERE a.root IN (SELECT id FROM temp.picked)"
        )
        self.people = {row for (row,) in db.execute("SELECT id FROM people")}
        self.root = dict(db.execute("SELECT id, root FROM alias"))
        for noun in self._nouns():
            query = (
                f"SELECT id FROM {noun.name} WHERE live AND {noun.owner.name if noun.owner else 'id'} IN temp.picked"
            )
            self.kept[noun.name] = {row for (row,) in db.execute(query)}
        while any(self._drop(noun) for noun in self._nouns()):
            pass
        rows = [row for noun in self._nouns() for row in self._rows(noun)]
        self.told.rows = [*self._people(), *self._definitions(), *rows]
        db.execute("DELETE FROM temp.picked")
        return self.told

    def _nouns(self) -> list[NounIn]:
        return [
            noun
            for noun in self.catalogue.nouns.values()
            if noun.name in self.told.nouns and noun.name not in self.told.hidden
        ]

    def _drop(self, noun: NounIn) -> bool:
        """Leave out rows whose needed link points to what stays here; tells whether any did."""
        kept = self.kept[noun.name]
        before = len(kept)
        for link in noun.links:
            if link.owner or link.link not in self.told.nouns or not NOUNS[noun.name].fields[link.name].about.required:
                continue
            there = self.kept.get(link.link, set())
            for row, target in self.db.execute(
                f"SELECT id, {link.name} FROM {noun.name} WHERE live AND {link.name} IS NOT NULL"
            ):
                if self.root.get(target, target) not in there:
                    kept.discard(row)
        return len(kept) < before

    def _rows(self, noun: NounIn) -> Iterator[tuple[str, str, str]]:
        fields = [
            noun.fields[name]
            for name in noun.kept
            if name not in ("id", *NEVER) and f"{noun.name}.{_unit(noun.fields[name])}" not in self.told.hidden
        ]
        columns = ", ".join(one.name for one in fields)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        kept, used = self.kept[noun.name], self.told.fields.setdefault(noun.name, set())
        for row, *values in self.db.execute(f"SELECT id, {columns} FROM {noun.name} WHERE live ORDER BY created, id"):
            if row not in kept:
                continue
            given: dict[str, Any] = {}
            for one, value in zip(fields, values, strict=True):
                shown = self._extra(noun, value) if one.name == _EXTRA else self._value(row, one, value)
                if shown is not None:
                    used.add(one.name)
                if shown is not None or (self.empty and (row, _unit(one)) not in self.told.withheld):
                    given[one.name] = shown
            yield noun.name, row, dump(given)
        used.discard(_EXTRA)
        used |= {f"{_EXTRA}.{key}" for key in self.keys.get(noun.name, ())}

    def _value(self, row: str, one: Field, value: Any) -> Any:
        if value is None or not one.link:
            return value
        if one.link == PEOPLE:
            if value in self.people:
                self.named.add(value)
                return value
        else:
            target = self.root.get(value, value)
            if target in self.kept.get(one.link, ()):
                return target
        self.told.withheld.add((row, _unit(one)))
        return None

    def _extra(self, noun: NounIn, value: str | None) -> str | None:
        shown = {
            key: one
            for key, one in json.loads(value or "{}").items()
            if f"{noun.name}.{_EXTRA}.{key}" not in self.told.hidden
        }
        self.keys.setdefault(noun.name, set()).update(shown)
        return json.dumps(shown, ensure_ascii=False) if shown else None

    def _people(self) -> Iterator[tuple[str, str, str]]:
        for row in sorted(self.named):
            (name,) = self.db.execute("SELECT name FROM people WHERE id = ?", (row,)).fetchone()
            self.told.fields.setdefault(PEOPLE, set()).add("name")
            yield PEOPLE, row, json.dumps({"name": name}, ensure_ascii=False)

    def _definitions(self) -> Iterator[tuple[str, str, str]]:
        columns = [name for name in self.catalogue[_DEFINITIONS].kept if name not in ("id", "deleted", _EXTRA)]
        query = f"SELECT id, {', '.join(columns)} FROM {_DEFINITIONS} WHERE live ORDER BY position, id"
        for row, *values in self.db.execute(query):
            given = {name: value for name, value in zip(columns, values, strict=True) if value is not None}
            if given.get("key") in self.keys.get(str(given.get("noun")), ()):
                self.told.fields.setdefault(_DEFINITIONS, set()).update(given)
                yield _DEFINITIONS, row, json.dumps(given, ensure_ascii=False)


def _unit(one: Field) -> str:
    return one.group or one.name
