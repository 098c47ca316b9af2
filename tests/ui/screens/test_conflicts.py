from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.shown import app_on, screen_text, toasts
from tests.ui.sync_world import Desk, make_disagreeing, make_pair

Drive = Callable[..., None]
FANG = "上海王芳贸易有限公司"


@pytest.fixture
def anna(tmp_path: Path) -> Iterator[Desk]:
    """Anna's machine, with five conflicts: two regions, a note, a phone, a customer in and out of the trash."""
    anna, ben = make_disagreeing(tmp_path)
    yield anna
    anna.crm.close()
    ben.crm.close()


def app_of(desk: Desk, screen: str = "conflicts", **told: Any) -> Any:
    return app_on(desk.file, screen, memory=desk.memory, data=desk.home, **told)


async def ready(pilot: Any) -> str:
    await pilot.settle()
    await asyncio.sleep(0.2)
    await pilot.settle()
    return screen_text(pilot)


def value(pilot: Any, field: str) -> Any:
    return next(row for row in pilot.app.crm.customers.all() if row["name"] == FANG)[field]


def test_both_versions_stand_side_by_side_with_who_when_where_and_what_was_before(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("j")
        text = await ready(pilot)
        assert "2 of 5" in text
        for said in ("Li Na 李娜, on anna, this machine", "王强, on ben", "Mon 23 Nov 18:05", "1 d ago", "shown now"):
            assert said in text
        line = next(line for line in text.splitlines() if "m  mine" in line)
        assert "t  theirs" in line
        assert "before  Likes to be called before noon" in text
        assert "?5" in text.splitlines()[0]
        assert not {"head", "log ", "merge"} & set(text.casefold().split())

    drive(app_of(anna), script, size=(80, 24))


def test_what_each_of_them_changed_in_a_long_note_is_marked(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("j")
        await ready(pilot)
        strips = pilot.app.screen._compositor.render_strips(pilot.app.screen.size)
        marked = "".join(part.text for line in strips for part in line if part.style and part.style.underline)
        assert "after" in marked
        assert "14:00" in marked
        assert "back" in marked
        assert "Pays" not in marked

    drive(app_of(anna), script, size=(140, 45))


def test_m_t_b_settle_a_conflict_and_u_chooses_again(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("m")
        await ready(pilot)
        assert value(pilot, "region") == "华东"
        assert pilot.app.crm.conflicts.count() == 4
        assert "Kept mine" in toasts(pilot)
        await pilot.press("u")
        assert "Choose again" in await ready(pilot)
        await pilot.press("j", "enter")
        await ready(pilot)
        assert value(pilot, "region") == "华南"
        assert pilot.app.crm.conflicts.count() == 4
        await pilot.press("b")
        await ready(pilot)
        assert "after 14:00" in value(pilot, "note")
        assert "back door" in value(pilot, "note")
        assert pilot.app.crm.conflicts.count() == 3

    drive(app_of(anna), script, size=(140, 45))


def test_a_third_value_is_typed_in_a_form_of_that_field(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("e")
        text = await ready(pilot)
        assert "What is right?" in text
        await pilot.press("ctrl+a", *"south", "ctrl+s")
        await ready(pilot)
        assert "south" in value(pilot, "region")
        assert pilot.app.crm.conflicts.count() == 4

    drive(app_of(anna), script, size=(100, 30))


def test_all_of_one_field_are_settled_at_once_after_a_question(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("a")
        assert "2 conflicts of “Region”" in await ready(pilot)
        await pilot.press("enter")
        assert "Settle 2 conflicts" in await ready(pilot)
        await pilot.press("y")
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 3
        assert value(pilot, "region") == "华东"
        await pilot.press("u")
        assert "Choose again: 2 conflicts" in await ready(pilot)
        await pilot.press("j", "enter")
        await ready(pilot)
        assert value(pilot, "region") == "华南"

    drive(app_of(anna), script, size=(100, 30))


@pytest.mark.parametrize(("key", "shown"), [("r", True), ("d", False)])
def test_a_customer_in_and_out_of_the_trash_is_told_in_sentences(
    anna: Desk, drive: Drive, key: str, shown: bool
) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("end")
        text = await ready(pilot)
        assert "Li Na 李娜 put this into the trash: Mon 23 Nov 18:05" in text
        assert "王强 changed it without knowing (Phone · Number)" in text
        assert "m  mine" not in text
        await pilot.press(key)
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 4
        assert "u chooses again" in toasts(pilot)
        assert ("陈家" in [row["name"] for row in pilot.app.crm.customers.all()]) == shown

    drive(app_of(anna), script, size=(140, 45))


def test_enter_opens_the_customer_and_escape_comes_back(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("enter")
        assert "Profile" in await ready(pilot)
        await pilot.press("escape")
        assert "m  mine" in await ready(pilot)

    drive(app_of(anna), script, size=(140, 45))


def test_on_a_third_machine_the_two_stand_under_their_names_and_s_chooses(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_disagreeing(tmp_path)
    carl = Desk(tmp_path, "carl")
    carl.bundles.join(anna.out(), accept_key="any")

    async def script(pilot: Any) -> None:
        await ready(pilot)
        waits = pilot.app.crm.conflicts.rows()
        pilot.app.screen.show_conflict(next(one.number for one in waits if one.field == "region"))
        text = await ready(pilot)
        assert "m  mine" not in text
        assert "They wrote without knowing" in text
        assert "m Keep mine" not in text
        await pilot.press("s")
        assert "Which one is right?" in await ready(pilot)
        await pilot.press("enter")
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == len(waits) - 1
        assert "region" in [one.field for one in waits if one.number not in pilot.app.crm.conflicts.numbers()]

    drive(app_of(carl), script, size=(140, 45))
    for desk in (anna, ben, carl):
        desk.crm.close()


def test_links_to_nothing_and_circles_stand_in_a_list_of_their_own(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    a, b = (row["id"] for row in anna.crm.customers.all()[:2])
    anna.crm.customers.edit(a, {"parent": b})
    ben.crm.customers.edit(b, {"parent": a})
    anna.bundles.take(ben.out(), accept_key="any")
    assert anna.crm.conflicts.issues()

    async def script(pilot: Any) -> None:
        text = await ready(pilot)
        assert "Look at this too" in text
        assert "leads in a circle" in text
        assert "Enter opens the record" in text
        await pilot.press("enter")
        assert "Profile" in await ready(pilot)

    drive(app_of(anna), script, size=(140, 45))
    anna.crm.close()
    ben.crm.close()


def test_nothing_to_decide_says_what_this_place_is_for(crm: Any, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = await ready(pilot)
        assert "Nothing to decide" in text
        assert "m Keep mine" not in text
        await pilot.press("escape")
        assert "Nobody else yet" in await ready(pilot)

    drive(app_on(crm.store.path, "conflicts"), script, size=(80, 24))


def test_a_value_that_was_typed_and_left_is_kept_as_a_draft(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("e")
        await ready(pilot)
        await pilot.press(*"north", "escape")
        await ready(pilot)
        await pilot.app.run_action("drafts")
        assert "What is right?" in await ready(pilot)
        await pilot.press("enter")
        assert "north" in await ready(pilot)

    drive(app_of(anna), script, size=(100, 30))


def test_u_elsewhere_and_after_a_restart_chooses_again(anna: Desk, drive: Drive) -> None:
    async def settle_one(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("m")
        await ready(pilot)
        await pilot.press("2")
        await ready(pilot)
        await pilot.press("u")
        assert "Choose again" in await ready(pilot)
        await pilot.press("escape")

    async def again(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("u")
        text = await ready(pilot)
        assert "Choose again" in text
        assert "Li Na 李娜" in text
        await pilot.press("j", "enter")
        await ready(pilot)
        assert value(pilot, "region") == "华南"
        assert "Chosen again" in toasts(pilot)
        await pilot.press("u")
        await ready(pilot)
        assert value(pilot, "region") == "华东"

    drive(app_of(anna), settle_one, size=(100, 30))
    drive(app_of(anna, "customers"), again, size=(80, 24))


def test_u_elsewhere_after_many_of_a_kind_chooses_again_for_all_of_them(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("a", "enter", "y")
        await ready(pilot)
        assert value(pilot, "region") == "华东"
        await pilot.press("2")
        await ready(pilot)
        await pilot.press("u")
        assert "Choose again: 2 conflicts" in await ready(pilot)
        await pilot.press("j", "enter")
        await ready(pilot)
        assert value(pilot, "region") == "华南"

    drive(app_of(anna), script, size=(100, 30))


def test_a_side_that_came_after_the_sides_were_shown_is_told_before_it_is_settled(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_disagreeing(tmp_path)

    async def script(pilot: Any) -> None:
        await ready(pilot)
        ben.back(minutes=9)
        fang = next(row["id"] for row in ben.crm.customers.all() if row["name"] == FANG)
        ben.crm.customers.edit(fang, {"region": "西部"})
        anna.bundles.take(ben.out(), accept_key="any")
        await pilot.press("m")
        text = await ready(pilot)
        assert f"{FANG} · Region: 西部" in text
        assert "settle all the same" in text
        await pilot.press("enter")
        assert "西部" in await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 5
        await pilot.press("m")
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 4

    drive(app_of(anna), script, size=(100, 30))
    for desk in (anna, ben):
        desk.crm.close()


def test_disputes_over_the_trash_are_settled_all_at_once_either_way_and_again(tmp_path: Path, drive: Drive) -> None:
    anna, ben = make_pair(tmp_path)
    names = [row["name"] for row in anna.crm.customers.all()]
    for desk in (anna, ben):
        desk.back(hours=4)
        for row in desk.crm.customers.all():
            if desk is anna:
                desk.crm.customers.trash(row["id"])
            else:
                desk.crm.customers.edit(row["id"], {"industry": "tea"})
    merged = anna.bundles.take(ben.out(), accept_key="any").merged
    assert merged.conflicts == anna.crm.conflicts.count() == 3

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("a")
        text = await ready(pilot)
        assert "Keep them all" in text
        assert "All to the trash" in text
        await pilot.press("j", "enter", "y")
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 0
        assert not pilot.app.crm.customers.all()
        await pilot.press("u")
        await ready(pilot)
        await pilot.press("enter")
        await ready(pilot)
        assert sorted(row["name"] for row in pilot.app.crm.customers.all()) == sorted(names)

    drive(app_of(anna), script, size=(80, 24))
    for desk in (anna, ben):
        desk.crm.close()


def test_hundreds_of_conflicts_are_all_in_the_list_and_read_when_they_come_in_sight(
    tmp_path: Path, drive: Drive
) -> None:
    anna, ben = make_pair(tmp_path)
    with anna.crm.store.action("Added {n} {noun}", "bulk", noun="customers", n=700) as work:
        rows = [(f"{n:032x}", f"Customer {n:03}", "old", f"customer {n:03}") for n in range(700)]
        work.insert_many("customers", ("id", "name", "region", "sort_key"), rows)
    anna.back(hours=5)
    ben.bundles.take(anna.out(), accept_key="any")
    for desk in (anna, ben):
        desk.back(hours=4)
        desk.crm.customers.edit_many([row for row, *_ in rows], {"region": desk.name})
    merged = anna.bundles.take(ben.out(), accept_key="any").merged
    assert merged.conflicts == 700

    async def script(pilot: Any) -> None:
        await ready(pilot)
        await pilot.press("end")
        text = await ready(pilot)
        assert "700 of 700" in text
        assert "Customer 699" in text
        await pilot.press("k", "t")
        text = await ready(pilot)
        assert "699 of 699" in text
        assert "Customer 699" in text
        await pilot.press("a")
        assert "699 conflicts of “Region”" in await ready(pilot)
        await pilot.press("enter", "y")
        await ready(pilot)
        assert pilot.app.crm.conflicts.count() == 0
        assert {row["region"] for row in pilot.app.crm.customers.all() if row["name"] < "D"} == {"anna", "ben"}

    drive(app_of(anna), script, size=(140, 45))
    for desk in (anna, ben):
        desk.crm.close()


def test_the_card_marks_a_field_in_conflict_and_c_opens_that_one(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = await ready(pilot)
        lines = [line for line in text.splitlines() if "上海王芳" in line or "Northwind" in line or "陈家" in line]
        assert len([line for line in lines if line.lstrip().startswith("? ")]) == 3
        await pilot.press("G", "enter")
        text = await ready(pilot)
        assert "? 华南  (two versions)" in text
        assert "? 137 0013 7000  (two versions)" in text
        assert "c Conflict" in text
        for _ in range(30):
            await pilot.press("j")
            if pilot.app.screen.query_one("CardView")._under() == "field:region":
                break
        await pilot.press("c")
        text = await ready(pilot)
        assert "华东" in text
        assert "m  mine" in text
        await pilot.press("m")
        await ready(pilot)
        assert value(pilot, "region") == "华东"
        await pilot.press("escape")
        text = await ready(pilot)
        assert "two versions" in text
        assert "? 华" not in text

    drive(app_of(anna, "customers"), script, size=(80, 24))


def test_a_customer_in_dispute_over_the_trash_says_so_on_its_card(anna: Desk, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("g", "enter")
        text = await ready(pilot)
        assert "? in the trash?  (two versions)" in text
        await pilot.press("c")
        text = await ready(pilot)
        assert "put this into the trash" in text
        await pilot.press("d")
        assert "In the trash: 陈家" in toasts(pilot) or "In the trash: 陈家" in await ready(pilot) + toasts(pilot)

    drive(app_of(anna, "customers"), script, size=(80, 24))
