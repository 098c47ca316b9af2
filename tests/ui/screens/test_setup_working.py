"""Setup: years are adopted, rules are edited, and what makes no sense is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_tui.services.crm import Crm
from tests.ui.screens.test_setup import _section
from tests.ui.shown import app_on, screen_text, toasts


def _to(pilot: Any, name: str) -> None:
    section = next(one for one in pilot.app.screen._sections.values() if one.display)
    place = next(n for n, row in enumerate(section.rows._rows.rows) if row.id == name)
    section.rows.move_to(place)


def test_a_year_is_adopted_by_a_key_and_undone(crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "working-days")
        assert "not in force" in screen_text(pilot)
        _to(pilot, "2026")
        await pilot.settle()
        await pilot.press("a")
        await pilot.settle()
        assert [one.year for one in crm.calendar_days.years()] == [2026]
        assert "* in force" in screen_text(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert crm.calendar_days.years() == []

    drive(app_on(crm.store.path, "setup"), script)


def test_a_file_and_a_country_are_taken(crm: Crm, tmp_path: Path, drive: Callable[..., None]) -> None:
    file = tmp_path / "d.txt"
    file.write_text("2026-11-25 off Our day\n2027 final\n")

    async def script(pilot: Any) -> None:
        await _section(pilot, "working-days")
        await pilot.press("f", *str(file), "enter")
        await pilot.settle()
        assert [one.year for one in crm.calendar_days.years()] == [2026]
        await pilot.press("c")
        await pilot.settle()
        await pilot.press(*"de", "enter")
        await pilot.settle()
        assert crm.calendar_days.country == "DE"

    drive(app_on(crm.store.path, "setup"), script)


def test_rules_are_edited_switched_and_reset(crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "working-rules")
        _to(pilot, "contacts_a_day")
        await pilot.press("e")
        await pilot.settle()
        await pilot.press("backspace", *"12", "enter")
        await pilot.settle()
        assert crm.free_slots.capacity == 12
        await pilot.press("e", "x", "enter")
        await pilot.settle()
        assert crm.free_slots.capacity == 12
        assert "whole number" in toasts(pilot)
        await pilot.press("r")
        await pilot.settle()
        assert crm.free_slots.capacity == 8
        _to(pilot, "festival_greetings")
        await pilot.press("enter")
        await pilot.settle()
        assert crm.policies.value("festival_greetings") == "on"
        _to(pilot, "reminder_minutes")
        await pilot.press("e")
        await pilot.settle()
        await pilot.press("backspace", "backspace", "0", "enter")
        await pilot.settle()
        assert crm.store.setting("reminder_minutes") == "0"

    drive(app_on(crm.store.path, "setup"), script)
