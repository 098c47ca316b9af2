"""What a customer is found by: the text of a document, the terms it is indexed under, and whether a word is in it.

A document has four parts, set apart by `PART`, each of lines: names, other texts, digits of phones, sounds of Chinese
names. Its terms are a fixed function of its text, so that they can be taken out of the index again.

==========  ==========================================================================================================
``=王伟``    a whole short Chinese name
``!王 !王伟``  each character and pair of a name; without the mark those of other texts
``:w :wa``   the first one, two and three letters of a name's words, of its pinyin, its initials, and of a phone
``^wangwei``  a word of a name, or its pinyin from each syllable on, up to 12 letters
``~wxm``     its initials from each syllable on, up to 6 letters
``wind``     every four letters or digits of any word, and its last three and two
==========  ==========================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import parts
from crm_tui.rules.text import cjk_class, fold

VERSION = 1
"""Of documents and terms; documents of another version are indexed again."""

PART = "\x1f"
GRAM = 4
REACH = 12
INITIALS = 6
SHORT = 4
MOST = 12
LONGEST = 200
"""Characters of a query that count."""

# Letters and digits of a script that writes words; else Chinese, kana, hangul, and symbols such as emoji.
_SIGN = cjk_class() + "\u2190-\u2bff\U00010000-\U0001faff"
_WORD = rf"[^\W_{_SIGN}]+"
_SIGNS = f"[{_SIGN}]+"
_PIECES = re.compile(f"({_WORD})|({_SIGNS})")
_UNITS = re.compile(f"[{cjk_class()}]|{_WORD}")
_WORDS = re.compile(_WORD)
_INSIDE = re.compile(r"[^\W_][-'’.&+_]+[^\W_]")
_PLAIN = r"[!-@\[-~\u4e00-\u9fff]+"
_FOLDED = re.compile(rf"{_PLAIN}(?:[ \n]{_PLAIN})*")
_COUNTRY = re.compile(r"\+?(?:00)?86\W+\d")
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_FORM = re.compile("(?:(?:集团)?(?:股份)?有限(?:责任)?公司|公司|集团)(?:[^\u4e00-\u9fff].*)?$")


def document(names: Sequence[str], others: Sequence[str], phones: Sequence[str]) -> str:
    """The text that a customer is found by."""
    lines = _lines(names)
    numbers = "\n".join([digits(number) for number in phones])
    sounds = "\n".join([how_it_sounds(name) for name in lines.split("\n")])
    return f"{lines}{PART}{_lines(others)}{PART}{numbers}{PART}{sounds}"


def _lines(texts: Sequence[str]) -> str:
    lines = "\n".join(texts).lower()
    return lines if _FOLDED.fullmatch(lines) else "\n".join(map(folded, texts))


def folded(text: str) -> str:
    """Fold a text as documents keep it."""
    return text if _FOLDED.fullmatch(text) else fold(text)


def _joined(name: str) -> str:
    """The words of a name without the marks inside them ("o'neil", "at&t"), if there are any such words."""
    words = ["".join(_WORDS.findall(word)) for word in name.split(" ")] if _INSIDE.search(name) else []
    return " ".join([f"-{word}" for word in words if word])


@lru_cache(maxsize=1 << 12)
def how_it_sounds(name: str) -> str:
    """How a Chinese name sounds: "wang fang", "-tcl ji dian |gong.si"; empty for other names.

    A minus stands before a word that is written as it sounds, a bar where the legal form begins ("|gong.si"), in which
    no search begins.
    """
    if name.isascii() or not _CHINESE.search(name):
        return _joined(name)
    sounds = [f"-{part.sound}" if part.sound == part.written else part.sound for part in parts(name)]
    if form := _FORM.search(name):
        at = len(_UNITS.findall(name, 0, form.start()))
        if 0 < at < len(sounds):
            sounds[at:] = ["|" + ".".join(sounds[at:])]
    return " ".join(sounds)


def sounds_of(text: str) -> dict[str, str]:
    """The names of a document and how they sound."""
    return dict(zip(text.partition(PART)[0].split("\n"), text.rpartition(PART)[2].split("\n"), strict=True))


def terms(text: str) -> str:
    """The terms of a document, set apart by spaces; some may come twice."""
    names, others, phones, sounds = text.split(PART)
    found = list(map(_name_terms, names.split("\n"), sounds.split("\n")))
    found += map(_other_terms, others.split("\n"))
    for number in phones.split("\n") if phones else ():
        found += (":" + number[:1], ":" + number[:2], ":" + number[:3])
        found += [number[at : at + GRAM] for at in range(len(number) - 1)]
    return " ".join(found)


@lru_cache(maxsize=1 << 12)
def _name_terms(name: str, sound: str) -> str:
    found: list[str] = []
    for word, signs in _PIECES.findall(name):
        if signs:
            found += map("!".__add__, signs)
            found += ["!" + signs[at : at + 2] for at in range(len(signs) - 1)]
        else:
            found += [word[at : at + GRAM] for at in range(len(word) - 1)]
            found += (":" + word[:1], ":" + word[:2], ":" + word[:3], "^" + word[:REACH])
    if sound:
        found += _sound_terms(sound)
        if len(name) <= SHORT:
            found.append("=" + name)
    return " ".join(found)


@lru_cache(maxsize=1 << 12)
def _other_terms(line: str) -> str:
    found: list[str] = []
    for word, signs in _PIECES.findall(line):
        if signs:
            found += signs
            found += [signs[at : at + 2] for at in range(len(signs) - 1)]
        else:
            found += [word[at : at + GRAM] for at in range(len(word) - 1)]
    return " ".join(found)


def _sound_terms(sound: str) -> list[str]:
    fulls, shorts, mixed = spelled(sound)
    whole, short = fulls[0], shorts[0]
    found = [":" + whole[:1], ":" + whole[:2], ":" + whole[:3], ":" + short[:2], ":" + short[:3]]
    found += ["^" + one[:REACH] for one in fulls]
    found += ["^" + one[:REACH] for one in mixed]
    found += ["~" + one[:INITIALS] for one in shorts if len(one) > 1]
    if "v" in whole:
        found += [term.replace("v", "u") for term in found if "v" in term]
    return found


def spelled(sound: str) -> tuple[list[str], list[str], list[str]]:
    """How a name may be typed, from each syllable on: in full, by initials, and (short names) the first in full."""
    starts: list[tuple[int, int, str]] = []
    whole, short = "", ""
    head, _, form = sound.partition("|")
    for part in head.split():
        said, letter = (part[1:], part[1:]) if part[0] == "-" else (part, part[0])
        starts.append((len(whole), len(short), said))
        whole, short = whole + said, short + letter
    for part in form.split(".") if form else ():
        said, letter = (part[1:], part[1:]) if part[0] == "-" else (part, part[0])
        whole, short = whole + said, short + letter
    mixed: list[str] = []
    if len(starts) <= SHORT and not form:
        mixed = [
            said + short[at + 1 :] for _, at, said in starts[:-1] if len(said) > 1 and not short[at:].startswith(said)
        ]
    return [whole[at:] for at, _, _ in starts], [short[at:] for _, at, _ in starts], mixed


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
        full = "[ |.-]*".join("[uv]" if letter == "u" else re.escape(letter) for letter in text)
        short = "[a-z]*[ |.]".join(map(re.escape, text))
        return cls(
            text,
            written,
            _dialled(text) if written else (),
            re.compile(rf"(?:^|[\W_{_SIGN}]){re.escape(text)}" if len(text) == 1 else "$^"),
            re.compile(f"(?:^|[ \n])(?:-?{full}|{short})" if len(text) > 1 else f"(?:^|\n)-?{full}"),
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
    def sure(self) -> tuple[bool, bool]:
        """Whether whatever `first` and `anywhere` find contains the word, so that nobody need look."""
        if not self.written:
            return len(self.text) <= 2, len(self.text) <= 2
        first = len(self.text) <= (REACH if self.text.isdecimal() else INITIALS)
        return first and not self.dialled, len(self.text) <= GRAM and not self.dialled

    def _spoken(self) -> str:
        if self.text.isdecimal():
            return _quote("^" + self.text[:REACH], len(self.text) < REACH)
        return " OR ".join(
            _quote(mark + self.text[:reach], len(self.text) < reach) for mark, reach in (("^", REACH), ("~", INITIALS))
        )

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
            ways.append(_quote(":" + one) if len(one) <= 3 else f"({' AND '.join(map(_quote, _fours(one)))})")
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
        return any(map(self.said, sounds.split("\n")))

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
        tiers: the best first; none finds again what an earlier one did. Empty if nothing can be searched.
    """

    text: str
    words: tuple[Word, ...]
    tiers: tuple[Tier, ...]

    def holds(self, document: str) -> bool:
        """Whether a document answers to the query."""
        plain, _, sounds = document.rpartition(PART)
        return all(word.answers(plain, sounds) for word in self.words)

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
        pieces = _PIECES.findall(chunk)
        long = [piece for piece in pieces if len(piece[0]) != 1]
        for word, signs in long or pieces:
            words.setdefault(word or signs, Word.of(word or signs, bool(word)))
    if len(words) > 1 and _COUNTRY.match(text):
        words.pop(next(iter(words)))
    few = tuple(words.values())[:MOST]
    if not few:
        return Query(text, (), ())
    first = " AND ".join(f"({word.first()})" for word in few)
    anywhere = " AND ".join(f"({word.anywhere()})" for word in few)
    tiers = [Tier(first, all(word.sure[0] for word in few), 2)]
    if len(few) == 1 and not few[0].written and len(few[0].text) <= SHORT:
        whole = _quote("=" + few[0].text)
        tiers = [Tier(whole, True, 0), Tier(f"({first}) NOT {whole}", tiers[0].sure, 2)]
    if anywhere != first:
        tiers.append(Tier(f"({anywhere}) NOT ({first})", all(word.sure[1] for word in few), 3))
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
    pairs = list(dict.fromkeys(signs[at : at + 2] for at in range(len(signs) - 1)))
    return pairs[:MOST]


def _fours(word: str) -> list[str]:
    fours = list(dict.fromkeys(word[at : at + GRAM] for at in range(len(word) - GRAM + 1)))
    return fours[:MOST]


def _quote(term: str, prefix: bool = False) -> str:
    return f'"{term}"*' if prefix else f'"{term}"'
