"""The log of a ticket: who did what, when, and what was waited for."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

STEPS = choices(
    "receive|Received|受理",
    "respond|Responded|响应",
    "accept|Accepted|接单",
    "refuse|Refused|退回",
    "dispatch|Dispatched|派工",
    "arrive|On site|到场",
    "wait|Waiting|等待",
    "resume|Resumed|恢复",
    "done|Done|完成",
    "review|Reviewed|回访",
    "reopen|Reopened|重新打开",
    "note|Note|备注",
)


class TicketStep(Record, table=True):
    """One step; steps are only ever added, and are taken back by undo."""

    __tablename__ = "ticket_steps"
    LABEL: ClassVar[tuple[str, str, str]] = ("Ticket steps", "工单过程", "Ticket step")
    TITLE: ClassVar[str | None] = "verb"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    ticket: Annotated[str | None, About("Ticket", "工单", "link", link="tickets", required=True, form=False)] = None
    verb: Annotated[str | None, About("Step", "步骤", "choice", choices=STEPS, required=True)] = None
    at: Annotated[str | None, About("At", "时间", "instant", required=True, form=False)] = None
    person: Annotated[str | None, About("By", "由", "link", link="people", form=False)] = None
    assigned: Annotated[str | None, About("Assigned to", "负责人", "link", link="people")] = None
    why: Annotated[str | None, About("For", "原因类别", form=False)] = None
    reason: Annotated[str | None, About("Reason", "说明", "note")] = None
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes")] = None
    cost: Annotated[int | None, About("Parts and travel", "配件与差旅", "money")] = None
