"""Customers: organisations, persons and households."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

CUSTOMER_KINDS = choices("organisation|Organisation|单位", "person|Person|个人", "household|Household|家庭")
CUSTOMER_LANGUAGES = choices("en|English|英文", "zh|Chinese|中文")


class Customer(Record, table=True):
    """A customer's master record; phones, e-mails, addresses, tags and roles are rows of their own."""

    __tablename__ = "customers"
    LABEL: ClassVar[tuple[str, str, str]] = ("Customers", "客户", "Customer")

    name: Annotated[str | None, About("Name", "名称", "name", required=True, search="name")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=CUSTOMER_KINDS)] = "organisation"
    number: Annotated[str | None, About("Number", "客户编号", search="other")] = None
    parent: Annotated[str | None, About("Part of", "上级单位", "link", link="customers")] = None
    region: Annotated[str | None, About("Region", "地区", search="other")] = None
    industry: Annotated[str | None, About("Industry", "行业")] = None
    size: Annotated[str | None, About("Size", "规模")] = None
    source: Annotated[str | None, About("Source", "来源")] = None
    sales_channel: Annotated[str | None, About("Sales channel", "销售渠道")] = None
    owner: Annotated[str | None, About("Owner", "负责人", "link", link="people")] = None
    branch: Annotated[str | None, About("Branch", "分支机构", "link", link="branches")] = None
    grade: Annotated[str | None, About("Grade", "级别")] = None
    language: Annotated[str | None, About("Language", "语言", "choice", choices=CUSTOMER_LANGUAGES)] = None
    website: Annotated[str | None, About("Website", "网址", "url")] = None
    value_proposition: Annotated[str | None, About("Value proposition", "价值主张", "note")] = None
    instructions: Annotated[str | None, About("Special instructions", "特别说明", "note")] = None
    culture: Annotated[str | None, About("Company culture", "企业文化", "note")] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
    care: Annotated[str | None, About("Care notes", "关怀记录", "note")] = None
    no_go: Annotated[str | None, About("No-go reasons", "禁忌事项", "note")] = None
    do_not_call: Annotated[int | None, About("Do not call", "请勿致电", "flag")] = None
    key_account: Annotated[int | None, About("Key account", "大客户", "flag")] = None
    merged_into: Annotated[str | None, About("Merged into", "合并到", "link", link="customers", form=False)] = None
    sort_key: Annotated[str | None, About("Sort key", "排序", derived=True, form=False)] = None
    last_contact: Annotated[str | None, About("Last contact", "最近联系", "instant", derived=True, form=False)] = None
    next_due: Annotated[str | None, About("Next", "下次", "instant", derived=True, form=False)] = None
