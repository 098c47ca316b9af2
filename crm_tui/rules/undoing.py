"""What taking an action back writes, and what it must leave alone.

Nothing is ever removed from a log: undo writes the former values as new changes, redo is undo of the undo. A field is
put back only if it *stands at* the action: it has one live head, which is the action's change, looking through pairs
(action, its undo), so that n undos in a row walk n actions back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from crm_tui.rules.heads import Action, ActionId, Change, History
from crm_tui.rules.hidden import DELETED, UNDONE, Past, disputed, hidden
from crm_tui.rules.shape import Value
from crm_tui.rules.writing import Write


class Reason(StrEnum):
    """Why undo leaves something."""

    CHANGED = "changed"  # somebody changed the field since, or it is taken back already
    CHOICE = "choice"  # the action settled a conflict or a dispute; the former values are offered to choose from
    WRITTEN = "written"  # others have written on the new row
    POINTED = "pointed"  # others' rows, or rows that stay, point to the new row


class Left(NamedTuple):
    """Something that undo does not touch; `field` None means a whole new row.

    `values` are the former values to choose from, earlier first, if the reason is a choice.
    """

    row: str
    field: str | None
    reason: Reason
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class UndoPlan:
    """What an undo writes and what it leaves; nothing to write means that there is nothing to undo."""

    write: list[Write]
    left: list[Left]


def undo_plan(history: Past, action: ActionId) -> UndoPlan:
    """What undo of `action` (of any log, also an undo or an import) writes, in the order of its changes.

    Raises:
        KeyError: the action is not here.
    """
    taken = history.action(action)
    touched = dict.fromkeys((change.row, change.field) for change in taken.changes)
    plan = UndoPlan([], [])
    for row, field in touched:
        if field is None:
            plan.write.append(Write(row, DELETED, UNDONE))
        elif (row, None) not in touched:
            _plan_field(history, taken, row, field, plan)
    staying = _staying(history, taken, plan.write)
    plan.left.extend(Left(row, None, reason) for row, reason in staying.items())
    return UndoPlan([write for write in plan.write if not _vanishes(write) or write.row not in staying], plan.left)


def _vanishes(write: Write) -> bool:
    return write.field == DELETED and write.value == UNDONE


def _plan_field(history: Past, action: Action, row: str, field: str, plan: UndoPlan) -> None:
    first = _first(action, row, field)
    if first is None or not _stands_at(history, action, row, field):
        plan.left.append(Left(row, field, Reason.CHANGED))
        return
    former = history.sides(row, field, before=first)
    if field == DELETED and disputed(history, row, before=first):
        former = list(dict.fromkeys([*former, None]))
    if len(former) > 1:
        plan.left.append(Left(row, field, Reason.CHOICE, tuple(former)))
    else:
        plan.write.append(Write(row, field, history.value(row, field, before=first)))


def _staying(history: Past, action: Action, writes: list[Write]) -> dict[str, Reason]:
    """The rows made (or brought back) by `action` that must not vanish, though `writes` say so.

    A row stays if it has a field that stands at something later than the action, and if a row that stays points to it.
    """
    new = [write.row for write in writes if _vanishes(write)]
    written = {(write.row, write.field) for write in writes}
    staying = {row: Reason.WRITTEN for row in new if _written_since(history, action, row)}
    pointing = {row: history.pointing(row, history.shape.links()) for row in new}
    grown = True
    while grown:
        grown = False
        for row in new:
            if row not in staying and any(
                (other, field) not in written
                and (other not in new or other in staying)
                and not _taken_back(history, other)
                for other, field in pointing[row]
            ):
                staying[row] = Reason.POINTED
                grown = True
    return staying


def _written_since(history: Past, action: Action, row: str) -> bool:
    first = action.changes[0]
    return not all(
        any(
            (change.log, change.action) == action.id or history.supersedes(first, change)
            for change in _standing(history, row, field)[0]
        )
        for field in (*history.fields(row), DELETED)
    )


def _stands_at(history: Past, action: Action, row: str, field: str) -> bool:
    chain, _ = _standing(history, row, field)
    return any((change.log, change.action) == action.id for change in chain)


def _standing(history: Past, row: str, field: str) -> tuple[list[Change], list[Change]]:
    """The changes that the field stands at, newest first, and the heads on which looking through pairs ended.

    The field's only head is what it stands at. If that belongs to an undo, the field stands also at what was its only
    head before the action that was undone, and so on.
    """
    chain: list[Change] = []
    heads = history.heads(row, field)
    while len(heads) == 1:
        chain += heads
        undoes = history.action_of(heads[0]).undoes
        first = _first(history.action(undoes), row, field) if undoes else None
        if first is None:
            break
        heads = history.heads(row, field, before=first)
    return chain, heads


def _taken_back(history: Past, row: str) -> bool:
    """Whether the row is as if it had never been inserted."""
    return not _standing(history, row, DELETED)[1] and hidden(history, row)


def _first(action: Action, row: str, field: str) -> Change | None:
    """The first change of `action` that touches the field, the insert of its row included."""
    return next((change for change in action.changes if change.row == row and change.field in (None, field)), None)


def undo_stacks(history: History, logs: Iterable[str]) -> tuple[list[ActionId], list[ActionId]]:
    """What the undo and redo keys would take, in that order of use from the end.

    Args:
        history: what the file holds.
        logs: the logs of this machine; after a crash it has gone on with another one.

    Returns:
        The actions that stand, to be undone; and the undos that stand, to be undone in turn (redo), which an ordinary
        action empties.
    """
    done: list[ActionId] = []
    back: list[ActionId] = []
    own = set(logs)
    for action in history.actions():
        if action.log not in own:
            continue
        undoes = action.undoes
        if undoes is not None and undoes in done:
            done.remove(undoes)
            back.append(action.id)
        elif undoes is not None and undoes in back:
            back.remove(undoes)
            done.append(action.id)
        else:
            done.append(action.id)
            back.clear()
    return done, back
