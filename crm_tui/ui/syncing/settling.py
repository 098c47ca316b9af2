"""Settling conflicts: one side, another value, all of one kind at once; and choosing again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from crm_tui.errors import NotFound
from crm_tui.rules.hidden import TRASHED
from crm_tui.services.stale import look
from crm_tui.ui.dialogs.ask import Choose, Confirm
from crm_tui.ui.dialogs.newer import Look, change_asking
from crm_tui.ui.syncing.compare import when
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.errors import CrmError
    from crm_tui.services.alike import Alike, How
    from crm_tui.services.conflicts import Keep
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes
    from crm_tui.ui.dialogs.form import FormPlan
    from crm_tui.ui.screen import WorkingScreen
    from crm_tui.ui.screens.conflicts import ConflictsScreen
    from crm_tui.ui.syncing.reading import Case


MANY = 2_000
"""From so many on, settling them takes longer than a moment."""


def keep(screen: ConflictsScreen, case: Case, how: Keep) -> None:
    """Keep one side, or both."""
    number, said = case.conflict.number, settled(case, how)
    _ask(screen, lambda crm, seen: crm.conflicts.resolve(number, how, opened=seen), case, said)


def write(screen: ConflictsScreen, case: Case, value: Any, said: str) -> None:
    """Settle it with a stored value; `said` tells what became of it."""
    number = case.conflict.number
    _ask(screen, lambda crm, seen: crm.conflicts.resolve(number, "value", value, seen), case, said)


def _ask(screen: ConflictsScreen, work: Callable[[Crm, Look], Changes], what: Case | Alike, said: str) -> None:
    """Settle; who has written meanwhile is told first."""
    change_asking(
        screen,
        work,
        screen.opened,
        lambda _: screen.settle(what, said),
        anyway=t("settle all the same"),
        look=lambda _: screen.reload(None),
    )


def settled(case: Case, how: Keep) -> str:
    """What a toast says."""
    if how == "both":
        return t("Kept both: {name}. u chooses again", name=case.name)
    if how == "mine":
        return t("Kept mine: {name}. u chooses again", name=case.name)
    return t("Kept theirs: {name}. u chooses again", name=case.name)


def choose_side(screen: ConflictsScreen, case: Case) -> None:
    """Ask which of the sides, by who wrote it; for more than two, and where none of them is mine."""

    def chosen(answer: str | None) -> None:
        if answer is not None:
            said = t("Settled: {name}. u chooses again", name=case.name)
            write(screen, case, case.versions[int(answer)].side.value, said)

    screen.app.push_screen(Choose(t("Which one is right?"), _sides(screen, case)), chosen)


def _sides(screen: WorkingScreen[Any], case: Case) -> list[tuple[str, str, str]]:
    now = screen.crm_app.local_now()
    found = []
    for place, one in enumerate(case.versions):
        text = one.text.replace("\n", " ") or t("(empty)")
        found.append((str(place), text, f"{one.side.person or one.side.machine}  {when(one.side.at, now)}"))
    return found


def settle_alike(screen: ConflictsScreen, case: Case) -> None:
    """Ask how all conflicts of this one's field are to be settled, then whether it is meant."""
    from crm_tui.services.alike import alike

    number = case.conflict.number
    screen.load(lambda crm: alike(crm, number), partial(_ask_how, screen, case), group="alike")


def _ask_how(screen: ConflictsScreen, case: Case, found: Alike) -> None:
    title = t("{n} conflicts of “{field}” the same way", n=f"{len(found.sides):,}", field=case.what)
    screen.app.push_screen(Choose(title, _ways(found, case.joinable)), partial(_sure, screen, found, case.what))


def _ways(found: Alike, joinable: bool) -> list[tuple[str, str, str]]:
    """How they can be settled, each with in how many of them where not in all."""
    ways: tuple[How, ...] = ("keep", "throw") if found.of_trash else ("mine", "theirs", "both")
    rows: list[tuple[str, str, str]] = []
    for how in ways:
        able, total = found.count(how), len(found.sides)
        if able and (how != "both" or joinable):
            hint = "" if able == total else t("in {n} of {total}", n=f"{able:,}", total=f"{total:,}")
            rows.append((how, way_text(how), hint))
    return rows


def way_text(how: str) -> str:
    """A way of settling several, in the reader's language."""
    return {
        "mine": t("Keep mine"),
        "theirs": t("Keep theirs"),
        "both": t("Keep both, one under the other"),
        "keep": t("Keep them all"),
        "throw": t("All to the trash"),
    }[how]


def _sure(screen: ConflictsScreen, found: Alike, what: str, how: str | None) -> None:
    if how is None:
        return
    from crm_tui.services.alike import settle

    chosen = cast("How", how)
    n = f"{found.count(chosen):,}"
    question = t("Settle {n} conflicts of “{field}” at once?\n\n{way}", n=n, field=what, way=way_text(how))

    def answered(yes: bool | None) -> None:
        if yes:
            if len(found.sides) > MANY:
                screen.toast(t("Settling {n} conflicts …", n=n))
            said = t("{n} conflicts settled. u chooses again", n=n)
            _ask(screen, lambda crm, seen: settle(crm, found, chosen, seen), found, said)

    screen.app.push_screen(Confirm(question), answered)


def choose_again(screen: WorkingScreen[Any], what: Case | Alike, done: Callable[[Case | Alike, str], object]) -> None:
    """Ask which of the former versions shall stand instead of what was chosen.

    Args:
        screen: asks.
        what: what was settled at once.
        done: gets it again, and what there is to say.
    """
    from crm_tui.services.alike import Alike, settle

    if isinstance(what, Alike):
        rows, name = _ways(what, joinable=True), t("{n} conflicts", n=f"{len(what.sides):,}")
    elif what.of_trash:
        rows, name = [("keep", t("keep it"), ""), ("throw", t("to the trash after all"), "")], what.name
    else:
        rows, name = _sides(screen, what), what.name

    def chosen(answer: str | None) -> None:
        if answer is None:
            return
        said = t("Chosen again: {name}. u chooses again", name=name)

        def work(crm: Crm) -> Changes:
            from crm_tui.services.disputes import choose_again as write_again

            if isinstance(what, Alike):
                return settle(crm, what, cast("How", answer))
            return write_again(crm, what.conflict, _value(what, answer))

        screen.change(work, lambda _: done(what, said))

    screen.app.push_screen(Choose(t("Choose again: {name}", name=name), rows), chosen)


def _value(case: Case, answer: str) -> Any:
    """The value that an answer means."""
    if answer in ("keep", "throw"):
        return TRASHED if answer == "throw" else None
    return case.versions[int(answer)].side.value


def choose_again_last(screen: WorkingScreen[Any], error: CrmError) -> None:
    """Offer to choose again, if what was done last settled conflicts; else say why it cannot be undone."""

    def read(crm: Crm) -> Case | Alike | None:
        from crm_tui.services.alike import together
        from crm_tui.ui.syncing.reading import read_case

        found = crm.conflicts.settled_last()
        if len(found) == 1:
            return read_case(crm, found[0], screen.crm_app.local)
        return together(found)

    def show(what: Case | Alike | None) -> None:
        if what is None:
            screen.toast(str(error), bad=True)
        else:
            choose_again(screen, what, lambda _, said: screen.toast(said))

    screen.load(read, show, group="again")


def type_value(screen: ConflictsScreen, case: Case) -> None:
    """Ask for another value in a form of that one field."""
    from crm_tui.ui.dialogs.edit import open_form

    conflict = case.conflict
    open_form(
        screen,
        partial(plan_typed, noun=conflict.noun, row=conflict.row, name=conflict.field),
        lambda _: screen.settle(case, t("Settled: {name}. u chooses again", name=case.name)),
    )


def plan_typed(crm: Crm, noun: str, row: str, name: str) -> FormPlan:
    """The form of one field in conflict; what it saves settles the conflict.

    Args:
        crm: the open file.
        noun: of the record.
        row: its id.
        name: of the field or of the group of fields.
    """
    from crm_tui.ui import links
    from crm_tui.ui.dialogs.form import FormPlan
    from crm_tui.ui.fields import EXTRA, FormField, fields_of

    opened = look(crm)
    service = crm.noun(noun)
    found = service.get(row)
    group = crm.store.catalogue.nouns[noun].members(name)
    known = {one.name: one for one in fields_of(noun, crm.custom_fields.for_noun(noun))}
    names = group or (name,)
    extra = json.loads(found.get("extra") or "{}")
    values = {one: extra.get(one.removeprefix(EXTRA)) if one.startswith(EXTRA) else found.get(one) for one in names}
    return FormPlan(
        key=f"{noun}.settle:{row}:{name}",
        title="What is right?",
        fields=[known.get(one) or FormField(one, one.removeprefix(EXTRA), one.removeprefix(EXTRA)) for one in names],
        save=partial(_save_typed, noun, row, name, group),
        name=service.title_of(found),
        values=values,
        names=links.names(crm, noun, found),
        noun=noun,
        customer=found.get("customer"),
        focus=names[0],
        opened=opened,
    )


def _save_typed(
    noun: str, row: str, name: str, group: Sequence[str], crm: Crm, values: dict[str, Any], base: Mapping[str, Any]
) -> Any:
    number = crm.conflicts.number_of(row, name)
    if number is None:
        raise NotFound(t("this conflict is settled already"))
    value = values[name] if not group else None
    if group:
        cleaned = crm.noun(noun).noun.clean(values)
        value = json.dumps([cleaned.get(one) for one in group], ensure_ascii=False, separators=(",", ":"))
    return crm.conflicts.resolve(number, "value", value, getattr(base, "opened", None))
