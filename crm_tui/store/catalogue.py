"""The nouns and fields as the file itself describes them, so that nothing on the start path needs the records."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.records.record import Noun


@dataclass(frozen=True)
class Field:
    """One field of a noun in the file; a group of fields is a field of kind "group", a custom one of kind "extra"."""

    k: int
    noun: str
    name: str
    en: str | None
    zh: str | None
    kind: str | None
    group: str | None
    link: str | None
    owner: bool
    search: str | None
    derived: bool


@dataclass(frozen=True)
class NounIn:
    """One noun in the file: its number, its fields, and the units that the journal keeps."""

    k: int
    name: str
    en: str | None
    zh: str | None
    title: str | None
    fields: dict[str, Field]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """All columns of the table, derived ones too."""
        return tuple(n for n, f in self.fields.items() if f.kind not in ("group", "extra"))

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The columns whose values people know: all but the derived."""
        return tuple(n for n in self.columns if not self.fields[n].derived)

    @cached_property
    def units(self) -> tuple[Field, ...]:
        """What the journal keeps as one value each: plain fields and groups; `id` and `extra` are not among them."""
        return tuple(
            f
            for n, f in self.fields.items()
            if not f.derived and not f.group and f.kind != "extra" and n not in ("id", "extra")
        )

    def members(self, group: str) -> tuple[str, ...]:
        """The columns of a group, in order."""
        return tuple(n for n, f in self.fields.items() if f.group == group)

    def unit_of(self, column: str) -> Field:
        """The unit that a column belongs to."""
        return self.fields[self.fields[column].group or column]

    @cached_property
    def owner(self) -> Field | None:
        """The link to the row that rows of this noun hang on, if they hang on one."""
        return next((f for f in self.fields.values() if f.owner), None)

    @cached_property
    def links(self) -> tuple[Field, ...]:
        """All fields that point to rows."""
        return tuple(f for f in self.fields.values() if f.link)


class Catalogue:
    """All nouns of a file, by name and by number."""

    def __init__(self, nouns: list[NounIn]) -> None:
        self.nouns = {noun.name: noun for noun in nouns}
        self.by_number = {noun.k: noun for noun in nouns}
        self.field_by_number = {field.k: field for noun in nouns for field in noun.fields.values()}

    def __getitem__(self, name: str) -> NounIn:
        return self.nouns[name]

    @classmethod
    def read(cls, db: sqlite3.Connection) -> Catalogue:
        """The catalogue of the file behind `db`."""
        fields: dict[int, dict[str, Field]] = {}
        names = dict(db.execute("SELECT k, name FROM noun"))
        columns = "noun, k, name, en, zh, kind, grp, link, owner, search, derived"
        query = f"SELECT {columns} FROM field WHERE known ORDER BY noun, position, k"
        for noun, k, name, en, zh, kind, grp, link, owner, search, derived in db.execute(query):
            fields.setdefault(noun, {})[name] = Field(
                k, names[noun], name, en, zh, kind, grp, link, bool(owner), search, bool(derived)
            )
        rows = db.execute("SELECT k, name, en, zh, title FROM noun WHERE known ORDER BY k")
        return cls([NounIn(k, name, en, zh, title, fields.get(k, {})) for k, name, en, zh, title in rows])


def write(db: sqlite3.Connection, nouns: Mapping[str, Noun]) -> None:
    """Write the record metadata into the file; numbers once given never change."""
    for noun in nouns.values():
        db.execute(
            "INSERT INTO noun(name, en, zh, title) VALUES(?,?,?,?) "
            "ON CONFLICT(name) DO UPDATE SET en=excluded.en, zh=excluded.zh, title=excluded.title, known=1",
            (noun.name, noun.en, noun.zh, noun.title),
        )
        (k,) = db.execute("SELECT k FROM noun WHERE name=?", (noun.name,)).fetchone()
        rows: dict[str, tuple[object, ...]] = {}
        for name, field in noun.fields.items():
            about = field.about
            if about.group and about.group not in rows:
                rows[about.group] = (about.en, about.zh, "group", None, None, 0, None, 0, field.position)
            kind = "custom" if name == "extra" else about.kind
            rows[name] = (
                *(about.en, about.zh, kind, about.group, about.link, int(about.owner), about.search),
                *(int(about.derived), field.position),
            )
        db.executemany(
            "INSERT INTO field(noun, name, en, zh, kind, grp, link, owner, search, derived, position) "
            "VALUES(?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(noun, name) DO UPDATE SET en=excluded.en, zh=excluded.zh, "
            "kind=excluded.kind, grp=excluded.grp, link=excluded.link, owner=excluded.owner, search=excluded.search, "
            "derived=excluded.derived, position=excluded.position, known=1",
            [(k, name, *values) for name, values in rows.items()],
        )


def fingerprint(nouns: Mapping[str, Noun]) -> str:
    """Tells whether a file's catalogue and triggers were made from these very records."""
    text = json.dumps(
        [[n.name, n.en, n.zh, [[f.name, repr(f.about)] for f in n.fields.values()]] for n in nouns.values()],
        ensure_ascii=False,
    )
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
