"""P7: the filter of the customer list, key by key, in the app itself."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterable

from crm_tui.store import driver
from tests.bench import files
from tests.bench.figures import Figure, bench
from tests.bench.hello import MARK
from tests.bench.measure_list import HELLO, MILLION
from tests.bench.measure_search import sorts
from tests.bench.measure_start import program
from tests.bench.terminal import Terminal, percentile

ANSWERED = 0.25
"""Silence, in seconds, after which the list is taken to have answered: the letter is echoed before."""

SORTS = (
    "2 Chinese characters",
    "4 Chinese characters",
    "pinyin, full",
    "English, whole name",
    "phone, last 4",
    "2 words",
)
COLUMNS = 80
"""So narrow that no card stands beside the list, which would be read after each key."""


@bench("P7")
def filter_keys() -> Iterable[Figure]:
    """Key to the last frame that it causes, for queries of several sorts, in turns with a key in a bare app."""
    path = files.populated(MILLION)
    queries = [typed for sort, made in sorts(driver.connect(path)).items() if sort in SORTS for typed in made[:2]]
    echoes, answers, yard = [], [], []
    with (
        tempfile.TemporaryDirectory() as home,
        Terminal(HELLO, COLUMNS) as hello,
        Terminal([*program(), "--home", home, "--db", str(path), "--screen", "customers"], COLUMNS) as app,
    ):
        hello.wait_for(MARK)
        app.settle(1.5)
        app.press(b"/", quiet=ANSWERED)
        for typed in queries:
            for letter in typed[:6]:
                stroke = app.press(letter.encode(), quiet=ANSWERED)
                echoes.append(stroke.first * 1000)
                answers.append(stroke.last * 1000)
                yard.append(hello.press(b"x").last * 1000)
            app.type(b"\x7f" * len(typed[:6]))
            app.settle(0.4, timeout=4)
    base = percentile(yard, 0.95)
    yield Figure("filter: key to echo, p95", percentile(echoes, 0.95), "ms", 50, 50)
    yield Figure("filter: key to the frame with the hits, median", statistics.median(answers), "ms", 50, 50)
    yield Figure("filter: key to the frame with the hits, p95", percentile(answers, 0.95), "ms", 50, 50)
    yield Figure("bare app: key to frame, p95", base, "ms")
