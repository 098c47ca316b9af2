"""What a person asks for: words, the FTS5 expressions that find who may answer, and whether a document does."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crm_tui.rules.terms import GRAM, INITIALS, PART, PIECES, REACH, SHORT, SIGN, WHOLE, spelled
from crm_tui.rules.text import fold

MOST = 12
"""Words of a query, and grams of a word, that count."""

LONGEST = 200
"""Characters of a query that count."""

_SYLLABLE = 6
_COUNTRY = re.compile(r"\+?(?:00)?86\W+\d")


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a document must contain: a run of letters and digits, or a run of Chinese or signs.

    Attributes:
        text: folded.
        written: whether it is letters and digits.
        dialled: beginnings of a phone's digits that it also stands for, without 86 or the 0 of an area.
        begins: finds a single letter where words begin.
        heard: finds the word in lines of sounds, in full or by initials; what it does not find, `said` may.
    """

    text: str
    written: bool
    dialled: tuple[str, ...]
    begins: re.Pattern[str]
    heard: re.Pattern[str]

    @classmethod
    def of(cls, text: str, written: bool) -> Word:
        """Read one word."""
        letters = ["[uv]" if letter == "u" else re.escape(letter) for letter in text]
        full = "[ |.-]*".join(letters)
        short = "[a-z]*[ |.]".join(letters)
        mixed = [
            "".join(letters[:at]) + "".join(f" {letter}[a-z]*" for letter in letters[at:])
            for at in range(2, min(len(text), _SYLLABLE + 1))
        ]
        return cls(
            text,
            written,
            _dialled(text) if written else (),
            re.compile(rf"(?:^|[\W_{SIGN}]){re.escape(text)}" if len(text) == 1 else "$^"),
            re.compile(
                f"(?:^|[ \n])(?:-?{full}|{'|'.join([short, *mixed])})" if len(text) > 1 else f"(?:^|\n)-?{full}"
            ),
        )

    def first(self) -> str:
        """The FTS5 expression for names (and beginnings of phones)."""
        text = self.text
        if not self.written:
            return _quote("!" + text) if len(text) == 1 else " AND ".join(_quote("!" + p) for p in _pairs(text))
        begins = "".join(" OR " + _quote(":" + one) for one in self.dialled if len(one) <= 3)
        if len(text) <= 3:
            return _quote(":" + text) + begins
        return self._spoken() + begins

    @property
    def scanned(self) -> bool:
        """Whether `anywhere` walks all the terms that begin with the word."""
        return self.written and 1 < len(self.text) < GRAM

    @property
    def telling(self) -> bool:
        """Whether few documents contain the word, as a rule."""
        return len(self.text) >= (GRAM if self.written else 2)

    @property
    def sure(self) -> tuple[bool, bool]:
        """Whether whatever `first` and `anywhere` find contains the word, so that nobody need look."""
        if not self.written:
            return len(self.text) <= 2, len(self.text) <= 2
        first = len(self.text) <= (REACH if self.text.isdecimal() else INITIALS)
        return first and not self.dialled, len(self.text) <= GRAM and not self.dialled

    def _spoken(self) -> str:
        text = self.text
        if len(text) <= REACH:
            ways = [_quote("^" + text, True)]
        else:
            ways = [_quote("^" + text[:WHOLE], len(text) < WHOLE), _quote("^" + text[:REACH])]
        if not text.isdecimal():
            ways.append(_quote("~" + text[:INITIALS], len(text) < INITIALS))
        return " OR ".join(ways)

    def anywhere(self) -> str:
        """The FTS5 expression for whatever may contain the word."""
        text = self.text
        if not self.written:
            if len(text) == 1:
                return f"{_quote('!' + text)} OR {_quote(text)}"
            return " AND ".join(f"({_quote('!' + pair)} OR {_quote(pair)})" for pair in _pairs(text))
        ways = [_quote(":" + text)] if len(text) <= 3 else []
        if len(text) > 1:
            ways.append(self._spoken())
            ways.append(f"({' AND '.join(map(_quote, _fours(text)))})" if len(text) >= GRAM else _quote(text, True))
        for one in self.dialled:
            begins = [_quote(":" + one[:3]), *(map(_quote, _fours(one)) if len(one) >= GRAM else ())]
            ways.append(f"({' AND '.join(begins)})")
        return " OR ".join(ways)

    def answers(self, plain: str, sounds: str) -> bool:
        """Whether a document, parted before its sounds, contains the word."""
        text = self.text
        if not self.written:
            return text in plain
        if len(text) == 1:
            names, _, rest = plain.partition(PART)
            phones = rest.rpartition(PART)[2]
            heard = self.begins.search(names) or self.heard.search(sounds)
            return heard is not None or any(map(self.dials, phones.split("\n")))
        if text in plain or self.heard.search(sounds):
            return True
        if self.dialled and any(map(self.dials, plain.rpartition(PART)[2].split("\n"))):
            return True
        return "-" in sounds and any(map(self.said, sounds.split("\n")))

    def within(self, text: str) -> bool:
        """Whether a name or another text contains the word; a single letter begins one of its words."""
        if self.written and len(self.text) == 1:
            return self.begins.search(text) is not None
        return self.text in text

    def said(self, sound: str) -> bool:
        """Whether a name of this sound may be typed so."""
        if not sound or not self.written:
            return False
        fulls, shorts, mixed = spelled(sound)
        if len(self.text) == 1:
            return fulls[0].startswith(self.text)
        ways = [*fulls, *mixed, *(one for one in shorts if len(one) > 1)]
        if any(way.startswith(self.text) for way in ways):
            return True
        return any(way.replace("v", "u").startswith(self.text) for way in ways if "v" in way)

    def dials(self, number: str) -> bool:
        """Whether the digits of a phone contain the word; a single digit begins them."""
        if not self.written:
            return False
        if len(self.text) == 1:
            return number.startswith(self.text)
        return self.text in number or any(number.startswith(one) for one in self.dialled)


class Tier(NamedTuple):
    """An FTS5 expression, whether all that it finds answers, and the rank of what it finds at worst."""

    match: str
    sure: bool
    rank: int


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, folded, and the words of it; all of them must be found, in any order and any text.

    Attributes:
        tiers: for names, the best first. Empty if nothing can be searched.
    """

    text: str
    words: tuple[Word, ...]
    tiers: tuple[Tier, ...]

    def holds(self, document: str) -> bool:
        """Whether a document answers to the query."""
        plain, _, sounds = document.rpartition(PART)
        return all(word.answers(plain, sounds) for word in self.words)

    def widest(self, heavy: Container[str] = ()) -> Tier | None:
        """The last tier: whatever may answer, earlier hits again; None if the names were all that there is.

        Args:
            heavy: words whose `scanned` beginning would find so many that looking is quicker; they are not asked for.
                If all are, the expression is empty and stands for everything.
        """
        asked = [word for word in self.words if word.text not in heavy]
        anywhere = " AND ".join(f"({word.anywhere()})" for word in asked)
        first = " AND ".join(f"({word.first()})" for word in self.words)
        if anywhere == first:
            return None
        sure = len(asked) == len(self.words) and all(word.sure[1] for word in asked)
        return Tier(anywhere, sure, 3)

    def rank(self, document: str) -> int:
        """0 a name that is the query, 1 one that begins with it, 2 one that contains it, 3 whatever else."""
        names = document.partition(PART)[0]
        if self.text not in names:
            return 3
        if names.startswith(self.text) or f"\n{self.text}" in names:
            return 0 if self.text in names.split("\n") else 1
        return 2


@lru_cache(maxsize=256)
def query(typed: str) -> Query:
    """Read what was typed: Chinese and Latin parted where they touch, the dashes of a phone forgotten.

    Single letters count only where they stand alone: "C-0017" asks for "0017", "j smith" for both.
    """
    plain = typed[:LONGEST].encode("utf-8", "ignore").decode().replace("\x00", " ")
    text = fold(plain)
    words: dict[str, Word] = {}
    for chunk in text.split(" "):
        pieces = PIECES.findall(chunk)
        long = [piece for piece in pieces if len(piece[0]) != 1]
        for word, signs in long or pieces:
            words.setdefault(word or signs, Word.of(word or signs, bool(word)))
    if len(words) > 1 and _COUNTRY.match(text):
        words.pop(next(iter(words)))
    few = tuple(words.values())[:MOST]
    if not few:
        return Query(text, (), ())
    first = " AND ".join(f"({word.first()})" for word in few)
    tiers = [Tier(first, all(word.sure[0] for word in few), 2)]
    if len(few) == 1 and not few[0].written and len(few[0].text) <= SHORT:
        whole = _quote("=" + few[0].text)
        tiers.insert(0, Tier(whole, True, 0))
    return Query(text, few, tuple(tiers))


def _dialled(word: str) -> tuple[str, ...]:
    """What of a number's beginning is not kept: 0086, 86, and the 0 before an area, which no mobile has."""
    if not (word.isascii() and word.isdecimal()):
        return ()
    for code in ("0086", "86"):
        if word.startswith(code) and len(word) > len(code):
            return (word[len(code) :],)
    return (word[1:],) if re.match("0(?!1[3-9]|0)[0-9]{2}", word) else ()


def _pairs(signs: str) -> list[str]:
    return _cover(signs, 2)


def _fours(word: str) -> list[str]:
    return _cover(word, GRAM)


def _cover(text: str, size: int) -> list[str]:
    """Grams that leave out no character; those between would only cost time, as every hit is looked at."""
    places = [*range(0, len(text) - size, size), len(text) - size]
    return list(dict.fromkeys(text[at : at + size] for at in places))[:MOST]


def _quote(term: str, prefix: bool = False) -> str:
    return f'"{term}"*' if prefix else f'"{term}"'
