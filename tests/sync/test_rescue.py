"""Two copies that both went on with one log are separated: both branches live, everybody agrees, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_tui.errors import Refused
from crm_tui.rules.heads import Fork
from crm_tui.sync.rescue import rescue
from tests.store.machines import Machine
from tests.store.worlds import same


@pytest.fixture
def machines(template: Path, tmp_path: Path):
    made: list[Machine] = []

    def make(names: str) -> list[Machine]:
        made.extend(Machine(tmp_path / f"{name}.db", template, name) for name in names)
        return made

    yield make
    for machine in made:
        machine.crm.close()


@pytest.fixture
def twins(machines, tmp_path: Path):
    """A machine with some history, its copy, both written to since; and two others that know the common part."""
    a, c, d = machines("acd")
    row = a.insert(name="old", region="old")
    c_row = c.insert(name="of c")
    c.give(a)
    a.edit(row, name="common")
    a.give(c), a.give(d)
    twin = a.twin(tmp_path)
    a.edit(row, name="ANNA")
    a.insert(name="only here")
    twin.edit(row, name="copy")
    twin.edit(c_row, region="copy")
    made = twin.insert(name="only there")
    twin.edit(made, grade="A")
    assert a.log == twin.log
    yield a, twin, c, d, row
    twin.crm.close()


def settle(*machines: Machine) -> None:
    for _ in range(2):
        for one in machines:
            for other in machines:
                if one is not other:
                    one.give(other)
    facts = machines[0].facts()
    for machine in machines:
        same(machine.facts(), facts, machine.name)
        machine.check()
        machine.sound()


def everything(machine: Machine, name: str, folder: Path) -> Path:
    path = folder / name
    machine.bundles.export(path)
    return path


def values(machine: Machine, row: str, field: str = "name") -> set[object]:
    """Every value that was ever written there."""
    return {change.of(field) for change in machine.history().changes(row) if change.field in (None, field)}


def test_both_branches_live_and_everybody_agrees(twins, tmp_path: Path) -> None:
    a, twin, c, d, row = twins
    bundle = everything(a, "a.crmb", tmp_path)
    before = twin.everything()
    with pytest.raises(Fork):
        twin.bundles.take(bundle)
    assert twin.everything() == before
    shown = twin.crm.digest()
    done = rescue(twin.bundles, bundle)
    assert [one.name for one in done.moved] == ["a"]
    assert twin.crm.digest() == shown, "what stood on the screen stands there still"
    assert done.backup.exists()
    twin.reopen()
    twin.check()
    twin.sound()
    twin.bundles.take(bundle)
    settle(a, twin, c, d)
    assert values(c, row) == {"old", "common", "ANNA", "copy"}
    assert c.conflicts() == {(row, "name")}
    twin.edit(row, name="settled")
    a.edit(row, region="goes on")
    settle(a, twin, c, d)
    assert twin.log != a.log


def test_the_other_database_tells_as_much_as_its_bundle(twins, tmp_path: Path) -> None:
    a, twin, c, _, _ = twins
    a.crm.close()
    rescue(twin.bundles, a.path)
    a.open()
    twin.reopen()
    settle(a, twin, c)


def test_undo_reaches_back_across_a_rescue(twins, tmp_path: Path) -> None:
    a, twin, _, _, row = twins
    twin.edit(row, region="mistake")
    rescue(twin.bundles, everything(a, "a.crmb", tmp_path))
    twin.reopen()
    twin.crm.history.undo()
    assert twin.value(row, "region") == "old"
    twin.crm.history.redo()
    assert twin.value(row, "region") == "mistake"
    settle(a, twin)


def test_a_third_who_took_the_wrong_branch_rescues_to_the_same_logs(twins, tmp_path: Path) -> None:
    a, twin, c, d, row = twins
    twin.give(d)
    d.edit(row, name="DORA")
    d.give(twin)
    twin.edit(row, grade="B")
    a.give(c)
    bundle = everything(a, "a.crmb", tmp_path)
    with pytest.raises(Fork):
        d.bundles.take(bundle, accept_key="any")
    with pytest.raises(Refused, match="not written here"):
        rescue(d.bundles, bundle)
    rescue(twin.bundles, bundle)
    twin.reopen()
    twin.bundles.take(bundle)
    twin.give(a)
    a.give(c)
    assert values(c, row) >= {"DORA", "ANNA", "copy"}, "what a third wrote on the wrong branch travels with it"
    rescue(d.bundles, bundle, received=True)
    d.reopen()
    d.bundles.take(bundle, accept_key="any")
    settle(a, twin, c, d)


def test_a_branch_that_came_back_before_the_rescue_is_not_doubled(twins, tmp_path: Path) -> None:
    a, twin, c, d, row = twins
    twin.give(d)
    d.edit(row, name="DORA")
    bundle = everything(a, "a.crmb", tmp_path)
    rescue(twin.bundles, bundle)
    twin.reopen()
    twin.edit(row, grade="C")
    slices, items = twin.bundle()
    known = {log for (log,) in d.db.execute("SELECT id FROM device")}
    fresh = [one for one in slices if one.log not in known]
    part = [one.log for one in fresh]
    kept, on = [], False
    for item in items:
        on = item.log in part if hasattr(item, "log") else on
        if on:
            kept.append(item)
    d.take((fresh, kept))
    rescue(d.bundles, bundle, received=True)
    d.reopen()
    d.check()
    d.sound()
    d.bundles.take(bundle, accept_key="any")
    twin.bundles.take(bundle)
    settle(a, twin, c, d)


def test_a_claim_of_the_other_copy_asks_for_its_log(twins, tmp_path: Path) -> None:
    a, twin, _, d, row = twins
    a.give(d)
    d.edit(row, name="DORA")
    since = d.have()
    since.pop(d.log)
    path = tmp_path / "d.crmb"
    d.bundles.export(path, since=since)
    with pytest.raises(Fork):
        twin.bundles.take(path, accept_key="any")
    with pytest.raises(Refused, match="everything"):
        rescue(twin.bundles, path)
    d.bundles.export(tmp_path / "all.crmb")
    rescue(twin.bundles, tmp_path / "all.crmb")
    twin.reopen()
    twin.bundles.take(tmp_path / "all.crmb", accept_key="any")
    settle(a, twin, d)


def test_nothing_is_rescued_where_nothing_is_wrong(machines, tmp_path: Path) -> None:
    a, b = machines("ab")
    a.insert(name="x")
    a.give(b)
    with pytest.raises(Refused, match="nothing to rescue"):
        rescue(b.bundles, everything(a, "a.crmb", tmp_path))
