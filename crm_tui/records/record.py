"""What every record has, and how a noun is described to the layers above."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import ValidationError
from sqlmodel import Field, SQLModel

from crm_tui.errors import Invalid
from crm_tui.records.about import About, choices
from crm_tui.words import t

DELETED = choices("trashed|In the trash|在回收站", "undone|Undone|已撤销")


class Record(SQLModel):
    """The columns that all nouns share. Values are stored as whole numbers, text or nothing.

    Instants are text in UTC (`2026-11-24T15:00:00Z`), days are text (`2026-11-24`), money is whole minor units.
    """

    LABEL: ClassVar[tuple[str, str, str]] = ("Records", "记录", "Record")
    """Many in English, Chinese, one in English."""

    TITLE: ClassVar[str | None] = "name"

    id: Annotated[str, About("Id", "编号", "link", form=False)] = Field(primary_key=True)
    created: Annotated[str | None, About("Created", "创建时间", "instant", form=False)] = None
    changed: Annotated[str | None, About("Changed", "修改时间", "instant", derived=True, form=False)] = None
    live: Annotated[int | None, About("Shown", "显示", "flag", derived=True, form=False)] = Field(
        default=1, sa_column_kwargs={"server_default": "1"}
    )
    deleted: Annotated[str | None, About("Deleted", "删除", "choice", choices=DELETED, form=False)] = None
    extra: Annotated[str | None, About("Custom fields", "自定义字段", "json", form=False)] = None


@dataclass(frozen=True)
class FieldOf:
    """One field of a noun: its name, its metadata and its place."""

    name: str
    about: About
    position: int


@dataclass(frozen=True)
class Noun:
    """A kind of record: its table, its labels (many, and `one` in English) and its fields."""

    name: str
    table: type[Record]
    en: str
    zh: str
    one: str

    @cached_property
    def fields(self) -> dict[str, FieldOf]:
        """All fields by name, in the order of their declaration."""
        found: dict[str, FieldOf] = {}
        for position, (name, info) in enumerate(self.table.model_fields.items()):
            about = next((item for item in info.metadata if isinstance(item, About)), None)
            if about is None:
                raise TypeError(f"{self.name}.{name} has no About")
            found[name] = FieldOf(name, about, position)
        return found

    @cached_property
    def logged(self) -> dict[str, FieldOf]:
        """The fields that the journal keeps, `id` and `extra` left out."""
        return {n: f for n, f in self.fields.items() if not f.about.derived and n not in ("id", "extra")}

    @property
    def title(self) -> str | None:
        """The field that names a record of this noun, if one does."""
        return self.table.TITLE

    def validate(self, values: dict[str, Any]) -> dict[str, int | str | None]:
        """A whole record from `values`, as it is stored.

        Raises:
            Invalid: with a sentence for each field that is not acceptable.
        """
        self._known(values)
        try:
            record = self.table.model_validate(values)
        except ValidationError as error:
            raise Invalid(_sentences(error)) from None
        # A required field that was not given at all keeps its default and is not seen by pydantic.
        missing = [n for n, f in self.fields.items() if f.about.required and getattr(record, n) in (None, "")]
        if missing:
            raise Invalid({name: t("must not be empty") for name in missing})
        return {name: getattr(record, name) for name in self.fields if not self.fields[name].about.derived}

    def clean(self, values: dict[str, Any]) -> dict[str, int | str | None]:
        """Some fields of a record, as they are stored.

        Raises:
            Invalid: with a sentence for each field that is not acceptable.
        """
        self._known(values)
        cleaned: dict[str, int | str | None] = {}
        problems: dict[str, str] = {}
        for name, value in values.items():
            try:
                cleaned[name] = self.fields[name].about.clean(value)
            except ValueError as error:
                problems[name] = str(error)
        if problems:
            raise Invalid(problems)
        return cleaned

    def _known(self, values: Iterable[str]) -> None:
        unknown = [name for name in values if name not in self.fields or self.fields[name].about.derived]
        if unknown:
            raise Invalid({name: t("no such field; known are: {known}", known=self._names()) for name in unknown})

    def _names(self) -> str:
        return ", ".join(n for n, f in self.fields.items() if not f.about.derived and n != "id")


def _sentences(error: ValidationError) -> dict[str, str]:
    return {
        str(item["loc"][0]): str(item.get("ctx", {}).get("error", item["msg"]))
        for item in error.errors(include_url=False)
    }
