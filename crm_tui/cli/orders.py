"""Commands about orders: orders, order new|deliver|pay|return|refund|revise|status|plan|split|show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.money import given, name_of, shown, typed
from crm_tui.cli.program import argument, command, option
from crm_tui.cli.quotes import warn_debt
from crm_tui.cli.session import Session
from crm_tui.errors import NotFound
from crm_tui.words import t

_OUT = click.Path(path_type=Path)
_METHODS = click.Choice(["cash", "transfer", "wechat", "alipay", "card", "cheque", "other"])
_day = option("--day", metavar="DAY", help="When; today if not told.")
_method = option("--method", type=_METHODS, help="How.")
_note = option("--note", metavar="TEXT", help="A note.")


@command("orders")
@option("--customer", metavar="NAME", help="Only this customer's.")
@option("--open", "only_open", is_flag=True, help="Only what waits for something.")
@option("--limit", type=click.IntRange(1), default=200, help="At most so many.")
def orders_command(session: Session, customer: str | None, only_open: bool, limit: int) -> None:
    """Orders, the newest first, each with the step that it waits for."""
    from crm_tui.cli.shown import plain, table

    crm = session.crm()
    who = crm.customers.resolve(customer) if customer else None
    rows = crm.orders.newest(limit, customer=who, only_open=only_open)
    items = [{**plain(row), "customer_name": name_of(crm, row["customer"])} for row in rows]
    titles = (t("Number"), t("Day"), t("Customer"), t("Total"), t("Owed"), t("Due"), t("Waits for"))
    session.put(
        {"count": len(items), "items": items},
        lambda: table(
            (
                (
                    one["number"] or one["outside"],
                    one["day"],
                    one["customer_name"],
                    shown(one["total"], one["currency"]),
                    shown(one["balance"], one["currency"]) if one["balance"] else "",
                    one["due"],
                    waits_for(one["stage"]),
                )
                for one in items
            ),
            titles,
            (3, 4),
        ),
    )


def waits_for(stage: str | None) -> str:
    """The step that an order waits for, in words."""
    said = {"deliver": t("delivery"), "collect": t("payment"), "refund": t("refund"), "done": ""}
    return said.get(stage or "", stage or "")


def tell_order(session: Session, order: str) -> None:
    """Print an order with its lines, its chain, and what is owed."""
    from crm_tui.cli.shown import plain, table
    from crm_tui.rules.money import quantity_text

    crm = session.crm()
    row, lines, chain = crm.orders.get(order), crm.orders.lines(order), crm.orders.chain(order)
    data = {
        **plain(row),
        "customer_name": name_of(crm, row["customer"]),
        "lines": [plain(line) for line in lines],
        "payments": [plain(one) for one in crm.payments.of_order(order)],
        "chain": [{**vars(step), "blocking": step.blocking} for step in chain],
    }

    def text() -> str:
        head = f"{row['number'] or row['outside'] or row['id']}  {data['customer_name']}  {row['day']}"
        body = table(
            (
                (
                    line["text"],
                    quantity_text(line["quantity"]),
                    quantity_text(line["delivered"]) if line["delivered"] else "",
                    shown(line["price"], row["currency"]),
                    shown(line["total"], row["currency"]),
                )
                for line in lines
            ),
            (t("Product"), t("Quantity"), t("Delivered"), t("Price"), t("Total")),
            (1, 2, 3, 4),
        )
        steps = "\n".join(f"{step.mark} {step.title}  {step.text}".rstrip() for step in chain)
        owed = t("total {total}, owed {owed}", total=shown(row["total"], row["currency"]), owed=_owed(row))
        return "\n".join(part for part in (head, body, steps, owed) if part)

    session.put(data, text)


def _owed(row: dict[str, Any]) -> str:
    said = shown(row["balance"], row["currency"])
    return f"{said} ({row['due']})" if row["due"] and row["balance"] > 0 else said


@click.group("order", cls=Family, help="Order, deliver, pay, return; an order is an id, a number or its customer.")
def order_command() -> None:
    """Orders."""


@order_command.member("new", help="Write an order; lines are like: rice x10 @85 -5%.")
@argument("customer")
@argument("lines", nargs=-1, required=True)
@option("--due", "due_rule", metavar="RULE", help="How it is paid: cash, prepaid, 30 days, month-end, payday 10.")
@option("--promised", metavar="DAY", help="Day on which it shall be delivered.")
@option("--currency", metavar="CODE", help="Such as CNY; the company's if not told.")
@option("--channel", metavar="NAME", help="Sales channel; the customer's if not told.")
@_day
@_note
def _new(session: Session, customer: str, lines: tuple[str, ...], **values: Any) -> None:
    crm = session.crm()
    who = crm.customers.resolve(customer)
    warn_debt(session, who)
    order = crm.orders.new(who, lines, given(values)).ids[0]
    for one in crm.products.stock(line["product"] for line in crm.orders.lines(order)):
        if one.free < 0:
            session.say("! " + t("{name}: more is ordered than in stock", name=one.name))
    tell_order(session, order)


@order_command.member("show", help="Show an order and its chain from quote to money.")
@argument("order")
@option("--out", type=_OUT, metavar="FILE", help="Write it as the customer reads it: .txt or .html.")
def _show(session: Session, order: str, out: Path | None) -> None:
    crm = session.crm()
    ident = crm.orders.find(order)["id"]
    if out is not None:
        from crm_tui.exchange.documents import write_document
        from crm_tui.services.documents import of_order

        write_document(out.expanduser(), of_order(crm, ident))
        session.say(t("written: {path}", path=out))
    tell_order(session, ident)


@order_command.member("deliver", help="Deliver what is left, or some lines: rice x2.")
@argument("order")
@argument("lines", nargs=-1)
@option("--carrier", metavar="NAME", help="Who carries it.")
@option("--tracking", metavar="NUMBER", help="The carrier's number.")
@option("--serial", default="", metavar="NUMBER", help="Serial number of what is delivered.")
@option("--why", "word", default="", metavar="TEXT", help="Why it leaves though the stock does not show it.")
@_day
@_note
def _deliver(session: Session, order: str, lines: tuple[str, ...], word: str, serial: str, **values: Any) -> None:
    crm = session.crm()
    ident = crm.orders.find(order)["id"]
    crm.orders.deliver(ident, lines, given(values), word=word, serial=serial)
    tell_order(session, ident)


@order_command.member("pay", help="Note money that came; of a customer, what fell due first is settled first.")
@argument("order")
@argument("amount")
@_method
@_day
@_note
@option("--receipt", type=_OUT, metavar="FILE", help="Write the receipt: .txt or .html.")
def _pay(session: Session, order: str, amount: str, receipt: Path | None, **values: Any) -> None:
    crm = session.crm()
    try:
        row = crm.orders.find(order)
    except NotFound:
        who = crm.customers.resolve(order)
        money = typed(amount, crm.products.currency())
        changes = crm.payments.receive(who, *money, given(values))
    else:
        number, currency = typed(amount, row["currency"])
        changes = crm.payments.pay(row["id"], number, given(values), currency)
    if receipt is not None:
        from crm_tui.exchange.documents import write_document
        from crm_tui.services.documents import of_payment

        write_document(receipt.expanduser(), of_payment(crm, changes.ids[0]))
        session.say(t("written: {path}", path=receipt))
    payments = [crm.payments.get(one) for one in changes.ids]
    from crm_tui.cli.shown import plain

    session.put(
        {"action": changes.action, "payments": [plain(one) for one in payments]},
        lambda: "\n".join(f"{one['number']}  {shown(one['amount'], one['currency'])}" for one in payments),
    )


@order_command.member("refund", help="Note money that went back.")
@argument("order")
@argument("amount")
@_method
@_day
@_note
def _refund(session: Session, order: str, amount: str, **values: Any) -> None:
    crm = session.crm()
    row = crm.orders.find(order)
    number, _ = typed(amount, row["currency"])
    crm.payments.refund(row["id"], number, given(values))
    tell_order(session, row["id"])


@order_command.member("return", help="Take back what was delivered, or some lines: rice x2.")
@argument("order")
@argument("lines", nargs=-1)
@option("--reason", metavar="TEXT", help="Why.")
@option("--refund", metavar="AMOUNT", help="Money that is paid back.")
@option("--not-into-stock", "gone", is_flag=True, help="It does not go into stock again.")
@_method
@_day
@_note
def _return(
    session: Session,
    order: str,
    lines: tuple[str, ...],
    refund: str | None,
    gone: bool,
    method: str | None,
    **values: Any,
) -> None:
    crm = session.crm()
    row = crm.orders.find(order)
    money = typed(refund, row["currency"])[0] if refund else None
    told = {**given(values), "restocked": int(not gone)}
    crm.orders.take_back(row["id"], lines, told, refund=money, method=method)
    tell_order(session, row["id"])


@order_command.member("revise", help="Change what was ordered; it becomes a new revision.")
@argument("order")
@argument("lines", nargs=-1)
@option("--drop", type=click.IntRange(1), multiple=True, metavar="N", help="Take a line out; the first is 1.")
@option("--due", "due_rule", metavar="RULE", help="How it is paid: cash, prepaid, 30 days, month-end, payday 10.")
@option("--promised", metavar="DAY", help="Day on which it shall be delivered.")
@option("--why", default="", metavar="TEXT", help="Why.")
def _revise(
    session: Session, order: str, lines: tuple[str, ...], drop: tuple[int, ...], why: str, **values: Any
) -> None:
    crm = session.crm()
    ident = crm.orders.find(order)["id"]
    crm.orders.revise(ident, lines, drop, why, **given(values))
    tell_order(session, ident)


@order_command.member("status", help="Say where it stands, or which production step it has reached.")
@argument("order")
@argument("status")
@option("--why", default="", metavar="TEXT", help="Why.")
def _status(session: Session, order: str, status: str, why: str) -> None:
    crm = session.crm()
    ident = crm.orders.find(order)["id"]
    known = {one.code for one in crm.orders.noun.fields["status"].about.choices}
    if status in known:
        crm.orders.set_status(ident, status, why)
    else:
        crm.orders.set_step(ident, status)
    tell_order(session, ident)


@order_command.member("plan", help="Agree on a day on which a part of it is paid.")
@argument("order")
@argument("day")
@argument("amount")
def _plan(session: Session, order: str, day: str, amount: str) -> None:
    crm = session.crm()
    row = crm.orders.find(order)
    crm.payments.plan(row["id"], day, typed(amount, row["currency"])[0])
    tell_order(session, row["id"])


@order_command.member("split", help="Share what it earns between people: NAME=60 NAME=40.")
@argument("order")
@argument("shares", nargs=-1, required=True)
def _split(session: Session, order: str, shares: tuple[str, ...]) -> None:
    from crm_tui.errors import Invalid
    from crm_tui.rules.money import parse_percent

    crm = session.crm()
    ident = crm.orders.find(order)["id"]
    found: dict[str, int] = {}
    for word in shares:
        name, _, share = word.rpartition("=")
        try:
            found[str(crm.people.find(name)["id"])] = parse_percent(share)
        except ValueError as error:
            raise Invalid({"share": str(error)}) from None
    crm.commission_rules.split(ident, found)
    tell_order(session, ident)
