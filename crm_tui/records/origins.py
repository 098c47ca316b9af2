"""Where imported rows came from, so that the same file again changes nothing."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Origin(Record, table=True):
    """One row of an outside source: which record it is, and the values that it last brought."""

    __tablename__ = "origins"
    LABEL: ClassVar[tuple[str, str, str]] = ("Origins", "导入来源", "Origin")
    TITLE: ClassVar[str | None] = "source"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    source: Annotated[str | None, About("Source", "来源")] = None
    outside_number: Annotated[str | None, About("Outside number", "外部编号", search="other")] = None
    digest: Annotated[str | None, About("Digest", "摘要值")] = None
    brought: Annotated[str | None, About("Brought", "带来的值", "note")] = None
