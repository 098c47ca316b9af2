"""Whose schedule is shown: mine, a colleague's, a team's, everybody's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from crm_tui.services.agenda import Entry
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

MINE, ALL = "mine", "all"


@dataclass(frozen=True)
class Whose:
    """A choice.

    Attributes:
        code: "mine", "all", "person:<id>" or "team:<name>".
        name: of the person or team.
    """

    code: str = MINE
    name: str = ""

    @property
    def text(self) -> str:
        """As the head line says it."""
        if self.code == MINE:
            return t("mine")
        return t("everybody's") if self.code == ALL else self.name

    @property
    def several(self) -> bool:
        """Whether it may be more than one person's."""
        return self.code == ALL or self.code.startswith("team:")

    def person(self, crm: Crm) -> str | None:
        """The one person, None for several or where nobody said who sits here."""
        if self.code == MINE:
            me = crm.people.me()
            return str(me["id"]) if me else None
        kind, _, row = self.code.partition(":")
        return row if kind == "person" else None

    def members(self, crm: Crm) -> frozenset[str] | None:
        """The people of a team; None if it is no team."""
        kind, _, name = self.code.partition(":")
        if kind != "team":
            return None
        return frozenset(str(one["id"]) for one in crm.people.all() if one["team"] == name)

    def between(self, crm: Crm, first: date, last: date, *, open_only: bool = False) -> list[Entry]:
        """The lines of some days."""
        found = crm.agenda.between(first, last, self.person(crm), open_only=open_only)
        return self._of_team(crm, found)

    def overdue(self, crm: Crm) -> list[Entry]:
        """What is still open from days before."""
        return self._of_team(crm, crm.agenda.overdue(self.person(crm)))

    def _of_team(self, crm: Crm, found: list[Entry]) -> list[Entry]:
        members = self.members(crm)
        return found if members is None else [one for one in found if one.person in members]


def ask_whose(screen: WorkingScreen[Any], at: Whose, chosen: Callable[[Whose], object]) -> None:
    """Ask whose."""

    def ask(people: list[dict[str, Any]]) -> None:
        from crm_tui.ui.dialogs.pick import Pick

        teams = sorted({str(one["team"]) for one in people if one["team"]})
        rows = [(MINE, t("Mine"), ""), (ALL, t("Everybody's"), "")]
        rows += [(f"team:{name}", name, t("team")) for name in teams]
        rows += [(f"person:{one['id']}", str(one["name"]), str(one["team"] or "")) for one in people]
        names = {code: name for code, name, _ in rows}

        def done(code: str | None) -> None:
            if code is not None:
                chosen(Whose(code, names[code]))

        screen.app.push_screen(Pick(t("Whose schedule"), rows, at.code), done)

    screen.load(lambda crm: crm.people.all(), ask, group="people")
