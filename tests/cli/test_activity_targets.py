"""The commands of targets: pace against target as the screen has it."""

from __future__ import annotations


def test_a_target_is_set_seen_and_taken_away(call) -> None:
    call("people", "add", "Ann")
    call("people", "me", "Ann")
    call("new", "customer", "Acme")
    assert call("targets", "--json").data == {"count": 0, "items": []}
    made = call("targets", "set", "Ann", 20, "call", "--json")
    assert made.code == 0, made.err
    assert (made.data["from"], made.data["until"]) == ("2026-11-01", "2026-11-30")
    call("log", "Acme", "spoke", "--type", "call")
    (item,) = call("targets", "--person", "Ann", "--json").data["items"]
    assert (item["kind"], item["target"], item["done"], item["behind"]) == ("call", 20, 1, True)
    assert item["needed_a_day"] > 0
    assert "1/20" in call("targets").out
    assert call("targets", "set", "Ann", 5, "--from", "2027-02-01", "--json").data["until"] == "2027-02-28"
    assert call("targets", "--all", "--json").data["count"] == 2
    assert call("targets", "trash", made.data["id"]).code == 0
    assert call("targets", "--all", "--json").data["count"] == 1
    assert call("targets", "trash", "nothing").code == 1
    assert call("targets", "set", "Ann", 5, "--until", "2026-10-01").code == 1
