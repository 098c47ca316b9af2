"""Returns: goods that came back, why, and whether they went into stock again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Return(Record, table=True):
    """One return of goods of an order."""

    __tablename__ = "returns"
    LABEL: ClassVar[tuple[str, str, str]] = ("Returns", "退货", "Return")
    TITLE: ClassVar[str | None] = "day"

    of_order: Annotated[
        str | None, About("Order", "订单", "link", link="orders", owner=True, required=True, form=False)
    ] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    requested: Annotated[str | None, About("Requested on", "申请日期", "day")] = None
    reason: Annotated[str | None, About("Reason", "原因")] = None
    restocked: Annotated[int | None, About("Into stock again", "重新入库", "flag")] = 1
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None


class ReturnLine(Record, table=True):
    """How much of a line of the order came back, in thousandths of its unit."""

    __tablename__ = "return_lines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Return lines", "退货明细", "Return line")
    TITLE: ClassVar[str | None] = None

    of_return: Annotated[
        str | None, About("Return", "退货", "link", link="returns", owner=True, required=True, form=False)
    ] = None
    line: Annotated[
        str | None, About("Order line", "订单明细", "link", link="order_lines", required=True, form=False)
    ] = None
    quantity: Annotated[
        int | None, About("Quantity (thousandths)", "数量（千分之一）", "integer", required=True, form=False)
    ] = None
