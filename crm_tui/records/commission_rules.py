"""Commission: rates by product, category and tier; months that are locked."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

BASES = choices(
    "order|What is ordered|订单额", "receipt|What is received|回款额", "margin|Margin of what is received|回款毛利"
)


class CommissionRule(Record, table=True):
    """One rate: of what, for what, how much."""

    __tablename__ = "commission_rules"
    LABEL: ClassVar[tuple[str, str, str]] = ("Commission rules", "提成规则", "Commission rule")
    TITLE: ClassVar[str | None] = "name"

    name: Annotated[str | None, About("Name", "名称", required=True)] = None
    product: Annotated[str | None, About("Product", "产品", "link", link="products")] = None
    category: Annotated[str | None, About("Category", "类别")] = None
    tier: Annotated[str | None, About("Tier", "等级")] = None
    base: Annotated[str | None, About("Base", "基数", "choice", choices=BASES, required=True)] = "receipt"
    rate: Annotated[int | None, About("Rate (basis points)", "比例（万分）", "integer", required=True)] = None
    valid_from: Annotated[str | None, About("Valid from", "生效日", "day")] = None
    active: Annotated[int | None, About("In force", "有效", "flag")] = 1


class CommissionMonth(Record, table=True):
    """A month of a person that is locked: its sums by currency as they were paid out, as JSON."""

    __tablename__ = "commission_months"
    LABEL: ClassVar[tuple[str, str, str]] = ("Locked commission months", "已锁提成月", "Locked commission month")
    TITLE: ClassVar[str | None] = "month"

    person: Annotated[str | None, About("Person", "人员", "link", link="people", required=True, form=False)] = None
    month: Annotated[str | None, About("Month", "月份", required=True, form=False)] = None
    sums: Annotated[str | None, About("Sums", "合计", "json", form=False)] = None
    statement: Annotated[str | None, About("Statement", "明细", "note", form=False)] = None
    machine: Annotated[str | None, About("Locked on", "锁定机器", form=False)] = None
