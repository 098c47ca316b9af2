"""Values of calendar lines: days, instants, durations and recurrence rules, as other programs write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crm_tui.exchange.calendar_lines import Line
from crm_tui.exchange.calendar_model import Moment
from crm_tui.exchange.calendar_zones import Zones

_MOMENT = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})"
    r"(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?|Z)?",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"([+-]?)P(?=.)(?:(-?\d{1,5})W)?(?:(-?\d{1,6})D)?"
    r"(?:T(?:(-?\d{1,6})H)?(?:(-?\d{1,7})M)?(?:(-?\d{1,9})S)?)?",
    re.IGNORECASE,
)
"""Some programs write a day with a Z behind it, or the minus of a duration inside it ("PT-2H")."""
_UNTIL = re.compile(r"UNTIL=([^;]*)", re.IGNORECASE)


class UnknownZone(ValueError):
    """A time in a zone that nobody defined; `name` is the zone's, `moment` the time as if it stood in the reader's."""

    def __init__(self, name: str, moment: datetime, zone: str) -> None:
        self.name, self.moment, self.zone = name, moment, zone
        super().__init__(name)


def parse_moment(text: str, params: dict[str, str], zones: Zones) -> tuple[Moment, str]:
    """Read a day, or an instant with the name of its zone ("UTC" for bare instants, the reader's for floating ones).

    Raises:
        ValueError: no day or time.
        UnknownZone: the named zone is neither known nor defined in the file.
    """
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if found[4] is None:
        return day, ""
    hour, minute, second = int(found[4]), int(found[5]), min(59, int(found[6] or 0))
    if hour == 24 and minute == second == 0:
        day, hour = day + timedelta(days=1), 0
    local = datetime.combine(day, time(hour, minute, second))
    if found[7]:
        return _utc(local, found[7]), "UTC"
    name = params.get("TZID", "").strip()
    if not name:
        return local_time(local, zones.reader), zones.reader
    known = zones.resolve(name, day.year)
    if known is None:
        raise UnknownZone(name, local_time(local, zones.reader), zones.reader)
    return _settled(local.replace(tzinfo=known[1]), known[0]), known[0]


def _utc(local: datetime, mark: str) -> datetime:
    if mark in "zZ":
        return local.replace(tzinfo=UTC)
    digits = mark[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return (local + offset if mark[0] == "-" else local - offset).replace(tzinfo=UTC)


def local_time(local: datetime, zone: str) -> datetime:
    """A clock time in a zone; one that a change of the clock leaves out is moved on as the clock is."""
    return _settled(local.replace(tzinfo=zone_of(zone)), zone)


def _settled(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(UTC).astimezone(zone_of(zone))


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name; UTC is Python's own."""
    from zoneinfo import ZoneInfo

    return UTC if name in ("", "UTC") else ZoneInfo(name)


def parse_moments(line: Line, start: Moment, zone: str, zones: Zones) -> list[Moment]:
    """The days or instants of an EXDATE or RDATE line, of the same kind as the event's start.

    A whole day against a start with a time means the occurrence of that day; of periods only the beginning counts.

    Raises:
        ValueError: one of them is none.
    """
    found: list[Moment] = []
    for part in filter(None, (piece.strip() for piece in line.value.split(","))):
        moment, _ = parse_moment(part.partition("/")[0], line.params, zones)
        if isinstance(start, datetime) and not isinstance(moment, datetime):
            moment = local_time(datetime.combine(moment, start.replace(tzinfo=None).time()), zone)
        elif isinstance(moment, datetime) and not isinstance(start, datetime):
            moment = moment.date()
        elif isinstance(moment, datetime):
            moment = moment.astimezone(zone_of(zone))
        found.append(moment)
    return found


def parse_duration(text: str) -> timedelta:
    """Read "PT1H30M", "-P1D", "P2W".

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    weeks, days, hours, minutes, seconds = (int(found[at] or 0) for at in range(2, 7))
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length


def parse_rule(text: str, start: Moment, zone: str) -> str:
    """Check a recurrence rule and give it in the form that all programs read: upper case, UNTIL in UTC.

    Raises:
        ValueError: no rule that can be followed.
    """
    from dateutil.rrule import rrulestr

    parts = "".join(text.split()).upper().removeprefix("RRULE:").split(";")
    rule = ";".join(part for part in parts if part and not part.startswith("X-"))
    until = _UNTIL.search(rule)
    if until:
        rule = rule[: until.start()] + f"UNTIL={_until(until[1], start, zone)}" + rule[until.end() :]
    begin = start if isinstance(start, datetime) else datetime.combine(start, time())
    try:
        made = rrulestr(rule, dtstart=begin)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise ValueError(str(error)) from None
    if not rule.startswith("FREQ=") and ";FREQ=" not in rule:
        raise ValueError(rule)
    if made is None:
        raise ValueError(rule)
    return rule


def _until(text: str, start: Moment, zone: str) -> str:
    found = _MOMENT.fullmatch(text)
    if not found:
        raise ValueError(text)
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if not isinstance(start, datetime):
        return day.isoformat().replace("-", "")
    clock = time(int(found[4]), int(found[5]), min(59, int(found[6] or 0))) if found[4] else time(23, 59, 59)
    local = datetime.combine(day, clock)
    moment = _utc(local, found[7]) if found[7] else local_time(local, zone).astimezone(UTC)
    return f"{moment.year:04}{moment:%m%dT%H%M%SZ}"
