"""P16: the longest step of the event loop while a large list is opened, walked through and reloaded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path

from tests.bench import files
from tests.bench.figures import Figure, bench
from tests.bench.list_app import ListApp
from tests.bench.measure_list import MILLION

KEYS = ("pagedown", "G", "pageup", "g", "ctrl+d", "down", "end", "home", "space", "k")


class Heart:
    """Beats once a millisecond on the event loop and remembers the longest pause, in ms."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            self.longest = max(self.longest, (time.perf_counter() - began) * 1000 - 1)

    def take(self) -> float:
        """The longest pause since the last call."""
        longest, self.longest = self.longest, 0.0
        return longest


async def _walk(path: Path) -> dict[str, float]:
    app, heart, found = ListApp(path), Heart(), {}
    async with app.run_test(size=(140, 45)) as pilot:
        beating = asyncio.create_task(heart.beat())
        await pilot.pause(1.0)
        heart.take()
        for _ in range(6):
            await pilot.press(*KEYS)
        found["walked"] = heart.take()
        for _ in range(5):
            app.list.reload()
            await pilot.pause(0.3)
        found["reloaded"] = heart.take()
        for _ in range(5):
            app.show()
            await pilot.pause(0.3)
        found["opened"] = heart.take()
        beating.cancel()
    return found


@bench("P16l")
def steps() -> Iterable[Figure]:
    """The longest of all steps, with the threads of the list at work beside it."""
    for what, longest in asyncio.run(_walk(files.bare(MILLION))).items():
        yield Figure(f"longest step of the event loop, list of 1,000,000 {what}", longest, "ms", 50, 50)
