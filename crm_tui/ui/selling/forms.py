"""Forms of the pipeline: a new deal, an edited one, what a stage still asks for, why a deal was lost, a lead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.amounts import show_money
from crm_tui.rules.pipeline import LOST, names_of
from crm_tui.services.stale import look
from crm_tui.ui import links
from crm_tui.ui.dialogs.edit import open_form
from crm_tui.ui.dialogs.form import FormPlan
from crm_tui.ui.fields import EXTRA, FormField, fields_of
from crm_tui.ui.screen import WorkingScreen

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.noun import Row

Done = Callable[[Any], object]
MONEY = ("amount", "price_gap")
LOSS = ("lost_reason", "lost_to", "price_gap", "try_again", "lessons")


def deal_field(name: str, required: bool = False) -> FormField:
    """A field of a deal; money is typed as text ("80k", "USD 1,200")."""
    about = NOUNS["deals"].fields[name].about
    kind = "text" if about.kind == "money" else about.kind
    return FormField(name, about.en, about.zh, kind, about.choices, about.link, required)


def typed_values(row: Mapping[str, Any]) -> Row:
    """A deal's values as its form shows them."""
    found = dict(row)
    for name in MONEY:
        if row.get(name) is not None:
            found[name] = show_money(int(row[name]), str(row["currency"]))
    return found


def new_deal(screen: WorkingScreen[Any], customer: str | None, stage: str | None, done: Done) -> None:
    """The form of a new deal, with a known customer or without."""
    open_form(screen, partial(plan_new, customer=customer, stage=stage), done)


def plan_new(crm: Crm, customer: str | None, stage: str | None) -> FormPlan:
    """What a new deal is asked; what its stage requires is required here too."""
    me = crm.people.me()
    required = names_of(crm.stages.get(stage)["required"]) if stage else ()
    fields = [_plain(one, one.name in required) for one in fields_of("deals", crm.custom_fields.for_noun("deals"))]
    if customer is None:
        about = NOUNS["deals"].fields["customer"].about
        fields = [FormField("customer", about.en, about.zh, "link", link="customers", required=True), *fields]
        fields = [one for one in fields if one.name != "contact"]
    return FormPlan(
        key=f"deals.new:{customer or ''}:{stage or ''}",
        title="New deal",
        fields=fields,
        save=partial(_save_new, customer, stage),
        name=str(crm.customers.get(customer)["name"]) if customer else "",
        values={"owner": me and me["id"]},
        names={me["id"]: me["name"]} if me else {},
        noun="deals",
        customer=customer,
        focus="customer" if customer is None else "name",
    )


def _save_new(customer: str | None, stage: str | None, crm: Crm, values: Row, _: Mapping[str, Any]) -> Any:
    given = {**values, **({"customer": customer} if customer else {})}
    return crm.deals.add({**_folded(given, None), **({"stage": stage} if stage else {})})


def edit_deal(screen: WorkingScreen[Any], deal: str, focus: str | None = None) -> None:
    """The form of a deal."""
    open_form(screen, partial(plan_edit_deal, deal=deal, focus=focus))


def plan_edit_deal(crm: Crm, deal: str, focus: str | None = None) -> FormPlan:
    """What can be changed of a deal; what its stage shows stands first."""
    row = crm.deals.get(deal)
    opened = look(crm)
    shown = names_of(crm.stages.get(row["stage"])["shown"])
    fields = [_plain(one) for one in fields_of("deals", crm.custom_fields.for_noun("deals"))]
    fields.sort(key=lambda one: shown.index(one.name) if one.name in shown else len(shown))
    if row["lost_reason"]:
        fields += [deal_field(name) for name in LOSS if name not in ("lessons", "try_again")]
    return FormPlan(
        key=f"deals.edit:{deal}",
        title="Edit",
        fields=fields,
        save=partial(_save_edit, row),
        name=str(row["name"]),
        values=typed_values(row),
        names=links.names(crm, "deals", row),
        noun="deals",
        customer=row["customer"],
        focus=focus or ("amount" if row["amount"] is None else None),
        opened=opened,
        record=deal,
    )


def _save_edit(row: Row, crm: Crm, values: Row, base: Mapping[str, Any]) -> Any:
    shown = typed_values(row)
    given = _folded(values, row.get("extra"))
    changed = {name: value for name, value in given.items() if (value or None) != (shown.get(name) or None)}
    stood = {name: row[name] for name in base if name in row}
    return crm.deals.edit(row["id"], changed, stood, getattr(base, "opened", None))


def ask_required(
    screen: WorkingScreen[Any], deals: Sequence[str], stage: str, missing: Sequence[str], done: Done
) -> None:
    """A stage asks for more: its fields, the first missing one with the cursor in it; saving moves the deal."""
    open_form(screen, partial(plan_required, deals=deals, stage=stage, missing=missing), done)


def plan_required(crm: Crm, deals: Sequence[str], stage: str, missing: Sequence[str]) -> FormPlan:
    """What a stage requires and what it shows."""
    row, target = crm.deals.get(deals[0]), crm.stages.get(stage)
    wanted = [*missing, *names_of(target["required"]), *names_of(target["shown"])]
    if target["kind"] == LOST:
        wanted += LOSS
    known = NOUNS["deals"].fields
    fields = [deal_field(name, name in missing) for name in dict.fromkeys(wanted) if name in known]
    return FormPlan(
        key=f"deals.required:{row['id']}:{stage}",
        title="Still needed for the next stage",
        fields=fields,
        save=partial(_save_required, deals, stage),
        name=f"{row['name']} > {crm.stages.title_of(target)}",
        values=typed_values(row),
        names=links.names(crm, "deals", row),
        noun="deals",
        customer=row["customer"],
        focus=missing[0] if missing else None,
    )


def _save_required(deals: Sequence[str], stage: str, crm: Crm, values: Row, base: Mapping[str, Any]) -> Any:
    given = {name: value for name, value in values.items() if value != base.get(name)}
    if crm.stages.get(stage)["kind"] == LOST and len(deals) == 1:
        return crm.deals.lose(deals[0], str(values.get("lost_reason") or ""), given)
    return crm.deals.move(deals, stage, given)


def ask_loss(screen: WorkingScreen[Any], deal: str, done: Done) -> None:
    """Why a deal is lost, to whom, by how much, and when to try again."""
    open_form(screen, partial(plan_loss, deal=deal), done)


def plan_loss(crm: Crm, deal: str) -> FormPlan:
    """What a loss is asked."""
    row = crm.deals.get(deal)
    values = {name: value for name, value in typed_values(row).items() if name in LOSS}
    values["lost_to"] = values.get("lost_to") or row["competitor"]
    return FormPlan(
        key=f"deals.lose:{deal}",
        title="Lost",
        fields=[replace(deal_field(name, name == "lost_reason"), gap=name == "try_again") for name in LOSS],
        save=partial(_save_loss, deal),
        name=str(row["name"]),
        values=values,
        noun="deals",
        customer=row["customer"],
        focus="lost_reason",
    )


def _save_loss(deal: str, crm: Crm, values: Row, _: Mapping[str, Any]) -> Any:
    given = {name: value for name, value in values.items() if value is not None}
    return crm.deals.lose(deal, str(given.pop("lost_reason")), given)


def plan_for(crm: Crm, verb: str, row: str) -> FormPlan | None:
    """The form that a draft of a deal belongs to; None if there is none any more."""
    if verb == "edit":
        return plan_edit_deal(crm, row)
    if verb == "lose":
        return plan_loss(crm, row)
    first, _, second = row.partition(":")
    if verb == "required":
        return plan_required(crm, [first], second, [])
    if verb == "new":
        return plan_new(crm, first or None, second or None)
    return None


def _plain(field: FormField, required: bool = False) -> FormField:
    kind = "text" if field.kind == "money" else field.kind
    return replace(field, kind=kind, required=field.required or required)


def _folded(values: Row, extra: Any) -> Row:
    from crm_tui.ui.dialogs.edit import with_custom

    return with_custom(dict(values), extra) if any(name.startswith(EXTRA) for name in values) else dict(values)
