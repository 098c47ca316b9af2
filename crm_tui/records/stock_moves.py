"""The stock ledger: what came in, was counted, or was written off; deliveries and returns move stock by themselves."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

MOVE_KINDS = choices("purchase|Purchase|进货", "count|Count|盘点", "loss|Loss|损耗", "opening|Opening|期初")


class StockMove(Record, table=True):
    """One movement of a product, in thousandths of its unit: above zero in, below zero out."""

    __tablename__ = "stock_moves"
    LABEL: ClassVar[tuple[str, str, str]] = ("Stock movements", "库存变动", "Stock movement")
    TITLE: ClassVar[str | None] = "day"

    product: Annotated[
        str | None, About("Product", "产品", "link", link="products", owner=True, required=True, form=False)
    ] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=MOVE_KINDS, required=True)] = "purchase"
    quantity: Annotated[
        int | None, About("Quantity (thousandths)", "数量（千分之一）", "integer", required=True, form=False)
    ] = None
    word: Annotated[str | None, About("Why", "原因")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
