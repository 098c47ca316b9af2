"""P4, P5 and P16 in the app itself: its customer list with 1,000,000 rows, keys, memory, steps of the event loop."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from crm_tui.ui.app import CrmApp
from crm_tui.ui.options import Options
from tests.bench import files, generate
from tests.bench.figures import Figure, bench
from tests.bench.hello import MARK
from tests.bench.measure_list import HELLO, MILLION, WALKS
from tests.bench.measure_loop import Heart
from tests.bench.measure_start import program
from tests.bench.terminal import END, HOME, PAGE_DOWN, Terminal, percentile

COLUMNS = 99
"""So narrow that no card stands beside the list: what is measured is the list."""

STEPS = {
    "walked": ("pagedown", "G", "pageup", "g", "ctrl+d", "down", "end", "home", "space", "k"),
    "filtered": ("slash", "w", "a", "n", "g", "backspace", "f", "escape"),
    "a card opened, read, left": ("down", "enter", "tab", "tab", "tab", "escape"),
    "a customer edited and undone": ("e", "end", "x", "ctrl+s", "u"),
    "other screens": ("1", "0", "2"),
}


@contextmanager
def shown(path: Path, columns: int) -> Iterator[Terminal]:
    """The app on its customer list, at rest."""
    with (
        tempfile.TemporaryDirectory() as home,
        Terminal([*program(), "--home", home, "--db", str(path), "--screen", "customers"], columns) as terminal,
    ):
        terminal.settle(2.5)
        yield terminal


@bench("P4a")
def keys() -> Iterable[Figure]:
    """Key to the last frame in the app, in turns with a key in a bare app."""
    with Terminal(HELLO, COLUMNS) as hello, shown(files.populated(MILLION), COLUMNS) as app:
        hello.wait_for(MARK)
        for name, (key, times) in WALKS.items():
            yard, figures = [], []
            for _ in range(times):
                if key in (END, HOME):
                    app.press(HOME if key == END else END)
                yard.append(hello.press(b"x").last * 1000)
                figures.append(app.press(key).last * 1000)
            high, base = percentile(figures, 0.95), percentile(yard, 0.95)
            yield Figure(f"customers of the app, 1,000,000: {name}, p95", high, "ms", 5, 3, base)
            yield Figure(f"  {name}, median", statistics.median(figures), "ms", 25, 25)


@bench("P5a")
def memory() -> Iterable[Figure]:
    """Resident memory of the app with the whole file open and the list walked through."""
    with Terminal([*HELLO, "sqlmodel"], COLUMNS) as hello, shown(files.populated(MILLION), COLUMNS) as app:
        hello.wait_for("LOADED")
        for key in (END, HOME, *[PAGE_DOWN] * 100, END):
            app.press(key)
        hello.settle()
        yield Figure("memory of the app, list of 1,000,000", app.memory(), "MiB", 1.8, 1.5, hello.memory())


async def _steps(path: Path) -> dict[str, float]:
    options = Options(path, now=lambda: datetime.fromisoformat(generate.NOW), zone="Asia/Shanghai", screen="customers")
    app, heart, found = CrmApp(options), Heart(), {}
    async with app.run_test(size=(140, 45)) as pilot:
        beating = asyncio.create_task(heart.beat())
        await app.opened()
        await pilot.pause(3)
        heart.take()
        for what, pressed in STEPS.items():
            for _ in range(3):
                for key in pressed:
                    await pilot.press(key)
                    await pilot.pause(0.15)
            found[what] = heart.take()
        beating.cancel()
    if app.crm is not None:
        app.crm.close()
    return found


@bench("P16")
def steps() -> Iterable[Figure]:
    """The longest pause of the event loop while a person works, threads at work beside it."""
    for what, longest in asyncio.run(_steps(files.populated(MILLION))).items():
        yield Figure(f"longest step of the event loop: {what}", longest, "ms", 50, 50)
