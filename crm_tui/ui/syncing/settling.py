"""Settling conflicts: one side, another value, all of one kind at once; and choosing again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from crm_tui.errors import NotFound
from crm_tui.rules.hidden import TRASHED
from crm_tui.ui.dialogs.ask import Choose, Confirm
from crm_tui.ui.syncing.compare import when
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.conflicts import Keep
    from crm_tui.services.crm import Crm
    from crm_tui.ui.dialogs.form import FormPlan
    from crm_tui.ui.screens.conflicts import ConflictsScreen
    from crm_tui.ui.syncing.reading import Case


def keep(screen: ConflictsScreen, case: Case, how: Keep) -> None:
    """Keep one side, or both."""
    number, said = case.conflict.number, settled(case, how)
    screen.change(lambda crm: crm.conflicts.resolve(number, how), lambda _: screen.settle([case], said))


def write(screen: ConflictsScreen, case: Case, value: Any, said: str) -> None:
    """Settle it with a stored value; `said` tells what became of it."""
    number = case.conflict.number
    screen.change(lambda crm: crm.conflicts.resolve(number, "value", value), lambda _: screen.settle([case], said))


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


def _sides(screen: ConflictsScreen, case: Case) -> list[tuple[str, str, str]]:
    now = screen.crm_app.local_now()
    found = []
    for place, one in enumerate(case.versions):
        text = one.text.replace("\n", " ") or t("(empty)")
        found.append((str(place), text, f"{one.side.person or one.side.machine}  {when(one.side.at, now)}"))
    return found


def settle_alike(screen: ConflictsScreen, cases: Sequence[Case], what: str) -> None:
    """Ask how all conflicts of one kind are to be settled, then whether it is meant.

    Args:
        screen: asks.
        cases: conflicts of one field.
        what: the field, as people call it.
    """
    ways: list[tuple[str, str, str]] = []
    if cases[0].of_trash:
        ways.append(("value", t("Keep them all"), ""))
    else:
        said = (("mine", t("Keep mine")), ("theirs", t("Keep theirs")))
        ways = [(how, text, hint) for how, text in said if (hint := _how_many(cases, how)) is not None]
        ways += [("both", t("Keep both, one under the other"), "")] if all(one.joinable for one in cases) else []
    title = t("{n} conflicts of “{field}” the same way", n=len(cases), field=what)
    screen.app.push_screen(Choose(title, ways), partial(_sure, screen, cases, what))


def _how_many(cases: Sequence[Case], how: str) -> str | None:
    """In how many of the conflicts there is that side, where not in all; None for none."""
    able = len(_able(cases, how))
    if not able:
        return None
    return "" if able == len(cases) else t("in {n} of {total}", n=able, total=len(cases))


def _able(cases: Sequence[Case], how: str) -> list[Case]:
    return [one for one in cases if how not in ("mine", "theirs") or getattr(one.conflict, how) is not None]


def _sure(screen: ConflictsScreen, cases: Sequence[Case], what: str, how: str | None) -> None:
    if how is None:
        return
    able = _able(cases, how)
    names = {"mine": t("Keep mine"), "theirs": t("Keep theirs"), "both": t("Keep both, one under the other")}
    question = t(
        "Settle {n} conflicts of “{field}” at once?\n\n{way}",
        n=len(able),
        field=what,
        way=names.get(how, t("Keep them all")),
    )

    def answered(yes: bool | None) -> None:
        if yes:
            screen.change(
                lambda crm: crm.conflicts.resolve_all([one.conflict for one in able], cast("Keep", how)),
                lambda _: screen.settle(able, t("{n} conflicts settled. u chooses again", n=len(able))),
            )

    screen.app.push_screen(Confirm(question), answered)


def choose_again(screen: ConflictsScreen, cases: list[Case]) -> None:
    """Ask which of the former versions shall stand instead of what was chosen.

    Args:
        screen: asks.
        cases: what was settled at once.
    """
    one = cases[0]
    if one.of_trash:
        rows = [("keep", t("keep it"), ""), ("throw", t("to the trash after all"), "")]
    elif len(cases) > 1:
        said = (("mine", t("Keep mine")), ("theirs", t("Keep theirs")))
        rows = [(how, text, "") for how, text in said if _able(cases, how)]
    else:
        rows = _sides(screen, one)
    name = one.name if len(cases) == 1 else t("{n} conflicts", n=len(cases))

    def chosen(answer: str | None) -> None:
        choices = [(case.conflict, value) for case in cases for value in _values(case, answer)]
        if choices:
            from crm_tui.services.disputes import choose_again as write_again

            done = t("Chosen again: {name}. u chooses again", name=name)
            screen.change(lambda crm: write_again(crm, choices), lambda _: screen.settle(cases, done))

    screen.app.push_screen(Choose(t("Choose again: {name}", name=name), rows), chosen)


def _values(case: Case, answer: str | None) -> list[Any]:
    """The value that an answer means, if the conflict has it."""
    if answer in ("keep", "throw"):
        return [TRASHED if answer == "throw" else None]
    if answer in ("mine", "theirs"):
        side = case.conflict.mine if answer == "mine" else case.conflict.theirs
        return [side.value] if side is not None else []
    return [] if answer is None else [case.versions[int(answer)].side.value]


def type_value(screen: ConflictsScreen, case: Case) -> None:
    """Ask for another value in a form of that one field."""
    from crm_tui.ui.dialogs.edit import open_form

    conflict = case.conflict
    open_form(
        screen,
        partial(plan_typed, noun=conflict.noun, row=conflict.row, name=conflict.field),
        lambda _: screen.settle([case], t("Settled: {name}. u chooses again", name=case.name)),
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
    )


def _save_typed(
    noun: str, row: str, name: str, group: Sequence[str], crm: Crm, values: dict[str, Any], _: Mapping[str, Any]
) -> Any:
    waits = [one.number for one in crm.conflicts.rows() if (one.row, one.field) == (row, name)]
    if not waits:
        raise NotFound(t("this conflict is settled already"))
    value = values[name] if not group else None
    if group:
        cleaned = crm.noun(noun).noun.clean(values)
        value = json.dumps([cleaned.get(one) for one in group], ensure_ascii=False, separators=(",", ":"))
    return crm.conflicts.resolve(waits[0], "value", value)
