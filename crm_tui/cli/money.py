"""What the commands about money share: typed amounts, amounts as text and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Row = dict[str, Any]


def typed(text: str, currency: str, name: str = "amount") -> tuple[int, str]:
    """An amount as it was typed: minor units and currency.

    Raises:
        Invalid: with a sentence.
    """
    from crm_tui.rules.amounts import read_money

    try:
        return read_money(text, currency)
    except ValueError as error:
        raise Invalid({name: str(error)}) from None


def shown(amount: int | None, currency: str | None) -> str:
    """An amount as text; nothing for none."""
    from crm_tui.rules.amounts import show_money

    return "" if amount is None else show_money(amount, currency or "")


def sums(amounts: Mapping[str, int]) -> str:
    """Sums of several currencies beside each other; they are never added."""
    return " + ".join(shown(amount, currency) for currency, amount in amounts.items())


def name_of(crm: Crm, customer: str) -> str:
    """What a customer is called."""
    return str(crm.customers.get(crm.customers.root(customer))["name"])


def given(values: Mapping[str, Any]) -> Row:
    """Only what was told."""
    return {name: value for name, value in values.items() if value not in (None, "")}
