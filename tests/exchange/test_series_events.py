"""A series leaves as one rule that other programs understand, and its own file brings nothing back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr

from crm_tui.exchange.schedule_files import export_schedule, import_calendar
from crm_tui.rules.series import Series, daily, monthly, monthly_working_day, weekly
from crm_tui.services.crm import Crm
from crm_tui.services.series import visit_id
from tests.conftest import NOW, ZONE

SHANGHAI = ZoneInfo(ZONE)
START = datetime(2026, 11, 2, 9, 30)


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Ann"}).ids[0])
    return crm.customers.create({"name": "Acme"}).ids[0]


def events(path: Path) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


def starts(path: Path, until: datetime) -> list[datetime]:
    """When a calendar shows something, as another program's parsers have it."""
    found: list[datetime] = []
    replaced = {(str(one["uid"]), one["recurrence-id"].dt) for one in events(path) if "recurrence-id" in one}
    for one in events(path):
        begin = one["dtstart"].dt
        if "rrule" not in one:
            found.append(begin)
            continue
        rule = rrulestr(one["rrule"].to_ical().decode(), dtstart=begin)
        exdates = one.get("exdate", [])
        gone = {at.dt for part in (exdates if isinstance(exdates, list) else [exdates]) for at in part.dts}
        gone |= {at for uid, at in replaced if uid == str(one["uid"])}
        found += [at for at in rule.between(begin, until, inc=True) if at not in gone]
    return sorted(at for at in found if at <= until)


@pytest.mark.parametrize(
    "rule",
    [
        daily(START, ZONE, 3), weekly(START, ZONE, (1, 4), 2), monthly(START, ZONE, 31),
        Series(START, ZONE, "weekly", count=9), Series(START, ZONE, "daily", until=datetime(2026, 12, 6).date()),
    ],
    ids=["daily", "weekly", "monthly", "count", "until"],
)  # fmt: skip
def test_the_rule_gives_the_plans_of_the_series(crm: Crm, customer: str, tmp_path: Path, rule: Series) -> None:
    series = crm.series.create(customer, rule, "call", "quote").ids[0]
    path = tmp_path / "out.ics"
    export_schedule(crm, path)
    (event,) = events(path)
    assert str(event["uid"]) == f"{series}@crm-tui"
    until = NOW.replace(hour=0, minute=0) + timedelta(days=60)
    plans = [datetime.fromisoformat(row["planned_start"]) for row in crm.visits.of_series(series)]
    planned = [at for at in plans if at >= NOW.replace(hour=0, minute=0) and at <= until]
    assert starts(path, until) == planned


def test_what_was_moved_skipped_and_renamed_stands_apart(crm: Crm, customer: str, tmp_path: Path) -> None:
    series = crm.series.create(customer, weekly(START, ZONE), "visit", "round").ids[0]
    first, second, third = (datetime(2026, 11, 30, 9, 30) + timedelta(days=7 * n) for n in range(3))
    crm.series.move(series, first, datetime(2026, 12, 1, 14, tzinfo=SHANGHAI), "rain")
    crm.series.skip(series, second, "away")
    crm.visits.edit(visit_id(series, third), {"topic": "samples"})
    path = tmp_path / "out.ics"
    export_schedule(crm, path)
    found = events(path)
    assert {str(one["uid"]) for one in found} == {f"{series}@crm-tui"}
    assert {one["recurrence-id"].dt.replace(tzinfo=None) for one in found if "recurrence-id" in one} == {first, third}
    until = datetime(2027, 1, 18, 12, tzinfo=SHANGHAI)
    plans = [row for row in crm.visits.of_series(series) if row["status"] == "planned"]
    assert starts(path, until) == sorted(datetime.fromisoformat(row["planned_start"]) for row in plans)


def test_days_off_make_single_dates_and_so_does_a_selection(crm: Crm, customer: str, tmp_path: Path) -> None:
    crm.series.create(customer, monthly_working_day(START, ZONE), "visit", "accounts")
    crm.series.create(customer, weekly(START, ZONE), "visit", "round")
    path = tmp_path / "out.ics"
    entries = crm.agenda.between(NOW.date(), NOW.date() + timedelta(days=30), open_only=True)
    assert export_schedule(crm, path, entries)["rows"] == len(entries)
    assert not any("rrule" in one for one in events(path))
    export_schedule(crm, path)
    assert sum("rrule" in one for one in events(path)) == 1
    assert len(events(path)) > 2


def test_our_own_file_brings_nothing_new_and_a_move_in_it_moves_one(crm: Crm, customer: str, tmp_path: Path) -> None:
    series = crm.series.create(customer, weekly(START, ZONE), "visit", "round").ids[0]
    path = tmp_path / "out.ics"
    export_schedule(crm, path)
    report = import_calendar(crm, path, customer=customer)
    assert (report["created"], report["updated"], report["rejected"]) == (0, 0, 0)
    text = path.read_bytes()
    extra = (
        f"BEGIN:VEVENT\r\nUID:{series}@crm-tui\r\nDTSTAMP:20261124T000000Z\r\n"
        "RECURRENCE-ID;TZID=Asia/Shanghai:20261130T093000\r\nDTSTART;TZID=Asia/Shanghai:20261201T150000\r\n"
        "DTEND;TZID=Asia/Shanghai:20261201T153000\r\nSUMMARY:moved\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    path.write_bytes(text.replace(b"END:VCALENDAR", extra.encode()))
    assert import_calendar(crm, path, customer=customer)["updated"] == 1
    row = crm.visits.get(visit_id(series, datetime(2026, 11, 30, 9, 30)))
    assert row["planned_start"] == "2026-12-01T07:00:00Z"
