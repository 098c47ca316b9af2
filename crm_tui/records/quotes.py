"""Quotes: what was offered to whom, in which version, and until when it holds."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

QUOTE_STATES = choices(
    "draft|Draft|草稿",
    "sent|Sent|已发送",
    "accepted|Accepted|已接受",
    "declined|Declined|已拒绝",
    "replaced|Replaced|已替代",
)


class Quote(Record, table=True):
    """One version of an offer; a new version names the one it replaces."""

    __tablename__ = "quotes"
    LABEL: ClassVar[tuple[str, str, str]] = ("Quotes", "报价", "Quote")
    TITLE: ClassVar[str | None] = "number"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    number: Annotated[str | None, About("Number", "编号", form=False)] = None
    version: Annotated[int | None, About("Version", "版本", "integer", form=False)] = 1
    replaces: Annotated[str | None, About("Replaces", "替代", "link", link="quotes", form=False)] = None
    deal: Annotated[str | None, About("Deal", "商机", "link", link="deals", form=False)] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    subject: Annotated[str | None, About("Subject", "主题")] = None
    status: Annotated[str | None, About("State", "状态", "choice", choices=QUOTE_STATES, group="state", form=False)] = (
        "draft"
    )
    status_day: Annotated[str | None, About("Since", "自", "day", group="state", form=False)] = None
    status_note: Annotated[str | None, About("Why", "原因", group="state", form=False)] = None
    currency: Annotated[str | None, About("Currency", "币种", required=True, form=False)] = None
    day: Annotated[str | None, About("Day", "日期", "day")] = None
    valid_until: Annotated[str | None, About("Valid until", "有效期至", "day")] = None
    due_rule: Annotated[str | None, About("Payment", "付款约定")] = None
    language: Annotated[str | None, About("Language", "语言")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    approved_by: Annotated[
        str | None, About("Approved by", "批准人", "link", link="people", group="approval", form=False)
    ] = None
    approved: Annotated[str | None, About("Approved", "批准时间", "instant", group="approval", form=False)] = None
    approved_discount: Annotated[
        int | None, About("Up to (basis points)", "折扣上限（万分）", "integer", group="approval", form=False)
    ] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
    total: Annotated[int | None, About("Total", "合计", "money", derived=True, form=False)] = None


class QuoteLine(Record, table=True):
    """One line of a quote; its total is rounded once."""

    __tablename__ = "quote_lines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Quote lines", "报价明细", "Quote line")
    TITLE: ClassVar[str | None] = "text"

    quote: Annotated[
        str | None, About("Quote", "报价", "link", link="quotes", owner=True, required=True, form=False)
    ] = None
    product: Annotated[str | None, About("Product", "产品", "link", link="products")] = None
    text: Annotated[str | None, About("Text", "文字")] = None
    unit: Annotated[str | None, About("Unit", "单位")] = None
    quantity: Annotated[
        int | None,
        About("Quantity (thousandths)", "数量（千分之一）", "integer", group="terms", required=True, form=False),
    ] = None
    price: Annotated[int | None, About("Price", "单价", "money", group="terms", required=True, form=False)] = None
    discount: Annotated[
        int | None, About("Discount (basis points)", "折扣（万分）", "integer", group="terms", form=False)
    ] = None
    position: Annotated[int | None, About("Position", "序号", "integer", form=False)] = None
