from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm_tui.services.crm import Crm
from tests.ui.screens.test_setup import _section
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


def test_a_cadence_is_made_edited_and_deleted(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "cadences")
        assert "Nobody is proposed yet" in screen_text(pilot)
        await pilot.press("n")
        await pilot.settle()
        form = pilot.app.screen.form
        form.focus_field("grade")
        await pilot.press(*"A")
        form.focus_field("every_days")
        await pilot.press(*"14")
        form.focus_field("yellow_days")
        await pilot.press(*"20")
        form.focus_field("red_days")
        await pilot.press(*"30", "ctrl+s")
        await pilot.settle()
        (row,) = crm.cadences.all()
        assert (row["grade"], row["every_days"], row["yellow_days"], row["red_days"]) == ("A", 14, 20, 30)
        text = screen_text(pilot)
        assert "grade A" in text
        assert "14 d" in text
        await pilot.press("e")
        await pilot.settle()
        pilot.app.screen.form.focus_field("every_days")
        await pilot.pause()
        await pilot.press(*"0", "ctrl+s")
        await pilot.settle()
        assert "x 0 d" in screen_text(pilot)
        await pilot.press("d")
        await pilot.settle()
        assert crm.cadences.all() == []
        assert "trash" in toasts(pilot)

    drive(app_on(crm.store.path, "setup"), script)


def test_the_most_particular_stands_first_and_names_stay_as_they_are(crm: Crm, drive: Drive) -> None:
    crm.cadences.add({"every_days": 60})
    crm.cadences.add({"every_days": 30, "grade": "A"})
    crm.cadences.add({"every_days": 20, "grade": "A", "customer_kind": "household"})
    for name in HOSTILE:
        crm.cadences.add({"every_days": 7, "customer": crm.customers.create({"name": name}).ids[0]})

    async def script(pilot: Any) -> None:
        await _section(pilot, "cadences")
        lines = [line for line in screen_text(pilot).splitlines()[:-1] if " d " in line]
        assert "grade A · Household" in lines[-3]
        assert "every customer" in lines[-1]

    drive(app_on(crm.store.path, "setup"), script, size=(140, 40))


def test_limits_that_make_no_sense_stand_beside_their_field(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "cadences")
        await pilot.press("n")
        await pilot.settle()
        form = pilot.app.screen.form
        form.focus_field("every_days")
        await pilot.press(*"14")
        form.focus_field("yellow_days")
        await pilot.press(*"30")
        form.focus_field("red_days")
        await pilot.press(*"20", "ctrl+s")
        await pilot.settle()
        assert crm.cadences.all() == []
        assert "x " in screen_text(pilot)

    drive(app_on(crm.store.path, "setup"), script)
