"""E-mail addresses of customers and their contacts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Email(Record, table=True):
    """One e-mail address."""

    __tablename__ = "emails"
    LABEL: ClassVar[tuple[str, str, str]] = ("E-mails", "邮箱", "E-mail")
    TITLE: ClassVar[str | None] = "address"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    label: Annotated[str | None, About("Label", "标签")] = None
    address: Annotated[str | None, About("Address", "邮箱地址", "email", required=True, search="other")] = None
