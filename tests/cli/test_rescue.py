"""The command `rescue`: two copies that both went on are separated, and what is no fork is refused in a sentence."""

from __future__ import annotations

from pathlib import Path

from tests.store.machines import Machine


def test_a_copy_that_went_on_is_rescued_and_takes_the_bundle(call, template: Path, tmp_path: Path) -> None:
    a = Machine(tmp_path / "a.db", template, "a")
    row = a.insert(name="old")
    twin = a.twin(tmp_path)
    a.edit(row, name="ANNA")
    twin.edit(row, name="copy")
    a.bundles.export(tmp_path / "a.crmb")
    a.crm.close()
    twin.crm.close()
    said = call("--db", twin.path, "rescue", tmp_path / "a.crmb", "--json")
    assert said.code == 0
    assert said.data["changes"] == 1
    assert [one["machine"] for one in said.data["logs"]] == ["a"]
    assert Path(said.data["backup"]).exists()
    assert call("--db", twin.path, "check").code == 0
    again = call("--db", twin.path, "rescue", tmp_path / "a.crmb")
    assert again.code == 1
    assert "nothing to rescue" in again.err
    twin.open()
    twin.bundles.take(tmp_path / "a.crmb", accept_key="any")
    assert twin.conflicts() == {(row, "name")}
    twin.crm.close()
