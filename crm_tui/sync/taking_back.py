"""Takes back what an import brought: as new, ordinary changes, which take it back on every machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass

from crm_tui.errors import Cancelled, NotFound, Refused
from crm_tui.services.crm import Crm
from crm_tui.store import undo
from crm_tui.store.undo import Left
from crm_tui.words import t


@dataclass(frozen=True)
class TakenBack:
    """What taking an import back did.

    Attributes:
        actions: how many of its actions were taken back; `fields` how many fields that wrote.
        left: what stays, and why: written since, in conflict, or needed by something that stays.
    """

    actions: int
    fields: int
    left: tuple[Left, ...]


def take_back(
    crm: Crm,
    import_id: int,
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> TakenBack:
    """Undo every action that an import brought, the newest first; each is an undo of its own in the history.

    Nothing is removed from any log: the former values are written anew, wherever nobody has written since.

    Args:
        crm: the file.
        import_id: number of the import, as the list of imports tells.
        progress: is told how many actions are done.
        stop: ends it between two actions; what was taken back so far stands.

    Raises:
        NotFound: there is no such import.
        Refused: it cannot be told any more what it brought, or nothing of it stands.
        Cancelled: if `stop` was set.
    """
    row = crm.store.reader().execute("SELECT counts FROM import WHERE id = ?", (import_id,)).fetchone()
    if row is None:
        raise NotFound(t("there is no import {n}", n=import_id))
    first, last = json.loads(row[0]).get("actions") or (0, 0)
    if not last:
        raise Refused(t("what this import brought cannot be told any more"))
    numbers = [
        number
        for (number,) in crm.store.reader().execute(
            "SELECT id FROM action WHERE id BETWEEN ? AND ? ORDER BY id DESC", (first, last)
        )
    ]
    done = fields = 0
    left: list[Left] = []
    for count, number in enumerate(numbers):
        if stop is not None and stop.is_set():
            raise Cancelled(t("cancelled; {n} actions were taken back so far", n=done))
        try:
            undone = crm.store.undo(number)
        except Refused:
            left += _left_of(crm, number)
        else:
            done, fields = done + 1, fields + undone.fields
            left += undone.left
        progress(count + 1)
    if not done:
        raise Refused(t("nothing of it stands: everything was changed since"))
    return TakenBack(done, fields, tuple(dict.fromkeys(left)))


def _left_of(crm: Crm, number: int) -> list[Left]:
    """What an undo of this action would leave alone; nothing if it is undone already."""
    with crm.store.writing() as db:
        target = undo.tip_of(db, number)
        if target is None or target.kind == "undo":
            return []
        return undo.prepare(db, crm.store.catalogue, target)
