"""Deals and leads at the command line; the JSON keys stay."""

from __future__ import annotations

import pytest


@pytest.fixture
def acme(call) -> str:  # type: ignore[no-untyped-def]
    call("people", "add", "Ann")
    call("people", "me", "Ann")
    return str(call("new", "customer", "Acme", "--json").data["id"])


def test_a_deal_is_opened_moved_and_won(call, acme: str) -> None:  # type: ignore[no-untyped-def]
    made = call("deal", "new", "Acme", "Cold", "store", "--amount", "80k", "--json")
    assert made.code == 0, made.err
    number = made.data["number"]
    refused = call("deal", "move", number, "Proposal")
    assert refused.code == 1
    assert "Expected close" in refused.err or "close_day" in refused.err
    moved = call("deal", "move", number, "Proposal", "--close", "2026-12-20", "--json")
    assert (moved.data["stage"], set(moved.data)) == ("Proposal", {"id", "number", "stage", "kind", "action"})
    assert call("deal", "next", number, "2026-11-30T10:00", "show", "the", "plan").code == 0
    assert call("deal", "grade", number, "H", "wants", "it", "now").code == 0
    stages = call("deals", "--json").data["stages"]
    assert [one["count"] for one in stages] == [0, 0, 1, 0, 0, 0]
    card = stages[2]["deals"][0]
    assert (card["name"], card["amount"], card["currency"], card["grade"]) == ("Cold store", 8_000_000, "CNY", "H")
    assert card["next"] == {"at": "2026-11-30T10:00:00+08:00", "kind": "call"}
    assert stages[2]["weighted"] == {"CNY": 4_000_000}
    months = call("forecast", "--json").data["months"]
    assert [(one["month"], one["weighted"]) for one in months] == [("2026-12", {"CNY": 4_000_000})]
    assert call("deal", "win", number, "--json").data["kind"] == "won"
    funnel = call("funnel", "--json").data["stages"]
    assert [one["count"] for one in funnel] == [0, 0, 0, 0, 1, 0]
    assert [one["conversion"] for one in funnel] == [100, 100, 100, 100, None, None]
    assert [one["count"] for one in call("funnel", "--at", "2026-11-20", "--json").data["stages"]] == [0] * 6


def test_a_lost_deal_says_why_and_is_tried_again(call, acme: str) -> None:  # type: ignore[no-untyped-def]
    number = call("deal", "new", "Acme", "Ovens", "--amount", "USD 900", "--json").data["number"]
    assert call("deal", "lose", number, "cheaper").code == 1
    said = call("deal", "lose", number, "price", "--to", "Rival", "--gap", "100", "--again", "2027-03-01", "--json")
    assert said.data["kind"] == "lost"
    assert "Ovens" in call("deals", "--stage", "lost").out
    planned = call("agenda", "--day", "2027-03-01", "--all")
    assert "Try again: Ovens" in planned.out, planned.err


def test_a_lead_tells_who_may_be_the_same(call, acme: str) -> None:  # type: ignore[no-untyped-def]
    first = call("lead", "王芳", "cold", "store", "--phone", "13800138000", "--json").data
    assert (set(first), first["alike"]) == ({"id", "due", "action", "alike"}, [])
    assert first["due"] == "2026-11-24T03:05:00Z"
    again = call("lead", "Fang", "--phone", "+86 138 0013 8000", "--kind", "walk_in", "--json").data
    assert [one["id"] for one in again["alike"]] == [first["id"]]
    leads = call("leads", "--json").data
    assert (leads["count"], leads["today"]) == (2, {"came": {"call_in": 1, "walk_in": 1}, "count": 2, "reachable": 2})
