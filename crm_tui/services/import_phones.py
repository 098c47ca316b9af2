"""Phone numbers of a cell, read as the row's own country writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crm_tui.rules.phones import Phone, parse_phones
from crm_tui.rules.text import fold

_PIECES = re.compile(r"[;,/|；，、\n]")
_PROSE = 18
"""More letters than that in one piece of a cell are no label of a phone number."""

_NAMES = {
    "US": "us usa u.s. u.s.a. america 美国 united_states united_states_of_america",
    "CA": "ca canada 加拿大",
    "GB": "gb uk u.k. britain england 英国 united_kingdom great_britain",
    "DE": "de germany deutschland 德国",
    "FR": "fr france 法国",
    "IT": "it italy italia 意大利",
    "ES": "es spain españa 西班牙",
    "NL": "nl netherlands 荷兰",
    "CH": "ch switzerland schweiz 瑞士",
    "JP": "jp japan 日本",
    "KR": "kr korea south_korea 韩国",
    "AU": "au australia 澳大利亚",
    "SG": "sg singapore 新加坡",
    "HK": "hk hong_kong 香港 中国香港",
    "TW": "tw taiwan 台湾 中国台湾",
    "MY": "my malaysia 马来西亚",
    "IN": "in india 印度",
    "CN": "cn china prc 中国",
}
_REGIONS = {fold(name.replace("_", " ")): region for region, names in _NAMES.items() for name in names.split()}


def region_of(countries: Iterable[str]) -> str | None:
    """The region whose way of writing numbers the row follows, None if its addresses do not tell."""
    return next((region for country in countries if (region := _REGIONS.get(fold(country)))), None)


def read_phones(text: str, home: str, abroad: str | None) -> list[Phone]:
    """The numbers of a cell: as at home, else as in the row's country; prose is not searched for numbers."""
    if len(text) > _PROSE and any(sum(map(str.isalpha, piece)) > _PROSE for piece in _PIECES.split(text)):
        return [Phone(text, None, False)]
    found = parse_phones(text, home)
    if abroad and abroad != home and not all(phone.ok for phone in found):
        there = parse_phones(text, abroad)
        if sum(phone.ok for phone in there) > sum(phone.ok for phone in found):
            return there
    return found
