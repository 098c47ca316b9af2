"""The schedule's commands: their JSON is a contract, what cannot be is refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def people(call) -> dict[str, str]:
    ids = {name: call("people", "add", name, "--json").data["id"] for name in ("Ann", "Ben")}
    call("people", "me", "Ann")
    for name in ("王芳", "Acme"):
        ids[name] = call("new", "customer", name, "--json").data["id"]
    return ids


def test_a_day_of_a_salesperson_planned_moved_done(call, people: dict[str, str]) -> None:
    done = call("plan", "王芳", "tomorrow 15:00", "visit", "带", "样品", "--minutes", 60, "--json")
    assert done.code == 0, done.err
    assert set(done.data) == {"id", "customer", "at", "action"}
    assert done.data["at"] == "2026-11-25T15:00:00+08:00"
    plan = done.data["id"]
    moved = call("move", plan, "2026-11-26T10:00", "--reason", "rain", "--json").data
    assert (moved["at"], moved["first"]) == ("2026-11-26T10:00:00+08:00", "2026-11-25T15:00:00+08:00")
    agenda = call("agenda", "--week", "today", "--json").data
    assert (agenda["from"], agenda["to"], agenda["count"]) == ("2026-11-23", "2026-11-29", 1)
    (item,) = agenda["items"]
    assert (item["state"], item["reason"], item["text"], item["minutes"]) == ("moved", "rain", "带 样品", 60)
    ended = call("done", "王芳", "took two", "--outcome", "good", "--next", "next mon 9:00", "--json")
    assert ended.data["next"] == "2026-11-30T09:00:00+08:00"
    assert call("agenda", "--day", "2026-11-26", "--json").data["items"][0]["state"] == "done"
    assert "王芳" in call("agenda", "--day", "2026-11-26").out
    assert call("agenda", "--day", "2026-11-26", "--person", "Ben", "--json").data["count"] == 0
    assert call("done", plan).code == 1
    assert call("move", "Acme", "tomorrow").code == 1


def test_overdue_is_what_should_have_been_done(call, people: dict[str, str]) -> None:
    call("plan", "Acme", "2026-11-20T10:00", "call", "quote")
    assert [one["state"] for one in call("agenda", "--overdue", "--json").data["items"]] == ["overdue"]


@pytest.mark.parametrize(
    ("line", "when", "kind", "text", "minutes"),
    [
        ("王芳 下周三15:00 回访 报价", "2026-12-02T15:00", "callback", "报价", None),
        ("明天上午 拜访 王芳 带样品 1小时", "2026-11-25", "visit", "带样品", 60),
        ("call Acme wed 3pm quote", "2026-11-25T15:00", "call", "quote", None),
    ],
)
def test_a_line_is_read_and_written(call, people, line: str, when: str, kind: str, text: str, minutes) -> None:  # type: ignore[no-untyped-def]
    said = call("add", line, "--json").data
    assert set(said) >= {"parsed", "unclear", "id"}
    assert said["id"] is None
    parsed = said["parsed"]
    assert (parsed["when"], parsed["kind"], parsed["text"], parsed["minutes"]) == (when, kind, text, minutes)
    assert parsed["customer"] in people.values()
    assert call("agenda", "--week", "2026-11-25", "--json").data["count"] == 0
    written = call("add", line, "--yes", "--json").data
    days = when[:10]
    assert [one["id"] for one in call("agenda", "--day", days, "--json").data["items"]] == [written["id"]]


def test_a_line_that_names_several_or_nobody_is_asked_back(call, people: dict[str, str]) -> None:
    call("new", "customer", "王芳")
    done = call("add", "王芳 明天 拜访", "--yes")
    assert done.code == 1
    assert "王芳; 王芳" in done.err
    assert call("add", "somebody unheard of tomorrow", "--yes").code == 1
    assert call("add", "Acme visit", "--yes").code == 1
    assert call("agenda", "--week", "today", "--all", "--json").data["count"] == 0


def test_a_line_can_log_what_was_and_make_a_series(call, people: dict[str, str]) -> None:
    call("add", "Acme yesterday 10:00 call asked for prices", "--yes", "--past")
    (visit,) = call("card", "Acme", "--json").data["timeline"]
    assert (visit["kind"], visit["started"]) == ("call", "2026-11-23T02:00:00Z")
    made = call("add", "每月最后一个工作日 对账 王芳", "--yes", "--json")
    assert made.code == 0, made.err
    assert "X-WORKDAY=-1" in made.data["parsed"]["repeat"]
    assert call("agenda", "--day", "2026-11-30", "--json").data["count"] == 1


def test_team_counts_person_by_day(call, people: dict[str, str]) -> None:
    for hour in (9, 10):
        call("plan", "Acme", f"2026-11-23T{hour:02}:00", "visit")
    call("plan", "王芳", "2026-11-24T11:00", "visit", "--person", "Ben")
    call("log", "Acme", "rang")
    data = call("team", "--week", "today", "--json").data
    assert data["week"] == "2026-11-23"
    ann, ben = data["people"]
    assert (ann["name"], ben["name"]) == ("Ann", "Ben")
    assert {"date", "planned", "done", "late", "missed", "moved", "unplanned"} <= set(ann["days"][0])
    assert (ann["days"][0]["planned"], ann["days"][0]["missed"], ann["days"][1]["unplanned"]) == (2, 2, 1)
    assert ben["days"][1]["planned"] == 1
    assert call("team", "--freeze", "--json").data["people"][0]["frozen"] is True
    assert "Ann" in call("team").out


def test_run_list_and_callbacks_are_the_days_work(call, people: dict[str, str]) -> None:
    call("new", "phone", "王芳", "13812345678")
    call("plan", "王芳", "today 16:00", "delivery", "米")
    call("plan", "Acme", "today 9:00", "call", "how was it")
    data = call("run-list", "--json").data
    assert [(area["area"], [one["name"] for one in area["items"]]) for area in data["areas"]] == [("", ["王芳"])]
    assert data["areas"][0]["items"][0]["phones"] == ["+8613812345678"]
    assert "[ ] 16:00" in call("run-list").out
    queue = call("callbacks", "--json").data
    assert [(one["name"], one["attempt"], one["asked_not"]) for one in queue["items"]] == [("Acme", 1, False)]


def test_a_rainy_day_lists_whom_to_phone(call, people: dict[str, str]) -> None:
    call("plan", "Acme", "2026-11-27T10:00", "visit")
    data = call("move-day", "2026-11-27", "--reason", "typhoon", "--json").data
    assert (data["moved"], data["phone"][0]["now"]) == (1, "2026-11-30T10:00:00+08:00")
    assert call("move-day", "2026-11-27").code == 1


def test_predict_tells_window_method_and_error(call, people: dict[str, str]) -> None:
    from crm_tui.services.crm import Crm
    from tests.conftest import NOW, ZONE

    file = Path(call("where", "--json").data["database"])
    crm = Crm.open(file, lambda: NOW, zone=ZONE)
    values = {"customer": people["王芳"], "product": "米", "daily_use": 800, "payday": "10"}
    profile = crm.consumption_profiles.add(values).ids[0]
    crm.close()
    assert call("predict", "王芳", "--json").data["window"] is None
    crm = Crm.open(file, lambda: NOW, zone=ZONE)
    crm.consumption_profiles.add_fill(profile, NOW.date(), 24_000, 2_000)
    crm.close()
    data = call("predict", profile, "--plan", "--json").data
    assert set(data) >= {"window", "median_gap", "n", "last_error", "method"}
    assert data["window"]["expected"] == "2026-12-26"
    assert (data["deliver"], data["collect"]) == ("2026-12-24", "2027-01-10")
    assert data["delivery"]
    assert call("predict", "Acme").code == 1


def test_handover_counts_and_moves(call, people: dict[str, str]) -> None:
    call("plan", "Acme", "tomorrow 10:00", "promise", "price list")
    data = call("handover", "Ann", "Ben", "--dry-run", "--json").data
    assert (data["customers"], data["plans"], data["promises"], data["action"]) == (2, 1, 1, None)
    data = call("handover", "Ann", "Ben", "--json").data
    assert data["introductions"] == 2
    assert call("card", "Acme", "--json").data["owner"] == people["Ben"]
    assert call("handover", "Ann", "Ben").code == 1
    assert call("handover", "Ann", "Nobody").code == 1


def test_the_schedule_goes_out_and_comes_back_unchanged(call, people: dict[str, str], tmp_path: Path) -> None:
    import icalendar

    call("plan", "Acme", "2026-12-01T15:00", "visit", "samples", "--minutes", 45)
    file = tmp_path / "out.ics"
    done = call("export", "schedule", file, "--json")
    assert done.data["rows"] == 1
    (event,) = icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert event["DTSTART"].dt.isoformat() == "2026-12-01T15:00:00+08:00"
    assert event["DTEND"].dt.isoformat() == "2026-12-01T15:45:00+08:00"
    back = call("import", file, "--json").data
    assert (back["rows"], back["unchanged"], back["kind"]) == (1, 1, "events")
    file.write_bytes(file.read_bytes().replace(b"20261201T150000", b"20261202T160000").replace(b"T154500", b"T164500"))
    back = call("import", file, "--json").data
    assert (back["updated"], back["created"]) == (1, 0)
    (item,) = call("agenda", "--day", "2026-12-02", "--json").data["items"]
    assert (item["at"], item["first"]) == ("2026-12-02T16:00:00+08:00", "2026-12-01T15:00:00+08:00")
    assert call("export", "schedule", tmp_path / "out.csv").code == 2


FOREIGN = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//other//EN
BEGIN:VEVENT
UID:one@other
DTSTART;TZID=Europe/Berlin:20261201T090000
DTEND;TZID=Europe/Berlin:20261201T100000
SUMMARY:Talk with Acme about prices
LOCATION:Room 3
END:VEVENT
BEGIN:VEVENT
UID:week@other
DTSTART:20261125T010000Z
DURATION:PT30M
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE:20261202T010000Z
SUMMARY:王芳 对账
END:VEVENT
BEGIN:VEVENT
UID:dentist@other
DTSTART;VALUE=DATE:20261130
SUMMARY:Dentist
END:VEVENT
BEGIN:VEVENT
UID:old@other
DTSTART:20200101T010000Z
SUMMARY:Acme long ago
END:VEVENT
END:VCALENDAR
"""


def test_a_foreign_calendar_becomes_plans_once(call, people: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "foreign.ics"
    file.write_text(FOREIGN.replace("\n", "\r\n"), encoding="utf-8")
    dry = call("import", file, "--dry-run", "--json").data
    assert (dry["created"], dry["rejected"], dry["past"]) == (3, 1, 1)
    first = call("import", file, "--json")
    assert first.code == 0, first.err
    assert first.data["rows"] == sum(first.data[name] for name in ("created", "updated", "unchanged", "rejected"))
    assert any("Dentist" in one["reason"] for one in first.data["problems"])
    items = call("agenda", "--week", "2026-12-01", "--json").data["items"]
    assert [(one["at"], one["name"], one["place"], one["origin"]) for one in items] == [
        ("2026-12-01T16:00:00+08:00", "Acme", "Room 3", "calendar")
    ]
    again = call("import", file, "--json").data
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    file.write_text(FOREIGN.replace("Room 3", "Room 4").replace("\n", "\r\n"), encoding="utf-8")
    assert call("import", file, "--json").data["updated"] == 1
    call("move", items[0]["id"], "2026-12-03T09:00")
    file.write_text(FOREIGN.replace("T090000", "T110000").replace("T100000", "T120000"), encoding="utf-8")
    kept = call("import", file, "--json").data["kept_yours"]
    assert [one["field"] for one in kept] == ["planned_start"]
    assert call("import", file, "--for", "Acme", "--json").data["created"] == 1
    call("undo")
    call("undo")
    assert call("undo").code == 0


def test_a_call_to_who_asked_not_to_be_called_is_said_and_not_queued(call, people: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    call("edit", people["Acme"], "do_not_call=1")
    done = call("plan", "Acme", "2026-11-24T09:00", "call", "quote")
    assert "! Acme asked not to be called" in done.err
    assert call("callbacks", "--json").data["count"] == 0
    assert "asked not to be called" in call("add", "call Acme wed 3pm quote").out
