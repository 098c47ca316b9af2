"""Three machines that have met and disagree: what the pictures and tests of *Sync* and *Conflicts* stand on."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from crm_tui.services.crm import Crm
from crm_tui.sync.bundles import Bundles
from crm_tui.sync.machine_key import SIGNING
from tests.conftest import NOW, ZONE

NOTE = "Likes to be called before noon. Pays by transfer. The goods go to the side door, bell “仓库”."


class Desk:
    """One machine with a home of its own, a fixed key, and a clock that the test moves."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home, self.name, self.at = folder / name, name, NOW - timedelta(days=9)
        self.home.mkdir(parents=True)
        give_key(self.home, name)
        self.file = self.home / "crm.db"
        self.memory = self.home / "logs.json"
        self.crm = Crm.open(self.file, self._now, zone=ZONE, memory=self.memory)
        self.bundles = Bundles(self.crm, self.home, self.memory)
        self.crm.machines.call_this(name)

    def _now(self) -> datetime:
        self.at += timedelta(seconds=7)
        return self.at

    def back(self, **before: float) -> None:
        """Put the clock so long before the present."""
        self.at = NOW - timedelta(**before)

    def out(self) -> Path:
        """A bundle of everything."""
        return self.bundles.export(self.home / f"{self.name}.crmb").bundle


def give_key(folder: Path, name: str) -> None:
    """Put the key of a machine into a folder: the same one each time, so that its code is too."""
    (folder / SIGNING).write_text(name.encode().hex().ljust(64, "7"), "ascii")


def make_pair(folder: Path) -> tuple[Desk, Desk]:
    """Anna's machine and Ben's, which joined by her bundle; one customer with a phone and a note, two others."""
    anna, ben = Desk(folder, "anna"), Desk(folder, "ben")
    crm = anna.crm
    people = [crm.people.add({"name": name}).ids[0] for name in ("Li Na 李娜", "王强")]
    crm.people.i_am(people[0])
    crm.customers.create(
        {"name": "上海王芳贸易有限公司", "grade": "A", "region": "上海", "note": NOTE}, ["13812345678"]
    )
    crm.customers.create({"name": "Northwind Trading", "region": "London"}, ["+442079460018"])
    crm.customers.create({"name": "陈家", "kind": "household", "region": "苏州"}, ["13900001122"])
    ben.bundles.join(anna.out(), accept_key="any")
    ben.crm.people.i_am(people[1])
    return anna, ben


def disagree(anna: Desk, ben: Desk) -> None:
    """Both change the same phone, note and regions without knowing; one throws away what the other works on."""
    anna.back(hours=16)
    ben.back(hours=14)
    for desk, phone, note, regions, chen in (
        (anna, "13900139000", ("before noon", "after 14:00"), ("华东", "Greater London"), "trash"),
        (ben, "13700137000", ("side door", "back door"), ("华南", "City of London"), "phone"),
    ):
        crm = desk.crm
        ids = {row["name"]: row["id"] for row in crm.customers.all()}
        fang = ids["上海王芳贸易有限公司"]
        crm.phones.edit(crm.phones.of(fang)[0]["id"], {"number": phone})
        crm.customers.edit(fang, {"note": NOTE.replace(*note), "region": regions[0]})
        crm.customers.edit(ids["Northwind Trading"], {"region": regions[1]})
        if chen == "trash":
            crm.customers.trash(ids["陈家"])
        else:
            crm.phones.edit(crm.phones.of(ids["陈家"])[0]["id"], {"number": "13900001199"})


def make_disagreeing(folder: Path) -> tuple[Desk, Desk]:
    """The two, after Anna took in what Ben wrote."""
    anna, ben = make_pair(folder)
    disagree(anna, ben)
    bundle = ben.out()
    anna.back(hours=2)
    anna.bundles.take(bundle, accept_key="any")
    return anna, ben
