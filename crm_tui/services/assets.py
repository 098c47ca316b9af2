"""The installed base: what customers own of what we sold, its warranty, and what to offer by its age."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Work


@dataclass(frozen=True)
class Suggestion:
    """Something to offer for a product that has become old enough.

    Attributes:
        asset: its row.
        customer: id and name.
        offer: what; `since` the day from which.
    """

    asset: Row
    customer: str
    name: str
    offer: str
    since: date


class Assets(NounService):
    """What customers have in use."""

    def follow(self, work: Work, customer: str, line: Row, day: str, serial: str) -> None:
        """Register what a delivery brought inside its action: whatever has a serial number or a warranty."""
        product = self.crm.products.get(line["product"]) if line["product"] else None
        months = product["warranty_months"] if product else None
        if not serial and not months:
            return
        bought = date.fromisoformat(day)
        values = {
            **{"id": fixed_id("asset", line["id"], serial or day), "customer": customer, "line": line["id"]},
            **{"product": line["product"], "name": line["text"], "serial": serial or None, "delivered": day},
            **{"warranty_end": later(bought, months).isoformat() if months else None, "status": "in_use"},
        }
        there = work.db.execute("SELECT deleted FROM assets WHERE id = ?", (values["id"],)).fetchone()
        if there is None:
            work.insert(self.name, values)
        elif there[0] == "undone":
            work.write(self.name, [str(values["id"])], "deleted", None)

    def suggestions(self, person: str | None = None, limit: int = 200) -> list[Suggestion]:
        """What to offer now for things that are in use, the longest due first.

        Args:
            person: only customers of this owner.
            limit: at most so many.
        """
        today = self.crm.local_now().date()
        mine, who = (" AND c.owner = ?", [person]) if person else ("", [])
        columns = list(self.noun.fields)
        rows = self.store.reader().execute(
            f"SELECT {', '.join('a.' + name for name in columns)}, c.id, c.name, p.offer, p.name, p.offer_months "
            "FROM products p CROSS JOIN assets a ON a.product = p.id CROSS JOIN customers c ON c.id = a.customer "
            "WHERE p.live AND p.offer_months IS NOT NULL AND a.live AND a.status = 'in_use' "
            f"AND a.delivered IS NOT NULL AND c.live{mine}",
            who,
        )
        found = []
        for *values, customer, name, offer, product, months in rows:
            asset: dict[str, Any] = dict(zip(columns, values, strict=True))
            since = later(date.fromisoformat(asset["delivered"]), months)
            if since <= today:
                found.append(Suggestion(asset, customer, name, offer or product, since))
        return sorted(found, key=lambda one: (one.since, one.name))[:limit]


def later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
