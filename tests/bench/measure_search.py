"""P6: search, every keystroke of every sort of query, against LIKE.

The yardstick is the median of `LIKE '%word%'` over what a customer is found by in the plain tables (names, numbers,
regions, contacts, phones, e-mails, tags, cities, streets), first 50 hits, for queries of all sorts. LIKE over the texts
that the index keeps in one place (a table of its own, a tenth of the bytes) is told beside it.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path

from crm_tui.rules import pinyin
from crm_tui.rules.text import fold, has_cjk
from crm_tui.store import driver, search
from tests.bench import files
from tests.bench.figures import Figure, bench
from tests.bench.terminal import percentile

MILLION = 1_000_000
SEED = 33
"""Other queries than those that the search was tuned on."""

EACH = 100
"""Queries of a sort; every beginning of a fifth of them is measured too."""

COMPARED = 4
"""Queries of a sort that LIKE answers too."""

FEW = 50
"""Where LIKE finds fewer customers than this, none of them may be missed."""

_TABLES = (
    ("customers", "id", ("name", "number", "region")),
    ("contacts", "customer", ("name",)),
    ("phones", "customer", ("substr(number, 4)",)),
    ("emails", "customer", ("address",)),
    ("tags", "customer", ("name",)),
    ("addresses", "customer", ("city", "street")),
)


@bench("P6")
def keystrokes() -> Iterable[Figure]:
    """Each sort of query at 1,000,000 customers, in turns with LIKE."""
    db = driver.connect(files.populated(MILLION))
    ours, like, packed, strokes = _measure(db)
    yard = statistics.median(like)
    for sort, times in ours.items():
        yield Figure(
            f"search, {sort}, p99, against LIKE over the tables", percentile(times, 0.99), "ms", 1 / 25, 1 / 40, yard
        )
    yield Figure("search, every keystroke, p50", statistics.median(strokes), "ms", 1 / 25, 1 / 40, yard)
    yield Figure("search, every keystroke, p99", percentile(strokes, 0.99), "ms", 1 / 25, 1 / 40, yard)
    yield Figure("LIKE over the packed texts, p50", statistics.median(packed), "ms")
    missed, more, compared = _completeness(db, 2)
    yield Figure(f"customers missed in {compared} queries that LIKE answers with few", missed, "", 0, 0)
    yield Figure("customers found beyond LIKE in them", more, "")


@bench("P6g")
def growth() -> Iterable[Figure]:
    """The same keystrokes with half of the customers, in turns; all hits of small queries compared in a tenth."""
    half, whole = (driver.connect(files.populated(n)) for n in (MILLION // 2, MILLION))
    few, many = [], []
    for typed in chain(*sorts(half).values()):
        few.append(_timed(partial(search.find, half, typed)))
        many.append(_timed(partial(search.find, whole, typed)))
    twice = "search: 1,000,000 against 500,000 customers"
    yield Figure(f"{twice}, p50", statistics.median(many), "ms", 1.2, 1.2, statistics.median(few))
    # LIKE, against which p99 is measured, takes twice as long.
    yield Figure(f"{twice}, p99", percentile(many, 0.99), "ms", yardstick=percentile(few, 0.99))
    missed, _, compared = _completeness(driver.connect(files.populated(MILLION // 10)), 8)
    yield Figure(f"customers missed in {compared} queries, of 100,000", missed, "", 0, 0)


def sorts(db: sqlite3.Connection) -> dict[str, list[str]]:
    """What people type, by sort, taken from customers of the file."""
    dice = random.Random(SEED)
    pick = _picker(db, dice)

    def chinese() -> tuple[str, str, str]:
        return next(one for one in iter(pick, None) if has_cjk(one[0]))

    def company() -> str:
        return next(one[0] for one in iter(pick, None) if has_cjk(one[0]) and len(one[0]) > 6)

    def person() -> str:
        return next(one[0] for one in iter(pick, None) if has_cjk(one[0]) and len(one[0]) < 4)

    def english() -> str:
        return next(one[0] for one in iter(pick, None) if one[0].isascii())

    def cut(text: str, length: int) -> str:
        at = dice.randrange(max(1, len(text) - length + 1))
        return text[at : at + length]

    makers: dict[str, Callable[[], str]] = {
        "1 Chinese character": lambda: person()[0],
        "1 Chinese character from anywhere": lambda: cut(company(), 1),
        "2 Chinese characters": lambda: person()[:2],
        "2 Chinese characters from anywhere": lambda: cut(company(), 2),
        "3 Chinese characters": lambda: cut(company(), 3),
        "4 Chinese characters": lambda: cut(company(), 4),
        "pinyin, initials": lambda: pinyin.initials(person()),
        "pinyin, initials of a company": lambda: pinyin.initials(company())[2:5],
        "pinyin, full": lambda: pinyin.full(person()),
        "pinyin, half typed": lambda: pinyin.full(person())[: dice.randint(2, 6)],
        "pinyin of a company": lambda: pinyin.full(company())[: dice.randint(4, 16)],
        "English, beginning": lambda: english().lower()[: dice.randint(1, 5)],
        "English, whole name": lambda: english().lower(),
        "English, inside a word": lambda: cut(english().lower().split()[0], 4),
        "phone, beginning": lambda: pick()[1][: dice.randint(3, 7)],
        "phone, last 4": lambda: pick()[1][-4:],
        "phone, middle": lambda: cut(pick()[1], 5),
        "phone, whole": lambda: pick()[1],
        "2 words": lambda: " ".join((chinese()[0][:1], pick()[2])),
        "2 words, letters": lambda: " ".join((pinyin.full(person())[:4], pick()[1][:4])),
        "3 words": lambda: " ".join((pick()[2], company()[-6:-4], dice.choice(("VIP", "月结", "展会")))),
        "no match": lambda: dice.choice(("龘靐", "zzqqxx", "0000000000", "魑魅魍魉", "qxqx", "99999999", "wangzzz")),
    }
    return {sort: [make() for _ in range(EACH)] for sort, make in makers.items()}


def _picker(db: sqlite3.Connection, dice: random.Random) -> Callable[[], tuple[str, str, str]]:
    (last,) = db.execute("SELECT max(rowid) FROM customers").fetchone()
    query = (
        "SELECT c.name, substr(p.number, 4), c.region FROM customers c JOIN phones p ON p.customer = c.id "
        "WHERE c.rowid = ? LIMIT 1"
    )

    def pick() -> tuple[str, str, str]:
        name, phone, region = db.execute(query, (dice.randint(1, last),)).fetchone()
        return str(name), str(phone), str(region)

    return pick


def _measure(db: sqlite3.Connection) -> tuple[dict[str, list[float]], list[float], list[float], list[float]]:
    """Times in ms: ours by sort, LIKE over the tables, LIKE over the packed texts, ours at every keystroke."""
    ours: dict[str, list[float]] = {}
    like: list[float] = []
    packed: list[float] = []
    strokes: list[float] = []
    for sort, queries in sorts(db).items():
        times = ours.setdefault(sort, [])
        for place, typed in enumerate(queries):
            times.append(_timed(partial(search.find, db, typed)))
            if place % (EACH // COMPARED) == 0:
                like.append(_timed(partial(_like, db, typed, " LIMIT 50")))
                packed.append(_timed(partial(_packed, db, typed)))
            if place % 5 == 0:
                strokes += [_timed(partial(search.find, db, one)) for one in _beginnings(typed)]
        print(f"{sort}: {_of(times)}; LIKE {_of(like[-COMPARED:])}", file=sys.stderr)
    return ours, like, packed, strokes


def _beginnings(typed: str) -> Iterator[str]:
    for length in range(1, len(typed) + 1):
        if typed[:length].strip():
            yield typed[:length]


def _packed(db: sqlite3.Connection, typed: str) -> object:
    words = typed.split()
    where = " AND ".join(["text LIKE ?"] * len(words))
    return db.execute(f"SELECT n FROM doc WHERE {where} LIMIT 50", [f"%{word}%" for word in words]).fetchall()


def _like(db: sqlite3.Connection, typed: str, limit: str = "") -> set[str]:
    """Customers of which each word stands in some text, by LIKE on the tables."""
    words = fold(typed).split()
    each = []
    for place in range(len(words)):
        parts = [
            f"SELECT {link} FROM {table} WHERE {' OR '.join(f'{column} LIKE ?{place + 1}' for column in columns)}"
            for table, link, columns in _TABLES
        ]
        each.append(f"SELECT * FROM ({' UNION ALL '.join(parts)})")
    query = f"SELECT DISTINCT * FROM ({' INTERSECT '.join(each)}){limit}"
    return {row for (row,) in db.execute(query, [f"%{word}%" for word in words])}


def _completeness(db: sqlite3.Connection, each: int) -> tuple[int, int, int]:
    """Customers missed and found beyond LIKE on the tables, and in how many queries; pinyin is not LIKE's."""
    missed = more = compared = 0
    for sort, queries in sorts(db).items():
        if sort.startswith("pinyin") or "letters" in sort:
            continue
        for typed in list(dict.fromkeys(queries))[: each * 3]:
            found = search.find(db, typed, FEW)
            if found.more:
                continue
            wanted = _like(db, typed)
            if len(wanted) < FEW:
                compared += 1
                ours = {hit.id for hit in found.items}
                missed += len(wanted - ours)
                more += len(ours - wanted)
    return missed, more, compared


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _of(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} / {percentile(times, 0.95):.2f} / {percentile(times, 0.99):.2f} ms"


def main(path: Path) -> None:
    """Tell the figures of one file: `python -m tests.bench.measure_search FILE`."""
    db = driver.connect(path)
    ours, like, packed, strokes = _measure(db)
    print("keystrokes", _of(strokes), "LIKE", _of(like), "packed", _of(packed))
    print("missed, more, compared", _completeness(db, 4))
    print(sorted((percentile(times, 0.99), sort) for sort, times in ours.items())[-5:])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
