"""Codes of root causes."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Cause(Record, table=True):
    """Why things go wrong, by a short code; data/desk.toml proposes some."""

    __tablename__ = "causes"
    LABEL: ClassVar[tuple[str, str, str]] = ("Causes", "原因代码", "Cause")
    TITLE: ClassVar[str | None] = "code"

    code: Annotated[str | None, About("Code", "代码", required=True)] = None
    label_en: Annotated[str | None, About("Name in English", "英文名称")] = None
    label_zh: Annotated[str | None, About("Name in Chinese", "中文名称")] = None
