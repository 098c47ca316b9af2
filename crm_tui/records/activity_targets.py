"""Targets for activities: so many visits or calls of a person in a period."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record
from crm_tui.records.visits import VISIT_KINDS


class ActivityTarget(Record, table=True):
    """How many contacts of a kind (all kinds if none is told) a person plans for a period."""

    __tablename__ = "activity_targets"
    LABEL: ClassVar[tuple[str, str, str]] = ("Activity targets", "活动目标", "Activity target")
    TITLE: ClassVar[str | None] = "kind"

    person: Annotated[str | None, About("Person", "人员", "link", link="people", required=True)] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS)] = None
    first_day: Annotated[str | None, About("From", "从", "day", required=True, group="period")] = None
    last_day: Annotated[str | None, About("Until", "到", "day", required=True, group="period")] = None
    target: Annotated[int | None, About("Target", "目标", "integer", required=True)] = None
