"""When an order is to be paid, as it was agreed: on the spot, after n days, at the end of the month, on payday."""

from __future__ import annotations

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from crm_tui.rules.paydays import Shift, collection_day, parse_payday
from crm_tui.words import in_language, language, t

CASH = "cash"
PREPAID = "prepaid"
_CASH = {"cash", "on the spot", "现金", "现结", "货到付款", "cod"}
_PREPAID = {"prepaid", "in advance", "预付", "款到发货", "先款后货"}
_DAYS = re.compile(r"(?:net|账期)?\s*(\d{1,3})\s*(?:d|days?|天|日)?")
_MONTH = re.compile(r"(?:month-?\s?end|end of month|eom|月结|月底|月末)\s*\+?\s*(\d{1,3})?\s*(?:d|days?|天|日)?")
_PAYDAY = re.compile(r"(?:on\s+)?(?:payday|发薪日|发薪|工资日)\s*(.*)")


@dataclass(frozen=True, slots=True)
class DueRule:
    """What was agreed.

    Attributes:
        kind: "cash", "prepaid", "days", "month" or "payday".
        days: after the delivery, or after the end of its month.
        payday: as `rules.paydays` writes it.
    """

    kind: str
    days: int = 0
    payday: str = ""

    @property
    def text(self) -> str:
        """As it is stored; `parse_due` reads it back."""
        if self.kind == "days":
            return f"{self.days} days"
        if self.kind == "month":
            return f"month-end+{self.days}" if self.days else "month-end"
        return f"payday {self.payday}" if self.kind == "payday" else self.kind


def parse_due(text: str) -> DueRule:
    """Read a rule as a person writes it: "cash", "30", "30天", "month-end", "月结30", "payday 10", "发薪日 10号".

    Raises:
        ValueError: with a sentence.
    """
    said = " ".join(unicodedata.normalize("NFKC", text).strip().casefold().split())
    if said in _CASH:
        return DueRule(CASH)
    if said in _PREPAID:
        return DueRule(PREPAID)
    if match := _DAYS.fullmatch(said):
        return DueRule("days", int(match[1]))
    if match := _MONTH.fullmatch(said):
        return DueRule("month", int(match[1] or 0))
    if (match := _PAYDAY.fullmatch(said)) and (rule := parse_payday(match[1])) is not None:
        return DueRule("payday", payday=rule.text)
    raise ValueError(
        t("“{value}” is not one of: cash, prepaid, 30 days, month-end, month-end+30, payday 10", value=text)
    )


def due_on(rule: DueRule, delivered: date, shift: Shift | None = None) -> date:
    """The day on which what was delivered then falls due."""
    if rule.kind == "days":
        return delivered + timedelta(days=rule.days)
    if rule.kind == "month":
        last = calendar.monthrange(delivered.year, delivered.month)[1]
        return delivered.replace(day=last) + timedelta(days=rule.days)
    if rule.kind == "payday":
        return collection_day(delivered, parse_payday(rule.payday), shift)
    return delivered


def due_text(text: str | None, code: str | None = None) -> str:
    """A stored rule in a language, the one that is spoken if none is told."""
    if not text:
        return ""
    said = code or language()
    rule = parse_due(text)
    if rule.kind == "days":
        return in_language(said, "{n} days", n=rule.days)
    if rule.kind == "month":
        if rule.days:
            return in_language(said, "end of month + {n} days", n=rule.days)
        return in_language(said, "end of month")
    if rule.kind == "payday":
        return in_language(said, "payday {day}", day=rule.payday)
    return in_language(said, "on the spot") if rule.kind == CASH else in_language(said, "in advance")
