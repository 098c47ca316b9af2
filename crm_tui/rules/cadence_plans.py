"""Due contacts laid onto people's days: most overdue first, as many as fit, one region a day where possible.

Who gets a place at all is decided before where: candidates are taken in order of urgency as long as everybody taken so
far still fits behind his earliest day (a set that fits keeps fitting when it is thinned out, so nobody is pushed out by
somebody less urgent). Then each day is filled, led by the most urgent who may come and followed by his region.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from crm_tui.errors import Refused
from crm_tui.rules.cadence import Policy, State, due, state
from crm_tui.rules.capacity import slots
from crm_tui.rules.local_time import local_day
from crm_tui.rules.working_time import Interval, WorkClock
from crm_tui.words import t

Reason = Literal["not due", "has a plan", "do not call", "no policy", "no room"]

_DAY = timedelta(days=1)
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who may be due.

    Attributes:
        customer: id.
        person: id of the one who would go.
        policy: how often; None if there is no policy for this customer.
        last_contact: day of the last real contact.
        region: where; empty if unknown, which is no region.
        since: day from which a customer without contact counts.
        planned: days of open plans with this customer, overdue ones too.
        do_not_call: last day on which the customer does not want to be called; `FOREVER` without end.
        weight: of two that are equally overdue the heavier goes first (value, for one).
    """

    customer: str
    person: str
    policy: Policy | None
    last_contact: date | None
    region: str = ""
    since: date | None = None
    planned: tuple[date, ...] = ()
    do_not_call: date | None = None
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Engagement:
    """Something that a person already has in his diary.

    Attributes:
        person: id.
        start: aware.
        minutes: how long.
        region: where, if known.
        counts: whether it takes one of the day's places, besides its time.
    """

    person: str
    start: datetime
    minutes: int
    region: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """How days are filled.

    Attributes:
        clock: working days, hours and zone.
        capacity: contacts a day of those who stand not in `capacities`.
        capacities: contacts a day by person.
        minutes: length of a contact.
        travel: minutes between two.
        horizon: days, today included, on which proposals may lie.
    """

    clock: WorkClock
    capacity: int = 8
    capacities: Mapping[str, int] = field(default_factory=dict)
    minutes: int = 30
    travel: int = 15
    horizon: int = 14

    def __post_init__(self) -> None:
        counts = (self.capacity, *self.capacities.values())
        if not 1 <= self.horizon <= _LONGEST or self.minutes < 1 or self.travel < 0 or min(counts) < 0:
            raise Refused(t("Proposals need 1 to {most} days and contacts of at least a minute.", most=_LONGEST))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A contact with a place in a day.

    Attributes:
        customer: id.
        person: id.
        start: UTC.
        minutes: how long.
        region: of the customer.
        due: the day on which it was due.
        state: how urgent it is.
    """

    customer: str
    person: str
    start: datetime
    minutes: int
    region: str
    due: date
    state: State


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate without a place, and why; the due day is None where no policy says one."""

    customer: str
    person: str
    reason: Reason
    due: date | None


@dataclass(frozen=True, slots=True)
class Proposals:
    """The outcome: every candidate stands in exactly one of the lists.

    Attributes:
        plans: by person, then time.
        unplaced: due, but there is no room; most overdue first.
        left_out: nothing to propose, in the order of the candidates.
    """

    plans: tuple[Proposed, ...]
    unplaced: tuple[LeftOut, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class _Due:
    """A candidate who is to be placed; `earliest` is the first day on which he may be called."""

    candidate: Candidate
    policy: Policy
    on: date
    earliest: date

    @property
    def rank(self) -> tuple[date, int, str]:
        return self.on, -self.candidate.weight, self.candidate.customer


@dataclass(slots=True)
class _Day:
    day: date
    starts: list[datetime]
    regions: list[str]


def propose(
    candidates: Iterable[Candidate], now: datetime, rules: Rules, engagements: Sequence[Engagement] = ()
) -> Proposals:
    """Propose contacts from `now` (aware) over the horizon; the same input gives the same plans.

    A candidate who is due within the horizon is never proposed before the due day, nor before "do not call" is over;
    one with an open plan up to the end of the horizon is left out.

    Raises:
        Refused: two candidates are the same customer.
    """
    today = local_day(now, rules.clock.zone)
    last = today + (rules.horizon - 1) * _DAY
    waiting: dict[str, list[_Due]] = {}
    left_out: list[LeftOut] = []
    seen: set[str] = set()
    for candidate in candidates:
        if candidate.customer in seen:
            raise Refused(t("The customer {id} stands twice among the candidates.", id=candidate.customer))
        seen.add(candidate.customer)
        found = _examine(candidate, today, last)
        if isinstance(found, LeftOut):
            left_out.append(found)
        else:
            waiting.setdefault(candidate.person, []).append(found)
    plans: list[Proposed] = []
    unplaced: list[_Due] = []
    for person in sorted(waiting):
        days = _days(person, now, today, rules, [one for one in engagements if one.person == person])
        chosen, rest = _choose(sorted(waiting[person], key=lambda one: one.rank), days)
        unplaced += rest
        plans += _place(chosen, days, today, rules.minutes)
    unplaced.sort(key=lambda one: one.rank)
    without_room = (LeftOut(one.candidate.customer, one.candidate.person, "no room", one.on) for one in unplaced)
    return Proposals(tuple(plans), tuple(without_room), tuple(left_out))


def _examine(candidate: Candidate, today: date, last: date) -> _Due | LeftOut:
    who = candidate.customer, candidate.person
    policy = candidate.policy
    if policy is None:
        return LeftOut(*who, "no policy", None)
    on = due(policy, candidate.last_contact, today, candidate.since)
    free = today
    if candidate.do_not_call is not None and candidate.do_not_call >= today:
        if candidate.do_not_call >= last:
            return LeftOut(*who, "do not call", on)
        free = candidate.do_not_call + _DAY
    if any(day <= last for day in candidate.planned):
        return LeftOut(*who, "has a plan", on)
    if on > last:
        return LeftOut(*who, "not due", on)
    return _Due(candidate, policy, on, max(on, free))


def _days(person: str, now: datetime, today: date, rules: Rules, engaged: Sequence[Engagement]) -> list[_Day]:
    """The days of the horizon with the starts that a person has left on each."""
    busy: list[Interval] = [(one.start, one.start + timedelta(minutes=one.minutes)) for one in engaged]
    most = rules.capacities.get(person, rules.capacity)
    past = (now.astimezone(UTC) - 2 * _DAY, now.astimezone(UTC))
    found = []
    for number in range(rules.horizon):
        day = today + number * _DAY
        there = [one for one in engaged if local_day(one.start, rules.clock.zone) == day]
        left = max(0, most - sum(one.counts for one in there))
        taken = [*busy, (past[0], past[1] - timedelta(minutes=rules.travel))] if number == 0 else busy
        starts = slots(rules.clock, day, taken, rules.minutes, rules.travel)[:left]
        found.append(_Day(day, starts, sorted({one.region for one in there if one.region})))
    return found


def _choose(ranked: Sequence[_Due], days: Sequence[_Day]) -> tuple[list[_Due], list[_Due]]:
    """The most urgent who fit together, and the others, both in order.

    They fit iff for each day there are no more of them who must come on it or later than places from it on.
    """
    at = {one.day: number for number, one in enumerate(days)}
    spare = [0] * len(days)
    room = 0
    for number in range(len(days) - 1, -1, -1):
        room += len(days[number].starts)
        spare[number] = room
    chosen: list[_Due] = []
    rest: list[_Due] = []
    for one in ranked:
        upto = at[one.earliest] + 1
        if min(spare[:upto]) > 0:
            for number in range(upto):
                spare[number] -= 1
            chosen.append(one)
        else:
            rest.append(one)
    return chosen, rest


def _place(chosen: Sequence[_Due], days: Sequence[_Day], today: date, minutes: int) -> list[Proposed]:
    """Give each of those who fit together a day and a time; every day is filled as far as somebody may come."""
    left = list(chosen)
    plans: list[Proposed] = []
    for day in days:
        may = [one for one in left if one.earliest <= day.day]
        coming = _led_by_region(may, day.regions)[: len(day.starts)]
        for one, start in zip(coming, day.starts, strict=False):
            who = one.candidate
            urgency = state(one.policy, who.last_contact, today)
            plans.append(Proposed(who.customer, who.person, start, minutes, who.region, one.on, urgency))
        gone = {one.candidate.customer for one in coming}
        left = [one for one in left if one.candidate.customer not in gone]
    return plans


def _led_by_region(may: Sequence[_Due], engaged: Sequence[str]) -> list[_Due]:
    """The order in which a day takes people: the most urgent and his region, regions already on the way, the others.

    The others come region by region, each at the place of its most urgent; who has no region stands alone.
    """
    blocks: dict[str, list[_Due]] = {}
    for one in may:
        blocks.setdefault(one.candidate.region or f"\0{one.candidate.customer}", []).append(one)
    order = [*list(blocks)[:1], *(region for region in engaged if region in blocks), *blocks]
    return [one for region in dict.fromkeys(order) for one in blocks[region]]
