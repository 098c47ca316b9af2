from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.screens.day_reports import DayReportsScreen
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]
TODAY = NOW.date()


@pytest.fixture
def day(crm: Crm) -> dict[str, str]:
    """My day with something of each; a colleague's; a supervisor."""
    people = {
        name: crm.people.add({"name": name, "role": role}).ids[0]
        for name, role in (("Li Na", "salesperson"), ("王强", "salesperson"), ("Chen Wei", "supervisor"))
    }
    crm.people.i_am(people["Li Na"])
    customer = crm.customers.create({"name": "Northwind"}).ids[0]
    plan = crm.visits.plan(customer, NOW - timedelta(hours=1), "visit", "monthly").ids[0]
    crm.visits.plan(customer, NOW + timedelta(hours=1), "call", "still to ring")
    moved = crm.visits.plan(customer, NOW + timedelta(hours=2), "visit", "inventory").ids[0]
    crm.visits.done(plan, {"summary": "took 3 boxes", "minutes": 40}, NOW + timedelta(days=7), "refill")
    crm.visits.move(moved, NOW + timedelta(days=2), "rain")
    crm.visits.plan(customer, NOW + timedelta(days=3), "promise", "price list")
    crm.visits.plan(customer, NOW + timedelta(days=1), "visit", "tomorrow's")
    crm.visits.log(customer, {"summary": "his visit", "person": people["王强"]})
    return {**people, "customer": customer}


def test_d_on_today_shows_what_the_day_was(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("d")
        await pilot.settle()
        text = screen_text(pilot)
        for said in (
            "Li Na · Tue 24 Nov 2026",
            "not handed in yet",
            "took 3 boxes",
            "next: Tue 1 Dec",
            "still open · still to ring",
            "to Thu 26 Nov",
            "rain",
            "by 27 Nov",
            "price list",
            "Next: Wed 25 Nov",
            "tomorrow's",
        ):
            assert said in text, said
        assert "his visit" not in text
        await pilot.press("escape")
        await pilot.settle()
        assert pilot.app.current_mode == "today"

    drive(app_on(crm.store.path, "today"), script, size=(140, 45))


def test_a_note_hands_the_report_in_and_u_takes_it_back(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        await pilot.press(*"rain all day", "ctrl+s")
        await pilot.settle()
        (row,) = crm.day_reports.waiting()
        assert row["remarks"] == "rain all day"
        assert crm.day_reports.waiting(reader=day["Li Na"]) == []
        text = screen_text(pilot)
        assert "unread" not in text
        assert "rain all day" in text
        assert "handed in" in text
        assert "not read yet" in text
        await pilot.press("u")
        await pilot.settle()
        assert crm.day_reports.waiting() == []
        assert "not handed in yet" in screen_text(pilot)

    drive(app_on(crm.store.path, "day_reports"), script, size=(140, 45))


def test_s_hands_in_once_and_again_only_after_a_change(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("s")
        await pilot.settle()
        assert len(crm.day_reports.waiting()) == 1
        assert "s" not in pilot.app.screen.active_bindings
        crm.visits.log(day["customer"], {"summary": "one more"})
        pilot.app.announce(None)
        await pilot.settle()
        assert "changed since" in screen_text(pilot)
        await pilot.press("s")
        await pilot.settle()
        assert not crm.day_reports.compose(day["Li Na"], TODAY).changed

    drive(app_on(crm.store.path, "day_reports"), script)


def test_brackets_go_from_day_to_day_and_not_into_the_future(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("right_square_bracket")
        await pilot.settle()
        assert "no report yet" in toasts(pilot)
        await pilot.press("left_square_bracket")
        await pilot.settle()
        assert "Mon 23 Nov 2026" in screen_text(pilot)

    drive(app_on(crm.store.path, "day_reports"), script)


def test_a_supervisor_reads_one_after_the_other_and_comments(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    crm.day_reports.hand_in(day["Li Na"], TODAY, "all well")
    crm.day_reports.hand_in(day["王强"], TODAY, "car broke down")
    crm.people.i_am(day["Chen Wei"])

    async def script(pilot: Any) -> None:
        assert "2 reports unread" in screen_text(pilot)
        await pilot.press("d")
        await pilot.settle()
        assert isinstance(pilot.app.screen, DayReportsScreen)
        text = screen_text(pilot)
        assert "1 of 2" in text
        assert "all well" in text
        assert "s" not in pilot.app.screen.active_bindings
        await pilot.press("a")
        await pilot.settle()
        text = screen_text(pilot)
        assert "2 of 2" in text
        assert "car broke down" in text
        assert "his visit" in text
        await pilot.press("c", *"take mine", "enter")
        await pilot.settle()
        assert "take mine" in screen_text(pilot)
        assert crm.day_reports.waiting() == []
        row = crm.day_reports.compose(day["王强"], TODAY).row
        assert row is not None
        assert (row["review_comment"], row["reviewed_by"]) == ("take mine", day["Chen Wei"])
        await pilot.press("right_square_bracket")
        await pilot.settle()
        assert "last report" in toasts(pilot)
        await pilot.press("escape")
        await pilot.settle()
        assert "unread" not in screen_text(pilot)
        assert pilot.app.current_mode == "team"

    drive(app_on(crm.store.path, "team"), script, size=(140, 45))


def test_n_goes_through_all_that_nobody_has_read(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    for days in (5, 3):
        crm.day_reports.hand_in(day["王强"], TODAY - timedelta(days=days), f"{days} days ago")
    crm.people.i_am(day["Chen Wei"])

    async def script(pilot: Any) -> None:
        for said in ("5 days ago", "3 days ago"):
            await pilot.press("n")
            await pilot.settle()
            assert said in screen_text(pilot)

    drive(app_on(crm.store.path, "day_reports"), script, size=(140, 45))


def test_w_writes_the_report_as_text(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("w")
        await pilot.settle()
        (path,) = crm.store.path.parent.glob("day-report-2026-11-24-Li-Na.txt")
        text = path.read_text("utf-8")
        assert text.startswith("Day report  Li Na  Tue 24 Nov 2026")
        for said in ("== Done", "took 3 boxes", "== Promised", "price list", "== Next: Wed 25 Nov"):
            assert said in text

    drive(app_on(crm.store.path, "day_reports"), script)


def test_who_sits_here_is_asked_for_if_it_is_not_known(crm: Crm, drive: Drive) -> None:
    person = crm.people.add({"name": "Li Na"}).ids[0]

    async def script(pilot: Any) -> None:
        assert "not known who sits here" in screen_text(pilot)
        await pilot.press("o", "enter")
        await pilot.settle()
        assert "Li Na" in screen_text(pilot)
        assert pilot.app.screen._person == person

    drive(app_on(crm.store.path, "day_reports"), script)


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_whatever_was_written_is_shown_as_it_is(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    person = crm.people.add({"name": HOSTILE[0]}).ids[0]
    crm.people.i_am(person)
    for name in HOSTILE:
        customer = crm.customers.create({"name": name}).ids[0]
        crm.visits.log(customer, {"summary": name})
        crm.visits.plan(customer, NOW, "promise", name)
    crm.day_reports.hand_in(person, TODAY, "\n".join(HOSTILE))

    async def script(pilot: Any) -> None:
        for _ in range(4):
            await pilot.press("pagedown")
            await pilot.settle()
        await pilot.press("w")
        await pilot.settle()
        assert "Written" in toasts(pilot)

    drive(app_on(crm.store.path, "day_reports"), script, size=size)


def test_a_note_that_was_left_is_offered_among_the_drafts(crm: Crm, day: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        await pilot.press(*"half a note", "escape")
        await pilot.settle()
        pilot.app.action_drafts()
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert "half a note" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert crm.day_reports.waiting()[0]["remarks"] == "half a note"

    drive(app_on(crm.store.path, "day_reports"), script)
