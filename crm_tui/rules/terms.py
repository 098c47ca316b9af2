"""What a customer is found by: the text of a document, and the terms it is indexed under.

A document has four parts, set apart by `PART`, each of lines: names, other texts, digits of phones, sounds of Chinese
names. Its terms are a fixed function of its text, so that they can be taken out of the index again.

==========  ==========================================================================================================
``=王伟``    a whole short Chinese name
``!王 !王伟``  each character and pair of a name; without the mark those of other texts
``:w :wa``   the first one, two and three letters of a name's words, of its pinyin, its initials, and of a phone
``::fa``     the two and three letters that pinyin, initials and a mix of both begin with from a later syllable on
``^wangwei``  a word of a name, or its pinyin from each syllable on, up to 12 letters (20 from the first)
``~wxm``     its initials from each syllable on, up to 6 letters
``wind``     every four letters or digits of any word, and its last three and two
==========  ==========================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import parts
from crm_tui.rules.text import cjk_class, fold

VERSION = 2
"""Of documents and terms; documents of another version are indexed again."""

PART = "\x1f"
GRAM = 4
REACH = 12
"""Letters of a word, or of a pinyin from some syllable on, that are indexed."""

WHOLE = 20
"""Letters of a pinyin from its first syllable on that are indexed: a city, a surname and a given name."""

INITIALS = 6
SHORT = 4
"""Up to here a name is a person's: found whole, and by mixed pinyin."""


# Letters and digits of a script that writes words; else Chinese, kana, hangul, and symbols such as emoji.
SIGN = cjk_class() + "\u2190-\u2bff\U00010000-\U0001faff"
_WORD = rf"[^\W_{SIGN}]+"
_SIGNS = f"[{SIGN}]+"
PIECES = re.compile(f"({_WORD})|({_SIGNS})")
_UNITS = re.compile(f"[{cjk_class()}]|{_WORD}")
_WORDS = re.compile(_WORD)
_RUNS = re.compile(_SIGNS)
_INSIDE = re.compile(r"[^\W_][-'’.&+_]+[^\W_]")
_PLAIN = r"[!-@\[-~\u4e00-\u9fff]+"
_FOLDED = re.compile(rf"{_PLAIN}(?:[ \n]{_PLAIN})*")
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
    written, _, sounds = text.rpartition(PART)
    names, others, phones = written.split(PART)
    found = [word[at : at + GRAM] for word in _WORDS.findall(written) for at in range(len(word) - 1)]
    for word in _WORDS.findall(names):
        found += (":" + word[:1], ":" + word[:2], ":" + word[:3], "^" + word[:REACH])
    if not names.isascii():
        for signs in _RUNS.findall(names):
            found += map("!".__add__, signs)
            found += ["!" + signs[at : at + 2] for at in range(len(signs) - 1)]
    if not others.isascii():
        for signs in _RUNS.findall(others):
            found += signs
            found += [signs[at : at + 2] for at in range(len(signs) - 1)]
    for number in phones.split("\n") if phones else ():
        found += (":" + number[:1], ":" + number[:2], ":" + number[:3])
    if len(sounds) > names.count("\n"):
        for name, sound in zip(names.split("\n"), sounds.split("\n"), strict=True):
            if sound:
                found.append(_sound_terms(sound))
                if len(name) <= SHORT:
                    found.append("=" + name)
    return " ".join(found)


@lru_cache(maxsize=1 << 12)
def _sound_terms(sound: str) -> str:
    fulls, shorts, mixed = spelled(sound)
    whole, short = fulls[0], shorts[0]
    found = [":" + whole[:1], ":" + whole[:2], ":" + whole[:3], "^" + whole[:WHOLE], ":" + short[:2], ":" + short[:3]]
    if len(short) > 1:
        found.append("~" + short[:INITIALS])
    for one in fulls[1:]:
        found += ("::" + one[:2], "::" + one[:3], "^" + one[:REACH])
    for one in shorts[1:]:
        if len(one) > 1:
            found += ("::" + one[:2], "::" + one[:3], "~" + one[:INITIALS])
    for one in mixed:
        found += ("::" + one[:3], "^" + one[:REACH])
    if "v" in whole:
        found += [term.replace("v", "u") for term in found if "v" in term]
    return " ".join(found)


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
