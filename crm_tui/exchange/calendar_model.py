"""What a calendar entry says, whatever program it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

Moment = datetime | date
"""An aware datetime, or a plain date for a whole day."""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One appointment, or one changed occurrence of a repeated one.

    Attributes:
        uid: stays the same when the same plan is written again.
        start: aware datetime, or a date for all-day events.
        end: of the same kind as `start`, not before it; exclusive, so a one-day event ends on the next date.
        zone: IANA name of the zone that the times are meant in; "UTC" for bare instants, empty for all-day events.
        summary: title in one line.
        description: may hold newlines.
        location: place.
        status: "confirmed", "tentative", "cancelled" or empty.
        alarm_minutes: minutes before the start, rising; below zero is after it.
        rrule: recurrence rule of RFC 5545 without "RRULE:"; its UNTIL is in UTC (a date for all-day events).
        exdates: occurrences that are left out, of the same kind as `start`.
        rdates: further occurrences.
        recurrence_id: which occurrence of the series `uid` this event replaces; None for the series or a single event.
        attendees: "Name <mail>" or the mail alone.
        sequence: rises with each change of date that others were told.
    """

    uid: str
    start: Moment
    end: Moment
    zone: str = ""
    summary: str = ""
    description: str = ""
    location: str = ""
    status: str = ""
    alarm_minutes: tuple[int, ...] = ()
    rrule: str | None = None
    exdates: tuple[Moment, ...] = ()
    rdates: tuple[Moment, ...] = ()
    recurrence_id: Moment | None = None
    attendees: tuple[str, ...] = ()
    sequence: int = 0

    @property
    def all_day(self) -> bool:
        """Whether it has days and no times."""
        return not isinstance(self.start, datetime)


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """Something in a foreign calendar that could not be read.

    Attributes:
        line: number in the file, from 1.
        uid: of the entry, empty if it has none.
        reason: a sentence.
        lost: whether the whole entry is left out; otherwise only this part of it.
    """

    line: int
    uid: str
    reason: str
    lost: bool


def event_uid(ident: str) -> str:
    """The UID of a plan of ours, made from its id and nothing else."""
    return f"{ident}@crm-tui"
