"""Series of visits: a rule that makes plans again and again."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record
from crm_tui.records.visits import VISIT_KINDS


class Series(Record, table=True):
    """A rule for plans with a customer; its occurrences are visits with ids made from series and day.

    `rule` is the line that `rules/series_text.py` writes: pattern, local start, zone, and what happens on days off.
    An occurrence that was skipped or moved is its visit, cancelled or moved.
    """

    __tablename__ = "series"
    LABEL: ClassVar[tuple[str, str, str]] = ("Series", "系列", "Series")
    TITLE: ClassVar[str | None] = "topic"

    customer: Annotated[
        str | None, About("Customer", "客户", "link", link="customers", owner=True, required=True, form=False)
    ] = None
    contact: Annotated[str | None, About("Contact", "联系人", "link", link="contacts")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=VISIT_KINDS, required=True)] = "visit"
    topic: Annotated[str | None, About("About", "事项")] = None
    person: Annotated[str | None, About("Person", "人员", "link", link="people")] = None
    minutes: Annotated[int | None, About("Minutes", "分钟", "minutes")] = None
    place: Annotated[str | None, About("Place", "地点")] = None
    rule: Annotated[str | None, About("Rule", "规则", required=True, form=False)] = None
    country: Annotated[str | None, About("Holidays of", "节假日国家")] = None
