"""Who is due: policies by tier, kind and customer, counted in days from the last real contact.

Real is a contact that took place and reached somebody (`is_real`); an attempt that reached nobody moves nothing. What
is due is spread over people and days in `cadence_plans`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from crm_tui.errors import Refused
from crm_tui.words import t

State = Literal["green", "yellow", "red", "never"]

FOREVER = date.max
"""The end of a "do not call" without end."""

_UNREACHED = frozenset({"unreached"})


@dataclass(frozen=True, slots=True)
class Policy:
    """How often somebody wants to be seen.

    Attributes:
        every: days from one real contact to the next.
        yellow: days without contact from which the state is yellow; 0 means the day on which it is due.
        red: days without contact from which it is red; 0 means half as long again as `every`.
        note: where the policy comes from, for people.
    """

    every: int
    yellow: int = 0
    red: int = 0
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.every <= 3660 or not 0 < self.yellow_from <= self.red_from:
            raise Refused(t("A cadence counts 1 to 3660 days, and yellow comes before red."))

    @property
    def yellow_from(self) -> int:
        """Days without contact from which the state is yellow."""
        return self.yellow or (min(self.every, self.red) if self.red else self.every)

    @property
    def red_from(self) -> int:
        """Days without contact from which the state is red."""
        return self.red or max(self.yellow_from, self.every + (self.every + 1) // 2)


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy and whom it is for; what is None is for all.

    Attributes:
        policy: how often; None says that these are not to be called on at all.
        customer: id of one customer.
        tier: grade ("A", "B").
        kind: kind of customer (organisation, person, household).
    """

    policy: Policy | None
    customer: str | None = None
    tier: str | None = None
    kind: str | None = None

    @property
    def weight(self) -> int:
        """How specific the row is: customer, kind and tier, tier, kind, everybody."""
        if self.customer is not None:
            return 4
        return 2 * (self.tier is not None) + (self.kind is not None)


class Policies:
    """All policies, asked for one customer at a time; of two for the same the later in the row stands."""

    def __init__(self, rows: Iterable[PolicyRow]) -> None:
        self._rows = {_key(row.customer, row.tier, row.kind): row for row in rows}

    def row_for(self, customer: str, kind: str | None, tier: str | None) -> PolicyRow | None:
        """The most specific row: customer, then kind and tier, tier, kind, everybody; None if there is none."""
        for key in (
            _key(customer, None, None),
            _key(None, tier, kind),
            _key(None, tier, None),
            _key(None, None, kind),
            _key(None, None, None),
        ):
            if key in self._rows:
                return self._rows[key]
        return None

    def policy_for(self, customer: str, kind: str | None, tier: str | None) -> Policy | None:
        """The policy that holds; None if there is none or if it says not to call."""
        row = self.row_for(customer, kind, tier)
        return row.policy if row else None


def _key(customer: str | None, tier: str | None, kind: str | None) -> tuple[str | None, str | None, str | None]:
    return (customer, None, None) if customer is not None else (None, tier, kind)


def is_real(status: str | None, outcome: str | None) -> bool:
    """Whether a logged visit counts as a contact: done, and somebody was reached."""
    return status == "done" and outcome not in _UNREACHED


def due(policy: Policy, last_contact: date | None, today: date, since: date | None = None) -> date:
    """The day on which the next contact is due; it may lie in the past.

    Args:
        policy: how often.
        last_contact: day of the last real contact; a day in the future counts as today.
        today: the day now.
        since: the day from which somebody without any contact counts (when it was created); None means now.
    """
    if last_contact is None:
        return today if since is None else min(since, today) + timedelta(days=policy.every)
    return min(last_contact, today) + timedelta(days=policy.every)


def state(policy: Policy, last_contact: date | None, today: date) -> State:
    """How urgent it is: green, yellow, red, or never if there was no real contact yet."""
    if last_contact is None:
        return "never"
    days = (today - last_contact).days
    return "red" if days >= policy.red_from else "yellow" if days >= policy.yellow_from else "green"


def overdue_days(policy: Policy, last_contact: date | None, today: date, since: date | None = None) -> int:
    """Days since the next contact was due; negative while it is not."""
    return (today - due(policy, last_contact, today, since)).days
