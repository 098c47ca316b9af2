"""Whether two customers may be one: names compared as people compare them, always with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crm_tui.rules.phones import digits
from crm_tui.rules.pinyin import full, parts
from crm_tui.rules.places import part_place
from crm_tui.rules.text import fold, has_cjk, squash
from crm_tui.words import t

_CHINESE_FORMS = re.compile(
    "(?:股份有限公司|有限责任公司|集团有限公司|控股有限公司|有限公司|股份公司|责任公司|分公司|总公司|子公司|公司|股份|集团|控股|有限合伙"
    "|(?:合伙企业)?(?:有限合伙)?|个体工商户|工作室|经营部|门市部|总店|总部)$"
)
_WESTERN_FORM_TEXT = """
ltd limited inc incorporated llc llp lp corp corporation co company gmbh mbh ag kg ohg sa sarl sas bv nv plc pty pte ab
oy as aps srl spa kk kft sro zoo group holding holdings
"""
_WESTERN_FORMS = frozenset(_WESTERN_FORM_TEXT.split())
_TITLES = frozenset(["mr", "mrs", "ms", "miss", "dr", "prof", "sir", "madam", "herr", "frau"])
_CHINESE_TITLES = re.compile("(?<=..)(?:先生|女士|小姐|太太|老师|经理|总经理|主任|医生|同志)$")
_LITTLE_WORDS = frozenset(["the", "and", "of", "for", "de", "la", "und", "et"])

SUGGEST_FROM = 75
"""Matches from this score on are worth showing to a person."""


@lru_cache(maxsize=1 << 13)
def normal_name(name: str) -> str:
    """Reduce a name to what tells it from others: no company form, no title, given before family name.

    "Smith, John" gives "john smith", "ACME Holdings Ltd." gives "acme", "万方（上海）有限公司" gives "上海万方".
    """
    folded = fold(name)
    if has_cjk(folded):
        rest, place = part_place(folded)
        rest = re.sub(r"[\W_]+", "", rest)
        while (shorter := _CHINESE_FORMS.sub("", rest)) != rest and len(shorter) > 1:
            rest = shorter
        return place + _CHINESE_TITLES.sub("", rest)
    if folded.count(",") == 1:
        before, after = (part.strip() for part in folded.split(","))
        if after and not set(_words(after)) & _WESTERN_FORMS:
            folded = f"{after} {before}"
    words = [word for word in _words(folded) if word not in _TITLES] or _words(folded)
    while len(words) > 1 and words[-1] in _WESTERN_FORMS:
        words.pop()
    return " ".join(word for word in words if word not in _LITTLE_WORDS) or " ".join(words)


def _words(text: str) -> list[str]:
    """Words of a folded text; "o'neil" and "g.m.b.h." are one each."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=\w)['’.](?=\w)|\.", "", text))


def like(a: str, b: str) -> tuple[int, str]:
    """Say how alike two names are, 0 to 100, and why in a few words; 0 has no reason."""
    if not a.strip() or not b.strip():
        return 0, ""
    if fold(a) == fold(b):
        return 100, t("same name")
    one, two = normal_name(a), normal_name(b)
    if one == two:
        return 97, t("same name but for form and spelling")
    chinese = has_cjk(one), has_cjk(two)
    if chinese == (True, True):
        return _like_chinese(one, two)
    if chinese == (False, False):
        return _like_western(one, two)
    return _like_spoken(one, two) if chinese[0] else _like_spoken(two, one)


def _like_chinese(one: str, two: str) -> tuple[int, str]:
    (core, place), (other, elsewhere) = part_place(one), part_place(two)
    if core == other and len(core) > 1:
        if place and elsewhere:
            return 60, t("same name, other place")
        return 93, t("same name, place given once")
    if full(one) == full(two):
        return 78, t("sounds the same")
    short, long = sorted((core, other), key=len)
    if len(short) >= 2 and len(long) > 3 and short in long and not (place and elsewhere and place != elsewhere):
        return 70 + 20 * len(short) // len(long), t("one name contains the other")
    return _fuzzy(one, two)


def _like_western(one: str, two: str) -> tuple[int, str]:
    words, others = one.split(), two.split()
    if sorted(words) == sorted(others):
        return 95, t("same words in another order")
    if squash(one) == squash(two):
        return 95, t("same name but for form and spelling")
    if len(words) == len(others) > 1 and all(_abbreviates(x, y) for x, y in zip(words, others, strict=True)):
        return 82, t("initials stand for the same name")
    return _fuzzy(" ".join(sorted(words)), " ".join(sorted(others)))


def _abbreviates(x: str, y: str) -> bool:
    return x == y or (len(x) == 1 and y.startswith(x)) or (len(y) == 1 and x.startswith(y))


def _like_spoken(chinese: str, western: str) -> tuple[int, str]:
    sounds = [part.sound for part in parts(chinese)]
    typed = squash(western)
    ways = {"".join(sounds[turn:] + sounds[:turn]).replace("v", mark) for turn in (0, 1, 2) for mark in ("v", "u")}
    if typed in ways:
        return 90, t("same name in pinyin")
    core = full(part_place(chinese)[0])
    return (80, t("same name in pinyin")) if core == typed and len(core) > 5 else (0, "")


def _fuzzy(one: str, two: str) -> tuple[int, str]:
    from rapidfuzz import fuzz

    score = int(fuzz.ratio(one, two) * 0.92)
    return (score, t("similar name")) if score >= 50 else (score, "")


def keys(name: str, phones: Sequence[str], emails: Sequence[str]) -> set[str]:
    """The keys under which likely duplicates of a customer meet: two customers without a common key are not compared.

    "p:" phones, "e:" e-mails, "y:" the letters of the name as spoken (any order), "b:" how a longer name begins.
    """
    found = {f"p:{number}" for phone in phones if len(number := digits(phone)) >= 5}
    found |= {f"e:{folded}" for email in emails if (folded := fold(email))}
    normal = normal_name(name)
    if not normal:
        return found
    core = part_place(normal)[0] if has_cjk(normal) else normal
    spoken = full(core)
    if len(spoken) > 2:
        found.add("y:" + "".join(sorted(spoken.replace("v", "u"))))
    if has_cjk(core):
        if len(core) > 3:
            found.add("b:" + core[:2])
    else:
        found |= {"b:" + word[:5] for word in core.split()[:2] if len(word) > 3}
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared of one customer.

    Attributes:
        name: as people wrote it.
        phones: numbers as stored.
        emails: addresses.
        address: one line, may be empty.
        person: whether it is a person (many people have one name, few companies do).
    """

    name: str
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    address: str = ""
    person: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """How likely two customers are one.

    Attributes:
        score: 0 to 100.
        reasons: in words for a person, the strongest first; empty only for score 0.
    """

    score: int
    reasons: tuple[str, ...]


def compare(a: Subject, b: Subject) -> Match:
    """Weigh phones, e-mails, names and addresses of two customers."""
    from crm_tui.rules.phones import show_phone

    named, reason = like(a.name, b.name)
    mine = {digits(phone): phone for phone in a.phones if digits(phone)}
    common = [mine[one] for phone in b.phones if (one := digits(phone)) in mine]
    mails = {fold(email) for email in a.emails if email.strip()} & {fold(email) for email in b.emails}
    reasons = [t("same phone {number}", number=show_phone(number)) for number in dict.fromkeys(common)]
    reasons += [t("same e-mail {address}", address=mail) for mail in sorted(mails)]
    if reason:
        reasons.append(reason)
    near = _same_address(a.address, b.address)
    if near:
        reasons.append(t("same address"))
    if common or mails:
        score = 70 + 3 * named // 10 + (10 if common and mails else 0)
    else:
        score = named * (75 if a.person and b.person else 90) // 100
        score += 15 if near and named >= 50 else 0
        score -= 10 if a.phones and b.phones else 0
    score = max(0, min(100, score))
    return Match(score, tuple(reasons) if score else ())


def _same_address(a: str, b: str) -> bool:
    one, two = squash(a), squash(b)
    if min(len(one), len(two)) < 6:
        return False
    if one in two or two in one:
        return True
    from rapidfuzz import fuzz

    # Two house numbers of one street differ in digits only.
    return re.findall(r"\d+", one) == re.findall(r"\d+", two) and fuzz.ratio(one, two) >= 85
