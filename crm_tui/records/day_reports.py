"""Day reports: what a person did on a day, with his remarks and the supervisor's answer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class DayReport(Record, table=True):
    """One person's day; the figures are those at the time of handing it in. The id is made from person and day."""

    __tablename__ = "day_reports"
    LABEL: ClassVar[tuple[str, str, str]] = ("Day reports", "销售活动日报", "Day report")
    TITLE: ClassVar[str | None] = "day"

    person: Annotated[str | None, About("Person", "人员", "link", link="people", required=True)] = None
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    remarks: Annotated[str | None, About("Remarks", "备注", "note")] = None
    figures: Annotated[str | None, About("Figures", "数字", "json", form=False)] = None
    reviewed: Annotated[str | None, About("Reviewed", "批阅时间", "instant", group="review", form=False)] = None
    reviewed_by: Annotated[
        str | None, About("Reviewed by", "批阅人", "link", link="people", group="review", form=False)
    ] = None
    review_comment: Annotated[str | None, About("Comment", "批语", "note", group="review", form=False)] = None
