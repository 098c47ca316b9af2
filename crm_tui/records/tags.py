"""Tags of customers; each is a row of its own, so that tags set at once on two machines both live."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Tag(Record, table=True):
    """One tag of one customer."""

    __tablename__ = "tags"
    LABEL: ClassVar[tuple[str, str, str]] = ("Tags", "标签", "Tag")

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    name: Annotated[str | None, About("Tag", "标签", "name", required=True, search="other")] = None
