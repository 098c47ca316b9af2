"""Text as people mean it: folded for comparing, tidied for keeping."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that have no accent to take off, yet are typed without their stroke.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff\ud800-\udfff]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CJK_RANGES = (
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
# Nothing here has another width, accent or composition: lower case and spaces are all there is to fold.
_SIMPLE = re.compile("[\x00-\x7f\u3400-\u4dbf\u4e00-\u9fff]*")
_CJK = re.compile(f"[{_CJK_RANGES}]")


def _once(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    text = _UNSEEN.sub("", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return unicodedata.normalize("NFKC", text.translate(_STROKES)).casefold()


@lru_cache(maxsize=1 << 14)
def _fold(text: str) -> str:
    for _ in range(4):
        again = _once(text)
        if again == text:
            break
        text = again
    return " ".join(text.split())


def fold(text: str) -> str:
    """Make texts equal that people take for equal: width, case, accents and runs of spaces do not count.

    Folding twice changes nothing more. Chinese characters stay as they are (no simplified/traditional).
    """
    if _SIMPLE.fullmatch(text):
        return " ".join(text.lower().split())
    return _fold(text)


def squash(text: str) -> str:
    """Fold `text` and keep only letters, digits and marks: "O'Neil & Co." gives "oneilco"."""
    folded = fold(text)
    return folded if folded.isalnum() else "".join(char for char in folded if char.isalnum())


def has_cjk(text: str) -> bool:
    """Tell whether any character of `text` is Chinese, kana or hangul."""
    return not text.isascii() and _CJK.search(text) is not None


def cjk_class() -> str:
    """The characters that `has_cjk` looks for, as the inside of a regular-expression class."""
    return _CJK_RANGES


def tidy(text: str) -> str:
    r"""Clean a value for keeping: NFC, control characters out, odd spaces become plain ones, ends stripped.

    Line breaks and tabs inside stay; "\r\n" and a lone "\r" become "\n". Nothing that a person can see is lost.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _SPACES.sub(" ", _CONTROLS.sub("", text)).strip()
