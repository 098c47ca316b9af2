"""Postal addresses of customers and their contacts."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Address(Record, table=True):
    """One postal address; its lines make sense only together and are one value in the journal."""

    __tablename__ = "addresses"
    LABEL: ClassVar[tuple[str, str, str]] = ("Addresses", "地址", "Address")
    TITLE: ClassVar[str | None] = "street"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    label: Annotated[str | None, About("Label", "标签")] = None
    country: Annotated[str | None, About("Country", "国家", group="place")] = None
    region: Annotated[str | None, About("Province or state", "省", group="place")] = None
    city: Annotated[str | None, About("City", "城市", group="place", search="other")] = None
    district: Annotated[str | None, About("District", "区县", group="place")] = None
    street: Annotated[str | None, About("Street", "街道", group="place", search="other")] = None
    postcode: Annotated[str | None, About("Postcode", "邮编", group="place")] = None
