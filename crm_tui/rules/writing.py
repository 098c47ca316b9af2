"""What is written into the log for each thing that a person does.

Choosing, trashing, restoring, merging and undo write their change also where the value stays equal: the change says
"I have seen all of this", and that is what settles a conflict for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from crm_tui.rules.heads import Action, ActionId, Change, History
from crm_tui.rules.hidden import DELETED, MERGED, TRASHED, Past, hanging, hidden, root
from crm_tui.rules.shape import Value


class Write(NamedTuple):
    """One change to be written; `field` None inserts the row."""

    row: str
    field: str | None
    value: Value | Mapping[str, Value]


def compose(
    history: History, log: str, at: int, writes: Iterable[Write], kind: str = "edit", undoes: ActionId | None = None
) -> Action:
    """The next action of `log`, written at `at` (ms) by somebody who has seen all of `history`; not yet admitted."""
    n = history.last_action(log) + 1
    first = history.have.get(log, 0) + 1
    changes = tuple(Change(log, first + i, at, row, field, value, n) for i, (row, field, value) in enumerate(writes))
    return Action(log, n, changes, history.grown(log), kind, undoes)


def insert(history: History, row: str, values: Mapping[str, Value]) -> list[Write]:
    """A new row; if the id is known already, the fields that differ."""
    return edit(history, row, values) if history.changes(row) else [Write(row, None, dict(values))]


def edit(history: History, row: str, values: Mapping[str, Value]) -> list[Write]:
    """The fields that differ from what is shown."""
    return [Write(row, field, value) for field, value in values.items() if history.value(row, field) != value]


def bulk(history: History, writes: Iterable[Write]) -> tuple[list[Write], list[Write]]:
    """Split the writes of a bulk edit, import or rule into those that change something and those left for a person.

    Returns:
        The writes, and the writes of fields in conflict, which are skipped and counted.
    """
    wanted = [w for w in writes if w.field is not None and history.value(w.row, w.field) != w.value]
    skipped = [w for w in wanted if w.field is not None and history.conflict(w.row, w.field)]
    return [w for w in wanted if w not in skipped], skipped


def choose(row: str, field: str, value: Value) -> list[Write]:
    """Settle a conflict, also with the value that is shown."""
    return [Write(row, field, value)]


def keep_both(history: History, row: str, field: str) -> str:
    """The sides of a conflict as one text, earlier first, so that two people who choose it agree."""
    return "\n".join(str(side) for side in history.sides(row, field) if side is not None)


def trash(row: str) -> list[Write]:
    """Put a row into the trash, also one that is marked already but disputed."""
    return [Write(row, DELETED, TRASHED)]


def restore(row: str) -> list[Write]:
    """Take a row out of the trash, or settle a dispute in its favour."""
    return [Write(row, DELETED, None)]


def merge(history: History, row: str, into: str) -> list[Write]:
    """Let customer `row` be `into` from now on; nothing if they are one already or either is hidden."""
    row, into = root(history, row), root(history, into)
    if row == into or hidden(history, row) or hidden(history, into):
        return []
    return [Write(row, MERGED, into)]


def unmerge(history: History, row: str) -> list[Write]:
    """Let `row` be its own customer again; in a cycle the root's pointer, ignored so far, is cleared with it."""
    survivor = root(history, row)
    if survivor == row:
        return []
    cycle = history.value(survivor, MERGED) is not None
    return [Write(one, MERGED, None) for one in ([row, survivor] if cycle else [row])]


def unseen(history: Past, row: str, opened: Mapping[str, int]) -> list[Change]:
    """The live heads of `row` and of what hangs on it that are newer than the screen.

    Args:
        history: what the file holds now.
        row: the row that a form, trash, merge, undo or bulk action is about.
        opened: `History.have` when the screen was filled.

    Returns:
        The changes that the person has not seen; if any, he is asked before his action is written.
    """
    found = {
        head
        for one in (row, *hanging(history, row))
        for field in (*history.fields(one), "id")
        for head in history.heads(one, field)
        if head.seq > opened.get(head.log, 0)
    }
    return sorted(found, key=Change.rank)


def closed_without_choice(history: History) -> list[Change]:
    """The changes that replaced disagreeing heads although their action was no choice (raw SQL)."""
    return [
        change
        for action in history.actions()
        if action.kind != "choice"
        for change in action.changes
        if change.field is not None and history.conflict(change.row, change.field, before=change)
    ]
