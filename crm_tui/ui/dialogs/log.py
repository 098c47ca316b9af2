"""Log a contact: one line, outcome, minutes, then the next step; under 15 seconds by keyboard.

Enter walks through the fields and saves in the last one, contact and next step as one action. Ctrl+s before the next
step was reached saves the contact at once; the cursor then stands on the next date, and Esc leaves it unplanned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on

from crm_tui.records.nouns import NOUNS
from crm_tui.ui import links
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField, choice_text
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.typed import NotUnderstood, instant_of
from crm_tui.ui.when import clock, weekday
from crm_tui.ui.widgets.boxes import PickBox
from crm_tui.ui.widgets.form import Form
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

PROPOSED_DAYS = 14
"""The next contact is proposed so many days ahead; a weekend gives way to Monday."""

NEXT = ("next_at", "next_topic")

UNASKED = ("direction", "channel")
"""Not asked, but kept where whoever opens the form knows them."""

STEP = "measured."
"""The fields of a checklist are called this and the step's key."""


@dataclass(frozen=True)
class _Start:
    """What is known before the form opens: the plan's checklist, the next contact of its cadence, names by id."""

    customer: str | None
    name: str
    plan: dict[str, Any] | None
    steps: tuple[dict[str, Any], ...] = ()
    proposed: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def open_log(
    screen: WorkingScreen[Any],
    target: tuple[str, str] | None,
    plan: str | None = None,
    done: Callable[[Any], object] | None = None,
    values: Mapping[str, Any] | None = None,
) -> None:
    """Open the form.

    Args:
        screen: over which.
        target: id and name of the customer; asked for if None.
        plan: id of the planned contact that took place, if it was planned.
        done: gets what was saved.
        values: what stands in the fields at first.
    """

    def closed(result: Any) -> None:
        if result is not None and done is not None:
            done(result)

    def show(start: _Start) -> None:
        screen.app.push_screen(LogDialog(_form_plan(start, screen.crm_app.local_now())), closed)

    screen.load(partial(_prepare, target, plan, dict(values or {})), show, group="form")


def _prepare(target: tuple[str, str] | None, plan: str | None, values: dict[str, Any], crm: Crm) -> _Start:
    found = crm.visits.get(plan) if plan else None
    asked = str(found["customer"]) if found else (target[0] if target else None)
    customer = crm.customers.root(asked) if asked else None
    name = crm.customers.get(customer)["name"] if customer else ""
    steps = tuple(crm.checklist_steps.for_kind(str(found["kind"]))) if found else ()
    names = links.names(crm, "visits", {"contact": values.get("contact") or (found or {}).get("contact")})
    return _Start(customer, name, found, steps, crm.cadences.next_for(customer) if customer else None, values, names)


def proposed(now: datetime) -> datetime:
    """When the next contact is proposed: two weeks ahead in the morning, on a weekday."""
    day = now.date() + timedelta(days=PROPOSED_DAYS)
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
    return datetime.combine(day, time(10), now.tzinfo)


def _form_plan(start: _Start, now: datetime) -> FormPlan:
    of = {name: field.about for name, field in NOUNS["visits"].fields.items()}

    def asked(name: str, kind: str | None = None, **more: Any) -> FormField:
        about = of[name]
        return FormField(name, about.en, about.zh, kind or about.kind, about.choices, about.link, **more)

    fields = [
        asked("kind"),
        asked("contact"),
        asked("summary", "text"),
        asked("outcome"),
        asked("minutes"),
        *(_step(step, first=number == 0) for number, step in enumerate(start.steps)),
        FormField("next_at", "Next on", "下次", "instant", gap=True),
        FormField("next_topic", "What for", "内容"),
    ]
    if start.customer is None:
        fields.pop(1)
        fields.insert(0, FormField("customer", "Customer", "客户", "link", link="customers", required=True))
    planned = start.plan or {}
    values = {"kind": planned.get("kind") or "visit", "contact": planned.get("contact"), **start.values}
    return FormPlan(
        key=f"visits.log:{start.customer or ''}",
        title="Log a contact",
        fields=fields,
        save=partial(_save, start),
        name=start.name,
        values={**values, "next_at": (start.proposed or proposed(now)).isoformat()},
        names=dict(start.names),
        noun="visits",
        customer=start.customer,
        watch=partial(against, start.customer),
        focus="customer" if start.customer is None else "summary",
    )


def against(customer: str | None, crm: Crm, typed: Mapping[str, str]) -> list[str]:
    """What speaks against such a contact: who asked not to be called."""
    kind, contact, chosen = (typed.get(name, "").partition("\t")[0] for name in ("kind", "contact", "customer"))
    whose = customer or chosen
    warning = crm.no_calls.warning(whose, kind, contact or None) if whose else ""
    return [warning] if warning else []


def _step(step: Mapping[str, Any], *, first: bool) -> FormField:
    """A step of the checklist: a measure with its unit, or a box to tick."""
    unit = f" ({step['unit']})" if step["unit"] else ""
    en, zh = f"{step['label_en']}{unit}", f"{step['label_zh'] or step['label_en']}{unit}"
    return FormField(f"{STEP}{step['key']}", en, zh, "text" if step["unit"] else "flag", gap=first)


def _save(start: _Start, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    rest = dict(values)
    next_at, topic = rest.pop("next_at", None), rest.pop("next_topic", None) or ""
    customer = start.customer or rest.pop("customer")
    measured = {name.removeprefix(STEP): rest.pop(name) for name in list(rest) if name.startswith(STEP)}
    measured = {step: value for step, value in measured.items() if value not in (None, "", 0)}
    told = {name: start.values[name] for name in UNASKED if name in start.values}
    given = {**told, **{name: value for name, value in rest.items() if value is not None}}
    if start.values.get("deal"):
        given["deal"] = start.values["deal"]
    if start.plan and measured:
        return crm.visits.done(start.plan["id"], given, next_at, topic, measured=measured)
    return crm.visits.log(customer, given, next_at, topic, plan=start.plan["id"] if start.plan else None)


class LogDialog(FormDialog):
    """The form; after the contact is saved on its own, only the next step is left."""

    WARNING = "!"

    def __init__(self, plan: FormPlan) -> None:
        super().__init__(plan)
        self._logged: Any = None
        self._customer: str | None = plan.customer

    def start(self) -> None:
        """Begin in the one line."""
        super().start()
        self._understood()
        self.call_after_refresh(self.watch_now)

    @on(Form.Changed)
    def _log_changed(self) -> None:
        self._understood()

    def _understood(self) -> None:
        """Say how the date was read."""
        row = self.form.row("next_at")
        assert row is not None
        now = self.crm_app.local_now()
        try:
            at = instant_of(row.box.raw(), now)
        except NotUnderstood:
            said = t("Next: not understood yet")
        else:
            said = t("Next: {when}", when=f"{weekday(at.date())} {clock(at, now.date())}") if at else t("No next step")
        self.say("hint", said)

    def action_save(self) -> None:
        """Before the next step was reached: the contact alone, then the next date; else all of it."""
        row = next((row for row in self.form.rows if row.has_pseudo_class("focus-within")), None)
        name = row.field.name if row is not None else ""
        if self._logged is None and name not in NEXT:
            values = self.form.read()
            if values is not None and not self._saving:
                self._customer = self._customer or values.get("customer")
                self.write({**values, "next_at": None, "next_topic": None})
        elif self._logged is not None:
            self._plan_next()
        else:
            self._with_next = True
            super().action_save()

    _with_next = False

    def saved(self, result: Any) -> None:
        """With the next step all is done; without it, the cursor stands on the next date."""
        if self._with_next:
            self._said()
            self.dismiss(result)
            return
        self._saving, self._logged = False, result
        for row in self.form.rows:
            row.display = row.field.name in NEXT
        self.form.focus_field("next_at")
        self.retitle()
        self._said()

    def retitle(self) -> None:
        """Once the contact is saved, Esc leaves without a next step."""
        super().retitle()
        if self._logged is not None:
            self.query_one("#form").border_subtitle = t("Enter  next   ctrl+s  save   Esc  no next step")

    def _said(self) -> None:
        row = self.form.row("kind")
        box = row.box if row is not None else None
        kind = choice_text("visits", "kind", box.chosen()) if isinstance(box, PickBox) else ""
        self.toast(t("Logged: {kind}. u takes it back.", kind=kind))

    def _plan_next(self) -> None:
        values = self.form.read()
        if values is None or self._saving:
            return
        at, topic, customer = values["next_at"], values.get("next_topic") or "", self._customer
        if at is None or customer is None:
            self.dismiss(self._logged)
            return
        self._saving = True
        kind = str(values.get("kind") or "visit")
        follows = {"follows": self._logged.ids[0]} if self._logged is not None and self._logged.ids else {}
        when = f"{weekday(at.date())} {clock(at, self.crm_app.local_now().date())}"
        said = t("Planned: {kind}, {name}, {when}. u takes it back.", kind=choice_text("visits", "kind", kind),
                 name=self.plan.name, when=when)  # fmt: skip

        def planned(result: Any) -> None:
            self.toast(said)
            self.dismiss(result)

        self.change(lambda crm: crm.visits.plan(customer, at, kind, topic, follows), planned, failed=self._refused)

    def unsaved(self) -> tuple[str, dict[str, str]] | None:
        """Once the contact is saved, nothing that was typed can be lost."""
        return super().unsaved() if self._logged is None else None

    def action_close(self) -> None:
        """Leave; after the contact was saved, without a next step."""
        if self._logged is not None:
            self.dismiss(self._logged)
        else:
            super().action_close()


def log_plan(screen: WorkingScreen[Any], plan: str, done: Callable[[Any], object] | None = None) -> None:
    """Log that a planned contact took place."""
    open_log(screen, None, plan, done)
