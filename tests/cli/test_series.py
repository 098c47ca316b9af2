"""The commands of series: one occurrence is left out or moved, the others stay; what is unclear makes no series."""

from __future__ import annotations

import pytest


@pytest.fixture
def series(call) -> str:
    call("people", "add", "Ann")
    call("people", "me", "Ann")
    call("new", "customer", "Acme")
    made = call("series", "add", "Acme", "every fri 10:00", "visit", "books", "--minutes", 45, "--json")
    assert made.code == 0, made.err
    assert made.data["words"]
    assert made.data["next"] == "2026-11-27T10:00:00+08:00"
    return str(made.data["id"])


def _days(call, series: str) -> list[tuple[str, str]]:  # type: ignore[no-untyped-def]
    shown = call("series", "show", series, "--count", 3, "--json").data
    return [(one["at"][:16], one["state"]) for one in shown["coming"]]


def test_one_is_left_out_one_moved_and_comes_back(call, series: str) -> None:
    assert [at for at, _ in _days(call, series)] == ["2026-11-27T10:00", "2026-12-04T10:00", "2026-12-11T10:00"]
    assert call("series", "skip", series, "2026-11-27", "--reason", "fair").code == 0
    assert call("series", "move", "Acme", "2026-12-04", "2026-12-03T09:00", "--reason", "rain").code == 0
    assert _days(call, series) == [
        ("2026-11-27T10:00", "cancelled"), ("2026-12-03T09:00", "moved"), ("2026-12-11T10:00", "planned"),
    ]  # fmt: skip
    assert call("series", "put-back", series, "2026-11-27").code == 0
    assert _days(call, series)[0] == ("2026-11-27T10:00", "planned")
    assert call("series", "put-back", series, "2026-12-04").code == 1


def test_a_rule_changes_and_ends(call, series: str) -> None:
    assert call("series", "change", series, "每两周周一9点", "--json").data["next"] == "2026-11-30T09:00:00+08:00"
    ended = call("series", "end", series, "2026-12-01", "--json").data
    assert (ended["over"], len(_days(call, series))) == (False, 1)
    (item,) = call("series", "--customer", "Acme", "--json").data["items"]
    assert (item["id"], item["minutes"], item["person"]) == (series, 45, "Ann")
    assert "books" in call("series").out


def test_days_off_are_minded_as_told(call, series: str) -> None:
    made = call("series", "add", "Acme", "每月1号 9:00", "call", "--days-off", "after", "--json").data
    assert made["rule"].endswith("AFTER") or "AFTER" in made["rule"]


@pytest.mark.parametrize("words", ["tomorrow", "every second fri", "whenever", "每周一 三五"])
def test_what_is_no_clear_series_is_refused(call, series: str, words: str) -> None:
    done = call("series", "add", "Acme", words, "visit")
    assert (done.code, words in done.err) == (1, True)
    assert call("series", "--json").data["count"] == 1


def test_a_day_without_an_occurrence_is_named(call, series: str) -> None:
    done = call("series", "skip", series, "2026-11-28")
    assert (done.code, "2026-11-28" in done.err) == (1, True)
    assert call("series", "show", "nobody").code == 1
