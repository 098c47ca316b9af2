"""A record that one person put into the trash while another worked on it: who did what, without knowing of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.rules.heads import Change
from crm_tui.rules.hidden import DELETED, hanging
from crm_tui.store import logs
from crm_tui.store.heads import StoredHistory

if TYPE_CHECKING:
    from crm_tui.services.conflicts import Conflict
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes, Value


@dataclass(frozen=True)
class Deed:
    """What one machine did to a record in dispute.

    Attributes:
        at: when (aware UTC); `machine` where, `person` who, `mine` whether in this file.
        trashed: whether it put the record into the trash; else it wrote on it, or on what hangs on it.
        restored: whether it took the record out of the trash.
        noun: of the record that was written; `field` the name of the field, None for a new record.
    """

    at: datetime
    machine: str
    person: str
    mine: bool
    trashed: bool
    restored: bool
    noun: str
    field: str | None


def deeds(crm: Crm, row: str) -> list[Deed]:
    """The marks of the trash on a record and, of each machine, the newest change that knew of none; earlier first."""
    db = crm.store.reader()
    history = StoredHistory(db, crm.store.catalogue)
    marks = history.heads(row, DELETED)
    thrown = [mark for mark in marks if mark.of(DELETED) is not None]
    newest: dict[str, Change] = {}
    for one in (row, *hanging(history, row, unaware_of=thrown)):
        for change in history.changes(one):
            apart = change not in marks and not any(
                history.supersedes(mark, change) or history.supersedes(change, mark) for mark in thrown
            )
            if apart and (change.log not in newest or newest[change.log].seq < change.seq):
                newest[change.log] = change
    marked = [mark for mark in marks if mark.field == DELETED]
    return [_deed(crm, one) for one in sorted([*marked, *newest.values()], key=lambda change: (change.at, change.log))]


def _deed(crm: Crm, change: Change) -> Deed:
    db = crm.store.reader()
    machine, dev, person = db.execute(
        "SELECT d.name, d.dev, p.name FROM device d LEFT JOIN action a ON a.dev = d.dev AND a.n = ? "
        "LEFT JOIN people p ON p.id = a.person WHERE d.id = ?",
        (change.action, change.log),
    ).fetchone()
    (noun,) = db.execute(
        "SELECT n.name FROM row r JOIN noun n ON n.k = r.noun WHERE r.id = ?", (change.row,)
    ).fetchone()
    about_trash = change.field == DELETED
    return Deed(
        datetime.fromtimestamp(change.at / 1000, UTC),
        machine or "",
        person or "",
        dev in logs.own(db),
        about_trash and change.of(DELETED) is not None,
        about_trash and change.of(DELETED) is None,
        noun,
        change.field,
    )


def choose_again(crm: Crm, conflict: Conflict, value: Value) -> Changes:
    """Choose otherwise what was chosen before.

    A choice cannot be undone, because nobody is left who disagrees; the former values can be chosen anew.

    Args:
        crm: the open file.
        conflict: is settled.
        value: what shall stand now.
    """
    named = {"field": conflict.field, "noun": conflict.noun, "name": conflict.record}
    with crm.store.action("Settled {field} of {name}", "choice", **named) as work:
        work.write(conflict.noun, [conflict.row], conflict.field, value)
    return work.changes
