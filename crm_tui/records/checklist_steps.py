"""Steps of a visit that are ticked off or measured on the spot."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record
from crm_tui.records.visits import VISIT_KINDS


class ChecklistStep(Record, table=True):
    """One step of the checklist of a kind of visit; with a unit it is measured in whole numbers."""

    __tablename__ = "checklist_steps"
    LABEL: ClassVar[tuple[str, str, str]] = ("Checklists", "检查表", "Checklist step")
    TITLE: ClassVar[str | None] = "key"

    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS, required=True)] = None
    key: Annotated[str | None, About("Key", "键", required=True)] = None
    label_en: Annotated[str | None, About("Label in English", "英文名称")] = None
    label_zh: Annotated[str | None, About("Label in Chinese", "中文名称")] = None
    unit: Annotated[str | None, About("Unit", "单位")] = None
    position: Annotated[int | None, About("Position", "位置", "integer")] = None
