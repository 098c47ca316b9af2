"""The desk at the command line: call, complain, tickets, ticket, sla, article, service-report; keys are contracts."""

from __future__ import annotations

import pytest

ITEM = {
    *("number", "id", "customer", "name", "kind", "severity", "text", "state", "waiting", "person", "received"),
    *("reopened", "cause", "clock"),
}
CLOCK = {
    *("used_minutes", "due", "left_minutes", "paused", "lines", "of", "standard_minutes", "percent", "level"),
    "stopped",
}


@pytest.fixture
def chen(call) -> str:  # type: ignore[no-untyped-def]
    call("people", "add", "Na")
    call("people", "add", "Wei")
    call("people", "me", "Na")
    return str(call("new", "customer", "陈家", "--phone", "13900001122", "--json").data["id"])


def test_the_hour_of_an_agent(call, chen: str) -> None:  # type: ignore[no-untyped-def]
    made = call("complain", chen, "米里", "有虫", "--severity", "serious", "--category", "质量", "--json").data
    assert set(made) == ITEM | {"action"}
    assert set(made["clock"]) == CLOCK
    number = made["number"]
    assert call("ticket", number, "respond").code == 0
    assert call("ticket", number, "dispatch", "--person", "Wei").code == 0
    assert call("--as", "Wei", "ticket", number, "accept").code == 0
    said = call("--as", "Wei", "ticket", "1", "wait", "没人在家", "--for", "customer", "--json")
    assert said.data["clock"]["paused"] is True
    assert said.data["clock"]["due"] is None
    (row,) = call("tickets", "--open", "--json").data["items"]
    assert set(row) == ITEM
    assert (row["number"], row["state"], row["waiting"], row["person"]) == (number, "accepted", "customer", "Wei")
    assert call("--as", "Wei", "ticket", number, "resume").code == 0
    assert call("--as", "Wei", "ticket", number, "done", "换了", "--minutes", "30", "--cause", "product").code == 0
    assert call("--as", "Wei", "ticket", number, "close").code == 1
    assert call("--as", "Wei", "tickets", "--reviews", "--json").data["count"] == 0
    assert call("tickets", "--reviews", "--json").data["count"] == 1
    closed = call("ticket", number, "review", "--score", "5", "--attitude", "5", "--recommend", "9", "--json").data
    assert closed["state"] == "closed"
    assert call("ticket", number, "article", "--json").code == 0
    assert call("article", "find", "米里有虫", "--json").data["items"][0]["fix"] == "换了"
    shown = call("ticket", number, "--json").data
    assert [one["step"] for one in shown["log"]] == [
        *("receive", "respond", "dispatch", "accept", "wait", "resume", "done", "review")
    ]
    assert shown["steps"] == ["reopen"]
    assert "换了" in call("ticket", number).out
    assert call("tickets", "--json").data["count"] == 1
    assert call("tickets", "--open", "--json").data["count"] == 0


def test_the_clock_tells_its_arithmetic(call, chen: str) -> None:  # type: ignore[no-untyped-def]
    number = call("complain", "陈家", "late", "--json").data["number"]
    told = call("sla", number, "--json").data
    assert set(told) == CLOCK | {"number", "customer", "state"}
    assert told["due"] == "2026-11-24T15:05:00+08:00"
    assert told["left_minutes"] == 240
    assert call("sla", number).out.splitlines() == [
        *("opened Tue 24 Nov 10:05", "standard: 4 h", "due Tue 24 Nov 15:05", "left: 4 h")
    ]
    zh = call("--lang", "zh", "sla", number).out
    assert "11月24日周二 15:05" in zh
    late = call("--now", "2026-11-24T16:00", "tickets", "--late", "--json").data["items"]
    assert [one["clock"]["left_minutes"] for one in late] == [-55]
    assert call("tickets", "--late", "--json").data["count"] == 0


def test_a_call_shows_what_is_open_and_is_logged(call, chen: str) -> None:  # type: ignore[no-untyped-def]
    call("complain", chen, "late")
    call("plan", chen, "tomorrow", "promise", "samples")
    told = call("call", "01122", "--json").data
    assert (told["known"], told["count"], told["logged"]) == (True, 1, None)
    assert told["items"][0]["customer"] == chen
    assert len(told["items"][0]["tickets"]) == len(told["items"][0]["promises"]) == 1
    assert call("call", "01122", "asks", "when", "--outcome", "neutral", "--json").data["logged"] is not None
    assert call("call", "5550000", "--json").data["known"] is False
    assert call("call", "13755550000", "--new", "新客", "--json").data["items"][0]["name"] == "新客"


def test_the_rest_of_a_ticket(call, chen: str) -> None:  # type: ignore[no-untyped-def]
    number = call("complain", chen, "broken jar", "--product", "jar", "--json").data["number"]
    assert call("ticket", number, "cause").code == 1
    said = call("ticket", number, "cause", "new lids", "--cause", "product", "--person", "Wei", "--due", "2026-12-01")
    assert said.code == 0, said.err
    assert call("ticket", number, "need", "a larger jar").code == 0
    assert call("ticket", number, "subtask", "send one", "--department", "store", "--due", "tomorrow 10:00").code == 0
    assert call("ticket", number, "subtask", "send one").code == 1
    assert call("ticket", number, "grant", "sorry", "--amount", "30").code == 0
    assert call("ticket", number, "fly").code == 2
    assert call("ticket", "77").code == 1
    told = call("service-report", "--json").data
    assert told["tickets"] == 1
    assert told["causes"][0]["cause"] == "product"
    assert told["opportunities"] == 1
    assert told["net_score"]["score"] is None
    assert "Product defect" in call("service-report").out
    assert call("service-report", "--from", "2020-01-01", "--to", "2020-01-02", "--json").data["tickets"] == 0


def test_knowledge_that_waits_for_the_engineer(call, chen: str) -> None:  # type: ignore[no-untyped-def]
    number = call("complain", chen, "motor hums", "--json").data["number"]
    assert call("ticket", number, "ask").code == 0
    (asked,) = call("article", "asked", "--json").data["items"]
    assert call("article", "answer", asked["id"], "oil it").code == 0
    assert call("article", "asked", "--json").data["count"] == 0
    assert call("article", "add", "No heat", "Change the fuse", "--json").code == 0
    assert call("article", "--json").data["count"] == 2
