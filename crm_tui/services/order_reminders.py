"""What *Today* says of orders: money that is due, deliveries that were promised, quotes that run out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_tui.rules.amounts import show_money

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

BEFORE = 3
"""Days before a quote runs out that it is told."""


@dataclass(frozen=True)
class Reminder:
    """One thing about an order or a quote.

    Attributes:
        what: "collect", "deliver" or "quote".
        row: id of the order or the quote.
        customer: id and name.
        on: the agreed day.
        text: number and amount.
    """

    what: str
    row: str
    customer: str
    name: str
    on: date
    text: str


def reminders(crm: Crm, today: date, person: str | None = None, limit: int = 50) -> list[Reminder]:
    """What is due on a day, the longest overdue first.

    Args:
        crm: the open file.
        today: the day.
        person: only customers of this owner and nobody's.
        limit: at most so many of each kind.
    """
    return [one for what in _QUERIES for one in _of(crm, what, today, person, limit)]


_FROM = (
    "SELECT t.id, coalesce(a.root, t.customer), c.name, {day}, coalesce(t.number, t.outside, ''), {amount}, t.currency "
    "FROM orders t LEFT JOIN alias a ON a.id = t.customer "
    "CROSS JOIN customers c ON c.id = coalesce(a.root, t.customer) "
    "WHERE t.live AND c.live AND {where}{mine} ORDER BY {day}, t.id LIMIT ?"
)
_QUERIES = {
    "collect": _FROM.replace("{day}", "t.due")
    .replace("{amount}", "t.balance")
    .replace("{where}", "t.balance <> 0 AND t.balance > 0 AND t.due <= ?"),
    "deliver": _FROM.replace("{day}", "t.promised")
    .replace("{amount}", "t.total - t.delivered")
    .replace("{where}", "t.stage <> 'done' AND t.stage = 'deliver' AND t.promised <= ?"),
    "quote": _FROM.replace("{day}", "t.valid_until")
    .replace("{amount}", "t.total")
    .replace("coalesce(t.number, t.outside, '')", "coalesce(t.number, '')")
    .replace("FROM orders t", "FROM quotes t")
    .replace("{where}", "t.status = 'sent' AND t.valid_until <= ? AND t.valid_until >= ?"),
}


def _of(crm: Crm, what: str, today: date, person: str | None, limit: int) -> Iterator[Reminder]:
    mine = " AND (c.owner = ? OR c.owner IS NULL)" if person else ""
    until = today + timedelta(days=BEFORE) if what == "quote" else today
    params: list[str | int] = [until.isoformat()]
    if what == "quote":
        params.append((today - timedelta(days=BEFORE)).isoformat())
    params += [*([person] if person else []), limit]
    rows = crm.store.reader().execute(_QUERIES[what].replace("{mine}", mine), params)
    for row, customer, name, day, number, amount, currency in rows:
        text = f"{number} {show_money(amount or 0, currency)}".strip()
        yield Reminder(what, row, customer, name, date.fromisoformat(day), text)
