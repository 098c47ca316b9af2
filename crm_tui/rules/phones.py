"""Phone numbers out of what people type into one cell, and their digits for searching and showing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from crm_tui.rules.text import tidy


class Phone(NamedTuple):
    """One number.

    Attributes:
        number: E.164 ("+8613800138000") when valid; else the text as written, tidied.
        extension: the digits behind 转, 分机, ext.; None without.
        ok: whether `number` can be believed.
        note: what stood beside the number ("手机", "王经理"); empty without.
    """

    number: str
    extension: str | None = None
    ok: bool = True
    note: str = ""


_MOBILE = re.compile(r"(?:\+?86|0086)?[ -]?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?:\.0)?", re.ASCII)
_STORED_MOBILE = re.compile(r"\+86(1[3-9]\d{9})", re.ASCII)
_LANDLINE = re.compile(
    r"0(?:(10|2\d)[ -]?([2-8]\d{3})[ -]?(\d{4})|([3-9]\d\d)[ -]?([2-8]\d{2,3})[ -]?(\d{4}))", re.ASCII
)
_NO_ZERO = re.compile(r"(?:10|2\d)[2-8]\d{7}|[3-9]\d{2}[2-8]\d{7}", re.ASCII)
_SERVICE = re.compile(r"[48]00[ -]?\d{3}[ -]?\d{4}|[48]00[ -]?\d{4}[ -]?\d{3}|[48]00\d-\d{3}-\d{3}", re.ASCII)
_SHORT = re.compile(r"1(?:00\d\d|1[0249]|2[02]|2\d{3}|06\d{3,9})|9[56]\d{3,4}", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.ASCII | re.IGNORECASE)
_EXTENSION = re.compile(
    r"\s*(?:[,;]?\s*(?:转接?|轉|分机号?|分機|内线|ext(?:ension|n)?\b\.?|x|;ext=)|#|\*)\s*[:.]?\s*(\d{1,6})\s*号?$",
    re.IGNORECASE,
)
_DASHED_EXTENSION = re.compile(r"(0\d{2,3}[ -]?\d{7,8}|[48]00[ -]?\d{3}[ -]?\d{4})\s*-\s*(\d{1,6})", re.ASCII)
_BRACKETS = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_LABEL = re.compile(r"^[^\W\d_]+(?:[ .]+[^\W\d_]+)*\s*[:.]?\s*(?=[+(\d])")
_TRAILER = re.compile(r"(?<=\d)\s*[^\W\d_](?:[^\W\d_]| )*$")
_BETWEEN = re.compile(r"[;、,|\n\r\t]|或|\bor\b|(?<=\d)\s*/\s*(?=[\d(+\w])|/\s|\s/", re.IGNORECASE)
_JUNK = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー", "-") | {"。": ".", "・": "-", "·": "-"})
_EXCEL_SHOWS = 6


def parse_phones(text: str, region: str = "CN") -> list[Phone]:
    """Read every phone number of one cell; what is no number comes back as text with `ok` false.

    Numbers that a spreadsheet has rounded (1.38001E+10) are not completed: their last digits are lost.
    "021-63001234/35" is two numbers that share their beginning.
    """
    if region == "CN" and (quick := _MOBILE.fullmatch(text)):
        return [Phone("+86" + "".join(quick.groups()))]
    if region == "CN" and (quick := _LANDLINE.fullmatch(text)):
        return [Phone("+86" + "".join(filter(None, quick.groups())))]
    return list(_parse(text, region))


@lru_cache(maxsize=1 << 12)
def _parse(text: str, region: str) -> tuple[Phone, ...]:
    plain = tidy(unicodedata.normalize("NFKC", text).translate(_JUNK))
    if not plain:
        return ()
    found: list[Phone] = []
    for piece in _BETWEEN.split(plain):
        piece = piece.strip(" .:/")
        if not piece:
            continue
        shared = _shared_beginning(found, piece, region)
        for phone in [shared] if shared else _chunk(piece, region):
            if phone not in found:
                found.append(phone)
    if not any(phone.ok for phone in found):
        return (Phone(tidy(text), None, False),)
    return tuple(found)


def _shared_beginning(found: list[Phone], piece: str, region: str) -> Phone | None:
    """Complete "35" after "021-63001234" to 021-63001235; None if the piece stands for itself."""
    if not (found and found[-1].ok and piece.isdecimal() and len(piece) <= 8) or _SHORT.fullmatch(piece):
        return None
    before = found[-1].number
    if re.fullmatch(r"\+861[3-9]\d{9}", before) or (len(piece) > 4 and len(piece) < 7):
        return None
    one = _one(before[: -len(piece)] + piece, region)
    return one if one.ok else None


def _chunk(piece: str, region: str) -> list[Phone]:
    """Read a piece that may still hold several numbers set apart by spaces only."""
    whole = _one(piece, region)
    words = piece.split()
    if whole.ok or len(words) == 1:
        return [whole]
    found: list[Phone] = []
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            one = _one(" ".join(words[start:end]), region)
            if one.ok:
                break
        else:
            return [whole]
        found.append(one)
        start = end
    return found


def _one(piece: str, region: str) -> Phone:
    """Read one number with its label and extension."""
    bare, note = _without_words(piece)
    extension = None
    if match := _EXTENSION.search(bare):
        bare, extension = bare[: match.start()], match[1]
    elif match := _DASHED_EXTENSION.fullmatch(bare):
        bare, extension = match[1], match[2]
    number = _e164(_unrounded(bare.strip(" -.:")), region)
    if number is None:
        return Phone(tidy(piece), None, False)
    return Phone(number, extension, True, note)


def _without_words(piece: str) -> tuple[str, str]:
    """Part "手机: 138…(王经理)" into the number and the words."""
    notes: list[str] = []

    def bracket(match: re.Match[str]) -> str:
        if any(char.isdecimal() for char in match[1]):
            return f" {match[1]} "
        notes.append(match[1].strip())
        return " "

    bare = _BRACKETS.sub(bracket, piece).strip()
    if not _EXTENSION.search(bare) and (match := _TRAILER.search(bare)):
        notes.append(match[0].strip())
        bare = bare[: match.start()]
    if match := _LABEL.match(bare):
        notes.insert(0, match[0].strip(" :."))
        bare = bare[match.end() :]
    return " ".join(bare.split()), " ".join(note for note in notes if note)


def _unrounded(bare: str) -> str:
    """Write out 1.3800138000E+10 and 13800138000.0; a number rounded to six digits stays as it is."""
    if match := _SCIENTIFIC.fullmatch(bare):
        shown, places = match[1] + (match[2] or ""), int(match[3]) + 1
        if len(shown) <= _EXCEL_SHOWS or places > 15 or shown[places:].strip("0"):
            return bare
        return shown[:places].ljust(places, "0")
    return bare.removesuffix(".0") if bare.count(".") == 1 else bare


def _e164(bare: str, region: str) -> str | None:
    """Turn one bare number into E.164 (or a service number such as 95588); None if it is not valid."""
    if len(bare) > 40 or re.search(r"[^\d+ ().-]", bare):
        return None
    plus = bare.startswith(("+", "00"))
    digits = re.sub(r"\D", "", bare)
    if plus:
        digits = digits if bare.startswith("+") else digits[2:]
    if region == "CN" or (plus and digits.startswith("86")):
        known, answer = _chinese(bare, digits, plus)
        if known:
            return answer
    return _by_library(f"+{digits}" if plus else bare, region)


def _chinese(bare: str, digits: str, plus: bool) -> tuple[bool, str | None]:
    """Decide Chinese numbers without the library: (decided, E.164 or None)."""
    abroad = plus or re.fullmatch(r"861[3-9]\d{9}|86[ -].*", digits if bare.isdecimal() else bare)
    if digits.startswith("86") and len(digits) > 11 and abroad:
        national = digits[2:]
        if len(national) > 9 and not national.startswith(("0", "1", "400", "800")):
            national = "0" + national
    elif plus:
        return digits.startswith("86"), None
    else:
        national = digits
    if _MOBILE.fullmatch(national) or _SERVICE.fullmatch(national):
        return True, "+86" + national
    if _LANDLINE.fullmatch(national):
        return True, "+86" + national[1:]
    if _LANDLINE.fullmatch("0" + national) and national.startswith("10") and plus:
        return True, "+86" + national
    if _SHORT.fullmatch(bare):
        return True, bare
    # Without its 0 a ten-digit number grouped 3-3-4 is as well an American one: not guessed.
    if bare.isdecimal() and _NO_ZERO.fullmatch(bare):
        return True, "+86" + bare
    return True, None


def _by_library(text: str, region: str) -> str | None:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def digits(number: str) -> str:
    """The significant digits for matching and searching: +86 falls away, other country codes stay."""
    if quick := _STORED_MOBILE.fullmatch(number):
        return quick[1]
    bare = re.sub(r"\D", "", number, flags=re.ASCII)
    return bare[2:] if number.startswith("+86") else bare


@lru_cache(maxsize=1 << 12)
def show_phone(number: str, region: str = "CN") -> str:
    """Write a stored number for reading: "138 0013 8000" at home, "+1 415-901-7000" abroad; other text as it is."""
    if not number.startswith("+") or not number[1:].isdecimal():
        return number
    if number.startswith("+86") and (match := _MOBILE.fullmatch(number)):
        shown = " ".join(match.groups())
    elif number.startswith(("+86400", "+86800")):
        shown = f"{number[3:6]} {number[6:9]} {number[9:]}"
    elif number.startswith("+86") and (match := _LANDLINE.fullmatch("0" + number[3:])):
        area, first, last = (match[1], match[2], match[3]) if match[1] else (match[4], match[5], match[6])
        shown = f"0{area} {first} {last}" if region == "CN" else f"{area} {first} {last}"
    else:
        return _shown_by_library(number, region)
    return shown if region == "CN" else f"+86 {shown}"


def _shown_by_library(number: str, region: str) -> str:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    home = phonenumbers.region_code_for_number(parsed) == region
    style = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(parsed, style))
