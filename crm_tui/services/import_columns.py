"""Columns of a table and where they go, and what is known of a row while its cells are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from crm_tui.rules.days import guess_dayfirst
from crm_tui.rules.headers import Target
from crm_tui.services.import_parts import Child, Value


@dataclass(frozen=True, slots=True)
class Column:
    """A column and where it goes: a target of `rules/headers`, a custom field (`extra` is its key), or nowhere."""

    header: str
    target: Target | None = None
    extra: str = ""
    kind: str = "text"
    dayfirst: bool | None = None

    @property
    def to(self) -> Target:
        """Where the column goes; what goes nowhere is left out."""
        return self.target or _NOWHERE

    @property
    def told(self) -> bool:
        """Whether the column goes to a field of ours."""
        return self.to.name != "ignore"

    def sampled(self, values: Iterable[str]) -> Column:
        """The column with what its values tell about the order of day and month."""
        if self.to.name in _DAYS or self.kind == "day":
            return replace(self, dayfirst=guess_dayfirst(values))
        return self


_NOWHERE = Target("ignore")
_DAYS = frozenset({"birthday", "birthday_lunar", "created", "last_contact", "date"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One address card as plain pairs of a column and its text; `raw` is kept if it is refused."""

    line: int
    pairs: tuple[tuple[Column, str], ...]
    raw: str


class Draft:
    """What is known of a row while its cells are read."""

    __slots__ = (
        "addresses",
        "children",
        "contact",
        "family",
        "fields",
        "given",
        "kind",
        "labels",
        "organisation",
        "outside",
        "own",
        "phones",
        "unread",
    )  # fmt: skip

    def __init__(self) -> None:
        self.fields: dict[str, Value] = {}
        self.children: list[Child] = []
        self.addresses: dict[tuple[str, int], dict[str, str]] = {}
        self.labels: dict[tuple[str, int], str] = {}
        self.contact: dict[str, Value] = {}
        self.family = self.given = self.kind = self.organisation = ""
        self.outside: str | None = None
        self.own: str | None = None
        self.phones: list[tuple[Target, str]] = []
        self.unread = 0
