"""Money as whole minor units with an ISO currency: reading what people type, and writing it."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from crm_tui.words import t

_NONE = frozenset(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF")
)
_THREE = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
SIGNS = {
    **{"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "KRW": "₩", "INR": "₹", "HKD": "HK$"},
    **{"TWD": "NT$", "SGD": "S$", "AUD": "A$", "CAD": "C$", "CHF": "CHF "},
}
"""What stands before an amount; other currencies are written with their code."""
_WORDS = {
    **{"¥": "CNY", "元": "CNY", "块": "CNY", "人民币": "CNY", "RMB": "CNY", "$": "USD", "美元": "USD", "€": "EUR"},
    **{"欧元": "EUR", "£": "GBP", "英镑": "GBP", "港币": "HKD", "港元": "HKD", "日元": "JPY", "HK$": "HKD", "₩": "KRW"},
    **{"NT$": "TWD", "S$": "SGD", "A$": "AUD", "C$": "CAD", "₹": "INR", "JP¥": "JPY"},
}
_TIMES = {
    **{"": 1, "k": 1_000, "千": 1_000, "w": 10_000, "万": 10_000},
    **{"m": 1_000_000, "百万": 1_000_000, "亿": 100_000_000},
}
_AMOUNT = re.compile(r"(\+?)(\d+(?:[, ]\d{3})*(?:\.\d+)?|\.\d+)(k|千|w|万|m|百万|亿|)", re.IGNORECASE)
LARGEST = 10**15
"""The largest amount that is taken, in minor units."""


def minor_digits(currency: str) -> int:
    """How many digits stand behind the point of a currency (ISO 4217)."""
    return 0 if currency in _NONE else 3 if currency in _THREE else 2


def clean_currency(text: str) -> str:
    """A currency as three letters, read from them, a sign or a word.

    Raises:
        ValueError: with a sentence.
    """
    said = unicodedata.normalize("NFKC", text).strip().upper()
    if said in _WORDS:
        return _WORDS[said]
    if len(said) == 3 and said.isascii() and said.isalpha():
        return said
    raise ValueError(t("“{value}” is not a currency like CNY", value=text))


def read_money(text: str, currency: str) -> tuple[int, str]:
    """An amount as people type it: "1,280.50", "¥12万", "USD 5k", "300 EUR".

    Args:
        text: what was typed.
        currency: three letters, meant where the text names none.

    Returns:
        Minor units, and the currency.

    Raises:
        ValueError: with a sentence; also for more digits behind the point than the currency has.
    """
    said = unicodedata.normalize("NFKC", text).replace("，", ",").strip()
    below = said[:1] in ("-", "\u2212")
    said = said[1:].lstrip() if below else said
    match = _AMOUNT.search(said)
    named = (said[: match.start()] + said[match.end() :]).replace("整", "").strip() if match else said
    if match is None or any(sign.isdigit() for sign in named):
        raise ValueError(t("“{value}” is no amount; try: 12,500 or 80k or USD 300", value=text))
    try:
        unit = clean_currency(named) if named else currency
    except ValueError:
        raise ValueError(t("“{value}” is no amount; try: 12,500 or 80k or USD 300", value=text)) from None
    try:
        exact = Decimal(match[1] + match[2].replace(",", "").replace(" ", "")) * _TIMES[match[3].lower()]
    except InvalidOperation:
        raise ValueError(t("“{value}” is no amount; try: 12,500 or 80k or USD 300", value=text)) from None
    minor = exact.scaleb(minor_digits(unit))
    if minor != minor.to_integral_value():
        raise ValueError(t("{currency} has {n} digits behind the point", currency=unit, n=minor_digits(unit)))
    if abs(minor) > LARGEST:
        raise ValueError(t("“{value}” is too large", value=text))
    return -int(minor) if below else int(minor), unit


def plain_money(minor: int, currency: str) -> str:
    """An amount without sign and thousands, for files: "1280.50"."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    return ("-" if minor < 0 else "") + str(whole) + (f".{rest:0{digits}d}" if digits else "")


def show_money(minor: int, currency: str) -> str:
    """An amount as people write it: "¥1,280.50", "USD" and other known ones by sign; whole amounts without decimals."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    sign = SIGNS.get(currency, f"{currency} ")
    return ("-" if minor < 0 else "") + sign + f"{whole:,}" + (f".{rest:0{digits}d}" if rest else "")


def short_money(minor: int, currency: str, *, chinese: bool = False) -> str:
    """An amount for narrow places, with three digits that count: "¥410k", "$1.24M", "¥41万"."""
    value = Decimal(abs(minor)).scaleb(-minor_digits(currency))
    steps = ((10**8, "亿"), (10**4, "万")) if chinese else ((10**9, "B"), (10**6, "M"), (10**3, "k"))
    sign = ("-" if minor < 0 else "") + SIGNS.get(currency, f"{currency} ")
    for (size, word), (below, _) in zip(steps, (*steps[1:], (1, "")), strict=True):
        if (value / below).quantize(Decimal(1), ROUND_HALF_EVEN) * below >= size:
            return f"{sign}{_three(value / size)}{word}"
    return f"{sign}{_three(value)}"


def _three(value: Decimal) -> str:
    """Three digits that count, never more behind the point than two; trailing noughts go."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
