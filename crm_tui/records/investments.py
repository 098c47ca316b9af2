"""What we put into a customer beside what is reckoned from visits and discounts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

INVESTMENT_KINDS = choices(
    "visit|Visit|拜访",
    "gift|Gift|礼品",
    "discount|Discount|折扣",
    "service|Service|服务",
    "campaign|Campaign|活动",
    "expense|Expense|费用",
    "compensation|Compensation|补偿",
)


class Investment(Record, table=True):
    """One thing that was put into a customer by hand: a gift, a campaign, a service."""

    __tablename__ = "investments"
    LABEL: ClassVar[tuple[str, str, str]] = ("Investments", "企业投入", "Investment")
    TITLE: ClassVar[str | None] = "text"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=INVESTMENT_KINDS, required=True)] = "gift"
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    text: Annotated[str | None, About("What", "内容")] = None
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes")] = None
    amount: Annotated[int | None, About("Amount", "金额", "money", group="sum", form=False)] = None
    currency: Annotated[str | None, About("Currency", "币种", group="sum", form=False)] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
