from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_tui.exchange.calendars import read_calendar
from crm_tui.services.crm import Crm
from crm_tui.ui.screens.calendar_plans import CalendarPlansScreen
from crm_tui.ui.screens.import_file import ImportScreen
from tests.conftest import NOW, ZONE
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


def event(uid: str, start: str, summary: str, *more: str) -> str:
    lines = ("BEGIN:VEVENT", f"UID:{uid}", f"DTSTART:{start}", f"SUMMARY:{summary}", *more, "END:VEVENT")
    return "\r\n".join(lines)


def calendar(path: Path, *events: str) -> Path:
    path.write_text("\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]), "utf-8", newline="")
    return path


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    crm.customers.create({"name": "Bakery"})
    return crm.customers.create({"name": "Northwind"}).ids[0]


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    return calendar(
        tmp_path / "foreign.ics",
        event("a1", "20261201T020000Z", "Northwind review"),
        event("a2", "20261202T020000Z", "Dentist"),
        event("a3", "20261203T020000Z", "Lunch"),
        event("a4", "nonsense", "Broken"),
        event("a5", "20200101T080000Z", "Long ago"),
    )


def topics(crm: Crm, customer: str) -> list[str]:
    return [str(row["topic"]) for row in crm.visits.open_plans(customer)]


def test_a_calendar_is_looked_at_assigned_imported_and_taken_back(
    crm: Crm, customer: str, foreign: Path, drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("i")
        await pilot.settle()
        pilot.app.screen.query_one("PathInput").value = str(foreign)
        await pilot.press("enter")
        await pilot.settle()
        text = screen_text(pilot)
        assert "4 appointments · 1 new · 0 changed · 0 unchanged · 3 rejected · 1 over" in text
        assert "“nonsense”" in text
        assert crm.visits.open_plans(customer) == []
        await pilot.press("j", "c")
        await pilot.settle()
        await pilot.press(*"baker")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert "2 new" in screen_text(pilot)
        await pilot.press("C")
        await pilot.settle()
        await pilot.press(*"northw")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert "3 new" in screen_text(pilot)
        await pilot.press("i")
        await pilot.settle()
        assert "3 new plans, 0 changed" in toasts(pilot)
        assert "3 unchanged" in screen_text(pilot)
        assert topics(crm, customer) == ["Northwind review", "Lunch"]
        await pilot.press("f", "f", "f", "f")
        await pilot.settle()
        assert "only rejected" in screen_text(pilot)
        assert "Dentist" not in screen_text(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert topics(crm, customer) == []
        assert "3 new" in screen_text(pilot)
        await pilot.press("escape", "escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "schedule"), script, size=(140, 45))


@pytest.mark.parametrize("ending", [".ics", ".txt", ".calendar", ""])
def test_the_import_screen_hands_a_calendar_on(
    crm: Crm, customer: str, foreign: Path, drive: Drive, ending: str
) -> None:
    foreign = foreign.rename(foreign.with_suffix(ending))

    async def script(pilot: Any) -> None:
        pilot.app.screen.query_one("PathInput").value = str(foreign)
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CalendarPlansScreen)
        assert "Northwind" in screen_text(pilot)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, ImportScreen)

    drive(app_on(crm.store.path, "import"), script)


def test_what_is_no_calendar_is_said_beside_the_path(crm: Crm, tmp_path: Path, drive: Drive) -> None:
    (tmp_path / "x.ics").write_text("hello")

    async def script(pilot: Any) -> None:
        for name in ("x.ics", "none.ics"):
            pilot.app.screen.query_one("PathInput").value = str(tmp_path / name)
            await pilot.press("enter")
            await pilot.settle()
            assert "x " in screen_text(pilot)
            assert not pilot.app.screen.has_class("-list")

    drive(app_on(crm.store.path, "calendar_plans"), script)


def test_hostile_appointments_stand_as_they_are(crm: Crm, customer: str, tmp_path: Path, drive: Drive) -> None:
    events = [event(f"h{n}", "20261201T020000Z", name.replace("\n", "\\n")) for n, name in enumerate(HOSTILE)]
    path = calendar(tmp_path / "h [red].ics", *events)

    async def script(pilot: Any) -> None:
        pilot.app.screen.query_one("PathInput").value = str(path)
        await pilot.press("enter")
        await pilot.settle()
        for _ in HOSTILE:
            await pilot.press("j")
        await pilot.press("c")
        await pilot.settle()
        assert pilot.app._exception is None

    drive(app_on(crm.store.path, "calendar_plans"), script, size=(80, 24))


def test_the_week_is_exported_and_read_again(crm: Crm, customer: str, tmp_path: Path, drive: Drive) -> None:
    crm.visits.plan(customer, NOW + timedelta(hours=2), "visit", "in the week")
    crm.visits.plan(customer, NOW + timedelta(days=10), "visit", "later")
    target = tmp_path / "out"

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        form = pilot.app.screen.form
        assert "schedule-2026-W48.ics" in form.row("file").box.raw()
        form.focus_field("file")
        await pilot.pause()
        await pilot.press("ctrl+u")
        form.row("file").box.put(str(target))
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert "1 appointments written" in toasts(pilot)

    drive(app_on(crm.store.path, "schedule"), script)
    events, unread = read_calendar(tmp_path / "out.ics", ZONE)
    assert [one.start for one in events] == [NOW + timedelta(hours=2)]
    assert not unread


def test_all_that_comes_is_exported_and_a_missing_folder_is_said(
    crm: Crm, customer: str, tmp_path: Path, drive: Drive
) -> None:
    crm.visits.plan(customer, NOW + timedelta(days=40), "visit", "later")

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        form = pilot.app.screen.form
        form.focus_field("what")
        await pilot.press("ctrl+u", *"still", "enter")
        form.row("file").box.put(str(tmp_path / "none" / "x.ics"))
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert form.row("file").problem
        form.row("file").box.put(str(tmp_path / "x.ics"))
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert "1 appointments written" in toasts(pilot)

    drive(app_on(crm.store.path, "schedule"), script)
    assert (tmp_path / "x.ics").exists()
