"""Puts together what a customer reads: quotes, orders, receipts, shipping notices, reminders, in his language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_tui.rules.amounts import show_money
from crm_tui.rules.documents import Document, DocumentLine
from crm_tui.rules.dues import due_text
from crm_tui.rules.text import has_cjk
from crm_tui.services.noun import Row
from crm_tui.words import in_language

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


def language_of(crm: Crm, customer: str, wanted: str | None = None) -> str:
    """The language that a customer reads: the one asked for, his own, else that of his name."""
    row = crm.customers.get(customer)
    said = str(wanted or row["language"] or "").casefold()
    if said[:2] in ("zh", "en"):
        return said[:2]
    if said in ("中文", "chinese"):
        return "zh"
    return "zh" if has_cjk(str(row["name"])) else "en"


def of_quote(crm: Crm, quote: str) -> Document:
    """A quote as its customer reads it."""
    row = crm.quotes.get(quote)
    code = language_of(crm, row["customer"], row["language"])
    version = f" v{row['version']}" if (row["version"] or 1) > 1 else ""
    facts = [
        (in_language(code, "Prepared for"), _name(crm, row["customer"])),
        (in_language(code, "Date"), row["day"] or ""),
    ]
    if row["valid_until"]:
        facts.append((in_language(code, "Holds until"), row["valid_until"]))
    facts += _common(crm, row, code)
    if row["subject"]:
        facts.insert(1, (in_language(code, "Subject"), row["subject"]))
    lines = [_line(line) for line in crm.quotes.lines(quote)]
    return _document(crm, row, code, in_language(code, "Quotation"), f"{row['number']}{version}", facts, lines)


def of_order(crm: Crm, order: str) -> Document:
    """An order as its customer reads it: the confirmation."""
    row = crm.orders.get(order)
    code = language_of(crm, row["customer"])
    facts = [(in_language(code, "Prepared for"), _name(crm, row["customer"])), (in_language(code, "Date"), row["day"])]
    if row["promised"]:
        facts.append((in_language(code, "Delivery day"), row["promised"]))
    facts += _common(crm, row, code)
    lines = [_line(line) for line in crm.orders.lines(order)]
    number = str(row["number"] or row["outside"] or "")
    return _document(crm, row, code, in_language(code, "Order confirmation"), number, facts, lines)


def of_payment(crm: Crm, payment: str) -> Document:
    """The receipt of a payment, or of a refund."""
    row = crm.payments.get(payment)
    code = language_of(crm, row["customer"])
    back = row["kind"] == "refund"
    title = in_language(code, "Receipt of refund") if back else in_language(code, "Receipt of payment")
    about = crm.payments.noun.fields["method"].about
    method = next(((one.zh if code == "zh" else one.en) for one in about.choices if one.code == row["method"]), "")
    whom = in_language(code, "Paid to") if back else in_language(code, "Received from")
    facts = [(whom, _name(crm, row["customer"])), (in_language(code, "Date"), row["day"])]
    if row["of_order"]:
        order = crm.orders.get(row["of_order"])
        facts.append((in_language(code, "Order number"), str(order["number"] or order["outside"] or "")))
        left = show_money(order["balance"], order["currency"])
        facts.append((in_language(code, "Still owed"), left))
    if method:
        facts.append((in_language(code, "Way of payment"), method))
    return Document(
        code, title, str(row["number"] or ""), _seller(crm), facts[0][1], row["currency"], row["amount"], facts,
        note=row["note"] or "",
    )  # fmt: skip


def reminder(crm: Crm, order: str) -> str:
    """A friendly line that asks for what is due of an order, in the customer's language."""
    row = crm.orders.get(order)
    code = language_of(crm, row["customer"])
    values = {
        **{"name": _name(crm, row["customer"]), "number": row["number"] or row["outside"] or ""},
        **{"amount": show_money(row["balance"], row["currency"]), "day": row["due"] or row["day"]},
    }
    return in_language(code, "Dear {name}, of order {number} {amount} was due on {day}. Thank you!", **values)


def shipping_notice(crm: Crm, delivery: str) -> str:
    """A line that says what has left, in the customer's language."""
    row = crm.noun("deliveries").get(delivery)
    order = crm.orders.get(row["of_order"])
    code = language_of(crm, order["customer"])
    values = {"name": _name(crm, order["customer"]), "number": order["number"] or "", "day": row["day"]}
    said = in_language(code, "Dear {name}, your order {number} left on {day}.", **values)
    carried = " ".join(part for part in (row["carrier"], row["tracking"]) if part)
    return f"{said} {carried}".rstrip()


def _document(
    crm: Crm, row: Row, code: str, title: str, number: str, facts: list[tuple[str, str]], lines: list[DocumentLine]
) -> Document:
    buyer = _name(crm, row["customer"])
    note = str(row["note"] or "")
    return Document(
        code, title, number, _seller(crm), buyer, row["currency"], row["total"] or 0, facts, lines, note
    )  # fmt: skip


def _line(row: Row) -> DocumentLine:
    text, unit = str(row["text"] or ""), str(row["unit"] or "")
    return DocumentLine(text, unit, row["quantity"], row["price"], row["discount"] or 0, row["total"])


def _common(crm: Crm, row: Row, code: str) -> list[tuple[str, str]]:
    found = []
    if row["due_rule"]:
        found.append((in_language(code, "Payment"), due_text(row["due_rule"], code)))
    if row["person"]:
        found.append((in_language(code, "Your contact"), str(crm.people.get(row["person"])["name"])))
    return found


def _name(crm: Crm, customer: str) -> str:
    return str(crm.customers.get(crm.customers.root(customer))["name"])


def _seller(crm: Crm) -> str:
    return crm.store.setting("company", "")
