from __future__ import annotations


def test_the_demo_can_be_written_into_a_file_and_the_own_file_is_not_touched(call, tmp_path) -> None:
    call("new", "customer", "Mine")
    before = call("check", "--digest", "--json").data["digest"]
    target = tmp_path / "demo.db"
    made = call("demo", "--file", target, "--json")
    assert made.data["file"] == str(target)
    assert made.data["customers"] > 500
    assert call("--db", target, "find", "餐饮", "--json").data["count"] > 3
    assert call("demo", "--file", target).code == 1
    assert call("check", "--digest", "--json").data["digest"] == before
