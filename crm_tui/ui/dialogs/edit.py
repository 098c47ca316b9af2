"""Forms for customers and for what hangs on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.services.stale import Look, look
from crm_tui.ui import links
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import EMAIL, EXTRA, PHONE, TAGS, fields_of
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.typed import words_of
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Done = Callable[[Any], object]

SUBJECT = {"phones": "number", "emails": "address"}
"""Which field somebody who changes a record means, where it is not the first one."""


def open_form(screen: WorkingScreen[Any], prepare: Callable[[Crm], FormPlan], done: Done | None = None) -> None:
    """Prepare a form in a thread and show it; `done` gets what was saved, not what was left."""

    def closed(result: Any) -> None:
        if result is not None and done is not None:
            done(result)

    def show(plan: FormPlan) -> None:
        screen.app.push_screen(FormDialog(plan), closed)

    screen.load(prepare, show, group="form")


def new_customer(screen: WorkingScreen[Any], done: Done | None = None) -> None:
    """The form of a new customer."""
    open_form(screen, plan_new_customer, done)


def edit_customer(screen: WorkingScreen[Any], customer: str, focus: str | None = None) -> None:
    """The form of a customer, with the cursor in the field `focus`."""
    open_form(screen, partial(plan_edit, noun="customers", row=customer, focus=focus))


def add_child(screen: WorkingScreen[Any], noun: str, customer: str, done: Done | None = None) -> None:
    """A form for something new that hangs on a customer."""
    open_form(screen, partial(plan_add, noun=noun, customer=customer), done)


def edit_row(screen: WorkingScreen[Any], noun: str, row: str) -> None:
    """The form of any record."""
    open_form(screen, partial(plan_edit, noun=noun, row=row))


def plan_new_customer(crm: Crm) -> FormPlan:
    """What a new customer is asked."""
    me = crm.people.me()
    return FormPlan(
        key="customers.add",
        title="New customer",
        fields=fields_of("customers", crm.custom_fields.for_noun("customers"), (PHONE, EMAIL, TAGS)),
        save=_create,
        values={"kind": "organisation", "owner": me and me["id"]},
        names={me["id"]: me["name"]} if me else {},
        noun="customers",
        watch=_likely_known,
    )


def plan_edit(crm: Crm, noun: str, row: str, focus: str | None = None) -> FormPlan:
    """What can be changed of a record."""
    opened = look(crm)
    service = crm.noun(noun)
    found = service.get(row)
    if noun == "visits" and found["status"] == "planned":
        from crm_tui.ui.dialogs.plan import plan_form

        return plan_form(crm, row)
    custom = crm.custom_fields.for_noun(noun)
    return FormPlan(
        key=f"{noun}.edit:{row}",
        title="Edit",
        fields=fields_of(noun, custom),
        save=partial(_edit, noun, row),
        name=service.title_of(found),
        values={**found, **_custom_of(found)},
        names=links.names(crm, noun, found),
        noun=noun,
        customer=found.get("customer"),
        focus=focus or SUBJECT.get(noun),
        opened=opened,
        record=row if noun == "customers" or found.get("customer") else None,
        watch=partial(_not_to_call, str(found["customer"])) if noun == "visits" else None,
    )


def _not_to_call(customer: str, crm: Crm, typed: Mapping[str, str]) -> list[str]:
    """Who of a contact that is changed asked not to be called."""
    from crm_tui.ui.dialogs.log import against

    return against(customer, crm, typed)


def plan_add(crm: Crm, noun: str, customer: str | None = None) -> FormPlan:
    """What a new record of a noun is asked; `customer` is the one that it hangs on."""
    owner = crm.customers.get(customer)["name"] if customer else ""
    defaults = {
        name: field.default
        for name, field in NOUNS[noun].table.model_fields.items()
        if field.default is not None and NOUNS[noun].fields[name].about.form and isinstance(field.default, int | str)
    }
    return FormPlan(
        key=f"{noun}.add:{customer or ''}",
        title="New",
        what=noun,
        fields=fields_of(noun, crm.custom_fields.for_noun(noun)),
        save=partial(_add, noun, customer),
        name=owner,
        values=defaults,
        noun=noun,
        customer=customer,
    )


def plan_for(crm: Crm, key: str) -> FormPlan | None:
    """The form that a draft belongs to, by its key; None if there is none any more."""
    kind, _, row = key.partition(":")
    noun, _, verb = kind.partition(".")
    if noun == "deals" and verb in ("new", "edit", "required", "lose"):
        from crm_tui.ui.selling import forms

        return forms.plan_for(crm, verb, row)
    if key == "customers.add":
        return plan_new_customer(crm)
    if noun == "stages" and verb == "add":
        from crm_tui.ui.selling import stage_forms

        return stage_forms.plan_stage(crm, row)
    if noun == "leads" and verb in ("new", "convert"):
        from crm_tui.ui.selling import lead_forms

        return lead_forms.plan_for(crm, verb, row)
    if noun == "visits" and verb == "change":
        from crm_tui.ui.dialogs.plan import plan_form

        return plan_form(crm, row)
    if noun in NOUNS and verb == "edit":
        return plan_edit(crm, noun, row)
    if noun in NOUNS and verb == "add":
        return plan_add(crm, noun, row or None)
    if noun == "day_reports" and verb == "note":
        from datetime import date

        from crm_tui.ui.scheduling.day_report_note import plan_note

        person, _, day = row.partition(":")
        return plan_note(crm, person, date.fromisoformat(day))
    if noun in NOUNS and verb == "settle":
        from crm_tui.ui.syncing.settling import plan_typed

        ident, _, name = row.partition(":")
        return plan_typed(crm, noun, ident, name)
    return None


def edit_many(
    screen: WorkingScreen[Any], noun: str, rows: Sequence[str], done: Done | None = None, opened: Look | None = None
) -> None:
    """A form for the same fields of several records; what stays empty is not touched.

    Args:
        screen: over which.
        noun: of the records.
        rows: their ids.
        done: gets the changes.
        opened: what was here when the records were chosen.
    """

    def plan(crm: Crm) -> FormPlan:
        single = ("name", "number")
        fields = [
            replace(one, required=False) for one in fields_of(noun) if one.kind != "note" and one.name not in single
        ]
        return FormPlan(
            key=f"{noun}.bulk",
            title="Edit several: empty fields stay as they are",
            fields=fields,
            save=partial(_edit_many, noun, rows),
            name=str(len(rows)),
            noun=noun,
            opened=opened or look(crm),
        )

    open_form(screen, plan, done)


def _create(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    rest = dict(values)
    phone, email, tags = (rest.pop(name, None) or "" for name in ("phone", "email", "tags"))
    emails = [one for one in email.replace(";", " ").replace(",", " ").split() if one]
    phones = [one.strip() for one in phone.replace("；", ";").replace("、", ";").split(";") if one.strip()]
    return crm.customers.create(with_custom(rest, None), phones, emails, words_of(tags))


def _edit(noun: str, row: str, crm: Crm, values: dict[str, Any], base: Mapping[str, Any]) -> Any:
    found = with_custom(dict(values), base.get("extra"))
    # Only what was changed on the screen is written, so that two people who edit other fields do not meet.
    changed = {name: value for name, value in found.items() if not _same(value, base.get(name))}
    stood = {name: value for name, value in base.items() if not name.startswith(EXTRA)}
    return crm.noun(noun).edit(row, changed, stood, getattr(base, "opened", None))


def _edit_many(noun: str, rows: Sequence[str], crm: Crm, values: dict[str, Any], base: Mapping[str, Any]) -> Any:
    given = {name: value for name, value in values.items() if value is not None}
    return crm.noun(noun).edit_many(rows, given, getattr(base, "opened", None))


def _add(noun: str, customer: str | None, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    owner = {"customer": customer} if customer else {}
    return crm.noun(noun).add({**with_custom(dict(values), None), **owner})


def _same(value: Any, before: Any) -> bool:
    from datetime import UTC, datetime

    if isinstance(value, datetime):
        # A form shows minutes: a time that was not touched must not lose its seconds.
        return before is not None and value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") == str(before)[:16]
    return value == before or (value is None and before == "")


def _custom_of(row: Mapping[str, Any]) -> dict[str, Any]:
    held = json.loads(row["extra"]) if row.get("extra") else {}
    return {EXTRA + key: value for key, value in held.items()}


def with_custom(values: dict[str, Any], extra: Any) -> dict[str, Any]:
    """Put the custom fields of a form into the one value that a record keeps them in."""
    given = {name: values.pop(name) for name in list(values) if name.startswith(EXTRA)}
    if not given:
        return values
    held = json.loads(extra) if extra else {}
    for name, value in given.items():
        held[name.removeprefix(EXTRA)] = value
    kept = {key: held[key] for key in sorted(held) if held[key] not in (None, "")}
    values["extra"] = json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None
    return values


def _likely_known(crm: Crm, typed: dict[str, str]) -> list[str]:
    """Customers that may be the one whose form is being filled."""
    name, phone, email = (typed.get(field, "").strip() for field in ("name", "phone", "email"))
    if not (name or phone or email):
        return []
    found = crm.duplicates.while_typing(name, phone, email, 3)
    return [t("perhaps known: {name} ({reasons})", name=one.name, reasons=", ".join(one.reasons)) for one in found]
