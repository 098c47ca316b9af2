from __future__ import annotations

import asyncio

import pytest
from rich.cells import set_cell_size
from textual.geometry import Region

from crm_tui.services.crm import Crm
from crm_tui.ui.toasts import free_span
from tests.conftest import settle
from tests.ui.shown import app_on, screen_text

SAID = "已移入回收站：上海王芳贸易有限公司。按撤销键可以收回来，什么都没有丢失"


@pytest.mark.parametrize(
    ("regions", "span"),
    [
        ([], (0, 140)),
        ([Region(0, 1, 140, 43)], (0, 140)),
        ([Region(0, 1, 84, 43), Region(84, 1, 56, 43), Region(86, 7, 54, 37)], (86, 140)),
        ([Region(0, 1, 30, 43), Region(120, 1, 20, 43)], (30, 120)),
        ([Region(0, 1, 84, 10)], (0, 140)),
    ],
)
def test_toasts_stand_between_edges(regions: list[Region], span: tuple[int, int]) -> None:
    assert free_span(regions, 140, 45) == span


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 36), (140, 45)], ids=str)
@pytest.mark.parametrize("place", ["today", "customers", "setup"])
def test_no_character_of_a_toast_is_lost(crm: Crm, place: str, size: tuple[int, int]) -> None:
    crm.customers.create({"name": "上海王芳贸易有限公司"})

    async def script() -> None:
        app = app_on(crm.store.path, place)
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            for said in (SAID, "a" + SAID):
                app.toast(said)
                await settle(pilot)
                region = app.screen.query("Toast").last().region
                assert region.area
                assert said in "".join(
                    _cells(line, region) for line in screen_text(pilot).split("\n")[region.y : region.bottom]
                )
                app.clear_notifications()

    asyncio.run(script())


@pytest.mark.parametrize("place", ["today", "customers", "setup", "schedule"])
def test_on_a_small_screen_a_toast_hides_neither_the_last_lines_nor_the_keys(crm: Crm, place: str) -> None:
    async def script() -> None:
        app = app_on(crm.store.path, place)
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await settle(pilot)
            for said in ("in 10 min: 09:30 Visit 宁波阳光连锁超市有限公司", "the next one takes its place"):
                app.toast(said)
                await settle(pilot)
            (toast,) = app.screen.query("Toast")
            assert (toast.region.y, toast.region.height) == (0, 1)
            assert "takes its place" in screen_text(pilot).split("\n")[0]
            app.toast("what is bad stays until it was read", bad=True)
            app.toast("and this")
            await settle(pilot)
            assert len(app.screen.query("Toast")) == 2

    asyncio.run(script())


def test_a_toast_over_a_dialog_takes_away_that_of_the_screen_below(crm: Crm) -> None:
    async def script() -> None:
        app = app_on(crm.store.path, "today")
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            await settle(pilot)
            app.toast("this was said before, and it is rather long")
            await settle(pilot)
            await pilot.press("question_mark")
            await settle(pilot)
            app.toast("short")
            await settle(pilot)
            text = screen_text(pilot)
            assert "short" in text
            assert "said before" not in text
            await pilot.press("escape")
            await settle(pilot)
            toasts = [toast.region.y for toast in app.screen.query("Toast")]
            assert toasts == [0]

    asyncio.run(script())


def _cells(line: str, region: Region) -> str:
    """The text of a toast's line, without what stands beside it."""
    return line[len(set_cell_size(line, region.x)) :].strip(" ▌▐█▎")
