from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.form import KEEP_AFTER, FormDialog
from crm_tui.ui.screens.customers import CustomersScreen
from tests.ui.shown import app_on, said, screen_text

Drive = Callable[..., None]


@pytest.fixture
def me(crm: Crm) -> str:
    row = crm.people.add({"name": "李娜"}).ids[0]
    crm.people.i_am(row)
    return row


async def new_form(pilot: Any) -> FormDialog:
    await pilot.press("n")
    await pilot.settle()
    assert isinstance(pilot.app.screen, FormDialog)
    return pilot.app.screen


def test_enter_goes_through_the_fields_and_ctrl_s_saves(crm: Crm, me: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await new_form(pilot)
        await pilot.press(*"Acme [CN] Ltd", "enter", *"hou", "enter", *"138 1234 5678", "enter", *"a@b.example")
        await pilot.press("ctrl+s")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)
        assert "Acme [CN] Ltd" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script)
    card = crm.customers.card(crm.customers.resolve("Acme [CN] Ltd"))
    assert (card["kind"], card["owner"]) == ("household", me)
    assert card["phones"][0]["number"] == "+8613812345678"
    assert card["emails"][0]["address"] == "a@b.example"
    assert crm.drafts.all() == []


def test_enter_in_the_last_field_saves(crm: Crm, me: str, drive: Drive) -> None:
    customer = crm.customers.create({"name": "A"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("enter")
        await pilot.settle()
        await pilot.press("n")
        await pilot.settle()
        await pilot.press(*"jjjj", "enter")
        await pilot.settle()
        await pilot.press(*"VIP", "enter")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))
    assert [tag["name"] for tag in crm.noun("tags").of(customer)] == ["VIP"]


def test_what_is_wrong_stands_beside_its_field(crm: Crm, me: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        form = await new_form(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()
        row = form.form.row("name")
        assert row is not None
        assert row.problem == "must not be empty"
        line = next(line for line in screen_text(pilot).splitlines() if "Name" in line and "│" in line)
        assert "x must not be empty" in line
        await pilot.press(*"A", "enter", *"zzz", "ctrl+s")
        await pilot.settle()
        assert "choose one of the list" in screen_text(pilot)
        assert crm.customers.all() == []

    drive(app_on(crm.store.path, "customers"), script)


def test_a_person_is_chosen_by_pinyin(crm: Crm, me: str, drive: Drive) -> None:
    other = crm.people.add({"name": "王强"}).ids[0]

    async def script(pilot: Any) -> None:
        form = await new_form(pilot)
        await pilot.press(*"A")
        form.form.focus_field("owner")
        await pilot.pause()
        await pilot.press(*"wq")
        await pilot.settle()
        await pilot.press("enter", "ctrl+s")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.customers.all()[0]["owner"] == other


def test_esc_keeps_a_draft_that_comes_back(crm: Crm, me: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await new_form(pilot)
        await pilot.press(*"Half")
        await pilot.press("escape")
        await pilot.settle()
        assert "Kept as a draft" in said(pilot)
        form = await new_form(pilot)
        row = form.form.row("name")
        assert row is not None
        assert row.box.raw() == "Half"
        assert "ctrl+r throws it away" in screen_text(pilot)
        await pilot.press("ctrl+r")
        await pilot.settle()
        assert row.box.raw() == ""

    drive(app_on(crm.store.path, "customers"), script)


def test_looking_into_a_form_keeps_no_draft(crm: Crm, me: str, drive: Drive) -> None:
    row = crm.customers.create({"name": "Northwind", "note": "old"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        assert isinstance(pilot.app.screen, FormDialog)
        await pilot.pause(KEEP_AFTER * 3)
        await pilot.press("escape")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.drafts.get(f"customers.edit:{row}") is None


def test_a_draft_is_on_the_disk_before_anything_is_saved(crm: Crm, me: str, drive: Drive) -> None:
    """What stands there after kill -9 is what another connection reads while the form is open."""

    async def script(pilot: Any) -> None:
        await new_form(pilot)
        await pilot.press(*"Typed")
        await pilot.pause(0.4)
        await pilot.settle()
        db = sqlite3.connect(f"file:{crm.store.path}.drafts?mode=ro", uri=True)
        assert "Typed" in db.execute("SELECT content FROM draft WHERE key = 'customers.add'").fetchone()[0]
        db.close()

    drive(app_on(crm.store.path, "customers"), script)


def test_drafts_are_offered_at_the_next_start(crm: Crm, me: str, drive: Drive) -> None:
    crm.drafts.keep("customers.add", {"name": "Left over"}, "2026-11-24T01:00:00Z")

    async def script(pilot: Any) -> None:
        assert "1 forms were left" in said(pilot)
        await pilot.app.run_action("drafts")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        assert "Left over" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script)


def test_somebody_elses_change_becomes_a_question(crm: Crm, me: str, drive: Drive) -> None:
    customer = crm.customers.create({"name": "A", "region": "Suzhou"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        crm.customers.edit(customer, {"region": "Hangzhou"})
        pilot.app.screen.form.focus_field("region")
        await pilot.pause()
        await pilot.press(*"Wuxi", "ctrl+s")
        await pilot.settle()
        text = screen_text(pilot)
        assert "Wuxi" in text
        assert "Hangzhou" in text
        await pilot.press("m")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.customers.get(customer)["region"] == "Wuxi"


def test_only_what_was_changed_is_written(crm: Crm, me: str, drive: Drive) -> None:
    customer = crm.customers.create({"name": "A", "region": "Suzhou"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await pilot.settle()
        crm.customers.edit(customer, {"grade": "B"})
        pilot.app.screen.form.focus_field("industry")
        await pilot.pause()
        await pilot.press(*"food", "ctrl+s")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    row = crm.customers.get(customer)
    assert (row["grade"], row["industry"], row["region"]) == ("B", "food", "Suzhou")


def test_custom_fields_are_asked_and_kept(crm: Crm, me: str, drive: Drive) -> None:
    crm.custom_fields.add({"noun": "customers", "key": "rice", "label_en": "Rice a month", "kind": "integer"})

    async def script(pilot: Any) -> None:
        form = await new_form(pilot)
        await pilot.press(*"A")
        form.form.focus_field("extra.rice")
        await pilot.pause()
        assert "Rice a month" in screen_text(pilot)
        await pilot.press(*"20", "ctrl+s")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.customers.card(crm.customers.all()[0]["id"])["custom"] == {"rice": 20}


def test_a_form_is_never_longer_than_the_screen(crm: Crm, me: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await new_form(pilot)
        assert "+ more" in screen_text(pilot)
        frame = pilot.app.screen.query_one("#form")
        assert frame.region.bottom <= 24
        assert frame.region.y >= 0

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))


def test_a_note_keeps_its_lines(crm: Crm, me: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        form = await new_form(pilot)
        await pilot.press(*"A")
        form.form.focus_field("note")
        await pilot.pause()
        await pilot.press("a", "ctrl+j", "b", "ctrl+s")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.customers.all()[0]["note"] == "a\nb"


def test_a_likely_duplicate_is_told_while_typing_and_never_blocks(crm: Crm, me: str, drive: Drive) -> None:
    crm.customers.create({"name": "上海王芳贸易有限公司"}, ["13812345678"])

    async def script(pilot: Any) -> None:
        await new_form(pilot)
        await pilot.press(*"王芳", "enter", "enter", *"13812345678")
        await pilot.pause(0.4)
        await pilot.settle()
        assert "? perhaps known: 上海王芳贸易有限公司" in screen_text(pilot)
        await pilot.press("ctrl+s")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script)
    assert len(crm.customers.all()) == 2
