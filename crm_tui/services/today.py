"""What is to be done today: promised next steps, overdue first; then what to ask, and dates near."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.rules.days import next_occurrence, returning

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Line:
    """One line of Today.

    Attributes:
        kind: "plan", "order" (money due, a delivery promised, a quote that runs out), "date" (a key date near) or "ask"
            (something missing about a customer seen today).
        customer: id and name.
        at: when (aware, local), if at a time.
        days: how many days it is overdue; negative in the future.
        text: what it is about, as typed; with a contact's key date, whose it is first.
        plan: id of the planned contact, for "plan".
        what: the plan's kind, the key date's, or "collect", "deliver" or "quote".
    """

    kind: str
    customer: str
    name: str
    at: datetime | None
    days: int
    text: str
    plan: str | None
    what: str


class Today:
    """The lines of a day."""

    AHEAD = 7
    """For how many days ahead key dates are shown."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def lines(self, person: str | None = None, limit: int = 500) -> list[Line]:
        """Plans until tonight (overdue first), then key dates near.

        Args:
            person: only whose; everybody's if None.
            limit: at most so many of each kind.
        """
        now = self.crm.local_now()
        tonight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
        # One list by its own index for each of "mine" and "nobody's": an OR would walk everybody's plans.
        whose: list[tuple[str, tuple[str, ...]]] = [("", ())]
        if person:
            whose = [("AND v.person = ?", (person,)), ("AND v.person IS NULL", ())]
        rows = [row for where, params in whose for row in self._plans(_utc(tonight), where, params, limit)]
        found = []
        for start, plan, kind, topic, customer, name in sorted(rows)[:limit]:
            at = datetime.fromisoformat(start).astimezone(now.tzinfo)
            days = (now.date() - at.date()).days
            found.append(Line("plan", customer, name, at, days, topic or "", plan, kind))
        return found + self._orders(now.date(), person) + self._dates(now.date(), person, limit)

    def _orders(self, today: date, person: str | None) -> list[Line]:
        """What orders and quotes ask for today."""
        from crm_tui.services.order_reminders import reminders

        return [
            Line("order", one.customer, one.name, None, (today - one.on).days, one.text, None, one.what)
            for one in reminders(self.crm, today, person)
        ]

    def _plans(self, until: str, where: str, params: tuple[str, ...], limit: int) -> list[tuple[str, ...]]:
        return (
            self.crm.store.reader()
            .execute(
                "SELECT v.planned_start, v.id, v.kind, v.topic, coalesce(a.root, v.customer), c.name FROM visits v "
                "LEFT JOIN alias a ON a.id = v.customer CROSS JOIN customers c ON c.id = coalesce(a.root, v.customer) "
                f"WHERE v.status = 'planned' AND v.live AND c.live AND v.planned_start < ? {where} "
                "ORDER BY v.planned_start, v.id LIMIT ?",
                (until, *params, limit),
            )
            .fetchall()
        )

    def _dates(self, today: date, person: str | None, limit: int) -> list[Line]:
        near = returning(today, self.AHEAD)
        mine = "AND (c.owner = ? OR c.owner IS NULL)" if person else ""
        select = (
            "SELECT k.customer, c.name, k.kind, k.label, p.name, k.month, k.day, k.lunar, k.lead_days FROM {found} "
            "CROSS JOIN customers c ON c.id = k.customer LEFT JOIN contacts p ON p.id = k.contact AND p.live "
            f"WHERE k.live AND c.live AND k.day IS NOT NULL {{where}} {mine}"
        )
        by_day = select.format(
            found="json_each(?) j CROSS JOIN key_dates k ON coalesce(k.lunar, 0) = j.value ->> 0 "
            "AND coalesce(k.month, 0) = j.value ->> 1 AND k.day = j.value ->> 2",
            where=f"AND (k.lead_days IS NULL OR k.lead_days <= {self.AHEAD})",
        )
        early = select.format(found="key_dates k", where=f"AND k.lead_days > {self.AHEAD}")
        owner = [person] if person else []
        db = self.crm.store.reader()
        rows = [*db.execute(by_day, [json.dumps(sorted(near)), *owner]), *db.execute(early, owner)]
        found = []
        for customer, name, kind, label, whose, month, day, lunar, lead in rows:
            # The year of a birthday says how old, not when; only the next return matters here.
            on = next_occurrence(None, month, day, bool(lunar), today)
            ahead = (on - today).days if on else 999
            if on and ahead <= (self.AHEAD if lead is None else lead):
                text = " · ".join(filter(None, (whose, label)))
                found.append(Line("date", customer, name, None, -ahead, text, None, kind))
        return sorted(found, key=lambda line: (-line.days, line.name))[:limit]


def _utc(at: datetime) -> str:
    return at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
