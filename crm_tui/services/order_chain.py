"""The chain of an order: deal, quote, order, delivery, payment, commission, with the step that blocks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from crm_tui.rules.amounts import show_money
from crm_tui.rules.dues import due_text
from crm_tui.rules.money import add_up
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.noun import Row


@dataclass(frozen=True)
class Step:
    """One step of the chain.

    Attributes:
        kind: "deal", "quote", "order", "production", "delivery", "payment" or "commission".
        state: "done", "blocking" (the chain waits here), "late" (it waits and the day has passed) or "later".
        title, text: in the language that is spoken.
        row: id of the record, None if there is none yet.
    """

    kind: str
    state: str
    title: str
    text: str
    row: str | None = None

    @property
    def blocking(self) -> bool:
        """Whether the chain waits here."""
        return self.state in ("blocking", "late")

    @property
    def mark(self) -> str:
        """The sign before it: + done, > waits, ! waits too long, . later."""
        return {"done": "+", "blocking": ">", "late": "!"}.get(self.state, ".")


def chain_of(crm: Crm, order: str) -> list[Step]:
    """The steps of an order, each with what is known of it."""
    row = crm.orders.get(order)
    today = crm.local_now().date()
    steps = _before(crm, row)
    said = f"{row['number'] or row['outside'] or ''} {row['day']} {_label(crm, row)}"
    if (row["revision"] or 1) > 1:
        said += " " + t("revision {n}", n=row["revision"])
    steps.append(Step("order", "done", t("Sales order"), said.strip(), order))
    if row["step"]:
        text = f"{row['step']} {row['step_day'] or ''}".strip()
        steps.append(Step("production", "done", t("Production"), text, order))
    steps.append(_delivery(crm, row, today))
    steps.append(_payment(row, today))
    earned = crm.commission_rules.of_order(order)
    if earned:
        sums = add_up((line.amount, line.currency) for line in earned)
        text = " + ".join(show_money(amount, currency) for currency, amount in sums.items())
        state = "done" if row["stage"] == "done" else "later"
        steps.append(Step("commission", state, t("Commission"), text))
    return steps


def _label(crm: Crm, row: Row) -> str:
    found = next((one for one in crm.orders.noun.fields["status"].about.choices if one.code == row["status"]), None)
    return "" if found is None else found.zh if language() == "zh" else found.en


def _before(crm: Crm, row: Row) -> list[Step]:
    if not row["quote"]:
        return []
    quote = crm.quotes.get(row["quote"])
    steps = []
    if quote["deal"]:
        deal = crm.noun("deals").get(quote["deal"])
        steps.append(Step("deal", "done", t("Deal"), str(deal["name"] or ""), deal["id"]))
    version = f" v{quote['version']}" if (quote["version"] or 1) > 1 else ""
    text = f"{quote['number']}{version} {quote['status_day'] or ''}"
    return [*steps, Step("quote", "done", t("Quote"), text.strip(), quote["id"])]


def _delivery(crm: Crm, row: Row, today: date) -> Step:
    title, total, currency = t("Delivery"), row["total"] or 0, row["currency"]
    last = crm.orders.last_delivery(row["id"])
    if row["stage"] != "deliver":
        text = last["day"] if last else t("with the order")
        return Step("delivery", "done", title, text, last["id"] if last else None)
    text = t("{part} of {whole}", part=show_money(row["delivered"] or 0, currency), whole=show_money(total, currency))
    if row["promised"]:
        text += " · " + t("promised for {day}", day=row["promised"])
    late = row["promised"] is not None and row["promised"] < today.isoformat()
    return Step("delivery", "late" if late else "blocking", title, text, last["id"] if last else None)


def _payment(row: Row, today: date) -> Step:
    title, currency = t("Collection"), row["currency"]
    net = (row["total"] or 0) - (row["returned"] or 0)
    text = t("{part} of {whole}", part=show_money(row["received"] or 0, currency), whole=show_money(net, currency))
    balance = row["balance"] or 0
    if not balance:
        return Step("payment", "done", title, text)
    if balance < 0:
        text += " · " + t("{sum} to be paid back", sum=show_money(-balance, currency))
        return Step("payment", "blocking", title, text)
    if row["due"]:
        due = date.fromisoformat(row["due"])
        text += " · " + (t("due {day}", day=row["due"]) if due <= today else t("not due before {day}", day=row["due"]))
        state = "late" if due < today else "blocking" if row["stage"] == "collect" else "later"
        return Step("payment", state, title, text)
    return Step("payment", "later", title, f"{text} · {due_text(row['due_rule'])}")
