"""P1, P2 and P3: from the start of the process to the first frame, the first rows, the first line of text."""

from __future__ import annotations

import importlib.util
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from tests.bench import files
from tests.bench.figures import Figure, NotMeasurable, bench
from tests.bench.hello import MARK
from tests.bench.measure_list import HELLO, MILLION, list_command
from tests.bench.terminal import Terminal, ratio, rounds

ROUNDS = 9


def program() -> list[str]:
    """The command that starts the app."""
    if importlib.util.find_spec("crm_tui.__main__") is None:
        raise NotMeasurable("crm_tui has no __main__")
    return [sys.executable, "-m", "crm_tui"]


def _until(argv: list[str], text: str) -> float:
    with Terminal(argv) as terminal:
        return terminal.wait_for(text) * 1000


def _figure(what: str, figures: dict[str, list[float]], must: float, aim: float) -> Figure:
    ours, yard = figures["ours"], figures["yardstick"]
    return Figure(what, statistics.median(ours), "ms", must, aim, statistics.median(yard), ratio(ours, yard))


def _first_name(path: Path) -> str:
    """What the first row begins with; long names are cut in the list."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return str(db.execute("SELECT name FROM customers WHERE live ORDER BY sort_key, id LIMIT 1").fetchone()[0])[:8]
    finally:
        db.close()


@bench("P1")
def first_frame() -> Iterable[Figure]:
    """Process start to the first painted frame."""
    argv = [*program(), "--db", str(files.populated(600))]
    cases = {"yardstick": lambda: _until(HELLO, MARK), "ours": lambda: _until(argv, "crm-tui")}
    yield _figure("start to first frame", rounds(cases, ROUNDS), 1.3, 1.15)


@bench("P2")
def first_rows() -> Iterable[Figure]:
    """Process start to the first real rows of 1,000,000 customers."""
    path = files.populated(MILLION)
    argv = [*program(), "--db", str(path), "--screen", "customers"]
    name = _first_name(path)
    cases = {"yardstick": lambda: _until(HELLO, MARK), "ours": lambda: _until(argv, name)}
    yield _figure("start to first rows of 1,000,000", rounds(cases, ROUNDS), 2.0, 1.4)


@bench("P2g")
def growth() -> Iterable[Figure]:
    """The same with twice the customers."""

    def until_rows(path: Path) -> Callable[[], float]:
        argv, name = [*program(), "--db", str(path), "--screen", "customers"], _first_name(path)
        return lambda: _until(argv, name)

    cases = {size: until_rows(files.populated(n)) for size, n in (("yardstick", MILLION // 2), ("ours", MILLION))}
    yield _figure("start to first rows of 1,000,000, against 500,000", rounds(cases, ROUNDS), 1.2, 1.2)


@bench("P2l")
def first_rows_of_the_list() -> Iterable[Figure]:
    """The same for the list alone: what the window and the widget take of P2."""
    path = files.bare(MILLION)
    argv, name = list_command(path), _first_name(path)
    cases = {"yardstick": lambda: _until(HELLO, MARK), "ours": lambda: _until(argv, name)}
    yield _figure("start to first rows of 1,000,000, list alone", rounds(cases, ROUNDS), 2.0, 1.4)


@bench("P3")
def first_words() -> Iterable[Figure]:
    """`--version` and `--help` against an empty Python."""

    def run(*argv: str) -> float:
        began = time.perf_counter()
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - began) * 1000

    ours = program()
    for option in ("--version", "--help"):
        cases = {"yardstick": partial(run, sys.executable, "-c", "pass"), "ours": partial(run, *ours, option)}
        yield _figure(f"crm-tui {option}", rounds(cases, ROUNDS), 6, 6)
