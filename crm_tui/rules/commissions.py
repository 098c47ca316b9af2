"""Sales commission: what a person earned in a month, each line with its arithmetic; a refund takes back exactly.

Commission is a function of where an order stands: after each event it is computed anew and the difference is the
line. So the lines of an order that is paid and paid back sum to zero, whatever the roundings between. A month that is
locked keeps its lines; what comes to light later is a correction in the first open month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crm_tui.rules.money import BASIS, allocate, divided

BASES = ("order", "receipt", "margin")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rate for products of a category (or one product, or all) and customers of a tier (or all).

    Attributes:
        id: of the rule's row.
        base: "order" (when it is ordered), "receipt" (as money comes) or "margin" (as money comes, of the margin).
        rate: basis points.
        product, category, tier: to what it applies; None to all.
        valid_from: orders from this day on; None always.
    """

    id: str
    base: str
    rate: int
    product: str | None = None
    category: str | None = None
    tier: str | None = None
    valid_from: date | None = None

    def fits(self, line: Part, tier: str | None, ordered: date) -> int:
        """How closely it fits a line: 0 not at all, more the more it names."""
        wanted = ((self.product, line.product), (self.category, line.category), (self.tier, tier))
        if any(mine is not None and mine != theirs for mine, theirs in wanted):
            return 0
        if self.valid_from is not None and ordered < self.valid_from:
            return 0
        return 1 + 4 * (self.product is not None) + 2 * (self.category is not None) + (self.tier is not None)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of an order: what, minor units, and what it cost us (None: unknown, then it has no margin)."""

    product: str | None
    category: str | None
    total: int
    cost: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changes what an order earns: "order", "payment", "refund" or "return".

    Attributes:
        day, kind, id: when, what, and of which row.
        ordered: change of what the order is worth, in minor units.
        received: change of what was received.
    """

    day: date
    kind: str
    id: str
    ordered: int = 0
    received: int = 0


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as commission sees it."""

    id: str
    ordered: date
    currency: str
    tier: str | None
    parts: Sequence[Part]
    events: Sequence[Event]
    shares: Mapping[str, int]
    """Basis points by person; they should sum to 10,000."""


@dataclass(frozen=True, slots=True)
class Earned:
    """One line of a statement.

    Attributes:
        person, order, day, currency: whose, of what, when.
        event, source: kind and id of the event; `rule` the rule's id.
        base: change of the base in minor units; `rate` and `share` in basis points.
        amount: what it is, in minor units.
    """

    person: str
    order: str
    day: date
    currency: str
    event: str
    source: str
    rule: str
    base: int
    rate: int
    share: int
    amount: int


def earned(sale: Sale, rules: Sequence[Rule]) -> list[Earned]:
    """All lines of an order, in the order of its events."""
    chosen = [_rule(part, sale, rules) for part in sale.parts]
    bases = [0] * len(sale.parts)
    so_far: dict[tuple[str, int], int] = {}
    worth = received = 0
    found = []
    for event in sorted(sale.events, key=lambda one: (one.day, one.kind != "order", one.id)):
        worth, received = worth + event.ordered, received + event.received
        after = _bases(sale.parts, chosen, worth, received)
        for place, rule in enumerate(chosen):
            if rule is None or after[place] == bases[place]:
                continue
            for person, share in sorted(sale.shares.items()):
                now = divided(after[place] * rule.rate * share, BASIS * BASIS)
                before = so_far.get((person, place), 0)
                so_far[person, place] = now
                if now != before or event.kind in ("payment", "refund", "order", "return"):
                    found.append(
                        Earned(
                            person, sale.id, event.day, sale.currency, event.kind, event.id, rule.id,
                            after[place] - bases[place], rule.rate, share, now - before,
                        )
                    )  # fmt: skip
        bases = after
    return found


def _rule(part: Part, sale: Sale, rules: Sequence[Rule]) -> Rule | None:
    best = max(rules, key=lambda rule: (rule.fits(part, sale.tier, sale.ordered), rule.id), default=None)
    return best if best is not None and best.fits(part, sale.tier, sale.ordered) else None


def _bases(parts: Sequence[Part], chosen: Sequence[Rule | None], worth: int, received: int) -> list[int]:
    """What each line's commission is reckoned from: its share of what is ordered, of what came, or of the margin."""
    weights = [max(0, part.total) for part in parts]
    ordered, came = allocate(worth, weights), allocate(received, weights)
    found = []
    for part, rule, of_order, of_receipt in zip(parts, chosen, ordered, came, strict=True):
        if rule is None:
            found.append(0)
        elif rule.base == "order":
            found.append(of_order)
        elif rule.base == "receipt":
            found.append(of_receipt)
        else:
            margin = part.total - part.cost if part.cost is not None else 0
            found.append(divided(margin * of_receipt, part.total) if part.total > 0 else 0)
    return found


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's month: its own lines, corrections of locked months, and the sum of each currency."""

    lines: tuple[Earned, ...]
    corrections: tuple[tuple[str, str, int], ...]
    """Locked month, currency, and what its lines would be now less what was locked."""
    totals: Mapping[str, int]
    locked: bool


def statement(lines: Iterable[Earned], month: str, locked: Mapping[str, Mapping[str, int]]) -> Statement:
    """A person's statement of a month.

    Args:
        lines: all lines of the person, of all months.
        month: like "2026-11".
        locked: by locked month the sums by currency that were paid out then; they are never computed anew.
    """
    own = tuple(line for line in lines if f"{line.day:%Y-%m}" == month)
    if month in locked:
        return Statement(own, (), dict(locked[month]), True)
    corrections = []
    if month == _first_open(month, locked):
        now: dict[str, dict[str, int]] = {one: {} for one in locked}
        for line in lines:
            if (sums := now.get(f"{line.day:%Y-%m}")) is not None:
                sums[line.currency] = sums.get(line.currency, 0) + line.amount
        for one in sorted(locked):
            for currency in sorted({*now[one], *locked[one]}):
                difference = now[one].get(currency, 0) - locked[one].get(currency, 0)
                if difference:
                    corrections.append((one, currency, difference))
    totals: dict[str, int] = {}
    for currency, amount in [*((line.currency, line.amount) for line in own), *((c, a) for _, c, a in corrections)]:
        totals[currency] = totals.get(currency, 0) + amount
    return Statement(own, tuple(corrections), totals, False)


def _first_open(month: str, locked: Mapping[str, object]) -> str:
    """The month right after the last locked one; corrections stand there and nowhere else."""
    if not locked:
        return month
    year, number = map(int, max(locked).split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02}"
