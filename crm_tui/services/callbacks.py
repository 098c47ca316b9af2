"""The dial queue: whom to call next, and what came of it in one key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import CALLBACKS_AFTER
from crm_tui.rules.retries import next_try
from crm_tui.services.agenda import Days, Entry
from crm_tui.services.no_calls import CALLS, asked_not
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class Dial:
    """One call to be made.

    Attributes:
        entry: the plan.
        contact: name of the contact person.
        phones: numbers, the contact person's first.
        last_contact: when the customer was last reached, as stored.
        asked_not: whether the customer or the contact asked not to be called; nobody of these stands in the queue.
    """

    entry: Entry
    contact: str
    phones: tuple[str, ...]
    last_contact: str | None
    asked_not: bool


class Callbacks:
    """Calls that are due, oldest first."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def queue(self, person: str | None = None, limit: int = 50) -> list[Dial]:
        """Calls due until tonight, oldest first, without those who asked not to be called.

        Args:
            person: only whose; everybody's if None.
            limit: at most so many.
        """
        return self._due(person, limit, refused=False)

    def held(self, person: str | None = None, limit: int = 50) -> list[Dial]:
        """Calls that are planned for those who asked not to be called: not to be dialled, but to be settled otherwise.

        Args:
            person: only whose; everybody's if None.
            limit: at most so many.
        """
        return self._due(person, limit, refused=True)

    def _due(self, person: str | None, limit: int, *, refused: bool) -> list[Dial]:
        tonight = Days.of(self.crm.local_now().date(), 1, self.crm.zone).bounds[1]
        whose, who = ("AND person = ?", [person]) if person else ("", [])
        index = "visits_by_person" if person else "visits_by_plan"
        marks = ",".join("?" * len(CALLS))
        refusal = f"{'' if refused else 'NOT '}{asked_not('v')}"
        rows = self.crm.store.reader().execute(
            f"SELECT id FROM visits v INDEXED BY {index} WHERE status = 'planned' AND live AND planned_start < ? "
            f"{whose} AND kind IN ({marks}) AND {refusal} ORDER BY planned_start, id LIMIT ?",
            (tonight, *who, *CALLS, limit),
        )
        return [self._dial(entry, refused) for entry in self.crm.agenda.of_ids([row for (row,) in rows])]

    def _dial(self, entry: Entry, refused: bool) -> Dial:
        db = self.crm.store.reader()
        (last,) = db.execute("SELECT last_contact FROM customers WHERE id = ?", (entry.customer,)).fetchone()
        (name,) = db.execute("SELECT name FROM contacts WHERE id = ?", (entry.contact,)).fetchone() or ("",)
        numbers = tuple(self.numbers(entry.customer, entry.contact))
        return Dial(entry, name or "", numbers, last, refused)

    def numbers(self, customer: str, contact: str | None = None) -> list[str]:
        """Phone numbers of a customer, those of the contact person first.

        Numbers of other persons are left out if those asked not to be called.
        """
        rows = self.crm.store.reader().execute(
            "SELECT number FROM phones WHERE customer IN (SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?) "
            "AND live AND number IS NOT NULL AND (contact IS ? OR NOT EXISTS (SELECT 1 FROM contacts p "
            "WHERE p.id = phones.contact AND p.do_not_call = 1)) ORDER BY contact IS NOT ?, contact IS NOT NULL, id",
            (customer, customer, contact, contact),
        )
        return list(dict.fromkeys(number for (number,) in rows))

    def reached(
        self,
        plan: str,
        values: Mapping[str, Any] | None = None,
        next_at: datetime | None = None,
        next_topic: str = "",
    ) -> Changes:
        """The call took place; see `Visits.done`."""
        return self.crm.visits.done(plan, {"outcome": "good", **(values or {})}, next_at, next_topic)

    def no_answer(self, plan: str) -> tuple[Changes, datetime | None]:
        """Nobody answered: the try is logged, the next one planned by the rule of `rules/retries.py`.

        Returns:
            What changed, and when the next try is; None if that was the last.
        """
        row = self.crm.visits.planned([plan])[0]
        attempt = row["attempt"] or 1
        now = self.crm.local_now()
        at = next_try(attempt, now, lambda day: not self.crm.calendar_days.is_working(day.date()))
        return self._tried(row, t("No answer"), at), at

    def wrong_number(self, plan: str, number: str | None = None) -> tuple[Changes, list[str]]:
        """The number is not his: it goes to the trash; with another one the call stays planned, without it is closed.

        Args:
            plan: the planned call.
            number: which number; the first of the list if None.

        Returns:
            What changed, and the numbers that are left.
        """
        row = self.crm.visits.planned([plan])[0]
        numbers = self.numbers(row["customer"], row["contact"])
        wrong = number or (numbers[0] if numbers else None)
        left = [one for one in numbers if one != wrong]
        phones = [
            phone for (phone,) in self.crm.store.reader().execute(
                "SELECT id FROM phones WHERE live AND number = ? AND customer IN "
                "(SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?)", (wrong, row["customer"], row["customer"]),
            )
        ]  # fmt: skip
        told = self._told(row)
        with self.crm.store.action("Wrong number of {name}", noun="visits", **told) as work:
            if phones:
                work.write("phones", phones, "deleted", "trashed")
            if not left:
                said = t("wrong number {number}", number=wrong or "")
                work.update("visits", plan, {"status": "missed", "cancel_reason": said})
        return work.changes, left

    def call_later(self, plan: str, at: datetime) -> Changes:
        """He asked to be called at another time."""
        return self.crm.visits.move(plan, at, t("asked to be called later"))

    def follow_up(self, work: Work, visit: Mapping[str, Any]) -> None:
        """Plan the calls after a delivery to an organisation (policy callbacks_after, days), inside its action.

        They stand at ten on working days, with ids made from delivery and days; who asked not to be called gets none.
        """
        customer = self.crm.customers.get(str(visit["customer"]))
        days = self.crm.policies.numbers(CALLBACKS_AFTER)
        if customer["kind"] != "organisation" or self.crm.no_calls.reason(customer["id"], visit.get("contact")):
            return
        calendar = self.crm.calendar_days.calendar()
        zone = self.crm.local_now().tzinfo
        begun = datetime.fromisoformat(str(visit["started"])).astimezone(zone).date()
        rows = []
        for after in days:
            at = datetime.combine(calendar.next_working(begun + timedelta(days=after)), time(10), zone)
            more = {"id": fixed_id("callback", str(visit["id"]), str(after)), "origin": "rule"}
            kept = {name: visit[name] for name in ("contact", "person") if visit.get(name)}
            said = t("{n} days after delivery: is all well?", n=after)
            row = self.crm.visits.plan_row(customer["id"], at, "callback", said, **more, **kept)
            rows.append({**row, "follows": visit["id"]})
        self.crm.visits.put_rule_rows(work, rows)

    def _told(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"name": self.crm.customers.get(row["customer"])["name"], "kind": row["kind"]}

    def _tried(self, row: Mapping[str, Any], said: str, at: datetime | None) -> Changes:
        """Log a try that reached nobody, and plan the next in the same action."""
        visits = self.crm.visits
        me = self.crm.people.me()
        values = {
            **{"status": "done", "outcome": "unreached", "summary": said, "started": self.crm.store.now()},
            **{"zone": self.crm.zone, "direction": "out", "person": row["person"] or (me and me["id"])},
        }
        done = visits.noun.clean(values)
        after = None
        if at is not None:
            kept = {name: row[name] for name in ("contact", "person", "planned_minutes", "place", "channel")}
            more = {**kept, "attempt": (row["attempt"] or 1) + 1, "origin": "retry", "follows": row["id"]}
            after = visits.plan_row(row["customer"], at, row["kind"], row["topic"] or "", **more)
        with self.crm.store.action("Tried {kind} with {name}", noun="visits", **self._told(row)) as work:
            work.update("visits", row["id"], done)
            if after is not None:
                work.insert("visits", after)
        return work.changes
