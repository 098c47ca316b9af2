"""Somebody else writes while a form, a card, a list or a pair stands open: nothing is written over it unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE
from tests.ui.shown import app_on, screen_text, toasts
from tests.ui.sync_world import Desk, make_pair

Drive = Callable[..., None]
FANG = "上海王芳贸易有限公司"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    anna, ben = make_pair(tmp_path)
    yield anna, ben
    for desk in (anna, ben):
        desk.crm.close()


def ids(crm: Crm) -> dict[str, str]:
    return {row["name"]: row["id"] for row in crm.customers.all()}


def app_of(desk: Desk, screen: str = "customers") -> Any:
    return app_on(desk.file, screen, memory=desk.memory, data=desk.home)


async def ready(pilot: Any) -> str:
    await pilot.settle()
    await pilot.pause(0.2)
    await pilot.settle()
    return screen_text(pilot)


def brought_by(ben: Desk, anna: Desk, **values: str) -> None:
    """Ben changes Fang, and Anna's machine takes that in by another program."""
    ben.back(minutes=5)
    ben.crm.customers.edit(ids(ben.crm)[FANG], values)
    anna.bundles.take(ben.out(), accept_key="any")


async def edit_fang(pilot: Any, region: str) -> None:
    await pilot.press("G", "e")
    await ready(pilot)
    assert FANG in screen_text(pilot)
    pilot.app.screen.form.focus_field("region")
    await pilot.pause()
    await pilot.press(*region)


@pytest.mark.parametrize(("key", "region"), [("m", "Wuxi"), ("t", "华南"), ("escape", "华南")])
def test_a_form_asks_with_who_changed_what_when_and_where(
    desks: tuple[Desk, Desk], drive: Drive, key: str, region: str
) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        await edit_fang(pilot, "Wuxi")
        brought_by(ben, anna, region="华南", industry="retail")
        await pilot.press("ctrl+s")
        text = await ready(pilot)
        assert f"{FANG} · Region: 华南" in text
        assert "王强, on ben · Tue 24 Nov" in text
        assert "Region: Wuxi" in text
        assert "retail" not in text  # nobody writes over that
        await pilot.press(key)
        await ready(pilot)

    drive(app_of(anna), script)
    row = anna.crm.customers.get(ids(anna.crm)[FANG])
    assert (row["region"], row["industry"]) == (region, "retail")


def test_looking_keeps_the_draft_and_opens_the_card(desks: tuple[Desk, Desk], drive: Drive) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        await edit_fang(pilot, "Wuxi")
        brought_by(ben, anna, region="华南")
        await pilot.press("ctrl+s")
        await ready(pilot)
        await pilot.press("enter")
        text = await ready(pilot)
        assert "华南" in text
        assert "Keep" not in text
        assert [key for key, _ in anna.crm.drafts.all()] == [f"customers.edit:{ids(anna.crm)[FANG]}"]

    drive(app_of(anna), script, size=(80, 24))


def test_another_program_of_this_machine_is_told_as_such(crm: Crm, drive: Drive) -> None:
    row = crm.customers.create({"name": "A", "region": "Suzhou"}).ids[0]
    other = Crm.open(crm.store.path, lambda: NOW, zone=ZONE)

    async def script(pilot: Any) -> None:
        await pilot.press("space")
        other.customers.edit(row, {"industry": "tea"})
        await pilot.press("d")
        text = await ready(pilot)
        assert "A · Industry: tea" in text
        assert "to the trash all the same" in text
        await pilot.press("n", "escape")
        await ready(pilot)
        assert crm.customers.get(row)["deleted"] is None
        await pilot.press("d")
        await ready(pilot)
        await pilot.press("y")
        await ready(pilot)
        assert crm.customers.get(row)["deleted"] == "trashed"
        assert "In the trash" in toasts(pilot)

    drive(app_on(crm.store.path, "customers"), script)
    other.close()


def test_what_i_did_myself_since_the_list_was_shown_asks_nothing(crm: Crm, drive: Drive) -> None:
    row = crm.customers.create({"name": "A", "region": "Suzhou"}).ids[0]

    async def script(pilot: Any) -> None:
        await pilot.press("space")
        pilot.app.crm.customers.edit(row, {"industry": "tea"})
        await pilot.press("d")
        await ready(pilot)

    drive(app_on(crm.store.path, "customers"), script)
    assert crm.customers.get(row)["deleted"] == "trashed"


def test_a_phone_on_the_card_and_the_customer_ask_before_the_trash(desks: tuple[Desk, Desk], drive: Drive) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        await pilot.press("G", "enter")
        await ready(pilot)
        await pilot.press("end", "d")
        await ready(pilot)
        ben.back(minutes=5)
        phone = ben.crm.phones.of(ids(ben.crm)[FANG])[0]["id"]
        ben.crm.phones.edit(phone, {"number": "13700137000"})
        anna.bundles.take(ben.out(), accept_key="any")
        await pilot.press("y")
        text = await ready(pilot)
        assert f"{FANG} · Number: 137 0013 7000" in text
        assert "王强, on ben" in text
        await pilot.press("escape")
        await ready(pilot)
        assert FANG in ids(anna.crm)

    drive(app_of(anna), script, size=(80, 24))


def test_a_bulk_edit_asks_and_says_which_fields_it_left_to_a_choice(desks: tuple[Desk, Desk], drive: Drive) -> None:
    anna, ben = desks
    anna.crm.customers.edit(ids(anna.crm)[FANG], {"industry": "mine"})
    brought_by(ben, anna, industry="theirs")
    assert anna.crm.conflicts.count() == 1

    async def script(pilot: Any) -> None:
        await pilot.press("home", "space", "space", "space", "e")
        await ready(pilot)
        for field, text in (("region", "Wuxi"), ("industry", "tea")):
            pilot.app.screen.form.focus_field(field)
            await pilot.pause()
            await pilot.press(*text)
        brought_by(ben, anna, region="华南")
        await pilot.press("ctrl+s")
        text = await ready(pilot)
        assert f"{FANG} · Region: 华南" in text
        await pilot.press("y")
        await ready(pilot)
        assert "Changed 3 customers" in toasts(pilot)
        assert "1 field left alone" in toasts(pilot)

    drive(app_of(anna), script)
    rows = {row["name"]: (row["region"], row["industry"]) for row in anna.crm.customers.all()}
    assert {region for region, _ in rows.values()} == {"Wuxi"}
    assert anna.crm.conflicts.count() == 1
    assert [industry for _, industry in rows.values()].count("tea") == 2


def test_merging_duplicates_asks(desks: tuple[Desk, Desk], drive: Drive) -> None:
    anna, ben = desks
    anna.crm.customers.create({"name": FANG}, ["13812345678"])

    async def script(pilot: Any) -> None:
        await ready(pilot)
        brought_by(ben, anna, region="华南")
        await pilot.press("m")
        text = await ready(pilot)
        assert f"{FANG} · Region: 华南" in text
        assert "merge all the same" in text
        await pilot.press("y")
        await ready(pilot)
        assert "Merged" in toasts(pilot)

    drive(app_of(anna, "duplicates"), script)
    assert len(ids(anna.crm)) == 3


def test_two_people_who_change_unlike_custom_fields_do_not_meet(crm: Crm, drive: Drive) -> None:
    crm.custom_fields.add({"noun": "customers", "key": "a", "label_en": "Aaa", "kind": "text"})
    crm.custom_fields.add({"noun": "customers", "key": "b", "label_en": "Bbb", "kind": "text"})
    row = crm.customers.create({"name": "A", "extra": '{"a":"1","b":"1"}'}).ids[0]
    other = Crm.open(crm.store.path, lambda: NOW, zone=ZONE)

    async def script(pilot: Any) -> None:
        await pilot.press("e")
        await ready(pilot)
        other.customers.edit(row, {"extra": '{"a":"1","b":"2"}'})
        pilot.app.screen.form.focus_field("extra.a")
        await pilot.pause()
        await pilot.press("3", "ctrl+s")
        await ready(pilot)
        assert crm.customers.get(row)["extra"] == '{"a":"3","b":"2"}'
        await pilot.press("e")
        await ready(pilot)
        other.customers.edit(row, {"extra": '{"a":"4","b":"2"}'})
        pilot.app.screen.form.focus_field("extra.a")
        await pilot.pause()
        await pilot.press("5", "ctrl+s")
        assert "4" in await ready(pilot)
        await pilot.press("m")
        await ready(pilot)
        assert crm.customers.get(row)["extra"] == '{"a":"5","b":"2"}'

    drive(app_on(crm.store.path, "customers"), script)
    other.close()


def test_a_draft_brings_back_what_was_typed_only_and_says_what_was_changed_since(
    desks: tuple[Desk, Desk], drive: Drive
) -> None:
    anna, ben = desks

    async def script(pilot: Any) -> None:
        await edit_fang(pilot, "Wuxi")
        await pilot.press("escape")
        await ready(pilot)
        brought_by(ben, anna, region="华南", industry="retail")
        await pilot.press("e")
        text = await ready(pilot)
        assert "What was typed here last time is back" in text
        assert "Region is “华南” now" in text
        assert "retail" in text
        await pilot.press("ctrl+s")
        await ready(pilot)

    drive(app_of(anna), script)
    row = anna.crm.customers.get(ids(anna.crm)[FANG])
    assert (row["region"], row["industry"]) == ("Wuxi", "retail")
