"""The contact log and its plans: what was done with a customer, and what is to be done."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.contacts import CHANNELS
from crm_tui.records.record import Record

VISIT_KINDS = choices(
    "visit|Visit|拜访",
    "call|Call|电话",
    "message|Message|消息",
    "email|E-mail|邮件",
    "meeting|Meeting|会议",
    "promise|Promise|承诺",
    "other|Other|其他",
)
VISIT_STATES = choices(
    "planned|Planned|计划",
    "done|Done|已完成",
    "missed|Missed|未完成",
    "moved|Moved|已改期",
    "cancelled|Cancelled|已取消",
)
DIRECTIONS = choices("out|Outgoing|我方联系", "in|Incoming|客户联系")
OUTCOMES = choices(
    "good|Good|顺利",
    "neutral|Neutral|一般",
    "bad|Difficult|不顺利",
    "unreached|Not reached|未联系上",
    "declined|Declined|拒绝",
)


class Visit(Record, table=True):
    """One contact, planned or done; planned and actual values stand in columns of their own."""

    __tablename__ = "visits"
    LABEL: ClassVar[tuple[str, str, str]] = ("Contact log", "联络历史", "Contact log entry")
    TITLE: ClassVar[str | None] = "summary"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS, required=True)] = "visit"
    summary: Annotated[str | None, About("Summary", "摘要", "note")] = None
    outcome: Annotated[str | None, About("Outcome", "结果", "choice", choices=OUTCOMES)] = None
    status: Annotated[str | None, About("State", "状态", "choice", choices=VISIT_STATES, form=False)] = "done"
    started: Annotated[str | None, About("Start", "开始", "instant", group="actual")] = None
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes", group="actual")] = None
    zone: Annotated[str | None, About("Time zone", "时区", "zone", group="actual", form=False)] = None
    planned_start: Annotated[str | None, About("Planned", "计划时间", "instant", group="plan", form=False)] = None
    planned_minutes: Annotated[
        int | None, About("Planned minutes", "计划分钟", "minutes", group="plan", form=False)
    ] = None
    planned_zone: Annotated[str | None, About("Planned zone", "计划时区", "zone", group="plan", form=False)] = None
    topic: Annotated[str | None, About("Next step", "下一步", "text", form=False)] = None
    channel: Annotated[str | None, About("Channel", "渠道", "choice", choices=CHANNELS)] = None
    direction: Annotated[str | None, About("Direction", "方向", "choice", choices=DIRECTIONS)] = None
    attendees: Annotated[str | None, About("Attendees", "参加人")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    follows: Annotated[str | None, About("Follows", "承接", "link", link="visits", form=False)] = None
    origin: Annotated[str | None, About("Origin", "来源", "text", form=False)] = None
