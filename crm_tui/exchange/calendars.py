"""Calendars (iCalendar, RFC 5545): written so that other programs show the same instants, read whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.errors import BadFile, Refused
from crm_tui.exchange.calendar_fields import read_event
from crm_tui.exchange.calendar_lines import Block, clean, read_blocks
from crm_tui.exchange.calendar_model import CalendarEvent, CalendarProblem, Moment, event_uid
from crm_tui.exchange.calendar_values import parse_rule, zone_of
from crm_tui.exchange.calendar_zones import Zones, known_zone, zone_text
from crm_tui.exchange.encoding import detect_encoding, known_encoding
from crm_tui.exchange.files import readable_size
from crm_tui.exchange.replacing import replacing
from crm_tui.words import t

if TYPE_CHECKING:
    import icalendar

__all__ = ["CalendarEvent", "CalendarProblem", "calendar_text", "event_uid", "read_calendar", "write_calendar"]

SIZE_LIMIT = 256 << 20
_OPEN_YEARS = 10
"""Years of zone rules behind the last start of a series that has no end."""
_PERSON = re.compile(r"(.*?)\s*<([^<>]+)>")


def read_calendar(
    path: str | Path, zone: str = "UTC", encoding: str | None = None
) -> tuple[list[CalendarEvent], list[CalendarProblem]]:
    """Read all events of a file, whatever program wrote it.

    Args:
        path: the file; several calendars in it are read as one.
        zone: IANA zone for times that name none ("floating").
        encoding: codec instead of the one found.

    Returns:
        The events in the order of the file, of one UID and occurrence only the newest; and what could not be read.

    Raises:
        BadFile: the file cannot be read, or there is no calendar in it.
    """
    path = Path(path)
    if readable_size(path) > SIZE_LIMIT:
        raise BadFile(t("{file} is larger than 256 MB: split it into smaller files.", file=path))
    codec = known_encoding(encoding) if encoding else detect_encoding(path, last="utf-8")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadFile(t("{file} cannot be read: {reason}.", file=path, reason=error.strerror or error)) from None
    if codec.startswith(("utf-16", "utf-32")):
        data, codec = data.decode(codec, "replace").removeprefix("\ufeff").encode(), "utf-8"
    blocks = read_blocks(data, "utf-8" if codec == "utf-8-sig" else codec, forced=bool(encoding))
    if not any(block.name in ("VCALENDAR", "VEVENT") for block in blocks):
        raise BadFile(t("{file} holds no calendar: a calendar begins with BEGIN:VCALENDAR.", file=path))
    return _read(blocks, known_zone(zone) or "UTC")


def _read(blocks: list[Block], reader: str) -> tuple[list[CalendarEvent], list[CalendarProblem]]:
    zones = Zones([block for one in blocks for block in _within(one) if block.name == "VTIMEZONE"], reader)
    events: dict[tuple[str, Moment | None], CalendarEvent] = {}
    problems: list[CalendarProblem] = []
    for outer in blocks:
        cancelled = outer.text("METHOD").upper() == "CANCEL"
        for block in _within(outer):
            if block.name == "VEVENT":
                event, wrong = read_event(block, zones, cancelled)
                problems += wrong
                if event:
                    _keep_newest(event, block, events, problems)
            elif block.name in ("VTODO", "VJOURNAL", "VFREEBUSY"):
                reason = t("A {kind} is no appointment and was left out.", kind=block.name)
                problems.append(CalendarProblem(block.number, block.text("UID"), reason, lost=True))
        for line in outer.lines:
            if not line.name and outer.name == "VCALENDAR":
                reason = t("“{text}” is no calendar line.", text=line.value.strip()[:40])
                problems.append(CalendarProblem(line.number, "", reason, lost=False))
    return list(events.values()), sorted(problems, key=lambda problem: problem.line)


def _within(block: Block) -> list[Block]:
    """A component and those inside it that stand for themselves."""
    if block.name in ("VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE"):
        return [block]
    return [block, *(deeper for inner in block.inner for deeper in _within(inner))]


def _keep_newest(
    event: CalendarEvent,
    block: Block,
    events: dict[tuple[str, Moment | None], CalendarEvent],
    problems: list[CalendarProblem],
) -> None:
    key = (event.uid, event.recurrence_id)
    before = events.get(key)
    if before is not None and before != event:
        reason = t("The entry stands in the file twice: the one of the higher sequence, else the later one, is read.")
        problems.append(CalendarProblem(block.number, event.uid, reason, lost=False))
    if before is None or event.sequence >= before.sequence:
        events[key] = event


def write_calendar(events: Iterable[CalendarEvent], path: str | Path, *, stamp: datetime, name: str = "") -> int:
    """Write events as one calendar; the file appears whole or not at all.

    Args:
        events: what to write; times with a zone keep it (with its rules in the file), so series follow its clock.
        path: target; a file there is replaced.
        stamp: when this was said (aware).
        name: title of the calendar.

    Returns:
        How many events were written.

    Raises:
        BadFile: the file cannot be written.
        Refused: an event has a zone or a rule that does not exist.
    """
    chosen = list(events)
    data = calendar_text(chosen, stamp=stamp, name=name)
    with replacing(path) as part:
        part.write_bytes(data)
    return len(chosen)


def calendar_text(events: Iterable[CalendarEvent], *, stamp: datetime, name: str = "") -> bytes:
    """The calendar of `write_calendar` as UTF-8 bytes with folded lines."""
    from icalendar import Calendar, Timezone

    chosen = list(events)
    calendar = Calendar()
    calendar.add("prodid", "-//crm-tui//crm-tui//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", clean(name))
    for zone, (first, last) in sorted(_zone_years(chosen).items()):
        calendar.add_component(Timezone.from_ical(zone_text(zone, first, last)))
    for event in chosen:
        calendar.add_component(_component(event, stamp))
    return bytes(calendar.to_ical())


def _zone_years(events: list[CalendarEvent]) -> dict[str, tuple[int, int]]:
    """The zones in use with first and last year."""
    years: dict[str, tuple[int, int]] = {}
    for event in events:
        if event.all_day or event.zone in ("", "UTC"):
            continue
        if not known_zone(event.zone):
            raise Refused(
                t("“{summary}” is in the unknown time zone {zone}.", summary=event.summary[:40], zone=event.zone)
            )
        moments = (event.start, event.end, event.recurrence_id, *event.exdates, *event.rdates)
        used = [moment.year for moment in moments if moment]
        first, last = min(used), max(used) + (_OPEN_YEARS if event.rrule else 0)
        before = years.get(event.zone, (first, last))
        years[event.zone] = min(first, before[0]), max(last, before[1])
    return years


def _component(event: CalendarEvent, stamp: datetime) -> icalendar.Event:
    from icalendar import Event, vRecur

    made = Event()
    made.add("uid", clean(event.uid))
    made.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    made.add("dtstart", _written(event.start, event))
    if event.end != event.start:
        made.add("dtend", _written(event.end, event))
    _add_text(made, "summary", " ".join(clean(event.summary).split()))
    for field, text in (("description", event.description), ("location", event.location)):
        if text:
            _add_text(made, field, clean(text))
    if event.status:
        made.add("status", event.status.upper())
    if event.sequence:
        made.add("sequence", event.sequence)
    if event.recurrence_id is not None:
        made.add("recurrence-id", _written(event.recurrence_id, event))
    if event.rrule:
        try:
            made.add("rrule", vRecur.from_ical(parse_rule(event.rrule, event.start, event.zone)))
        except ValueError:
            raise Refused(
                t("“{text}” of “{summary}” is no rule of repetition.", text=event.rrule, summary=event.summary[:40])
            ) from None
    for field, moments in (("exdate", event.exdates), ("rdate", event.rdates)):
        for moment in moments:
            made.add(field, _written(moment, event))
    for attendee in event.attendees:
        _add_attendee(made, attendee)
    for minutes in event.alarm_minutes:
        made.add_component(_alarm(event, minutes))
    return made


def _written(moment: Moment, event: CalendarEvent) -> Moment:
    """A moment as it stands in the file: with its zone, or as UTC where the clock shows that hour twice."""
    if not isinstance(moment, datetime):
        return moment
    local = moment.astimezone(zone_of(event.zone)).replace(microsecond=0)
    first = local.replace(fold=0)
    return local if first.utcoffset() == local.utcoffset() and not local.fold else moment.astimezone(UTC)


def _add_text(made: icalendar.Component, field: str, text: str) -> None:
    """Add a text escaped by our own hand: the library takes a backslash before an N for a newline."""
    from icalendar import vText

    class Text(vText):
        def to_ical(self) -> bytes:
            escaped = str(self).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
            return escaped.encode()

    made.add(field, Text(text))


def _add_attendee(made: icalendar.Event, attendee: str) -> None:
    from icalendar import vCalAddress, vText

    found = _PERSON.fullmatch(clean(attendee).replace("\n", " "))
    mail = found[2] if found else clean(attendee).replace("\n", " ")
    address = vCalAddress(f"mailto:{mail}" if "@" in mail else mail)
    if found and found[1]:
        address.params["CN"] = vText(found[1].replace('"', ""))
    made.add("attendee", address, encode=False)


def _alarm(event: CalendarEvent, minutes: int) -> icalendar.Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    _add_text(alarm, "description", " ".join(clean(event.summary).split()) or "-")
    alarm.add("trigger", timedelta(minutes=-minutes))
    return alarm
