"""The forms of *Orders*: a new order or quote, a payment, a delivery, a return."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid
from crm_tui.records.payments import METHODS
from crm_tui.rules.amounts import plain_money, read_money
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes
    from crm_tui.ui.screen import CrmScreen

Row = dict[str, Any]
_LINES = FormField("lines", "Lines: rice x2 @85 -5%", "明细：大米 x2 @85 -5%", "note")
_DUE = FormField("due_rule", "Payment", "付款约定")
_DAY = FormField("day", "Day", "日期", "day")
_NOTE = FormField("note", "Note", "备注", "note", gap=True)
_METHOD = FormField("method", "Method", "方式", "choice", METHODS)
_AMOUNT = FormField("amount", "Amount", "金额", required=True)


def _lines(values: Mapping[str, Any]) -> list[str]:
    return [line.strip() for line in str(values.get("lines") or "").splitlines() if line.strip()]


def _told(values: Mapping[str, Any], *names: str) -> Row:
    return {name: values[name] for name in names if values.get(name) not in (None, "")}


def _beside(work: Callable[[], Changes]) -> Changes:
    """What is wrong with a line stands beside the lines."""
    try:
        return work()
    except Invalid as error:
        raise Invalid({"lines" if name == "line" else name: said for name, said in error.problems.items()}) from None


def ask_new(screen: CrmScreen, customer: str, name: str, *, quote: bool) -> None:
    """Write an order or a quote for a customer."""

    def save(crm: Crm, values: Row, _: Mapping[str, Any]) -> Changes:
        service = crm.quotes if quote else crm.orders
        told = _told(values, "due_rule", "note", *(("valid_until",) if quote else ("promised",)))
        return _beside(lambda: service.new(customer, _lines(values), told))

    until = FormField("valid_until", "Holds until", "有效期至", "day")
    promised = FormField("promised", "Promised for", "承诺日期", "day")
    plan = FormPlan(
        key=f"{'quotes' if quote else 'orders'}.add:{customer}",
        title="New quote" if quote else "New order",
        fields=(_LINES, _DUE, until if quote else promised, _NOTE),
        save=save,
        name=name,
        focus="lines",
    )
    _open(screen, plan, t("Written: {name}. u takes it back", name=name))


def ask_lines(screen: CrmScreen, quote: str, number: str) -> None:
    """Add lines to a draft."""

    def save(crm: Crm, values: Row, _: Mapping[str, Any]) -> Changes:
        return _beside(lambda: crm.quotes.add_lines(quote, _lines(values)))

    plan = FormPlan(f"quotes.line:{quote}", "Add lines", (_LINES,), save, name=number, focus="lines")
    _open(screen, plan, t("Added to {number}. u takes it back", number=number))


def ask_payment(screen: CrmScreen, order: Row, number: str) -> None:
    """Note money that came for an order."""
    currency = str(order["currency"])

    def save(crm: Crm, values: Row, _: Mapping[str, Any]) -> Changes:
        try:
            amount, code = read_money(str(values.get("amount") or ""), currency)
        except ValueError as error:
            raise Invalid({"amount": str(error)}) from None
        return crm.payments.pay(order["id"], amount, _told(values, "method", "day", "note"), code)

    plan = FormPlan(
        f"payments.add:{order['id']}",
        "Payment received",
        (_AMOUNT, _METHOD, _DAY, _NOTE),
        save,
        name=number,
        values={
            "amount": plain_money(max(0, order["balance"] or 0), currency),
            "day": screen.crm_app.local_now().date().isoformat(),
        },
        focus="amount",
    )
    _open(screen, plan, t("Paid: {number}. u takes it back", number=number))


def ask_delivery(screen: CrmScreen, order: Row, number: str) -> None:
    """Deliver what is left of an order, or some lines of it."""

    def save(crm: Crm, values: Row, _: Mapping[str, Any]) -> Changes:
        told = _told(values, "day", "carrier", "tracking", "note")
        word, serial = str(values.get("word") or ""), str(values.get("serial") or "")
        return _beside(lambda: crm.orders.deliver(order["id"], _lines(values), told, word=word, serial=serial))

    fields = (
        FormField("lines", "What (empty: all that is left)", "内容（空：全部剩余）", "note"),
        _DAY,
        FormField("serial", "Serial number", "序列号"),
        FormField("carrier", "Carrier", "承运方", gap=True),
        FormField("tracking", "Tracking number", "运单号"),
        FormField("word", "Why without stock", "无库存原因"),
    )
    today = screen.crm_app.local_now().date().isoformat()
    plan = FormPlan(f"deliveries.add:{order['id']}", "Deliver goods", fields, save, name=number, values={"day": today})
    _open(screen, plan, t("Delivered: {number}. u takes it back", number=number))


def ask_return(screen: CrmScreen, order: Row, number: str) -> None:
    """Take goods back, and pay money back if that is wanted."""
    currency = str(order["currency"])

    def save(crm: Crm, values: Row, _: Mapping[str, Any]) -> Changes:
        refund = None
        if values.get("amount"):
            try:
                refund, _code = read_money(str(values["amount"]), currency)
            except ValueError as error:
                raise Invalid({"amount": str(error)}) from None
        told = _told(values, "day", "reason")
        method = str(values["method"]) if values.get("method") else None
        lines = _lines(values)
        return _beside(lambda: crm.orders.take_back(order["id"], lines, told, refund=refund, method=method))

    fields = (
        FormField("lines", "What (empty: all that was delivered)", "内容（空：全部已交付）", "note"),
        FormField("reason", "Reason", "原因"),
        FormField("amount", "Paid back", "退款金额", gap=True),
        _METHOD,
        _DAY,
    )
    today = screen.crm_app.local_now().date().isoformat()
    plan = FormPlan(f"returns.add:{order['id']}", "Take goods back", fields, save, name=number, values={"day": today})
    _open(screen, plan, t("Taken back: {number}. u takes it back", number=number))


def _open(screen: CrmScreen, plan: FormPlan, said: str) -> None:
    def done(result: Any) -> None:
        if result is not None:
            screen.toast(said)

    screen.app.push_screen(FormDialog(plan), done)
