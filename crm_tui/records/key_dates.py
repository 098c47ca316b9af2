"""Dates that return: birthdays (solar and lunar), paydays, festivals."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

KEY_DATE_KINDS = choices(
    "birthday|Birthday|生日",
    "payday|Payday|发薪日",
    "anniversary|Anniversary|纪念日",
    "festival|Festival|节日",
    "contract|Contract end|合同到期",
    "other|Other|其他",
)


class KeyDate(Record, table=True):
    """A date of a customer or contact; without a month it returns monthly, without a year yearly."""

    __tablename__ = "key_dates"
    LABEL: ClassVar[tuple[str, str, str]] = ("Key dates", "重要日期", "Key date")
    TITLE: ClassVar[str | None] = "kind"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=KEY_DATE_KINDS, required=True)] = None
    label: Annotated[str | None, About("Label", "说明")] = None
    year: Annotated[int | None, About("Year", "年", "integer", group="moment")] = None
    month: Annotated[int | None, About("Month", "月", "integer", group="moment")] = None
    day: Annotated[int | None, About("Day", "日", "integer", group="moment")] = None
    lunar: Annotated[int | None, About("Lunar", "农历", "flag", group="moment")] = None
    lead_days: Annotated[int | None, About("Days ahead", "提前天数", "integer")] = None
