from __future__ import annotations

import pytest


def test_logging_with_a_next_step_shows_on_card_and_today(call) -> None:
    row = call("new", "customer", "王芳", "--json").data["id"]
    done = call(
        "log", "王芳", "谈了", "报价", "--type", "call", "--minutes", "15", "--outcome", "good",
        "--at", "昨天 15:00", "--next", "today 16:00", "send the sample", "--json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert set(done.data) == {"id", "customer", "action"}
    assert done.data["customer"] == row
    card = call("card", row, "--json").data
    (visit,) = card["timeline"]
    assert (visit["kind"], visit["summary"], visit["minutes"], visit["outcome"]) == ("call", "谈了 报价", 15, "good")
    assert visit["started"] == "2026-11-23T07:00:00Z"
    assert (card["next_step"]["topic"], card["next_step"]["planned_start"]) == (
        "send the sample",
        "2026-11-24T08:00:00Z",
    )
    today = call("today", "--json").data
    assert (today["day"], today["count"]) == ("2026-11-24", 1)
    assert today["items"][0]["at"] == "2026-11-24T16:00:00+08:00"
    assert "send the sample" in call("today").out


def test_iso_times_are_local_unless_they_name_a_zone(call) -> None:
    call("new", "customer", "Ann")
    call("log", "ann", "one", "--at", "2026-11-20T09:30")
    call("log", "ann", "two", "--at", "2026-11-20T09:30:00+00:00")
    starts = [v["started"] for v in call("card", "ann", "--json").data["timeline"]]
    assert sorted(starts) == ["2026-11-20T01:30:00Z", "2026-11-20T09:30:00Z"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--at", "someday"), 1, "someday"),
        (("--next", "blue moon", "x"), 1, "blue moon"),
        (("--contact", "Nobody"), 1, "Nobody"),
        (("--type", "dance"), 2, "dance"),
        (("--outcome", "great"), 2, "great"),
        (("--minutes", "-1"), 2, "-1"),
    ],
)
def test_what_cannot_be_understood_is_refused_and_nothing_is_logged(call, words, code: int, said: str) -> None:
    call("new", "customer", "Ann")
    done = call("log", "ann", "hello", *words)
    assert done.code == code
    assert said in done.err
    assert call("card", "ann", "--json").data["timeline"] == []


def test_who_works_is_kept_with_what_is_logged(call) -> None:
    ann = call("people", "add", "Ann Lee", "--json").data["id"]
    call("people", "add", "Ben")
    call("new", "customer", "Acme")
    call("--as", "ann lee", "log", "acme", "hello")
    assert call("card", "acme", "--json").data["timeline"][0]["person"] == ann
    assert call("history", "--json").data[0]["person"] == "Ann Lee"
    assert call("log", "acme", "again", "--as", "Nobody").code == 1


def test_today_shows_mine_unless_all_is_asked_for(call) -> None:
    call("people", "add", "Ann")
    call("people", "add", "Ben")
    call("new", "customer", "Acme")
    call("--as", "Ben", "log", "acme", "x", "--next", "today 17:00", "of Ben")
    call("people", "me", "Ann")
    assert call("today", "--json").data["count"] == 0
    assert call("today", "--all", "--json").data["count"] == 1
