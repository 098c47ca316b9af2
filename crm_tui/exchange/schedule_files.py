"""The schedule as a calendar file, and calendar files of other programs as plans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Refused
from crm_tui.exchange.calendars import CalendarEvent, event_uid, read_calendar, write_calendar
from crm_tui.rules.local_time import wall
from crm_tui.rules.series import occurrences
from crm_tui.rules.series_text import parse_rrule
from crm_tui.rules.working_days import EVERY_DAY
from crm_tui.services.agenda import Entry
from crm_tui.services.calendar_plans import Judged, Outside
from crm_tui.services.free_slots import MINUTES
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

AHEAD = 366
"""For how many days repeated appointments of other calendars become plans."""
AHEAD_OUT, MOST = 730, 100_000
"""For how many days plans are written, and how many at most."""
ALARM = 15
_MORNING = time(9)


def export_schedule(
    crm: Crm, path: str | Path, entries: Sequence[Entry] | None = None, *, person: str | None = None
) -> dict[str, Any]:
    """Write plans as an iCalendar file: instants with their zone, an alarm, and UIDs that stay.

    A selection is written plan by plan. Where everything is written, a series that a rule can express is one repeated
    appointment with the UID of the series.

    Args:
        crm: the open file.
        path: an .ics file; one that is there is replaced.
        entries: a selection; all that is planned from today on if None.
        person: without a selection, only whose plans.

    Returns:
        file and rows.

    Raises:
        BadFile: if the file cannot be written.
    """
    events = _whole(crm, person) if entries is None else list(_events(crm, entries))
    rows = write_calendar(events, path, stamp=crm.store.now(), name=t("Schedule"))
    crm.exports.log("schedule", str(path), rows)
    return {"file": str(path), "rows": rows}


def _whole(crm: Crm, person: str | None) -> list[CalendarEvent]:
    from crm_tui.exchange.series_events import repeated

    today = crm.local_now().date()
    chosen = crm.agenda.between(today, today + timedelta(days=AHEAD_OUT), person, open_only=True, limit=MOST)
    by_rule = repeated(crm, chosen, person, lambda entry: next(iter(_events(crm, [entry]))))
    return [*by_rule.events, *_events(crm, [entry for entry in chosen if entry.id not in by_rule.plans])]


def _events(crm: Crm, entries: Iterable[Entry]) -> Iterable[CalendarEvent]:
    from crm_tui.records.visits import VISIT_KINDS

    kinds = {one.code: one.zh if language() == "zh" else one.en for one in VISIT_KINDS}
    entries = list(entries)
    rows = crm.visits.by_ids([entry.id for entry in entries])
    for entry in entries:
        row = rows[entry.id]
        start = datetime.fromisoformat(row["planned_start"] or row["started"])
        minutes = entry.minutes if entry.minutes is not None else MINUTES
        title = f"{kinds.get(entry.kind, entry.kind)} {entry.name}"
        phones = crm.callbacks.numbers(entry.customer, entry.contact)[:3]
        yield CalendarEvent(
            uid=event_uid(entry.id),
            start=start,
            end=start + timedelta(minutes=minutes),
            zone=row["planned_zone"] or row["zone"] or crm.zone,
            summary=f"{title}: {entry.text}" if entry.text else title,
            description="\n".join(filter(None, (entry.person_name, *phones))),
            location=entry.place,
            status="cancelled" if entry.status == "cancelled" else "confirmed",
            alarm_minutes=(ALARM,) if entry.status == "planned" else (),
            sequence=int(entry.first is not None),
        )


@dataclass(frozen=True)
class Look:
    """What a calendar file holds for us.

    Attributes:
        report: as `import_calendar` gives it.
        judged: every coming appointment, with what becomes of it.
        unread: line, uid and reason of what could not be read.
        changes: what was written, None in a dry run.
    """

    report: dict[str, Any]
    judged: list[Judged]
    unread: list[dict[str, Any]]
    changes: Changes | None


def import_calendar(
    crm: Crm, path: str | Path, *, customer: str | None = None, dry_run: bool = False, encoding: str | None = None
) -> dict[str, Any]:
    """Make plans of the coming appointments of a calendar file.

    Args:
        crm: the open file.
        path: the calendar.
        customer: whose appointments are that name nobody (an id); they are rejected if None.
        dry_run: only count.
        encoding: codec instead of the one found.

    Returns:
        file, format, kind, rows = created + updated + unchanged + rejected, past (appointments that are over, no rows),
        problems (line, uid, reason), kept_yours, notes, action.

    Raises:
        BadFile: if there is no calendar in it.
    """
    return look(crm, path, customer=customer, dry_run=dry_run, encoding=encoding).report


def look(
    crm: Crm,
    path: str | Path,
    *,
    customer: str | None = None,
    whose: Mapping[str, str] | None = None,
    dry_run: bool = True,
    encoding: str | None = None,
) -> Look:
    """Say what becomes of each appointment of a calendar file; see `import_calendar`, which asks for less.

    Args:
        crm: the open file.
        path: the calendar.
        customer: whose appointments are that name nobody (an id); they are rejected if None.
        whose: customers by the UID of their appointments, where a person said so.
        dry_run: only look.
        encoding: codec instead of the one found.

    Raises:
        BadFile: if there is no calendar in it.
    """
    events, broken = read_calendar(path, crm.zone, encoding)
    problems: list[dict[str, Any]] = [{"line": one.line, "uid": one.uid, "reason": one.reason} for one in broken]
    lost = sum(one.lost for one in broken)
    coming: list[Outside] = []
    past = 0
    for event in _expanded(crm, events, problems):
        over = event.start < crm.local_now().replace(hour=0, minute=0, second=0, microsecond=0)
        past += over
        if not over:
            coming.append(event)
    unread = list(problems)
    report = crm.calendar_plans.bring(coming, Path(path).name, customer, dry_run=dry_run, whose=whose)
    problems += [{"line": 0, "uid": one.uid, "reason": f"{one.topic or '-'}: {why}"} for one, why in report.rejected]
    told: dict[str, Any] = {
        **{"file": str(path), "format": "ical", "encoding": encoding, "kind": "events", "rows": report.rows + lost},
        **{"created": report.created, "updated": report.updated, "unchanged": report.unchanged},
        **{"rejected": len(report.rejected) + lost, "past": past, "problems": problems, "kept_yours": report.kept},
        "notes": [t("{n} appointments are over and were left out", n=past)] if past else [],
        "action": report.changes.action if report.changes else None,
    }
    return Look(told, report.judged, unread, report.changes)


def _expanded(crm: Crm, events: list[CalendarEvent], problems: list[dict[str, Any]]) -> Iterable[Outside]:
    """Single appointments; of repeated ones those of the coming year, with what was changed in single ones."""
    changed = {(one.uid, _key(crm, one, one.recurrence_id)) for one in events if one.recurrence_id is not None}
    for event in events:
        if not event.rrule or event.recurrence_id is not None:
            which = _key(crm, event, event.recurrence_id) if event.recurrence_id is not None else ""
            yield _outside(crm, event, _aware(crm, event.start), which)
            continue
        try:
            starts = _repeated(crm, event)
        except Refused as error:
            problems.append({"line": 0, "uid": event.uid, "reason": str(error)})
            starts = [_aware(crm, event.start)]
        for start in starts:
            which = _key(crm, event, start)
            if (event.uid, which) not in changed:
                yield _outside(crm, event, start, which)


def _repeated(crm: Crm, event: CalendarEvent) -> list[datetime]:
    zone = ZoneInfo(event.zone or crm.zone)
    start = _aware(crm, event.start)
    series = parse_rrule(event.rrule or "", wall(start, zone), event.zone or crm.zone)
    begin = crm.local_now().replace(hour=0, minute=0, second=0, microsecond=0)
    found = [one.at for one in occurrences(series, EVERY_DAY, begin, begin + timedelta(days=AHEAD))]
    found += [at for one in event.rdates if (at := _aware(crm, one)) >= begin]
    left_out = {_aware(crm, one) for one in event.exdates}
    return [at for at in sorted(set(found)) if at not in left_out]


def _outside(crm: Crm, event: CalendarEvent, start: datetime, which: str) -> Outside:
    minutes = None
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        minutes = int((event.end - event.start).total_seconds() // 60)
    mails = tuple(one.rpartition("<")[2].rstrip(">") for one in event.attendees)
    return Outside(
        uid=event.uid, occurrence=which, start=start, minutes=minutes, zone=event.zone or crm.zone,
        topic=event.summary, place=event.location, cancelled=event.status == "cancelled", people=mails,
    )  # fmt: skip


def _aware(crm: Crm, moment: Any) -> datetime:
    """The instant of a moment; a whole day begins in the morning here."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment, _MORNING, ZoneInfo(crm.zone))


def _key(crm: Crm, event: CalendarEvent, moment: Any) -> str:
    """Which occurrence it is: its day and time in the zone of the appointment."""
    at = _aware(crm, moment)
    return wall(at, ZoneInfo(event.zone or crm.zone)).isoformat()
