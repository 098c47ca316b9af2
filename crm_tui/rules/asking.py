"""What a person asks for: words, the FTS5 expressions that find who may answer, and whether a document does."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crm_tui.rules.terms import GRAM, INITIALS, PART, PIECES, REACH, SHORT, SIGN, WHOLE, spelled
from crm_tui.rules.text import fold

MOST = 12
"""Words of a query, and grams of a word, that count."""

LONGEST = 200
"""Characters of a query that count."""

WORST = 4
"""The rank of what answers neither with its name nor with a number's end."""

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
        ways = [_quote(":" + text)] if len(text) <= 3 else [self._spoken()]
        if self.scanned:
            ways += [_quote("::" + text), _quote(text, True)]
        elif len(text) >= GRAM:
            ways.append(f"({' AND '.join(map(_quote, _fours(text)))})")
        for one in self.dialled:
            begins = [_quote(":" + one[:3]), *(map(_quote, _fours(one)) if len(one) >= GRAM else ())]
            ways.append(f"({' AND '.join(begins)})")
        return " OR ".join(ways)

    def sieve(self, text: str) -> tuple[str, list[str]]:
        """SQL that holds for whatever document has the word before its sounds, and its parameters.

        Args:
            text: the SQL that gives the document.
        """
        ways = [self.text, *self.dialled]
        inside = f"(instr({text}, ?) AND instr(substr({text}, instr({text}, ?)), '{PART}'))"
        return f"({' OR '.join([inside] * len(ways))})", [way for way in ways for _ in range(2)]

    def spelled(self) -> str:
        """The FTS5 expression for what begins with these two or three letters, or is spelled so."""
        return f"{self.first()} OR {_quote('::' + self.text)}"

    def ends(self) -> Tier:
        """The tier of what ends with these digits."""
        inside = _fours(self.text) if len(self.text) >= GRAM else []
        return Tier(" AND ".join(map(_quote, [*inside, self.text[1 - GRAM :]])), False, 1, True)

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


@dataclass(frozen=True, slots=True)
class Joined(Word):
    """Letters with a mark between them, some of them so few that each for itself would tell little: "xi'an", "at&t".

    Attributes:
        typed: finds it as it was typed, whatever the mark is.
        around: FTS5 terms of the words that the mark parts.
    """

    typed: re.Pattern[str]
    around: tuple[str, ...]

    @classmethod
    def read(cls, pieces: Sequence[tuple[str, str]]) -> Joined | None:
        """Read the pieces of a chunk; None if they are something else."""
        parts = [word for word, _ in pieces]
        if len(parts) < 2 or not all(map(str.isalpha, parts)) or all(len(part) >= GRAM for part in parts):
            return None
        around = [term for part in parts[:-1] if len(part) > 1 for term in (*_fours(part), part[1 - GRAM :])]
        around += _fours(parts[-1])
        if not around:
            return None
        word = Word.of("".join(parts), True)
        typed = re.compile(r"(?:[^\w\s]|_)+ ?".join(map(re.escape, parts)))
        return cls(word.text, True, (), word.begins, word.heard, typed, tuple(dict.fromkeys(around)))

    @property
    def scanned(self) -> bool:
        """Never: the words around the mark are known to end or begin there."""
        return False

    @property
    def sure(self) -> tuple[bool, bool]:
        """Never: the mark is not in the index."""
        return False, False

    def anywhere(self) -> str:
        """The FTS5 expression for whatever may contain it."""
        said = self.spelled() if len(self.text) < GRAM else self._spoken()
        return f"{said} OR ({' AND '.join(map(_quote, self.around))})"

    def answers(self, plain: str, sounds: str) -> bool:
        """Whether a document, parted before its sounds, contains it or a name that is said so."""
        if self.typed.search(plain) or self.heard.search(sounds):
            return True
        return "-" in sounds and any(map(self.said, sounds.split("\n")))

    def within(self, text: str) -> bool:
        """Whether a text contains it."""
        return self.typed.search(text) is not None


class Tier(NamedTuple):
    """An FTS5 expression, whether all that it finds answers, and the rank of what it finds at worst.

    Where `alone` is set, only hits of that rank or a better one are meant; the others come with a later tier.
    """

    match: str
    sure: bool
    rank: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, folded, and the words of it; all of them must be found, in any order and any text.

    Attributes:
        tiers: for names, the best first. Empty if nothing can be searched.
        digits: whether it is one row of two digits or more.
    """

    text: str
    words: tuple[Word, ...]
    tiers: tuple[Tier, ...]
    digits: bool = False

    def holds(self, document: str) -> bool:
        """Whether a document answers to the query."""
        plain, _, sounds = document.rpartition(PART)
        return all(word.answers(plain, sounds) for word in self.words)

    def widest(self) -> Tier | None:
        """The last tier: whatever may answer, earlier hits again; None if the names were all that there is."""
        whole = self._all(self.words)
        first = " AND ".join(f"({word.first()})" for word in self.words)
        return whole if whole.match != first else None

    def without(self, words: Collection[Word]) -> Tier:
        """The widest tier with some words left out, which documents are to be held against; empty without any word."""
        rest = [word for word in self.words if word not in words]
        return self._all(rest)._replace(sure=False)

    def spelled(self, heavy: Word) -> Tier:
        """What is found without a word of two or three letters and begins with it, or is spelled so."""
        rest = self._all([word for word in self.words if word is not heavy])
        match = f"({heavy.spelled()})" + (f" AND {rest.match}" if rest.match else "")
        return Tier(match, rest.sure and not heavy.dialled, WORST)

    def _all(self, words: Sequence[Word]) -> Tier:
        match = " AND ".join(f"({word.anywhere()})" for word in words)
        return Tier(match, all(word.sure[1] for word in words), WORST)

    def rank(self, document: str) -> int:
        """How well a document answers, 0 at best.

        A name that is the query; digits: a number that ends with them, one that begins with them; else: a name that
        begins with it, one that contains it; last whatever else.
        """
        names, _, rest = document.partition(PART)
        rank = WORST
        if self.text in names:
            rank = 2 if names.startswith(self.text) or f"\n{self.text}" in names else 3
            if rank == 2 and self.text in names.split("\n"):
                return 0
        if self.digits and self.text in rest:
            others, phones, _ = rest.split(PART)
            if any(line.endswith(self.text) for line in f"{phones}\n{others}".split("\n")):
                return 1
            if phones.startswith(self.text) or f"\n{self.text}" in phones:
                return 2
        return max(rank, 3) if self.digits else rank


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
        if joined := Joined.read(pieces):
            words.setdefault(joined.typed.pattern, joined)
            continue
        long = [piece for piece in pieces if len(piece[0]) != 1]
        for word, signs in long or pieces:
            words.setdefault(word or signs, Word.of(word or signs, bool(word)))
    if len(words) > 1 and _COUNTRY.match(text):
        words.pop(next(iter(words)))
    few = tuple(words.values())[:MOST]
    if not few:
        return Query(text, (), ())
    first = " AND ".join(f"({word.first()})" for word in few)
    tiers = [Tier(first, all(word.sure[0] for word in few), 3)]
    if len(few) == 1 and not few[0].written and len(few[0].text) <= SHORT:
        whole = _quote("=" + few[0].text)
        tiers.insert(0, Tier(whole, True, 0))
    digits = len(few) == 1 and text == few[0].text and len(text) > 1 and text.isascii() and text.isdecimal()
    return Query(text, few, (few[0].ends(), *tiers) if digits else tuple(tiers), digits)


def _dialled(word: str) -> tuple[str, ...]:
    """What of a number's beginning is not kept: 0086, 86, and the 0 before an area, which no mobile has."""
    if not (word.isascii() and word.isdecimal()):
        return ()
    for code in ("0086", "86"):
        if word.startswith(code) and len(word) > len(code):
            return (word[len(code) :],)
    return (word[1:],) if re.match("0(?!1[3-9]|0)[0-9]{2}", word) else ()


def _pairs(signs: str) -> list[str]:
    """All pairs: to meet two lists costs a tenth of looking at a document."""
    return list(dict.fromkeys(signs[at : at + 2] for at in range(len(signs) - 1)))[:MOST]


def _fours(word: str) -> list[str]:
    """Grams that leave out no letter; few documents have these but not those between."""
    if len(word) < GRAM:
        return []
    places = [*range(0, len(word) - GRAM, GRAM), len(word) - GRAM]
    return list(dict.fromkeys(word[at : at + GRAM] for at in places))[:MOST]


def _quote(term: str, prefix: bool = False) -> str:
    return f'"{term}"*' if prefix else f'"{term}"'
