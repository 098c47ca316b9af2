"""Leads: who called or walked in, until it is known whether a customer comes of it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

LEAD_KINDS = choices(
    "call_in|Call-in|来电",
    "walk_in|Walk-in|来店",
    "web|Website|网站",
    "fair|Trade fair|展会",
    "referral|Referral|介绍",
    "campaign|Campaign|活动",
    "other|Other|其他",
)
LEAD_STATES = choices(
    "new|New|新",
    "contacted|Contacted|已联系",
    "qualified|Qualified|已确认",
    "converted|Converted|已转化",
    "discarded|Discarded|已放弃",
)


class Lead(Record, table=True):
    """One line of the call-in or walk-in register; after conversion it keeps the way to customer and deal."""

    __tablename__ = "leads"
    LABEL: ClassVar[tuple[str, str, str]] = ("Leads", "线索", "Lead")

    name: Annotated[str | None, About("Name", "姓名", "name", required=True)] = None
    company: Annotated[str | None, About("Company", "公司", "name")] = None
    kind: Annotated[str | None, About("How it came", "途径", "choice", choices=LEAD_KINDS, required=True)] = "call_in"
    phone: Annotated[str | None, About("Phone", "电话", "phone")] = None
    email: Annotated[str | None, About("E-mail", "邮箱", "email")] = None
    interest: Annotated[str | None, About("Interest", "意向")] = None
    source: Annotated[str | None, About("How they heard of us", "得知渠道")] = None
    owner: Annotated[str | None, About("Owner", "负责人", "link", link="people")] = None
    taken_by: Annotated[str | None, About("Taken by", "接待人", "link", link="people", form=False)] = None
    came: Annotated[str | None, About("Came", "到来时间", "instant", group="stay")] = None
    went: Annotated[str | None, About("Went", "离开时间", "instant", group="stay")] = None
    due: Annotated[str | None, About("First answer due", "首次回应期限", "instant")] = None
    answered: Annotated[str | None, About("First answered", "首次回应", "instant", form=False)] = None
    state: Annotated[
        str | None, About("State", "状态", "choice", choices=LEAD_STATES, group="standing", form=False)
    ] = "new"
    stated: Annotated[str | None, About("State since", "状态时间", "instant", group="standing", form=False)] = None
    discard_reason: Annotated[str | None, About("Why discarded", "放弃原因", group="standing", form=False)] = None
    customer: Annotated[str | None, About("Customer", "客户", "link", link="customers", form=False)] = None
    deal: Annotated[str | None, About("Deal", "商机", "link", link="deals", form=False)] = None
    note: Annotated[str | None, About("Note", "备注", "note")] = None
