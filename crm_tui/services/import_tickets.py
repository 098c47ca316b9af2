"""What rows of another program's complaints and requests mean: customers, and tickets that are open or over."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.records.nouns import NOUNS
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import DESK_ZONE
from crm_tui.rules.text import fold
from crm_tui.services.import_sale_kinds import Customers
from crm_tui.services.import_sale_rows import SaleRow
from crm_tui.services.import_sales import Found, Part, Row, SalePlan
from crm_tui.store.desk_clocks import DeskTime
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_OVER = frozenset(
    [
        "closed",
        "resolved",
        "solved",
        "done",
        "completed",
        "finished",
        "关闭",
        "已关闭",
        "已解决",
        "已完成",
        "已处理",
        "完成",
    ]
)
_WORDS = {
    "severity": {
        **{"high": "serious", "urgent": "critical", "medium": "normal", "low": "slight"},
        **{"紧急": "critical", "高": "serious", "中": "normal", "低": "slight"},
    },
    "kind": {
        **{"problem": "complaint", "incident": "complaint", "service": "request", "repair": "request"},
        **{"报修": "request", "维修": "request", "询问": "question", "意见": "suggestion"},
    },
    "channel": {
        "web": "online",
        "chat": "online",
        "电话": "phone",
        "邮件": "email",
        "网站": "online",
        "现场": "person",
    },
}


def tickets_of(crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> Found:
    """What each row means, with the file as it is now."""
    return _Tickets(crm, plan, db).found


class _Tickets:
    """Rows of tickets; those without a number are known by customer, day and text.

    What is written only when a ticket is new (its state, when it came in) is never changed by a later file: the desk
    has gone on with it.
    """

    def __init__(self, crm: Crm, plan: SalePlan, db: sqlite3.Connection) -> None:
        self.plan = plan
        self.found = Found()
        self.customers = Customers(db, self.found, create=True)
        self.people = {fold(str(name)): row for row, name in db.execute("SELECT id, name FROM people WHERE live")}
        self.grades = dict(db.execute("SELECT id, grade FROM customers WHERE grade IS NOT NULL"))
        self.known = dict(db.execute("SELECT outside, id FROM tickets WHERE outside IS NOT NULL ORDER BY id DESC"))
        self.desk = DeskTime(db)
        self.zone = crm.policies.value(DESK_ZONE) or crm.zone
        self.country = crm.calendar_days.country
        for row in plan.rows:
            self._ticket(row)
        if self.customers.made:
            self.found.notes.append(t("{n} customers are new", n=len(self.customers.made)))

    def _ticket(self, row: SaleRow) -> None:
        reader, texts = self.plan.reader, row.texts
        for needed in ("customer", "text"):
            if needed not in texts:
                self.found.rejected.append(reader.refuse(row, needed, t("must not be empty")))
                return
        name = "customer"
        try:
            customer = self.customers.of(texts["customer"], row.place)
            name = "opened"
            opened = self._instant(texts.get("opened")) or self._at_nine(self.plan.today.isoformat())
            name = "closed"
            closed = self._instant(texts.get("closed"))
        except ValueError as error:
            self.found.rejected.append(reader.refuse(row, name, str(error)))
            return
        outside = texts.get("case") or fixed_id("import_ticket_text", customer, opened, fold(texts["text"]))
        ident = self.known.get(outside, fixed_id("import_ticket", outside))
        values: Row = {
            **{"customer": customer, "text": texts["text"], "kind": self._choice("kind", texts) or "complaint"},
            **{"channel": self._choice("channel", texts), "person": self.people.get(fold(texts.get("person", "")))},
            **{name: texts.get(name) for name in ("category", "product", "cause", "solution")},
        }
        brought = {name: value for name, value in values.items() if value is not None}
        values["brought"] = json.dumps(brought, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        fixed: Row = {"created": opened, "outside": outside, "live": 1, **self._standing(texts, opened, closed)}
        fixed |= {"number": texts.get("case") or f"I-{ident[:8].upper()}", "received": opened, "zone": self.zone}
        fixed |= {"country": self.country, **self._standard(customer, texts)}
        self.found.parts.append(Part("tickets", str(ident), values, fixed, [row.place]))

    def _standing(self, texts: dict[str, str], opened: str, closed: str | None) -> Row:
        over = closed is not None or fold(texts.get("state", "")) in _OVER
        return {"state": "closed" if over else "received", "state_at": (closed or opened) if over else opened}

    def _standard(self, customer: str, texts: dict[str, str]) -> Row:
        severity = self._choice("severity", texts) or "normal"
        tier = self.grades.get(customer)
        respond, resolve = self.desk.standard(tier, severity) or (None, None)
        return {"severity": severity, "tier": tier, "respond_within": respond, "resolve_within": resolve}

    def _choice(self, name: str, texts: dict[str, str]) -> str | None:
        """The code that a cell means; None for nothing that is known."""
        said = fold(texts.get(name, ""))
        for one in NOUNS["tickets"].fields[name].about.choices:
            if said and said in (one.code, fold(one.en), fold(one.zh)):
                return one.code
        return _WORDS[name].get(said)

    def _instant(self, text: str | None) -> str | None:
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError:
            return self._at_nine(self.plan.reader.day_of(text))
        if len(text) <= len("2026-11-24"):
            return self._at_nine(at.date().isoformat())
        return _utc(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone)))

    def _at_nine(self, day: str) -> str:
        at = datetime.combine(datetime.fromisoformat(day).date(), time(9), ZoneInfo(self.zone))
        return _utc(at)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
