"""P13d: the board with 100,000 open deals: first data, a move, scrolling; funnel and forecast beside it."""

from __future__ import annotations

import random
import shutil
import statistics
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from crm_tui.rules.places_between import arriving
from crm_tui.services.board import BoardFilter
from crm_tui.services.crm import Crm
from crm_tui.store import driver
from crm_tui.store.readers import Readers
from crm_tui.store.windows import Window
from crm_tui.ui.selling.lanes import read_board
from tests.bench import files, generate
from tests.bench.figures import Figure, bench
from tests.bench.measure_store import opened, p95, timed

DEALS = 100_000
CUSTOMERS = 20_000
CLOSED = 20_000
CARDS = 10
"""Cards of a column in sight on a tall screen."""
COLUMNS = (
    *("id", "created", "customer", "name", "number", "pipeline", "stage", "staged", "place", "amount", "currency"),
    *("close_day", "owner"),
)
_CHUNK = 20_000


def sold(deals: int = DEALS) -> Path:
    """The file of 20,000 customers with so many open deals and a fifth of closed ones, written through the store."""
    source = files.populated(CUSTOMERS, 1)
    path = source.with_name(f"deals-{deals}-{source.name}")
    if path.exists():
        return path
    draft = path.with_suffix(".draft")
    shutil.copyfile(source, draft)
    with closing(Crm.open(draft, lambda: datetime.fromisoformat(generate.NOW))) as crm:
        pipeline = str(crm.pipelines.ensure()[0]["id"])
        stages = [str(row["id"]) for row in crm.stages.of_pipeline(pipeline)]
        db = crm.store.reader()
        customers = [row for (row,) in db.execute("SELECT id FROM customers WHERE live ORDER BY id")]
        people = [row for (row,) in db.execute("SELECT id FROM people ORDER BY id")]
        rows = list(rows_of(deals, pipeline, stages, customers, people))
        for start in range(0, len(rows), _CHUNK):
            some = rows[start : start + _CHUNK]
            with crm.store.action("Import", "import") as work:
                work.insert_many("deals", COLUMNS, some)
                log = [(*row[:2], row[0], row[7], row[6], row[9], row[10]) for row in some]
                ids = work.new_ids(len(log))
                names = ("id", "created", "deal", "at", "to_stage", "amount", "currency")
                work.insert_many("stage_moves", names, [(one, *row[1:]) for one, row in zip(ids, log, strict=True)])
        with crm.store.action("Import", "import") as work:
            planned = rows[::4]
            names = ("id", "created", "customer", "kind", "status", "planned_start", "deal")
            work.insert_many(
                "visits",
                names,
                [
                    (one, row[1], row[2], "call", "planned", f"2026-12-{1 + n % 28:02}T02:00:00Z", row[0])
                    for n, (one, row) in enumerate(zip(work.new_ids(len(planned)), planned, strict=True))
                ],
            )
    draft.rename(path)
    return path


def rows_of(
    deals: int, pipeline: str, stages: Sequence[str], customers: Sequence[str], people: Sequence[str]
) -> Iterator[tuple[int | str | None, ...]]:
    """Deals of three years, most of them early in the pipeline; then the closed ones."""
    dice = random.Random(5)
    now = datetime.fromisoformat(generate.NOW).astimezone(UTC)
    for number in range(deals + CLOSED * deals // DEALS):
        at = now - timedelta(minutes=dice.randrange(1_000_000))
        stage = dice.choices(stages[:4], (40, 30, 20, 10))[0] if number < deals else stages[4 + number % 2]
        stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ")
        yield (
            *(f"{int(at.timestamp() * 1000):012x}7{number:019x}", stamp, dice.choice(customers)),
            *(("冷库扩容", "Complete kitchen", "年度保养")[number % 3], f"D-BEN-{number:06}", pipeline, stage, stamp),
            *(arriving(int(at.timestamp() * 1000), number % 50), dice.randrange(10, 90_000) * 1000),
            *(("CNY", "CNY", "USD")[number % 3], f"2027-{1 + number % 12:02}-15", dice.choice(people)),
        )


@bench("P13d")
def board() -> Iterable[Figure]:
    """What the screen asks first, a move with journal and stage log, cards anywhere in a column."""
    with opened(sold()) as crm:
        readers = Readers(lambda: driver.connect(crm.store.path))
        wanted = BoardFilter()
        first = [timed(lambda: read_board(crm, readers, None, wanted, False, ())) for _ in range(15)]
        yield Figure("heads and first cards of all columns: p95 of 15", p95(first), "ms", 50, 25)
        yield Figure("  median", statistics.median(first), "ms")
        read = read_board(crm, readers, None, wanted, False, ())
        moves = []
        for n in range(30):
            target = read.heads[1 - n % 2].rule.id
            card = str(read.windows[n % 2].page(n * 7, 1)[0][0])
            moves.append(timed(partial(crm.deals.move, [card], target)))
        yield Figure("a card to the next stage, durable: p95 of 30", p95(moves), "ms", 20, 10)
        yield Figure("  median", statistics.median(moves), "ms")
        window = Window(readers, crm.board.listing(read.heads[0].rule, wanted))
        yield Figure(
            "counting a column of 40,000 cards, in a thread", timed(lambda: window.build(threading.Event())), "ms"
        )
        dice = random.Random(3)
        window.reload()
        places = [dice.randrange(39_000) for _ in range(60)]
        pages = [timed(partial(window.page, at, CARDS)) for at in places]
        yield Figure("a screenful of cards anywhere in it: p95 of 60", p95(pages), "ms", 25, 10)
        mine = [timed(lambda: read_board(crm, readers, None, BoardFilter(text="wf"), False, ())) for _ in range(5)]
        yield Figure("filter typed, all columns (in a thread): median", statistics.median(mine), "ms")
        pipeline = str(read.pipeline["id"]) if read.pipeline else ""
        past = crm.store.now() - timedelta(days=90)
        replayed = timed(lambda: crm.funnels.funnel(pipeline, past))
        yield Figure("funnel as of 90 days ago, replayed (in a thread)", replayed, "ms")
        yield Figure("forecast by month (in a thread)", timed(lambda: crm.funnels.forecast(pipeline)), "ms")
