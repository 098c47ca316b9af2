"""The brief before a door or a call: what was, what we promised, what to ask, what to avoid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from crm_tui.rules.days import next_occurrence
from crm_tui.services.consumption_profiles import Forecast
from crm_tui.services.noun import Row

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

LAST = 3
"""How many contacts a brief tells."""
AHEAD = 30
"""For how many days ahead it tells dates."""


@dataclass(frozen=True)
class NearDate:
    """A key date that is near: its kind, its label, whose it is, the day, how many days ahead."""

    kind: str
    label: str
    whose: str
    on: date
    days: int


@dataclass(frozen=True)
class Brief:
    """What one wants to know before meeting a customer.

    Attributes:
        customer: its row.
        last: rows of the last contacts, newest first.
        promises: rows of what we promised and did not keep yet, soonest first.
        plans: rows of what else is planned.
        ask: what is missing on the card (codes of `rules/completeness.py`).
        needs: rows of open needs.
        care, no_go, instructions: as typed, "" if nothing.
        do_not_call: whether the customer or all its contact persons asked not to be called.
        not_to_call: names of the contact persons who asked not to be called.
        dates: key dates near.
        forecasts: what it uses up, and when.
        phones: numbers.
        complaints: rows of open tickets, due first.
    """

    customer: Row
    last: list[Row]
    promises: list[Row]
    plans: list[Row]
    ask: list[str]
    needs: list[Row]
    care: str
    no_go: str
    instructions: str
    do_not_call: bool
    not_to_call: list[str]
    dates: list[NearDate]
    forecasts: list[Forecast]
    phones: list[str]
    complaints: list[Row]


class Briefs:
    """Composes briefs from what is known; nothing of it is stored."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def of(self, customer: str) -> Brief:
        """The brief of a customer.

        Raises:
            NotFound: if there is no such customer.
        """
        card = self.crm.customers.card(customer, LAST)
        plans = card["plans"]
        return Brief(
            customer=card,
            last=card["timeline"],
            promises=[row for row in plans if row["kind"] == "promise"],
            plans=[row for row in plans if row["kind"] != "promise"],
            ask=list(card["missing"]),
            needs=[row for row in card["needs"] if row["status"] == "open"],
            care=card["care"] or "",
            no_go=card["no_go"] or "",
            instructions=card["instructions"] or "",
            do_not_call=bool(self.crm.no_calls.reason(card["id"])),
            not_to_call=self.crm.no_calls.persons(card["id"]),
            dates=self._dates(card),
            forecasts=self.crm.consumption_profiles.forecasts(card["id"]),
            phones=self.crm.callbacks.numbers(card["id"]),
            complaints=self.crm.tickets.open_of(card["id"], 5),
        )

    def _dates(self, card: Row) -> list[NearDate]:
        today = self.crm.local_now().date()
        names = {row["id"]: str(row["name"]) for row in card["contacts"]}
        found = []
        for row in card["key_dates"]:
            if row["day"] is None:
                continue
            year = row["year"] if row["kind"] == "contract" else None  # of a birthday the year only says how old
            on = next_occurrence(year, row["month"], row["day"], bool(row["lunar"]), today)
            if on is not None and (on - today).days <= AHEAD:
                whose = names.get(row["contact"], "")
                found.append(NearDate(str(row["kind"]), row["label"] or "", whose, on, (on - today).days))
        return sorted(found, key=lambda one: one.on)
