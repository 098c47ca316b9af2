"""Complaints of another program become tickets; the counts add up, and again nothing changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from crm_tui.exchange.importing import import_file
from crm_tui.services.crm import Crm

TABLE = (
    "Ticket No,Customer,Complaint,Priority,Status,Opened,Closed,Assignee,Resolution\n"
    "C-1,王芳贸易,米里有虫,High,Closed,2026-11-02 09:30,2026-11-03 10:00,Wei,换货\n"
    "C-2,Acme,late delivery,low,open,2026-11-23,,,\n"
    "C-3,,no customer,low,open,2026-11-23,,,\n"
    "C-4,Acme,broken,urgent,open,never,,,\n"
)


def counts(report: dict[str, Any]) -> list[int]:
    return [report[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]


def test_tickets_are_recognised_counted_and_known_the_second_time(crm: Crm, tmp_path: Path) -> None:
    wei = crm.people.add({"name": "Wei"}).ids[0]
    crm.customers.create({"name": "Acme", "grade": "A"})
    path = tmp_path / "tickets.csv"
    path.write_text(TABLE, "utf-8")
    before = crm.digest()
    report = import_file(crm, path)
    assert report["kind"] == "tickets"
    assert counts(report) == [4, 2, 0, 0, 2]
    one = crm.tickets.get(crm.tickets.resolve("C-1"))
    assert (one["state"], one["severity"], one["person"], one["solution"]) == ("closed", "serious", wei, "换货")
    assert (one["received"], one["finished"]) == ("2026-11-02T01:30:00Z", "2026-11-03T02:00:00Z")
    assert (one["queue_key"], one["resolve_used"]) == (None, 30 + 120 + 300 + 60)
    two = crm.tickets.get(crm.tickets.resolve("C-2"))
    assert (two["state"], two["severity"], two["tier"], two["due"]) == (
        "received", "slight", "A", "2026-11-23T06:00:00Z",
    )  # fmt: skip
    assert [row["number"] for row in crm.tickets.queue()] == ["C-2"]
    assert counts(import_file(crm, path)) == [4, 0, 0, 2, 2]
    crm.tickets.step(two["id"], "respond")
    path.write_text(TABLE.replace("late delivery,low,open", "very late,low,closed"), "utf-8")
    assert counts(import_file(crm, path)) == [4, 0, 1, 1, 2]
    two = crm.tickets.get(two["id"])
    assert (two["text"], two["state"]) == ("very late", "responded")
    assert crm.check() == []
    assert crm.conflicts.issues() == []
    for _ in range(3):
        crm.history.undo()
    assert crm.digest() == before


def test_chinese_headers_mean_the_same(crm: Crm, tmp_path: Path) -> None:
    path = tmp_path / "投诉.csv"
    path.write_text("工单号,客户名称,投诉内容,严重程度,受理时间\n9,陈家,漏水,特急,2026/11/24\n", "utf-8")
    report = import_file(crm, path)
    assert (report["kind"], counts(report)) == ("tickets", [1, 1, 0, 0, 0])
    (row,) = crm.tickets.queue()
    assert (row["severity"], row["text"], row["due"]) == ("critical", "漏水", "2026-11-24T01:30:00Z")
