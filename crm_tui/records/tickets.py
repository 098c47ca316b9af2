"""Tickets of the service desk: complaints, requests, questions, suggestions, praise."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.contacts import CHANNELS
from crm_tui.records.record import Record

TICKET_KINDS = choices(
    "complaint|Complaint|投诉",
    "request|Service request|服务请求",
    "question|Question|咨询",
    "suggestion|Suggestion|建议",
    "praise|Praise|表扬",
)
SEVERITIES = choices("critical|Critical|特急", "serious|Serious|严重", "normal|Normal|一般", "slight|Slight|轻微")
TICKET_STATES = choices(
    "received|Received|已受理",
    "responded|Responded|已响应",
    "accepted|Accepted|已接单",
    "dispatched|Dispatched|已派工",
    "arrived|On site|已到场",
    "done|To be reviewed|待回访",
    "reopened|Reopened|重新打开",
    "closed|Closed|已关闭",
)
WAITINGS = choices("customer|Customer|等客户", "part|Part|等配件", "department|Other department|等其他部门")


class Ticket(Record, table=True):
    """One matter that a customer brought up.

    Its state, when and by whom it came to it, what is waited for, who did the job and who reviewed it are one value:
    two machines that act on one ticket disagree on all of it or on nothing. The clock is derived from the steps.
    A sub-task of another department is a ticket with a parent, a department and the instant that was promised.
    """

    __tablename__ = "tickets"
    LABEL: ClassVar[tuple[str, str, str]] = ("Tickets", "工单", "Ticket")
    TITLE: ClassVar[str | None] = "number"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    number: Annotated[str | None, About("Number", "工单编号", form=False)] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=TICKET_KINDS, required=True)] = "complaint"
    text: Annotated[str | None, About("What", "内容", "note", required=True)] = None
    severity: Annotated[str | None, About("Severity", "严重程度", "choice", choices=SEVERITIES, group="standard")] = (
        "normal"
    )
    tier: Annotated[str | None, About("Tier", "客户级别", group="standard", form=False)] = None
    respond_within: Annotated[
        int | None, About("Response within", "响应时限", "minutes", group="standard", form=False)
    ] = None
    resolve_within: Annotated[
        int | None, About("Solution within", "解决时限", "minutes", group="standard", form=False)
    ] = None
    category: Annotated[str | None, About("Category", "类别")] = None
    channel: Annotated[str | None, About("Channel", "渠道", "choice", choices=CHANNELS)] = "phone"
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    product: Annotated[str | None, About("Product", "产品")] = None
    asset: Annotated[str | None, About("Asset", "设备")] = None
    received: Annotated[str | None, About("Received", "受理时间", "instant", group="intake", form=False)] = None
    zone: Annotated[str | None, About("Time zone", "时区", "zone", group="intake", form=False)] = None
    country: Annotated[str | None, About("Country of the holidays", "节假日国家", group="intake", form=False)] = None
    state: Annotated[
        str | None, About("State", "状态", "choice", choices=TICKET_STATES, group="standing", form=False)
    ] = "received"
    state_at: Annotated[str | None, About("Since", "自", "instant", group="standing", form=False)] = None
    state_by: Annotated[str | None, About("By", "由", "link", link="people", group="standing", form=False)] = None
    waiting: Annotated[
        str | None, About("Waiting for", "等待", "choice", choices=WAITINGS, group="standing", form=False)
    ] = None
    done_by: Annotated[str | None, About("Done by", "完成人", "link", link="people", group="standing", form=False)] = (
        None
    )
    reviewed_by: Annotated[
        str | None, About("Reviewed by", "回访人", "link", link="people", group="standing", form=False)
    ] = None
    person: Annotated[str | None, About("Assigned to", "负责人", "link", link="people")] = None
    cause: Annotated[str | None, About("Cause", "原因")] = None
    solution: Annotated[str | None, About("Solution", "解决办法", "note")] = None
    follow_up: Annotated[str | None, About("Follow-up on", "跟进日期", "day")] = None
    parent: Annotated[str | None, About("Part of", "所属工单", "link", link="tickets", form=False)] = None
    department: Annotated[str | None, About("Department", "部门")] = None
    promised: Annotated[str | None, About("Promised for", "承诺时间", "instant", form=False)] = None
    outside: Annotated[str | None, About("Number elsewhere", "外部编号", form=False)] = None
    brought: Annotated[str | None, About("Brought by a file", "文件带来", "note", form=False)] = None
    due: Annotated[str | None, About("Due", "到期", "instant", derived=True, form=False)] = None
    warn: Annotated[str | None, About("Escalates", "升级时间", "instant", derived=True, form=False)] = None
    queue_key: Annotated[str | None, About("Place in the queue", "队列位置", derived=True, form=False)] = None
    responded: Annotated[str | None, About("Responded", "响应时间", "instant", derived=True, form=False)] = None
    finished: Annotated[str | None, About("Finished", "完成时间", "instant", derived=True, form=False)] = None
    response_used: Annotated[int | None, About("Response took", "响应用时", "minutes", derived=True, form=False)] = None
    resolve_used: Annotated[int | None, About("Solution took", "解决用时", "minutes", derived=True, form=False)] = None
    reopened: Annotated[int | None, About("Reopened", "重开次数", "integer", derived=True, form=False)] = None
    cost: Annotated[int | None, About("Cost", "成本", "money", derived=True, form=False)] = None
