"""Stages: the columns of a pipeline, with what a deal must have to stand there."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

STAGE_KINDS = choices("open|Open|进行中", "won|Won|赢单", "lost|Lost|丢单")


class Stage(Record, table=True):
    """One stage. `required` and `shown` are names of deal fields, parted by commas."""

    __tablename__ = "stages"
    LABEL: ClassVar[tuple[str, str, str]] = ("Stages", "商机阶段", "Stage")
    TITLE: ClassVar[str | None] = "name_en"

    pipeline: Annotated[
        str | None, About("Pipeline", "商机流程", "link", link="pipelines", owner=True, required=True, form=False)
    ] = None
    name_en: Annotated[str | None, About("Name (English)", "英文名称", required=True)] = None
    name_zh: Annotated[str | None, About("Name (Chinese)", "中文名称")] = None
    position: Annotated[int | None, About("Position", "顺序", "integer")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=STAGE_KINDS, required=True)] = "open"
    probability: Annotated[int | None, About("Probability %", "赢率 %", "integer")] = None
    rotting_days: Annotated[int | None, About("Days until it rots", "停滞天数", "integer")] = None
    required: Annotated[str | None, About("Required fields", "必填字段")] = None
    shown: Annotated[str | None, About("Shown fields", "显示字段")] = None
