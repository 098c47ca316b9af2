"""What is owed: balance = ordered - returned - received + refunded, and how old each part of it is.

Each delivery falls due by the agreed rule; what is not delivered has no due day yet. Payments and returns settle what
falls due first. What was paid above that is credit. The buckets of the age always sum to the balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from crm_tui.rules.dues import CASH, PREPAID, DueRule, due_on
from crm_tui.rules.money import divided
from crm_tui.rules.paydays import Shift

BUCKETS = ("undelivered", "waiting", "d0_30", "d31_60", "d61_90", "d90", "credit")
"""Not delivered; delivered and not due; so many days since it fell due; paid in advance (below zero)."""
_EDGES = ((30, "d0_30"), (60, "d31_60"), (90, "d61_90"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an order: thousandths of a unit, and its total in minor units."""

    id: str
    quantity: int
    total: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Goods that went to the customer or came back: the day, the line, thousandths of a unit."""

    day: date
    line: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came (or went back, below zero): the day and minor units."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one order.

    Attributes:
        ordered: the day of the order.
        rule: when it is to be paid.
        lines: what was ordered.
        amount: the total where the order has no lines (one brought by a file).
        cancelled: whether it does not count any more.
        delivered, returned, paid: what happened.
        plan: parts that are to be paid on agreed days, whatever is delivered when.
    """

    ordered: date
    rule: DueRule
    lines: Sequence[Line] = ()
    amount: int = 0
    cancelled: bool = False
    delivered: Sequence[Moved] = ()
    returned: Sequence[Moved] = ()
    paid: Sequence[Paid] = ()
    plan: Sequence[Open] = ()

    def until(self, day: date) -> Facts:
        """The same as it stood on a day; its lines are those of today."""
        cut: dict[str, Sequence[Moved]] = {
            "delivered": [one for one in self.delivered if one.day <= day],
            "returned": [one for one in self.returned if one.day <= day],
        }
        paid = [one for one in self.paid if one.day <= day]
        amount, lines = (self.amount, self.lines) if self.ordered <= day else (0, ())
        return Facts(self.ordered, self.rule, lines, amount, self.cancelled, paid=paid, plan=self.plan, **cut)


@dataclass(frozen=True, slots=True)
class Open:
    """A part of what is owed: when it falls due (None: not delivered yet) and minor units."""

    due: date | None
    amount: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where an order stands, in minor units; `open` is what is owed by due day, `credit` what was paid too much."""

    total: int
    delivered: int
    returned: int
    received: int
    refunded: int
    open: tuple[Open, ...] = ()
    credit: int = 0

    @property
    def balance(self) -> int:
        """What the customer owes; below zero if we owe it."""
        return self.total - self.returned - self.received + self.refunded

    @property
    def due(self) -> date | None:
        """The first day on which something that is still owed falls due."""
        return min((one.due for one in self.open if one.due is not None), default=None)


def position(facts: Facts, shift: Shift | None = None) -> Position:
    """Where an order stands by what is known of it."""
    whole = facts.amount if not facts.lines else sum(line.total for line in facts.lines)
    total = 0 if facts.cancelled else whole
    spot = total if facts.rule.kind == CASH else 0
    received = spot + sum(one.amount for one in facts.paid if one.amount > 0)
    refunded = -sum(one.amount for one in facts.paid if one.amount < 0)
    returned = 0 if facts.cancelled else sum(_values(facts.lines, facts.returned).values())
    charges = [] if facts.cancelled else _charges(facts, total, shift)
    delivered = 0 if facts.cancelled else sum(_values(facts.lines, facts.delivered).values())
    settled, credit = settle(charges, returned + received - refunded)
    return Position(total, delivered, returned, received, refunded, tuple(settled), credit)


def _charges(facts: Facts, total: int, shift: Shift | None) -> list[Open]:
    """What falls due when: by the plan, else by what each delivery costs; the rest of the order without a day."""
    if facts.plan:
        return _planned(facts.plan, total)
    if facts.rule.kind in (CASH, PREPAID) or not facts.lines:
        return [Open(due_on(facts.rule, facts.ordered, shift), total)] if total else []
    found = [
        Open(due_on(facts.rule, day, shift), value) for day, value in _values(facts.lines, facts.delivered).items()
    ]
    rest = total - sum(one.amount for one in found)
    return [*found, Open(None, rest)] if rest else found


def _planned(plan: Sequence[Open], total: int) -> list[Open]:
    """The parts of a plan as far as the order goes, and what it leaves."""
    found = []
    rest = total
    for one in sorted(plan, key=lambda part: part.due or date.max):
        part = min(rest, one.amount)
        if part > 0:
            found.append(Open(one.due, part))
            rest -= part
    return [*found, Open(None, rest)] if rest else found


def _values(lines: Sequence[Line], moved: Iterable[Moved]) -> dict[date, int]:
    """Value by day: each line's share of its total, by the quantity so far, so that whole lines sum to the cent."""
    known = {line.id: line for line in lines}
    so_far: dict[str, int] = {}
    found: dict[date, int] = {}
    for one in sorted(moved, key=lambda item: item.day):
        line = known.get(one.line)
        if line is None or line.quantity <= 0:
            continue
        before = so_far.get(one.line, 0)
        after = so_far[one.line] = min(line.quantity, max(0, before + one.quantity))
        value = value_of(line, after) - value_of(line, before)
        found[one.day] = found.get(one.day, 0) + value
    return found


def value_of(line: Line, quantity: int) -> int:
    """What so much of a line costs."""
    return divided(line.total * quantity, line.quantity)


def settle(charges: Iterable[Open], credit: int) -> tuple[list[Open], int]:
    """Let a credit pay what falls due first, what is not delivered last.

    Returns:
        What is left open, and the credit that is left; a credit below zero is owed at once, with the first due day.
    """
    ordered = sorted(charges, key=lambda one: (one.due is None, one.due or date.min))
    if credit < 0:
        first = next((one.due for one in ordered), None)
        ordered.insert(0, Open(first, -credit))
        credit = 0
    left = []
    # A charge below zero (a line that gives money back) is credit, too.
    credit -= sum(one.amount for one in ordered if one.amount < 0)
    for one in ordered:
        if one.amount <= 0:
            continue
        used = min(credit, one.amount)
        credit -= used
        if one.amount > used:
            left.append(Open(one.due, one.amount - used))
    return left, credit


@dataclass
class Ageing:
    """What somebody owes by age, in minor units of one currency; the buckets sum to the balance."""

    buckets: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BUCKETS, 0))

    @property
    def balance(self) -> int:
        """The sum of all buckets."""
        return sum(self.buckets.values())

    @property
    def overdue(self) -> int:
        """What is due and not paid."""
        return sum(self.buckets[name] for name in ("d0_30", "d31_60", "d61_90", "d90"))

    def add(self, other: Mapping[str, int]) -> None:
        """Add another's buckets."""
        for name, amount in other.items():
            self.buckets[name] += amount


def ageing(charges: Iterable[Open], credit: int, at: date) -> Ageing:
    """How old what is owed is on a day, counted from the agreed due day, not from the delivery.

    Args:
        charges: what is owed, of one or several orders in one currency.
        credit: what was paid and belongs to none of them; it settles the oldest first.
        at: the day; on the due day itself the age is 0.
    """
    left, rest = settle(charges, credit)
    found = Ageing()
    found.buckets["credit"] = -rest
    for one in left:
        found.buckets[bucket(one.due, at)] += one.amount
    return found


def bucket(due: date | None, at: date) -> str:
    """The bucket of something that falls due on a day."""
    if due is None:
        return "undelivered"
    days = (at - due).days
    if days < 0:
        return "waiting"
    return next((name for most, name in _EDGES if days <= most), "d90")
