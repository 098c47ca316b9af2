"""All conflicts of one field, settled the same way in one action however many they are; and otherwise again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Literal

from crm_tui.errors import Refused
from crm_tui.rules.hidden import DELETED, TRASHED
from crm_tui.services.conflicts import SPAN, Conflict
from crm_tui.services.stale import Look, refuse_if_newer
from crm_tui.store import journal, logs
from crm_tui.store.database import Changes, Value
from crm_tui.words import t

if TYPE_CHECKING:
    import sqlite3

    from crm_tui.services.crm import Crm

How = Literal["mine", "theirs", "both", "keep", "throw"]
"""The latest side that was written here or elsewhere, both as one text; of the trash: stay in sight, or go there."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What can be kept of one conflict; a side that does not exist is None, else a tuple of its value."""

    row: str
    mine: tuple[Value] | None = None
    theirs: tuple[Value] | None = None
    both: tuple[Value] | None = None


@dataclass(frozen=True)
class Alike:
    """All conflicts of one field that wait, or waited.

    Attributes:
        noun: of the records; `field` the name of the field, `k` its number.
        sides: of each.
    """

    noun: str
    field: str
    k: int
    sides: tuple[Sides, ...]

    @property
    def of_trash(self) -> bool:
        """Whether they are about the trash."""
        return self.field == DELETED

    def count(self, how: How) -> int:
        """How many of them can be settled that way."""
        if how in ("keep", "throw"):
            return len(self.sides)
        return sum(getattr(one, how) is not None for one in self.sides)

    def values(self, how: How) -> list[tuple[str, Value]]:
        """The records that can be settled that way, each with the value that it gets."""
        if how in ("keep", "throw"):
            return [(one.row, TRASHED if how == "throw" else None) for one in self.sides]
        found = ((one.row, getattr(one, how)) for one in self.sides)
        return [(row, side[0]) for row, side in found if side is not None]


def alike(crm: Crm, number: int) -> Alike:
    """All conflicts of the field that the conflict with this number is about, it among them."""
    k = number % SPAN
    field = crm.store.catalogue.field_by_number[k]
    db = crm.store.reader()
    if field.name == DELETED:
        rows = db.execute(
            "SELECT r.id FROM issue i JOIN row r ON r.n = i.row JOIN noun o ON o.k = r.noun "
            "WHERE i.kind = 'disputed' AND o.name = ?1 UNION SELECT r.id FROM conflict c JOIN row r ON r.n = c.row "
            "WHERE c.field = ?2",
            (field.noun, k),
        )
        return Alike(field.noun, field.name, k, tuple(Sides(row) for (row,) in rows))
    return Alike(field.noun, field.name, k, tuple(_sides(crm, db, k)))


def _sides(crm: Crm, db: sqlite3.Connection, k: int) -> Iterator[Sides]:
    own = set(logs.own(db))
    heads = db.execute(
        "SELECT x.row, r.id, h.dev, c.value, c.field FROM conflict x CROSS JOIN row r ON r.n = x.row "
        "CROSS JOIN head h ON h.row = x.row AND h.field = x.field "
        "CROSS JOIN change c ON c.dev = h.dev AND c.seq = h.seq CROSS JOIN device d ON d.dev = h.dev "
        "WHERE x.field = ? ORDER BY x.row, c.at, d.id, c.seq",
        (k,),
    )
    for (n, row), group in groupby(heads, key=itemgetter(0, 1)):
        found = list(group)
        if len(found) < 2 or any(field is None for *_, field in found):
            yield from _read(crm, n * SPAN + k)  # two inserts of one record: its values stand in them
            continue
        mine = [(value,) for _, _, dev, value, _ in found if dev in own]
        theirs = [(value,) for _, _, dev, value, _ in found if dev not in own]
        texts = [value for _, _, _, value, _ in found]
        yield Sides(row, mine[-1] if mine else None, theirs[-1] if theirs else None, _both(texts))


def _read(crm: Crm, number: int) -> Iterator[Sides]:
    for one in crm.conflicts.some([number]):
        yield _sides_of(one)


def _sides_of(one: Conflict) -> Sides:
    mine, theirs = (None if side is None else (side.value,) for side in (one.mine, one.theirs))
    return Sides(one.row, mine, theirs, _both([side.value for side in one.sides]))


def together(conflicts: Sequence[Conflict]) -> Alike | None:
    """Conflicts of one field as one thing to settle; None if they are none, or of unlike fields."""
    if len({one.number % SPAN for one in conflicts}) != 1:
        return None
    one = conflicts[0]
    return Alike(one.noun, one.field, one.number % SPAN, tuple(map(_sides_of, conflicts)))


def _both(values: Sequence[Value]) -> tuple[Value] | None:
    return ("\n".join(dict.fromkeys(map(str, values))),) if all(isinstance(one, str) for one in values) else None


def settle(crm: Crm, found: Alike, how: How, opened: Look | None = None) -> Changes:
    """Settle all that have that side in one action, also those that were settled before.

    Args:
        crm: the open file.
        found: which.
        how: what is kept.
        opened: what was here when they were shown, if it shall ask about what came since.

    Raises:
        ChangedSince: if somebody wrote one of the fields meanwhile.
        Refused: if none of them has that side.
    """
    values = found.values(how)
    if not values:
        raise Refused(t("none of these conflicts has that side"))
    rows = [row for row, _ in values]
    with crm.store.action("Settled {n} conflicts", "choice", n=len(values)) as work:
        refuse_if_newer(work, found.noun, rows, opened, None if found.of_trash else {found.field})
        work.db.execute(journal.PENDING)
        work.db.executemany(
            "INSERT OR REPLACE INTO temp.pending(row, field, value) SELECT n, ?, ? FROM row WHERE id = ?",
            ((found.k, value, row) for row, value in values),
        )
        work.ids += rows
        work.flush()
    return work.changes
