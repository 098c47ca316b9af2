"""Deliveries: what left the house for an order, in parts if need be."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Delivery(Record, table=True):
    """One delivery. `stock_word` says why goods left that the stock did not show."""

    __tablename__ = "deliveries"
    LABEL: ClassVar[tuple[str, str, str]] = ("Deliveries", "交付", "Delivery")
    TITLE: ClassVar[str | None] = "day"

    of_order: Annotated[
        str | None, About("Order", "订单", "link", link="orders", owner=True, required=True, form=False)
    ] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    carrier: Annotated[str | None, About("Carrier", "承运方")] = None
    tracking: Annotated[str | None, About("Tracking number", "运单号")] = None
    stock_word: Annotated[str | None, About("Why without stock", "无库存原因", form=False)] = None
    visit: Annotated[str | None, About("Visit", "拜访", "link", link="visits", form=False)] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None


class DeliveryLine(Record, table=True):
    """How much of a line of the order was delivered, in thousandths of its unit."""

    __tablename__ = "delivery_lines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Delivery lines", "交付明细", "Delivery line")
    TITLE: ClassVar[str | None] = None

    delivery: Annotated[
        str | None, About("Delivery", "交付", "link", link="deliveries", owner=True, required=True, form=False)
    ] = None
    line: Annotated[
        str | None, About("Order line", "订单明细", "link", link="order_lines", required=True, form=False)
    ] = None
    quantity: Annotated[
        int | None, About("Quantity (thousandths)", "数量（千分之一）", "integer", required=True, form=False)
    ] = None
    serial: Annotated[str | None, About("Serial number", "序列号")] = None
