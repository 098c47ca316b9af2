"""Joining a company by its first bundle, from the screen: is that meant, whose bundle is it, and who sits here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Cancelled, CrmError
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.fields import choice_text
from crm_tui.ui.giving.texts import customers_text
from crm_tui.ui.syncing.say import Say
from crm_tui.ui.syncing.texts import conflicts_text, counts_text
from crm_tui.ui.syncing.working import Outcome, Working
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.sync.bundles import Imported, UnknownKey
    from crm_tui.ui.screen import WorkingScreen
    from crm_tui.ui.syncing.taking import Tried


@dataclass(frozen=True)
class Person:
    """Somebody of the company: id, name, role in the reader's language."""

    id: str
    name: str
    role: str


class Joining:
    """The questions in their order.

    Args:
        screen: asks them.
        tried: the bundle.
        refuse: is called where this file cannot join any more.
    """

    def __init__(self, screen: WorkingScreen[Any], tried: Tried, refuse: Callable[[], object]) -> None:
        self._screen, self._tried, self._refuse = screen, tried, refuse

    def begin(self) -> None:
        """Ask whether that is meant; a file that works with others already stays with them."""
        app = self._screen.crm_app

        def read(crm: Crm) -> tuple[bool, int]:
            from crm_tui.sync.joining import may_join
            from crm_tui.ui.syncing.reading import bundles_of

            return may_join(bundles_of(app, crm)), crm.customers.counts()["all"]

        self._screen.load(read, lambda found: self._ask(*found), group="join")

    def _ask(self, alone: bool, customers: int) -> None:
        if not alone:
            self._refuse()
            return
        lines = [
            str(self._tried.path),
            "",
            t("This bundle comes from a company that this file does not belong to yet."),
        ]
        lines += ["", t("Shall this file become one of that company? That cannot be taken back.")]
        if customers:
            lines.append(t("What stands here comes along: {customers}.", customers=customers_text(customers)))

        def answered(answer: str | None) -> None:
            if answer == "y":
                self._join()

        self._screen.app.push_screen(Say(t("Join colleagues"), "\n".join(lines), [("y", t("join them"))]), answered)

    def _join(self) -> None:
        self._screen.app.push_screen(Working(t("Joining"), self._work(), writes=True), self._joined)

    def _work(self) -> Callable[..., Imported]:
        app, tried = self._screen.crm_app, self._tried

        def join(crm: Crm, progress: Callable[[int], None], stop: threading.Event) -> Imported:
            from crm_tui.sync import joining
            from crm_tui.ui.syncing.reading import bundles_of

            return joining.join(
                bundles_of(app, crm),
                tried.path,
                accept_key=tried.code,
                passphrase=tried.passphrase,
                progress=progress,
                stop=stop,
            )

        return join

    def _joined(self, outcome: Outcome | None) -> None:
        from crm_tui.sync.bundles import UnknownKey

        if outcome is None:
            return
        if isinstance(outcome.error, UnknownKey):
            self._ask_code(outcome.error)
        elif outcome.error is not None:
            self._failed(outcome.error)
        else:
            self._welcome(outcome.value)

    def _failed(self, error: CrmError) -> None:
        stopped = isinstance(error, Cancelled)
        self._screen.toast(t("Stopped; nothing was changed") if stopped else str(error), bad=not stopped)

    def _ask_code(self, error: UnknownKey) -> None:
        from crm_tui.ui.syncing.codes import ask_code

        def answered(yes: bool) -> None:
            if yes:
                self._tried = replace(self._tried, code=error.code)
                self._join()

        ask_code(self._screen, error.name, error.code, answered)

    def _welcome(self, done: Imported) -> None:
        lines = [counts_text(done.merged)]
        if done.merged.conflicts:
            lines += ["", conflicts_text(done.merged.conflicts)]
        lines += ["", t("Write a bundle (o) for {name}, so that your machine is known there too.", name=done.sender)]
        title = t("Joined: you work with {name} now", name=done.sender)
        said = Say(title, "\n".join(lines), [("Enter", t("good"))])
        self._screen.app.push_screen(said, lambda _: self._screen.load(_people, self._who, group="people"))

    def _who(self, found: tuple[str, list[Person]]) -> None:
        """Which of the colleagues sits here; who wrote himself down before may be one of them."""
        me, people = found
        others = [one for one in people if one.id != me]
        if not others:
            return
        own = next((one for one in people if one.id == me), None)
        rows = [(own.id, own.name, t("as written here"))] if own is not None else []
        rows += [(one.id, one.name, one.role) for one in others]
        same = next((one.id for one in others if own is not None and one.name == own.name), None)

        def chosen(answer: str | None) -> None:
            if answer is not None and answer != me:
                name = next(one.name for one in others if one.id == answer)
                self._screen.change(lambda crm: _i_am(crm, answer, me), lambda _: self._named(name))

        self._screen.app.push_screen(Choose(t("Which of these people are you?"), rows, same), chosen)

    def _named(self, name: str) -> None:
        app = self._screen.crm_app
        app.who = name
        app.announce(None)


def _people(crm: Crm) -> tuple[str, list[Person]]:
    me = crm.people.me()
    rows = [row for row in crm.people.all() if row["active"] in (None, 1)]
    found = [Person(row["id"], str(row["name"]), choice_text("people", "role", row["role"])) for row in rows]
    return (str(me["id"]) if me is not None else "", found)


def _i_am(crm: Crm, person: str, before: str) -> None:
    """Be somebody of the company; who was written here before is the same, and goes unless something names him."""
    crm.people.i_am(person)
    named = "SELECT EXISTS(SELECT 1 FROM customers WHERE owner = ?1) OR EXISTS(SELECT 1 FROM visits WHERE person = ?1)"
    if before and not crm.store.reader().execute(named, (before,)).fetchone()[0]:
        crm.people.trash(before)
