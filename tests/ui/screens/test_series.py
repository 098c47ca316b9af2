from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from crm_tui.rules.series import weekly
from crm_tui.rules.series_text import parse_series
from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.series import SeriesDialog
from crm_tui.ui.screens.series import SeriesScreen
from tests.conftest import ZONE
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]
TUESDAYS = weekly(datetime(2026, 11, 24, 15), ZONE, (1,))


@pytest.fixture
def customer(crm: Crm) -> str:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    return crm.customers.create({"name": "Northwind"}).ids[0]


async def calm(pilot: Any) -> None:
    """Longer than a cursor rests before what stands beside it is read."""
    await asyncio.sleep(0.15)
    await pilot.settle()


def text_of(crm: Crm) -> str:
    (row,) = crm.series.all()
    return str(row["rule"])


def test_words_fill_the_form_and_the_next_ten_dates_stand_there(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("n")
        await pilot.settle()
        assert isinstance(pilot.app.screen, SeriesDialog)
        pilot.app.screen.form.focus_field("words")
        await pilot.press(*"northwind every 2 weeks on mon 3pm accounts")
        await calm(pilot)
        text = screen_text(pilot)
        assert "every 2 weeks on Mon at 15:00" in text
        assert "Mon 30 Nov" in text
        assert "Mon 5 Apr 2027" in text  # the tenth
        await pilot.press("ctrl+s")
        await calm(pilot)
        assert "Series planned" in toasts(pilot)
        assert "Northwind" in screen_text(pilot)
        rule = parse_series(text_of(crm))
        assert (rule.freq, rule.interval, rule.weekdays, rule.start.hour) == ("weekly", 2, ((0, 0),), 15)
        assert crm.series.all()[0]["topic"] == "accounts"
        await pilot.press("n")
        await pilot.settle()
        pilot.app.screen.form.focus_field("words")
        await pilot.press(*"every 2 weeks on mon 3pm")
        await calm(pilot)
        assert pilot.app.screen.form.row("topic").box.raw() == ""  # not the "3p" of a moment ago
        await pilot.press("escape")
        await calm(pilot)
        await pilot.press("u")
        await calm(pilot)
        assert crm.series.all() == []

    drive(app_on(crm.store.path, "series"), script, size=(140, 45))


def test_choices_change_a_series_and_its_plans(crm: Crm, customer: str, drive: Drive) -> None:
    crm.series.create(customer, TUESDAYS, "call", "ring")

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        form = pilot.app.screen.form
        assert form.row("nth").absent
        form.focus_field("pattern")
        await pilot.press("ctrl+u", *"n-th weekday", "enter")
        await pilot.settle()
        assert not form.row("nth").absent
        form.focus_field("nth")
        await pilot.press("down", *["down"] * 5, "enter")
        form.focus_field("days_off")
        await pilot.press("ctrl+u", *"before", "enter")
        await calm(pilot)
        assert "every month on the last Tue at 15:00" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert "Series changed" in toasts(pilot)

    drive(app_on(crm.store.path, "series"), script)
    rule = parse_series(text_of(crm))
    assert (rule.freq, rule.weekdays, rule.rule) == ("monthly", ((1, -1),), "before")
    assert [row["planned_start"][:10] for row in crm.visits.open_plans(customer)] == ["2026-11-24", "2026-12-29"]


def test_what_makes_no_sense_is_said_and_nothing_is_saved(crm: Crm, customer: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("n")
        await pilot.settle()
        form = pilot.app.screen.form
        await pilot.press(*"northw", "enter")
        form.focus_field("weekdays")
        await pilot.press(*"someday")
        await calm(pilot)
        assert "“someday” is no weekday" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert form.row("weekdays").problem
        form.focus_field("weekdays")
        await pilot.pause()
        await pilot.press("ctrl+u", *"mon, thu")
        form.focus_field("words")
        await pilot.press(*"sometimes")
        await calm(pilot)
        assert "“sometimes” is no series yet" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert crm.series.all() == []
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "series"), script)
    assert [key for key, _ in crm.drafts.all()] == ["series.plan:"]


def test_one_is_left_out_one_is_moved_and_the_series_ends(crm: Crm, customer: str, drive: Drive) -> None:
    series = crm.series.create(customer, TUESDAYS, "call", "ring").ids[0]

    def states() -> list[str]:
        return [one.state for one in crm.series.coming(series, 3)]

    async def script(pilot: Any) -> None:
        await calm(pilot)
        await pilot.press("enter", "j")  # into the occurrences
        await calm(pilot)
        await pilot.press("x", *"fair", "enter")
        await calm(pilot)
        assert states() == ["planned", "cancelled", "planned"]
        assert "fair" in screen_text(pilot)
        await pilot.press("j", "m", *"12-09 10:00", "enter", "enter")
        await calm(pilot)
        assert states() == ["planned", "cancelled", "moved"]
        assert "from Tue 8 Dec" in screen_text(pilot)
        await pilot.press("k", "x")
        await calm(pilot)
        assert states() == ["planned", "planned", "moved"]
        await pilot.press("escape", "d", *"12-15", "enter")
        await calm(pilot)
        assert "Ended" in toasts(pilot)
        assert parse_series(text_of(crm)).until is not None
        assert "until 2026-12-14" in screen_text(pilot)

    drive(app_on(crm.store.path, "series"), script, size=(140, 45))


def test_from_the_schedule_the_cursor_stands_on_the_series_of_the_plan(crm: Crm, customer: str, drive: Drive) -> None:
    crm.series.create(customer, weekly(datetime(2026, 11, 24, 9), ZONE, (2,)), "visit", "other")
    series = crm.series.create(customer, TUESDAYS, "call", "ring").ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("s")
        await calm(pilot)
        assert isinstance(pilot.app.screen, SeriesScreen)
        assert pilot.app.screen.listed.row["id"] == series
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "schedule"), script)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
def test_hostile_names_stand_as_they_are(crm: Crm, customer: str, drive: Drive, size: tuple[int, int]) -> None:
    for name in HOSTILE:
        crm.series.create(crm.customers.create({"name": name}).ids[0], TUESDAYS, "call", name)

    async def script(pilot: Any) -> None:
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.settle()
        await pilot.press("enter")
        await calm(pilot)
        await pilot.press("escape", "e")
        await calm(pilot)
        assert pilot.app._exception is None

    drive(app_on(crm.store.path, "series"), script, size=size)
