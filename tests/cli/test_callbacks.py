"""What came of a call, at the command line: reached, no answer, wrong number, later; each with a JSON that stays."""

from __future__ import annotations

import pytest

KEYS = {"id", "customer", "next", "action"}


@pytest.fixture
def plan(call) -> str:  # type: ignore[no-untyped-def]
    call("people", "add", "Ann")
    call("people", "me", "Ann")
    customer = call("new", "customer", "Acme", "--phone", "+8613800138000", "--json").data["id"]
    return str(call("plan", customer, "2026-11-24T09:00", "call", "quote", "--json").data["id"])


def test_the_queue_is_listed_with_ids(call, plan: str) -> None:  # type: ignore[no-untyped-def]
    data = call("callbacks", "--json").data
    assert [one["id"] for one in data["items"]] == [plan]
    assert plan in call("callbacks", "--all").out


def test_somebody_was_reached(call, plan: str) -> None:  # type: ignore[no-untyped-def]
    said = call("callbacks", "done", plan, "likes", "it", "--next", "next mon 9:00", "--json")
    assert said.code == 0, said.err
    assert set(said.data) == KEYS
    assert said.data["next"] == "2026-11-30T09:00:00+08:00"
    assert call("callbacks", "--json").data["count"] == 0
    assert call("callbacks", "done", plan).code == 1


def test_nobody_answered_and_the_next_try_is_planned(call, plan: str) -> None:  # type: ignore[no-untyped-def]
    data = call("callbacks", "no-answer", plan, "--json").data
    assert set(data) == KEYS
    assert data["next"] > "2026-11-24T10:05"


def test_a_wrong_number_goes(call, plan: str) -> None:  # type: ignore[no-untyped-def]
    data = call("callbacks", "wrong-number", "Acme", "--json").data
    assert set(data) == KEYS | {"phones"}
    assert data["phones"] == []
    assert call("callbacks", "--json").data["count"] == 0


def test_they_asked_to_be_called_later(call, plan: str) -> None:  # type: ignore[no-untyped-def]
    data = call("callbacks", "later", plan, "tomorrow", "15:00", "--json").data
    assert data["next"] == "2026-11-25T15:00:00+08:00"
    assert call("callbacks", "--json").data["count"] == 0
    assert call("callbacks", "later", plan).code == 2
