"""Rows of orders, payments and products as they were understood, or refused with a reason."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from crm_tui.rules.amounts import clean_currency, minor_digits, read_money
from crm_tui.rules.days import guess_dayfirst, parse_day
from crm_tui.rules.dues import parse_due
from crm_tui.rules.funnel import PERCENT
from crm_tui.rules.headers import Target
from crm_tui.rules.money import MILLI, divided, parse_percent, parse_quantity
from crm_tui.services.import_parts import Rejected
from crm_tui.words import t

Value = int | str | None
_PLAIN = re.compile(r"\d{1,12}\.\d\d")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_REFUND = frozenset({"refund", "退款", "return"})


@dataclass(slots=True)
class SaleRow:
    """One row: its place and line in the file, its digest, and what was read of it by target."""

    place: int
    line: int
    digest: str
    cells: tuple[str, ...]
    texts: dict[str, str]
    values: dict[str, Value] = field(default_factory=dict)


class SaleReader:
    """Reads rows of one kind."""

    def __init__(self, header: Sequence[str], targets: Sequence[Target | None], currency: str, today: date) -> None:
        self.header = list(header)
        self.places = {target.name: n for n, target in enumerate(targets) if target and target.name != "ignore"}
        self.currency = currency
        self.today = today
        self.dayfirst: bool | None = None

    def sample(self, rows: Sequence[Sequence[str]]) -> None:
        """Find out from all rows what 5/3/2024 means."""
        if (at := self.places.get("day")) is not None:
            self.dayfirst = guess_dayfirst(row[at].strip() for row in rows if at < len(row))

    def row(self, place: int, line: int, cells: Sequence[str]) -> SaleRow | Rejected:
        """One row, or why it is refused."""
        texts = {name: cells[at].strip() for name, at in self.places.items() if at < len(cells) and cells[at].strip()}
        said = "\x1f".join(f"{name}\x1e{texts[name]}" for name in sorted(texts))
        digest = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        row = SaleRow(place, line, digest, tuple(cells), texts)
        name = ""
        try:
            code = row.values["currency"] = self._currency(texts)
            for name in texts:
                if name in _READ:
                    row.values[name] = _READ[name](self, texts[name], str(code))
        except ValueError as error:
            return Rejected(place, line, row.cells, self.header[self.places[name]] if name else "", str(error))
        return row

    def refuse(self, row: SaleRow, name: str, why: str) -> Rejected:
        """The same row, refused for a column."""
        title = self.header[self.places[name]] if name in self.places else name
        return Rejected(row.place, row.line, row.cells, title, why)

    def _currency(self, texts: dict[str, str]) -> str:
        if "currency" in texts:
            return clean_currency(texts["currency"])
        for name in ("amount", "price", "paid"):
            if name in texts and not texts[name][0].isdigit():
                return read_money(texts[name], self.currency)[1]
        return self.currency

    def _money(self, text: str, code: str) -> int:
        if _PLAIN.fullmatch(text) and minor_digits(code) == 2:
            return int(text[:-3]) * 100 + int(text[-2:])
        amount, found = read_money(text, code)
        if found != code:
            raise ValueError(t("{a} beside {b} in one row", a=found, b=code))
        return amount

    def _day(self, text: str, code: str) -> str:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        found = parse_day(text, self.today, self.dayfirst)
        if found is None:
            raise ValueError(t("“{value}” is not a day like 2026-11-24", value=text[:60]))
        return found

    def day_of(self, text: str) -> str:
        """A day as the file writes it.

        Raises:
            ValueError: with a sentence.
        """
        return self._day(text, "")

    def _began(self, text: str, code: str) -> str:
        return self._day(text[:10] if _ISO.fullmatch(text[:10]) else text, code)

    def _percent(self, text: str, code: str) -> int:
        return divided(parse_percent(text), PERCENT)

    def _quantity(self, text: str, code: str) -> int:
        return int(text) * MILLI if text.isascii() and text.isdigit() and len(text) < 10 else parse_quantity(text)

    def _discount(self, text: str, code: str) -> int:
        return parse_percent(text)

    def _due(self, text: str, code: str) -> str:
        return parse_due(text).text

    def _months(self, text: str, code: str) -> int:
        if not text.isdigit():
            raise ValueError(t("“{value}” is not a whole number", value=text[:60]))
        return int(text)


_READ: dict[str, Callable[[SaleReader, str, str], Value]] = {
    "day": SaleReader._day,
    "close_day": SaleReader._began,
    "began": SaleReader._began,
    "probability": SaleReader._percent,
    "quantity": SaleReader._quantity,
    "price": SaleReader._money,
    "amount": SaleReader._money,
    "paid": SaleReader._money,
    "cost": SaleReader._money,
    "discount": SaleReader._discount,
    "due_rule": SaleReader._due,
    "warranty_months": SaleReader._months,
}


def is_refund(row: SaleRow) -> bool:
    """Whether money went back: a word says so, or the amount is below zero."""
    amount = row.values.get("amount")
    said = row.texts.get("method", "").casefold() in _REFUND
    return said or (isinstance(amount, int) and amount < 0)
