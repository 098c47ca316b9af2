"""Room in people's days: working hours, free slots, the first free one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.rules.cadence_plans import Engagement
from crm_tui.rules.capacity import first_free, slots
from crm_tui.rules.policies import CAPACITY, HOURS, TRAVEL
from crm_tui.rules.working_time import Hours, WorkClock, parse_hours

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MINUTES = 30
"""How long a contact takes of which nothing else is said."""
_AHEAD = 60


class FreeSlots:
    """What is free between working hours, travel and what is planned already."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    @property
    def hours(self) -> Hours:
        """The working hours of the company, office hours until it says others."""
        return parse_hours(self.crm.policies.value(HOURS))

    def set_hours(self, text: str) -> None:
        """Keep working hours such as "09:00-12:00 13:00-18:00; sat closed".

        Raises:
            Refused: if they are not understood.
        """
        self.crm.policies.set(HOURS, text)

    @property
    def capacity(self) -> int:
        """Contacts a day and person."""
        return self.crm.policies.number(CAPACITY)

    @property
    def travel(self) -> int:
        """Minutes between two contacts."""
        return self.crm.policies.number(TRAVEL)

    def clock(self) -> WorkClock:
        """Working time here: days in force, hours, zone."""
        return WorkClock(self.crm.calendar_days.calendar(), self.hours, ZoneInfo(self.crm.zone))

    def engagements(self, first: date, last: date, people: Sequence[str | None]) -> list[Engagement]:
        """What is planned on these days for some people (None: for anybody)."""
        entries = [one for who in people for one in self.crm.agenda.between(first, last, who, open_only=True)]
        return [
            Engagement(one.person, one.at, one.minutes if one.minutes is not None else MINUTES, one.region)
            for one in entries
            if one.person
        ]

    def slots(self, day: date, person: str, minutes: int = MINUTES) -> list[datetime]:
        """Free starts of a day, local; those that are over are left out."""
        found = slots(self.clock(), day, self._busy(day, day, person), minutes, self.travel)
        now = self.crm.store.now()
        return [at.astimezone(ZoneInfo(self.crm.zone)) for at in found if at >= now]

    def first(self, after: datetime, person: str, minutes: int = MINUTES) -> datetime | None:
        """The first free start at or after an instant, local; None within two months."""
        day = after.astimezone(ZoneInfo(self.crm.zone)).date()
        busy = self._busy(day, day + timedelta(days=_AHEAD), person)
        at = first_free(self.clock(), after, minutes, busy, self.travel, days=_AHEAD)
        return at.astimezone(ZoneInfo(self.crm.zone)) if at else None

    def _busy(self, first: date, last: date, person: str) -> list[tuple[datetime, datetime]]:
        found = self.engagements(first, last, [person])
        return [(one.start, one.start + timedelta(minutes=one.minutes)) for one in found]
