"""Fills: what a customer took, and what was left when it was brought."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Fill(Record, table=True):
    """One purchase or delivery of a product that is used up, in the unit of its profile (grams)."""

    __tablename__ = "fills"
    LABEL: ClassVar[tuple[str, str, str]] = ("Fills", "补货", "Fill")
    TITLE: ClassVar[str | None] = "day"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    profile: Annotated[
        str | None, About("Consumption", "消费档案", "link", link="consumption_profiles", required=True, form=False)
    ] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    amount: Annotated[int | None, About("Amount (g)", "数量（克）", "integer")] = None
    left_before: Annotated[int | None, About("Left before (g)", "剩余（克）", "integer")] = None
    emptied: Annotated[str | None, About("Ran out on", "用完日期", "day")] = None
    visit: Annotated[str | None, About("Visit", "拜访", "link", link="visits", form=False)] = None
