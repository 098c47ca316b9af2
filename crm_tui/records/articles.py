"""What the desk knows: articles and cases."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

ARTICLE_KINDS = choices("article|Article|知识", "case|Case|案例", "advice|Advice sheet|提示单", "asked|Asked|待解答")


class Article(Record, table=True):
    """A symptom and what helps; "asked" waits for the engineer's answer."""

    __tablename__ = "articles"
    LABEL: ClassVar[tuple[str, str, str]] = ("Knowledge", "知识库", "Article")
    TITLE: ClassVar[str | None] = "symptom"

    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=ARTICLE_KINDS)] = "article"
    symptom: Annotated[str | None, About("Symptom", "现象", required=True)] = None
    product: Annotated[str | None, About("Product", "产品")] = None
    cause: Annotated[str | None, About("Cause", "原因")] = None
    fix: Annotated[str | None, About("What helps", "解决办法", "note")] = None
    person: Annotated[str | None, About("Author", "作者", "link", link="people")] = None
    ticket: Annotated[str | None, About("Ticket", "工单", "link", link="tickets", form=False)] = None
