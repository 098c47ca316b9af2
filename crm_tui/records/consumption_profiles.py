"""What a household or shop uses up: how many people, how much a day, when they are paid."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class ConsumptionProfile(Record, table=True):
    """One product that a customer uses up; amounts are grams (or millilitres, pieces: what the product counts in)."""

    __tablename__ = "consumption_profiles"
    LABEL: ClassVar[tuple[str, str, str]] = ("Consumption", "消费档案", "Consumption profile")
    TITLE: ClassVar[str | None] = "product"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    product: Annotated[str | None, About("Product", "产品", required=True)] = None
    household_size: Annotated[int | None, About("Household size", "家里人数", "integer")] = None
    per_head: Annotated[int | None, About("Use a head and day (g)", "人均日用量（克）", "integer")] = None
    monthly_use: Annotated[int | None, About("Use a month (g)", "月用量（克）", "integer")] = None
    daily_use: Annotated[int | None, About("Use a day (g)", "日用量（克）", "integer")] = None
    since: Annotated[str | None, About("Holds since", "起始日期", "day")] = None
    container: Annotated[int | None, About("Container (g)", "容器（克）", "integer")] = None
    lead_days: Annotated[int | None, About("Days ahead", "提前天数", "integer")] = 2
    payday: Annotated[str | None, About("Payday", "发薪日")] = None
    access: Annotated[str | None, About("Access", "进门说明", "note")] = None
