"""The day report at the command line: to be printed, handed in, and read by scripts."""

from __future__ import annotations

import pytest


@pytest.fixture
def customer(call) -> str:  # type: ignore[no-untyped-def]
    call("people", "add", "Ann")
    return str(call("new", "customer", "Acme", "--json").data["id"])


def test_a_day_report_is_a_page_and_json(call, customer: str) -> None:  # type: ignore[no-untyped-def]
    call("people", "me", "Ann")
    said = call("log", customer, "took 3 boxes", "--next", "next mon 9:00", "refill")
    assert said.code == 0, said.err
    page = call("day-report").out
    assert page.startswith("Day report  Ann")
    assert "took 3 boxes" in page
    assert "next: Mon 30 Nov 09:00 Visit refill" in page
    data = call("day-report", "--json").data
    assert set(data) == {
        *("person", "name", "day", "figures", "done", "left", "moved", "promised", "next", "next_day"),
        *("note", "handed_in", "reviewed", "comment", "targets"),
    }
    assert (data["figures"]["contacts"], len(data["done"]), data["handed_in"]) == (1, 1, False)


def test_a_note_hands_it_in(call, customer: str) -> None:  # type: ignore[no-untyped-def]
    said = call("day-report", "--person", "Ann", "--note", "all well", "--json")
    assert said.code == 0, said.err
    assert (said.data["note"], said.data["handed_in"]) == ("all well", True)
    assert call("day-report", "--person", "Ann", "--hand-in", "--json").data["note"] == "all well"


def test_whose_it_is_must_be_known(call, customer: str) -> None:  # type: ignore[no-untyped-def]
    said = call("day-report")
    assert said.code != 0
    assert "--person" in said.err
