from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import CrmError
from crm_tui.store import windows
from crm_tui.store.readers import Readers
from crm_tui.store.windows import Listing, Window

RECORDS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from(["", "a", "ab", "王", "Zz", "z", "\U0001f600", "ï"]), st.integers(-2, 2)),
        st.integers(0, 1),
    ),
    max_size=90,
)
STORED = st.one_of(st.none(), st.text("ab王é\U0001f600", max_size=2))


class Scratch:
    """A table `t` (id, key, live) on disk, and readers of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("CREATE TABLE t (id TEXT PRIMARY KEY, key, live INTEGER)")
        self.db.execute("CREATE INDEX t_key ON t (key, id)")

    def fill(self, records: list[tuple[object, int]]) -> None:
        self.db.execute("DELETE FROM t")
        rows = [(f"{number * 7919 % 100003:06d}", key, live) for number, (key, live) in enumerate(records)]
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO t VALUES (?,?,?)", rows)
        self.db.execute("COMMIT")

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False)

    def truth(self, listing: Listing) -> list[tuple[object, ...]]:
        way = "DESC" if listing.descending else "ASC"
        where = f"WHERE {listing.where}" if listing.where else ""
        sql = f"SELECT id, {','.join(listing.columns)} FROM t {where} ORDER BY {listing.sort} {way}, id {way}"
        return self.db.execute(sql, listing.params).fetchall()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    return Scratch(tmp_path_factory.mktemp("windows") / "t.db")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small steps, so that a short list crosses every border."""
    for name, value in (("STEP", 8), ("PAGE", 4), ("PAGES", 3), ("SMALL", 5)):
        monkeypatch.setattr(windows, name, value)


def listing(descending: bool = False, filtered: bool = False) -> Listing:
    return Listing(
        "t",
        ("key", "(SELECT count(*) FROM t AS u WHERE u.id = t.id)"),
        "key",
        descending,
        "live = ?" if filtered else "",
        (1,) if filtered else (),
    )


PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(records=RECORDS, descending=st.booleans(), filtered=st.booleans(), built=st.booleans())
def test_every_page_is_the_slice_of_the_sorted_list(
    scratch: Scratch, tiny: None, records: list[tuple[object, int]], descending: bool, filtered: bool, built: bool
) -> None:
    scratch.fill(records)
    window = Window(Readers(scratch.connect), listing(descending, filtered))
    truth = scratch.truth(window.listing)
    if built:
        assert window.build(threading.Event())
        assert window.exact
        assert window.count == len(truth)
    for first in range(0, len(truth), 3):
        if built or first + 7 < max(0, window.count - windows.PAGE * 8):
            assert window.page(first, 7) == truth[first : first + 7]
    for place, row in enumerate(truth):
        assert window.position_of(str(row[0])) == place
    assert window.position_of("nobody") is None


@PROPERTY
@given(keys=st.lists(STORED, min_size=40, max_size=80), descending=st.booleans())
def test_the_first_and_last_rows_are_there_before_anything_was_counted(
    scratch: Scratch, tiny: None, keys: list[str | None], descending: bool
) -> None:
    scratch.fill([(key, 1) for key in keys])
    window = Window(Readers(scratch.connect), listing(descending))
    truth = scratch.truth(window.listing)
    assert window.rough_count() == len(truth)
    assert window.page(0, 4) == truth[:4]
    assert window.page(len(truth) - 4, 4) == truth[-4:]


@PROPERTY
@given(
    keys=st.lists(STORED, min_size=1, max_size=60),
    gone=st.sets(st.integers(0, 59)),
    moved=st.integers(0, 59),
    descending=st.booleans(),
)
def test_after_deletes_and_moves_a_reload_tells_the_truth_again(
    scratch: Scratch, tiny: None, keys: list[str | None], gone: set[int], moved: int, descending: bool
) -> None:
    scratch.fill([(key, 1) for key in keys])
    window = Window(Readers(scratch.connect), listing(descending))
    window.build(threading.Event())
    before = scratch.truth(window.listing)
    window.page(0, 9)
    for place in sorted(gone & set(range(len(before)))):
        scratch.db.execute("DELETE FROM t WHERE id = ?", (before[place][0],))
    scratch.db.execute("UPDATE t SET key = 'm' WHERE id = ?", (before[moved % len(before)][0],))
    for first in range(0, len(before), 4):
        window.page(first, 4)
    window.reload()
    assert window.build(threading.Event())
    truth = scratch.truth(window.listing)
    assert window.count == len(truth)
    assert window.page(0, len(truth) + 5) == truth
    for place, row in enumerate(truth):
        assert window.position_of(str(row[0])) == place


def test_found_ids_keep_their_order_and_lose_what_has_gone(scratch: Scratch, tiny: None) -> None:
    scratch.fill([(str(n), n % 2) for n in range(30)])
    ids = tuple(str(row[0]) for row in scratch.db.execute("SELECT id FROM t ORDER BY random()"))
    window = Window(Readers(scratch.connect), Listing("t", ("key",), where="live = 1", ids=ids))
    assert window.count == 30
    live = [one for one in ids if scratch.db.execute("SELECT live FROM t WHERE id=?", (one,)).fetchone()[0]]
    assert window.build(threading.Event())
    assert [row[0] for row in window.page(0, 99)] == live
    assert window.position_of(live[7]) == 7


def test_a_stopped_count_leaves_the_window_as_it_was(scratch: Scratch, tiny: None) -> None:
    scratch.fill([(str(n), 1) for n in range(50)])
    window = Window(Readers(scratch.connect), listing())
    stop = threading.Event()
    stop.set()
    assert not window.build(stop)
    assert not window.exact
    assert window.page(0, 4) == scratch.truth(window.listing)[:4]


def test_a_reload_during_the_count_makes_the_count_void(scratch: Scratch, tiny: None) -> None:
    scratch.fill([(str(n), 1) for n in range(50)])
    window: Window

    class Reloading(threading.Event):
        def is_set(self) -> bool:
            window.reload()
            return False

    window = Window(Readers(scratch.connect), listing())
    assert not window.build(Reloading())
    assert not window.exact


def test_soon_gives_up_rather_than_make_the_keys_wait(scratch: Scratch) -> None:
    scratch.fill([(str(n % 7), n % 2) for n in range(30_000)])
    slow = "live = 1 AND (SELECT count(*) FROM t AS u WHERE u.key >= t.key) < 0"
    window = Window(Readers(scratch.connect), Listing("t", ("key",), "key", where=slow))
    assert window.soon(0, 10, budget=0.005) is None


def test_a_broken_query_is_not_taken_for_a_slow_one(scratch: Scratch) -> None:
    window = Window(Readers(scratch.connect), Listing("t", ("no_such_column",), "key"))
    with pytest.raises(CrmError, match="no_such_column"):
        window.soon(0, 10)


def test_many_threads_may_read_one_window(scratch: Scratch) -> None:
    scratch.fill([(f"{n % 900:05d}", 1) for n in range(60_000)])
    window = Window(Readers(scratch.connect), listing())
    truth = scratch.truth(window.listing)
    wrong: list[int] = []

    def read(step: int) -> None:
        for first in range(0, len(truth), step):
            if window.page(first, 40) != truth[first : first + 40]:
                wrong.append(first)

    work: list[Callable[[], object]] = [lambda: read(3001), lambda: read(2003), lambda: window.build(threading.Event())]
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_windows_need_neither_sqlmodel_nor_textual() -> None:
    heavy = "('sqlmodel', 'sqlalchemy', 'textual', 'rich')"
    code = f"import crm_tui.store.windows, sys; print([m for m in {heavy} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
