"""What customers said of how it went: satisfaction and recommendation, with date and source."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

REVIEW_SOURCES = choices(
    "callback|Review callback|回访", "survey|Survey|问卷", "visit|Visit|拜访", "online|Online review|线上评价"
)


class Review(Record, table=True):
    """One answer. What was not asked stays empty: unknown is a state of its own."""

    __tablename__ = "reviews"
    LABEL: ClassVar[tuple[str, str, str]] = ("Reviews", "满意度", "Review")
    TITLE: ClassVar[str | None] = "at"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    ticket: Annotated[str | None, About("Ticket", "工单", "link", link="tickets", form=False)] = None
    at: Annotated[str | None, About("At", "时间", "instant", required=True, form=False)] = None
    source: Annotated[str | None, About("Source", "来源", "choice", choices=REVIEW_SOURCES)] = "callback"
    solved: Annotated[int | None, About("Solved", "已解决", "flag")] = None
    attitude: Annotated[int | None, About("Attitude 1-5", "服务态度 1-5", "integer")] = None
    score: Annotated[int | None, About("Satisfaction 1-5", "满意度 1-5", "integer")] = None
    recommend: Annotated[int | None, About("Recommendation 0-10", "推荐度 0-10", "integer")] = None
    text: Annotated[str | None, About("Said", "客户原话", "note")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
