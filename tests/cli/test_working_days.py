"""Holidays and working rules at the command line: listed, adopted, taken back; their JSON is a contract."""

from __future__ import annotations

from pathlib import Path


def test_holidays_are_proposed_first_and_in_force_when_adopted(call) -> None:  # type: ignore[no-untyped-def]
    call("new", "customer", "Acme")
    said = call("holidays", "--year", 2026, "--country", "CN", "--json")
    assert said.code == 0, said.err
    assert set(said.data) == {"country", "years", "count", "items", "action"}
    assert said.data["count"] > 20
    assert not any(one["in_force"] for one in said.data["items"])
    assert "--adopt" in call("holidays", "--year", 2026).err
    adopted = call("holidays", "--adopt", "--country", "CN", "--json").data
    assert adopted["years"] == [2026, 2027]
    assert all(one["in_force"] for one in adopted["items"])
    assert {one["state"] for one in adopted["items"]} == {"off", "work"}
    assert "2026-10-01" in call("holidays", "--year", 2026).out
    assert call("undo").code == 0
    assert not any(one["in_force"] for one in call("holidays", "--json").data["items"])


def test_what_is_not_announced_is_marked(call) -> None:  # type: ignore[no-untyped-def]
    data = call("holidays", "--adopt", "--year", 2035, "--country", "cn", "--json").data
    assert data["country"] == "CN"
    assert all(one["estimated"] for one in data["items"])
    assert "estimated" in call("holidays", "--year", 2035, "--country", "CN").out


def test_a_plain_file_is_put_into_force(call, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "days.txt"
    file.write_bytes("2026-11-25 放假 司庆\n2026-11-28 上班\n".encode("gb18030"))
    data = call("holidays", file, "--year", 2026, "--json").data
    assert [(one["day"], one["state"], one["name"]) for one in data["items"]] == [
        ("2026-11-25", "off", "司庆"),
        ("2026-11-28", "work", None),
    ]
    file.write_text("tomorrow perhaps\n")
    assert call("holidays", file).code == 3
    assert call("holidays", tmp_path / "absent.txt").code == 3


def test_a_country_that_nobody_knows_is_refused(call) -> None:  # type: ignore[no-untyped-def]
    call("new", "customer", "Acme")
    assert call("holidays", "--country", "XX").code == 1
    assert call("holidays", "--country", "China").code == 1


def test_rules_of_work_are_listed_set_and_reset(call) -> None:  # type: ignore[no-untyped-def]
    data = call("policies", "contacts_a_day", 12, "--json").data
    assert data["items"] == [{"name": "contacts_a_day", "value": "12", "own": True, "shipped": "8"}]
    assert call("policies", "--json").data["count"] >= 7
    assert call("policies", "contacts_a_day", "--reset", "--json").data["items"][0]["value"] == "8"
    assert call("policies", "contacts_a_day", "none").code == 1
    assert call("policies", "nothing").code == 1
    assert "working_hours" in call("policies").out
