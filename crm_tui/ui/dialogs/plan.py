"""The form of a planned contact: when, how long, what for, where, with whom; another time moves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.services.stale import look
from crm_tui.services.visits import CHANGEABLE
from crm_tui.ui import links
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.dialogs.log import against
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

KEY = "visits.change:"
_ASKED = ("planned_start", "planned_minutes", "kind", "topic", "contact", "place", "attendees", "person", "channel")
_WORDS = {"planned_start": ("When", "时间"), "planned_minutes": ("Minutes", "分钟"), "topic": ("What for", "内容")}
_GAPS = frozenset({"contact", "person"})


def edit_plan(screen: WorkingScreen[Any], plan: str, done: Callable[[], object] | None = None) -> None:
    """Open the form of a planned contact.

    Args:
        screen: over which.
        plan: its id.
        done: is called after it was saved.
    """

    def closed(result: Any) -> None:
        if result is not None:
            screen.toast(t("Changed. u takes it back."))
            if done is not None:
                done()

    screen.load(
        partial(plan_form, plan=plan), lambda form: screen.app.push_screen(PlanDialog(form), closed), group="form"
    )


def plan_form(crm: Crm, plan: str) -> FormPlan:
    """What can be changed of a planned contact; runs in a thread."""
    opened = look(crm)
    row = crm.visits.get(plan)
    return FormPlan(
        key=f"{KEY}{plan}",
        title="Planned contact",
        fields=[_field(name) for name in _ASKED],
        save=partial(_save, plan),
        name=str(crm.customers.get(row["customer"])["name"]),
        values=row,
        names=links.names(crm, "visits", row),
        noun="visits",
        customer=crm.customers.root(row["customer"]),
        watch=partial(against, str(row["customer"])),
        focus="topic",
        opened=opened,
        record=plan,
    )


def _field(name: str) -> FormField:
    about = NOUNS["visits"].fields[name].about
    en, zh = _WORDS.get(name, (about.en, about.zh))
    required = name in ("planned_start", "kind")
    return FormField(name, en, zh, about.kind, about.choices, about.link, required, gap=name in _GAPS)


def _save(plan: str, crm: Crm, values: dict[str, Any], base: Mapping[str, Any]) -> Any:
    clean = crm.visits.noun.clean({name: value for name, value in values.items() if name in CHANGEABLE})
    changed = {name: value for name, value in clean.items() if value != base.get(name)}
    return crm.visits.change(plan, changed, dict(base), getattr(base, "opened", None))


class PlanDialog(FormDialog):
    """The form; who asked not to be called stands under it."""

    WARNING = "!"

    def start(self) -> None:
        """Warn about what stands there already."""
        super().start()
        self.call_after_refresh(self.watch_now)
