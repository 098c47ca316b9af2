"""Text for a screen of cells: made safe to show, measured, cut and padded in cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from rich.cells import cell_len, set_cell_size, split_graphemes

Align = Literal["left", "right"]

ELLIPSIS = "…"
_NEVER_FIRST = frozenset("，。、；：？！）」』】》〉”’％…—·,.;:?!)]}%")
_NEVER_LAST = frozenset("（「『【《〈“‘([{¥￥$")
NEWLINE = "⏎"

# Left-to-right and right-to-left marks, embeddings, overrides and isolates would turn the rest of the line round.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Soft hyphen, word joiners, byte order mark and tags have no width that terminals agree on.
_NO_WIDTH = "\u00ad\u200b\u200d\u2060-\u2064\u206a-\u206f\ufeff\U000e0000-\U000e007f"
_UNSAFE = re.compile(
    f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff{_BIDI}{_NO_WIDTH}]"
)


def safe(text: str) -> str:
    """Make `text` one line that a terminal can only show as it is meant.

    Line ends become ⏎, tabs blanks, other controls their pictures; direction marks and characters without a width
    go, and so do what joins or colours emoji, because terminals differ in how many cells such a group takes.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_shown, text.replace("\r\n", "\n"))


def _shown(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in "\n\r\u2028\u2029\x0b\x0c\x85":
        return NEWLINE
    if character == "\t":
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if 0x80 <= code < 0xA0 or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return ""


def width(text: str) -> int:
    """The number of cells that `text` takes."""
    return cell_len(text)


@lru_cache(8192)
def cut(text: str, cells: int, mark: str = ELLIPSIS) -> str:
    """Cut `text` to at most `cells` cells, ending in `mark` if anything was lost."""
    if cells <= 0:
        return ""
    if cell_len(text) <= cells:
        return text
    mark = mark if cell_len(mark) <= cells else ""
    room = cells - cell_len(mark)
    end = taken = 0
    for _, after, size in split_graphemes(text)[0]:
        if taken + size > room:
            break
        end, taken = after, taken + size
    return text[:end].rstrip() + mark


def fit(text: str, cells: int, align: Align = "left", mark: str = ELLIPSIS) -> str:
    """Cut or pad `text` to exactly `cells` cells."""
    if len(text) <= cells and text.isascii() and text.isprintable():
        return text.rjust(cells) if align == "right" else text.ljust(cells)
    shown = cut(text, cells, mark)
    if align == "right":
        return " " * (cells - cell_len(shown)) + shown
    return set_cell_size(shown, cells)


def breaks(text: str, cells: int) -> list[int]:
    """Where one line of text goes on in the next: the places of the characters that begin a further line.

    A line ends at a blank or between two characters of which one is wide, as Chinese does; no line begins with a
    closing sign or ends with an opening one; what fits nowhere is cut where the room ends.
    """
    if cell_len(text) <= cells or cells < 2:
        return []
    found: list[int] = []
    used = begin = after_last = 0
    may = -1
    before, wide_before = "", False
    for start, end, size in split_graphemes(text)[0]:
        sign = text[start:end]
        wide = size == 2
        if (
            start > begin
            and before not in _NEVER_LAST
            and sign not in _NEVER_FIRST
            and ((before == " " and sign != " ") or ((wide or wide_before) and sign != " "))
        ):
            may, after_last = start, used
        if used + size > cells and sign != " " and start > begin:
            at, left = (may, used - after_last) if may > begin else (start, 0)
            found.append(at)
            begin, used, may = at, left, -1
        used += size
        before, wide_before = sign, wide
    return found


def shares(fixed: int, weights: Sequence[int], total: int, least: Sequence[int] = ()) -> list[int]:
    """Divide what `fixed` cells leave of `total` by `weights`, at least `least` cells each (4 where not told)."""
    room = max(0, total - fixed)
    whole = sum(weights) or 1
    floors = [*least, *(4,) * len(weights)][: len(weights)]
    sizes = [max(floor, room * weight // whole) for weight, floor in zip(weights, floors, strict=True)]
    spare = room - sum(sizes)
    if sizes and spare > 0:
        sizes[0] += spare
    while spare < 0 and (wide := [n for n, size in enumerate(sizes) if size > floors[n]]):
        sizes[max(wide, key=lambda n: sizes[n] - floors[n])] -= 1
        spare += 1
    return sizes
