"""Series as repeated appointments: one RRULE each, what differs from it as single occurrences of the same UID."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_tui.exchange.calendar_model import CalendarEvent, event_uid
from crm_tui.rules.local_time import localise
from crm_tui.rules.series import Occurrence, Series, next_occurrence, occurrences
from crm_tui.rules.series_text import parse_series, rrule_text
from crm_tui.rules.working_days import EVERY_DAY
from crm_tui.services.agenda import Entry
from crm_tui.services.series import HORIZON, visit_id

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Repeated:
    """Series as events, and the plans that they speak for."""

    events: list[CalendarEvent]
    plans: frozenset[str]


def repeated(
    crm: Crm, entries: Sequence[Entry], person: str | None, make: Callable[[Entry], CalendarEvent]
) -> Repeated:
    """What of the plans from today on can be said by rules.

    Days off shift some series: only single dates can say those, and they stay single here.

    Args:
        crm: the open file.
        entries: all that is planned from today on (of a person).
        person: only whose series; everybody's if None.
        make: the single event of a plan.
    """
    chosen = {entry.id: entry for entry in entries}
    events: list[CalendarEvent] = []
    said: set[str] = set()
    for row in crm.series.all():
        rule = parse_series(str(row["rule"]))
        if rrule_text(rule) is None or (person and row["person"] != person):
            continue
        found = _series(crm, row, rule, chosen, make)
        events += found.events
        said |= found.plans
    return Repeated(events, frozenset(said))


def _series(
    crm: Crm, row: dict[str, Any], rule: Series, chosen: dict[str, Entry], make: Callable[[Entry], CalendarEvent]
) -> Repeated:
    """The repeated appointment of one series, and its occurrences that stand elsewhere."""
    today = crm.local_now().replace(hour=0, minute=0, second=0, microsecond=0)
    plain = replace(rule, skipped=frozenset(), moved={})
    first = next_occurrence(plain, EVERY_DAY, today)
    if first is None:
        return Repeated([], frozenset())
    near = occurrences(plain, EVERY_DAY, first.at, max(first.at, today.astimezone(UTC)) + timedelta(days=HORIZON + 1))
    plans = crm.visits.by_ids([visit_id(row["id"], one.original) for one in near])
    zone = ZoneInfo(rule.zone)
    single: list[CalendarEvent] = []
    left_out = {one for one in rule.skipped if one >= first.original}
    said: set[str] = set()
    sample: Entry | None = None
    for one in near:
        plan = visit_id(row["id"], one.original)
        entry = chosen.get(plan)
        if entry is None:
            if plan in plans:
                left_out.add(one.original)
            continue
        said.add(plan)
        if _as_ruled(entry, row, localise(one.original, zone)):
            sample = sample or entry
        else:
            at = localise(one.original, zone)
            single.append(replace(make(entry), uid=event_uid(row["id"]), recurrence_id=at, zone=rule.zone))
    if sample is None:
        # None of the near ones says what the series is like: they stay as they are.
        return Repeated([], frozenset())
    return Repeated([_master(row, _from(plain, first), make(sample), left_out), *single], frozenset(said))


def _master(row: dict[str, Any], rule: Series, like: CalendarEvent, left_out: Iterable[datetime]) -> CalendarEvent:
    zone = ZoneInfo(rule.zone)
    start = localise(rule.start, zone)
    assert isinstance(like.start, datetime)
    assert isinstance(like.end, datetime)
    return replace(
        like, uid=event_uid(row["id"]), start=start, end=start + (like.end - like.start), zone=rule.zone,
        rrule=rrule_text(rule), exdates=tuple(localise(one, zone) for one in sorted(left_out)),
    )  # fmt: skip


def _from(rule: Series, first: Occurrence) -> Series:
    """The pattern beginning with one of its own occurrences: what is over is counted off."""
    count = rule.count
    if count is not None:
        zone = ZoneInfo(rule.zone)
        count -= len(occurrences(rule, EVERY_DAY, localise(rule.start, zone), first.at))
    return replace(rule, start=first.original, count=count)


def _as_ruled(entry: Entry, row: dict[str, Any], at: datetime) -> bool:
    """Whether a plan is as its series has it."""
    same = entry.kind == row["kind"] and (entry.topic or "") == (row["topic"] or "")
    same = same and (entry.place or "") == (row["place"] or "") and entry.minutes == row["minutes"]
    return same and entry.planned == at
