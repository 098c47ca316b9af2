"""Frozen plans: what was planned for a week when it began."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class PlanFreeze(Record, table=True):
    """The plans of one person for one week, as they stood when it began; the id is made from person and week."""

    __tablename__ = "plan_freezes"
    LABEL: ClassVar[tuple[str, str, str]] = ("Frozen plans", "冻结计划", "Frozen plan")
    TITLE: ClassVar[str | None] = "week"

    person: Annotated[str | None, About("Person", "人员", "link", link="people", required=True)] = None
    week: Annotated[str | None, About("Week from", "周一", "day", required=True)] = None
    plans: Annotated[str | None, About("Plans", "计划", "json", form=False)] = None
