"""Where one version of a text differs from another, word by word, and sign by sign where words are not parted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_WORD = re.compile(r"[^\W\d_\u3000-\u9fff\uf900-\ufaff\uff00-\uffef]+|\d+|\s+|.", re.DOTALL)
_MOST = 1_000_000
"""Pairs of words that are compared at most; of more, the whole middle counts as other."""
_GAP = 2
"""So few equal words between two other ones are read as one change."""

Kind = Literal["same", "new", "gone"]


class Piece(NamedTuple):
    """A run of text: the same in both versions, new in the later one, or gone from it."""

    kind: Kind
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """`after` as runs, with what is gone from `before` where it stood."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    found: list[Piece] = []
    for kind, gone, came in _runs(old, new):
        if kind == "same":
            found.append(Piece("same", "".join(came)))
            continue
        if gone:
            found.append(Piece("gone", "".join(gone)))
        if came:
            found.append(Piece("new", "".join(came)))
    return found


def alike(found: Sequence[Piece]) -> bool:
    """Whether enough stayed for a marking of the rest to say anything."""
    same = sum(len(piece.text) for piece in found if piece.kind == "same")
    return same * 3 >= sum(len(piece.text) for piece in found)


def _runs(old: list[str], new: list[str]) -> list[tuple[Kind, list[str], list[str]]]:
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    runs: list[tuple[Kind, list[str], list[str]]] = []
    if start:
        runs.append(("same", old[:start], new[:start]))
    if len(middle_old) * len(middle_new) > _MOST:
        runs.append(("new", middle_old, middle_new))
    elif middle_old or middle_new:
        runs += _compared(middle_old, middle_new)
    if end:
        runs.append(("same", old[-end:], new[-end:]))
    return runs


def _compared(old: list[str], new: list[str]) -> list[tuple[Kind, list[str], list[str]]]:
    runs: list[tuple[Kind, list[str], list[str]]] = []
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for place, (tag, a, b, c, d) in enumerate(codes):
        small = tag == "equal" and d - c <= _GAP and 0 < place < len(codes) - 1
        kind: Kind = "same" if tag == "equal" and not small else "new"
        if runs and kind == "new" and runs[-1][0] == "new":
            runs[-1] = ("new", runs[-1][1] + old[a:b], runs[-1][2] + new[c:d])
        else:
            runs.append((kind, old[a:b], new[c:d]))
    return runs
