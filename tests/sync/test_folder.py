"""A folder that machines share: whatever any of them wrote or saw reaches all, in any order, once."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, Cancelled, Refused
from crm_tui.sync.folder import FolderReport, sync_folder
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
        from crm_tui.services.machines import machine_id

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
