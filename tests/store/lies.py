"""Bundles taken apart: in pieces that come in any order, and doctored so that they must be refused."""

from __future__ import annotations

import random
from dataclasses import replace

from crm_tui.rules.slices import ActionHead, Place, SeenAt, Slice


def actions_of(bundle) -> dict[str, list[tuple[ActionHead, list]]]:
    found: dict[str, list[tuple[ActionHead, list]]] = {}
    for item in bundle[1]:
        if isinstance(item, ActionHead):
            found.setdefault(item.log, []).append((item, []))
            changes = found[item.log][-1][1]
        else:
            changes.append(item)
    return found


def cut(bundle, dice: random.Random) -> list[object]:
    """Pieces of one log each, in any order."""
    actions, pieces = actions_of(bundle), []
    for one in bundle[0]:
        todo, before = actions[one.log], one.before
        while todo:
            size = dice.randrange(1, len(todo) + 1)
            taken, todo = todo[:size], todo[size:]
            last = taken[-1][0]
            end = Place(last.last, last.chain, last.n)
            part = replace(one, before=before, end=end, signature=one.signature if end == one.end else None)
            pieces.append(([part], [item for head, changes in taken for item in (head, *changes)]))
            before = end
    dice.shuffle(pieces)
    return pieces


def false_places(slices: list[Slice], have: dict[str, int]) -> list[object]:
    """Slices that begin or end at a known place with another content."""
    lies = []
    for one in slices:
        known = have.get(one.log, 0)
        if 0 < one.before.seq <= known:
            lies.append(([replace(one, before=replace(one.before, chain=b"x" * 32))], []))
        if one.end.seq <= known:
            lies.append(([replace(one, end=replace(one.end, chain=b"x" * 32))], []))
    return lies


def false_claims(slices: list[Slice], items: list, have: dict[str, int]) -> list[object]:
    """New actions that claim to have seen what is not so."""
    lies = []
    for place, head in enumerate(items):
        if not isinstance(head, ActionHead) or head.first <= have.get(head.log, 0):
            continue
        for n, entry in enumerate(head.seen):
            for wrong in (
                replace(entry, mark=b"xxxxxxxx"),
                replace(entry, upto=entry.upto + 10_000),
                replace(entry, of=head.log, upto=1),
            ):
                seen = (*head.seen[:n], wrong, *head.seen[n + 1 :])
                lies.append((slices, [*items[:place], replace(head, seen=seen), *items[place + 1 :]]))
        if not head.seen:
            claim = SeenAt(head.log, head.first, b"xxxxxxxx")
            lies.append((slices, [*items[:place], replace(head, seen=(claim,)), *items[place + 1 :]]))
    return lies
