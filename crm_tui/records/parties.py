"""Roles that a customer plays: dealer, supplier, partner and others, several at once."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

PARTY_ROLES = choices(
    "end|End customer|最终客户",
    "distributor|Distributor|分销商",
    "dealer|Dealer|经销商",
    "agent|Agent|代理商",
    "retailer|Retailer|零售商",
    "supplier|Supplier|供应商",
    "partner|Partner|合作伙伴",
    "investor|Investor|投资者",
    "employee|Employee|员工",
)


class Party(Record, table=True):
    """One role of one customer."""

    __tablename__ = "parties"
    LABEL: ClassVar[tuple[str, str, str]] = ("Party roles", "伙伴类型", "Party role")
    TITLE: ClassVar[str | None] = "role"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    role: Annotated[str | None, About("Role", "角色", "choice", choices=PARTY_ROLES, required=True)] = None
