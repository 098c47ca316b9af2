"""Which rows are in the trash, and which customer a merged one is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crm_tui.rules.heads import Action, ActionId, Change
from crm_tui.rules.shape import Shape, Value

DELETED = "deleted"
MERGED = "merged_into"
TRASHED = "trashed"  # a person put it there; it is listed in the trash
UNDONE = "undone"  # the insert was taken back; it is listed nowhere


class Past(Protocol):
    """What these rules ask: `heads.History` in memory, `store.heads.StoredHistory` from a file."""

    shape: Shape

    def supersedes(self, b: Change, a: Change) -> bool:
        """Whether the author of `b` had seen `a`."""

    def changes(self, row: str, before: Change | None = None) -> list[Change]:
        """All changes of a row."""

    def heads(self, row: str, field: str, before: Change | None = None) -> list[Change]:
        """The changes of a field that nobody has knowingly replaced, earlier first."""

    def value(self, row: str, field: str, before: Change | None = None) -> Value:
        """The value of the latest head."""

    def sides(self, row: str, field: str, before: Change | None = None) -> list[Value]:
        """The different values of the heads, earlier first."""

    def fields(self, row: str) -> list[str]:
        """Fields of a row that were changed after its insert."""

    def action(self, named: ActionId) -> Action:
        """The action of that id."""

    def action_of(self, change: Change) -> Action:
        """The action that a change belongs to."""

    def pointing(self, row: str, links: frozenset[str], before: Change | None = None) -> list[tuple[str, str]]:
        """The (row, field) of which a live head names a row."""


def hidden(history: Past, row: str, before: Change | None = None) -> bool:
    """Whether `row` is out of sight: all live heads of `deleted` say so, and they knew what they hide.

    Every change of the row and of the rows that hang on it must have been seen by one of these heads or have seen one.
    Replaced changes count too: otherwise the next edit of a disputed row, whose author knows both sides, would make the
    row vanish under his hands. A row that was hung there by somebody who knew of the trash does not count.
    """
    heads = history.heads(row, DELETED, before)
    if not heads or any(head.of(DELETED) is None for head in heads):
        return False
    return all(
        any(mark == change or history.supersedes(mark, change) or history.supersedes(change, mark) for mark in heads)
        for one in (row, *hanging(history, row, before, unaware_of=heads))
        for change in history.changes(one, before)
    )


def disputed(history: Past, row: str, before: Change | None = None) -> bool:
    """Whether `row` is visible although somebody put it into the trash: trash again or restore settles it."""
    marked = any(head.of(DELETED) is not None for head in history.heads(row, DELETED, before))
    return marked and not hidden(history, row, before)


def hanging(history: Past, row: str, before: Change | None = None, unaware_of: Sequence[Change] = ()) -> list[str]:
    """The rows that hang on `row`, directly or through others, merged customers included, sorted.

    Links written by somebody who had seen one of `unaware_of` are not followed.
    """
    found = {row}
    todo = [row]
    while todo:
        target = todo.pop()
        fresh = {
            other
            for other, field in history.pointing(target, history.shape.hangs, before)
            for head in history.heads(other, field, before)
            if head.of(field) == target and not any(history.supersedes(head, mark) for mark in unaware_of)
        } - found
        found |= fresh
        todo += fresh
    return sorted(found - {row})


def root(history: Past, row: str) -> str:
    """The customer that `row` is after merges; in a cycle the smallest id, whose own pointer is ignored."""
    path: list[str] = []
    while row not in path:
        path.append(row)
        onward = history.value(row, MERGED)
        if not isinstance(onward, str) or not history.changes(onward):
            return row
        row = onward
    return min(path[path.index(row) :])
