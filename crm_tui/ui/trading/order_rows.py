"""What the screen *Orders* lists: orders, quotes, collections by day, arrears; and what stands beside them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crm_tui.rules.amounts import short_money, show_money
from crm_tui.rules.money import add_up, percent, quantity_text
from crm_tui.rules.receivables import BUCKETS
from crm_tui.store.windows import Listing, Value
from crm_tui.store.windows import Row as Stored
from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.when import date_text
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.arrears import Came, Day, Expected, Owed
    from crm_tui.services.order_chain import Step

VIEWS = ("orders", "quotes", "collections", "arrears")
_NAME = "(SELECT name FROM customers WHERE customers.id = {table}.customer)"
_ORDER = (
    *("coalesce(orders.number, orders.outside)", "day", _NAME.format(table="orders"), "total", "balance", "due"),
    *("stage", "status", "currency", "customer", "step", "promised"),
)
_QUOTE = (
    *("number", "version", "day", _NAME.format(table="quotes"), "total", "status", "valid_until", "currency"),
    "customer",
)


def title_of(view: str) -> str:
    """The name of a view."""
    said = {
        "orders": t("Orders"), "quotes": t("Quotes"), "collections": t("Collections"), "arrears": t("Arrears"),
    }  # fmt: skip
    return said[view]


def sums(amounts: dict[str, int]) -> str:
    """Sums of several currencies beside each other."""
    return " + ".join(show_money(amount, currency) for currency, amount in amounts.items())


def waits_for(stage: str | None) -> str:
    """The step that an order waits for, in words."""
    said = {"deliver": t("delivery"), "collect": t("payment"), "refund": t("refund")}
    return said.get(stage or "", "")


def listing(view: str, text: str, everything: bool) -> Listing:
    """Orders or quotes, the newest first, narrowed by what is typed: a number or a part of the customer's name."""
    table = view
    where = f"{table}.live"
    if not everything:
        where += " AND stage <> 'done'" if view == "orders" else " AND status IN ('draft', 'sent')"
    said: list[Value] = []
    if text.strip():
        pattern = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        where += (
            f" AND ({table}.number LIKE ? ESCAPE '\\' OR {table}.customer IN "
            "(SELECT id FROM customers WHERE name LIKE ? ESCAPE '\\'))"
        )
        said = [pattern, pattern]
    columns = _ORDER if view == "orders" else _QUOTE
    return Listing(table, columns, sort="day", descending=True, where=where, params=tuple(said))


def columns_of(view: str) -> tuple[Column, ...]:
    """The columns of a view."""
    if view == "orders":
        return (
            Column(t("Number"), 12, role="muted"),
            Column(t("Customer"), flex=3, least=10),
            Column(t("Date"), 9, from_width=60, role="muted"),
            Column(t("Total"), 11, kind="money", from_width=96),
            Column(t("Owed"), 11, kind="money"),
            Column(t("Due"), 9, align="right"),
            Column(t("Waits for"), 9, from_width=72),
        )
    if view == "quotes":
        return (
            Column(t("Number"), 14, role="muted"),
            Column(t("Customer"), flex=3, least=10),
            Column(t("State"), 9),
            Column(t("Holds until"), 11, align="right", from_width=60),
            Column(t("Total"), 12, kind="money"),
        )
    if view == "collections":
        return (
            Column(t("Date"), 12),
            Column(t("Customer"), flex=3, least=10),
            Column(t("Expected"), 13, kind="money"),
            Column(t("Received"), 13, kind="money"),
            Column(t("Order number"), 12, role="muted", from_width=70),
        )
    return (
        Column(t("Customer"), flex=3, least=10),
        Column(t("Not due"), 8, kind="money"),
        *(Column(name, 8, kind="money") for name in ("0–30", "31–60", "61–90", "90+")),
        Column(t("Balance"), 12, kind="money"),
    )


def order_row(stored: Stored, today: date) -> Row:
    """An order in the list; what is late is marked."""
    ident, number, day, name, total, balance, due, stage, status, currency, *_ = stored
    promised = str(stored[12]) if stored[12] else None
    late = bool(due) and str(due) < today.isoformat() and int(balance or 0) > 0
    slow = stage == "deliver" and promised is not None and promised < today.isoformat()
    mark = "! " if late or slow else ""
    owed = show_money(int(balance), str(currency)) if balance else ""
    cells = (
        str(number or ""),
        f"{mark}{name or ''}",
        date_text(date.fromisoformat(str(day)), today),
        show_money(int(total or 0), str(currency)),
        owed,
        date_text(date.fromisoformat(str(due)), today) if due else "",
        waits_for(str(stage)) or choice_text("orders", "status", status),
    )
    role: Role = "bad" if late else "warn" if slow else ""
    quiet: Role = "muted" if stage == "done" else ""
    return Row(str(ident), cells, quiet, ("muted", role, "muted", "", role, role, ""))


def quote_row(stored: Stored, today: date) -> Row:
    """A quote in the list; one that has run out is marked."""
    ident, number, version, _day, name, total, status, until, currency, _customer = stored
    over = status in ("draft", "sent") and bool(until) and str(until) < today.isoformat()
    said = f"{number or ''} v{version}" if version and int(version) > 1 else str(number or "")
    cells = (
        said,
        f"{'! ' if over else ''}{name or ''}",
        choice_text("quotes", "status", status),
        date_text(date.fromisoformat(str(until)), today) if until else "",
        show_money(int(total or 0), str(currency)),
    )
    return Row(str(ident), cells, "" if status in ("draft", "sent") else "muted", ("muted", "warn" if over else ""))


def collection_rows(days: list[Day], today: date) -> list[Row]:
    """Each day that has something: its sums, what is expected, what was missed, what came."""
    rows = []
    for one in days:
        if not (one.expected or one.carried or one.received):
            continue
        mark = "* " if one.day == today else ""
        expected = add_up((part.amount, part.currency) for part in (*one.expected, *one.carried))
        received = add_up((came.amount, came.currency) for came in one.received)
        head = (f"{mark}{date_text(one.day, today)}", "", sums(expected), sums(received), "")
        rows.append(Row(f"day:{one.day}", head, "accent" if one.day == today else ""))
        rows += [_expected(part, one.day, today) for part in (*one.carried, *one.expected)]
        rows += [_came(came) for came in one.received]
    return rows


def _expected(part: Expected, day: date, today: date) -> Row:
    late = part.due < today
    mark = f"! {date_text(part.due, today)}" if late else ""
    cells = (mark, part.name, show_money(part.amount, part.currency), "", part.number)
    return Row(f"order:{part.order}:{day}:{part.due}", cells, roles=("bad" if late else "muted", "", "", "", "muted"))


def _came(came: Came) -> Row:
    cells = ("  +", came.name, "", show_money(came.amount, came.currency), came.number)
    return Row(f"payment:{came.payment}", cells, roles=("good", "", "", "good", "muted"))


def arrears_row(one: Owed) -> Row:
    """What a customer owes by age; each currency has its own line."""
    cells = (
        f"{'! ' if one.ages.overdue else ''}{one.name}",
        *(_amount(one.ages.buckets[name], one.currency) for name in ("waiting", *BUCKETS[2:6])),
        show_money(one.ages.balance, one.currency),
    )
    roles: tuple[Role, ...] = ("bad" if one.ages.overdue else "", "muted", "", "warn", "warn", "bad")
    return Row(f"{one.customer}:{one.currency}", cells, roles=roles)


def _amount(amount: int, currency: str) -> str:
    return short_money(amount, currency, chinese=language() == "zh") if amount else ""


def chain_rows(chain: list[Step], lines: list[dict[str, Any]], currency: str) -> list[Row]:
    """The chain of an order with the blocking step marked, and its lines."""
    roles: dict[str, Role] = {"done": "good", "blocking": "warn", "late": "bad", "later": "muted"}
    rows = [
        Row(f"step:{step.kind}", (f"{step.mark} {step.title}", step.text), roles=(roles[step.state], ""))
        for step in chain
    ]
    if lines:
        rows.append(Row("gap:", ("", "")))
    return rows + line_rows(lines, currency)


def line_rows(lines: list[dict[str, Any]], currency: str) -> list[Row]:
    """Lines of an order or a quote: how much, of what, at which price, and how much of it was delivered."""
    rows = []
    for line in lines:
        count = f"{quantity_text(line['quantity'])} {line['unit'] or ''}".rstrip()
        price = show_money(line["price"], currency)
        said = f"{line['text']}  {price}" + (f" -{percent(line['discount'])}" if line["discount"] else "")
        said += f"  = {show_money(line['total'], currency)}"
        if line.get("delivered"):
            said += "  " + t("{n} delivered", n=quantity_text(line["delivered"]))
        if line.get("returned"):
            said += "  " + t("{n} returned", n=quantity_text(line["returned"]))
        rows.append(Row(f"line:{line['id']}", (count, said), roles=("muted",)))
    return rows
