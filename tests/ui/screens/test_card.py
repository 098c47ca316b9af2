from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.widgets.card_view import CardView
from tests.conftest import NOW
from tests.ui.shown import app_on, screen_text

Drive = Callable[..., None]


@pytest.fixture
def card(crm: Crm) -> str:
    """One customer with a bit of everything."""
    customer = crm.customers.create({"name": "Northwind"}, ["13812345678"], ["info@north.example"], ["VIP"]).ids[0]
    boss = crm.contacts.add({"customer": customer, "name": "王芳", "decision_role": "decider"}).ids[0]
    crm.contacts.add({"customer": customer, "name": "Jane", "reports_to": boss})
    crm.noun("key_dates").add({"customer": customer, "kind": "birthday", "month": 3, "day": 5})
    for days in (3, 30):
        crm.visits.log(customer, {"kind": "call", "summary": f"{days} ago", "started": NOW - timedelta(days=days)})
    crm.visits.plan(customer, NOW + timedelta(days=1), "visit", "price list")
    return customer


async def open_card(pilot: Any) -> CardView:
    await pilot.press("enter")
    await pilot.settle()
    found: CardView = pilot.app.screen.query_one(CardView)
    return found


def at(view: CardView, start: str) -> int:
    rows = view.rows
    return next(place for place in range(rows.count) if (row := rows._row(place)) and row.id.startswith(start))


def test_the_tabs_show_profile_contacts_timeline_and_history(crm: Crm, card: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        view = await open_card(pilot)
        text = screen_text(pilot)
        for part in ("Wed 10:05  Visit  price list", "138 1234 5678", "info@north.example", "VIP", "03-05"):
            assert part in text, part
        await pilot.press("tab")
        await pilot.settle()
        assert "  - Jane" in screen_text(pilot)
        await pilot.press("tab")
        await pilot.settle()
        text = screen_text(pilot)
        assert text.index("price list") < text.index("3 ago") < text.index("30 ago")
        await pilot.press("tab")
        await pilot.settle()
        assert "Nothing was ordered yet" in screen_text(pilot)
        await pilot.press("tab")
        await pilot.settle()
        assert "Added" in screen_text(pilot)
        await pilot.press("less_than_sign", "less_than_sign")
        assert view.tab == "timeline"

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))


def test_the_timeline_shows_one_kind_only(crm: Crm, card: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await open_card(pilot)
        await pilot.press("tab", "tab")
        await pilot.settle()
        await pilot.press("f")
        await pilot.settle()
        await pilot.press("j", "enter")
        await pilot.settle()
        text = screen_text(pilot)
        assert "price list" in text
        assert "3 ago" not in text

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))


def test_a_phone_is_added_changed_and_trashed_on_the_card(crm: Crm, card: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        view = await open_card(pilot)
        await pilot.press("n")
        await pilot.settle()
        await pilot.press("enter")
        await pilot.settle()
        pilot.app.screen.form.focus_field("number")
        await pilot.pause()
        await pilot.press(*"021-63001234", "ctrl+s")
        await pilot.settle()
        assert "021 6300 1234" in screen_text(pilot)
        view.rows.move_to(at(view, "phones:"))
        await pilot.press("d")
        await pilot.settle()
        assert "138 1234 5678" not in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))
    assert [row["number"] for row in crm.phones.of(card)] == ["+862163001234"]


def test_enter_on_a_field_opens_the_form_in_that_field(crm: Crm, card: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        view = await open_card(pilot)
        view.rows.move_to(at(view, "field:kind"))
        await pilot.press("enter")
        await pilot.settle()
        await pilot.press("home", "shift+end", *"pers", "enter", "ctrl+s")
        await pilot.settle()
        assert "Person" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))
    assert crm.customers.get(card)["kind"] == "person"


def test_history_takes_one_action_back(crm: Crm, card: str, drive: Drive) -> None:
    crm.customers.edit(card, {"region": "Suzhou"})

    async def script(pilot: Any) -> None:
        await open_card(pilot)
        await pilot.press("tab", "tab", "tab", "tab")
        await pilot.settle()
        assert "Region: – > Suzhou" in screen_text(pilot)
        await pilot.press("enter")
        await pilot.settle()
        await pilot.press("y")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))
    assert crm.customers.get(card)["region"] is None


def test_a_merged_customer_is_separated_from_the_card(crm: Crm, card: str, drive: Drive) -> None:
    other = crm.customers.create({"name": "Nordwind"}).ids[0]
    crm.customers.merge(card, other)

    async def script(pilot: Any) -> None:
        view = await open_card(pilot)
        view.rows.move_to(at(view, "merged:"))
        await pilot.press("enter")
        await pilot.settle()
        await pilot.press("y")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script, size=(80, 40))
    assert crm.customers.root(other) == other


def test_a_single_contact_is_warned_of(crm: Crm, drive: Drive) -> None:
    customer = crm.customers.create({"name": "A"}).ids[0]
    crm.contacts.add({"customer": customer, "name": "Only One"})

    async def script(pilot: Any) -> None:
        await open_card(pilot)
        await pilot.press("tab")
        await pilot.settle()
        assert "? only one contact" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))


def test_a_plan_is_moved_from_the_card(crm: Crm, card: str, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        view = await open_card(pilot)
        view.rows.move_to(at(view, "visits:"))
        await pilot.press("enter")
        await pilot.settle()
        await pilot.press("j", "enter")
        await pilot.settle()
        await pilot.press(*"12-24 9:30", "enter")
        await pilot.settle()

    drive(app_on(crm.store.path, "customers"), script, size=(80, 24))
    assert crm.visits.open_plans(card)[0]["planned_start"] == "2026-12-24T01:30:00Z"


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
def test_the_labels_of_ones_own_fields_are_whole_where_there_is_room(
    crm: Crm, card: str, drive: Drive, size: tuple[int, int]
) -> None:
    label = "Loading dock no."
    crm.custom_fields.add({"noun": "customers", "key": "dock", "label_en": label, "kind": "text"})
    crm.customers.edit(card, {"extra": '{"dock": "B 7"}'})

    async def script(pilot: Any) -> None:
        await open_card(pilot)
        assert f"{label} B 7" in screen_text(pilot).replace("  B 7", " B 7")

    drive(app_on(crm.store.path, "customers"), script, size=size)
