"""Which rows are in the trash, and which customer a merged one is now."""

from __future__ import annotations

from crm_tui.rules.heads import Change, History

DELETED = "deleted"
MERGED = "merged_into"
TRASHED = "trashed"  # a person put it there; it is listed in the trash
UNDONE = "undone"  # the insert was taken back; it is listed nowhere


def hidden(history: History, row: str, before: Change | None = None) -> bool:
    """Whether `row` is out of sight: all live heads of `deleted` say so, and they knew what they hide.

    Every change of the row, and of the rows that hang on it and are not in the trash by themselves, must have been seen
    by one of these heads or have seen one. Replaced changes count too: otherwise the next edit of a disputed row, whose
    author knows both sides, would make the row vanish under his hands.
    """
    trash = _trash(history, row, before)
    if not trash or not _knew(history, trash, history.changes(row, before)):
        return False
    return all(
        _buried(history, other, before) or _knew(history, trash, history.changes(other, before))
        for other in hanging(history, row, before)
    )


def disputed(history: History, row: str, before: Change | None = None) -> bool:
    """Whether `row` is visible although somebody put it into the trash: trash again or restore settles it."""
    marked = any(head.of(DELETED) is not None for head in history.heads(row, DELETED, before))
    return marked and not hidden(history, row, before)


def hanging(history: History, row: str, before: Change | None = None) -> list[str]:
    """The rows that hang on `row`, directly or through others, merged customers included, sorted."""
    found = {row}
    todo = [row]
    while todo:
        fresh = {other for other, _ in history.pointing(todo.pop(), history.shape.hangs, before)} - found
        found |= fresh
        todo += fresh
    return sorted(found - {row})


def root(history: History, row: str) -> str:
    """The customer that `row` is after merges; in a cycle the smallest id, whose own pointer is ignored."""
    path: list[str] = []
    while row not in path:
        path.append(row)
        onward = history.value(row, MERGED)
        if not isinstance(onward, str) or not history.changes(onward):
            return row
        row = onward
    return min(path[path.index(row) :])


def _trash(history: History, row: str, before: Change | None) -> list[Change]:
    heads = history.heads(row, DELETED, before)
    return heads if all(head.of(DELETED) is not None for head in heads) else []


def _buried(history: History, row: str, before: Change | None) -> bool:
    """Whether the row is in the trash by itself, whatever hangs on it: it has nothing to show."""
    trash = _trash(history, row, before)
    return bool(trash) and _knew(history, trash, history.changes(row, before))


def _knew(history: History, trash: list[Change], changes: list[Change]) -> bool:
    return all(
        any(mark == change or history.supersedes(mark, change) or history.supersedes(change, mark) for mark in trash)
        for change in changes
    )
