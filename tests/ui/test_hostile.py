"""Names that look like markup, run from right to left, break the line or never end: shown as text, everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services.crm import Crm
from crm_tui.ui.text import width
from tests.conftest import NOW, settle
from tests.ui.shown import HOSTILE, app_on, screen_text

SIZES = [(80, 24), (140, 45)]


@pytest.fixture
def full(crm: Crm) -> Crm:
    """A customer of each name, twice, with a plan for today; one of each pair is in the trash as well."""
    crm.people.i_am(crm.people.add({"name": "[b]Li[/oops]"}).ids[0])
    for name in HOSTILE:
        for number in ("13800000001", "13800000001"):
            made = crm.customers.create({"name": name, "region": name[:40]}, [number], tags=[name[:60]]).ids[0]
        crm.visits.plan(made, NOW, "call", name)
        crm.visits.log(made, {"kind": "call", "summary": name})
        crm.customers.trash(crm.customers.create({"name": name}).ids[0])
    return crm


def _play(app: Any, script: Callable[[Any], Awaitable[None]], size: tuple[int, int]) -> None:
    """Run an app that draws its toasts."""

    async def go() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await script(pilot)

    asyncio.run(go())


def _whole(pilot: Any) -> str:
    """What stands there; no line may be pushed out of its place by what it holds."""
    text = screen_text(pilot)
    assert {width(line) for line in text.splitlines()} == {pilot.app.size.width}
    return text


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", ["today", "customers", "history", "trash", "duplicates"])
def test_every_list_shows_names_as_they_are(full: Crm, screen: str, size: tuple[int, int]) -> None:
    async def script(pilot: Any) -> None:
        text = ""
        for key in (*"jjj", "end"):
            await pilot.press(key)
            await asyncio.sleep(0.1)
            await settle(pilot)
            text += _whole(pilot)
        assert "[red]" in text
        assert "x [/oops]" in text
        await pilot.press("enter")
        await settle(pilot)
        _whole(pilot)

    _play(app_on(full.store.path, screen), script, size)


@pytest.mark.parametrize("size", SIZES)
def test_the_wizard_shows_files_columns_and_cells_as_they_are(crm: Crm, tmp_path: Path, size: tuple[int, int]) -> None:
    folder = tmp_path / "[red] \u202efolder"
    folder.mkdir()
    path = folder / ("x [oops] 👩\u200d💻 " + "名" * 50 + ".csv")
    quoted = ['"' + name + '"' for name in HOSTILE]
    path.write_text(",".join(["name", *quoted]) + "\n" + "".join(f"{name},{','.join(quoted)}\n" for name in quoted))

    async def script(pilot: Any) -> None:
        line = pilot.app.screen.query_one("PathInput")
        line.value = f"{folder}/"
        await settle(pilot)
        assert "x [oops]" in _whole(pilot)
        await pilot.press("down", "enter")
        text = ""
        for _ in range(200):
            await asyncio.sleep(0.05)
            if "8 rows" in (text := _whole(pilot)):
                break
        assert "8 rows" in text
        assert "[red]" in text
        await pilot.press("j", "enter")
        await settle(pilot)
        _whole(pilot)
        await pilot.press("escape", "p")
        await settle(pilot)
        assert "x [/oops]" in _whole(pilot)
        await pilot.press("i")
        for _ in range(200):
            await asyncio.sleep(0.05)
            if "u Take it back" in (text := _whole(pilot)):
                break
        assert "8 created" in text

    _play(app_on(crm.store.path, "import"), script, size)
    assert {row["name"].replace("⏎", "\n") for row in crm.customers.all()} >= {"[red]", "x [/oops]", "Acme [CN] Ltd"}


@pytest.mark.parametrize("size", SIZES)
def test_toasts_and_the_palette_show_names_as_they_are(full: Crm, size: tuple[int, int]) -> None:
    async def script(pilot: Any) -> None:
        for name in HOSTILE:
            pilot.app.toast(f"Restored: {name}")
            pilot.app.toast(name, bad=True)
        await settle(pilot)
        _whole(pilot)
        pilot.app.clear_notifications()
        for typed in ("[red]", "oops", "nnn", "CN"):
            await pilot.press("f2")
            await settle(pilot)
            await pilot.press(*typed)
            await asyncio.sleep(0.2)
            await settle(pilot)
            assert typed in _whole(pilot)
            await pilot.press("escape")
            await settle(pilot)
        await pilot.press("x")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "u takes it back" in _whole(pilot)

    _play(app_on(full.store.path, "today"), script, size)
