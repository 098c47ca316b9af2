"""Forms that were left with something typed: chosen from a list and opened again."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound
from crm_tui.ui.dialogs.ask import Choose
from crm_tui.ui.dialogs.edit import open_form, plan_for
from crm_tui.ui.dialogs.form import FormPlan
from crm_tui.ui.fields import noun_label
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


_OTHERS = {"capture": "One line", "rain": "Move a whole day", "export": "Export as a calendar"}
"""What is left open and is no form of a record, by the verb of its draft."""


def open_drafts(screen: WorkingScreen[Any]) -> None:
    """Ask which draft, and open its form."""
    screen.load(lambda crm: [(key, at, name_of(crm, key)) for key, at in crm.drafts.all()], partial(_ask, screen))


def name_of(crm: Crm, key: str) -> str:
    """What the form of a draft was about."""
    kind, _, row = key.partition(":")
    noun, _, verb = kind.partition(".")
    if verb in _OTHERS:
        return t(_OTHERS[verb]) + (f" · {row}" if row else "")
    what = {
        "add": t("New"),
        "edit": t("Edit"),
        "log": t("Log a contact"),
        "plan": t("Plan a series"),
        "bulk": t("Edit several"),
        "settle": t("What is right?"),
    }.get(verb, verb)
    row = row.partition(":")[0]
    try:
        owner = "customers" if verb in ("add", "log") else noun
        name = crm.noun(owner).title_of(crm.noun(owner).get(row)) if row else ""
    except (NotFound, KeyError):
        name = ""
    return " · ".join(part for part in (f"{what}: {noun_label(noun)}", name) if part)


def _ask(screen: WorkingScreen[Any], drafts: list[tuple[str, str, str]]) -> None:
    if not drafts:
        screen.toast(t("No form was left unfinished"))
        return
    local = screen.crm_app.local
    rows = [(key, name, f"{local(at):%m-%d %H:%M}") for key, at, name in drafts]
    screen.app.push_screen(Choose(t("Drafts"), rows, keys=(("d", t("throw away")),)), partial(_open, screen))


def _open(screen: WorkingScreen[Any], answer: str | None) -> None:
    if answer is None:
        return
    if answer.startswith("d:"):
        key = answer[2:]
        screen.load(lambda crm: crm.drafts.drop(key), lambda _: open_drafts(screen), group="draft-drop")
        return
    kind, _, row = answer.partition(":")
    if kind == "visits.log":
        from crm_tui.ui.dialogs.log import open_log

        open_log(screen, (row, "") if row else None)
        return

    if kind == "visits.capture":
        screen.crm_app.action_capture()
        return

    if kind == "series.plan":
        from crm_tui.ui.dialogs.series import open_series

        open_series(screen, row or None)
        return

    if kind in ("schedule.rain", "schedule.export"):
        from crm_tui.ui.scheduling.calendar_file import open_export
        from crm_tui.ui.scheduling.rainy_day import open_rainy_day
        from crm_tui.ui.scheduling.whose import Whose

        day = date.fromisoformat(row)
        if kind == "schedule.rain":
            open_rainy_day(screen, day, Whose())
        else:
            open_export(screen, "week", day, Whose())
        return

    def plan(crm: Crm) -> FormPlan:
        found = plan_for(crm, answer)
        if found is None:
            raise NotFound(t("this form is not there any more"))
        return found

    open_form(screen, plan)
