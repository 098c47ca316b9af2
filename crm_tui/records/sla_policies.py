"""Standards of the desk: how soon an answer and a solution are owed, by tier and severity."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record
from crm_tui.records.tickets import SEVERITIES


class SlaPolicy(Record, table=True):
    """One standard, in minutes of working time; without a tier it is everybody's who has none of his own."""

    __tablename__ = "sla_policies"
    LABEL: ClassVar[tuple[str, str, str]] = ("Service standards", "服务标准", "Service standard")
    TITLE: ClassVar[str | None] = "tier"

    tier: Annotated[str | None, About("Tier", "客户级别")] = None
    severity: Annotated[str | None, About("Severity", "严重程度", "choice", choices=SEVERITIES, required=True)] = None
    respond_within: Annotated[
        int | None, About("Response within", "响应时限", "minutes", group="within", required=True)
    ] = None
    resolve_within: Annotated[
        int | None, About("Solution within", "解决时限", "minutes", group="within", required=True)
    ] = None
