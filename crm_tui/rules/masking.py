"""Hides phones, e-mails and money in a text that somebody over the shoulder could read: "138****1234".

What is masked keeps its length in characters and in cells, so that nothing on a screen moves.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import east_asian_width

LEAST = 7
"""So many digits in a row make a phone number; fewer are a count, a year, an extension."""

_TAIL = 4
_HEAD = 3
_LONG = 11
"""From so many digits on the first ones say only the country or the network, and stay."""

_STARS = 3
_SIZES = " kKmMwW百千万亿"
"""What may stand behind an amount and tell its size."""

_KEPT = r"""
    (?P<kept>
        (?<!\d)(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])\2(?:0?[1-9]|[12]\d|3[01])(?!\d)
      | (?<!\d)(?:19|20)\d\d(?:[ ]|[ ]?[-–/][ ]?)(?:19|20)\d\d(?!\d)
      | (?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-T]\d{6}(?!\d)
    )"""
_EMAIL = r"""(?P<email>[^\s@,;:()<>\[\]"'，；：（）「」]+@[^\s@,;:()<>\[\]"'，；：（）「」]+)"""
_SIGN = r"(?:(?:HK|US|NT|A|C)?[¥￥$€£₩]|(?<![A-Za-z])(?:CNY|RMB|USD|EUR|GBP|HKD|TWD|JPY))"
_UNIT = r"(?:[百千万亿]?[元圆]|块钱|(?:CNY|RMB|USD|EUR|GBP|HKD|TWD|JPY)(?![A-Za-z]))"
_AMOUNT = r"\d[\d,]*(?:\.\d+)?"
_MONEY = rf"""
    (?P<money>
        {_SIGN}[ ]?[-−]?{_AMOUNT}[ ]?[kKmMwW百千万亿]*
      | (?<![\d.,]){_AMOUNT}[ ]?{_UNIT}
      | [零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{{2,}}[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*
    )"""
_PHONE = r"""
    (?P<phone>(?<![0-9A-Za-z_.,*])(?<![A-Z]-)(?:
        \+\d{1,4}(?:(?:[ .\-/]|\)[ ]?|[ ]?\()?\d+)+
      | 0\d(?:[ .\-]\d\d){4}(?!\d)
      | \d{3}\.\d{3}\.\d{4}(?!\d)
      | \(?(?:0\d{1,4}|\d{3,5})(?:[ \-/]|\)[ ]?)\d{3,8}(?:[ \-]\d{3,8}){0,2}(?!\d)
      | \d{7,24}(?!\d)
    ))"""
_SECRET = re.compile("|".join((_KEPT, _EMAIL, _MONEY, _PHONE)), re.VERBOSE)


def mask_text(text: str) -> str:
    """`text` with stars for what should not be read in passing; dates, times and counts stay."""
    if text.isascii() and text.isalpha():
        return text
    return _SECRET.sub(_masked, text)


def mask_money(text: str) -> str:
    """An amount without its digits, for a column whose header has the unit; an empty one stays empty."""
    return "***" if any(sign.isdigit() for sign in text) else text


def _masked(match: re.Match[str]) -> str:
    found = match.group()
    hide = _HIDERS.get(match.lastgroup or "")
    return hide(found) if hide is not None else found


def _phone(found: str) -> str:
    places = [place for place, sign in enumerate(found) if sign.isdigit()]
    if len(places) < LEAST:
        return found
    head = _HEAD if len(places) >= _LONG else 0
    hidden = set(places[head:-_TAIL])
    return "".join(_star(sign) if place in hidden else sign for place, sign in enumerate(found))


def _email(found: str) -> str:
    """The first letter, the @ and the dots stay."""
    return found[0] + "".join(sign if sign in "@.…" else _star(sign) for sign in found[1:])


def _money(found: str) -> str:
    """Three stars whatever the amount, for its length would tell the size; blanks keep the room."""
    places = [place for place, sign in enumerate(found) if sign.isdigit()]
    if not places:
        return "".join(map(_star, found))
    first, last = places[0], places[-1] + len(found[places[-1] + 1 :]) - len(found[places[-1] + 1 :].lstrip(_SIZES))
    hidden = [_star(sign) if place < _STARS else _blank(sign) for place, sign in enumerate(found[first : last + 1])]
    return found[:first] + "".join(hidden) + found[last + 1 :]


def _star(sign: str) -> str:
    return "＊" if _wide(sign) else "*"


def _blank(sign: str) -> str:
    return "\u3000" if _wide(sign) else " "


def _wide(sign: str) -> bool:
    return east_asian_width(sign) in "WF"


_HIDERS: dict[str, Callable[[str], str]] = {"phone": _phone, "email": _email, "money": _money}
