"""How alike two short texts are: shared pieces of words and pairs of Chinese characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[a-z0-9]{2,}|[\u3400-\u9fff]+")
_COMMON = frozenset(
    ["the", "and", "was", "is", "to", "of", "in", "for", "not", "it", "we", "on", "a", "an", "with", "has", "my", "our"]
)


def pieces(text: str) -> frozenset[str]:
    """Latin words cut to six letters, and pairs of neighbouring Chinese characters."""
    found: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word[0] < "\u3400":
            if word not in _COMMON:
                found.add(word[:6])
        elif len(word) == 1:
            found.add(word)
        else:
            found.update(word[at : at + 2] for at in range(len(word) - 1))
    return frozenset(found)


def alike(typed: frozenset[str], texts: Iterable[tuple[str, str]], most: int = 5) -> list[str]:
    """The ids of the texts that share most with what is typed, the best first.

    Args:
        typed: pieces of what is typed.
        texts: id and text.
        most: at most so many; of two that share as much the earlier one comes first.
    """
    if not typed:
        return []
    least = 1 if len(typed) < 6 else 2
    scored = []
    for place, (ident, text) in enumerate(texts):
        shared = len(typed & pieces(text))
        if shared >= least:
            scored.append((-shared, place, ident))
    return [ident for _, _, ident in sorted(scored)[:most]]
