"""What the merge rules must know of the fields, and when two values are the same."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

Value = int | str | None


@dataclass(frozen=True)
class Shape:
    """What the rules must know of the fields, by name.

    Attributes:
        hangs: links by which a row is part of another (a phone of its customer, a merged customer of its survivor).
        refers: links that only name another row (owner, reports to).
        decimals: text fields whose text is a decimal number.
        blanks: text fields in which empty text means nothing.
    """

    hangs: frozenset[str] = frozenset({"merged_into"})
    refers: frozenset[str] = frozenset()
    decimals: frozenset[str] = frozenset()
    blanks: frozenset[str] = frozenset()

    def links(self) -> frozenset[str]:
        """All fields whose value is the id of a row."""
        return self.hangs | self.refers

    def canonical(self, field: str, value: Value) -> bytes:
        """The bytes by which two values of `field` are compared: type, then form."""
        if value == "" and field in self.blanks:
            value = None
        if value is None:
            return b"null"
        if isinstance(value, int):
            return b"int %d" % value
        decimal = _decimal(value) if field in self.decimals else None
        return decimal or b"text " + unicodedata.normalize("NFC", value).encode("utf-8", "surrogatepass")


def _decimal(text: str) -> bytes | None:
    try:
        sign, digits, exponent = Decimal(text).as_tuple()
    except InvalidOperation:
        return None
    if not isinstance(exponent, int):
        return None
    shown = "".join(map(str, digits)).lstrip("0")
    short = shown.rstrip("0")
    if not short:
        return b"decimal 0"
    return f"decimal {'-' if sign else ''}{short}e{exponent + len(shown) - len(short)}".encode()
