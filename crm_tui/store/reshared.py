"""A newer share in a file that was made from an older one: what of it is news.

A share holds whole rows. Of a row that its author knew to be here it says only what differs from what he knew: what was
written here since stands, unless the company has changed the same field; then that is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from crm_tui.rules.heads import Change
from crm_tui.rules.shape import Shape

Supersedes = Callable[[Change, Change], bool]


def spoken(changes: list[Change], shares: Collection[str], supersedes: Supersedes, shape: Shape) -> list[Change]:
    """The changes of one row, with those inserts of shares that were no news put as changes of the fields that differ.

    Args:
        changes: of the row, in any order.
        shares: ids of the shares' logs.
        supersedes: whether the author of one change had seen another.
        shape: tells which values are the same.
    """
    found = [change for change in changes if change.field is not None or change.log not in shares]
    waiting = [change for change in changes if change.field is None and change.log in shares]
    while waiting:
        first = next(one for one in waiting if not any(supersedes(one, other) for other in waiting if other is not one))
        waiting.remove(first)
        past = [change for change in found if supersedes(first, change)]
        found += _news(first, past, supersedes, shape) if past else [first]
    return found


def _news(share: Change, past: list[Change], supersedes: Supersedes, shape: Shape) -> list[Change]:
    assert isinstance(share.value, dict)
    news = []
    for field, value in share.value.items():
        touching = [change for change in past if change.field in (None, field)]
        heads = [a for a in touching if not any(supersedes(b, a) for b in touching)]
        if {shape.canonical(field, head.of(field)) for head in heads} != {shape.canonical(field, value)}:
            news.append(Change(share.log, share.seq, share.at, share.row, field, value, share.action))
    return news
