"""The stage log: every change of a deal's stage or amount, from which any past funnel can be drawn again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class StageMove(Record, table=True):
    """One entry: from where, to where, when, by whom, and what the deal was worth then.

    The first has no `from_stage`; where only the amount changed, both stages are the same.
    """

    __tablename__ = "stage_moves"
    LABEL: ClassVar[tuple[str, str, str]] = ("Stage log", "阶段记录", "Stage log entry")
    TITLE: ClassVar[str | None] = None

    deal: Annotated[str | None, About("Deal", "商机", "link", link="deals", owner=True, required=True, form=False)] = (
        None
    )
    at: Annotated[str | None, About("When", "时间", "instant", required=True)] = None
    from_stage: Annotated[str | None, About("From", "原阶段", "link", link="stages")] = None
    to_stage: Annotated[str | None, About("To", "新阶段", "link", link="stages", required=True)] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    amount: Annotated[int | None, About("Amount", "金额", "money", group="value")] = None
    currency: Annotated[str | None, About("Currency", "币种", group="value")] = None
