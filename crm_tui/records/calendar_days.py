"""Days off and make-up working days, as they are in force in this file."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

DAY_STATES = choices("off|Day off|放假", "work|Working day|上班")


class CalendarDay(Record, table=True):
    """A day that differs from its weekday; what is not announced yet is estimated."""

    __tablename__ = "calendar_days"
    LABEL: ClassVar[tuple[str, str, str]] = ("Holidays", "节假日", "Holiday")

    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    state: Annotated[str | None, About("State", "状态", "choice", choices=DAY_STATES, required=True)] = "off"
    name: Annotated[str | None, About("Name", "名称")] = None
    estimated: Annotated[int | None, About("Estimated", "预估", "flag")] = None
    country: Annotated[str | None, About("Country", "国家")] = None
