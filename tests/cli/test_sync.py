"""Machines that meet by files and folders, each step a process: killed, full, read-only, at once: nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_tui.cli.run import run
from tests.cli.machines_of_processes import Laptop, limited

ROWS = 1500


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Anna with some thousand customers, Ben who has joined before; both homes to be copied."""
    place = tmp_path_factory.mktemp("prepared")
    anna, ben = Laptop(place, "anna"), Laptop(place, "ben")
    anna.ok("new", "customer", "王芳", "--phone", "13800138000")
    anna.ok("device", "name", "anna")
    anna.ok("bundle", "export", place / "first.crmb")
    ben.ok("join", place / "first.crmb", "--accept-key", "any")
    ben.ok("device", "name", "ben")
    ben.ok("bundle", "export", place / "ben.crmb")
    anna.ok("bundle", "import", place / "ben.crmb", "--accept-key", "any")
    many = place / "many.csv"
    many.write_text("name,phone\n" + "".join(f"客户 {n},139{n:08d}\n" for n in range(ROWS)), "utf-8")
    anna.ok("import", many)
    anna.ok("bundle", "export", place / "all.crmb")
    return place


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Path:
    """The prepared machines, copied as whole disks are, and an empty folder."""
    target = tmp_path / "office"
    shutil.copytree(prepared, target)
    for lock in target.rglob("*.lock"):
        lock.unlink()
    (target / "shared").mkdir()
    return target


@pytest.fixture
def pair(place: Path) -> tuple[Laptop, Laptop]:
    return Laptop(place, "anna"), Laptop(place, "ben")


# commands


def test_two_machines_exchange_bundles_and_agree(pair, place) -> None:
    anna, ben = pair
    told = ben.ok("bundle", "import", place / "all.crmb", "--dry-run")
    assert not told["applied"]
    done = ben.ok("bundle", "import", place / "all.crmb")
    assert done == {**told, "applied": True}
    assert done["changes"] == done["changes_new"] + done["changes_known"]
    assert done["from"] == "anna"
    rows = sum(done[f"rows_{kind}"] for kind in ("created", "updated", "trashed", "untouched"))
    assert rows >= ROWS
    again = ben.ok("bundle", "import", place / "all.crmb")
    assert again["changes_new"] == again["rows_created"] == 0
    ben.ok("bundle", "export", place / "back.crmb", "--for", "anna")
    anna.ok("bundle", "import", place / "back.crmb")
    ben.ok("bundle", "import", place / "all.crmb")
    assert anna.digest() == ben.digest()


def test_a_bundle_says_what_it_holds(pair, place) -> None:
    anna, _ = pair
    said = anna.ok("bundle", "inspect", place / "all.crmb")
    assert said["sender"]["name"] == "anna"
    assert said["changes_by_noun"]["customers"] == ROWS + 1
    assert "anna" in anna.run("bundle", "inspect", place / "all.crmb").out
    out = anna.ok("bundle", "export", place / "new.crmb")
    assert set(out) == {"bundle", "changes", "since", "bytes"}
    assert out["bytes"] == (place / "new.crmb").stat().st_size


def test_bundles_on_one_line_come_in_whatever_order_they_need(pair, place) -> None:
    anna, ben = pair
    ben.ok("bundle", "import", place / "all.crmb")
    ben.ok("bundle", "export", place / "receipt.crmb")
    anna.ok("bundle", "import", place / "receipt.crmb")
    names = []
    for turn in range(3):
        anna.ok("new", "customer", f"late {turn}")
        names.append(place / f"{turn}.crmb")
        anna.ok("bundle", "export", names[-1], "--for", "ben")
    done = ben.ok("bundle", "import", *reversed(names))
    assert len(done) == 3
    assert anna.digest() == ben.digest()


def test_a_passphrase_seals_a_bundle(pair, place) -> None:
    anna, ben = pair
    (place / "phrase").write_text("芝麻开门\n", "utf-8")
    (place / "wrong").write_text("sesame\n", "utf-8")
    anna.ok("bundle", "export", place / "sealed.crmb", "--passphrase-file", place / "phrase")
    assert ben.run("bundle", "import", place / "sealed.crmb").code == 4
    assert ben.run("bundle", "import", place / "sealed.crmb", "--passphrase-file", place / "wrong").code == 4
    assert ben.run("bundle", "import", place / "sealed.crmb", "--passphrase-file", place / "absent").code == 3
    assert ben.run("bundle", "inspect", place / "sealed.crmb").code == 4
    assert ben.ok("bundle", "inspect", place / "sealed.crmb", "--passphrase-file", place / "phrase")["sealed"]
    ben.ok("bundle", "import", place / "sealed.crmb", "--passphrase-file", place / "phrase")
    anna.ok("bundle", "export", place / "for-ben.crmb", "--recipient", "ben")
    ben.ok("bundle", "import", place / "for-ben.crmb")
    assert anna.run("bundle", "import", place / "for-ben.crmb").code == 4


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_refusals_are_sentences_with_their_code(pair, place, lang: str) -> None:
    _, ben = pair
    (place / "junk.crmb").write_bytes(b"\0" * 100)
    (place / "cut.crmb").write_bytes((place / "all.crmb").read_bytes()[:5000])
    stranger = Laptop(place, "stranger")
    stranger.ok("new", "customer", "x")
    stranger.ok("bundle", "export", place / "stranger.crmb")
    digest = ben.digest()
    cases = [
        (3, ("bundle", "import", place / "junk.crmb")),
        (3, ("bundle", "import", place / "cut.crmb")),
        (3, ("bundle", "import", place / "absent.crmb")),
        (3, ("bundle", "import", place)),
        (1, ("bundle", "import", place / "stranger.crmb")),
        (3, ("bundle", "inspect", place / "junk.crmb")),
        (1, ("bundle", "export", place / "x.crmb", "--for", "nobody")),
        (3, ("bundle", "export", place / "no" / "x.crmb")),
        (2, ("bundle", "export", place / "x.crmb", "--for", "anna", "--all")),
        (2, ("bundle",)),
        (2, ("bundle", "frob")),
        (3, ("sync", place / "absent")),
        (1, ("resolve", "17", "--keep", "mine")),
        (1, ("device", "distrust", "ben")),
        (1, ("device", "trust", "nobody")),
    ]
    for code, words in cases:
        done = ben.run("--lang", lang, *words)
        assert done.code == code, (words, done)
        assert done.out == ""
        if code != 2:
            assert len(done.err.strip().splitlines()) == 1, done.err
            assert lang == "en" or any("一" <= sign <= "龥" for sign in done.err), done.err
    assert ben.digest() == digest


def test_a_bad_bundle_begins_no_file_and_a_good_one_asks_for_its_code(place, prepared) -> None:
    carl = Laptop(place, "carl")
    (place / "junk.crmb").write_bytes(b"junk")
    assert carl.run("join", place / "junk.crmb").code == 3
    assert carl.run("bundle", "import", place / "all.crmb").code == 1
    assert not (carl.home / "crm.db").exists()
    done = carl.run("join", place / "all.crmb")
    assert done.code == 1
    assert "--accept-key" in done.err
    code = done.err.split("--accept-key ")[1].split()[0]
    carl.ok("join", place / "all.crmb", "--accept-key", code)
    assert carl.ok("find", "客户 17")["count"] >= 1


def test_who_joins_says_with_as_who_he_is(pair, place) -> None:
    anna, _ = pair
    anna.ok("people", "add", "Carl")
    anna.ok("bundle", "export", place / "with-people.crmb")
    carl = Laptop(place, "carl")
    carl.ok("join", place / "with-people.crmb", "--accept-key", "any", "--as", "Carl")
    assert carl.ok("people", "me")["name"] == "Carl"
    dora = Laptop(place, "dora")
    done = dora.run("join", place / "with-people.crmb", "--accept-key", "any", "--as", "Nobody")
    assert done.code == 1
    assert "Carl" in done.err
    assert dora.ok("find", "王芳")["count"] == 1


def test_a_conflict_is_listed_and_settled_for_both(pair, place) -> None:
    anna, ben = pair
    for laptop, region in ((anna, "North"), (ben, "South")):
        laptop.ok("edit", "王芳", f"region={region}")
    shared = place / "shared"
    assert anna.ok("sync", shared)["conflicts"] == 0
    assert ben.ok("sync", shared)["conflicts"] == 1
    assert anna.ok("sync", shared)["conflicts"] == 1
    [mine] = anna.ok("conflicts")["conflicts"]
    assert {side["value"] for side in mine["sides"]} == {"North", "South"}
    assert [side["value"] for side in mine["sides"] if side["mine"]] == ["North"]
    said = anna.run("conflicts").out
    assert str(mine["number"]) in said
    assert "South" in said
    assert "原来" in anna.run("--lang", "zh", "conflicts").out
    anna.ok("resolve", mine["number"], "--keep", "West")
    ben.ok("sync", shared) if anna.ok("sync", shared) else None
    for laptop in pair:
        assert laptop.ok("conflicts")["count"] == 0
        assert laptop.ok("card", "王芳")["region"] == "West"


def test_machines_are_listed_named_trusted_and_distrusted(pair, place) -> None:
    anna, ben = pair
    rows = {row["name"]: row for row in anna.ok("devices")}
    assert rows["anna"]["own"]
    assert not rows["ben"]["own"]
    assert rows["ben"]["trust"] == "accepted"
    assert len(rows["ben"]["code"]) == 14
    assert rows["ben"]["code"] in anna.run("device").out
    anna.ok("device", "distrust", "ben")
    ben.ok("new", "customer", "after")
    ben.ok("bundle", "export", place / "after.crmb")
    assert anna.run("bundle", "import", place / "after.crmb").code == 1
    anna.ok("device", "trust", "ben")
    anna.ok("bundle", "import", place / "after.crmb")
    assert anna.ok("find", "after")["count"] == 1


def test_a_new_log_begins_with_the_next_change(pair, place) -> None:
    anna, _ = pair
    anna.ok("sync", place / "shared")
    own = next(row for row in anna.ok("devices") if row["own"])
    assert anna.ok("device", "new")["log"] is None
    anna.ok("new", "customer", "in a new log")
    anna.ok("sync", place / "shared")
    assert len(next(row for row in anna.ok("devices") if row["own"])["logs"]) == len(own["logs"]) + 1


def test_watching_carries_what_is_written_here_and_there_and_ends_with_ctrl_c(pair, place) -> None:
    anna, ben = pair
    shared = place / "shared"
    anna.ok("sync", shared)
    ben.ok("sync", shared)
    child = anna.start("sync", shared, "--watch", "--every", "0.2")
    try:
        ben.ok("new", "customer", "of ben")
        ben.ok("sync", shared)
        anna.ok("new", "customer", "of anna")
        until = time.monotonic() + 20
        while time.monotonic() < until and not (anna.ok("find", "of ben")["count"] and _sent(ben, shared)):
            time.sleep(0.2)
        assert anna.ok("find", "of ben")["count"] == 1
        assert ben.ok("find", "of anna")["count"] == 1
        shared.rename(place / "pulled out")
        time.sleep(1)
        (place / "pulled out").rename(shared)
        assert child.poll() is None
    finally:
        child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    assert child.returncode == 0, err
    assert "Traceback" not in err
    assert "no folder" in err
    assert "received" in out


def _sent(ben: Laptop, shared: Path) -> bool:
    ben.ok("sync", shared)
    return bool(ben.ok("find", "of anna")["count"])


# kills


def moments(seconds: float, count: int) -> Iterator[float]:
    """Random moments in a command's life, few of them before it has begun to work."""
    dice = random.Random(count)
    for _ in range(count):
        yield dice.uniform(0.25, 0.95) * seconds


def kill_exports(anna: Laptop, place: Path, count: int) -> int:
    target = place / "out.crmb"
    anna.ok("bundle", "export", target)
    digest, seconds, hits = anna.digest(), anna.took("bundle", "export", target), 0
    anna.ok("new", "customer", "more")
    digest, old = anna.digest(), target.read_bytes()
    for after in moments(seconds, count):
        hits += anna.killed(after, "bundle", "export", target)
        assert anna.run("bundle", "inspect", target).code == 0, "before or after, never between"
        assert anna.digest() == digest
    anna.ok("bundle", "export", target)
    assert target.read_bytes() != old
    return hits


def kill_imports(pair: tuple[Laptop, Laptop], place: Path, count: int) -> int:
    _, ben = pair
    before = ben.digest()
    spare = place / "spare"
    shutil.copytree(ben.home, spare)
    seconds, hits = ben.took("bundle", "import", place / "all.crmb"), 0
    after_digest = ben.digest()
    for after in moments(seconds, count):
        shutil.rmtree(ben.home)
        shutil.copytree(spare, ben.home)
        hits += ben.killed(after, "bundle", "import", place / "all.crmb")
        assert ben.digest() in (before, after_digest)
        ben.ok("bundle", "import", place / "all.crmb")
        assert ben.digest() == after_digest
        left = {path.name for path in ben.home.iterdir() if path.name.startswith(".crm-tui")}
        assert all(name.endswith(".stage") for name in left)
    return hits


def kill_syncs(pair: tuple[Laptop, Laptop], place: Path, count: int) -> int:
    anna, ben = pair
    shared = place / "shared"
    whole, hits = anna.took("sync", shared), 0
    ben.ok("sync", shared)
    anna.ok("new", "customer", "first")
    small = anna.took("sync", shared)
    dice = random.Random(3)
    for turn, share in enumerate(moments(1, count)):
        laptop = pair[turn % 2]
        after = share * (small if turn % 5 else whole)
        if turn % 5 == 0:
            shutil.rmtree(shared)
            shared.mkdir()
        laptop.ok("new", "customer", f"turn {turn}")
        hits += laptop.killed(after, "sync", shared)
        segments = list(shared.rglob("*.crmb"))
        for path in dice.sample(segments, min(2, len(segments))):
            assert laptop.run("bundle", "inspect", path).code == 0, path
        other = pair[(turn + 1) % 2]
        said = other.ok("sync", shared)
        assert (said["problems"], said["unfinished"]) == ([], [])
        if turn % 3 == 0:
            meet(pair, shared)
    meet(pair, shared)
    return hits


def meet(pair: tuple[Laptop, Laptop], shared: Path) -> None:
    anna, ben = pair
    for laptop in (anna, ben, anna, ben):
        laptop.ok("sync", shared)
    assert anna.digest() == ben.digest()
    assert anna.ok("sync", shared)["sent"] == ben.ok("sync", shared)["sent"] == 0


def test_kill_9_in_an_export_leaves_the_old_file_or_the_new(pair, place) -> None:
    kill_exports(pair[0], place, 6)


def test_kill_9_in_an_import_leaves_the_state_before_or_after(pair, place) -> None:
    kill_imports(pair, place, 6)


def test_kill_9_in_a_folder_sync_loses_nothing(pair, place) -> None:
    kill_syncs(pair, place, 6)


@pytest.mark.campaign
@pytest.mark.parametrize("what", ["export", "import", "sync"])
def test_kill_9_at_50_moments(pair, place, what: str) -> None:
    if what == "export":
        hits = kill_exports(pair[0], place, 50)
    else:
        hits = (kill_imports if what == "import" else kill_syncs)(pair, place, 50)
    print(f"{what}: 50 kills, {hits} while it ran")
    assert hits >= 25


# at once, full, read-only


def test_two_processes_that_import_at_once_take_it_in_once(pair, place) -> None:
    anna, ben = pair
    children = [ben.start("bundle", "import", place / "all.crmb", "--json") for _ in range(2)]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], said
    twin = Laptop(place, "twin")
    twin.ok("join", place / "all.crmb", "--accept-key", "any")
    assert len(ben.ok("find", "客户", "--limit", "5000")["items"]) >= ROWS
    ben.ok("bundle", "export", place / "back.crmb")
    anna.ok("bundle", "import", place / "back.crmb")
    assert anna.digest() == ben.digest()


def test_two_processes_that_sync_one_file_at_once_agree(pair, place) -> None:
    anna, ben = pair
    anna.ok("sync", place / "shared")
    ben.ok("new", "customer", "x")
    children = [ben.start("sync", place / "shared") for _ in range(3)]
    said = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], said
    meet(pair, place / "shared")


@pytest.mark.parametrize("room", [20_000, 200_000, 1_000_000])
def test_a_disk_that_is_full_is_a_sentence_and_changes_nothing(pair, place, room: int) -> None:
    _, ben = pair
    before = ben.digest()
    size = (ben.home / "crm.db").stat().st_size
    done = ben.run("bundle", "import", place / "all.crmb", before=limited(size + room))
    assert done.code != 0
    assert len(done.err.strip().splitlines()) == 1, done.err
    assert ben.digest() == before
    ben.ok("bundle", "import", place / "all.crmb")


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """A small file system at `folder`; skips where this machine does not allow one."""
    if os.geteuid() or subprocess.run(["mount", *options, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mounts")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_an_export_onto_a_full_stick_leaves_the_older_bundle(pair, place) -> None:
    anna, _ = pair
    stick = place / "stick"
    stick.mkdir()
    with mounted(stick, "-t", "tmpfs", "-o", "size=32k", "tmpfs"):
        (stick / "all.crmb").write_bytes(b"older")
        done = anna.run("bundle", "export", stick / "all.crmb")
        assert done.code == 3, done.err
        assert [(path.name, path.read_bytes()) for path in stick.iterdir()] == [("all.crmb", b"older")]


def test_a_stick_that_is_full_keeps_whole_segments_and_goes_on_when_there_is_room(pair, place) -> None:
    anna, _ = pair
    stick = place / "stick"
    stick.mkdir()
    with mounted(stick, "-t", "tmpfs", "-o", "size=32k", "tmpfs"):
        done = anna.run("sync", stick, "--json")
        assert done.code == 3, done.err
        assert "cannot be written" in done.err
        assert not [path for path in stick.rglob("*") if path.name.endswith(".part")]
        for path in stick.rglob("*.crmb"):
            assert anna.run("bundle", "inspect", path).code == 0
        subprocess.run(["mount", "-o", "remount,size=8m", str(stick)], check=True)
        meet(pair, stick)


def test_a_folder_that_may_only_be_read_is_read(pair, place) -> None:
    anna, ben = pair
    shared = place / "shared"
    anna.ok("sync", shared)
    with mounted(shared, "--bind", str(shared)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(shared)], check=True)
        done = ben.run("sync", shared, "--json")
        assert done.code == 4
        assert done.data["received"] > ROWS
        assert "cannot be written" in done.err
        assert len(done.err.strip().splitlines()) == 1
    meet(pair, shared)


def test_a_stick_that_is_pulled_out_in_the_middle_is_a_sentence(pair, place) -> None:
    anna, ben = pair
    stick = place / "shared"
    anna.ok("sync", stick)
    before = ben.digest()
    child = ben.start("sync", stick)
    time.sleep(0.25)
    stick.rename(place / "pulled")
    _, err = child.communicate(timeout=60)
    assert "Traceback" not in err
    ben.digest()
    assert before
    (place / "pulled").rename(stick)
    meet(pair, stick)


def test_the_commands_are_listed_with_their_help(capsys) -> None:
    for words in (
        ["--help"],
        ["bundle", "--help"],
        ["sync", "--help"],
        ["device", "--help"],
        ["--lang", "zh", "join", "--help"],
    ):
        assert run(words) == 0
        assert capsys.readouterr().out
