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
    "delivery|Delivery|送货",
    "collection|Collection|收款",
    "greeting|Greeting|祝福",
    "survey|Survey|调查",
    "callback|Review callback|回访",
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
VISIT_ORIGINS = choices(
    "hand|By hand|手工",
    "import|Import|导入",
    "series|Series|系列",
    "cadence|Cadence|定期",
    "prediction|Prediction|预测",
    "rule|Rule|规则",
    "handover|Handover|交接",
    "calendar|Calendar|日历",
    "retry|Retry|重拨",
)


class Visit(Record, table=True):
    """One contact, planned or done; planned and actual values stand in columns of their own.

    A plan that is moved stays this row and stays "planned": `first_planned` keeps the date it had before it was first
    moved, and is empty until then. The state "moved" is for plans that another row took over.
    """

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
    origin: Annotated[str | None, About("Origin", "来源", "choice", choices=VISIT_ORIGINS, form=False)] = None
    place: Annotated[str | None, About("Place", "地点")] = None
    deal: Annotated[str | None, About("Deal", "商机", "link", link="deals", form=False)] = None
    measured: Annotated[str | None, About("Measured", "测量", "json", form=False)] = None
    first_planned: Annotated[str | None, About("First planned", "最初计划", "instant", group="move", form=False)] = None
    move_reason: Annotated[str | None, About("Why moved", "改期原因", group="move", form=False)] = None
    moved_by: Annotated[str | None, About("Moved by", "改期人", "link", link="people", group="move", form=False)] = None
    cancel_reason: Annotated[str | None, About("Why not", "取消原因", form=False)] = None
    attempt: Annotated[int | None, About("Attempt", "第几次", "integer", form=False)] = None
    series: Annotated[str | None, About("Series", "系列", "link", link="series", form=False)] = None
    occurrence: Annotated[str | None, About("Occurrence", "系列日期", "day", form=False)] = None
    uid: Annotated[str | None, About("Calendar id", "日历编号", group="calendar", form=False)] = None
    brought: Annotated[str | None, About("Brought by calendar", "日历带来", "note", group="calendar", form=False)] = (
        None
    )
    reviewed: Annotated[str | None, About("Reviewed", "批阅时间", "instant", group="review", form=False)] = None
    reviewed_by: Annotated[
        str | None, About("Reviewed by", "批阅人", "link", link="people", group="review", form=False)
    ] = None
    review_comment: Annotated[str | None, About("Comment", "批语", "note", group="review", form=False)] = None
