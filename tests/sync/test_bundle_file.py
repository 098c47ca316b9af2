"""What is written comes back as it was; what cannot be sent is not written; nothing is ever half there."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, zip_longest
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.errors import BadFile, Cancelled, CrmError, Refused
from crm_tui.rules.slices import ActionHead, ChangeMade, SeenAt
from crm_tui.services.crm import Crm
from crm_tui.store import chain
from crm_tui.sync.bundle_file import Limits, WrongKey, file_hash, inspect, read_bundle, write_bundle
from crm_tui.sync.chains import action_header
from crm_tui.sync.machine_key import MachineKey, code_of
from tests.sync.penned_logs import ANNA, BEN, Item, Pen, items_in, items_of, large_log, manifest_of, row_id, small_logs

SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | TEXTS
FIELDS = st.sampled_from(["name", "note", "a1_"]) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200
).map("extra.{}".format)
NOUNS = st.sampled_from(["customers", "phones", "z9"])
ROWS = st.integers(0, 9).map(row_id)
OBJECTS = st.dictionaries(st.sampled_from(["name", "size"]), VALUES).map(json.dumps)
CHANGES = st.tuples(NOUNS, ROWS, FIELDS, VALUES) | st.tuples(NOUNS, ROWS, st.none(), OBJECTS)
LOGS = st.sampled_from(["aa" * 16, "bb" * 16])
SEEN = st.lists(
    st.builds(SeenAt, LOGS, st.integers(1, 2**63 - 1), st.binary(min_size=8, max_size=8)),
    max_size=2,
    unique_by=lambda entry: entry.of,
).map(tuple)
ACTIONS = st.fixed_dictionaries(
    {
        "changes": st.lists(CHANGES, min_size=1, max_size=6),
        "at": st.integers(0, 2**63 - 1),
        "person": st.none() | st.just("c0" * 16),
        "kind": st.sampled_from(["edit", "bulk"]),
        "verb": st.sampled_from(["Changed {name}", "改了 {name}"]),
        "params": TEXTS,
        "undoes": st.none() | st.tuples(LOGS, st.integers(1, 2**63 - 1)),
        "seen": SEEN,
        "salt": st.binary(min_size=16, max_size=16),
    }
)


def read(path: Path, **how: object) -> list[Item]:
    with read_bundle(path, **how) as bundle:  # type: ignore[arg-type]
        return items_in(bundle)


@SETTINGS
@given(st.lists(st.lists(ACTIONS, max_size=5), min_size=1, max_size=3))
def test_whatever_a_log_holds_comes_back_as_it_was(tmp_path: Path, logs: list[list[dict[str, object]]]) -> None:
    pens = [Pen(f"{k:032x}", f"Machine {k}", ANNA if k else BEN) for k in range(len(logs))]
    for pen, actions in zip(pens, logs, strict=True):
        for action in actions:
            pen.act(**action)  # type: ignore[arg-type]
    path, manifest = tmp_path / "a.crmb", manifest_of(*pens, extra={"scope": ["x", None, True, {"n": -1}]})
    written = write_bundle(path, manifest, items_of(*pens), ANNA)
    with read_bundle(path) as bundle:
        assert bundle.manifest == manifest
        assert items_in(bundle) == items_of(*pens)
        assert bundle.hash == written.hash == file_hash(path)
        assert (bundle.changes, written.bytes) == (written.changes, path.stat().st_size)


@pytest.mark.parametrize("of_action", [1, 7, 1023, 1024, 1025, 5000])
def test_actions_of_any_size_come_back_whole_and_in_order(tmp_path: Path, of_action: int) -> None:
    pen = large_log(5000, of_action, rows=500)
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
    with read_bundle(tmp_path / "a.crmb") as bundle:
        assert items_in(bundle) == pen.items
        assert bundle.actions == len([item for item in pen.items if isinstance(item, ActionHead)])
        parts = list(bundle.parts())
    assert [ChangeMade(*c) for part in parts for c in part.changes] == [i for i in pen.items if type(i) is ChangeMade]
    assert max(len(part.changes) for part in parts) <= 1024


def test_items_may_be_read_twice_and_at_the_same_time(tmp_path: Path) -> None:
    pen = large_log(9000, 40)
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
    with read_bundle(tmp_path / "a.crmb") as bundle:
        (tmp_path / "a.crmb").write_bytes(b"somebody overwrites the file meanwhile")
        both = list(zip_longest(bundle.parts(), bundle.parts()))
        assert all(a == b for a, b in both)
        assert items_in(bundle) == pen.items


def test_more_rows_and_fields_than_can_be_named_at_a_time(tmp_path: Path) -> None:
    pen = Pen("aa" * 16, "Anna", ANNA)
    for first in range(0, 70_000, 1000):
        pen.act([("customers", row_id(n), f"extra.{n % 20_000}", n) for n in range(first, first + 1000)])
    pen.act([("customers", row_id(n), "name", "again") for n in range(0, 70_000, 7)])
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), iter(pen.items), ANNA)
    assert read(tmp_path / "a.crmb") == pen.items


@pytest.mark.parametrize("sign", ["a", "\x01", '"', "\n", "李", "😀"])
def test_long_and_awkward_texts_come_back(tmp_path: Path, sign: str) -> None:
    pen = Pen("aa" * 16, "Anna", ANNA)
    for length in (10, 20_000, 65_535, 65_536, 200_000, 3):
        pen.act([("customers", row_id(1), "note", sign * length)] * 3, params=json.dumps(sign * 20_000))
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
    assert read(tmp_path / "a.crmb") == pen.items


def test_the_largest_text_comes_back_and_a_larger_one_is_not_sent(tmp_path: Path) -> None:
    pen = Pen("aa" * 16, "Anna", ANNA)
    pen.act([("customers", row_id(1), "note", "x" * (16 << 20))])
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
    assert read(tmp_path / "a.crmb") == pen.items
    pen.act([("customers", row_id(1), "note", "x" * ((16 << 20) + 1))])
    with pytest.raises(Refused, match=row_id(1)):
        write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)


def test_empty_slices_and_a_bundle_without_any_are_bundles(tmp_path: Path) -> None:
    idle, busy, last = Pen("aa" * 16, "Anna", ANNA), Pen("bb" * 16, "Ben", BEN), Pen("cc" * 16, "Cleo", ANNA)
    busy.act([("customers", row_id(1), "name", "x")])
    for pens in ((idle, busy, last), (idle,)):
        write_bundle(tmp_path / "a.crmb", manifest_of(*pens), items_of(*pens), ANNA)
        assert read(tmp_path / "a.crmb") == items_of(*pens)
    write_bundle(tmp_path / "a.crmb", manifest_of(idle, slices=()), [], ANNA)
    assert read(tmp_path / "a.crmb") == []


def test_the_journal_of_a_file_has_the_chain_that_a_bundle_is_checked_with(crm: Crm) -> None:
    crm.customers.add({"name": "Northwind"})
    with crm.store.reader() as db:
        dev, n, at, person, kind, verb, params, salt, first, last, after = db.execute(
            "SELECT dev, n, at, person, kind, verb, params, salt, first, last, chain FROM action "
            "ORDER BY id DESC LIMIT 1"
        ).fetchone()
        before = db.execute("SELECT chain FROM action WHERE dev = ? AND n = ?", (dev, n - 1)).fetchone()
        told = list(chain.changes_of(db, dev, first, last))
    header = action_header(n, at, person, kind, verb, params, None, ())
    assert chain.link(before[0] if before else bytes(32), header, salt, told) == after


# sealed


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, list[Item]]:
    """A file name for a small bundle and what it is to hold."""
    return tmp_path / "small.crmb", items_of(*small_logs())


def test_a_passphrase_opens_what_it_has_sealed_and_nothing_else_does(small: tuple[Path, list[Item]]) -> None:
    path, items = small
    plain = write_bundle(path, manifest_of(*small_logs()), items, ANNA).hash
    sealed = write_bundle(path, manifest_of(*small_logs()), items, ANNA, passphrase="käse 奶酪")
    with read_bundle(path, passphrase="käse 奶酪") as bundle:
        assert items_in(bundle) == items
        assert bundle.hash == plain == sealed.hash
        assert bundle.file_hash == file_hash(path) != plain
        assert bundle.sealed
    assert b"Anna" not in path.read_bytes()
    for how in ({}, {"passphrase": "kase"}, {"passphrase": ""}, {"identities": [ANNA.identity]}):
        with pytest.raises(WrongKey) as caught:
            read(path, **how)
        assert caught.value.exit_code == 4


def test_recipients_open_what_was_sealed_for_them(small: tuple[Path, list[Item]]) -> None:
    path, items = small
    write_bundle(path, manifest_of(*small_logs()), items, ANNA, recipients=[ANNA.recipient, BEN.recipient])
    for key in (ANNA, BEN):
        assert read(path, identities=[MachineKey(b"x" * 32).identity, key.identity]) == items
    for how in ({}, {"passphrase": "x"}, {"identities": [MachineKey(b"x" * 32).identity]}):
        with pytest.raises(WrongKey):
            read(path, **how)


@pytest.mark.parametrize(
    "how",
    [
        {"passphrase": ""},
        {"passphrase": "\ud800"},
        {"passphrase": "x", "recipients": [ANNA.recipient]},
        {"recipients": ["age1nothing"]},
        {"recipients": [ANNA.identity]},
    ],
)
def test_what_cannot_seal_is_refused_and_leaves_no_file(small: tuple[Path, list[Item]], how: dict[str, object]) -> None:
    path, items = small
    with pytest.raises(Refused):
        write_bundle(path, manifest_of(*small_logs()), items, ANNA, **how)  # type: ignore[arg-type]
    assert list(path.parent.glob("*small*")) == []


# refused to write


def test_what_others_would_refuse_is_not_written(small: tuple[Path, list[Item]]) -> None:
    path, items = small
    manifest = manifest_of(*small_logs())
    write_bundle(path, manifest, items, ANNA)
    before = path.read_bytes()
    head, change = next((a, b) for a, b in pairwise(items) if isinstance(a, ActionHead))
    k = items.index(head)
    wrong: list[list[Item]] = [
        items[1:],
        items[:-1],
        [*items, items[-1]],
        items[::-1],
        [*items[:k], replace(head, verb="Other"), *items[k + 1 :]],
        [*items[: k + 1], replace(change, row="NOT AN ID"), *items[k + 2 :]],
        [*items[: k + 1], replace(change, field='x"; DROP TABLE customers'), *items[k + 2 :]],
        [*items[: k + 1], replace(change, noun="Customers"), *items[k + 2 :]],
        [*items[: k + 1], replace(change, value=2**63), *items[k + 2 :]],
        [*items[: k + 1], replace(change, value="\ud800"), *items[k + 2 :]],
        [*items[: k + 1], replace(change, value=0.5), *items[k + 2 :]],
        [*items[: k + 1], replace(change, value=True), *items[k + 2 :]],
        [*items[: k + 1], replace(change, value="no object"), *items[k + 2 :]],
    ]
    for case in wrong:
        with pytest.raises(Refused):
            write_bundle(path, manifest, case, ANNA)
    with pytest.raises(Refused):
        write_bundle(path, manifest, items, BEN)
    for more in (
        {"workspace": "short"},
        {"changes": 1},
        {"made": -1},
        {"extra": {"x": 0.5}},
        {"fingerprint": "\ud800"},
        {"extra": {"x": "y" * (2 << 20)}},
    ):
        with pytest.raises(Refused):
            write_bundle(path, manifest_of(*small_logs(), **more), items, ANNA)  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.glob("*small*")] == ["small.crmb"]


@pytest.mark.parametrize("how", [{}, {"passphrase": "x"}, {"recipients": [ANNA.recipient]}])
def test_an_export_that_is_stopped_or_fails_leaves_the_old_file(tmp_path: Path, how: dict[str, object]) -> None:
    pen, path, stop = large_log(9000, 40), tmp_path / "a.crmb", threading.Event()
    path.write_bytes(b"old")

    def broken() -> Iterator[Item]:
        yield from pen.items[:6000]
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_bundle(path, manifest_of(pen), broken(), ANNA, **how)  # type: ignore[arg-type]
    with pytest.raises(Cancelled):
        write_bundle(path, manifest_of(pen), pen.items, ANNA, progress=lambda done: stop.set(), stop=stop, **how)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.glob("*a.crmb*")] == ["a.crmb"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_full_disk_while_unpacking_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pen = large_log(2000, 40)
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA, recipients=[ANNA.recipient])
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", lambda **_: io.FileIO("/dev/full", "r+"))
    with pytest.raises(BadFile, match="no room"):
        read(tmp_path / "a.crmb", identities=[ANNA.identity])


_FULL = """
import pathlib, resource, sys
from crm_tui.errors import BadFile
from crm_tui.sync.bundle_file import write_bundle
from tests.sync.penned_logs import ANNA, large_log, manifest_of
pen = large_log(20_000, 40)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
for how in ({}, {"recipients": [ANNA.recipient]}, {"passphrase": "x"}):
    try:
        write_bundle(pathlib.Path(sys.argv[1]), manifest_of(pen), pen.items, ANNA, **how)
    except BadFile as refusal:
        print(refusal)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit for files there")
def test_a_full_disk_while_writing_is_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.crmb"
    path.write_bytes(b"old")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _FULL, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    said = done.stdout.splitlines()
    assert len(said) == 3
    assert all(str(path) in line and "cannot be written" in line for line in said)
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.glob("*a.crmb*")] == ["a.crmb"]


def test_a_folder_that_is_missing_or_not_ours_is_a_sentence(tmp_path: Path) -> None:
    pen = large_log(10, 5)
    for path in (tmp_path / "none" / "a.crmb", tmp_path, Path("/proc/a.crmb")):
        with pytest.raises(CrmError):
            write_bundle(path, manifest_of(pen), pen.items, ANNA)
        with pytest.raises(CrmError):
            read(path)
        with pytest.raises(CrmError):
            file_hash(path)


def test_a_bundle_is_readable_by_its_owner_alone(small: tuple[Path, list[Item]]) -> None:
    path, items = small
    path.write_bytes(b"an older one that all may read")
    path.chmod(0o644)
    write_bundle(path, manifest_of(*small_logs()), items, ANNA)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# read


def test_reading_can_be_stopped_and_tells_how_far_it_is(tmp_path: Path) -> None:
    pen, stop, told = large_log(9000, 40), threading.Event(), list[int]()
    write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
    with read_bundle(tmp_path / "a.crmb", progress=told.append):
        assert told[-1] == 9000
        assert told == sorted(told)
        assert len(told) > 5
    stop.set()
    with pytest.raises(Cancelled):
        read(tmp_path / "a.crmb", stop=stop)
    with pytest.raises(Cancelled):
        inspect(tmp_path / "a.crmb", stop=stop)


def test_limits_are_kept(tmp_path: Path) -> None:
    pen = large_log(3000, 40)
    for how in ({}, {"recipients": [ANNA.recipient]}):
        size = write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA, **how).bytes  # type: ignore[arg-type]
        for limits in (Limits(file=size - 1), Limits(raw=50_000), Limits(manifest=100)):
            with pytest.raises(BadFile) as caught:
                read(tmp_path / "a.crmb", limits=limits, identities=[ANNA.identity])
            assert getattr(caught.value, "reason", None) == "large"
        assert read(tmp_path / "a.crmb", limits=Limits(file=size), identities=[ANNA.identity]) == pen.items


def test_inspect_prints_what_is_in_a_bundle(small: tuple[Path, list[Item]]) -> None:
    path, items = small
    write_bundle(path, manifest_of(*small_logs()), items, ANNA, passphrase="x")
    shown = json.loads(json.dumps(inspect(path, passphrase="x")))
    assert shown["sender"]["name"] == "Anna"
    assert shown["code"] == code_of(ANNA.public)
    assert (shown["changes"], shown["actions"], shown["sealed"]) == (11, 5, True)
    assert shown["changes_by_noun"] == {"customers": 7, "key_dates": 1, "orders": 2, "phones": 1}
    assert shown["new_rows_by_noun"] == {"customers": 1, "phones": 1}
    assert shown["actions_by_verb"] == {"Changed {name}": 5}
    assert [part["end"][0] for part in shown["slices"]] == [6, 12]


_CHILD = """
import resource, sys, pathlib
from crm_tui.sync.bundle_file import read_bundle
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
import crm_tui.store.chain, zstandard, cryptography.hazmat.primitives.asymmetric.ed25519
before, count = peak(), 0
with read_bundle(pathlib.Path(sys.argv[1])) as bundle:
    for part in bundle.parts(): count += len(part.heads) + len(part.seqs)
print(count, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
def test_memory_does_not_grow_with_the_bundle(tmp_path: Path) -> None:
    used = []
    for changes in (40_000, 160_000):
        pen = large_log(changes, 10)
        write_bundle(tmp_path / "a.crmb", manifest_of(pen), pen.items, ANNA)
        done = subprocess.run(
            [sys.executable, "-c", _CHILD, str(tmp_path / "a.crmb")], capture_output=True, text=True, check=True
        )
        count, kilobytes = map(int, done.stdout.split())
        assert count == len(pen.items)
        used.append(kilobytes)
    assert used[1] < 48 * 1024
    assert used[1] < used[0] + 12 * 1024
