"""What a person had on the screen counts: whoever acts on a record must have seen what others wrote on it.

A screen notes with `look` how much of each log was here when it was filled, and gives that to the action. If another
machine's change came in since and still stands, the person is asked first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

from crm_tui.errors import ChangedSince
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


def look(crm: Crm) -> Look:
    """What this file holds just now, to be given to an action as `opened`."""
    return outgoing.vector(crm.store.reader())


def refuse_if_newer(
    work: Work, noun: str, rows: Sequence[str], opened: Look | None, fields: Set[str] | None = None
) -> None:
    """Ask before an action that would pass over what came from other machines since.

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
    own = {log for (log,) in db.execute(f"SELECT id FROM device WHERE dev IN ({','.join(map(str, logs.own(db)))})")}
    now = outgoing.vector(db)
    grown = {log for log, upto in now.items() if log not in own and upto > opened.get(log, 0)}
    if not grown:
        return
    history = StoredHistory(db, work.catalogue)
    known = {log: opened.get(log, 0) if log in grown else upto for log, upto in now.items()}
    units = None if fields is None else {_unit(work, noun, name) for name in fields}
    theirs: dict[str, object] = {}
    for row in rows:
        for change in unseen(history, row, known):
            if units is None or (change.row == row and change.field in units):
                theirs[_said(work, change)] = change.of(change.field) if change.field else None
    if theirs:
        named = ", ".join(sorted(theirs))
        raise ChangedSince(t("changed by somebody else meanwhile: {fields}", fields=named), theirs)


def _unit(work: Work, noun: str, name: str) -> str:
    known = work.catalogue[noun].fields.get(name)
    return known.group or name if known is not None else name


def _said(work: Work, change: Change) -> str:
    noun = work.db.execute(
        "SELECT o.name FROM row r JOIN noun o ON o.k = r.noun WHERE r.id = ?", (change.row,)
    ).fetchone()[0]
    about = work.catalogue.nouns.get(noun)
    if about is None:
        return str(noun)
    field = about.fields.get(change.field or "")
    if field is None:
        label = about.zh if language() == "zh" else about.en
        return (change.field or "").removeprefix("extra.") or str(label or noun)
    return str((field.zh if language() == "zh" else field.en) or field.name)
