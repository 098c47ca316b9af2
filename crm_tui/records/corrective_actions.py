"""What is done so that it does not happen again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

ACTION_STATES = choices("open|Open|进行中", "done|Done|已完成", "reopened|Reopened|重新打开")


class CorrectiveAction(Record, table=True):
    """An action against a cause of a product's troubles, with who answers for it and until when."""

    __tablename__ = "corrective_actions"
    LABEL: ClassVar[tuple[str, str, str]] = ("Corrective actions", "纠正措施", "Corrective action")
    TITLE: ClassVar[str | None] = "text"

    text: Annotated[str | None, About("What", "措施", required=True)] = None
    product: Annotated[str | None, About("Product", "产品")] = None
    cause: Annotated[str | None, About("Cause", "原因", required=True)] = None
    person: Annotated[str | None, About("Owner", "负责人", "link", link="people")] = None
    due: Annotated[str | None, About("Due", "到期", "day")] = None
    state: Annotated[str | None, About("State", "状态", "choice", choices=ACTION_STATES, group="standing")] = "open"
    state_on: Annotated[str | None, About("Since", "自", "day", group="standing", form=False)] = None
    ticket: Annotated[str | None, About("Ticket", "工单", "link", link="tickets", form=False)] = None
