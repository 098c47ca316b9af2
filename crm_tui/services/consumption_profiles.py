"""The two clocks of the shop: when a customer has used up what was brought, and when he can pay for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, NotFound
from crm_tui.rules.gap_windows import ProductGaps, product_gaps
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.paydays import PaydayRule, collection_day, parse_payday
from crm_tui.rules.runout import Fill, Prediction, Profile, delivery_day, predict
from crm_tui.services.checklist_steps import FILLED, LEFT
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

MORNING = time(9)
EVENING = time(17)
"""Hours of predicted deliveries and of collections: money is there when people are home from work."""


@dataclass(frozen=True)
class Forecast:
    """What comes next for one profile.

    Attributes:
        profile: its row.
        customer: id and name.
        last: the last fill's row, None if there is none.
        prediction: the window in which it runs out; None if nothing is known to say it from.
        deliver: day of the delivery before that.
        collect: first payday on or after it.
        delivery: the planned delivery's id, if it is planned.
        collection: likewise.
    """

    profile: Row
    customer: str
    name: str
    last: Row | None
    prediction: Prediction | None
    deliver: date | None
    collect: date | None
    delivery: str | None
    collection: str | None


class ConsumptionProfiles(NounService):
    """What customers use up, and the visits that follow from it."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a payday that nobody understands, and amounts that make no sense."""
        super().check(row, own)
        if row.get("payday") and parse_payday(str(row["payday"])) is None:
            raise Invalid({"payday": t("“{value}” is not a payday like 10, “5, 20”, last or fri", value=row["payday"])})
        for name in ("household_size", "per_head", "monthly_use", "daily_use", "container", "lead_days"):
            if row.get(name) is not None and int(row[name]) < 0:
                raise Invalid({name: t("must not be below zero")})

    def fills(self, profile: str) -> list[Row]:
        """Fills of a profile, oldest first."""
        return self.crm.fills.of_profile(profile)

    def forecasts(self, customer: str) -> list[Forecast]:
        """What comes next for each profile of a customer."""
        customer = self.crm.customers.root(customer)
        return self._forecasts(self.of(customer))

    def forecast(self, profile: str) -> Forecast:
        """What comes next for one profile."""
        return self._forecasts([self.get(profile)])[0]

    def due(self, first: date, last: date, person: str | None = None) -> list[Forecast]:
        """Whose delivery falls on these days and is not planned yet, soonest first.

        Args:
            first: from this day; what should have been delivered before counts as well.
            last: until this day.
            person: only customers of this owner.
        """
        mine = " AND customer IN (SELECT id FROM customers WHERE owner = ?)" if person else ""
        rows = self._rows(f"live{mine} ORDER BY id", (person,) if person else ())
        found = [one for one in self._forecasts(rows) if one.deliver and one.deliver <= last and not one.delivery]
        return sorted(found, key=lambda one: (one.deliver or first, one.name))

    def plan_visits(self, profiles: Iterable[str]) -> Changes:
        """Plan the delivery before run-out and the collection on payday, for each profile, in one action.

        What is planned already stays as it is: the ids are made from profile and last fill.
        """
        chosen = self._forecasts([self.get(profile) for profile in profiles])
        rows = [row for one in chosen for row in self._visits_of(one)]
        with self.store.action("Planned {n} {noun}", "bulk", noun="visits", n=len(rows)) as work:
            self.crm.visits.put_rule_rows(work, rows)
        return work.changes

    def add_fill(
        self, profile: str, day: date, amount: int | None, left: int | None = None, emptied: date | None = None
    ) -> Changes:
        """Note a purchase or delivery that no visit stands for.

        Args:
            profile: of what.
            day: when.
            amount: grams brought.
            left: grams that were left then.
            emptied: the day it had run out before, if that is known.
        """
        values = {"day": day, "amount": amount, "left_before": left, "emptied": emptied}
        return self.crm.fills.add({"customer": self.get(profile)["customer"], "profile": profile, **values})

    def take_measure(self, work: Work, visit: Mapping[str, Any]) -> None:
        """Make of a measured delivery a fill, and of the delivery a collection on payday; inside the visit's action."""
        measured = json.loads(str(visit.get("measured") or "{}"))
        delivered = visit.get("kind") == "delivery" and visit.get("status") == "done"
        if not delivered and LEFT not in measured and FILLED not in measured:
            return
        customer = str(visit["customer"])
        found = self._rows(f"{OWNER} ORDER BY created, id LIMIT 1", (customer, customer))
        if not found:
            return
        profile = found[0]
        day = self._local_day(str(visit["started"]))
        amount = measured.get(FILLED, None if delivered else 0)
        if amount is None and profile["container"] and LEFT in measured:  # the jar is filled to the brim
            amount = max(0, profile["container"] - measured[LEFT])
        left = measured.get(LEFT)
        fill = {"customer": customer, "profile": profile["id"], "day": f"{day}", "visit": visit["id"]}
        self.crm.fills.put(work, {**fill, "amount": amount, "left_before": left})
        if delivered:
            self._collect(work, visit, profile, day)

    def _collect(self, work: Work, visit: Mapping[str, Any], profile: Row, day: date) -> None:
        """Make the collection of a delivery, or bring the planned one to the first payday after it."""
        rule = _rule(profile)
        on = collection_day(day, rule)
        if rule is None or on == day:
            return
        row = self._collection(str(visit["id"]), str(visit["customer"]), profile, on)
        if not self.crm.visits.put_rule_rows(work, [row]):
            there = self.crm.visits.get(row["id"])
            if there["status"] == "planned" and not there["deleted"] and not there["first_planned"]:
                at = datetime.combine(on, EVENING, ZoneInfo(self.crm.zone))
                work.update("visits", row["id"], self.crm.visits.moved(there, at, t("delivered on {day}", day=day)))

    def _forecasts(self, rows: list[Row]) -> list[Forecast]:
        pools: dict[str, ProductGaps | None] = {}
        found = []
        for row in rows:
            customer = self.crm.customers.root(row["customer"])
            fills = self.fills(row["id"])
            product = str(row["product"])
            if product not in pools:
                pools[product] = self._pool(product)
            made = predict([_fill(fill) for fill in fills], _stated(row), pools[product])
            deliver = delivery_day(made, row["lead_days"] if row["lead_days"] is not None else 2) if made else None
            collect = collection_day(deliver, _rule(row)) if deliver else None
            last = fills[-1] if fills else None
            delivery = fixed_id("delivery", row["id"], last["day"] if last else "")
            visits = [self._open(visit) for visit in (delivery, fixed_id("collection", delivery))]
            name = str(self.crm.customers.get(customer)["name"])
            found.append(Forecast(row, customer, name, last, made, deliver, collect, visits[0], visits[1]))
        return found

    def _pool(self, product: str) -> ProductGaps | None:
        """The gaps between fills of all customers of a product."""
        rows = self.store.reader().execute(
            "SELECT CAST(julianday(f.day) - julianday(lag(f.day) OVER (PARTITION BY f.profile ORDER BY f.day)) AS INT) "
            "FROM consumption_profiles p CROSS JOIN fills f ON f.profile = p.id "
            "WHERE p.live AND p.product = ? AND f.live AND f.amount IS NOT 0",
            (product,),
        )
        return product_gaps([gap for (gap,) in rows if gap])

    def _open(self, visit: str) -> str | None:
        row = (
            self.store.reader()
            .execute("SELECT id FROM visits WHERE id = ? AND live AND status <> 'cancelled'", (visit,))
            .fetchone()
        )
        return str(row[0]) if row else None

    def _visits_of(self, one: Forecast) -> list[Row]:
        """The delivery and the collection that a forecast asks for."""
        if one.deliver is None or one.last is None:
            return []
        zone = ZoneInfo(self.crm.zone)
        delivery = fixed_id("delivery", one.profile["id"], one.last["day"])
        day = max(one.deliver, self.crm.local_now().date())
        at = datetime.combine(day, MORNING, zone)
        more = {"id": delivery, "origin": "prediction", "person": self._person(one.customer)}
        rows = [self.crm.visits.plan_row(one.customer, at, "delivery", str(one.profile["product"]), **more)]
        rule = _rule(one.profile)
        on = collection_day(day, rule)
        if rule is not None and on != day:
            rows.append(self._collection(delivery, one.customer, one.profile, on))
        return rows

    def _collection(self, delivery: str, customer: str, profile: Row, on: date) -> Row:
        """The collection that belongs to a delivery; it follows it without a link check: both come in one action."""
        at = datetime.combine(on, EVENING, ZoneInfo(self.crm.zone))
        more = {"id": fixed_id("collection", delivery), "origin": "prediction", "person": self._person(customer)}
        row = self.crm.visits.plan_row(customer, at, "collection", str(profile["product"]), **more)
        return {**row, "follows": delivery}

    def _person(self, customer: str) -> str | None:
        me = self.crm.people.me()
        owner = self.crm.customers.get(customer)["owner"]
        return str(owner) if owner else str(me["id"]) if me else None

    def _local_day(self, instant: str) -> date:
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(self.crm.zone)).date()

    def one_of(self, text: str) -> str:
        """The id of a profile, given itself or a customer with one profile.

        Raises:
            NotFound: if there is none, or several.
        """
        if self._rows("id = ?", (text,)):
            return text
        customer = self.crm.customers.resolve(text)
        rows = self.of(customer)
        if len(rows) != 1:
            known = ", ".join(f"{row['product']} ({row['id']})" for row in rows) or "-"
            raise NotFound(t("one consumption profile is needed; there are: {known}", known=known))
        return str(rows[0]["id"])


class Fills(NounService):
    """What was brought, and what was left then."""

    def of_profile(self, profile: str) -> list[Row]:
        """Fills of a profile, oldest first."""
        return self._rows("profile = ? AND live ORDER BY day, id", (profile,))

    def put(self, work: Work, row: dict[str, Any]) -> None:
        """Write the fill of a visit inside an action; its id is made from visit and profile."""
        ident = fixed_id("fill", row["visit"], row["profile"])
        there = work.db.execute("SELECT deleted FROM fills WHERE id = ?", (ident,)).fetchone()
        if there is None:
            work.insert("fills", {"id": ident, **row})
        elif there[0] != "trashed":
            work.write("fills", [ident], "deleted", None)
            work.update("fills", ident, row)


def _fill(row: Row) -> Fill:
    emptied = date.fromisoformat(row["emptied"]) if row["emptied"] else None
    return Fill(date.fromisoformat(row["day"]), row["amount"], row["left_before"], emptied)


def _stated(row: Row) -> Profile:
    since = date.fromisoformat(row["since"]) if row["since"] else None
    return Profile(row["daily_use"], row["monthly_use"], row["household_size"], row["per_head"], since)


def _rule(row: Row) -> PaydayRule | None:
    return parse_payday(str(row["payday"])) if row["payday"] else None
