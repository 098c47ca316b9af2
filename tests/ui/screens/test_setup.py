from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from crm_tui.services.crm import Crm
from crm_tui.store import backup
from crm_tui.words import language
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts


async def _section(pilot: Any, name: str) -> None:
    """Put the cursor on a section and go into it."""
    rows = pilot.app.screen.rows
    place = next(n for n, row in enumerate(rows._rows.rows) if row.id == name)
    rows.move_to(place)
    await pilot.settle()
    await pilot.press("enter")
    await pilot.settle()


def test_a_person_is_added_and_said_to_be_me(db_file: Path, crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "people")
        await pilot.press("n")
        await pilot.settle()
        await pilot.press(*"Li Na", "ctrl+s")
        await pilot.settle()
        assert "Li Na" in screen_text(pilot)
        await pilot.press("w")
        await pilot.settle()
        me = pilot.app.crm.people.me()
        assert me["name"] == "Li Na"
        assert "* me" in screen_text(pilot)
        assert screen_text(pilot).splitlines()[0].rstrip().endswith("Li Na")

    drive(app_on(db_file, "setup"), script)


def test_a_custom_field_needs_a_label_only(crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "fields")
        await pilot.press("n")
        await pilot.settle()
        await pilot.press(*"Shelf metres", "ctrl+s")
        await pilot.settle()
        (field,) = crm.custom_fields.all()
        assert (field["noun"], field["key"], field["label_en"]) == ("customers", "shelf_metres", "Shelf metres")
        assert "Shelf metres" in screen_text(pilot)

    drive(app_on(crm.store.path, "setup"), script)


def test_the_language_changes_at_once(crm: Crm, drive: Callable[..., None]) -> None:
    kept: dict[str, Any] = {}

    async def script(pilot: Any) -> None:
        await _section(pilot, "language")
        await pilot.press("j", "enter")
        await pilot.settle()
        assert language() == "zh"
        assert kept == {"language": "zh"}

    drive(app_on(crm.store.path, "setup", remember=kept.__setitem__), script)


def test_a_theme_is_shown_by_the_cursor_and_kept_by_enter(crm: Crm, drive: Callable[..., None]) -> None:
    kept: dict[str, Any] = {}

    async def script(pilot: Any) -> None:
        before = pilot.app.theme
        await _section(pilot, "theme")
        await pilot.press("k")
        await pilot.settle()
        assert pilot.app.theme != before
        await pilot.press("escape")
        await pilot.settle()
        assert pilot.app.theme == before
        await pilot.press("enter", "k", "enter", "escape")
        await pilot.settle()
        assert pilot.app.theme == kept["theme"] != before

    drive(app_on(crm.store.path, "setup", remember=kept.__setitem__), script)


def test_a_key_is_changed_and_a_clash_is_refused(crm: Crm, drive: Callable[..., None]) -> None:
    kept: dict[str, Any] = {}

    async def script(pilot: Any) -> None:
        await _section(pilot, "keys")
        rows = pilot.app.screen._sections["keys"].rows
        rows.move_to(next(n for n, row in enumerate(rows._rows.rows) if row.id == "app.redo"))
        await pilot.press("e", *["backspace"] * 8, *"u", "enter")
        await pilot.settle()
        assert "app.undo already" in toasts(pilot)
        assert kept == {}
        await pilot.press("e", *["backspace"] * 8, *"f9", "enter")
        await pilot.settle()
        assert kept == {"keys": {"app.redo": "f9"}}
        await pilot.press("d")
        await pilot.settle()
        assert kept == {"keys": {}}

    drive(app_on(crm.store.path, "setup", remember=kept.__setitem__), script, size=(140, 45))


def test_a_backup_is_made_and_put_back(crm: Crm, drive: Callable[..., None]) -> None:
    crm.customers.create({"name": "before"})

    async def script(pilot: Any) -> None:
        await _section(pilot, "health")
        await pilot.press("b")
        await pilot.settle()
        folder = backup.folder_of(crm.store.path)
        assert any(one.reason == "manual" for one in backup.listed(folder))
        pilot.app.crm.customers.create({"name": "after"})
        section = pilot.app.screen._sections["health"]
        place = next(n for n, row in enumerate(section.rows._rows.rows) if "manual" in row.id)
        section.rows.move_to(place)
        await pilot.press("r", "y")
        await pilot.settle()
        assert pilot.app.crm.customers.counts()["all"] == 2  # it asks twice
        await pilot.press("y")
        await pilot.settle()
        assert pilot.app.crm.customers.counts()["all"] == 1
        assert any(one.reason == "restore" for one in backup.listed(folder))

    drive(app_on(crm.store.path, "setup"), script)


def test_the_file_is_checked_and_the_result_kept(crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "health")
        assert "Never checked" in screen_text(pilot)
        await pilot.press("c")
        await pilot.settle()
        assert "sound" in screen_text(pilot)

    drive(app_on(crm.store.path, "setup"), script)


def test_doors_lead_to_their_screens_and_back(crm: Crm, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        for name in ("history", "trash", "duplicates"):
            await _section(pilot, name)
            assert pilot.app.current_mode == name
            await pilot.press("escape")
            await pilot.settle()
            assert pilot.app.current_mode == "setup"

    drive(app_on(crm.store.path, "setup"), script)


def test_hostile_names_stand_as_they_are(crm: Crm, drive: Callable[..., None]) -> None:
    for name in HOSTILE:
        crm.people.add({"name": name, "team": name})
        crm.custom_fields.add({"noun": "customers", "key": f"k{HOSTILE.index(name)}", "label_en": name})

    async def script(pilot: Any) -> None:
        assert "[red]" in screen_text(pilot)
        await _section(pilot, "fields")
        assert "x [/oops]" in screen_text(pilot)

    drive(app_on(crm.store.path, "setup"), script, size=(80, 24))


def test_what_left_the_file_is_listed_with_who_took_it(crm: Crm, tmp_path: Path, drive: Callable[..., None]) -> None:
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    crm.exports.log("customers", "/media/stick/[red]all.csv", 1204)
    crm.exports.log("all", "/home/na/backup.json", 5)

    async def script(pilot: Any) -> None:
        await _section(pilot, "exports")
        shown = screen_text(pilot)
        assert "Li Na" in shown
        assert "1,204" in shown
        assert "[red]all.csv  /media/stick/" in shown
        assert shown.index("Everything") < shown.index("1,204")  # the latest first

    drive(app_on(crm.store.path, "setup"), script, size=(140, 45))


def test_a_file_that_nothing_left_says_so(db_file: Path, drive: Callable[..., None]) -> None:
    async def script(pilot: Any) -> None:
        await _section(pilot, "exports")
        assert "Nothing was exported from this file yet." in screen_text(pilot)

    drive(app_on(db_file, "setup"), script)
