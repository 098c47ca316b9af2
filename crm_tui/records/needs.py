"""What customers need, and where we learned of it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

URGENCY = choices("low|Low|低", "medium|Medium|中", "high|High|高")
NEED_STATES = choices("open|Open|未满足", "met|Met|已满足", "declined|Declined|已拒绝")


class Need(Record, table=True):
    """A need of a customer."""

    __tablename__ = "needs"
    LABEL: ClassVar[tuple[str, str, str]] = ("Needs", "客户需求", "Need")
    TITLE: ClassVar[str | None] = "text"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    text: Annotated[str | None, About("Need", "需求", "text", required=True)] = None
    product_line: Annotated[str | None, About("Product line", "产品线")] = None
    urgency: Annotated[str | None, About("Urgency", "紧急程度", "choice", choices=URGENCY)] = None
    status: Annotated[str | None, About("State", "状态", "choice", choices=NEED_STATES)] = "open"
    found_on: Annotated[str | None, About("Found on", "发现日期", "day")] = None
    visit: Annotated[str | None, About("Found through", "发现于", "link", link="visits", form=False)] = None
    ticket: Annotated[str | None, About("From ticket", "来源工单", "link", link="tickets", form=False)] = None
