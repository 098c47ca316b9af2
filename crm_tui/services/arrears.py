"""Who owes what since when, on any day; and what is expected and what came, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_tui.rules.amounts import minor_digits
from crm_tui.rules.policies import CREDIT
from crm_tui.rules.receivables import Ageing, Facts, Open, ageing, position
from crm_tui.store.sales import facts_of

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_CHUNK = 5_000


@dataclass
class Owed:
    """What one customer owes in one currency.

    Attributes:
        customer, name, owner: whose; the owner's name.
        currency: of all amounts.
        ages: by bucket.
        oldest: the first due day of what is open, None if nothing is due or to come.
        orders: how many orders are open.
    """

    customer: str
    name: str
    owner: str
    currency: str
    ages: Ageing
    oldest: date | None
    orders: int


@dataclass(frozen=True)
class Expected:
    """A part of an order that is to be paid.

    Attributes:
        order, number: of what.
        customer, name: by whom.
        amount, currency: how much.
        due: the agreed day; it stays, also where the amount was missed and is carried forward.
    """

    order: str
    number: str
    customer: str
    name: str
    amount: int
    currency: str
    due: date


@dataclass(frozen=True)
class Came:
    """A payment or, below zero, a refund."""

    payment: str
    number: str
    customer: str
    name: str
    amount: int
    currency: str
    method: str | None


@dataclass
class Day:
    """A day of collections: what falls due, what was missed before (today only), what came."""

    day: date
    expected: list[Expected] = field(default_factory=list)
    carried: list[Expected] = field(default_factory=list)
    received: list[Came] = field(default_factory=list)


class Arrears:
    """Reads debts; nothing here writes."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def owed(self, at: date | None = None, *, customer: str | None = None, person: str | None = None) -> list[Owed]:
        """What is owed on a day, the largest overdue amount first.

        Args:
            at: the day; today if None. On a past day what happened later does not count.
            customer: only this one's.
            person: only customers of this owner.
        """
        today = self.crm.local_now().date()
        day = at or today
        found: dict[tuple[str, str], tuple[list[Open], list[int], int]] = {}
        for who, currency, facts in self._orders(day < today, customer, person):
            place = position(facts.until(day))
            if not place.open and not place.credit:
                continue
            charges, paid, count = found.get((who, currency), ([], [], 0))
            found[who, currency] = ([*charges, *place.open], [*paid, place.credit], count + bool(place.open))
        for who, currency, amount in self._loose(day, customer, person):
            charges, paid, count = found.get((who, currency), ([], [], 0))
            found[who, currency] = (charges, [*paid, amount], count)
        names = self._names({who for who, _ in found})
        owed = []
        for (who, currency), (charges, paid, count) in found.items():
            ages = ageing(charges, sum(paid), day)
            if not any(ages.buckets.values()):
                continue
            oldest = min((one.due for one in charges if one.due is not None), default=None)
            name, owner = names[who]
            owed.append(Owed(who, name, owner, currency, ages, oldest, count))
        return sorted(owed, key=lambda one: (-one.ages.overdue, -one.ages.balance, one.name))

    def _orders(self, past: bool, customer: str | None, person: str | None) -> Iterable[tuple[str, str, Facts]]:
        where, params = self._whose("o", customer, person)
        # What is settled today may have been open then; what was paid on the spot was not, unless something came back.
        some = "(o.due_rule <> 'cash' OR o.balance <> 0)" if past else "o.balance <> 0"
        rows = self.crm.store.reader().execute(
            "SELECT o.id, coalesce(a.root, o.customer), o.currency FROM orders o "
            f"LEFT JOIN alias a ON a.id = o.customer WHERE o.live AND {some}{where}",
            params,
        )
        orders = {row: (who, currency) for row, who, currency in rows}
        ids = list(orders)
        for start in range(0, len(ids), _CHUNK):
            for row, facts in facts_of(self.crm.store.reader(), ids[start : start + _CHUNK]).items():
                yield (*orders[row], facts)

    def _loose(self, day: date, customer: str | None, person: str | None) -> Iterable[tuple[str, str, int]]:
        """What customers paid that belongs to no order."""
        where, params = self._whose("p", customer, person)
        yield from self.crm.store.reader().execute(
            "SELECT coalesce(a.root, p.customer), p.currency, sum(CASE p.kind WHEN 'refund' THEN -p.amount "
            "ELSE p.amount END) FROM payments p LEFT JOIN alias a ON a.id = p.customer "
            f"WHERE p.live AND p.of_order IS NULL AND p.day <= ?{where} GROUP BY 1, 2",
            [day.isoformat(), *params],
        )

    def _whose(self, alias: str, customer: str | None, person: str | None) -> tuple[str, list[Any]]:
        where, params = "", []
        if customer is not None:
            root = self.crm.customers.root(customer)
            where += f" AND {alias}.customer IN (SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?)"
            params += [root, root]
        if person is not None:
            where += f" AND {alias}.customer IN (SELECT id FROM customers WHERE owner = ?)"
            params.append(person)
        return where, params

    def _names(self, customers: set[str]) -> dict[str, tuple[str, str]]:
        import json

        rows = self.crm.store.reader().execute(
            "SELECT c.id, c.name, coalesce(p.name, '') FROM json_each(?) j CROSS JOIN customers c ON c.id = j.value "
            "LEFT JOIN people p ON p.id = c.owner",
            (json.dumps(sorted(customers)),),
        )
        return {row: (name, owner) for row, name, owner in rows}

    def above_limit(self, customer: str) -> tuple[int, int, str] | None:
        """What a customer owes, the credit limit and the currency, if it is reached; None if there is no limit."""
        currency = self.crm.products.currency()
        limit = self.crm.policies.number(CREDIT) * 10 ** minor_digits(currency)
        if not limit:
            return None
        owed = sum(one.ages.balance for one in self.owed(customer=customer) if one.currency == currency)
        return (owed, limit, currency) if owed >= limit else None

    def expected(self, last: date, person: str | None = None) -> list[Expected]:
        """What is open and falls due until a day, the oldest first; credit that is left over is not set against it."""
        where, params = self._whose("o", None, person)
        rows = self.crm.store.reader().execute(
            "SELECT o.id, coalesce(o.number, ''), coalesce(a.root, o.customer), c.name, o.currency FROM orders o "
            "LEFT JOIN alias a ON a.id = o.customer CROSS JOIN customers c ON c.id = coalesce(a.root, o.customer) "
            f"WHERE o.live AND o.balance <> 0 AND o.due <= ? AND c.live{where}",
            [last.isoformat(), *params],
        )
        orders = {row: rest for row, *rest in rows}
        found = []
        for order, facts in facts_of(self.crm.store.reader(), orders).items():
            number, customer, name, currency = orders[order]
            for part in position(facts).open:
                if part.due is not None and part.due <= last:
                    found.append(Expected(order, number, customer, name, part.amount, currency, part.due))
        return sorted(found, key=lambda one: (one.due, one.name, one.order))

    def collections(self, first: date, last: date, person: str | None = None) -> list[Day]:
        """Every day from first to last: what falls due, what came; what was missed is carried to today."""
        today = self.crm.local_now().date()
        days = {date.fromordinal(n): Day(date.fromordinal(n)) for n in range(first.toordinal(), last.toordinal() + 1)}
        for one in self.expected(last, person):
            if one.due in days:
                days[one.due].expected.append(one)
            if one.due < today and today in days:
                days[today].carried.append(one)
        where, params = self._whose("p", None, person)
        rows = self.crm.store.reader().execute(
            "SELECT p.id, coalesce(p.number, ''), coalesce(a.root, p.customer), c.name, p.amount, p.currency, "
            "p.method, p.day, p.kind FROM payments p LEFT JOIN alias a ON a.id = p.customer "
            "CROSS JOIN customers c ON c.id = coalesce(a.root, p.customer) "
            f"WHERE p.live AND p.day BETWEEN ? AND ?{where} ORDER BY p.day, p.created, p.id",
            [first.isoformat(), last.isoformat(), *params],
        )
        for ident, number, customer, name, amount, currency, method, day, kind in rows:
            signed = -amount if kind == "refund" else amount
            came = Came(ident, number, customer, name, signed, currency, method)
            days[date.fromisoformat(day)].received.append(came)
        return list(days.values())
