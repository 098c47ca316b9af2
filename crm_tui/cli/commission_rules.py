"""The command about commission: a statement of a month, a rule, a lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.money import shown, sums
from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Invalid
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.rules.commissions import Statement
    from crm_tui.services.commission_rules import Explained


@command("commission")
@argument("person", required=False)
@option("--month", metavar="MONTH", help="Such as 2026-11; this month if not told.")
@option("--lock", is_flag=True, help="Lock the month: its sums stay, later changes are corrections.")
@option("--rule", nargs=3, metavar="NAME BASE RATE", help="Add a rule: base is order, receipt or margin, rate in %.")
@option("--product", metavar="PRODUCT", help="Of the rule: only this product.")
@option("--category", metavar="NAME", help="Of the rule: only this category.")
@option("--tier", metavar="GRADE", help="Of the rule: only customers of this grade.")
def commission_command(
    session: Session,
    person: str | None,
    month: str | None,
    lock: bool,
    rule: tuple[str, str, str] | None,
    **of_rule: str | None,
) -> None:
    """What a person earned in a month, every line with its arithmetic and the difference to the month before."""
    crm = session.crm()
    if rule is not None:
        _add_rule(session, rule, of_rule)
        return
    me = crm.people.me()
    if person is None and me is None:
        raise click.UsageError(t("say whose: crm-tui commission PERSON"))
    who = crm.people.find(person) if person else me
    assert who is not None
    chosen = month or f"{crm.local_now():%Y-%m}"
    if lock:
        crm.commission_rules.lock(who["id"], chosen)
        session.say(t("{month} is locked", month=chosen))
    _statement(session, who, chosen)


def _add_rule(session: Session, rule: tuple[str, str, str], of_rule: dict[str, str | None]) -> None:
    from crm_tui.rules.money import parse_percent

    crm = session.crm()
    name, base, rate = rule
    try:
        values: dict[str, Any] = {"name": name, "base": base, "rate": parse_percent(rate)}
    except ValueError as error:
        raise Invalid({"rate": str(error)}) from None
    if of_rule.get("product"):
        values["product"] = crm.products.find(str(of_rule["product"]))["id"]
    values |= {key: of_rule[key] for key in ("category", "tier") if of_rule.get(key)}
    changes = crm.commission_rules.add(values)
    session.put({"id": changes.ids[0]}, changes.ids[0])


def _statement(session: Session, who: dict[str, Any], month: str) -> None:
    from crm_tui.services.commission_rules import month_of

    rules = session.crm().commission_rules
    found = rules.statement(who["id"], month)
    year, number = map(int, month_of(month).split("-"))
    before = rules.statement(who["id"], f"{year - (number == 1)}-{(number - 2) % 12 + 1:02}")
    lines = rules.explained(found.lines)
    difference = {
        currency: found.totals.get(currency, 0) - before.totals.get(currency, 0)
        for currency in sorted({*found.totals, *before.totals})
    }
    data = {
        **{"person": who["id"], "name": who["name"], "month": month, "locked": found.locked},
        "lines": [
            {
                **{"order": one.line.order, "number": one.order, "customer": one.customer, "rule": one.rule},
                **{"day": one.line.day.isoformat(), "event": one.line.event, "base": one.line.base},
                **{"rate": one.line.rate, "share": one.line.share, "amount": one.line.amount},
                "currency": one.line.currency,
            }
            for one in lines
        ],
        "corrections": [{"month": m, "currency": c, "amount": a} for m, c, a in found.corrections],
        **{"totals": dict(found.totals), "difference": difference},
    }

    session.put(data, lambda: _text(data, found, lines))


def _text(data: dict[str, Any], found: Statement, lines: list[Explained]) -> str:
    from crm_tui.cli.shown import table
    from crm_tui.rules.money import percent

    body = table(
        (
            (
                one.line.day.isoformat(),
                one.order,
                one.customer,
                event_text(one.line.event),
                f"{shown(one.line.base, one.line.currency)} × {percent(one.line.rate)} × {percent(one.line.share)}",
                shown(one.line.amount, one.line.currency),
            )
            for one in lines
        ),
        (t("Day"), t("Sales order"), t("Customer"), t("What"), t("Arithmetic"), t("Commission")),
        (4, 5),
    )
    late = [t("correction of {month}: {sum}", month=m, sum=shown(a, c)) for m, c, a in found.corrections]
    total = t("{name} {month}: {sum}", name=data["name"], month=data["month"], sum=sums(found.totals) or "0")
    last = t("against the month before: {sum}", sum=sums(data["difference"]) or "0")
    return "\n".join(part for part in (body, *late, total, last) if part)


def event_text(kind: str) -> str:
    """What made a line of a statement."""
    said = {"order": t("ordered"), "payment": t("paid"), "refund": t("paid back"), "return": t("returned")}
    return said.get(kind, kind)
