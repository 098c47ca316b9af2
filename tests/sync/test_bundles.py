"""Files that meet by bundles: what one wrote reaches the others, once, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.errors import CrmError, Refused
from crm_tui.rules.heads import Gap
from crm_tui.services.crm import Crm
from crm_tui.store import merging
from crm_tui.sync.bundles import Bundles, UnknownKey
from tests.conftest import NOW, ZONE


class Desk:
    """One machine: a home of its own with its keys and memory, and a file."""

    def __init__(self, folder: Path, name: str) -> None:
        self.home = folder / name
        self.home.mkdir()
        self.name = name
        self.open()
        self.crm.machines.call_this(name)

    def open(self) -> None:
        self.crm = Crm.open(self.home / "crm.db", lambda: NOW, zone=ZONE, memory=self.home / "logs.json")
        self.bundles = Bundles(self.crm, self.home, self.home / "logs.json")

    def export(self, name: str = "out.crmb", **options):
        return self.bundles.export(self.home / name, **options)


@pytest.fixture
def desk(tmp_path: Path):
    desks: list[Desk] = []

    def make(name: str) -> Desk:
        desks.append(Desk(tmp_path, name))
        return desks[-1]

    yield make
    for one in desks:
        one.crm.close()


@pytest.fixture
def pair(desk):
    anna, ben = desk("anna"), desk("ben")
    anna.crm.customers.create({"name": "王芳"}, phones=["13800138000"])
    anna.export()
    ben.bundles.join(anna.home / "out.crmb", accept_key="any")
    return anna, ben


def only(desk: Desk) -> str:
    return desk.crm.store.reader().execute("SELECT id FROM customers").fetchone()[0]


def test_a_new_machine_joins_by_its_first_bundle(pair) -> None:
    anna, ben = pair
    assert ben.crm.digest() == anna.crm.digest()
    assert [hit.name for hit in ben.crm.customers.find("8000").items] == ["王芳"]
    assert ben.crm.store.setting("workspace") == anna.crm.store.setting("workspace")


def test_a_bundle_taken_twice_writes_nothing_the_second_time(pair) -> None:
    anna, ben = pair
    again = ben.bundles.take(anna.home / "out.crmb")
    assert (again.merged.new, again.merged.known) == (0, again.merged.changes)


def test_a_phone_that_both_changed_is_a_conflict_that_one_choice_settles_for_both(pair) -> None:
    anna, ben = pair
    row = only(anna)
    phone = anna.crm.phones.of(row)[0]["id"]
    anna.crm.phones.edit(phone, {"number": "13900139000"})
    ben.crm.phones.edit(phone, {"number": "13700137000"})
    anna.export(), ben.export()
    ben.bundles.take(anna.home / "out.crmb")
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    [mine] = anna.crm.conflicts.rows()
    [theirs] = ben.crm.conflicts.rows()
    assert {side.value for side in mine.sides} == {side.value for side in theirs.sides}
    assert mine.mine.value.endswith("13900139000")
    assert mine.theirs.machine == "ben"
    anna.crm.conflicts.resolve(mine.number, "theirs")
    assert not anna.crm.conflicts.rows()
    anna.export()
    ben.bundles.take(anna.home / "out.crmb")
    assert not ben.crm.conflicts.rows()
    assert ben.crm.digest() == anna.crm.digest()


def test_an_unknown_machine_is_accepted_by_its_code_once(pair, desk) -> None:
    anna, ben = pair
    ben.crm.customers.create({"name": "李明"})
    ben.export()
    with pytest.raises(UnknownKey) as refused:
        anna.bundles.take(ben.home / "out.crmb")
    assert refused.value.code == ben.bundles.code
    before = anna.crm.digest()
    with pytest.raises(UnknownKey):
        anna.bundles.take(ben.home / "out.crmb", accept_key="AAAA-BBBB-CCCC")
    assert anna.crm.digest() == before
    anna.bundles.take(ben.home / "out.crmb", accept_key=ben.bundles.code)
    ben.crm.customers.create({"name": "赵六"})
    ben.export()
    assert anna.bundles.take(ben.home / "out.crmb").merged.created == 1


def test_a_bundle_for_a_machine_leaves_out_what_it_is_known_to_have(pair) -> None:
    anna, ben = pair
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    anna.crm.customers.create({"name": "李明"})
    small = anna.export("small.crmb", to="ben")
    assert small.changes < 8
    assert ben.bundles.take(small.bundle).merged.created >= 1
    assert ben.crm.digest() == anna.crm.digest()


def test_a_gap_is_refused_by_name(pair, desk) -> None:
    anna, ben = pair
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    anna.crm.customers.create({"name": "李明"})
    small = anna.export("small.crmb", to="ben")
    carl = desk("carl")
    with pytest.raises(Gap, match="anna"):
        carl.bundles.join(small.bundle, accept_key="any")
    assert carl.crm.store.setting("workspace") != anna.crm.store.setting("workspace")


def test_another_companys_bundle_is_refused(pair, desk) -> None:
    anna, _ = pair
    other = desk("other")
    other.crm.customers.create({"name": "x"})
    other.export()
    with pytest.raises(Refused, match="company"):
        anna.bundles.take(other.home / "out.crmb", accept_key="any")


def test_a_sealed_bundle_opens_for_its_recipient_and_with_its_passphrase_only(pair, desk) -> None:
    anna, ben = pair
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    anna.crm.customers.create({"name": "密"})
    anna.export("for-ben.crmb", recipients=["ben"])
    assert ben.bundles.take(anna.home / "for-ben.crmb").merged.created == 1
    with pytest.raises(CrmError):
        anna.bundles.take(anna.home / "for-ben.crmb")
    anna.export("phrase.crmb", passphrase="芝麻开门")
    with pytest.raises(CrmError):
        ben.bundles.take(anna.home / "phrase.crmb", passphrase="wrong")
    assert ben.bundles.take(anna.home / "phrase.crmb", passphrase="芝麻开门").merged.new >= 0


def test_a_preview_counts_and_writes_nothing(pair) -> None:
    anna, ben = pair
    anna.crm.customers.create({"name": "李明"})
    anna.export()
    before = ben.crm.digest()
    told = ben.bundles.take(anna.home / "out.crmb", dry_run=True).merged
    assert told.created == 1
    assert not told.applied
    assert ben.crm.digest() == before
    done = ben.bundles.take(anna.home / "out.crmb").merged
    assert (done.new, done.created) == (told.new, told.created)


def test_what_a_third_carries_keeps_its_authors_signature(pair, desk) -> None:
    anna, ben = pair
    ben.crm.customers.create({"name": "李明"})
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    anna.export()
    carl = desk("carl")
    carl.bundles.join(anna.home / "out.crmb", accept_key="any")
    assert carl.crm.digest() == anna.crm.digest()
    keys = dict(carl.crm.store.reader().execute("SELECT name, sign_key FROM device"))
    assert keys["ben"] == ben.bundles.key.public


def test_a_distrusted_machine_is_refused_directly(pair) -> None:
    anna, ben = pair
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    anna.crm.machines.trust("ben", "distrusted")
    ben.crm.customers.create({"name": "李明"})
    ben.export()
    with pytest.raises(Refused, match="not trusted"):
        anna.bundles.take(ben.home / "out.crmb", accept_key="any")


def test_what_a_large_bundle_brings_is_found_at_the_latest_after_the_next_opening(pair, monkeypatch) -> None:
    anna, ben = pair
    with anna.crm.store.action("Many") as work:
        ids = work.new_ids(2_500)
        work.insert_many("customers", ("id", "name"), [(row, f"仓库{n}") for n, row in enumerate(ids)])
    anna.export()
    monkeypatch.setattr(merging, "index", lambda *_: None)  # the program ends right after the merge
    ben.bundles.take(anna.home / "out.crmb")
    assert ben.crm.digest() == anna.crm.digest()
    ben.crm.close()
    ben.open()
    assert ben.crm.customers.find("仓库2499").count == 1
    assert ben.crm.check() == []


def test_a_large_bundle_is_indexed_in_steps(pair) -> None:
    anna, ben = pair
    with anna.crm.store.action("Many") as work:
        ids = work.new_ids(4_500)
        work.insert_many("customers", ("id", "name"), [(row, f"仓库{n}") for n, row in enumerate(ids)])
    anna.export()
    ben.bundles.take(anna.home / "out.crmb")
    assert ben.crm.customers.find("仓库4499").count == 1
    assert not ben.crm.store.reader().execute("SELECT count(*) FROM dirty").fetchone()[0]


def test_undo_of_a_choice_says_what_to_choose_from(pair) -> None:
    anna, ben = pair
    row = only(anna)
    anna.crm.customers.edit(row, {"name": "王芬"})
    ben.crm.customers.edit(row, {"name": "王纷"})
    ben.export()
    anna.bundles.take(ben.home / "out.crmb", accept_key="any")
    [conflict] = anna.crm.conflicts.rows()
    anna.crm.conflicts.resolve(conflict.number, "mine")
    with pytest.raises(Refused, match=r"王芬 / 王纷|王纷 / 王芬"):
        anna.crm.store.undo()
