from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from crm_tui.records.customers import CUSTOMER_KINDS
from crm_tui.services.crm import Crm
from crm_tui.ui.customer_list import KINDS
from crm_tui.ui.screens.card import CardScreen
from crm_tui.ui.screens.customers import CustomersScreen
from crm_tui.ui.widgets.card_view import CardView
from crm_tui.ui.widgets.row_list import RowList
from tests.conftest import NOW
from tests.ui.shown import HOSTILE, app_on, said, screen_text

Drive = Callable[..., None]


@pytest.fixture
def people(crm: Crm) -> Crm:
    """Three customers and me."""
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    crm.customers.create({"name": "上海王芳贸易有限公司", "grade": "A"}, ["13812345678"], tags=["VIP"])
    crm.customers.create({"name": "Northwind Trading", "region": "London"}, ["+442079460018"])
    crm.customers.create({"name": "吴飞", "grade": "C"})
    return crm


def names(pilot: Any) -> list[str]:
    rows: RowList = pilot.app.screen.query_one("#customers", RowList)
    return [row.cells[0] for place in range(rows.count) if (row := rows._row(place)) is not None]


def test_the_list_stands_beside_the_card_of_the_cursor(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.pause(0.2)
        await pilot.settle()
        text = screen_text(pilot)
        assert "all 3" in text
        assert "[2 Customers]" in text
        assert "Organisation · London · owner Li Na" in text
        await pilot.press("j")
        await pilot.pause(0.2)
        await pilot.settle()
        assert "138 1234 5678" in screen_text(pilot)

    drive(app_on(people.store.path, "customers"), script, size=(140, 30))


def test_typing_after_a_slash_narrows_and_says_why(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("slash", *"wf")
        await pilot.settle()
        assert set(names(pilot)) == {"上海王芳贸易有限公司", "吴飞"}
        assert "2 found" in screen_text(pilot)
        await pilot.press("backspace", "backspace", *"5678")
        await pilot.settle()
        assert names(pilot) == ["上海王芳贸易有限公司"]
        assert screen_text(pilot).count("138 1234 5678") >= 2
        await pilot.press("escape")
        await pilot.settle()
        assert len(names(pilot)) == 3

    drive(app_on(people.store.path, "customers"), script)


def test_a_full_width_slash_filters_too(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("／", *"north")
        await pilot.settle()
        assert names(pilot) == ["Northwind Trading"]

    drive(app_on(people.store.path, "customers"), script)


def test_on_a_narrow_terminal_the_card_is_the_next_screen(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("enter")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CardScreen)
        assert "Northwind Trading" in screen_text(pilot)
        await pilot.press("right_square_bracket")
        await pilot.settle()
        assert "上海王芳" in screen_text(pilot)
        await pilot.press("escape")
        await pilot.settle()
        assert isinstance(pilot.app.screen, CustomersScreen)
        assert pilot.app.screen.rows.cursor == 1

    drive(app_on(people.store.path, "customers"), script, size=(80, 24))


def test_trash_says_what_undoes_it_and_u_does(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("d")
        await pilot.settle()
        assert len(names(pilot)) == 2
        assert "u takes it back" in said(pilot)
        await pilot.press("u")
        await pilot.settle()
        assert len(names(pilot)) == 3
        assert "Undone: To the trash: Northwind Trading" in said(pilot)
        await pilot.press("ctrl+y")
        await pilot.settle()
        assert len(names(pilot)) == 2

    drive(app_on(people.store.path, "customers"), script)


def test_several_marked_customers_are_edited_at_once(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("space", "space", "e")
        await pilot.settle()
        pilot.app.screen.form.focus_field("region")
        await pilot.pause()
        await pilot.press(*"Suzhou", "ctrl+s")
        await pilot.settle()
        assert "Changed 2 customers" in said(pilot)

    drive(app_on(people.store.path, "customers"), script)
    regions = [row["region"] for row in people.customers.all()]
    assert regions.count("Suzhou") == 2


def test_views_narrow_the_list(people: Crm, drive: Drive) -> None:
    customer = people.customers.resolve("吴飞")
    people.visits.plan(customer, NOW - timedelta(days=2), "call", "quote")

    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        assert "Overdue next step" in screen_text(pilot)
        await pilot.press("j", "j", "enter")
        await pilot.settle()
        assert names(pilot) == ["吴飞"]
        assert "Overdue next step" in screen_text(pilot)
        await pilot.press("escape")
        await pilot.settle()
        assert len(names(pilot)) == 3

    drive(app_on(people.store.path, "customers"), script)


def test_a_view_of_ones_own_is_kept(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        await pilot.press("v")
        await pilot.settle()
        await pilot.press("n")
        await pilot.settle()
        await pilot.press(*"Best")
        pilot.app.screen.form.focus_field("grade")
        await pilot.pause()
        await pilot.press("A", "ctrl+s")
        await pilot.settle()
        assert names(pilot) == ["上海王芳贸易有限公司"]

    drive(app_on(people.store.path, "customers"), script)
    assert "Best" in people.store.setting("views.customers")


def test_columns_are_chosen_sorted_and_remembered(people: Crm, drive: Drive) -> None:
    kept: dict[str, Any] = {}

    async def script(pilot: Any) -> None:
        await pilot.press("c")
        await pilot.settle()
        await pilot.press("s", "j", "space", "enter")
        await pilot.settle()
        assert "138" not in screen_text(pilot)
        assert names(pilot)[0] == "吴飞"

    drive(app_on(people.store.path, "customers", remember=kept.__setitem__), script)
    assert kept["sort"] == "-name"
    assert "phone" not in kept["columns"]


def test_an_empty_file_teaches_what_to_do(crm: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        text = screen_text(pilot)
        assert "This is where your customers are." in text
        assert "n  add the first one" in text

    drive(app_on(crm.store.path, "customers"), script)


def test_hostile_names_stand_as_they_are(crm: Crm, drive: Drive) -> None:
    for name in HOSTILE:
        crm.customers.create({"name": name, "note": name}, tags=[name[:20]])

    async def script(pilot: Any) -> None:
        for _ in HOSTILE:
            await pilot.press("j")
            await pilot.pause(0.1)
            await pilot.settle()
        text = screen_text(pilot)
        assert "[red]" in text
        assert "x [/oops]" in text
        assert "Acme [CN] Ltd" in text
        for _ in HOSTILE:
            await pilot.press("e")
            await pilot.settle()
            await pilot.press("escape")
            await pilot.settle()
            await pilot.press("k")
        await pilot.press("d")
        await pilot.settle()
        await pilot.press("u")
        await pilot.settle()
        await pilot.press("ctrl+p", "o", "o", "p", "s")
        await pilot.settle()
        assert "x [/oops]" in screen_text(pilot)

    drive(app_on(crm.store.path, "customers"), script, size=(140, 45))


def test_every_text_changes_with_the_language_at_once(people: Crm, drive: Drive) -> None:
    async def script(pilot: Any) -> None:
        from crm_tui.words import in_language

        pilot.app.speak("zh")
        await pilot.settle()
        text = screen_text(pilot).replace(" ", "")
        assert in_language("zh", "Filter") in text
        assert pilot.app.screen.query_one(CardView) is not None

    drive(app_on(people.store.path, "customers"), script, size=(140, 30))


def test_the_kinds_of_the_list_are_those_of_the_records() -> None:
    assert {one.code: (one.en, one.zh) for one in CUSTOMER_KINDS} == KINDS
