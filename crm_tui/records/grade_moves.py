"""The grade log: every change of a prospect's grade, with its reason."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class GradeMove(Record, table=True):
    """One change of grade."""

    __tablename__ = "grade_moves"
    LABEL: ClassVar[tuple[str, str, str]] = ("Grade log", "级别记录", "Grade log entry")
    TITLE: ClassVar[str | None] = None

    deal: Annotated[str | None, About("Deal", "商机", "link", link="deals", owner=True, required=True, form=False)] = (
        None
    )
    day: Annotated[str | None, About("Day", "日期", "day", required=True)] = None
    from_grade: Annotated[str | None, About("From", "原级别", "link", link="prospect_grades")] = None
    to_grade: Annotated[str | None, About("To", "新级别", "link", link="prospect_grades")] = None
    reason: Annotated[str | None, About("Reason", "原因")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
