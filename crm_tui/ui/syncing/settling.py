"""Settling conflicts: one side, another value, all of one kind at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound
from crm_tui.ui.dialogs.ask import Choose, Confirm
from crm_tui.ui.syncing.compare import when
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.conflicts import Keep
    from crm_tui.services.crm import Crm
    from crm_tui.ui.dialogs.form import FormPlan
    from crm_tui.ui.screen import WorkingScreen
    from crm_tui.ui.syncing.reading import Case


def keep(screen: WorkingScreen[Any], case: Case, how: Keep) -> None:
    """Keep one side, or both."""
    number, said = case.conflict.number, settled(case, how)
    screen.change(lambda crm: crm.conflicts.resolve(number, how), lambda _: screen.toast(said))


def write(screen: WorkingScreen[Any], case: Case, value: Any, said: str) -> None:
    """Settle it with a stored value; `said` tells what became of it."""
    number = case.conflict.number
    screen.change(lambda crm: crm.conflicts.resolve(number, "value", value), lambda _: screen.toast(said))


def settled(case: Case, how: Keep) -> str:
    """What a toast says."""
    name = f"{case.who} · {case.what}"
    if how == "both":
        return t("Kept both: {name}. u takes it back", name=name)
    if how == "mine":
        return t("Kept mine: {name}. u takes it back", name=name)
    return t("Kept theirs: {name}. u takes it back", name=name)


def choose_side(screen: WorkingScreen[Any], case: Case) -> None:
    """Ask which of the sides, by who wrote it; for more than two, and where none of them is mine."""
    now = screen.crm_app.local_now()
    rows = [
        (str(place), one.text.replace("\n", " ") or t("(empty)"),
         f"{one.side.person or one.side.machine}  {when(one.side.at, now)}")
        for place, one in enumerate(case.versions)
    ]  # fmt: skip

    def chosen(answer: str | None) -> None:
        if answer is not None:
            one = case.versions[int(answer)]
            said = t("Settled: {name}. u takes it back", name=f"{case.who} · {case.what}")
            write(screen, case, one.side.value, said)

    screen.app.push_screen(Choose(t("Which one is right?"), rows), chosen)


def settle_alike(screen: WorkingScreen[Any], cases: Sequence[Case], what: str) -> None:
    """Ask how all conflicts of one kind are to be settled, then whether it is meant.

    Args:
        screen: asks.
        cases: conflicts of one field.
        what: the field, as people call it.
    """
    n = len(cases)
    ways: list[tuple[str, str, str]] = []
    if cases[0].of_trash:
        ways.append(("value", t("keep them all"), ""))
    else:
        mine = sum(one.conflict.mine is not None for one in cases)
        theirs = sum(one.conflict.theirs is not None for one in cases)
        ways += [("mine", t("mine"), _count(mine, n))] if mine else []
        ways += [("theirs", t("theirs"), _count(theirs, n))] if theirs else []
        ways += [("both", t("both, one under the other"), "")] if all(one.joinable for one in cases) else []
    title = t("{n} conflicts of “{field}” the same way", n=n, field=what)
    screen.app.push_screen(Choose(title, ways), partial(_sure, screen, cases, what))


def _count(able: int, n: int) -> str:
    return "" if able == n else t("{n} of {total}", n=able, total=n)


def _sure(screen: WorkingScreen[Any], cases: Sequence[Case], what: str, how: str | None) -> None:
    if how is None:
        return
    able = [one.conflict for one in cases if how not in ("mine", "theirs") or getattr(one.conflict, how) is not None]
    names = {"mine": t("mine"), "theirs": t("theirs"), "both": t("both, one under the other")}
    question = t(
        "Settle {n} conflicts of “{field}” at once?\n\nWhat stands then: {way}. One u takes all of it back.",
        n=len(able), field=what, way=names.get(how, t("keep them all")),
    )  # fmt: skip

    def answered(yes: bool | None) -> None:
        if yes:
            screen.change(
                lambda crm: crm.conflicts.resolve_all(able, how),  # type: ignore[arg-type]  # one of the ways above
                lambda _: screen.toast(t("{n} conflicts settled. u takes it back", n=len(able))),
            )

    screen.app.push_screen(Confirm(question), answered)


def type_value(screen: WorkingScreen[Any], case: Case) -> None:
    """Ask for another value in a form of that one field."""
    from crm_tui.ui.dialogs.edit import open_form

    name = f"{case.who} · {case.what}"
    conflict = case.conflict
    open_form(
        screen,
        partial(plan_typed, noun=conflict.noun, row=conflict.row, name=conflict.field),
        lambda _: screen.toast(t("Settled: {name}. u takes it back", name=name)),
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
