from __future__ import annotations

import io
import re
import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr
from dateutil.tz import tzical
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile, CrmError, Refused
from crm_tui.exchange.calendar_zones import known_zone, zone_text
from crm_tui.exchange.calendars import (
    CalendarEvent,
    CalendarProblem,
    calendar_text,
    event_uid,
    read_calendar,
    write_calendar,
)

STAMP = datetime(2026, 3, 1, 8, tzinfo=UTC)
FOREIGN = Path(icalendar.__file__).parent / "tests"
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney", "Africa/Casablanca", "UTC")


def read(tmp_path: Path, text: str | bytes, zone: str = "UTC") -> tuple[list[CalendarEvent], list[CalendarProblem]]:
    file = tmp_path / "foreign.ics"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_calendar(file, zone)


def entry(body: str, around: str = "") -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", *textwrap.dedent(around).split("\n"), "BEGIN:VEVENT", "UID:u1"]
    lines += [*textwrap.dedent(body).strip().split("\n"), "END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{line}\r\n" for line in lines if line)


def one(tmp_path: Path, body: str, zone: str = "UTC", around: str = "") -> CalendarEvent:
    events, problems = read(tmp_path, entry(body, around), zone)
    assert not problems
    (event,) = events
    return event


def at(zone: str, *parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone))  # type: ignore[arg-type,misc]


OUTLOOK_ZONE = """
    BEGIN:VTIMEZONE
    TZID:Customized Time Zone
    BEGIN:STANDARD
    DTSTART:16011028T030000
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
    TZOFFSETFROM:+0200
    TZOFFSETTO:+0100
    END:STANDARD
    BEGIN:DAYLIGHT
    DTSTART:16010325T020000
    RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
    TZOFFSETFROM:+0100
    TZOFFSETTO:+0200
    END:DAYLIGHT
    END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("line", "instant", "zone"),
    [
        ("DTSTART;TZID=Asia/Shanghai:20260402T150000", "2026-04-02T07:00", "Asia/Shanghai"),
        ("DTSTART;TZID=China Standard Time:20260402T150000", "2026-04-02T07:00", "Asia/Shanghai"),
        ('DTSTART;TZID="W. Europe Standard Time":20260702T150000', "2026-07-02T13:00", "Europe/Berlin"),
        ("DTSTART;TZID=/mozilla.org/20070129_1/Europe/Berlin:20260102T150000", "2026-01-02T14:00", "Europe/Berlin"),
        ("DTSTART;TZID=europe/berlin:20260102T150000", "2026-01-02T14:00", "Europe/Berlin"),
        ("DTSTART;TZID=Customized Time Zone:20260702T150000", "2026-07-02T13:00", "Europe/Berlin"),
        ("DTSTART;TZID=中国标准时间:20260402T150000", "2026-04-02T07:00", "Asia/Shanghai"),
        ("DTSTART;TZID=(UTC+08:00) Beijing, Chongqing:20260402T150000", "2026-04-02T07:00", "Asia/Shanghai"),
        ('DTSTART;TZID="(UTC-05:00) Somewhere":20260402T150000', "2026-04-02T20:00", None),
        ("DTSTART:20260402T150000Z", "2026-04-02T15:00", "UTC"),
        ("DTSTART:20260402T150000+0200", "2026-04-02T13:00", "UTC"),
        ("DTSTART:2026-04-02T15:00:00Z", "2026-04-02T15:00", "UTC"),
        ("DTSTART:20260402T240000Z", "2026-04-03T00:00", "UTC"),
        ("DTSTART:20260402T150000", "2026-04-02T06:00", "Asia/Tokyo"),
        ("DTSTART;TZID=Europe/Berlin:20260329T023000", "2026-03-29T01:30", "Europe/Berlin"),
    ],
)
def test_times_of_other_programs_are_the_right_instants(
    tmp_path: Path, line: str, instant: str, zone: str | None
) -> None:
    event = one(tmp_path, line, "Asia/Tokyo", OUTLOOK_ZONE)
    assert isinstance(event.start, datetime)
    assert event.start == datetime.fromisoformat(f"{instant}:00+00:00")
    assert event.end == event.start
    assert zone is None or event.zone == zone


def test_an_unknown_zone_is_read_in_ones_own_and_said_once(tmp_path: Path) -> None:
    events, problems = read(tmp_path, entry("DTSTART;TZID=Nowhere:20260402T150000\nDTEND;TZID=Nowhere:20260402T160000"))
    assert events[0].start == datetime(2026, 4, 2, 15, tzinfo=UTC)
    assert [(problem.line, problem.uid, problem.lost) for problem in problems] == [(5, "u1", False)]


def test_whole_days_end_on_the_day_after(tmp_path: Path) -> None:
    assert one(tmp_path, "DTSTART;VALUE=DATE:20260402").end == date(2026, 4, 3)
    assert one(tmp_path, "DTSTART;VALUE=DATE:20260402\nDTEND;VALUE=DATE:20260402").end == date(2026, 4, 3)
    assert one(tmp_path, "DTSTART;VALUE=DATE:20260402\nDURATION:P3D").end == date(2026, 4, 5)
    assert one(tmp_path, "DTSTART:20260402").all_day


def test_a_duration_takes_the_place_of_an_end(tmp_path: Path) -> None:
    event = one(tmp_path, "DTSTART:20260402T150000Z\nDURATION:PT1H30M")
    assert event.end == datetime(2026, 4, 2, 16, 30, tzinfo=UTC)


def test_rules_end_in_utc_whatever_they_ended_in(tmp_path: Path) -> None:
    begin = "DTSTART;TZID=Asia/Shanghai:20260402T090000\n"
    for until in ("20260430", "20260430T235959", "20260430T155959Z"):
        event = one(tmp_path, f"{begin}RRULE:freq=weekly; byday=TH;until={until}")
        assert event.rrule == "FREQ=WEEKLY;BYDAY=TH;UNTIL=20260430T155959Z"
    days = one(tmp_path, "DTSTART;VALUE=DATE:20260402\nRRULE:FREQ=DAILY;UNTIL=20260430T155959Z")
    assert days.rrule == "FREQ=DAILY;UNTIL=20260430"


def test_exceptions_are_of_the_kind_of_the_start(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        """
        DTSTART;TZID=Europe/Berlin:20260301T090000
        RRULE:FREQ=DAILY;COUNT=40
        EXDATE;VALUE=DATE:20260305,20260405
        EXDATE:20260306T080000Z
        RDATE;TZID=Europe/Berlin;VALUE=PERIOD:20260601T090000/PT1H
        """,
    )
    expected = [
        at("Europe/Berlin", 2026, 3, 5, 9),
        at("Europe/Berlin", 2026, 3, 6, 9),
        at("Europe/Berlin", 2026, 4, 5, 9),
    ]
    assert list(event.exdates) == expected
    assert list(event.rdates) == [at("Europe/Berlin", 2026, 6, 1, 9)]
    birthday = one(tmp_path, "DTSTART;VALUE=DATE:20121210\nRRULE:FREQ=YEARLY\nEXDATE:20131210Z")
    assert birthday.exdates == (date(2013, 12, 10),)


def test_a_moved_occurrence_stands_beside_its_series(tmp_path: Path) -> None:
    moved = entry("DTSTART:20260409T100000Z\nRECURRENCE-ID:20260409T090000Z\nSUMMARY:moved")
    series = entry("DTSTART:20260402T090000Z\nRRULE:FREQ=WEEKLY")
    events, problems = read(tmp_path, series + moved)
    assert not problems
    assert [(event.uid, event.recurrence_id) for event in events] == [
        ("u1", None),
        ("u1", datetime(2026, 4, 9, 9, tzinfo=UTC)),
    ]


def test_of_one_entry_told_twice_the_higher_sequence_is_read(tmp_path: Path) -> None:
    new = entry("DTSTART:20260403T090000Z\nSEQUENCE:2")
    old = entry("DTSTART:20260402T090000Z\nSEQUENCE:1")
    for text in (new + old, old + new):
        events, problems = read(tmp_path, text)
        assert [event.start for event in events] == [datetime(2026, 4, 3, 9, tzinfo=UTC)]
        assert [problem.lost for problem in problems] == [False]


def test_alarms_are_minutes_before_the_start(tmp_path: Path) -> None:
    def alarm(trigger: str, action: str = "DISPLAY") -> str:
        return f"BEGIN:VALARM\nACTION:{action}\n{trigger}\nEND:VALARM"

    lines = [
        "DTSTART;TZID=Asia/Shanghai:20260402T150000",
        "DTEND;TZID=Asia/Shanghai:20260402T160000",
        alarm("TRIGGER:-PT15M"),
        alarm("TRIGGER;RELATED=END:PT0S"),
        alarm("TRIGGER;VALUE=DATE-TIME:20260401T070000Z"),
        alarm("TRIGGER:PT-2H"),
        alarm("TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "NONE"),
    ]
    assert one(tmp_path, "\n".join(lines)).alarm_minutes == (-60, 15, 120, 1440)
    whole = one(tmp_path, "DTSTART;VALUE=DATE:20260402\n" + alarm("TRIGGER:-PT9H"))
    assert whole.alarm_minutes == (540,)


def test_people_states_and_texts_come_in_plain(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        r"""
        DTSTART:20260402T150000Z
        SUMMARY;LANGUAGE=zh-CN:拜访 王芳\, 报价
        DESCRIPTION:first\nsecond\; with a \\ slash
        LOCATION:上海
        STATUS:TENTATIVE
        ATTENDEE;CN="Wang, Fang";ROLE=REQ-PARTICIPANT:mailto:fang@example.com
        ATTENDEE:MAILTO:li@example.com
        """,
    )
    assert event.summary == "拜访 王芳, 报价"
    assert event.description == "first\nsecond; with a \\ slash"
    assert (event.location, event.status) == ("上海", "tentative")
    assert event.attendees == ("Wang, Fang <fang@example.com>", "li@example.com")


def test_a_calendar_that_takes_back_cancels_its_entries(tmp_path: Path) -> None:
    assert one(tmp_path, "DTSTART:20260402T150000Z", around="METHOD:CANCEL").status == "cancelled"
    assert one(tmp_path, "DTSTART:20260402T150000Z\nSTATUS:CANCELLED").status == "cancelled"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le"])
def test_encodings_are_found(tmp_path: Path, codec: str) -> None:
    text = entry("DTSTART:20260402T150000Z\nSUMMARY:回访王芳的报价单\nLOCATION:上海市浦东新区世纪大道一百号")
    events, problems = read(tmp_path, text.encode(codec))
    assert not problems
    assert (events[0].summary, events[0].location) == ("回访王芳的报价单", "上海市浦东新区世纪大道一百号")


def test_a_character_cut_by_folding_is_whole_again(tmp_path: Path) -> None:
    raw = entry("DTSTART:20260402T150000Z\nSUMMARY:回访").encode().replace("访".encode(), b"\xe8\xae\r\n \xbf")
    events, _ = read(tmp_path, raw)
    assert events[0].summary == "回访"


def test_a_broken_line_costs_only_itself_and_a_broken_entry_only_itself(tmp_path: Path) -> None:
    text = (
        entry("DTSTART:20260402T150000Z\nthis is no line\nRRULE:FREQ=SOMETIMES\nSUMMARY:kept")
        + entry("DTSTART:soon\nSUMMARY:lost").replace("UID:u1", "UID:u2")
        + entry("SUMMARY:lost too").replace("UID:u1", "UID:u3")
        + "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nUID:t1\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nUID:u4\r\nDTSTART:20260402\r\n"
    )
    events, problems = read(tmp_path, text)
    assert [(event.uid, event.summary, event.rrule) for event in events] == [("u1", "kept", None)]
    assert [(problem.uid, problem.lost) for problem in problems] == [
        ("u1", False),
        ("u1", False),
        ("u2", True),
        ("u3", True),
        ("t1", True),
        ("u4", True),
    ]
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)
    assert problems[0].line == 6


def test_an_entry_without_an_end_does_not_take_the_next_with_it(tmp_path: Path) -> None:
    cut = "BEGIN:VEVENT\r\nUID:u0\r\nDTSTART:20260401T090000Z\r\n"
    text = entry("DTSTART:20260402T150000Z").replace("BEGIN:VEVENT", cut + "BEGIN:VEVENT", 1)
    events, problems = read(tmp_path, text)
    assert [event.uid for event in events] == ["u1"]
    assert [(problem.uid, problem.lost) for problem in problems] == [("u0", True)]


def test_an_entry_without_a_uid_gets_the_same_one_each_time(tmp_path: Path) -> None:
    text = entry("DTSTART:20260402T150000Z\nSUMMARY:x").replace("UID:u1\r\n", "")
    first, again = read(tmp_path, text)[0][0], read(tmp_path, text)[0][0]
    other = read(tmp_path, text.replace("SUMMARY:x", "SUMMARY:y"))[0][0]
    assert first.uid == again.uid != other.uid


def test_old_calendars_with_quoted_printable_are_read(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        """
        DTSTART:20260402T150000Z
        SUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=E5=9B=9E=
        =E8=AE=BF
        """,
    )
    assert event.summary == "回访"


@pytest.mark.parametrize("content", [b"", b"name,phone\nx,1\n", b"BEGIN:VCARD\nEND:VCARD\n", b"\x89PNG\r\n\x1a\n\x00"])
def test_what_is_no_calendar_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadFile):
        read(tmp_path, content)
    with pytest.raises(BadFile):
        read_calendar(tmp_path / "absent.ics")
    with pytest.raises(BadFile):
        read_calendar(tmp_path)


foreign = pytest.mark.skipif(not FOREIGN.is_dir(), reason=f"no foreign calendars at {FOREIGN}")


@foreign
def test_a_folder_of_foreign_calendars_never_ends_the_program() -> None:
    files = sorted(FOREIGN.rglob("*.ics"))
    assert len(files) > 100
    read_well = 0
    for file in files:
        try:
            events, problems = read_calendar(file, "Asia/Shanghai")
        except CrmError:
            continue
        read_well += 1
        entries = len(re.findall(rb"(?im)^BEGIN:VEVENT\s*$", file.read_bytes()))
        lost = sum(problem.lost and "VTODO" not in problem.reason for problem in problems)
        told_twice = sum("twice" in problem.reason for problem in problems)
        assert len(events) + lost + told_twice >= min(entries, 1), file
        assert all(problem.line > 0 and problem.reason for problem in problems)
        calendar_text(events, stamp=STAMP)
    assert read_well > 100


@foreign
def test_the_library_reads_the_same_starts_in_foreign_calendars() -> None:
    compared = 0
    for file in sorted(FOREIGN.rglob("*.ics")):
        try:
            theirs = [
                component
                for calendar in icalendar.Calendar.from_ical(file.read_bytes(), multiple=True)
                for component in calendar.walk("VEVENT")
            ]
            ours, problems = read_calendar(file, "UTC")
        except (ValueError, CrmError):
            continue
        starts = {(event.uid, event.start) for event in ours}
        for component in theirs:
            begin = component.get("DTSTART")
            uid = str(component.get("UID", ""))
            reported = any(problem.uid == uid.strip() for problem in problems)
            if not uid or reported or not isinstance(begin, icalendar.vDDDTypes):
                continue
            if isinstance(begin.dt, datetime) and begin.dt.tzinfo is None:
                continue
            # Python calls an hour that comes twice unequal to itself in another zone, so instants are compared in UTC.
            start = begin.dt.astimezone(UTC) if isinstance(begin.dt, datetime) else begin.dt
            assert (uid.strip(), start) in starts, file
            compared += 1
    assert compared > 50


@pytest.mark.parametrize("name", [*ZONES[:-1], "Asia/Kolkata", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia"])
def test_written_zone_rules_give_every_hours_offset_to_another_parser(name: str) -> None:
    other = tzical(io.StringIO(zone_text(name, 2009, 2027))).get(name)
    zone = ZoneInfo(name)
    moment = datetime(2009, 1, 1, 0, 30)
    while moment.year < 2028:
        ours, theirs = moment.replace(tzinfo=zone), moment.replace(tzinfo=other)
        # The hour that the clock shows twice or leaves out is read differently by design; it is written as UTC.
        if ours.utcoffset() == ours.replace(fold=1).utcoffset():
            assert ours.utcoffset() == theirs.utcoffset(), moment
        moment += timedelta(hours=5)


def test_rules_that_go_on_stand_as_one_open_rule() -> None:
    text = zone_text("Europe/Berlin", 2025, 2026)
    assert text.count("BEGIN:") == 4
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in text
    assert zone_text("Asia/Shanghai", 2025, 2026).count("BEGIN:") == 2


def plain_reader(data: bytes) -> list[dict[str, object]]:
    """A reader of its own: unfold, split, zones by dateutil."""
    text = data.decode().replace("\r\n ", "")
    zones = {}
    for block in re.findall(r"BEGIN:VTIMEZONE\r\n.*?END:VTIMEZONE\r\n", text, re.DOTALL):
        name = re.search(r"TZID:(.*)\r", block)
        assert name
        zones[name[1]] = tzical(io.StringIO(block)).get(name[1])
    found = []
    for block in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT\r\n", text, re.DOTALL):
        one: dict[str, object] = {"EXDATE": []}
        for line in block.split("BEGIN:VALARM")[0].strip().split("\r\n"):
            head, _, value = line.partition(":")
            name, _, params = head.partition(";")
            if name in ("DTSTART", "DTEND", "EXDATE", "RECURRENCE-ID"):
                moment: date = date.fromisoformat(value[:8])
                if "T" in value:
                    zone = re.search("TZID=([^;:]+)", params)
                    place = UTC if value.endswith("Z") else zones[zone[1]] if zone else None
                    moment = datetime.fromisoformat(value[:15]).replace(tzinfo=place)
                if name == "EXDATE":
                    one["EXDATE"].append(moment)  # type: ignore[attr-defined]
                    continue
                one[name] = moment
            else:
                one[name] = value
        found.append(one)
    return found


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"), max_size=60)
lines = texts.map(lambda text: " ".join(text.split()))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2035, 12, 31)).map(lambda moment: moment.replace(microsecond=0))

RULES = ["FREQ=DAILY;COUNT=5", "FREQ=MONTHLY;BYDAY=-1FR", "FREQ=WEEKLY;INTERVAL=2"]


@st.composite
def events(draw: st.DrawFn) -> CalendarEvent:
    zone = draw(st.sampled_from(ZONES))
    place = UTC if zone == "UTC" else ZoneInfo(zone)
    all_day = draw(st.booleans())
    begin = draw(moments)
    start: date = begin.date() if all_day else begin.replace(tzinfo=UTC).astimezone(place)
    length = timedelta(days=draw(st.integers(1, 5))) if all_day else timedelta(minutes=draw(st.integers(0, 5000)))
    end: date = start + length if all_day else (start.astimezone(UTC) + length).astimezone(place)  # type: ignore[attr-defined]
    steady = all_day or not start.fold  # type: ignore[attr-defined]
    rule = draw(st.none() | st.sampled_from(RULES))
    out = sorted({start + timedelta(days=7 * n) for n in draw(st.sets(st.integers(1, 9), max_size=3))})
    if not all_day:
        out = sorted({moment.astimezone(UTC).astimezone(place) for moment in out})  # type: ignore[attr-defined]
    return CalendarEvent(
        uid=event_uid(draw(st.uuids()).hex),
        start=start,
        end=end,
        zone="" if all_day else zone,
        summary=draw(lines),
        description=draw(texts).strip(),
        location=draw(lines),
        status=draw(st.sampled_from(["", "confirmed", "tentative", "cancelled"])),
        alarm_minutes=tuple(sorted(draw(st.sets(st.integers(-100, 10_000), max_size=3)))),
        rrule=rule if steady else None,
        exdates=tuple(out) if rule and steady else (),
        attendees=tuple(draw(st.sets(st.sampled_from(["王芳 <f@x.cn>", "a@b.c", "Lee, Bo <l@b.c>"])))),
        sequence=draw(st.integers(0, 9)),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(events(), max_size=4, unique_by=lambda event: event.uid))
def test_what_is_written_comes_back_and_others_read_the_same(tmp_path: Path, made: list[CalendarEvent]) -> None:
    file = tmp_path / "out.ics"
    assert write_calendar(made, file, stamp=STAMP, name="Team 团队") == len(made)
    data = file.read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    back, problems = read_calendar(file, "Asia/Shanghai")
    assert not problems
    for event, again in zip(made, back, strict=True):
        in_utc = again.zone == "UTC" and not event.all_day and event.start.fold  # type: ignore[union-attr]
        assert again.zone == event.zone or in_utc
        for field in event.__slots__:
            if field != "zone":
                assert getattr(again, field) == getattr(event, field), field
    library = icalendar.Calendar.from_ical(data).walk("VEVENT")
    for event, by_library, by_hand in zip(made, library, plain_reader(data), strict=True):
        assert by_library["DTSTART"].dt == event.start
        assert by_library.end == event.end or event.start == event.end
        assert by_hand["DTSTART"] == event.start
        assert by_hand.get("DTEND", event.start) == event.end
        assert by_hand["EXDATE"] == list(event.exdates)
        assert str(by_library["SUMMARY"]) == event.summary


@pytest.mark.parametrize("zone", ZONES)
def test_a_written_series_has_the_same_occurrences_for_others(zone: str) -> None:
    begin = at(zone, 2026, 1, 30, 9, 15)
    event = CalendarEvent("s@x", begin, begin + timedelta(hours=1), zone, rrule="FREQ=MONTHLY;BYMONTHDAY=-1")
    (other,) = plain_reader(calendar_text([event], stamp=STAMP))
    theirs = rrulestr(str(other["RRULE"]), dtstart=other["DTSTART"])  # type: ignore[arg-type]
    ours = rrulestr(str(event.rrule), dtstart=begin)
    assert [moment.astimezone(UTC) for moment, _ in zip(theirs, range(120), strict=False)] == [
        moment.astimezone(UTC) for moment, _ in zip(ours, range(120), strict=False)
    ]


def test_the_hour_that_comes_twice_is_written_as_an_instant() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    event = CalendarEvent("f@x", second, second, "Europe/Berlin")
    assert b"DTSTART:20261025T013000Z" in calendar_text([event], stamp=STAMP)


def test_an_older_file_stays_when_an_event_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "out.ics"
    file.write_text("before")
    begin = at("Asia/Shanghai", 2026, 4, 2, 9)
    for bad in (
        CalendarEvent("a", begin, begin, "Mars/Olympus"),
        CalendarEvent("a", begin, begin, "Asia/Shanghai", rrule="FREQ=NOW"),
    ):
        with pytest.raises(Refused):
            write_calendar([bad], file, stamp=STAMP)
    assert file.read_text() == "before"
    with pytest.raises(BadFile):
        write_calendar([], tmp_path / "absent" / "out.ics", stamp=STAMP)


def test_windows_names_and_paths_are_known_zones() -> None:
    assert known_zone("china standard time") == "Asia/Shanghai"
    assert known_zone("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta") == "America/Argentina/Salta"
    assert known_zone("tzone://Microsoft/Utc") == "UTC"
    assert known_zone("Local Time") is None
    assert known_zone("") is None


def test_a_backslash_before_an_n_stays_one() -> None:
    begin = at("UTC", 2026, 4, 2, 9)
    data = calendar_text([CalendarEvent("a", begin, begin, "UTC", description="C:\\New;x\ny")], stamp=STAMP)
    assert b"DESCRIPTION:C:\\\\New\\;x\\ny\r\n" in data


SEED = entry(
    """
    DTSTART;TZID=Customized Time Zone:20260402T150000
    DTEND:20260402T160000Z
    RRULE:FREQ=WEEKLY;UNTIL=20270101
    EXDATE;VALUE=DATE:20260409
    SUMMARY;X="a":b\\,c
    BEGIN:VALARM
    TRIGGER:-PT15M
    END:VALARM
    """,
    OUTLOOK_ZONE,
).encode()
NOISE = [b"99999999", b"\r\n", b":", b"=", b"-", b"END:VEVENT\r\n", b"BEGIN:VALARM\r\n", b"FREQ=SECONDLY", b"00000000"]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 12), st.binary(max_size=4) | st.sampled_from(NOISE)),
        max_size=6,
    )
)
def test_damaged_calendars_are_read_or_refused_but_never_end_the_program(
    tmp_path: Path, cuts: list[tuple[int, int, bytes]]
) -> None:
    data = SEED
    for place, length, put in cuts:
        data = data[:place] + put + data[place + length :]
    try:
        found, problems = read(tmp_path, data, "Europe/Berlin")
    except CrmError:
        return
    calendar_text(found, stamp=STAMP)
    assert all(problem.line > 0 for problem in problems)
