"""The arithmetic of money: whole minor units and an ISO currency, one rule of rounding, sharing out to the cent.

The rule of rounding, used everywhere: half a minor unit goes away from zero (四舍五入; the euro regulation 1103/97,
article 5, says the same). A line of a quote or an order is rounded once, and totals are sums of rounded lines, so
what is printed always adds up. Amounts of several currencies are never added without a stated rate. How amounts are
read and written stands in `rules.amounts`.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from crm_tui.errors import Refused
from crm_tui.rules.amounts import minor_digits
from crm_tui.words import t

BASIS = 10_000
"""Basis points in a whole: 1 % is 100."""
MILLI = 1_000
"""Quantities are whole thousandths of a unit: 2.5 kg is 2500."""
MOST = 10**15
"""No quantity is larger, in thousandths."""


def divided(number: int, by: int) -> int:
    """`number / by` as a whole number; half goes away from zero.

    Raises:
        ValueError: if `by` is not above zero.
    """
    if by <= 0:
        raise ValueError("a divisor above zero is needed")
    whole = (2 * abs(number) + by) // (2 * by)
    return whole if number >= 0 else -whole


def portion(amount: int, basis_points: int) -> int:
    """So many basis points of an amount, rounded once."""
    return divided(amount * basis_points, BASIS)


def line_total(quantity: int, price: int, discount: int = 0) -> int:
    """What a line costs, in minor units, rounded once.

    Args:
        quantity: thousandths of a unit.
        price: minor units for one unit.
        discount: basis points off.
    """
    return divided(quantity * price * (BASIS - discount), MILLI * BASIS)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount out by weight so that the parts sum to it exactly.

    Each gets its share rounded down; the units that are left go to the largest remainders, the first of equals first
    (Hamilton's method). With no weight at all everything goes to the first.

    Raises:
        ValueError: if a weight is below zero or there is none.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights of zero or above are needed")
    total = sum(weights)
    if not total:
        return [amount, *[0] * (len(weights) - 1)]
    sign, size = (-1, -amount) if amount < 0 else (1, amount)
    parts = [size * weight // total for weight in weights]
    rest = [size * weight % total for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-rest[place], place))
    for place in order[: size - sum(parts)]:
        parts[place] += 1
    return [sign * one for one in parts]


def add_up(amounts: Iterable[tuple[int, str]]) -> dict[str, int]:
    """The sum of each currency by itself, by currency."""
    found: dict[str, int] = defaultdict(int)
    for amount, currency in amounts:
        found[currency] += amount
    return dict(sorted(found.items()))


def converted(amount: int, currency: str, to: str, rates: Mapping[tuple[str, str], Decimal]) -> int:
    """An amount in another currency at a stated rate: units of `to` for one unit of `currency`; rounded once.

    Raises:
        Refused: if no rate is stated.
    """
    if currency == to:
        return amount
    rate = rates.get((currency, to))
    if rate is None:
        raise Refused(t("no rate from {a} to {b} is stated: amounts are not added", a=currency, b=to))
    top, bottom = rate.as_integer_ratio()
    shift = minor_digits(to) - minor_digits(currency)
    return divided(amount * top * 10 ** max(0, shift), bottom * 10 ** max(0, -shift))


def parse_quantity(text: str) -> int:
    """A quantity that a person typed, in thousandths: "2.5" is 2500.

    Raises:
        ValueError: with a sentence, if it is none, or has more than three digits behind the point.
    """
    try:
        number = Decimal(unicodedata.normalize("NFKC", text).strip().replace(",", "")) * MILLI
        if not number.is_finite() or number != number.to_integral_value() or abs(number) > MOST:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(t("“{value}” is not a quantity like 3 or 2.5", value=text)) from None
    return int(number)


def quantity_text(quantity: int) -> str:
    """Thousandths as people read them: 2500 is "2.5"."""
    sign, size = ("-", -quantity) if quantity < 0 else ("", quantity)
    behind = f"{size % MILLI:03}".rstrip("0")
    return f"{sign}{size // MILLI:,}" + (f".{behind}" if behind else "")


def percent(basis_points: int) -> str:
    """Basis points as people read them: 1250 is "12.5 %"."""
    return f"{basis_points / 100:g} %"


def parse_percent(text: str) -> int:
    """A percentage that a person typed, in basis points: "12.5" or "12.5%" is 1250.

    Raises:
        ValueError: with a sentence, if it is none or not from 0 to 100.
    """
    said = unicodedata.normalize("NFKC", text).strip().rstrip("%").strip()
    try:
        points = Decimal(said) * 100
        if not points.is_finite() or points != points.to_integral_value() or not 0 <= points <= BASIS:
            raise InvalidOperation
    except InvalidOperation:
        raise ValueError(t("“{value}” is not a percentage from 0 to 100", value=text)) from None
    return int(points)
