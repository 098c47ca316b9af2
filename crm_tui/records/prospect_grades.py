"""Prospect grades: how soon a prospect means to decide, as the company's own template."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class ProspectGrade(Record, table=True):
    """One grade; a deal that keeps it longer than its horizon is not believable any more."""

    __tablename__ = "prospect_grades"
    LABEL: ClassVar[tuple[str, str, str]] = ("Prospect grades", "意向级别", "Prospect grade")
    TITLE: ClassVar[str | None] = "code"

    code: Annotated[str | None, About("Code", "代码", required=True)] = None
    label_en: Annotated[str | None, About("Meaning (English)", "英文说明")] = None
    label_zh: Annotated[str | None, About("Meaning (Chinese)", "中文说明")] = None
    horizon_days: Annotated[int | None, About("Horizon, days", "期限（天）", "integer", required=True)] = None
    position: Annotated[int | None, About("Position", "顺序", "integer")] = None
