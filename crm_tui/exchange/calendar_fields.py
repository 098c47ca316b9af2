"""One event out of a VEVENT component; what of it cannot be read is reported beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crm_tui.exchange.calendar_lines import Block, Line
from crm_tui.exchange.calendar_model import CalendarEvent, CalendarProblem, Moment
from crm_tui.exchange.calendar_values import (
    UnknownZone,
    parse_duration,
    parse_moment,
    parse_moments,
    parse_rule,
    zone_of,
)
from crm_tui.exchange.calendar_zones import Zones
from crm_tui.words import t

_STATES = {"CONFIRMED": "confirmed", "TENTATIVE": "tentative", "CANCELLED": "cancelled", "CANCELED": "cancelled"}


@dataclass(slots=True)
class _Reading:
    """What is being read, and what went wrong so far."""

    block: Block
    uid: str
    zones: Zones
    problems: list[CalendarProblem] = field(default_factory=list)

    def report(self, line: int, reason: str, lost: bool = False) -> None:
        if all(problem.reason != reason for problem in self.problems):
            self.problems.append(CalendarProblem(line, self.uid, reason, lost))

    def moment(self, line: Line) -> tuple[Moment, str] | None:
        """The day or instant of a line; an unknown zone is read as the reader's own and reported."""
        try:
            return parse_moment(line.value, line.params, self.zones)
        except UnknownZone as error:
            self.report(
                line.number,
                t(
                    "The time zone “{zone}” is unknown and not described in the file: its times are read in {ours}.",
                    zone=error.name[:60],
                    ours=self.zones.reader,
                ),
            )
            return error.moment, error.zone
        except (ValueError, OverflowError):
            return None


def read_event(block: Block, zones: Zones, cancelled: bool) -> tuple[CalendarEvent | None, list[CalendarProblem]]:
    """Read a VEVENT.

    Args:
        block: the component.
        zones: of its file.
        cancelled: whether the calendar as a whole takes its events back (METHOD:CANCEL).

    Returns:
        The event, None if it has no usable start; and the problems, the one that lost it among them.
    """
    read = _Reading(block, block.text("UID"), zones)
    if not block.whole:
        read.report(block.number, t("The entry has no END: the file is cut off or damaged there."), lost=True)
        return None, read.problems
    for line in block.lines:
        if not line.name:
            read.report(line.number, t("“{text}” is no calendar line.", text=line.value.strip()[:40]))
    first = block.first("DTSTART")
    if first is None:
        read.report(block.number, t("The entry says no start (DTSTART)."), lost=True)
        return None, read.problems
    begin = read.moment(first)
    if begin is None:
        read.report(first.number, t("“{text}” is no day or time to start.", text=first.value[:40]), lost=True)
        return None, read.problems
    start, zone = begin
    end = _end(read, start)
    state = "cancelled" if cancelled else _STATES.get(block.text("STATUS").upper(), "")
    event = CalendarEvent(
        uid=read.uid or _made_uid(block),
        start=start,
        end=end,
        zone=zone,
        summary=" ".join(block.text("SUMMARY").split()),
        description=block.text("DESCRIPTION"),
        location=block.text("LOCATION"),
        status=state,
        alarm_minutes=_alarms(read, start, end),
        rrule=_rule(read, start, zone),
        exdates=_dates(read, "EXDATE", start, zone),
        rdates=_dates(read, "RDATE", start, zone),
        recurrence_id=_recurrence(read, start, zone),
        attendees=_attendees(block),
        sequence=_number(block.text("SEQUENCE")),
    )
    return event, read.problems


def _made_uid(block: Block) -> str:
    """A UID for an entry without one, the same whenever the same entry is read."""
    text = "\n".join(line for line in block.raw if not line.upper().startswith("DTSTAMP"))
    return f"{hashlib.sha256(text.encode()).hexdigest()[:32]}@no-uid"


def _end(read: _Reading, start: Moment) -> Moment:
    """The end, of the start's kind; a day by default for days, nothing for times."""
    timed = isinstance(start, datetime)
    default: Moment = start if timed else start + timedelta(days=1)
    line = read.block.first("DTEND")
    if line:
        found = read.moment(line)
        if found is None:
            read.report(line.number, t("“{text}” is no day or time to end.", text=line.value[:40]))
            return default
        end = _like(found[0], start)
        if end < start:
            read.report(line.number, t("The entry ends before it starts: the end was left out."))
            return default
        return end if timed or end > start else default
    line = read.block.first("DURATION")
    if line:
        try:
            length = parse_duration(line.value)
            if length < timedelta(0):
                raise ValueError(line.value)
            end = start + length
        except (ValueError, OverflowError):
            read.report(line.number, t("“{text}” is no duration.", text=line.value[:40]))
            return default
        return max(end, default)
    return default


def _like(moment: Moment, start: Moment) -> Moment:
    """A moment as the kind that the start has."""
    if isinstance(start, datetime):
        if isinstance(moment, datetime):
            return moment.astimezone(start.tzinfo)
        return datetime(moment.year, moment.month, moment.day, tzinfo=start.tzinfo)
    return moment.date() if isinstance(moment, datetime) else moment


def _rule(read: _Reading, start: Moment, zone: str) -> str | None:
    lines = [line for line in read.block.lines if line.name == "RRULE" and line.value.strip()]
    for line in [*lines[1:], *(line for line in read.block.lines if line.name == "EXRULE")]:
        read.report(line.number, t("A second rule of repetition was left out: “{text}”.", text=line.value[:60]))
    if not lines:
        return None
    try:
        return parse_rule(lines[0].value, start, zone)
    except (ValueError, OverflowError):
        text = lines[0].value[:60]
        read.report(lines[0].number, t("“{text}” is no rule of repetition: only the first date is read.", text=text))
        return None


def _dates(read: _Reading, name: str, start: Moment, zone: str) -> tuple[Moment, ...]:
    found: set[Moment] = set()
    for line in read.block.lines:
        if line.name == name:
            try:
                found.update(parse_moments(line, start, zone, read.zones))
            except (ValueError, OverflowError):
                read.report(line.number, t("“{text}” are no days or times.", text=line.value[:40]))
    return tuple(sorted(found))


def _recurrence(read: _Reading, start: Moment, zone: str) -> Moment | None:
    line = read.block.first("RECURRENCE-ID")
    if line is None:
        return None
    if line.params.get("RANGE"):
        read.report(line.number, t("A change of all later dates is read as a change of this one only."))
    found = read.moment(line)
    if found is None:
        read.report(line.number, t("“{text}” does not say which date was changed.", text=line.value[:40]))
    return found[0] if found else None


def _alarms(read: _Reading, start: Moment, end: Moment) -> tuple[int, ...]:
    """Minutes before the start of all alarms that are meant to ring."""
    first = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day, tzinfo=UTC)
    found: set[int] = set()
    for alarm in read.block.inner:
        line = alarm.first("TRIGGER") if alarm.name == "VALARM" else None
        if line is None or alarm.text("ACTION").upper() == "NONE":
            continue
        try:
            if line.value.strip()[:1].isdigit():
                moment, _ = parse_moment(line.value, line.params, read.zones)
                rings = moment if isinstance(moment, datetime) else first
                if not isinstance(start, datetime):
                    rings = rings.astimezone(zone_of(read.zones.reader)).replace(tzinfo=UTC)
                before = first - rings
            else:
                before = -parse_duration(line.value)
                if line.params.get("RELATED", "").upper() == "END":
                    before -= end - start  # type: ignore[operator]
        except (ValueError, OverflowError):
            read.report(line.number, t("“{text}” does not say when to remind.", text=line.value[:40]))
            continue
        found.add(before // timedelta(minutes=1))
    return tuple(sorted(found))


def _attendees(block: Block) -> tuple[str, ...]:
    found: list[str] = []
    for line in block.lines:
        if line.name == "ATTENDEE":
            mail = line.value.strip()
            mail = mail[7:] if mail.lower().startswith("mailto:") else mail
            name = " ".join(line.params.get("CN", "").replace('"', "").split())
            person = f"{name} <{mail}>" if name and name != mail else mail
            if person and person not in found:
                found.append(person)
    return tuple(found)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
