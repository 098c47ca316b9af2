"""What an import works with: rows as they were understood, rows that were refused, and the records that they mean."""

from __future__ import annotations

import gc
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_tui.errors import Cancelled
from crm_tui.rules.phones import digits
from crm_tui.rules.text import fold
from crm_tui.words import t

Value = int | str | None
Progress = Callable[[str, int, int], None]
"""Is told the phase, how much of it is done, and how much there is (0: not known)."""

CHILDREN: dict[str, tuple[str, ...]] = {
    "contacts": ("name", "title", "department", "decision_role", "channel", "language", "note"),
    "phones": ("label", "number", "extension"),
    "emails": ("label", "address"),
    "addresses": ("label", "country", "region", "city", "district", "street", "postcode"),
    "tags": ("name",),
    "parties": ("role",),
    "needs": ("text",),
    "key_dates": ("kind", "label", "year", "month", "day", "lunar"),
    "visits": ("kind", "status", "started", "zone", "summary", "origin"),
}
"""The nouns that a row may bring beside the customer, and their columns; contacts stand first: others hang on them."""

LINKS = {"owner": "people", "branch": "branches", "parent": "customers"}
"""Fields of a customer that a file gives by name."""


class Child(NamedTuple):
    """A row that hangs on the customer: its noun, the name of the contact that it belongs to, values by `CHILDREN`."""

    noun: str
    contact: str
    values: tuple[Value, ...]


def phone_digits(number: str) -> str:
    """Like `rules.phones.digits`, quick for the numbers that are most of a file."""
    return number[3:] if number[:3] == "+86" and number[3:].isascii() and number[3:].isdigit() else digits(number)


def identity(child: Child) -> tuple[object, ...]:
    """What makes two rows of a noun the same for one customer, however they are written."""
    noun, contact, values = child
    if noun == "phones":
        number = str(values[1])
        return noun, phone_digits(number) or fold(number)
    if noun == "emails":
        return noun, str(values[1]).casefold()
    if noun == "addresses":
        label = fold(str(values[0] or ""))
        return noun, label, fold(" ".join(str(value) for value in values[1:] if value is not None))
    if noun == "visits":
        return noun, values[2]
    if noun == "key_dates":
        return noun, fold(contact), values[0], *values[2:]
    return noun, fold(str(values[0]))


def slot(child: Child) -> tuple[object, ...]:
    """The place that a value has in its source: a new value in the same place replaces the old one."""
    first = child.values[0] if child.noun in ("phones", "emails", "addresses", "key_dates") else identity(child)
    return child.noun, fold(child.contact), first


@dataclass(slots=True)
class Facts:
    """What a row says of a customer: fields (links by name, custom ones as `extra.<key>`) and rows that hang on it."""

    fields: dict[str, Value]
    children: list[Child]

    def text(self) -> str:
        """As it is kept in `origins.brought`."""
        shown: dict[str, object] = {"fields": self.fields}
        for child in self.children:
            rows = shown.setdefault(child.noun, [])
            assert isinstance(rows, list)
            rows.append([child.contact, *child.values])
        return _dump(shown)

    @classmethod
    def read(cls, text: str | None) -> Facts:
        """Facts from `origins.brought`; text that is none of ours gives none."""
        try:
            shown = json.loads(text or "{}")
            fields = shown.pop("fields", {})
            children = [Child(noun, row[0], tuple(row[1:])) for noun in CHILDREN for row in shown.get(noun, [])]
            return cls(dict(fields), [c for c in children if len(c.values) == len(CHILDREN[c.noun])])
        except (ValueError, TypeError, AttributeError, IndexError, KeyError):
            return cls({}, [])

    def with_older(self, older: Facts) -> Facts:
        """These facts, and what `older` said of fields that they leave out: a blank cell takes nothing back."""
        return Facts({**older.fields, **self.fields}, self.children)


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Staged:
    """A row that was understood.

    Attributes:
        place: its place among the rows of the source, from 0; `line` where it stands in the file, from 1.
        digest: of the raw row, so that the same row is known again.
        outside: its number in the other program; `own` its id in this one (files that we exported).
        kind: what the customer is, if it is new.
        facts: what the row brings; `brought` the same as text.
        keys: what it may be found by: "p" and the digits of a phone, "e" and an e-mail address in lower case.
        organisation: where a person works, if that is another customer.
    """

    place: int
    line: int
    digest: str
    outside: str | None
    own: str | None
    name: str
    kind: str
    facts: Facts
    brought: str
    keys: list[str]
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken in: its place and line, its cells or raw text, the column at fault, and why."""

    place: int
    line: int
    cells: tuple[str, ...]
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from.

    Attributes:
        file: as it is named in the history.
        name: the numbering that outside numbers belong to; rows are known again under it.
        other: its name if that numbering turns out to be taken by another program.
        exported: when this program itself wrote the file, in milliseconds since 1970; its cells count as the person's
            edits then, unless the record was changed here since.
    """

    file: str
    name: str
    other: str = ""
    exported: int | None = None


class Kept(NamedTuple):
    """A value that a person had changed and the file would have set: it stays."""

    line: int
    name: str
    field: str
    yours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Origin:
    """A row of `origins`; `customer` is the record that it leads to, through merges."""

    id: str
    customer: str
    source: str | None
    number: str | None
    digest: str | None
    brought: str | None
    live: int


@dataclass(slots=True)
class Target:
    """One customer that rows of the file mean: a new one, or one that is there.

    Attributes:
        id: of the record; a fresh one for a new customer.
        state: "new", "live", "trashed" or "undone".
        rows: (row, what the source is known to have brought of it) in the order of the file.
    """

    id: str
    state: str
    name: str
    kind: str
    rows: list[tuple[Staged, Origin | None]] = field(default_factory=list)


@contextmanager
def many_objects() -> Iterator[None]:
    """Keep Python from looking for garbage while millions of objects are made that all stay."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class Watch:
    """Tells how far an import is, and stops it when the person wants that."""

    def __init__(self, progress: Progress | None, cancel: threading.Event | None) -> None:
        self.progress = progress
        self.cancel = cancel

    def at(self, phase: str, done: int, total: int) -> None:
        """Tell where the work is.

        Raises:
            Cancelled: if the person stopped it.
        """
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled(t("stopped; nothing was changed"))
        if self.progress is not None:
            self.progress(phase, done, total)

    def stopped(self) -> bool:
        """Whether the person stopped the work."""
        return self.cancel is not None and self.cancel.is_set()


def chunks(values: Iterable[str], size: int = 20_000) -> Iterable[str]:
    """The values in JSON arrays of at most `size`, for `json_each`."""
    some: list[str] = []
    for value in values:
        some.append(value)
        if len(some) == size:
            yield _dump(some)
            some = []
    if some:
        yield _dump(some)


def mark(db: sqlite3.Connection) -> object:
    """Changes with every action and with every raw change that is in no action yet."""
    have = db.execute("SELECT dev, upto FROM have ORDER BY dev").fetchall()
    (last,) = db.execute("SELECT max(c.seq) FROM state s JOIN change c ON c.dev = s.dev").fetchone()
    return have, last
