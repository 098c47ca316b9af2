"""Forms of the registers: a new line, which tells at once who may be the same, and making a deal of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.ui.dialogs.edit import open_form
from crm_tui.ui.dialogs.form import FormPlan
from crm_tui.ui.fields import FormField, fields_of
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.selling.forms import deal_field
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.leads import Likeness
    from crm_tui.services.noun import Row

Done = Callable[[Any], object]


def new_lead(screen: WorkingScreen[Any], kind: str, done: Done) -> None:
    """The form of a line in the register."""
    open_form(screen, partial(plan_new_lead, kind=kind), done)


def plan_new_lead(crm: Crm, kind: str) -> FormPlan:
    """What somebody who calls or walks in is asked."""
    me = crm.people.me()
    return FormPlan(
        key=f"leads.new:{kind}",
        title="Somebody walked in" if kind == "walk_in" else "Somebody called",
        fields=[replace(one, more=one.more or one.name == "email") for one in fields_of("leads")],
        save=lambda crm, values, _: crm.leads.add(values),
        values={"kind": kind, "owner": me and me["id"]},
        names={me["id"]: me["name"]} if me else {},
        noun="leads",
        watch=_alike,
        focus="name",
    )


def _alike(crm: Crm, typed: Mapping[str, str]) -> list[str]:
    name, phone, email = (typed.get(field, "").strip() for field in ("name", "phone", "email"))
    found = crm.leads.alike(name, phone, email) if name or phone or email else []
    return [t("perhaps known: {name} ({reasons})", name=one.name, reasons=one.why) for one in found[:3]]


def convert(screen: WorkingScreen[Any], lead: str, done: Done) -> None:
    """Ask whose deal it becomes if somebody may be the same, and what the deal is."""

    def ask(found: tuple[Row, list[Likeness]]) -> None:
        from crm_tui.ui.dialogs.ask import Choose

        row, alike = found
        rows = [("", t("a new customer"), str(row["company"] or row["name"]))]
        rows += [(one.id, one.name, one.why) for one in alike if one.noun == "customers"]
        if len(rows) == 1:
            open_form(screen, partial(plan_convert, lead=lead, customer=None), done)
            return

        def chosen(customer: str | None) -> None:
            if customer is not None:
                open_form(screen, partial(plan_convert, lead=lead, customer=customer or None), done)

        screen.app.push_screen(Choose(t("Whose is {name}?", name=row["name"]), rows, rows[1][0]), chosen)

    def read(crm: Crm) -> tuple[Row, list[Likeness]]:
        row = crm.leads.get(lead)
        return row, crm.leads.alike(str(row["name"]), str(row["phone"] or ""), str(row["email"] or ""), lead)

    screen.load(read, ask, group="convert")


def plan_convert(crm: Crm, lead: str, customer: str | None) -> FormPlan:
    """What the deal of a lead is asked."""
    row = crm.leads.get(lead)
    owner = crm.people.get(row["owner"]) if row["owner"] else None
    fields: list[FormField] = [deal_field("name", True), *map(deal_field, ("amount", "close_day", "owner", "source"))]
    return FormPlan(
        key=f"leads.convert:{lead}:{customer or ''}",
        title="Make a deal of it",
        fields=fields,
        save=partial(_save, lead, customer),
        name=str(crm.customers.get(customer)["name"] if customer else row["company"] or row["name"]),
        values={"name": row["interest"], "owner": row["owner"], "source": row["source"]},
        names={owner["id"]: owner["name"]} if owner else {},
        noun="deals",
        focus="name" if not row["interest"] else "amount",
    )


def _save(lead: str, customer: str | None, crm: Crm, values: Row, _: Mapping[str, Any]) -> Any:
    return crm.leads.convert(lead, customer, {name: value for name, value in values.items() if value is not None})


def plan_for(crm: Crm, verb: str, row: str) -> FormPlan | None:
    """The form that a draft of a lead belongs to; None if it is a plain one."""
    if verb == "new":
        return plan_new_lead(crm, row)
    if verb == "convert":
        lead, _, customer = row.partition(":")
        return plan_convert(crm, lead, customer or None)
    return None
