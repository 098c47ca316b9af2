"""What a customer owns of what we sold: serial number, warranty, state."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

ASSET_STATES = choices("in_use|In use|使用中", "stored|Stored|闲置", "replaced|Replaced|已更换", "gone|Gone|已报废")


class Asset(Record, table=True):
    """One thing that a customer has in use."""

    __tablename__ = "assets"
    LABEL: ClassVar[tuple[str, str, str]] = ("Installed base", "客户在用设备", "Installed product")
    TITLE: ClassVar[str | None] = "name"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    product: Annotated[str | None, About("Product", "产品", "link", link="products")] = None
    name: Annotated[str | None, About("Name", "名称", required=True)] = None
    serial: Annotated[str | None, About("Serial number", "序列号")] = None
    line: Annotated[str | None, About("Order line", "订单明细", "link", link="order_lines", form=False)] = None
    delivered: Annotated[str | None, About("Delivered", "交付日期", "day")] = None
    warranty_end: Annotated[str | None, About("Warranty until", "质保至", "day")] = None
    status: Annotated[str | None, About("State", "状态", "choice", choices=ASSET_STATES)] = "in_use"
    note: Annotated[str | None, About("Note", "备注", "note")] = None
