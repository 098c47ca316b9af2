"""What one does with a plan, wherever it is shown: move, cancel, copy, put on a free slot, finish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.services.agenda import Entry
from crm_tui.services.free_slots import MINUTES
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.when import clock, weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Done = Callable[[], object]


def when_text(screen: WorkingScreen[Any], at: datetime) -> str:
    """A moment with its weekday."""
    return f"{weekday(at.date())} {clock(at, screen.crm_app.local_now().date())}"


def ask_move(screen: WorkingScreen[Any], plan: str, name: str, at: datetime, done: Done | None = None) -> None:
    """Ask when instead and why, and move."""
    from crm_tui.ui.dialogs.ask_move import AskMove

    def move(answer: tuple[datetime, str] | None) -> None:
        if answer is not None:
            move_to(screen, plan, answer[0], answer[1], done)

    screen.app.push_screen(AskMove(t("Move: {name}", name=name), at), move)


def move_to(screen: WorkingScreen[Any], plan: str, to: datetime, reason: str = "", done: Done | None = None) -> None:
    """Move a plan; its first date stays."""

    def moved(_: object) -> None:
        screen.toast(t("Moved to {when}. u takes it back", when=when_text(screen, to)))
        if done is not None:
            done()

    screen.change(lambda crm: crm.visits.move(plan, to, reason), moved)


def change(screen: WorkingScreen[Any], plan: str, done: Done | None = None) -> None:
    """Open the form of a plan: where, with whom, how long, what for."""
    from crm_tui.ui.dialogs.plan import edit_plan

    edit_plan(screen, plan, done)


def ask_cancel(screen: WorkingScreen[Any], plan: str, name: str) -> None:
    """Ask why not, and cancel."""
    from crm_tui.ui.dialogs.ask_move import AskWhy

    def cancel(reason: str | None) -> None:
        if reason is not None:
            said = t("Cancelled: {name}. u takes it back", name=name)
            screen.change(lambda crm: crm.visits.cancel(plan, reason), lambda _: screen.toast(said))

    screen.app.push_screen(AskWhy(t("Cancel: {name}", name=name), t("why not (may stay empty)")), cancel)


def put(
    screen: WorkingScreen[Any], entry: Entry, at: datetime, *, copy: bool, done: Callable[[str], object] | None = None
) -> None:
    """Put a plan, or a copy of it, where it was told, or on the first free slot after that if somebody is busy then."""

    def work(crm: Crm) -> tuple[datetime, str]:
        to = free_at(crm, entry, at, own=not copy)
        if copy:
            return to, crm.visits.copy(entry.id, to).ids[0]
        crm.visits.move(entry.id, to)
        return to, entry.id

    def said(answer: tuple[datetime, str]) -> None:
        to, plan = answer
        when = when_text(screen, to)
        copied = t("Copied to {when}. u takes it back", when=when)
        told = copied if copy else t("Moved to {when}. u takes it back", when=when)
        screen.toast(told if to == at else told + "\n" + t("the first free slot: {when} is taken", when=f"{at:%H:%M}"))
        if done is not None:
            done(plan)

    screen.change(work, said)


def to_free_slot(screen: WorkingScreen[Any], entry: Entry, done: Done | None = None) -> None:
    """Move a plan to the next free slot of whose it is."""

    def work(crm: Crm) -> datetime | None:
        me = crm.people.me()
        who = entry.person or (me and str(me["id"]))
        to = crm.free_slots.first(crm.store.now(), who, entry.minutes or MINUTES) if who else None
        if to is not None:
            crm.visits.move(entry.id, to)
        return to

    def said(to: datetime | None) -> None:
        if to is None:
            screen.toast(t("No free slot within two months"), bad=True)
            return
        screen.toast(t("Moved to {when}. u takes it back", when=when_text(screen, to)))
        if done is not None:
            done()

    screen.change(work, said)


def free_at(crm: Crm, entry: Entry, at: datetime, *, own: bool) -> datetime:
    """`at` if nothing of the same person stands there, else his first free slot after it.

    Args:
        crm: the file.
        entry: what is put.
        at: where.
        own: whether the entry itself goes away from where it is, and so is in nobody's way.
    """
    me = crm.people.me()
    who = entry.person or (me and str(me["id"]))
    if not who:
        return at
    minutes = entry.minutes or MINUTES
    until = at + timedelta(minutes=minutes)
    for one in crm.agenda.day(at.date(), who, open_only=True):
        busy = one.at < until and one.at + timedelta(minutes=one.minutes or MINUTES) > at
        if busy and not (own and one.id == entry.id):
            return crm.free_slots.first(at, who, minutes) or at
    return at
