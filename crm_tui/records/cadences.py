"""Cadences: how often customers of a tier or kind, or one customer, shall hear from us."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.customers import CUSTOMER_KINDS
from crm_tui.records.record import Record
from crm_tui.records.visits import VISIT_KINDS


class Cadence(Record, table=True):
    """A policy; the most particular one holds: that of the customer, of tier and kind, of the tier, of the kind."""

    __tablename__ = "cadences"
    LABEL: ClassVar[tuple[str, str, str]] = ("Cadences", "联络频率", "Cadence")
    TITLE: ClassVar[str | None] = "grade"

    grade: Annotated[str | None, About("Grade", "级别")] = None
    customer_kind: Annotated[str | None, About("Kind of customer", "客户类型", "choice", choices=CUSTOMER_KINDS)] = None
    customer: Annotated[str | None, About("Customer", "客户", "link", link="customers")] = None
    every_days: Annotated[int | None, About("Every … days", "间隔天数", "integer", required=True)] = None
    yellow_days: Annotated[int | None, About("Yellow after", "黄色天数", "integer")] = None
    red_days: Annotated[int | None, About("Red after", "红色天数", "integer")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS)] = "visit"
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes")] = None
    response_hours: Annotated[int | None, About("Answer within hours", "响应小时", "integer")] = None
    terms: Annotated[str | None, About("Service terms", "服务条款", "note")] = None
