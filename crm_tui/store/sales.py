"""What is computed of quotes and orders: totals, what was delivered and received, what is owed and since when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from crm_tui.rules.dues import DueRule, parse_due
from crm_tui.rules.money import line_total
from crm_tui.rules.receivables import Facts, Line, Moved, Open, Paid, Position, position, value_of
from crm_tui.store.catalogue import Catalogue

_T = TypeVar("_T")
_CHUNK = 5_000
_LINKS = {
    "order_lines": "SELECT of_order FROM order_lines WHERE id IN ({dirty})",
    "deliveries": "SELECT of_order FROM deliveries WHERE id IN ({dirty})",
    "delivery_lines": "SELECT d.of_order FROM delivery_lines l JOIN deliveries d ON d.id = l.delivery "
    "WHERE l.id IN ({dirty})",
    "returns": "SELECT of_order FROM returns WHERE id IN ({dirty})",
    "return_lines": "SELECT x.of_order FROM return_lines l JOIN returns x ON x.id = l.of_return "
    "WHERE l.id IN ({dirty})",
    "payments": "SELECT of_order FROM payments WHERE id IN ({dirty}) AND of_order IS NOT NULL",
    "payment_plans": "SELECT of_order FROM payment_plans WHERE id IN ({dirty})",
}
_DIRTY = "SELECT r.id FROM dirty d CROSS JOIN row r ON r.n = d.row WHERE r.noun = ?1"
DONE = "done"
_MOST = 1 << 48


def refresh(db: sqlite3.Connection, catalogue: Catalogue, names: set[str]) -> None:
    """Recompute the quotes and orders that the rows in `dirty` belong to.

    Args:
        db: the writer, inside a transaction.
        catalogue: the file's nouns.
        names: nouns that have rows in `dirty`.
    """
    orders: set[str] = set()
    if "orders" in names:
        query = f"SELECT id FROM orders WHERE id IN ({_DIRTY}) AND (stage IS NULL OR id IN ({_DIRTY} AND d.what = 0))"
        orders |= {row for (row,) in db.execute(query, (catalogue["orders"].k,))}
    for noun, query in _LINKS.items():
        if noun in names:
            orders |= {row for (row,) in db.execute(query.format(dirty=_DIRTY), (catalogue[noun].k,)) if row}
    if "payments" in names:
        orders |= _left(db, catalogue)
    if orders:
        _write_orders(db, sorted(orders))
    quotes: set[str] = set()
    if "quotes" in names:
        quotes |= {row for (row,) in db.execute(_DIRTY, (catalogue["quotes"].k,))}
    if "quote_lines" in names:
        query = f"SELECT quote FROM quote_lines WHERE id IN ({_DIRTY})"
        quotes |= {row for (row,) in db.execute(query, (catalogue["quote_lines"].k,)) if row}
    if quotes:
        _write_quotes(db, sorted(quotes))


def _left(db: sqlite3.Connection, catalogue: Catalogue) -> set[str]:
    """Orders that a payment was taken away from."""
    field = catalogue["payments"].fields["of_order"].k
    moved = "FROM dirty d CROSS JOIN row r ON r.n = d.row AND r.noun = ?1 CROSS JOIN change c ON c.row = r.n"
    rows = db.execute(
        f"SELECT c.old {moved} AND c.field = ?2 WHERE c.old IS NOT NULL UNION "
        f"SELECT c.value {moved} AND c.field = ?2 WHERE c.value IS NOT NULL",
        (catalogue["payments"].k, field),
    )
    return {row for (row,) in rows}


def _write_orders(db: sqlite3.Connection, orders: list[str]) -> None:
    names = ("total", "delivered", "returned", "received", "balance", "due", "stage")
    for start in range(0, len(orders), _CHUNK):
        some = orders[start : start + _CHUNK]
        stale = []
        before = dict(_now(db, some))
        for row, facts in facts_of(db, some).items():
            values = derived_of(facts)
            if before.get(row) != values:
                stale.append((*values, row))
        sets = ", ".join(f"{name} = ?" for name in names)
        db.executemany(f"UPDATE orders SET {sets} WHERE id = ?", stale)


def _now(db: sqlite3.Connection, some: list[str]) -> Iterator[tuple[str, tuple[object, ...]]]:
    for row, *values in db.execute(
        "SELECT o.id, total, delivered, returned, received, balance, due, stage FROM json_each(?) j "
        "CROSS JOIN orders o ON o.id = j.value",
        (json.dumps(some),),
    ):
        yield row, tuple(values)


def derived_of(facts: Facts) -> tuple[int | str | None, ...]:
    """The derived columns of an order: total, delivered, returned, received, balance, due, stage."""
    at = position(facts)
    due = at.due
    return (
        *(at.total, at.delivered, at.returned, at.received - at.refunded, at.balance),
        due.isoformat() if due else None,
        stage_of(facts, at),
    )


def stage_of(facts: Facts, at: Position) -> str:
    """The step that an order waits for: "deliver", "collect", "refund", or "done"."""
    if not facts.cancelled and facts.lines and at.delivered < at.total:
        return "deliver"
    if at.balance > 0:
        return "collect"
    return "refund" if at.balance < 0 else DONE


def facts_of(db: sqlite3.Connection, orders: Iterable[str]) -> dict[str, Facts]:
    """All that is known of some orders, by id; trash and what was undone left out."""
    ids = json.dumps(list(orders))
    lines = _grouped(
        (order, Line(line, _whole(quantity), _line(quantity, price, discount)))
        for order, line, quantity, price, discount in db.execute(
            "SELECT l.of_order, l.id, l.quantity, l.price, l.discount FROM json_each(?) j "
            "CROSS JOIN order_lines l ON l.of_order = j.value WHERE l.live ORDER BY l.position, l.id",
            (ids,),
        )
    )
    delivered, returned = _moves(db, _DELIVERED, ids), _moves(db, _RETURNED, ids)
    paid = _grouped(
        (order, Paid(_day(day, created), -_whole(amount) if kind == "refund" else _whole(amount)))
        for order, day, created, kind, amount in db.execute(_PAID, (ids,))
    )
    plans = _grouped(
        (order, Open(_day(day, created), _whole(amount)))
        for order, day, created, amount in db.execute(_PLANNED, (ids,))
    )
    found = {}
    for row, day, created, rule, amount, status, live in db.execute(
        "SELECT o.id, o.day, o.created, o.due_rule, o.amount, o.status, o.live FROM json_each(?) j "
        "CROSS JOIN orders o ON o.id = j.value",
        (ids,),
    ):
        own = lines.get(row, [])
        if status == "closed":
            own = _cut(own, delivered.get(row, []))
        found[row] = Facts(
            ordered=_day(day, created), rule=rule_of(rule), lines=own, amount=_whole(amount),
            cancelled=status == "cancelled" or not live, delivered=delivered.get(row, []),
            returned=returned.get(row, []), paid=paid.get(row, []), plan=plans.get(row, []),
        )  # fmt: skip
    return found


_DELIVERED = (
    "SELECT d.of_order, d.day, d.created, l.line, l.quantity FROM json_each(?) j CROSS JOIN deliveries d "
    "ON d.of_order = j.value CROSS JOIN delivery_lines l ON l.delivery = d.id WHERE d.live AND l.live"
)
_RETURNED = (
    "SELECT d.of_order, d.day, d.created, l.line, l.quantity FROM json_each(?) j CROSS JOIN returns d "
    "ON d.of_order = j.value CROSS JOIN return_lines l ON l.of_return = d.id WHERE d.live AND l.live"
)
_PAID = (
    "SELECT p.of_order, p.day, p.created, p.kind, p.amount FROM json_each(?) j CROSS JOIN payments p "
    "ON p.of_order = j.value CROSS JOIN orders o ON o.id = j.value AND o.currency = p.currency WHERE p.live"
)
_PLANNED = (
    "SELECT p.of_order, p.due, p.created, p.amount FROM json_each(?) j CROSS JOIN payment_plans p "
    "ON p.of_order = j.value WHERE p.live"
)


def _moves(db: sqlite3.Connection, query: str, ids: str) -> dict[str, list[Moved]]:
    return _grouped(
        (order, Moved(_day(day, created), line, _whole(quantity)))
        for order, day, created, line, quantity in db.execute(query, (ids,))
    )


# What other machines and raw SQL write may be anything; a merge must not fail over it.


def _whole(value: object) -> int:
    """A stored amount or quantity; what is no number of a size that money has counts as nothing."""
    return value if isinstance(value, int) and abs(value) < _MOST else 0


def _day(day: object, created: str) -> date:
    """A stored day; the one on which its row was made where it is none."""
    for text in (str(day), str(created)[:10]):
        try:
            return date.fromisoformat(text)
        except ValueError:
            continue
    return date(1970, 1, 1)


def _line(quantity: object, price: object, discount: object) -> int:
    """What a line comes to; a discount beyond all of it counts as none."""
    basis = _whole(discount)
    return line_total(_whole(quantity), _whole(price), basis if 0 <= basis <= 10_000 else 0)


def _grouped(rows: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for order, one in rows:
        found.setdefault(order, []).append(one)
    return found


def _cut(lines: list[Line], delivered: list[Moved]) -> list[Line]:
    """The lines of an order that was closed: what was not delivered is not owed any more."""
    got: dict[str, int] = {}
    for one in delivered:
        got[one.line] = got.get(one.line, 0) + one.quantity
    quantities = {line.id: min(line.quantity, max(0, got.get(line.id, 0))) for line in lines}
    return [
        Line(line.id, quantities[line.id], value_of(line, quantities[line.id])) for line in lines if quantities[line.id]
    ]


_RULES: dict[str, DueRule] = {}


def rule_of(text: str | None) -> DueRule:
    """A stored rule; one that another version of the program wrote counts as due at once."""
    said = text or ""
    if said not in _RULES:
        try:
            _RULES[said] = parse_due(said)
        except ValueError:
            _RULES[said] = DueRule("days")
    return _RULES[said]


def _write_quotes(db: sqlite3.Connection, quotes: list[str]) -> None:
    for start in range(0, len(quotes), _CHUNK):
        some = quotes[start : start + _CHUNK]
        totals = dict.fromkeys(some, 0)
        for quote, quantity, price, discount in db.execute(
            "SELECT l.quote, l.quantity, l.price, l.discount FROM json_each(?) j "
            "CROSS JOIN quote_lines l ON l.quote = j.value WHERE l.live",
            (json.dumps(some),),
        ):
            totals[quote] += _line(quantity, price, discount)
        db.executemany(
            "UPDATE quotes SET total = ?1 WHERE id = ?2 AND total IS NOT ?1", [(t, q) for q, t in totals.items()]
        )
