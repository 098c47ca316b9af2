"""Series of visits: a rule that makes plans again and again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record
from crm_tui.records.visits import VISIT_KINDS

SHIFTS = choices(
    "keep|Keep the day|照常",
    "before|Work day before|提前到工作日",
    "after|Work day after|顺延到工作日",
    "skip|Leave out|跳过",
)


class Series(Record, table=True):
    """A rule for plans with a customer; its occurrences are visits with ids made from series and day.

    `rrule` is a recurrence rule of RFC 5545 without its start; the days and `clock` (HH:MM) are local in `zone`.
    """

    __tablename__ = "series"
    LABEL: ClassVar[tuple[str, str, str]] = ("Series", "系列", "Series")
    TITLE: ClassVar[str | None] = "topic"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS, required=True)] = "visit"
    topic: Annotated[str | None, About("About", "事项")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes")] = None
    place: Annotated[str | None, About("Place", "地点")] = None
    rrule: Annotated[str | None, About("Rule", "规则", required=True, group="rule")] = None
    first_day: Annotated[str | None, About("From", "开始日期", "day", required=True, group="rule")] = None
    clock: Annotated[str | None, About("At", "时刻", group="rule")] = None
    zone: Annotated[str | None, About("Time zone", "时区", "zone", group="rule", form=False)] = None
    shift: Annotated[str | None, About("On days off", "遇休息日", "choice", choices=SHIFTS, group="rule")] = "keep"
    country: Annotated[str | None, About("Holidays of", "节假日国家", group="rule")] = None
    ended: Annotated[str | None, About("Ended", "结束日期", "day", form=False)] = None
