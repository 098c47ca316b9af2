"""People who work with the file: salespeople, agents, supervisors."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

ROLES = choices(
    "salesperson|Salesperson|销售人员",
    "desk|Desk agent|服务台坐席",
    "technician|Technician|技术人员",
    "manager|Account manager|客户经理",
    "supervisor|Supervisor|主管",
    "admin|Administrator|管理员",
    "partner|Partner|合作伙伴",
)


class Person(Record, table=True):
    """A person of the company (or of a partner) who owns customers and writes records."""

    __tablename__ = "people"
    LABEL: ClassVar[tuple[str, str, str]] = ("People", "人员", "Person")

    name: Annotated[str | None, About("Name", "姓名", "name", required=True, search="name")] = None
    role: Annotated[str | None, About("Role", "角色", "choice", choices=ROLES)] = "salesperson"
    team: Annotated[str | None, About("Team", "团队")] = None
    branch: Annotated[str | None, About("Branch", "分支机构", "link", link="branches")] = None
    phone: Annotated[str | None, About("Phone", "电话", "phone")] = None
    email: Annotated[str | None, About("E-mail", "邮箱", "email")] = None
    active: Annotated[int | None, About("Active", "在职", "flag")] = 1
