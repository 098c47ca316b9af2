"""The board with real keys: cards move, stages ask for what is missing, losses for their reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from tests.conftest import NOW, ZONE
from tests.services.selling_world import deal, stage
from tests.ui.shown import app_on, said, screen_text


@pytest.fixture
def board(db_file: Path) -> Path:
    """Three deals of two customers, the last of them with a name that would be markup."""
    crm = Crm.open(db_file, lambda: NOW, zone=ZONE)
    crm.people.i_am(crm.people.add({"name": "Li Na"}).ids[0])
    acme = crm.customers.create({"name": "Acme [CN] Ltd"}).ids[0]
    fang = crm.customers.create({"name": "上海王芳贸易有限公司"}).ids[0]
    deal(crm, fang, "中央厨房", amount="¥80万")
    deal(crm, acme, "Ovens", amount="USD 120k")
    deal(crm, acme, "x [/oops] [red]Freezer[/red]")
    crm.close()
    return db_file


def opened(path: Path) -> Crm:
    return Crm.open(path, lambda: NOW, zone=ZONE)


def stages(path: Path) -> dict[str, str]:
    crm = opened(path)
    try:
        return {str(row["name"]): str(crm.stages.get(row["stage"])["name_en"]) for row in crm.deals.all()}
    finally:
        crm.close()


async def press(pilot: Any, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.settle()


@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_cards_stand_in_their_columns_with_totals(
    board: Path, drive: Any, size: tuple[int, int], language: str
) -> None:
    async def look(pilot: Any) -> None:
        shown = screen_text(pilot)
        assert "x [/oops]" in shown
        assert ("¥800k" in shown) == (language == "en")
        assert ("¥80万" in shown) == (language == "zh")
        assert ("? no next step" if language == "en" else "? 没有下一步") in shown
        assert "¥800,000" in shown

    drive(app_on(board, "deals", language=language), look, size=size)


def test_a_card_moves_with_capital_letters_and_comes_back_with_u(board: Path, drive: Any) -> None:
    async def move(pilot: Any) -> None:
        await press(pilot, "j", "L")
        view = pilot.app.screen.board
        assert (view.lane, pilot.app.screen.card.name) == (1, "Ovens")
        assert "Moved to Qualified" in said(pilot)
        await press(pilot, "H")
        assert (view.lane, pilot.app.screen.card.name) == (0, "Ovens")
        await press(pilot, "u")

    drive(app_on(board, "deals"), move)
    assert stages(board)["Ovens"] == "Qualified"


def test_a_stage_that_asks_for_more_opens_the_missing_field(board: Path, drive: Any) -> None:
    async def move(pilot: Any) -> None:
        await press(pilot, "L")
        assert "Still needed" in screen_text(pilot)
        row = pilot.app.screen.form.row("amount")
        assert row.has_pseudo_class("focus-within")
        await press(pilot, *"9k", "ctrl+s")
        assert "Moved to Qualified" in said(pilot)
        assert pilot.app.screen.board.lane == 1

    drive(app_on(board, "deals"), move)
    assert stages(board)["x [/oops] [red]Freezer[/red]"] == "Qualified"


def test_losing_asks_for_the_reason_and_plans_the_next_try(board: Path, drive: Any) -> None:
    async def lose(pilot: Any) -> None:
        await press(pilot, "j", "x")
        assert "Lost" in screen_text(pilot)
        await press(pilot, *"price", "enter", *"Rival", "enter", *"500", "enter", *"2027-03-01", "ctrl+s")
        assert "Lost. What" in said(pilot)

    drive(app_on(board, "deals"), lose)
    assert stages(board)["Ovens"] == "Lost"
    crm = opened(board)
    (row,) = [one for one in crm.deals.all() if one["name"] == "Ovens"]
    assert (row["lost_to"], row["price_gap"], row["currency"]) == ("Rival", 50_000, "USD")
    assert crm.deals.next_step(row["id"]) is not None
    crm.close()


def test_marked_cards_move_together_and_the_order_is_changed_by_j_and_k(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "J")
        assert pilot.app.screen.board.index == 1
        await press(pilot, "g", "space", "G", "space", "L")
        assert "2 moved to Qualified" in said(pilot)

    drive(app_on(board, "deals"), go)
    assert sorted(stages(board).values()) == ["Interest", "Qualified", "Qualified"]


def test_the_filter_finds_by_deal_and_by_pinyin_of_the_customer(board: Path, drive: Any) -> None:
    async def find(pilot: Any) -> None:
        await press(pilot, "slash", *"wf", "enter")
        assert [lane.count for lane in pilot.app.screen._lanes] == [1, 0, 0, 0, 0, 0]
        assert "中央厨房" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen._lanes[0].count == 3

    drive(app_on(board, "deals"), find)


def test_a_deal_opens_gets_a_next_step_and_a_grade(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "j", "enter")
        assert "How it came here" in screen_text(pilot)
        await press(pilot, "N", "enter", *"fri 10:00", "enter", *"offer", "enter")
        assert "Fri 10:00" in screen_text(pilot)
        await press(pilot, "r", "enter", *"budget", "enter")
        assert "Graded" in said(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.card.grade == "H"
        assert "> Fri 10:00" in screen_text(pilot)

    drive(app_on(board, "deals"), go)


def test_a_new_deal_is_opened_in_the_column_of_the_cursor(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "n", *"acme")
        await press(pilot, "enter", *"Lease", "enter", *"GBP 3k", "ctrl+s")
        assert pilot.app.screen.card.name == "Lease", screen_text(pilot)

    drive(app_on(board, "deals"), go)
    assert stages(board)["Lease"] == "Interest"


def test_the_funnel_shows_bars_with_numbers_of_any_day(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "f")
        shown = screen_text(pilot)
        assert "Forecast" in shown
        assert "█" in shown
        await press(pilot, "left_square_bracket")
        assert "as it stood on Sat 31 Oct 2026" in screen_text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen.PLACE == "deals"

    drive(app_on(board, "deals"), go)


def test_an_empty_board_says_what_to_do(db_file: Path, drive: Any) -> None:
    async def look(pilot: Any) -> None:
        await press(pilot, "escape")
        assert "open the first deal" in screen_text(pilot)

    drive(app_on(db_file, "deals"), look)


def test_a_board_of_many_cards_reads_only_those_in_sight(board: Path, drive: Any) -> None:
    crm = opened(board)
    acme = crm.customers.resolve("Acme")
    first = stage(crm, "Interest")
    with crm.store.action("Added {n} {noun}", "bulk", noun="deals", n=500) as work:
        ids = work.new_ids(500)
        names = ("id", "created", "customer", "name", "pipeline", "stage", "staged", "place")
        pipeline = crm.pipelines.all()[0]["id"]
        rows = [
            (one, work.stamp, acme, f"deal {n}", pipeline, first, work.stamp, f"z{n:07d}") for n, one in enumerate(ids)
        ]
        work.insert_many("deals", names, rows)
    crm.close()

    async def go(pilot: Any) -> None:
        await press(pilot, "G")
        assert pilot.app.screen.card.name == "deal 499"
        assert "deal 497" in screen_text(pilot)
        assert len(pilot.app.screen._lanes[0].window._pages) < 8
        await press(pilot, "pageup", "g")
        assert "v 49" in screen_text(pilot) or "v 50" in screen_text(pilot)

    drive(app_on(board, "deals"), go)


def test_the_card_of_a_customer_shows_its_open_deals_and_opens_them(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "c")
        shown = screen_text(pilot)
        assert "2 open deals" in shown
        assert "Ovens  $120,000  (Interest, 0 d)" in shown
        line = next(
            n for n, row in enumerate(pilot.app.screen.query_one("CardView").rows._rows.rows) if "Ovens" in row.cells[1]
        )
        await press(pilot, *["j"] * line, "enter")
        assert "How it came here" in screen_text(pilot)

    drive(app_on(board, "deals"), go, size=(140, 40))


def test_stages_are_changed_by_key_and_one_with_deals_stays(board: Path, drive: Any) -> None:
    async def go(pilot: Any) -> None:
        await press(pilot, "s")
        assert "10 % · 14 d" in screen_text(pilot)
        await press(pilot, "d")
        assert "3 deals stand at" in said(pilot)
        await press(pilot, "s", "j", "enter")
        for _ in range(3):
            await press(pilot, "enter")
        await press(pilot, "ctrl+u", *"30", "ctrl+s")

    drive(app_on(board, "deals"), go, size=(140, 40))
    crm = opened(board)
    assert crm.stages.find("Qualified")["probability"] == 30
    crm.close()
