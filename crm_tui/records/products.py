"""Products: what is sold, by which unit, and what it costs us."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Product(Record, table=True):
    """One thing that is sold. Costs are confidential; quantities are counted where `stocked` says so."""

    __tablename__ = "products"
    LABEL: ClassVar[tuple[str, str, str]] = ("Products", "产品", "Product")
    TITLE: ClassVar[str | None] = "name"

    name: Annotated[str | None, About("Name", "名称", "name", required=True)] = None
    code: Annotated[str | None, About("Code", "编码")] = None
    unit: Annotated[str | None, About("Unit", "单位")] = None
    category: Annotated[str | None, About("Category", "类别")] = None
    description: Annotated[str | None, About("Description", "描述", "note")] = None
    cost: Annotated[int | None, About("Cost", "成本", "money", group="costs", secret=True, form=False)] = None
    cost_currency: Annotated[str | None, About("Cost currency", "成本币种", group="costs", secret=True, form=False)] = (
        None
    )
    stocked: Annotated[int | None, About("Stock is kept", "管理库存", "flag")] = 1
    warranty_months: Annotated[int | None, About("Warranty (months)", "质保（月）", "integer")] = None
    offer_months: Annotated[int | None, About("Offer after (months)", "后续推荐（月）", "integer")] = None
    offer: Annotated[str | None, About("What to offer then", "推荐内容")] = None
    active: Annotated[int | None, About("On sale", "在售", "flag")] = 1
    outside: Annotated[str | None, About("Outside number", "外部编号", group="origin", form=False)] = None
    brought: Annotated[str | None, About("Brought by a file", "文件带来", "note", group="origin", form=False)] = None
