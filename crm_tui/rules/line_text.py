"""A line of a quote or an order as people type it: "rice 10kg x2 @85 -5%"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from crm_tui.rules.amounts import read_money
from crm_tui.rules.money import MILLI, parse_percent, parse_quantity
from crm_tui.words import t

_TAIL = re.compile(
    r"(?:^|\s+)(?:[x×*]\s*(?P<quantity>[\d.,]+)|@\s*(?P<price>\S+)|-\s*(?P<discount>[\d.]+)\s*%)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LineText:
    """What was typed.

    Attributes:
        product: its code or name, or a free text.
        quantity: thousandths of a unit.
        price: minor units and currency, None if not typed.
        discount: basis points, None if not typed.
    """

    product: str
    quantity: int = MILLI
    price: tuple[int, str] | None = None
    discount: int | None = None


def parse_line(text: str, currency: str) -> LineText:
    """Read a line: the product, then in any order `x2` (how many), `@85` (price of one), `-5%` (discount).

    Raises:
        ValueError: with a sentence.
    """
    rest = unicodedata.normalize("NFKC", text).strip()
    found: dict[str, str] = {}
    while match := _TAIL.search(rest):
        kind = str(match.lastgroup)
        if kind in found:
            raise ValueError(t("“{value}” says the same thing twice", value=text))
        found[kind] = match[kind]
        rest = rest[: match.start()].rstrip()
    if not rest:
        raise ValueError(t("“{value}” names no product; try: rice x2 @85 -5%", value=text))
    quantity = parse_quantity(found["quantity"]) if "quantity" in found else MILLI
    if quantity <= 0:
        raise ValueError(t("a quantity must be above zero"))
    price = read_money(found["price"], currency) if "price" in found else None
    discount = parse_percent(found["discount"]) if "discount" in found else None
    return LineText(rest, quantity, price, discount)
