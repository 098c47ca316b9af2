"""P4 and P5: the customer list of a large file, key by key, and what it holds in memory."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.bench import files
from tests.bench.figures import Figure, bench
from tests.bench.hello import MARK
from tests.bench.terminal import DOWN, END, HOME, PAGE_DOWN, Terminal, percentile

HERE = Path(__file__).parent
HELLO = [sys.executable, str(HERE / "hello.py")]
MILLION = 1_000_000
WALKS = {"down": (DOWN, 60), "page down": (PAGE_DOWN, 60), "end": (END, 40), "home": (HOME, 40)}


def list_command(path: Path, *more: str) -> list[str]:
    """The command that shows the customer list of `path` and paints COUNTED when it is at rest."""
    return [sys.executable, str(HERE / "list_app.py"), str(path), *more]


@bench("P4")
def keys() -> Iterable[Figure]:
    """Key to frame in the list of 1,000,000 customers against the same in a bare app, in turns."""
    yield from _keys(files.bare(MILLION), f"list of {MILLION:,}")


@bench("P4g")
def growth() -> Iterable[Figure]:
    """The same with a tenth of the rows: what growth costs."""
    figures: dict[int, list[float]] = {}
    with ExitStack() as stack:
        shown = {}
        for n in (MILLION // 10, MILLION):
            shown[n] = stack.enter_context(Terminal(list_command(files.bare(n))))
            shown[n].wait_for("COUNTED")
            shown[n].settle()
        for _ in range(80):
            for n, terminal in shown.items():
                figures.setdefault(n, []).append(terminal.press(PAGE_DOWN).last * 1000)
    small, large = (statistics.median(times) for times in figures.values())
    yield Figure("page down: 1,000,000 against 100,000 rows, in turns", large, "ms", 1.2, 1.2, small)


def _keys(path: Path, what: str) -> Iterable[Figure]:
    with Terminal(HELLO) as hello, Terminal(list_command(path)) as shown:
        hello.wait_for(MARK)
        shown.wait_for("COUNTED")
        for terminal in (hello, shown):
            terminal.settle()
            terminal.press(b"x" if terminal is hello else DOWN)
        for name, (key, times) in WALKS.items():
            yard, figures = [], []
            for _ in range(times):
                if key in (END, HOME):
                    shown.press(HOME if key == END else END)
                yard.append(hello.press(b"x").last * 1000)
                figures.append(shown.press(key).last * 1000)
            high, base = percentile(figures, 0.95), percentile(yard, 0.95)
            yield Figure(f"{what}: {name}, key to frame, p95", high, "ms", 5, 3, base)
            yield Figure(f"{what}: {name}, median", statistics.median(figures), "ms", 25, 25)


@bench("P5")
def memory() -> Iterable[Figure]:
    """Resident memory with the list walked through and SQLModel loaded."""
    path = files.bare(MILLION)
    with Terminal([*HELLO, "sqlmodel"]) as hello, Terminal(list_command(path, "sqlmodel")) as shown:
        hello.wait_for("LOADED")
        shown.wait_for("COUNTED")
        shown.settle()
        for key in (END, HOME, *[PAGE_DOWN] * 100, END):
            shown.press(key)
        hello.settle()
        yield Figure("memory, list of 1,000,000 open", shown.memory(), "MiB", 1.8, 1.5, hello.memory())
