"""Taking a complaint in: one form, what is known already shown while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.ticket_states import state_name
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.servicing.texts import one_line
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

FIELDS = ("text", "kind", "severity", "product", "category", "channel", "contact")
_GAPS = ("product",)


def take_in(
    screen: WorkingScreen[Any], target: tuple[str, str] | None, done: Callable[[str], object] | None = None
) -> None:
    """Open the form.

    Args:
        screen: over which.
        target: id and name of the customer; asked for if None.
        done: gets the id of the new ticket.
    """

    def closed(result: Any) -> None:
        if result is not None:
            row = result.ids[0]
            screen.load(lambda crm: crm.tickets.get(row)["number"], said, group="taken-in")
            if done is not None:
                done(row)

    def said(number: str) -> None:
        screen.toast(t("{number} is taken in. u takes it back", number=number))

    screen.app.push_screen(TakeIn(_plan(target)), closed)


def _plan(target: tuple[str, str] | None) -> FormPlan:
    customer, name = target if target is not None else (None, "")
    fields = []
    for one in FIELDS:
        about = NOUNS["tickets"].fields[one].about
        kind = "text" if one == "text" else about.kind  # Enter goes on; a longer story is a note on the ticket
        fields.append(
            FormField(one, about.en, about.zh, kind, about.choices, about.link, about.required, gap=one in _GAPS)
        )
    if customer is None:
        fields.insert(0, FormField("customer", "Customer", "客户", "link", link="customers", required=True))
        fields = [one for one in fields if one.name != "contact"]
    return FormPlan(
        key=f"tickets.new:{customer or ''}",
        title="New ticket",
        fields=fields,
        save=partial(_save, customer),
        name=name,
        values={"kind": "complaint", "severity": "normal", "channel": "phone"},
        noun="tickets",
        customer=customer,
        watch=partial(_known, customer),
        focus="customer" if customer is None else "text",
    )


def _save(customer: str | None, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    rest = dict(values)
    whose = customer or str(rest.pop("customer"))
    return crm.tickets.take_in(whose, str(rest.pop("text") or ""), rest)


def _known(customer: str | None, crm: Crm, typed: Mapping[str, str]) -> list[str]:
    """What is known of it: the customer's open tickets, alike ones of others, what helped before."""
    whose = customer or typed.get("customer", "").partition("\t")[0] or None
    known = crm.callers.known(whose, typed.get("text", ""))
    found = [
        "* "
        + t("open: {number} {what} ({state})", number=row["number"], what=_short(row), state=state_name(row["state"]))
        for row in known.own[:3]
    ]
    for row in known.alike[:2]:
        found.append("  " + t("alike: {number} {what}", number=row["number"], what=_short(row)))
        if row["solution"]:
            found[-1] += f" → {one_line(row['solution'])[:40]}"
    for row in known.articles[:2]:
        found.append("+ " + t("helps: {what}: {fix}", what=row["symptom"][:30], fix=one_line(row["fix"])[:60]))
    return found


def _short(row: Mapping[str, Any]) -> str:
    return one_line(row["text"])[:40]


class TakeIn(FormDialog):
    """The form; what is known stands under it and blocks nothing."""

    WARNING: ClassVar[str] = ""
    CSS = """
    TakeIn .form--warn { max-height: 7; color: $muted; }
    """

    def start(self) -> None:
        """Open tickets are shown before anything is typed."""
        super().start()
        self.call_after_refresh(self.watch_now)


def new_caller(typed: str, crm: Crm) -> FormPlan:
    """The form of a customer whom nobody knows, with what was typed as the number, or as the name."""
    from crm_tui.ui.dialogs.edit import plan_new_customer

    plan = plan_new_customer(crm)
    name = "phone" if sum(map(str.isdigit, typed)) >= FEWEST_DIGITS else "name"
    return replace(plan, values={**plan.values, name: typed}, focus="name")


FEWEST_DIGITS = 3
"""With fewer, what was typed is a name."""
