"""A folder that machines share: whatever any of them wrote or saw reaches all, in any order, once."""

from __future__ import annotations

import json
import random
import shutil
import threading
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, Cancelled, Refused
from crm_tui.services.crm import Crm
from crm_tui.services.machines import machine_id
from crm_tui.store import backup
from crm_tui.sync.bundles import Bundles
from crm_tui.sync.folder import FolderReport, sync_folder
from tests.conftest import NOW, ZONE
from tests.sync.test_bundles import Desk


class Office:
    """Machines of one company and the folder that they share."""

    def __init__(self, place: Path, *names: str) -> None:
        self.place = place
        self.folder = place / "shared"
        self.folder.mkdir()
        self.desks: dict[str, Desk] = {}
        first, *others = names
        self.hire(first)
        self[first].export("all.crmb")
        for name in others:
            self.join(name, first)

    def hire(self, name: str) -> Desk:
        self.desks[name] = Desk(self.place, name)
        return self.desks[name]

    def join(self, name: str, by: str) -> Desk:
        desk = self.hire(name)
        self[by].export("all.crmb")
        desk.bundles.join(self[by].home / "all.crmb", accept_key="any")
        return desk

    def __getitem__(self, name: str) -> Desk:
        return self.desks[name]

    def add(self, name: str, customer: str) -> str:
        return self[name].crm.customers.create({"name": customer}).ids[0]

    def sync(self, *names: str, **options) -> list[FolderReport]:
        options.setdefault("accept", ["any"])
        return [sync_folder(self[name].bundles, self.folder, **options) for name in names or self.desks]

    def settle(self, *names: str) -> None:
        for _ in range(3):
            self.sync(*names)

    def digests(self, *names: str) -> set[str]:
        return {self[name].crm.digest() for name in names or self.desks}

    def names(self, name: str) -> set[str]:
        return {row for (row,) in self[name].crm.store.reader().execute("SELECT name FROM customers")}

    def dir(self, name: str) -> Path:
        return self.folder / machine_id(self[name].bundles.key.public)

    def segments(self, name: str) -> list[Path]:
        return sorted(self.dir(name).glob("*.crmb"))

    def state(self) -> dict[str, tuple[int, bytes]]:
        return {
            str(path.relative_to(self.folder)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }

    def close(self) -> None:
        for desk in self.desks.values():
            desk.crm.close()


@pytest.fixture
def office(tmp_path: Path):
    made: list[Office] = []

    def make(*names: str) -> Office:
        made.append(Office(tmp_path, *names))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_what_three_machines_write_reaches_all_of_them(office) -> None:
    shop = office("anna", "ben", "carl")
    for name in shop.desks:
        shop.add(name, f"of {name}")
    shop.settle()
    assert shop.names("anna") == {"of anna", "of ben", "of carl"}
    assert len(shop.digests()) == 1


def test_running_it_again_changes_nothing_and_writes_nothing(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.add("ben", "x")
    shop.settle()
    folder, digests = shop.state(), shop.digests()
    versions = [desk.crm.store.reader().execute("PRAGMA data_version").fetchone() for desk in shop.desks.values()]
    for report in shop.sync():
        assert (report.sent, report.received, report.waiting, report.conflicts, report.problems) == (0, 0, [], 0, [])
    assert shop.state() == folder
    assert shop.digests() == digests
    assert versions == [
        desk.crm.store.reader().execute("PRAGMA data_version").fetchone() for desk in shop.desks.values()
    ]


def test_what_a_machine_wrote_that_never_uses_the_folder_reaches_all_by_those_who_saw_it(office) -> None:
    shop = office("anna", "ben", "carl", "dora")
    users = ("anna", "ben", "carl")
    shop.settle(*users)
    shop.add("dora", "of dora")
    shop["dora"].export("from-dora.crmb")
    shop["anna"].bundles.take(shop["dora"].home / "from-dora.crmb", accept_key="any")
    shop.add("anna", "after dora")
    shop.settle(*users)
    assert {"of dora", "after dora"} <= shop.names("carl")
    assert len(shop.digests(*users)) == 1


def test_machines_that_saw_each_other_come_in_together_where_each_alone_would_wait(office) -> None:
    """Two joined logs, each of which has seen the other, can only be taken in at once."""
    shop = office("anna", "ben", "carl")
    for turn in range(4):
        shop.add("anna", f"a{turn}")
        shop.sync("anna", "ben")
        shop.add("ben", f"b{turn}")
        shop.sync("ben", "anna")
    for name in ("anna", "ben"):  # as if everything had been joined
        shutil.rmtree(shop.dir(name))
    shop.sync("anna", "ben")
    assert shop.sync("carl")[0].waiting == []
    assert {"a3", "b3"} <= shop.names("carl")
    shop.settle()
    assert len(shop.digests()) == 1


def test_a_new_machine_gets_everything_by_the_folder(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    late = shop.join("late", "anna")
    for turn in range(3):
        shop.add("ben", f"x{turn}")
        shop.settle("anna", "ben")
    shop.settle()
    assert late.crm.digest() == shop["anna"].crm.digest()


def test_a_half_copied_segment_is_left_for_the_next_time(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    shop.add("anna", "new")
    before = set(shop.segments("anna"))
    shop.sync("anna")
    [path] = set(shop.segments("anna")) - before
    whole, digest = path.read_bytes(), shop["ben"].crm.digest()
    for cut in (0, 1, 6, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut] + b"\0" * (len(whole) - cut if cut % 2 else 0))
        [report] = shop.sync("ben")
        assert report.received == 0
        assert len(report.unfinished) == 1
        assert str(path) in report.unfinished[0]
        assert not report.problems
        assert shop["ben"].crm.digest() == digest
    path.write_bytes(whole)
    [report] = shop.sync("ben")
    assert report.unfinished == []
    assert "new" in shop.names("ben")


def test_its_writer_mends_a_segment_that_was_cut(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    shop.add("anna", "new")
    before = set(shop.segments("anna"))
    shop.sync("anna")
    [path] = set(shop.segments("anna")) - before
    whole = path.read_bytes()
    path.write_bytes(whole[:50])
    shop.sync("anna")
    assert path.stat().st_size > 50
    shop.sync("ben")
    assert "new" in shop.names("ben")


def test_what_the_others_cannot_read_of_a_cut_segment_somebody_who_has_it_writes_again(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle()
    shop.add("anna", "new")
    before = set(shop.segments("anna"))
    shop.sync("anna", "ben")
    [path] = set(shop.segments("anna")) - before
    path.write_bytes(path.read_bytes()[:50])
    shop.sync("ben", "carl")
    assert "new" in shop.names("carl")


def test_unknown_names_are_not_looked_at(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    shop.add("anna", "new")
    shop.sync("anna")
    path = shop.segments("anna")[-1]
    stem = path.name.removesuffix(".crmb")
    for name in ("desktop.ini", ".DS_Store", f"{stem} (conflicted copy).crmb", f".{stem}.crmb.tmp", f"{stem}.crmb.part",
                 f"{stem.upper()}.crmb", "0.crmb", "-1.crmb"):  # fmt: skip
        (path.parent / name).write_bytes(b"nothing")
        (shop.folder / name).write_bytes(b"nothing")
    (shop.folder / "Old stuff").mkdir()
    (shop.folder / ("a" * 32)).mkdir()
    (path.parent / (f"{'b' * 32}-0-5-{'c' * 16}.crmb")).mkdir()
    (path.parent / (f"{'b' * 32}-0-6-{'c' * 16}.crmb")).symlink_to("/dev/zero")
    [report] = shop.sync("ben")
    assert (report.problems, report.unfinished) == ([], [])
    assert "new" in shop.names("ben")


def renamed(path: Path, start: int | None = None, end: int | None = None, log: str | None = None) -> Path:
    its, first, last, mark = path.name.removesuffix(".crmb").split("-")
    parts = (log or its, str(first if start is None else start), str(last if end is None else end), mark)
    return path.rename(path.with_name("-".join(parts) + ".crmb"))


@pytest.mark.parametrize("how", ["shorter", "longer", "other log", "other start"])
def test_a_wrong_name_hides_nothing(office, how: str) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle()
    shop.add("anna", "new")
    before = set(shop.segments("anna"))
    shop.sync("anna")
    [path] = set(shop.segments("anna")) - before
    _, start, end = path.name.split("-")[:3]
    match how:
        case "shorter":
            renamed(path, start=0, end=int(start))
        case "longer":
            renamed(path, end=int(end) + 1000)
        case "other log":
            other = shop.segments("ben")[0].name.split("-")
            renamed(path, log=other[0], start=0, end=int(other[2]))
        case "other start":
            renamed(path, start=int(end) - 1)
    shop.sync("ben")
    assert "new" in shop.names("ben")
    shop.settle()
    assert len(shop.digests()) == 1


def test_segments_may_arrive_in_any_order_and_what_waits_is_named(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle()
    shop.add("anna", "first")
    known = set(shop.folder.rglob("*.crmb"))
    shop.sync("anna", "ben")
    shop.add("ben", "knows of it")
    shop.sync("ben")
    late = {path for path in shop.folder.rglob("*.crmb") if path not in known and path.parent == shop.dir("anna")}
    kept = {path: path.read_bytes() for path in late}
    for path in late:
        path.unlink()
    [report] = shop.sync("carl")
    assert report.waiting == [("ben", "anna")]
    assert not {"first", "knows of it"} & shop.names("carl")
    for path, data in kept.items():
        path.write_bytes(data)
    [report] = shop.sync("carl")
    assert report.waiting == []
    assert {"first", "knows of it"} <= shop.names("carl")
    shop.settle()
    assert len(shop.digests()) == 1


def test_whoever_lost_his_folder_writes_it_again(office) -> None:
    shop = office("anna", "ben", "carl")
    for name in shop.desks:
        shop.add(name, f"of {name}")
    shop.settle()
    shutil.rmtree(shop.folder)
    shop.folder.mkdir()
    shop.settle()
    late = shop.join("late", "anna")
    shop.settle()
    assert late.crm.digest() == shop["carl"].crm.digest()


def test_small_segments_are_joined_and_go_when_everybody_of_the_folder_has_them(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle()
    for turn in range(20):
        shop.add("anna", f"x{turn}")
        shop.sync("anna", "ben")
    many = len(shop.segments("anna"))
    assert many >= 20, "carl has not been here: nothing goes"
    shop.settle()
    assert len(shop.segments("anna")) < 8
    assert len(shop.digests()) == 1
    late = shop.join("late", "anna")
    shop.settle()
    assert late.crm.digest() == shop["anna"].crm.digest()


def test_an_unknown_machine_is_told_with_its_code_and_read_when_it_is_accepted(office) -> None:
    shop = office("anna", "ben")
    shop.add("ben", "of ben")
    shop.sync("ben", accept=())
    [report] = shop.sync("anna", accept=())
    assert report.received == 0
    assert report.unknown == {shop["ben"].bundles.code: "ben"}
    assert shop["ben"].bundles.code in report.problems[0]
    [report] = shop.sync("anna", accept=["AAAA-BBBB-CCCC", shop["ben"].bundles.code])
    assert report.problems == []
    assert "of ben" in shop.names("anna")


def test_what_one_accepts_is_accepted_by_all(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle("anna", "carl")
    shop.add("ben", "of ben")
    shop.sync("ben", "anna")
    [report] = shop.sync("carl", accept=())
    assert report.problems == []
    assert "of ben" in shop.names("carl")


def test_the_folder_of_another_company_is_refused_and_left_alone(office, tmp_path) -> None:
    shop = office("anna")
    shop.sync()
    other = Desk(tmp_path, "other")
    other.crm.customers.create({"name": "x"})
    before, digest = shop.state(), other.crm.digest()
    for again in range(2):
        with pytest.raises(Refused, match="another company"):
            sync_folder(other.bundles, shop.folder, accept=["any"])
        assert (shop.state(), other.crm.digest()) == (before, digest)
        if not again:
            (shop.dir("anna") / "head.json").unlink()
            before = shop.state()
    other.crm.close()


def test_a_machine_that_is_trusted_no_more_brings_nothing_and_what_it_brought_before_stays(office) -> None:
    shop = office("anna", "ben", "carl")
    shop.settle("anna", "ben")
    shop.add("ben", "before")
    shop.settle("anna", "ben")
    shop["anna"].crm.machines.trust("ben", "distrusted")
    shop.add("ben", "after")
    shop.sync("ben")
    shop.settle("anna", "carl")
    assert "before" in shop.names("carl")
    assert "after" not in shop.names("anna") | shop.names("carl")
    assert len(shop.digests("anna", "carl")) == 1


def test_a_sealed_folder_is_read_by_known_machines_and_sealed_anew_for_one_that_joins(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    plain = [path.read_bytes() for path in shop.folder.rglob("*.crmb")]
    assert all(data.startswith(b"CRMB1") for data in plain)
    for _ in range(3):
        shop.add("anna", "secret")
        shop.sync(sealed=True)
    assert all(path.read_bytes().startswith(b"age-") for path in shop.folder.rglob("*.crmb"))
    assert len(shop.digests()) == 1
    before = shop.state()
    shop.sync(sealed=True)
    assert shop.state() == before
    late = shop.join("late", "anna")
    for _ in range(3):
        shop.add("ben", "more")
        shop.sync(sealed=True)
    for _ in range(3):
        shop.sync(sealed=True)
    assert late.crm.digest() == shop["anna"].crm.digest()
    assert len(shop.digests()) == 1


def test_an_old_file_put_back_gets_its_own_changes_from_the_folder(office, tmp_path) -> None:
    shop = office("anna", "ben")
    shop.settle()
    old = tmp_path / "old.db"
    shop["anna"].crm.backup(old)
    shop.add("anna", "lost and found")
    shop.settle()
    shop["anna"].crm.close()
    backup.restore(shop["anna"].home / "crm.db", old, NOW)
    shop["anna"].open()
    shop.add("anna", "written meanwhile")
    shop.settle()
    assert {"lost and found", "written meanwhile"} <= shop.names("anna")
    assert len(shop.digests()) == 1


def test_a_folder_that_is_not_there_is_told(office, tmp_path) -> None:
    shop = office("anna")
    with pytest.raises(BadFile, match="no folder"):
        sync_folder(shop["anna"].bundles, tmp_path / "absent")


def test_stopping_leaves_whole_steps(office) -> None:
    shop = office("anna", "ben")
    shop.add("anna", "x")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        shop.sync("anna", stop=stop)
    assert list(shop.folder.rglob("*.crmb")) == []
    shop.settle()
    assert len(shop.digests()) == 1


def test_a_head_that_was_forged_or_broken_is_not_believed(office) -> None:
    shop = office("anna", "ben")
    shop.settle()
    path = shop.dir("anna") / "head.json"
    said = json.loads(path.read_text("utf-8"))
    log = next(iter(said["head"]["have"]))
    said["head"]["have"][log] = 10**9
    mine = machine_id(shop["anna"].bundles.key.public)
    for text in (json.dumps(said), "", "[]", "{}", '{"head": 1, "signature": ""}', "\0" * 100, "[" * 100_000):
        path.write_text(text, "utf-8")
        assert shop.sync("ben")[0].problems == []
        assert shop["ben"].crm.machines.known_to_have(mine)[log] < 10**9


def test_a_forked_log_costs_only_itself(office, tmp_path) -> None:
    """A whole machine was copied: both write the same log on; nobody takes the second story in, all else goes on."""
    shop = office("anna", "ben", "carl")
    shop.settle()
    shop["carl"].crm.close()
    shutil.copytree(shop["carl"].home, tmp_path / "twin")
    shop["carl"].open()
    crm = Crm.open(tmp_path / "twin" / "crm.db", lambda: NOW, zone=ZONE)  # remembers nothing: goes on with the log
    assert crm.store.own_log() == shop["carl"].crm.store.own_log()
    shop.add("carl", "the one story")
    shop.sync("carl", "anna")
    crm.customers.create({"name": "the other story"})
    sync_folder(Bundles(crm, tmp_path / "twin"), shop.folder, accept=["any"])
    crm.close()
    shop.add("ben", "of ben")
    shop.sync("ben")
    [report] = shop.sync("anna")
    assert "of ben" in shop.names("anna")
    assert "the one story" in shop.names("anna")
    assert "the other story" not in shop.names("anna")
    assert any("rescue" in problem for problem in report.problems)


class Weather:
    """A folder as clouds make it: each machine has its own copy; files come late, half, in any order."""

    def __init__(self, place: Path, shop: Office, seed: int) -> None:
        self.dice = random.Random(seed)
        self.shop = shop
        self.copies = {name: place / f"cloud of {name}" for name in shop.desks}
        for copy in self.copies.values():
            copy.mkdir()

    def sync(self, name: str) -> None:
        sync_folder(self.shop[name].bundles, self.copies[name], accept=["any"])

    def carry(self, *, whole: bool = False) -> None:
        """Bring each machine's own folder to the others: some files, some of them half."""
        for name, copy in self.copies.items():
            own = copy / self.shop.dir(name).name
            for other in self.copies.values():
                if other is not copy and own.is_dir():
                    self._bring(own, other / own.name, whole)

    def _bring(self, source: Path, target: Path, whole: bool) -> None:
        target.mkdir(exist_ok=True)
        files = sorted(source.iterdir())
        self.dice.shuffle(files)
        for file in files:
            luck = 1.0 if whole else self.dice.random()
            data = file.read_bytes()
            if luck > 0.4:
                (target / file.name).write_bytes(data)
            elif luck > 0.25:
                (target / file.name).write_bytes(data[: self.dice.randrange(len(data))])
        for file in target.iterdir():
            if not (source / file.name).exists() and (whole or self.dice.random() < 0.5):
                file.unlink()

    def work(self, name: str) -> None:
        crm, dice = self.shop[name].crm, self.dice
        rows = [row for (row,) in crm.store.reader().execute("SELECT id FROM customers ORDER BY id")]
        match dice.randrange(4) if rows else 0:
            case 0:
                crm.customers.create({"name": f"of {name} {dice.random()}"})
            case 1:
                crm.customers.edit(dice.choice(rows), {"region": dice.choice(["N", "S", None])})
            case 2:
                conflicts = crm.conflicts.rows()
                if conflicts:
                    crm.conflicts.resolve(conflicts[0].number, "value", "W")
            case 3:
                with crm.store.action("Trashed") as work:
                    work.write("customers", [dice.choice(rows)], "deleted", dice.choice(["trashed", None]))


def stormy(place: Path, seed: int) -> None:
    shop = Office(place, "anna", "ben", "carl", "outsider")
    shop.add("anna", "first")
    weather = Weather(place, shop, seed)
    users = ("anna", "ben", "carl")
    weather.copies.pop("outsider")
    for _ in range(18):
        name = weather.dice.choice(list(shop.desks))
        weather.work(name)
        match weather.dice.randrange(5):
            case 0:
                weather.carry()
            case 1:
                weather.sync(weather.dice.choice(users))
            case 2 if name == "outsider":
                shop["outsider"].export("out.crmb")
                lucky = shop[weather.dice.choice(users)]
                lucky.bundles.take(shop["outsider"].home / "out.crmb", accept_key="any")
            case _ if name != "outsider":
                weather.sync(name)
    for _ in range(6):
        for name in users:
            weather.sync(name)
            weather.carry(whole=True)
    assert len(shop.digests(*users)) == 1, seed
    for name in users:
        report = sync_folder(shop[name].bundles, weather.copies[name])
        assert (report.sent, report.received, report.waiting) == (0, 0, []), (seed, name, report)
        assert (report.problems, report.unfinished) == ([], []), (seed, name)
        assert not shop[name].crm.check(), seed


@pytest.mark.parametrize("seed", range(3))
def test_late_half_and_shuffled_folders_end_equal(tmp_path, seed: int) -> None:
    stormy(tmp_path, seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 200))
def test_a_hundred_storms_end_equal(tmp_path, seed: int) -> None:
    stormy(tmp_path, seed)
