"""Contact persons of a customer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

DECISION_ROLES = choices(
    "decider|Decider|决策者", "influencer|Influencer|影响者", "user|User|使用者", "payer|Payer|付款者"
)
CHANNELS = choices(
    "phone|Phone|电话",
    "wechat|WeChat|微信",
    "sms|Text message|短信",
    "email|E-mail|电子邮件",
    "online|Online chat|在线客服",
    "fax|Fax|传真",
    "letter|Letter|信件",
    "person|In person|面谈",
)


class Contact(Record, table=True):
    """A person at a customer, with the part that he plays in decisions."""

    __tablename__ = "contacts"
    LABEL: ClassVar[tuple[str, str, str]] = ("Contacts", "联系人", "Contact")

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    name: Annotated[str | None, About("Name", "姓名", "name", required=True, search="name")] = None
    title: Annotated[str | None, About("Job title", "职务")] = None
    department: Annotated[str | None, About("Department", "部门")] = None
    decision_role: Annotated[str | None, About("Decision role", "决策角色", "choice", choices=DECISION_ROLES)] = None
    reports_to: Annotated[str | None, About("Reports to", "上级", "link", link="contacts")] = None
    channel: Annotated[str | None, About("Preferred channel", "首选渠道", "choice", choices=CHANNELS)] = None
    language: Annotated[str | None, About("Language", "语言")] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
    do_not_call: Annotated[int | None, About("Do not call", "请勿致电", "flag")] = None
