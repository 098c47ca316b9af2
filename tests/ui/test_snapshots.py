"""Pictures of the screens; `pytest tests/ui/test_snapshots.py --snapshot-update` takes them anew."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.ui.app import CrmApp
from tests.conftest import settle
from tests.ui.selling_pictures import sell
from tests.ui.shown import app_on, screen_text
from tests.ui.trading_pictures import trade
from tests.ui.world import TABLE, make_world

SIZES = [(80, 24), (140, 45)]
each_size = pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x45"])
each_language = pytest.mark.parametrize("language", ["en", "zh"])

LINE = "call 王芳 fri 3pm 30min 31/2"

Picture = Callable[..., None]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world") / "crm.db"
    make_world(path)
    return path


@pytest.fixture(scope="session")
def sold_world(world: Path) -> Path:
    """The world with deals in every stage, and leads; a file of its own, so that the other pictures stay."""
    path = world.with_name("sold.db")
    shutil.copyfile(world, path)
    sell(path)
    return path


@pytest.fixture(scope="session")
def traded_world(world: Path) -> Path:
    """The world with quotes and orders; a file of its own, so that the other pictures stay."""
    path = world.with_name("traded.db")
    shutil.copyfile(world, path)
    trade(path)
    return path


async def _calm(pilot: Any, text: str = "") -> None:
    """Wait until nothing moves any more and `text` stands on the screen."""
    before = ""
    for _ in range(200):
        # Longer than a cursor has to rest before what stands beside it is read.
        await asyncio.sleep(0.1)
        await settle(pilot)
        shown = screen_text(pilot)
        if shown == before and text in shown:
            return
        before = shown
    raise AssertionError(f"{text!r} never came:\n{before}")


@pytest.fixture
def picture(tmp_path: Path, snap_compare: Callable[..., bool]) -> Iterator[Picture]:
    """Compare a picture of a screen on a copy of a file: `picture(file, screen, language, size, *keys)`."""
    apps: list[CrmApp] = []

    def take(
        file: Path, screen: str, language: str, size: tuple[int, int], *keys: str,
        text: str = "", prepare: Callable[[Any], None] | None = None,
    ) -> None:  # fmt: skip
        copy = tmp_path / "crm.db"
        shutil.copyfile(file, copy)

        async def play(pilot: Any) -> None:
            await settle(pilot)
            if prepare is not None:
                prepare(pilot)
                await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            await _calm(pilot, text)

        apps.append(app_on(copy, screen, language=language, theme="night"))
        assert snap_compare(apps[0], terminal_size=size, run_before=play)

    yield take
    for app in apps:
        app.close_file()


@each_size
@each_language
def test_today(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "today", language, size, "j", "j")


@each_size
@each_language
def test_customers(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "customers", language, size, "j", "j")


@each_size
@each_language
def test_card(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "customers", language, size, "slash", *"wf", "enter", "j", "enter")


@each_size
@each_language
def test_log(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "today", language, size, "j", "j", "l", *"ok")


@each_size
@each_language
def test_import(world: Path, picture: Picture, tmp_path: Path, language: str, size: tuple[int, int]) -> None:
    table = tmp_path / "客户 [red].csv"
    table.write_text(TABLE, "utf-8")

    def name(pilot: Any) -> None:
        pilot.app.screen.query_one("PathInput").value = str(table)

    counts = {"en": "5 rows", "zh": "5 行"}
    picture(world, "import", language, size, "enter", text=counts[language], prepare=name)


@each_size
@each_language
def test_setup(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "setup", language, size)


@each_size
@each_language
def test_history(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "history", language, size, "j")


two_ways = pytest.mark.parametrize(("language", "size"), [("en", SIZES[0]), ("zh", SIZES[1])], ids=["en", "zh"])


@two_ways
@pytest.mark.parametrize("keys", [(), ("v",), ("v", "v")], ids=["agenda", "week", "month"])
def test_schedule(world: Path, picture: Picture, language: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    picture(world, "schedule", language, size, *keys)


@two_ways
@pytest.mark.parametrize("screen", ["team", "callbacks", "greetings", "day_reports"])
def test_service(world: Path, picture: Picture, language: str, size: tuple[int, int], screen: str) -> None:
    picture(world, screen, language, size)


@two_ways
@pytest.mark.parametrize("keys", [("j",), ("f",), ("i",)], ids=["board", "funnel", "leads"])
def test_pipeline(
    sold_world: Path, picture: Picture, language: str, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    picture(sold_world, "deals", language, size, *keys)


@two_ways
@pytest.mark.parametrize(
    "keys", [("j",), ("tab",), ("tab", "tab"), ("shift+tab",)], ids=["orders", "quotes", "days", "age"]
)
def test_orders(
    traded_world: Path, picture: Picture, language: str, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    picture(traded_world, "orders", language, size, *keys)


@two_ways
def test_review(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "team", language, size, "enter")


@two_ways
def test_brief(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    picture(world, "today", language, size, "j", "j", "b")


@two_ways
def test_capture(world: Path, picture: Picture, language: str, size: tuple[int, int]) -> None:
    said = {"en": "30 min", "zh": "没有这一天"}[language]
    picture(world, "schedule", language, size, "colon", *LINE, text=said)


@pytest.mark.parametrize("screen", ["today", "customers"])
@pytest.mark.parametrize(("language", "size"), [("en", SIZES[0]), ("zh", SIZES[1])], ids=["en", "zh"])
def test_empty(
    template: Path, picture: Picture, screen: str, language: str, size: tuple[int, int],
) -> None:  # fmt: skip
    picture(template, screen, language, size, "escape")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_welcome(template: Path, picture: Picture, language: str) -> None:
    picture(template, "today", language, SIZES[0])
