"""Fields that a company adds to its nouns."""

from __future__ import annotations

from typing import Annotated, ClassVar

from crm_tui.records.about import About, choices
from crm_tui.records.record import Record

CUSTOM_KINDS = choices(
    "text|Text|文本", "note|Note|备注", "integer|Whole number|整数", "day|Day|日期", "choice|Choice|选项"
)


class CustomField(Record, table=True):
    """The definition of a custom field; its values stand in `extra` of the noun's rows under `key`."""

    __tablename__ = "custom_fields"
    LABEL: ClassVar[tuple[str, str, str]] = ("Custom fields", "自定义字段", "Custom field")
    TITLE: ClassVar[str | None] = "label_en"

    noun: Annotated[str | None, About("Of", "所属", required=True)] = None
    key: Annotated[str | None, About("Key", "键", required=True)] = None
    label_en: Annotated[str | None, About("Label (English)", "名称（英文）")] = None
    label_zh: Annotated[str | None, About("Label (Chinese)", "名称（中文）")] = None
    kind: Annotated[str | None, About("Kind", "类型", "choice", choices=CUSTOM_KINDS)] = "text"
    choices: Annotated[str | None, About("Choices", "选项", "note")] = None
    required: Annotated[int | None, About("Required", "必填", "flag")] = None
    position: Annotated[int | None, About("Position", "顺序", "integer")] = None
