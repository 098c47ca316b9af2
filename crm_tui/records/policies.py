"""Agreements of the company that every machine keeps to: working hours, contacts a day, and so on."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Policy(Record, table=True):
    """One agreement; its id is made from its name, and what nobody changed has no row."""

    __tablename__ = "policies"
    LABEL: ClassVar[tuple[str, str, str]] = ("Working rules", "工作约定", "Working rule")

    name: Annotated[str | None, About("Name", "名称", required=True)] = None
    value: Annotated[str | None, About("Value", "值")] = None
