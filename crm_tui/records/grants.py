"""Compensation, discount and credit given at the desk, within what a role may give, or with an approver."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

GRANT_KINDS = choices("compensation|Compensation|补偿", "discount|Discount|折扣", "credit|Credit|赊账")
GRANT_STATES = choices("asked|Asked|待批准", "granted|Granted|已给予", "refused|Refused|未批准")


class Grant(Record, table=True):
    """Something that a customer gets because something went wrong."""

    __tablename__ = "grants"
    LABEL: ClassVar[tuple[str, str, str]] = ("Grants", "补偿与让步", "Grant")
    TITLE: ClassVar[str | None] = "reason"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    ticket: Annotated[str | None, About("Ticket", "工单", "link", link="tickets", form=False)] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=GRANT_KINDS)] = "compensation"
    amount: Annotated[int | None, About("Amount", "金额", "money", group="sum", required=True)] = None
    currency: Annotated[str | None, About("Currency", "币种", group="sum")] = "CNY"
    reason: Annotated[str | None, About("Reason", "理由", required=True)] = None
    person: Annotated[str | None, About("Given by", "给予人", "link", link="people", form=False)] = None
    state: Annotated[
        str | None, About("State", "状态", "choice", choices=GRANT_STATES, group="decision", form=False)
    ] = "asked"
    decided: Annotated[str | None, About("Decided", "决定时间", "instant", group="decision", form=False)] = None
    approver: Annotated[
        str | None, About("Decided by", "批准人", "link", link="people", group="decision", form=False)
    ] = None
