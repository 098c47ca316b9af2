"""What a share would hold, read in a thread, and turned into lines and rows for a screen."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import CrmError, Invalid, NotFound
from crm_tui.ui.rows import GONE, Row
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.catalogue import Catalogue
    from crm_tui.sync.shares import Look
    from crm_tui.ui.app import CrmApp

NAMES = 3
"""So many customers are named in the form."""


@dataclass(frozen=True)
class Wanted:
    """A share that is to be written.

    Attributes:
        name: whom it is for.
        only: owner, partner (ids) and region by which customers are chosen.
        file: where.
        passphrase: that opens it; None without one.
        key: that it is sealed for, or the name of a machine; "" without one.
        hide: nouns and "noun.field" that stay here; None while nobody has chosen.
    """

    name: str
    only: Mapping[str, str]
    file: Path
    passphrase: str | None = None
    key: str = ""
    hide: frozenset[str] | None = None


@dataclass(frozen=True)
class Matching:
    """How many customers answer, and the names of the first."""

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line of what leaves and what stays: a kind of record, one of its fields, or a sentence.

    Attributes:
        id: noun, or "noun.field"; "" for a sentence that nothing can be done about.
        label: in the reader's language.
        count: rows that leave; -1 for fields.
        hidden: whether it was chosen to stay here.
        fixed: whether that cannot be changed.
    """

    id: str
    label: str
    count: int = -1
    hidden: bool = False
    fixed: bool = False

    @property
    def noun(self) -> str:
        """The kind of record that it is about."""
        return self.id.partition(".")[0]

    @property
    def field(self) -> str:
        """The field that it is about; "" for the whole."""
        return self.id.partition(".")[2]


def matching(crm: Crm, only: Mapping[str, str]) -> Matching:
    """Which customers answer to the filters."""
    from crm_tui.services.shares import ShareRecords

    try:
        ids = ShareRecords(crm, "shares").chosen(only)
    except NotFound:
        return Matching(0, ())
    return Matching(len(ids), tuple(str(crm.customers.get(row)["name"]) for row in ids[:NAMES]))


def look_at(app: CrmApp, crm: Crm, wanted: Wanted) -> tuple[Wanted, Look]:
    """What would leave; where nobody has chosen yet what stays, it is what stayed the last time.

    Raises:
        Invalid: what was typed for a field cannot be used.
        NotFound, Refused: nothing answers.
    """
    from crm_tui.services.share_list import held_before
    from crm_tui.sync.shares import Shares
    from crm_tui.ui.syncing.reading import bundles_of

    bundles = bundles_of(app, crm)
    if wanted.key:
        try:
            bundles.recipient(wanted.key)
        except CrmError as error:
            raise Invalid({"key": str(error)}) from None
    if wanted.hide is None:
        wanted = replace(wanted, hide=frozenset(held_before(crm, wanted.name)))
    return wanted, Shares(bundles).look(wanted.only, hide=sorted(wanted.hide or ()), name=wanted.name)


class Leaving:
    """What would leave, by kind of record, ready to be shown.

    Args:
        look: as it was read.
        catalogue: of the file.
    """

    def __init__(self, look: Look, catalogue: Catalogue) -> None:
        self.look, self._catalogue = look, catalogue
        self.places: dict[str, list[int]] = {}
        self._names: dict[str, str] = {}
        self._people: dict[str, str] = {}
        self._custom: dict[tuple[str, str], str] = {}
        for place, (noun, row, text) in enumerate(look.told.rows):
            self.places.setdefault(noun, []).append(place)
            if noun in ("customers", "people", "contacts"):
                names = self._people if noun == "people" else self._names
                names[row] = str(json.loads(text).get("name") or "")
            elif noun == "custom_fields":
                told = json.loads(text)
                labels = [told.get("label_en"), told.get("label_zh")][:: -1 if language() == "zh" else 1]
                self._custom[told["noun"], told["key"]] = next((one for one in labels if one), told["key"])

    @property
    def customers(self) -> int:
        """How many leave."""
        return len(self.places.get("customers", ()))

    def lines(self) -> list[Line]:
        """Kinds of records with their fields; then what always stays."""
        look, found = self.look, []
        nouns = [noun for noun in self._catalogue.nouns if noun in look.told.nouns]
        nouns.sort(key=lambda noun: noun != "customers")
        for noun in nouns:
            count, hidden = len(self.places.get(noun, ())), noun in look.hidden
            if not count and not hidden:
                continue
            label = self._noun(noun)
            found.append(Line(noun, label, count, hidden, noun == "customers"))
            if not hidden:
                found += self._fields(noun)
        for noun in ("people", "custom_fields"):
            if self.places.get(noun):
                said = t("{noun}, by name only", noun=self._noun(noun)) if noun == "people" else self._noun(noun)
                found.append(Line(noun, said, len(self.places[noun]), fixed=True))
        return [*found, *(Line("", said, hidden=True, fixed=True) for said in self._stays())]

    def _fields(self, noun: str) -> list[Line]:
        about = self._catalogue[noun]
        owner = self.look.told.nouns[noun]
        used = {
            about.unit_of(name).name if name in about.fields else name for name in self.look.told.fields.get(noun, ())
        }
        mine = {one.partition(".")[2] for one in self.look.hidden if one.startswith(f"{noun}.")}
        order = {name: place for place, name in enumerate(about.fields)}
        names = sorted((used | mine) - {"id", owner, "created"}, key=lambda name: (order.get(name, 999), name))
        return [
            Line(f"{noun}.{name}", self.label(noun, name), hidden=name in mine, fixed=(noun, name) == _NAME)
            for name in names
        ]

    def _stays(self) -> list[str]:
        told, look = self.look.told, self.look
        said = []
        if look.others:
            many = t("the other {n} customers, with all of theirs", n=f"{look.others:,}")
            said.append(t("the other customer, with all of his") if look.others == 1 else many)
        if told.withheld:
            links = t("{n} links to records that stay here", n=f"{len(told.withheld):,}")
            said.append(t("1 link to a record that stays here") if len(told.withheld) == 1 else links)
        return [
            *said,
            t("former values, and who changed what"),
            t("what lies in the trash"),
            t("where records came from, what calendars brought, comments of supervisors"),
        ]

    def _noun(self, noun: str) -> str:
        from crm_tui.ui.fields import noun_label

        return noun_label(noun)

    def label(self, noun: str, name: str) -> str:
        """What a field, a custom one or a group of fields is called."""
        about = self._catalogue[noun]
        members = about.members(name)
        labels = [self._label(noun, one) for one in members or (name,)]
        return "、".join(labels) if language() == "zh" else ", ".join(labels)

    def _label(self, noun: str, name: str) -> str:
        field = self._catalogue[noun].fields.get(name)
        label = None if field is None else field.zh if language() == "zh" else field.en
        key = name.removeprefix("extra.")
        return label or self._custom.get((noun, key), key)

    def row(self, place: int) -> tuple[str, list[tuple[str, str]]]:
        """What a row is called, and everything that leaves of it: label and value."""
        noun, row, text = self.look.told.rows[place]
        values: dict[str, Any] = json.loads(text)
        about, owner = self._catalogue[noun], self.look.told.nouns.get(noun, "")
        title = str(values.get(about.title or "", "") or "") or row[:8]
        if owner:
            title = self._names.get(str(values.get(owner)), "?")
        parts = [
            (self._label(noun, name), self._said(noun, name, value))
            for name, value in values.items()
            if name not in (owner, "created", "extra") and value is not None
        ]
        told = json.loads(values.get("extra") or "{}")
        return title, parts + [(self._label(noun, f"extra.{key}"), str(one)) for key, one in told.items()]

    def value(self, place: int, unit: str) -> str:
        """What leaves of one field of a row."""
        noun, _, text = self.look.told.rows[place]
        values: dict[str, Any] = json.loads(text)
        if unit.startswith("extra."):
            told = json.loads(values.get("extra") or "{}")
            return str(told.get(unit.removeprefix("extra."), ""))
        members = self._catalogue[noun].members(unit) or (unit,)
        return " ".join(self._said(noun, one, values[one]) for one in members if values.get(one) is not None)

    def _said(self, noun: str, name: str, value: Any) -> str:
        from crm_tui.ui.fields import choice_text

        field = self._catalogue[noun].fields.get(name)
        if field is not None and field.link:
            return self._people.get(str(value)) or self._names.get(str(value)) or str(value)
        return choice_text(noun, name, value)


_NAME = ("customers", "name")


class LeavingRows:
    """The rows of one kind that leave, made when they come in sight.

    Args:
        leaving: all of it.
        noun: the kind; `unit` a field of it, of which alone the values are shown.
    """

    def __init__(self, leaving: Leaving, noun: str, unit: str) -> None:
        self._leaving, self._unit = leaving, unit
        self.places: Sequence[int] = leaving.places.get(noun, ())

    def count(self) -> int:
        """The number of rows."""
        return len(self.places)

    def row(self, index: int) -> Row | None:
        """The row at `index`."""
        if not 0 <= index < len(self.places):
            return GONE
        place = self.places[index]
        title, parts = self._leaving.row(place)
        if self._unit:
            said = self._leaving.value(place, self._unit)
        else:
            said = " · ".join(value for _, value in parts if value != title)
        return Row(str(place), (title, said))

    def at_hand(self, index: int) -> bool:
        """Always."""
        return True

    def load(self, first: int, n: int) -> None:
        """Nothing is to be loaded."""

    def build(self, stop: threading.Event) -> bool:
        """They stand as they were read."""
        return True

    def position_of(self, ident: str) -> int | None:
        """Where a row stands."""
        return next((at for at, place in enumerate(self.places) if str(place) == ident), None)
