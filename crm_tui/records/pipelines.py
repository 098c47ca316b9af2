"""Pipelines: the ways on which deals go from the first word to won or lost."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Pipeline(Record, table=True):
    """One way of selling; its stages are rows of their own."""

    __tablename__ = "pipelines"
    LABEL: ClassVar[tuple[str, str, str]] = ("Pipelines", "商机流程", "Pipeline")
    TITLE: ClassVar[str | None] = "name_en"

    name_en: Annotated[str | None, About("Name (English)", "英文名称", required=True)] = None
    name_zh: Annotated[str | None, About("Name (Chinese)", "中文名称")] = None
    position: Annotated[int | None, About("Position", "顺序", "integer")] = None
