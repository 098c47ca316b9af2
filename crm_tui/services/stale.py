"""What a person had on the screen counts: whoever acts on a record must have seen what others wrote on it.

A screen notes with `look` how much of each log was here when it was filled, and gives that to the action. If a change
came in since, from another machine or from another program of this one, and still stands, the person is asked first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.errors import ChangedSince, News
from crm_tui.rules.heads import Change
from crm_tui.rules.writing import unseen
from crm_tui.store import logs, outgoing
from crm_tui.store.database import Work
from crm_tui.store.heads import StoredHistory
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Look = Mapping[str, int]
"""How much of each log was here when a screen was filled: last number by id of the log."""

FEW = 20
"""From more rows on, those that nothing new touches are left out at once."""


def look(crm: Crm) -> Look:
    """What this file holds just now, to be given to an action as `opened`."""
    return outgoing.vector(crm.store.reader())


def refuse_if_newer(
    work: Work, noun: str, rows: Sequence[str], opened: Look | None, fields: Set[str] | None = None
) -> None:
    """Ask before an action that would pass over what came from others since.

    Args:
        work: the action, before it writes.
        noun: of the rows.
        rows: ids of the records that it is about.
        opened: what the person had seen; None asks nothing.
        fields: the fields that it writes; without, everything on the rows and on what hangs on them counts.

    Raises:
        ChangedSince: naming the fields, with the values that stand now.
    """
    if opened is None:
        return
    db = work.db
    now = outgoing.vector(db)
    devs: dict[str, int] = dict(db.execute("SELECT id, dev FROM device"))
    own = set(logs.own(db))
    grown = {
        log
        for log, upto in now.items()
        if upto > (had := opened.get(log, 0)) and not (devs[log] in own and work.done_here.covers(devs[log], had, upto))
    }
    if not grown:
        return
    history = StoredHistory(db, work.catalogue)
    known = {log: opened.get(log, 0) if log in grown else upto for log, upto in now.items()}
    units = None if fields is None else {_unit(work, noun, name) for name in fields}
    if len(rows) > FEW:
        touched = _touched(work, [(devs[log], opened.get(log, 0)) for log in grown])
        rows = [row for row in rows if row in touched]
    found = [
        change
        for row in rows
        for change in unseen(history, row, known)
        if (units is None or (change.row == row and change.field in units))
        and (devs[change.log], change.seq) not in work.done_here
    ]
    if found:
        news = [_told(db, work, change, devs, own) for change in found]
        labels = ", ".join(sorted({one.label for one in news}))
        theirs = _theirs(work, noun, found) if len(rows) == 1 else {}
        raise ChangedSince(t("changed by somebody else meanwhile: {fields}", fields=labels), theirs, news, now)


def _touched(work: Work, after: Sequence[tuple[int, int]]) -> set[str]:
    """Ids of the rows that changes after these places are about, and of what those rows hang on."""
    db = work.db
    came = " UNION ALL ".join("SELECT row FROM change WHERE dev = ? AND seq > ?" for _ in after)
    places = [number for place in after for number in place]
    found = {row for (row,) in db.execute(f"SELECT r.id FROM row r WHERE r.n IN ({came})", places)}
    level = found
    while level:
        above: set[str] = set()
        for noun in work.catalogue.nouns.values():
            for link in noun.links:
                if link.owner or link.name == "merged_into":
                    query = f"SELECT {link.name} FROM {noun.name} WHERE id IN (SELECT value FROM json_each(?))"
                    above |= {row for (row,) in db.execute(query, (json.dumps([*level]),)) if row is not None}
        level = above - found
        found |= level
    return found


def _unit(work: Work, noun: str, name: str) -> str:
    known = work.catalogue[noun].fields.get(name)
    return known.group or name if known is not None else name


def _theirs(work: Work, noun: str, changes: Sequence[Change]) -> dict[str, object]:
    """The values that the changes of a record's own fields gave, by column; later ones win."""
    found: dict[str, object] = {}
    about = work.catalogue[noun]
    for change in changes:
        if change.field is None:
            continue
        value, names = change.of(change.field), about.members(change.field)
        if names:
            found |= dict(zip(names, json.loads(str(value)) if value else [None] * len(names), strict=False))
        else:
            found[change.field] = value
    return found


def _told(db: sqlite3.Connection, work: Work, change: Change, devs: Mapping[str, int], own: Set[int]) -> News:
    from crm_tui.services.received import called

    dev = devs[change.log]
    machine, person = db.execute(
        "SELECT d.name, p.name FROM device d LEFT JOIN action a ON a.dev = d.dev AND a.n = ? "
        "LEFT JOIN people p ON p.id = a.person WHERE d.dev = ?",
        (change.action, dev),
    ).fetchone()
    (noun,) = db.execute(
        "SELECT o.name FROM row r JOIN noun o ON o.k = r.noun WHERE r.id = ?", (change.row,)
    ).fetchone()
    at = datetime.fromtimestamp(change.at / 1000, UTC)
    value = change.of(change.field) if change.field is not None else None
    record = called(db, noun, change.row)[0]
    label = _label(work, noun, change.field)
    return News(
        noun, change.row, record, change.field, label, value, at, person or "", machine or "", dev in own
    )  # fmt: skip


def _label(work: Work, noun: str, name: str | None) -> str:
    about = work.catalogue.nouns.get(noun)
    if about is None:
        return noun
    if name is None:
        return str((about.zh if language() == "zh" else about.en) or noun)
    field = about.fields.get(name)
    if field is None:
        return name.removeprefix("extra.")
    return str((field.zh if language() == "zh" else field.en) or field.name)
