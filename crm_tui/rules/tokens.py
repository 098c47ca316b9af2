"""Tokens of the search index, and queries over them: what a customer is found by, and why.

A document is one line of tokens for an FTS5 table with `detail=none` (no columns, no phrases), so the kind of a token
stands in a marker letter before it. Names have none: their one, two and three letters are what `prefix='1 2 3'` serves.

=========  ==============================================================================================
(none)     names: Chinese pairs and each run's last character, Latin words, pinyin in full and as initials
``ǃ``      the same without pinyin for other texts
``ǀ``      the first four letters of a name (shorter: the whole name), so that beginnings come first
``ǂ``      every four digits of a phone number, and its last three
``ǁ``      the first two digits of a phone number
=========  ==============================================================================================

A query finds a superset by these; `Query.verify` then proves each hit on its texts. Works with the tokenizers `ascii`
and `unicode61`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_tui.rules.phones import digit_forms
from crm_tui.rules.pinyin import parts
from crm_tui.rules.places import place_at_start
from crm_tui.rules.text import cjk_class, fold

OTHER, START, WINDOW, LEADING = "ǃ", "ǀ", "ǂ", "ǁ"
VERSION = 1
"""Raised whenever the same texts give other tokens, so that stores index again."""

_LONGEST = 24
_SYMBOLS = "\u2190-\u2bff\U00010000-\U0001faff"
_HAN = f"{cjk_class()}{_SYMBOLS}"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_PIECE = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_TERM = re.compile(rf"[{_HAN}]+|[^\s{_HAN}]+")
_WORD = re.compile(rf"[^\W_{_HAN}]+")
_JOINED = re.compile(rf"[^\W_{_HAN}]+(?:[-'’.&+_][^\W_{_HAN}]+)+")
# Characters that unicode61 takes for separators because it is older than they are.
_RARE = re.compile("[\u2190-\u2bff\u4db6-\u4dbf\u9fcd-\u9fff\U00010000-\U0010ffff]")


def _plain(tokens: str) -> str:
    """Spell out characters that an older tokenizer would drop."""
    if tokens.isascii() or not _RARE.search(tokens):
        return tokens
    return _RARE.sub(lambda match: f"ʘ{ord(match[0]):x}ʘ", tokens)


def _grams(run: str) -> list[str]:
    """Pairs of neighbours, and the last character alone: each character begins one of them."""
    return [run[at : at + 2] for at in range(len(run))]


def _words(folded: str) -> list[str]:
    """The Latin words and numbers of a folded text; "o'neil" also gives "oneil"."""
    found = _WORD.findall(folded)
    if len(found) > 1 and "@" not in folded and (joined := _JOINED.findall(folded)):
        found += ["".join(_WORD.findall(one)) for one in joined]
    return found


@lru_cache(maxsize=1 << 10)
def _spoken(name: str) -> tuple[str, ...]:
    """How a name with Chinese in it may be typed in letters, from a place where people begin."""
    if name.isascii():
        return ()
    said = parts(name)
    if not any(part.written != part.sound for part in said):
        return ()
    sounds = [part.sound for part in said]
    letters = [part.sound[0] if part.sound != part.written else part.sound for part in said]
    begins = [0]
    if len(said) <= 4:
        begins += range(1, len(said))
    elif place := place_at_start(fold(name)):
        # Company names begin with a place, and people type what follows.
        begins.append(len(place))
    found: list[str] = []
    for begin in begins:
        found.append("".join(sounds[begin:]))
        if len(said) - begin > 1:
            found.append("".join(letters[begin:]))
            if len(said) <= 4:
                found.append(sounds[begin] + "".join(letters[begin + 1 :]))
    found += [one.replace("v", "u") for one in found if "v" in one]
    return tuple(dict.fromkeys(found))


def _name_tokens(name: str) -> list[str]:
    folded = fold(name)
    found: list[str] = []
    if not folded.isascii():
        for run in _HAN_RUN.findall(folded):
            found += _grams(run)
    found += [_cut(word) for word in _words(folded)]
    found += [_cut(way) for way in _spoken(name)]
    start = folded if folded.isalnum() else "".join(_PIECE.findall(folded))
    if start:
        found.append(START + start[:4])
    return found


@lru_cache(maxsize=1 << 12)
def _other_tokens(other: str) -> tuple[str, ...]:
    folded = fold(other)
    found = [OTHER + _cut(word) for word in _words(folded)]
    if not folded.isascii():
        for run in _HAN_RUN.findall(folded):
            found += [OTHER + gram for gram in _grams(run)]
    return tuple(found)


def _cut(word: str) -> str:
    return word if len(word) <= _LONGEST else word[:_LONGEST]


def _phone_tokens(number: str) -> list[str]:
    found: list[str] = []
    forms = digit_forms(number)
    for form in forms:
        found.append(LEADING + form[:2])
        if form not in forms[0] or form is forms[0]:
            found += [WINDOW + form[at : at + 4] for at in range(len(form) - 3)]
    if forms:
        found.append(WINDOW + forms[0][-3:])
    return found


def document_tokens(names: Sequence[str], others: Sequence[str], phones: Sequence[str]) -> str:
    """Make the line of tokens of one customer.

    Args:
        names: the customer's name and those of its contacts; found by pinyin too, and first.
        others: every other text it is found by (number, city, tags, e-mail addresses).
        phones: numbers as stored (E.164 or text).
    """
    found: list[str] = []
    for name in names:
        found += _name_tokens(name)
    for other in others:
        found += _other_tokens(other)
    for phone in phones:
        found += _phone_tokens(phone)
    return _plain(" ".join(dict.fromkeys(found)))


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a document must contain.

    Attributes:
        text: folded, as typed.
        pieces: its words, or the text itself if it is Chinese.
        han: whether it is searched character by character.
        digits: the digits of a number as dialled, else empty.
    """

    text: str
    pieces: tuple[str, ...]
    han: bool
    digits: str

    @property
    def joined(self) -> str:
        """The pieces without what stood between them."""
        return "".join(self.pieces)

    def match(self, mark: str) -> str:
        """The FTS5 expression for texts (not phones) whose tokens carry `mark`."""
        if self.han and len(self.text) > 1:
            return " AND ".join(_quote(mark + self.text[at : at + 2]) for at in range(len(self.text) - 1))
        if self.han or len(self.pieces) == 1:
            return _quote(mark + self.joined, prefix=True)
        pieces = " AND ".join(_quote(mark + piece, prefix=True) for piece in self.pieces)
        return f"({pieces}) OR {_quote(mark + self.joined, prefix=True)}"

    def match_phone(self) -> str:
        """The FTS5 expression for phone numbers that contain (one or two digits: begin with) the digits."""
        if len(self.digits) < 3:
            return _quote(LEADING + self.digits, prefix=True)
        if len(self.digits) == 3:
            return _quote(WINDOW + self.digits, prefix=True)
        windows = dict.fromkeys(self.digits[at : at + 4] for at in range(len(self.digits) - 3))
        return " AND ".join(_quote(WINDOW + window) for window in windows)

    def match_any(self) -> str:
        """The FTS5 expression for a document that may contain the term anywhere."""
        ways = [self.match(""), self.match(OTHER)]
        if self.digits:
            ways.append(self.match_phone())
        return " OR ".join(f"({way})" for way in ways)

    def within(self, folded: str) -> bool:
        """Tell whether a folded text contains the term: Chinese anywhere, words by their beginning."""
        if self.han:
            return self.text in folded
        if len(self.pieces) > 1 and self.text in folded:
            return True
        words = _words(folded)
        if any(word.startswith(self.joined) for word in words):
            return True
        return len(self.pieces) > 1 and all(any(w.startswith(piece) for w in words) for piece in self.pieces)

    def spoken(self, name: str) -> bool:
        """Tell whether the name may be typed in letters beginning with the term."""
        return not self.han and any(way.startswith(self.joined) for way in _spoken(name))

    def dialled(self, number: str) -> bool:
        """Tell whether a phone number contains the digits; one or two must begin it."""
        if not self.digits:
            return False
        if len(self.digits) < 3:
            return any(form.startswith(self.digits) for form in digit_forms(number))
        return any(self.digits in form for form in digit_forms(number))


def _quote(token: str, prefix: bool = False) -> str:
    marked = token[:1] in (OTHER, START, WINDOW, LEADING)
    cut = token[: _LONGEST + marked]
    return f'"{_plain(cut)}"' + ("*" if prefix or len(token) > len(cut) else "")


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed.

    Attributes:
        terms: all of them must be found, in any order and any field.
        tiers: FTS5 MATCH expressions, the best first; later ones find the earlier hits again. Empty if nothing was
            typed that can be searched.
    """

    terms: tuple[Term, ...]
    tiers: tuple[str, ...]

    def verify(self, names: Sequence[str], others: Sequence[str], phones: Sequence[str]) -> tuple[str, str] | None:
        """Prove a hit and say why: (field, text), field being "name", "pinyin", "phone" or "other".

        Of several reasons the one that the name alone does not show is given. None: not a hit.
        """
        reason: tuple[str, str] | None = None
        for term in self.terms:
            why = _why(term, names, others, phones)
            if why is None:
                return None
            if reason is None or (reason[0] == "name" and why[0] != "name"):
                reason = why
        return reason


def _why(term: Term, names: Sequence[str], others: Sequence[str], phones: Sequence[str]) -> tuple[str, str] | None:
    for name in names:
        if term.within(fold(name)):
            return ("name", name)
    for name in names:
        if term.spoken(name):
            return ("pinyin", name)
    for number in phones:
        if term.dialled(number):
            return ("phone", number)
    for other in others:
        if term.within(fold(other)):
            return ("other", other)
    return None


def _term(text: str) -> Term | None:
    if _HAN_RUN.match(text):
        return Term(text, (text,), True, "")
    pieces = tuple(_WORD.findall(text))
    if not pieces:
        return None
    first, last = text.index(pieces[0]), text.rindex(pieces[-1]) + len(pieces[-1])
    digits = "".join(pieces)
    if not (digits.isascii() and digits.isdecimal()):
        digits = ""
    elif digits.startswith("0086"):
        digits = digits[2:]
    return Term(text[first:last], pieces, False, digits)


@lru_cache(maxsize=256)
def query(text: str) -> Query:
    """Read what was typed: words in any order, Chinese and Latin parted where they touch."""
    terms = tuple(dict.fromkeys(term for one in _TERM.findall(fold(text)) if (term := _term(one))))
    if not terms:
        return Query((), ())
    tiers: list[str] = []
    start = "".join(term.joined for term in terms)
    in_names = " AND ".join(f"({term.match('')})" for term in terms)
    if len(start) < 4:
        tiers.append(f"{_quote(START + start)} AND {in_names}")
    tiers.append(f"{_quote(START + start[:4], prefix=True)} AND {in_names}")
    tiers.append(in_names)
    tiers.append(" AND ".join(f"({term.match_any()})" for term in terms))
    return Query(terms, tuple(tiers))
