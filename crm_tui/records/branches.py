"""Branches, stores and brands in a tree."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

OWNERSHIP = choices("own|Own|自营", "franchise|Franchise|加盟", "agent|Agent|代理")


class Branch(Record, table=True):
    """A branch of the company; branches form a tree by `parent`."""

    __tablename__ = "branches"
    LABEL: ClassVar[tuple[str, str, str]] = ("Branches", "分支机构", "Branch")

    name: Annotated[str | None, About("Name", "名称", "name", required=True)] = None
    parent: Annotated[str | None, About("Part of", "上级机构", "link", link="branches")] = None
    brand: Annotated[str | None, About("Brand", "品牌")] = None
    region: Annotated[str | None, About("Region", "地区")] = None
    ownership: Annotated[str | None, About("Ownership", "性质", "choice", choices=OWNERSHIP)] = None
    opened: Annotated[str | None, About("Opened", "开业日期", "day")] = None
