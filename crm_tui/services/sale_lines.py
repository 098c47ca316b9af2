"""Lines of quotes and orders: from what was typed to what is written, with price, discount and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid, NotFound
from crm_tui.rules.discounts import discount_of
from crm_tui.rules.line_text import parse_line
from crm_tui.rules.money import line_total
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """One line to be written.

    Attributes:
        product: its row, None for a free text.
        text: what is printed.
        quantity: thousandths; `price` in minor units of one; `discount` in basis points.
        listed: the list price, None if there is none.
    """

    product: Row | None
    text: str
    unit: str | None
    quantity: int
    price: int
    discount: int
    listed: int | None

    @property
    def total(self) -> int:
        """What the line costs."""
        return line_total(self.quantity, self.price, self.discount)

    @property
    def given(self) -> int:
        """The discount that it really gives, also through its price, in basis points."""
        return discount_of(self.price, self.discount, self.listed)

    def values(self, position: int) -> Row:
        """As a row of quote_lines or order_lines, without its owner."""
        return {
            **{"product": self.product and self.product["id"], "text": self.text, "unit": self.unit},
            **{"quantity": self.quantity, "price": self.price, "discount": self.discount or None},
            "position": position,
        }


def read_lines(crm: Crm, texts: Sequence[str], customer: str, day: date, currency: str) -> list[Wanted]:
    """Lines as they were typed, with the price of the customer's tier where none was typed.

    Raises:
        Invalid: with a sentence, for the first that makes no sense.
    """
    return [read_line(crm, text, customer, day, currency) for text in texts if text.strip()]


def read_line(crm: Crm, text: str, customer: str, day: date, currency: str) -> Wanted:
    """One line as it was typed; see `rules.line_text`.

    Raises:
        Invalid: with a sentence.
    """
    try:
        said = parse_line(text, currency)
    except ValueError as error:
        raise Invalid({"line": str(error)}) from None
    product: Row | None = None
    try:
        product = crm.products.find(said.product)
    except NotFound as error:
        # Without a price it can only be meant as a product.
        if said.price is None:
            raise Invalid({"line": str(error)}) from None
    listed = crm.products.price(product["id"], customer, day, currency) if product else None
    if said.price is not None and said.price[1] != currency:
        raise Invalid({"line": t("its price is in {a}, the document in {b}", a=said.price[1], b=currency)})
    price = said.price[0] if said.price is not None else listed
    if price is None:
        what = str(product["name"]) if product else said.product
        raise Invalid({"line": t("no price of {name} in {currency}; write it: @12.50", name=what, currency=currency)})
    name = str(product["name"]) if product else said.product
    unit = product["unit"] if product else None
    return Wanted(product, name, unit, said.quantity, price, said.discount or 0, listed)


def cost_of(product: Row | None, currency: str) -> int | None:
    """What one unit costs us, if that is known in the currency of the document."""
    if product is None or product["cost"] is None or product["cost_currency"] != currency:
        return None
    return int(product["cost"])
