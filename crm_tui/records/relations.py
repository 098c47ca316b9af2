"""Relations between customers: referred by, supplier of, family and others."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

RELATION_KINDS = choices(
    "referred_by|Referred by|推荐人",
    "supplier_of|Supplier of|供应给",
    "dealer_of|Dealer of|经销",
    "family|Family of|亲属",
    "friend|Friend of|朋友",
    "partner|Partner of|合作伙伴",
    "competitor|Competitor of|竞争对手",
    "distinct|Not the same as|不是同一客户",
)


class Relation(Record, table=True):
    """`customer` stands in relation `kind` to `other`."""

    __tablename__ = "relations"
    LABEL: ClassVar[tuple[str, str, str]] = ("Relations", "关系网络", "Relation")
    TITLE: ClassVar[str | None] = "kind"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    kind: Annotated[str | None, About("Relation", "关系", "choice", choices=RELATION_KINDS, required=True)] = None
    other: Annotated[str | None, About("Other customer", "相关客户", "link", link="customers", required=True)] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
