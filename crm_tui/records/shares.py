"""Shares: what left the company for a partner, and the state of the file that it was taken from."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About
from crm_tui.records.record import Record


class Share(Record, table=True):
    """One share that left: what returns has seen the log in it, whose id is this one's, and is measured by this row.

    The file counts what was written when it was made: later edits of this record change nothing.
    """

    __tablename__ = "shares"
    LABEL: ClassVar[tuple[str, str, str]] = ("Shares", "分享", "Share")

    name: Annotated[str | None, About("For", "对象", required=True)] = None
    scope: Annotated[str | None, About("What", "范围", form=False)] = None
    hidden: Annotated[str | None, About("Held back", "隐藏字段", form=False)] = None
    nouns: Annotated[str | None, About("Kinds of records", "记录种类", form=False)] = None
    counts: Annotated[str | None, About("Records", "记录数", form=False)] = None
    vector: Annotated[str | None, About("State", "状态", form=False)] = None
    seq: Annotated[int | None, About("End", "末尾", "integer", form=False)] = None
    chain: Annotated[str | None, About("Chain", "校验链", form=False)] = None
    rows: Annotated[str | None, About("Marks of records", "记录标记", form=False)] = None
    withheld: Annotated[str | None, About("Marks of links held back", "隐藏链接标记", form=False)] = None
