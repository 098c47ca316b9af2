"""What *Sync* and *Conflicts* show, read in a thread: machines, what came in, what waits for a choice."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound
from crm_tui.words import t

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crm_tui.services.conflicts import Conflict, Side
    from crm_tui.services.crm import Crm
    from crm_tui.services.disputes import Deed
    from crm_tui.services.machines import Peer
    from crm_tui.services.received import Received
    from crm_tui.store.database import Changes
    from crm_tui.sync.bundles import Bundles
    from crm_tui.ui.app import CrmApp

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FOLDER, SEALED = "shared_folder", "shared_folder_sealed"
"""Settings of the file in which the shared folder is remembered, and whether it is sealed; they stay where they are."""

TEXTS = ("text", "note")
"""Kinds of fields of which two values can stand one under the other."""


@dataclass(frozen=True)
class Machines:
    """What *Sync* shows.

    Attributes:
        name: what this machine is called; `code` what its owner reads out.
        peers: all machines, this one first if it was ever written down.
        came: what was taken in, newest first.
        waiting: conflicts that wait for a choice.
        everything: how many changes there are.
        readers: ids of the machines that a bundle can be sealed for.
        folder: that is shared, "" if none is remembered; `folder_sealed` whether only known machines can read it.
    """

    name: str
    code: str
    peers: list[Peer]
    came: list[Received]
    waiting: int
    everything: int
    readers: frozenset[str] = frozenset()
    folder: str = ""
    folder_sealed: bool = False


@dataclass(frozen=True)
class Version:
    """One side of a conflict as people read it."""

    side: Side
    text: str


@dataclass(frozen=True)
class Case:
    """A conflict as people read it.

    Attributes:
        conflict: what is in conflict.
        who: the customer, or what else the record is called.
        what: the field, with the kind of record where it is not the customer's own.
        before: what stood there before both; "" for nothing, None if unknown.
        versions: its sides, earlier first.
        deeds: of a record in and out of the trash: who did what.
        joinable: whether both values can be kept.
    """

    conflict: Conflict
    who: str
    what: str
    before: str | None
    versions: tuple[Version, ...]
    deeds: tuple[Deed, ...]
    joinable: bool

    @property
    def of_trash(self) -> bool:
        """Whether it is about the trash."""
        return self.conflict.field == "deleted"

    @property
    def name(self) -> str:
        """Whose field it is."""
        return f"{self.who} · {self.what}"

    @property
    def since(self) -> datetime:
        """When the second of the sides was written: since then they disagree."""
        times = sorted([*(one.side.at for one in self.versions), *(one.at for one in self.deeds)])
        return times[min(1, len(times) - 1)]

    def version(self, side: Side | None) -> Version | None:
        """A side as people read it."""
        return next((one for one in self.versions if one.side is side), None)


def bundles_of(app: CrmApp, crm: Crm) -> Bundles:
    """What makes and takes bundles of the open file, with the keys of this machine."""
    from crm_tui.sync.bundles import Bundles

    options = app.options
    return Bundles(crm, keys_folder(options.data, options.path), options.memory)


def keys_folder(data: Path | None, file: Path) -> Path:
    """Where this machine's keys lie."""
    return data if data is not None else file.absolute().parent


def read_machines(app: CrmApp, crm: Crm) -> Machines:
    """Everything that *Sync* shows."""
    from crm_tui.services.received import received
    from crm_tui.store import logs, outgoing

    bundles = bundles_of(app, crm)
    db = crm.store.reader()
    return Machines(
        logs.machine_name(db),
        bundles.code,
        bundles.peers(),
        received(crm),
        crm.conflicts.count(),
        sum(outgoing.vector(db).values()),
        frozenset(str(row["id"]) for row in crm.machines.all() if row["recipient"]),
        crm.store.setting(FOLDER),
        crm.store.setting(SEALED) == "1",
    )


def read_case(crm: Crm, conflict: Conflict, local: Callable[[str], datetime]) -> Case:
    """One conflict as people read it."""
    from crm_tui.records.nouns import NOUNS
    from crm_tui.services.disputes import deeds
    from crm_tui.services.received import called
    from crm_tui.ui.steps import one_label

    trash = conflict.field == "deleted"
    db = crm.store.reader()
    who = called(db, "customers", conflict.customer)[0] if conflict.customer else conflict.record
    own = conflict.noun == "customers"
    label = t("in the trash?") if trash else conflict.label
    what = label if own else f"{one_label(conflict.noun)} · {label}"
    field = NOUNS[conflict.noun].fields.get(conflict.field)
    group = crm.store.catalogue.nouns[conflict.noun].members(conflict.field)
    text = field is None or (field.about.kind in TEXTS and not field.about.choices)
    return Case(
        conflict,
        who,
        what,
        None if trash else shown_value(crm, conflict.noun, conflict.field, conflict.before, local),
        tuple(
            Version(side, shown_value(crm, conflict.noun, conflict.field, side.value, local)) for side in conflict.sides
        ),
        tuple(deeds(crm, conflict.row)) if trash else (),
        text and not trash and not group and all(isinstance(side.value, str) for side in conflict.sides),
    )


def shown_value(crm: Crm, noun: str, field: str, value: Any, local: Callable[[str], datetime]) -> str:
    """A stored value as people read it; "" for none."""
    if value is None:
        return ""
    known = crm.store.catalogue.nouns.get(noun)
    names = known.members(field) if known is not None else ()
    if names and isinstance(value, str) and _is_list(value):
        said = [_shown_field(crm, noun, *one, local) for one in zip(names, json.loads(value), strict=False)]
        return " ".join(part for part in said if part)
    return _shown_field(crm, noun, field, value, local)


def _shown_field(crm: Crm, noun: str, name: str, value: Any, local: Callable[[str], datetime]) -> str:
    from crm_tui.records.nouns import NOUNS
    from crm_tui.rules.phones import show_phone
    from crm_tui.ui.fields import choice_text
    from crm_tui.ui.typed import yes

    if value is None:
        return ""
    field = NOUNS[noun].fields.get(name) if noun in NOUNS else None
    about = field.about if field is not None else None
    if about is not None and about.link and isinstance(value, str):
        try:
            service = crm.noun(about.link)
            return str(service.title_of(service.get(value)))
        except NotFound:
            return t("a record that is not here")
    if about is not None and about.kind == "phone":
        return show_phone(str(value), crm.region)
    if about is not None and about.kind == "flag":
        return yes(bool(int(value)))
    if about is not None and about.kind == "minutes":
        return t("{n} min", n=value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return choice_text(noun, name, value)


def _is_list(text: str) -> bool:
    if not text.startswith("["):
        return False
    try:
        return isinstance(json.loads(text), list)
    except ValueError:
        return False


def call_this(app: CrmApp, crm: Crm, name: str) -> Changes | None:
    """Call this machine by another name, and write that down for the others."""
    crm.machines.call_this(name)
    key = bundles_of(app, crm).key
    return crm.machines.introduce(key.public, name, key.recipient)
