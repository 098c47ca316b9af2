from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from textual.events import Key

from crm_tui.services.crm import Crm
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.capture import DRAFT, CaptureDialog
from tests.conftest import NOW, settle
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]


@pytest.fixture
def known(crm: Crm) -> dict[str, str]:
    """Customers by a short name."""
    names = {"wang": "上海王芳贸易有限公司", "north": "Northwind", "hua": "华为"}
    ids = {key: crm.customers.create({"name": name}).ids[0] for key, name in names.items()}
    crm.contacts.add({"customer": ids["wang"], "name": "王芳"})
    return ids


async def type_line(pilot: Any, line: str) -> None:
    await pilot.press("：")
    await pilot.settle()
    pilot.app.screen.line.value = line
    await pilot.settle()


def test_a_chinese_line_is_previewed_and_becomes_a_plan(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "王芳 下周三15:00 回访 报价 30分钟")
        text = screen_text(pilot)
        assert "上海王芳贸易有限公司" in text
        assert "Wed 2 Dec 15:00" in text
        assert "Review callback · 30 min" in text
        assert "报价" in text
        await pilot.press("enter")
        await pilot.settle()
        assert not isinstance(pilot.app.screen, CaptureDialog)
        (plan,) = crm.visits.open_plans(known["wang"])
        assert (plan["kind"], plan["topic"], plan["planned_minutes"]) == ("callback", "报价", 30)
        assert plan["planned_start"] == "2026-12-02T07:00:00Z"
        assert "Planned" in toasts(pilot)

    drive(app_on(crm.store.path, "today"), script)


def test_keys_typed_at_once_are_saved_as_they_stand(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("colon", *"call Northwind wed 3pm quote", "enter")
        await pilot.settle()
        (plan,) = crm.visits.open_plans(known["north"])
        assert (plan["kind"], plan["topic"], plan["planned_start"]) == ("call", "quote", "2026-11-25T07:00:00Z")

    drive(app_on(crm.store.path, "schedule"), script)


def test_a_past_day_logs_a_contact(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "昨天 拜访 华为 谈了新店")
        assert "took place" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        (visit,) = crm.visits.timeline(known["hua"])
        assert visit["summary"] == "谈了新店"
        assert crm.visits.open_plans(known["hua"]) == []

    drive(app_on(crm.store.path, "today"), script)


def test_a_name_of_two_asks_which(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    other = crm.customers.create({"name": "华为"}).ids[0]

    async def script(pilot: Any) -> None:
        await type_line(pilot, "华为 明天10:00 拜访")
        assert "2 answer" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, Choose)
        chosen = pilot.app.screen.query_one("RowList").cursor_row.id
        await pilot.press("enter")
        await pilot.settle()
        assert {known["hua"], other} >= {chosen}
        assert len(crm.visits.open_plans(chosen)) == 1

    drive(app_on(crm.store.path, "today"), script)


def test_what_is_unclear_is_marked_with_its_reason_and_stays_text(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "Northwind 31/2 call quote")
        assert "? “31/2”" in screen_text(pilot).replace("  ", " ")
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CaptureDialog)
        assert "x no day is told" in screen_text(pilot)
        assert crm.visits.open_plans(known["north"]) == []

    drive(app_on(crm.store.path, "today"), script)


def test_a_line_that_names_nobody_is_about_the_customer_under_the_cursor(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("G")
        await pilot.settle()
        name = pilot.app.screen.rows.cursor_row.cells[0]
        await type_line(pilot, "明天 10:00 拜访")
        assert "(under the cursor)" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert crm.agenda.day(NOW.date().replace(day=25))[0].name == name

    drive(app_on(crm.store.path, "customers"), script)


def test_a_series_shows_its_first_days(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "每月最后一个工作日 华为 对账")
        text = screen_text(pilot)
        assert "Plan a series" in text
        assert "30 Nov" in text
        assert "09:00" in text
        await pilot.press("enter")
        await pilot.settle()
        assert len(crm.visits.open_plans(known["hua"])) == 2

    drive(app_on(crm.store.path, "today"), script)


def test_what_is_left_with_esc_stands_there_the_next_time(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "华为 明天")
        await pilot.press("escape")
        await pilot.settle()
        assert crm.drafts.get(DRAFT) == {"line": "华为 明天"}
        await pilot.press("colon")
        await pilot.settle()
        assert pilot.app.screen.line.value == pilot.app.screen.line.selected_text == "华为 明天"
        assert "typing replaces it" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        assert crm.drafts.get(DRAFT) is None
        assert len(crm.visits.open_plans(known["hua"])) == 1

    drive(app_on(crm.store.path, "today"), script)


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
def test_whatever_is_typed_is_shown_as_it_is(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("colon")
        await pilot.settle()
        for text in [*HOSTILE, "@", "@@ 99:99 每 every every", "明天" * 100]:
            pilot.app.screen.line.value = text.replace("\n", " ")
            await pilot.settle()
            await pilot.press("enter")
            await pilot.settle()
            assert isinstance(pilot.app.screen, CaptureDialog)

    drive(app_on(crm.store.path, "customers"), script, size=size)


def test_the_line_speaks_chinese(crm: Crm, known: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "王芳 明天下午 送货")
        text = screen_text(pilot)
        assert "计划" in text
        assert "周三 11月25日 14:00" in text

    drive(app_on(crm.store.path, "today", language="zh"), script)


def test_drafts_of_lines_and_of_rainy_days_are_named_and_open_again(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    crm.visits.plan(known["hua"], NOW, "visit", "x")
    for key in (DRAFT, "schedule.rain:2026-11-24"):
        crm.drafts.keep(key, {"line": "华为 明天", "to": "2026-11-30"}, "2026-11-24T00:00:00Z")

    async def script(pilot: Any) -> None:
        pilot.app.action_drafts()
        await pilot.settle()
        text = screen_text(pilot)
        assert "One line" in text
        assert "Move a whole day · 2026-11-24" in text
        rows = pilot.app.screen.query_one("RowList")
        rows.move_to(0 if rows.cursor_row.id.startswith("schedule") else 1)
        await pilot.press("enter")
        await pilot.settle()
        assert "2026-11-30" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script)


def test_what_was_left_is_replaced_by_what_is_typed_or_gone_on_with(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    crm.drafts.keep(DRAFT, {"line": "华为 明天"}, "2026-11-24T00:00:00Z")

    async def script(pilot: Any) -> None:
        await pilot.press("colon")
        await pilot.settle()
        await pilot.press("end", *" 10:00")
        assert pilot.app.screen.line.value == "华为 明天 10:00"
        await pilot.press("escape", "colon")
        await pilot.settle()
        await pilot.press("N", "o")
        assert pilot.app.screen.line.value == "No"
        await pilot.settle()
        assert "typing replaces it" not in screen_text(pilot)

    drive(app_on(crm.store.path, "today"), script)


def test_a_line_logs_what_took_place_and_plans_the_next_step_in_one_action(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    async def script(pilot: Any) -> None:
        await type_line(pilot, "visited Northwind yesterday took 3 boxes, call next wed 3pm quote 20 min")
        text = screen_text(pilot)
        assert "Log it and plan the next step" in text
        assert "took 3 boxes" in text
        assert "Wed 2 Dec 15:00 · Call · quote · 20 min" in text
        await pilot.press("enter")
        await pilot.settle()
        (plan,) = crm.visits.open_plans(known["north"])
        assert (plan["kind"], plan["topic"], plan["planned_minutes"]) == ("call", "quote", 20)
        (visit,) = (one for one in crm.visits.timeline(known["north"]) if one["status"] == "done")
        assert (visit["kind"], visit["summary"], plan["follows"]) == ("visit", "took 3 boxes", visit["id"])
        assert "next: Call, Wed 2 Dec 15:00" in toasts(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert crm.visits.open_plans(known["north"]) == []
        assert crm.visits.timeline(known["north"]) == []

    drive(app_on(crm.store.path, "today"), script)


def test_a_line_typed_before_the_file_is_open_waits_for_it(
    crm: Crm, known: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_on(crm.store.path, "today")
    may_open = threading.Event()
    open_file = type(app)._open_file

    def late(self: Any) -> Crm:
        may_open.wait(5)
        return open_file(self)

    monkeypatch.setattr(type(app), "_open_file", late)

    async def go() -> None:
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.pause(0.1)
            assert app.crm is None
            for key in ("colon", *"call Northwind wed 3pm quote", "enter"):
                app.post_message(Key(key, ":" if key == "colon" else key if len(key) == 1 else None))
            await pilot.pause(0.1)
            may_open.set()
            await settle(pilot)
            for _ in range(50):
                if crm.visits.open_plans(known["north"]):
                    break
                await pilot.pause(0.02)

    asyncio.run(go())
    app.close_file()
    (plan,) = crm.visits.open_plans(known["north"])
    assert (plan["kind"], plan["topic"]) == ("call", "quote")


def test_a_call_to_who_asked_not_to_be_called_is_warned_about_before_enter(
    crm: Crm, known: dict[str, str], drive: Drive
) -> None:
    crm.customers.edit(known["north"], {"do_not_call": 1})

    async def script(pilot: Any) -> None:
        await type_line(pilot, "visit Northwind wed 3pm quote")
        assert "asked not" not in screen_text(pilot)
        pilot.app.screen.line.value = "call Northwind wed 3pm quote"
        await pilot.settle()
        assert "Northwind asked not to be called" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()

    drive(app_on(crm.store.path, "today"), script)
    assert [row["kind"] for row in crm.visits.open_plans(known["north"])] == ["call"]
