"""The desk with real keys: who rings, the queue by the clock, a ticket from the form to the review."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.services.tickets import Given
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, screen_text, toasts

Drive = Callable[..., None]
SIZES = [(80, 24), (140, 45)]


@pytest.fixture
def desk(crm: Crm) -> dict[str, str]:
    """Three colleagues, a customer with a promise and two tickets, another one; I am Na."""
    na, wei, boss = (
        crm.people.add({"name": name, "role": role}).ids[0]
        for name, role in (("Na", "desk"), ("Wei", "technician"), ("Boss", "supervisor"))
    )
    crm.people.i_am(na)
    chen = crm.customers.create({"name": "陈家", "grade": "A", "instructions": "走西门"}, ["13900001122"]).ids[0]
    acme = crm.customers.create({"name": "Acme [CN] Ltd"}, ["13800005678"]).ids[0]
    crm.visits.plan(chen, NOW + timedelta(hours=1), "promise", "price list")
    late = crm.tickets.take_in(chen, "米里有虫", {"received": NOW - timedelta(hours=20), "severity": "serious"}).ids[0]
    fresh = crm.tickets.take_in(acme, "wrong invoice", {"product": "paper"}).ids[0]
    return {"na": na, "wei": wei, "boss": boss, "chen": chen, "acme": acme, "late": late, "fresh": fresh}


async def rest(pilot: Any) -> None:
    await asyncio.sleep(0.12)
    await pilot.settle()


@pytest.mark.parametrize("size", SIZES)
def test_the_queue_stands_by_the_clock_with_its_arithmetic(
    crm: Crm, desk: dict[str, str], drive: Drive, size: tuple[int, int]
) -> None:
    async def script(pilot: Any) -> None:
        await rest(pilot)
        text = screen_text(pilot)
        assert "2 open" in text
        assert "1 late" in text
        lines = [line for line in text.splitlines() if "陈家" in line or "Acme [CN] Ltd" in line]
        assert "! -" in next(line for line in lines if "received" in line and "陈" in line)
        assert text.index("陈家") < text.index("Acme [CN]")
        assert "4:00" in next(line for line in text.splitlines() if "Acme" in line)
        assert "standard: 30 min" in text
        await pilot.press("j")
        await rest(pilot)
        assert "left: 4 h" in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=size)


@pytest.mark.parametrize("size", SIZES)
def test_digits_show_who_rings_with_what_is_open_first(
    crm: Crm, desk: dict[str, str], drive: Drive, size: tuple[int, int]
) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("slash", *"01122")
        await rest(pilot)
        text = screen_text(pilot)
        assert "→ 陈家" in text
        assert "1 open" in text
        assert "1 promised" in text
        assert "price list" in text
        assert "走西门" in text
        await pilot.press("enter", "enter")
        await rest(pilot)
        assert type(pilot.app.screen).__name__ == "CardScreen"
        await pilot.press("escape", "escape")
        await rest(pilot)
        assert "→" not in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=size)


def test_a_complaint_is_taken_in_with_what_is_known_shown(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    crm.articles.write({"symptom": "大米里有小黑虫", "fix": "低温保存"})

    async def script(pilot: Any) -> None:
        await pilot.press("slash", *"01122", "enter")
        await rest(pilot)
        await pilot.press("c")
        await rest(pilot)
        for sign in "米里又有虫":
            await pilot.press(sign)
        await asyncio.sleep(0.4)
        await pilot.settle()
        text = screen_text(pilot)
        assert "open: T-" in text
        assert "低温保存" in text
        await pilot.press(*["enter"] * 7)
        await rest(pilot)
        assert "is taken in" in toasts(pilot)
        rows = crm.tickets.open_of(desk["chen"])
        assert "米里又有虫" in [row["text"] for row in rows]
        await pilot.press("u")
        await pilot.settle()
        assert len(crm.tickets.open_of(desk["chen"])) == 1

    drive(app_on(crm.store.path, "desk"), script, size=(100, 40))


def test_nobody_known_makes_a_customer_with_the_number_filled_in(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("slash", *"13755556666")
        await rest(pilot)
        assert "nobody is known" in screen_text(pilot)
        await pilot.press("enter")
        await rest(pilot)
        await pilot.press(*"Newman", "ctrl+s")
        await rest(pilot)
        (found,) = crm.callers.find("55556666")
        assert found.name == "Newman"
        assert "→ Newman" in screen_text(pilot)
        await pilot.press("c")
        await rest(pilot)
        await pilot.press(*"no hot water", "ctrl+s")
        await rest(pilot)
        assert [row["text"] for row in crm.tickets.open_of(found.customer)] == ["no hot water"]

    drive(app_on(crm.store.path, "desk"), script, size=(100, 30))


def test_a_call_is_logged_and_another_waits_on_hold(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("slash", *"01122", "enter")
        await rest(pilot)
        await pilot.press("h")
        await rest(pilot)
        assert "on hold: 陈家" in screen_text(pilot)
        await pilot.press(*"05678")
        await rest(pilot)
        await pilot.press("enter")
        await rest(pilot)
        await pilot.press("l")
        await rest(pilot)
        await pilot.press(*"asks for the price", "ctrl+s")
        await rest(pilot)
        await pilot.press("escape")
        await rest(pilot)
        (visit,) = crm.visits.timeline(desk["acme"])
        assert (visit["kind"], visit["direction"], visit["summary"]) == ("call", "in", "asks for the price")
        await pilot.press("escape")
        await rest(pilot)
        await pilot.press("h")
        await rest(pilot)
        assert "→ 陈家" in screen_text(pilot)
        assert "on hold" not in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=(140, 40))


def test_the_page_of_a_ticket_from_the_answer_to_the_review(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    ticket = desk["late"]

    async def script(pilot: Any) -> None:
        await rest(pilot)
        await pilot.press("enter")
        await rest(pilot)
        assert "米里有虫" in screen_text(pilot)
        await pilot.press("enter")
        await rest(pilot)
        assert "late by" in screen_text(pilot)
        await pilot.press("escape", "r")
        await rest(pilot)
        assert crm.tickets.get(ticket)["state"] == "responded"
        await pilot.press("d")
        await rest(pilot)
        await pilot.press(*"Wei", "enter")
        await rest(pilot)
        assert crm.tickets.get(ticket)["person"] == desk["wei"]
        await pilot.press("w")
        await rest(pilot)
        await pilot.press("enter")
        await rest(pilot)
        await pilot.press(*"nobody in", "enter")
        await rest(pilot)
        assert crm.tickets.get(ticket)["waiting"] == "customer"
        assert "waits for" in screen_text(pilot)
        await pilot.press("w")
        await rest(pilot)
        assert crm.tickets.get(ticket)["waiting"] is None
        pilot.app.crm.store.person = desk["wei"]
        await pilot.press("x")
        await rest(pilot)
        await pilot.press(*"new bag", "tab", *"40", "ctrl+s")
        await rest(pilot)
        row = crm.tickets.get(ticket)
        assert (row["state"], row["solution"], row["done_by"]) == ("done", "new bag", desk["wei"])
        await pilot.press("v")
        await rest(pilot)
        await pilot.press("ctrl+s")
        await rest(pilot)
        assert "another person" in screen_text(pilot)
        await pilot.press("escape")
        pilot.app.crm.store.person = desk["na"]
        await pilot.press("v")
        await rest(pilot)
        await pilot.press("tab", *"5", "ctrl+s")
        await rest(pilot)
        assert crm.tickets.get(ticket)["state"] == "closed"
        assert crm.reviews.of_customer(desk["chen"]).latest == 5
        assert "Customer says" in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=(100, 30))


def test_beside_the_steps_a_need_a_grant_and_a_sub_task(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    ticket = desk["fresh"]

    async def script(pilot: Any) -> None:
        from crm_tui.ui.screens.tickets import TicketScreen

        pilot.app.push_screen(TicketScreen(ticket))
        await rest(pilot)
        await pilot.press("o")
        await rest(pilot)
        await pilot.press("enter")
        await rest(pilot)
        await pilot.press(*"cold store", "enter")
        await rest(pilot)
        assert [row["ticket"] for row in crm.noun("needs").of(desk["acme"])] == [ticket]
        crm.grants.give(ticket, {"amount": 90_000, "reason": "sorry"})
        crm.tickets.subtask(ticket, "store", "send one", NOW + timedelta(hours=2))
        crm.corrective_actions.set_cause(ticket, "invoice", {"text": "new template"})
        pilot.app.crm.store.person = desk["boss"]
        pilot.app.screen.reload(None)
        await rest(pilot)
        text = screen_text(pilot)
        assert "¥900" in text
        assert "send one" in text
        assert "new template" in text
        story = pilot.app.screen.story
        story.move_to(next(n for n in range(story.count) if "¥900" in story._row(n).cells[3]))
        await pilot.press("enter")
        await rest(pilot)
        await pilot.press("enter")
        await rest(pilot)
        assert [one["state"] for one in crm.grants.of_ticket(ticket)] == ["granted"]

    drive(app_on(crm.store.path, "desk"), script, size=(140, 40))


def test_the_views_are_the_queue_mine_my_reviews_and_promises(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    crm.store.person = desk["wei"]
    crm.tickets.step(desk["fresh"], "done")
    crm.store.person = desk["na"]
    crm.tickets.step(desk["late"], "accept", Given())

    async def script(pilot: Any) -> None:
        await rest(pilot)
        assert "not Wei" in screen_text(pilot)
        assert "1 to review" in screen_text(pilot)
        await pilot.press("v")
        await rest(pilot)
        assert pilot.app.screen.queue.count == 1
        assert "Mine" in screen_text(pilot)
        await pilot.press("v")
        await rest(pilot)
        assert "wrong invoice" in screen_text(pilot)
        await pilot.press("v")
        await rest(pilot)
        assert "No department owes us anything" in screen_text(pilot)
        await pilot.press("v")
        await rest(pilot)
        assert pilot.app.screen.queue.count == 2

    drive(app_on(crm.store.path, "desk"), script, size=(120, 30))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_desk_says_what_to_do(crm: Crm, drive: Drive, language: str) -> None:
    crm.people.i_am(crm.people.add({"name": "Na"}).ids[0])

    async def script(pilot: Any) -> None:
        await rest(pilot)
        assert {"en": "take a complaint in", "zh": "受理投诉"}[language] in screen_text(pilot)

    drive(app_on(crm.store.path, "desk", language=language), script, size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_names_that_look_like_markup_stand_as_they_are(crm: Crm, drive: Drive, size: tuple[int, int]) -> None:
    crm.people.i_am(crm.people.add({"name": "[b]Na[/oops]"}).ids[0])
    for name in HOSTILE:
        made = crm.customers.create({"name": name}, ["13800000001"]).ids[0]
        crm.tickets.take_in(made, name, {"product": name[:50], "category": name[:50]})

    async def script(pilot: Any) -> None:
        await rest(pilot)
        assert "[red]" in screen_text(pilot)
        assert "x [/oops]" in screen_text(pilot)
        for _ in range(len(HOSTILE)):
            await pilot.press("enter")
            await rest(pilot)
            await pilot.press("enter", "escape", "escape", "j")
            await rest(pilot)
        await pilot.press("slash", *"00000001")
        await rest(pilot)
        assert "8 found" in screen_text(pilot)
        assert "[/oops]" in screen_text(pilot) or "[red]" in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=size)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_draws_causes_times_and_load(
    crm: Crm, desk: dict[str, str], drive: Drive, language: str, size: tuple[int, int]
) -> None:
    for cause in ("product", "product", "delivery"):
        ticket = crm.tickets.take_in(desk["chen"], "x", {"cause": cause, "product": "jar"}).ids[0]
        crm.store.person = desk["wei"]
        crm.tickets.step(ticket, "done", Given(minutes=20))
        crm.store.person = desk["na"]
        crm.tickets.review(ticket, True, {"score": 4, "recommend": 9})

    async def script(pilot: Any) -> None:
        await rest(pilot)
        pilot.app.screen.query_one("VerticalScroll").scroll_end(animate=False)
        await rest(pilot)
        text = screen_text(pilot)
        assert {"en": "Product defect", "zh": "产品质量"}[language] in text
        assert "█" in text
        await pilot.press("v")
        await rest(pilot)
        assert "365" in screen_text(pilot)
        await pilot.press("left_square_bracket")
        await rest(pilot)

    drive(app_on(crm.store.path, "service_reports", language=language), script, size=size)


def test_the_card_and_the_brief_show_what_is_open(crm: Crm, desk: dict[str, str], drive: Drive) -> None:
    from crm_tui.ui.dialogs.brief import BriefDialog
    from crm_tui.ui.palette import show_customer

    async def script(pilot: Any) -> None:
        show_customer(pilot.app, desk["chen"])
        await rest(pilot)
        text = screen_text(pilot)
        assert "1 open tickets" in text
        assert "米里有虫" in text
        await pilot.press("enter")
        await rest(pilot)
        assert type(pilot.app.screen).__name__ == "TicketScreen"
        await pilot.press("escape")
        pilot.app.push_screen(BriefDialog(desk["chen"]))
        await rest(pilot)
        assert "Open tickets" in screen_text(pilot)

    drive(app_on(crm.store.path, "desk"), script, size=(120, 40))
