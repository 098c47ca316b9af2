"""Deals: what a customer may buy, and how far that has come."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

LOSS_REASONS = choices(
    "price|Price|价格",
    "competitor|A competitor's product|选择竞品",
    "postponed|Postponed|推迟",
    "no_budget|No budget|没有预算",
    "no_need|No need any more|不再需要",
    "no_contact|Contact lost|失去联系",
    "terms|Terms or delivery|条件或交期",
    "other|Other|其他",
)


class Deal(Record, table=True):
    """One opportunity. Where it stands is one value: stage, since when, by whom, and its place in the column.

    `place` is text that sorts between its neighbours' (`rules/places_between.py`). Amounts are minor units of
    `currency`; the price gap of a loss is in the same currency.
    """

    __tablename__ = "deals"
    LABEL: ClassVar[tuple[str, str, str]] = ("Deals", "商机", "Deal")

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    name: Annotated[str | None, About("Deal", "商机", required=True)] = None
    number: Annotated[str | None, About("Number", "编号", form=False)] = None
    pipeline: Annotated[str | None, About("Pipeline", "商机流程", "link", link="pipelines", form=False)] = None
    stage: Annotated[
        str | None, About("Stage", "阶段", "link", link="stages", required=True, group="standing", form=False)
    ] = None
    staged: Annotated[
        str | None, About("In the stage since", "进入阶段时间", "instant", group="standing", form=False)
    ] = None
    staged_by: Annotated[
        str | None, About("Moved by", "移动人", "link", link="people", group="standing", form=False)
    ] = None
    place: Annotated[str | None, About("Place in the column", "列内位置", group="standing", form=False)] = None
    amount: Annotated[int | None, About("Amount", "金额", "money", group="value")] = None
    currency: Annotated[str | None, About("Currency", "币种", group="value", form=False)] = None
    close_day: Annotated[str | None, About("Expected close", "预计成交", "day")] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    owner: Annotated[str | None, About("Owner", "负责人", "link", link="people")] = None
    products: Annotated[str | None, About("Products", "产品")] = None
    competitor: Annotated[str | None, About("Competitor", "竞争对手")] = None
    source: Annotated[str | None, About("Source", "来源")] = None
    grade: Annotated[
        str | None, About("Prospect grade", "意向级别", "link", link="prospect_grades", group="grading", form=False)
    ] = None
    graded: Annotated[str | None, About("Graded on", "定级日期", "day", group="grading", form=False)] = None
    lost_reason: Annotated[
        str | None, About("Why lost", "丢单原因", "choice", choices=LOSS_REASONS, group="loss", form=False)
    ] = None
    lost_to: Annotated[str | None, About("Lost to", "输给", group="loss", form=False)] = None
    price_gap: Annotated[int | None, About("Price gap", "价差", "money", group="loss", form=False)] = None
    lost_from: Annotated[
        str | None, About("Lost from stage", "丢单阶段", "link", link="stages", group="loss", form=False)
    ] = None
    try_again: Annotated[str | None, About("Try again on", "再试日期", "day", group="loss", form=False)] = None
    lessons: Annotated[str | None, About("Lessons", "经验教训", "note")] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
    outside: Annotated[str | None, About("Number elsewhere", "外部编号", group="import", form=False)] = None
    brought: Annotated[str | None, About("Brought by import", "导入带来", "note", group="import", form=False)] = None
