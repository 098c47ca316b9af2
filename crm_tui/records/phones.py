"""Phone numbers of customers and their contacts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Phone(Record, table=True):
    """One phone number, in international form where it is a valid one, else as it was typed."""

    __tablename__ = "phones"
    LABEL: ClassVar[tuple[str, str, str]] = ("Phones", "电话", "Phone")
    TITLE: ClassVar[str | None] = "number"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    label: Annotated[str | None, About("Label", "标签")] = None
    number: Annotated[str | None, About("Number", "号码", "phone", required=True, search="phone")] = None
    extension: Annotated[str | None, About("Extension", "分机")] = None
    digits: Annotated[str | None, About("Digits", "数字", derived=True, form=False)] = None
