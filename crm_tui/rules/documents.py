"""A quote, an order or a receipt as the customer reads it: what stands on it, in his language."""

from __future__ import annotations

from dataclasses import dataclass, field

from crm_tui.rules.amounts import show_money
from crm_tui.rules.capitals import capitals
from crm_tui.rules.money import percent, quantity_text
from crm_tui.words import in_language


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line: what, how much of it, at which price and discount, and its total in minor units."""

    text: str
    unit: str
    quantity: int
    price: int
    discount: int
    total: int


@dataclass(frozen=True)
class Document:
    """What stands on a document.

    Attributes:
        language: "en" or "zh".
        title: of the document, in that language.
        number: readable; `facts` are labels and values below it.
        seller, buyer: names.
        lines: empty on a receipt.
        currency: of all amounts; `total` in minor units.
        note: at the end.
    """

    language: str
    title: str
    number: str
    seller: str
    buyer: str
    currency: str
    total: int
    facts: list[tuple[str, str]] = field(default_factory=list)
    lines: list[DocumentLine] = field(default_factory=list)
    note: str = ""

    @property
    def in_capitals(self) -> str:
        """The total in Chinese capitals, on Chinese documents in renminbi; else empty."""
        return capitals(self.total) if self.language == "zh" and self.currency == "CNY" else ""

    @property
    def has_discount(self) -> bool:
        """Whether a line gives one; without any the column is left out."""
        return any(line.discount for line in self.lines)

    def headings(self) -> list[str]:
        """The titles of the columns."""
        code = self.language
        found = [
            in_language(code, "Item"),
            in_language(code, "Quantity"),
            in_language(code, "Unit price"),
            *([in_language(code, "Discount")] if self.has_discount else []),
            in_language(code, "Total"),
        ]
        return found

    def cells(self, line: DocumentLine) -> list[str]:
        """A line as texts, one a column."""
        quantity = f"{quantity_text(line.quantity)} {line.unit}".rstrip()
        discount = [percent(line.discount) if line.discount else ""] if self.has_discount else []
        price, total = show_money(line.price, self.currency), show_money(line.total, self.currency)
        return [line.text, quantity, price, *discount, total]

    def sums(self) -> list[tuple[str, str]]:
        """The total, and on Chinese documents the total in capitals."""
        found = [(in_language(self.language, "Total"), show_money(self.total, self.currency))]
        if self.in_capitals:
            found.append(("大写金额", self.in_capitals))
        return found
