"""The greetings queue: birthdays, solar and lunar, and other dates on which one writes a line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from crm_tui.rules.days import next_occurrence, returning
from crm_tui.rules.festivals import coming, concerns, culture, label
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import GREETINGS
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

KINDS = ("birthday", "anniversary", "festival")
KNOWN = 365
"""Days; who was not reached for longer gets no festival's greetings."""


@dataclass(frozen=True)
class Greeting:
    """Somebody to be greeted.

    Attributes:
        id: of the visit that will stand for it, made from date and year.
        key_date: id of the date; empty for a general festival.
        customer: id and name; `contact` is the contact person's id, `whose` his name or the customer's.
        kind, label: the date's.
        on: the day; `days` from today, `age` the birthday's number if the year is known.
        lunar: whether it is a day of the lunar calendar.
        personal: the care notes, for a line of one's own.
        phones: numbers.
        state: "due", "planned", "sent" or "held" (a complaint is open, or the last contact was difficult).
        owner: id of the person who looks after the customer.
    """

    id: str
    key_date: str
    customer: str
    name: str
    contact: str | None
    whose: str
    kind: str
    label: str
    on: date
    days: int
    age: int | None
    lunar: bool
    personal: str
    phones: tuple[str, ...]
    state: str
    owner: str | None


class Greetings:
    """Who is to be greeted these days."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def queue(self, person: str | None = None, ahead: int = 7, limit: int = 200) -> list[Greeting]:
        """Greetings from today on, soonest first; sent ones too.

        With the policy festival_greetings also those of general festivals, to customers whom we know: key accounts and
        who was reached within a year, by the festivals of their country or language.

        Args:
            person: only customers of this owner and nobody's.
            ahead: for how many days.
            limit: at most so many.
        """
        today = self.crm.local_now().date()
        mine, who = ("AND (c.owner = ? OR c.owner IS NULL)", [person]) if person else ("", [])
        marks = ",".join("?" * len(KINDS))
        rows = self.crm.store.reader().execute(
            "SELECT k.id, c.id, c.name, k.contact, p.name, k.kind, k.label, k.year, k.month, k.day, k.lunar, c.care, "
            "c.owner FROM json_each(?) j CROSS JOIN key_dates k ON coalesce(k.lunar, 0) = j.value ->> 0 "
            "AND coalesce(k.month, 0) = j.value ->> 1 AND k.day = j.value ->> 2 "
            "CROSS JOIN customers c ON c.id = k.customer LEFT JOIN contacts p ON p.id = k.contact "
            f"WHERE k.live AND c.live AND k.month IS NOT NULL AND k.kind IN ({marks}) {mine}",
            (json.dumps(sorted(returning(today, ahead))), *KINDS, *who),
        )
        found = [one for row in rows if (one := self._greeting(row, today, ahead)) is not None]
        found = sorted(found, key=lambda one: (one.on, one.name))[:limit]
        if self.crm.policies.value(GREETINGS) == "on" and len(found) < limit:
            found += self._festivals(today, ahead, mine, who, {(one.customer, one.on) for one in found}, limit)
            found = sorted(found, key=lambda one: (one.on, one.kind == "festival", one.name))
        return found

    def _festivals(
        self, today: date, ahead: int, mine: str, who: list[str], greeted: set[tuple[str, date]], limit: int
    ) -> list[Greeting]:
        """Greetings of general festivals, where no other greeting goes that day; at most `limit` that are not sent."""
        found: list[Greeting] = []
        left = limit - len(greeted)
        for festival, on in coming(today, ahead):
            rows = self.crm.store.reader().execute(
                "SELECT c.id, c.name, c.language, c.care, c.owner, (SELECT a.country FROM addresses a WHERE "
                "a.customer = c.id AND a.live AND a.country IS NOT NULL ORDER BY a.created, a.id LIMIT 1) "
                f"FROM customers c WHERE c.live AND (c.key_account = 1 OR c.last_contact >= ?) {mine} "
                "ORDER BY c.key_account IS NOT 1, c.sort_key, c.id",
                (self.crm.days_ago(KNOWN), *who),
            )
            for customer, name, language, care, owner, country in rows:
                if left <= 0:
                    return found
                if (customer, on) in greeted or not concerns(festival, culture(language, country, self.crm.region)):
                    continue
                ident = fixed_id("festival", festival.key, customer, str(on.year))
                state = self._state(ident, customer)
                left -= state != "sent"
                found.append(
                    Greeting(
                        id=ident, key_date="", customer=customer, name=name, contact=None, whose=name, kind="festival",
                        label=label(festival.key), on=on, days=(on - today).days, age=None, lunar=festival.lunar,
                        personal=care or "", phones=tuple(self.crm.callbacks.numbers(customer)), state=state,
                        owner=owner,
                    )
                )  # fmt: skip
        return found

    def _greeting(self, row: tuple[Any, ...], today: date, ahead: int) -> Greeting | None:
        key_date, customer, name, contact, whose, kind, label, year, month, day, lunar, care, owner = row
        on = next_occurrence(None, month, day, bool(lunar), today)
        if on is None or (on - today).days > ahead:
            return None
        ident = fixed_id("greeting", key_date, str(on.year))
        return Greeting(
            id=ident, key_date=key_date, customer=customer, name=name, contact=contact, whose=whose or name, kind=kind,
            label=label or "", on=on, days=(on - today).days, age=on.year - year if year else None, lunar=bool(lunar),
            personal=care or "", phones=tuple(self.crm.callbacks.numbers(customer, contact)),
            state=self._state(ident, customer), owner=owner,
        )  # fmt: skip

    def _state(self, ident: str, customer: str) -> str:
        row = self.crm.store.reader().execute("SELECT status FROM visits WHERE id = ? AND live", (ident,)).fetchone()
        if row:
            return "sent" if row[0] == "done" else "planned" if row[0] == "planned" else "due"
        return "held" if self.is_held(customer) else "due"

    def is_held(self, customer: str) -> bool:
        """Whether greetings wait: a serious complaint is open, or the last real contact was a difficult one."""
        if self.crm.tickets.serious_of(customer) is not None:
            return True
        last = self.crm.visits.timeline(customer, 1)
        return bool(last) and last[0]["outcome"] == "bad"

    def sent(self, greeting: Greeting, channel: str | None = None, text: str = "") -> Changes:
        """Note that a greeting was sent."""
        visits = self.crm.visits
        me = self.crm.people.me()
        values = {
            **{"id": greeting.id, "customer": greeting.customer, "contact": greeting.contact, "kind": "greeting"},
            **{"status": "done", "origin": "rule", "started": self.crm.store.now(), "zone": self.crm.zone},
            **{"summary": text or self._topic(greeting), "channel": channel, "direction": "out"},
            "person": (me and me["id"]) or greeting.owner,
        }
        row = visits.noun.validate(values)
        visits.check(row, None)
        told = {"noun": "visits", "name": greeting.name, "kind": "greeting"}
        with self.crm.store.action("Logged {kind} with {name}", **told) as work:
            if not visits.put_rule_rows(work, [row]):
                done = {name: row[name] for name in ("status", "started", "zone", "summary", "channel", "direction")}
                work.update("visits", greeting.id, done)
        return work.changes

    def plan(self, greeting: Greeting) -> Changes:
        """Plan a greeting for its day, at nine."""
        at = datetime.combine(greeting.on, time(9), self.crm.local_now().tzinfo)
        more = {"id": greeting.id, "contact": greeting.contact, "origin": "rule"}
        row = self.crm.visits.plan_row(greeting.customer, at, "greeting", self._topic(greeting), **more)
        told = {"noun": "visits", "name": greeting.name, "kind": "greeting"}
        with self.crm.store.action("Planned {kind} with {name}", **told) as work:
            self.crm.visits.put_rule_rows(work, [row])
        return work.changes

    def _topic(self, greeting: Greeting) -> str:
        if greeting.kind == "birthday":
            return t("Birthday of {name}", name=greeting.whose)
        return greeting.label or t("Greetings to {name}", name=greeting.whose)
