"""Tickets: taken in, answered, worked on, reviewed by somebody else, closed or reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.policies import DESK_FLOW, DESK_ZONE
from crm_tui.rules.ticket_states import Flow, Standing, Step, parse_flow, possible, take, tell, verb_name
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.services.numbering import next_number
from crm_tui.services.stale import Look
from crm_tui.services.ticket_clocks import TicketClock, read_clock
from crm_tui.store.database import Changes, Work
from crm_tui.store.desk_clocks import DeskTime, steps_of
from crm_tui.words import t

OPEN = "queue_key IS NOT NULL AND live"


@dataclass(frozen=True)
class Given:
    """What a step brings along.

    Attributes:
        reason: as typed.
        why: what is waited for; of a review "solved" or "unsolved".
        person: id of who gets the ticket (dispatch).
        minutes, cost: of work; parts and travel in minor units.
        cause, solution: of the job.
    """

    reason: str = ""
    why: str = ""
    person: str | None = None
    minutes: int | None = None
    cost: int | None = None
    root: str | None = None
    solution: str | None = None


class Tickets(NounService):
    """The desk's matters. Their clocks are computed; see `store/desk_clocks.py`."""

    def take_in(self, customer: str, text: str, values: Mapping[str, Any] | None = None) -> Changes:
        """Take a matter in.

        Args:
            customer: whose.
            text: what it is about.
            values: further fields: kind, severity, channel, category, product, asset, contact, person …

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        root = self.crm.customers.root(customer)
        about = self.crm.customers.get(root)
        given = {name: value for name, value in (values or {}).items() if value is not None}
        row = self.noun.validate(
            {"received": self.store.now(), **given, **self._intake(), "id": "0" * 32, "customer": root, "text": text}
        )
        row.pop("id")
        row |= self._standard(about["grade"], row["severity"])
        self.check(row, None)
        with self.store.action(
            "Ticket of {name}: {kind}", noun=self.name, name=about["name"], kind=row["kind"]
        ) as work:
            self._insert(work, row)
            self.crm.corrective_actions.reopen_for(work, row)
        return work.changes

    def _insert(self, work: Work, row: Row) -> str:
        number = next_number(work, self.name, "T")
        standing = {"state": "received", "state_at": work.stamp, "state_by": work.person}
        made = work.insert(self.name, {**row, "number": number, **standing})
        at = {"at": row["received"] or work.stamp, "person": work.person}
        work.insert("ticket_steps", {"customer": row["customer"], "ticket": made, "verb": "receive", **at})
        work.ids.pop()
        return made

    def _intake(self) -> dict[str, Any]:
        zone = self.crm.policies.value(DESK_ZONE) or self.crm.zone
        return {"zone": zone, "country": self.crm.calendar_days.country}

    def _standard(self, tier: str | None, severity: Any) -> dict[str, Any]:
        within = DeskTime(self.store.reader()).standard(tier, severity)
        respond, resolve = within if within is not None else (None, None)
        return {"tier": tier, "respond_within": respond, "resolve_within": resolve}

    def subtask(
        self, ticket: str, department: str, text: str, promised: datetime, person: str | None = None
    ) -> Changes:
        """Ask another department for something, promised for an instant.

        Raises:
            Invalid: with a sentence for each wrong field.
            Refused: the ticket is a sub-task itself, or is closed.
        """
        above = self.get(ticket)
        if above["parent"] or above["queue_key"] is None:
            raise Refused(t("only an open ticket of the customer has sub-tasks"))
        values = {
            **{"id": "0" * 32, "customer": above["customer"], "text": text, "kind": "request", "parent": ticket},
            **{"department": department, "promised": promised, "person": person, "received": self.store.now()},
            **self._intake(),
        }
        row = self.noun.validate(values)
        row.pop("id")
        if not row["department"]:
            raise Invalid({"department": t("must not be empty")})
        self.check(row, None)
        with self.store.action("Ticket {name}: asked {department}", **self._told(above), department=department) as work:
            self._insert(work, row)
        return work.changes

    def need(self, ticket: str, text: str) -> Changes:
        """Note a need that came up in service, with the ticket as its source.

        Raises:
            Invalid: without a text.
        """
        row = self.get(ticket)
        values = {"customer": row["customer"], "text": text, "ticket": ticket, "found_on": self.crm.local_now().date()}
        return self.crm.noun("needs").add(values)

    def deal(self, ticket: str, name: str) -> Changes:
        """Open a deal that came up in service, with the ticket as its source."""
        row = self.get(ticket)
        return self.crm.deals.add({"customer": row["customer"], "name": name, "source": row["number"]})

    def step(self, ticket: str, verb: str, given: Given | None = None) -> Changes:
        """Take a step; see `rules/ticket_states.py` for which may follow which.

        Raises:
            Refused: the step does not fit the state, or the person may not take it.
            Invalid: what the step needs is missing.
        """
        told = given or Given()
        if verb == "review":
            raise ValueError("a review has answers: see `review`")
        row = self.get(ticket)
        with self.store.action(_verb(verb), **self._told(row)) as work:
            self._take(work, ticket, verb, told)
        return work.changes

    def review(self, ticket: str, solved: bool, answers: Mapping[str, Any] | None = None) -> Changes:
        """Review what was done, by a call of somebody else: solved closes the ticket, unsolved reopens it.

        Args:
            ticket: which.
            solved: what the customer said.
            answers: attitude and score (1 to 5), recommend (0 to 10), text.

        Raises:
            Refused: it is not done, or by whoever did the job.
            Invalid: an answer out of its range.
        """
        row = self.get(ticket)
        me = self.crm.people.me()
        given = {name: value for name, value in (answers or {}).items() if value is not None}
        values = {
            **{"customer": row["customer"], "ticket": ticket, "at": self.store.now(), "solved": int(solved)},
            **{"person": me and me["id"], "source": "callback", **given},
        }
        review = self.crm.reviews.validated(values)
        with self.store.action(_verb("review"), **self._told(row)) as work:
            why = "solved" if solved else "unsolved"
            self._take(work, ticket, "review", Given(str(given.get("text") or ""), why))
            work.insert("reviews", review)
        return work.changes

    def _take(self, work: Work, ticket: str, verb: str, told: Given) -> None:
        """Check and write a step inside an action, where nobody else can write any more."""
        row = self.get(ticket)
        if row["deleted"]:
            raise Refused(t("{name} is in the trash", name=row["number"]))
        story = tell(self.steps(ticket))
        before = Standing(
            row["state"] or "received", row["waiting"] or "", row["done_by"], row["reviewed_by"], story.workers
        )
        step = Step(verb, datetime.fromisoformat(work.stamp), work.person, told.why, told.reason)
        after = take(self.flow, before, step)
        clean = self.crm.noun("ticket_steps").noun.clean(
            {"reason": told.reason, "minutes": told.minutes, "cost": told.cost, "assigned": told.person}
        )
        made = work.insert(
            "ticket_steps",
            {
                **{"customer": row["customer"], "ticket": ticket, "verb": verb, "at": work.stamp},
                **{"person": work.person, "why": told.why or None, **clean},
            },
        )
        work.ids.pop()
        values: Row = {}
        if (after.state, after.waiting) != (before.state, before.waiting):
            values = {
                **{"state": after.state, "state_at": work.stamp, "state_by": work.person},
                **{"waiting": after.waiting or None, "done_by": after.done_by, "reviewed_by": after.reviewed_by},
            }
        work.update(
            self.name, ticket, {**values, **self._beside(row, verb, told, work.person)} or {"number": row["number"]}
        )
        if verb == "done":
            self._post(work, row, made, told)

    def _beside(self, row: Row, verb: str, told: Given, me: str | None) -> Row:
        """What a step changes beside the state: who has the ticket, what was found and done."""
        values: Row = {}
        if verb == "dispatch":
            if told.person is None:
                raise Invalid({"person": t("say to whom")})
            values["person"] = told.person
        elif me and (verb == "accept" or (verb == "done" and not row["person"])):
            values["person"] = me
        elif verb == "refuse":
            values["person"] = None
        more = self.noun.clean({"cause": told.root, "solution": told.solution})
        return {**values, **{name: value for name, value in more.items() if value is not None}}

    def _post(self, work: Work, row: Row, step: str, told: Given) -> None:
        """Note what the job cost us in the investment record of the customer."""
        if not told.minutes and not told.cost:
            return
        minute = DeskTime(work.db).minute_cost
        values = {
            **{"id": fixed_id("investments", "ticket", step), "customer": row["customer"], "kind": "service"},
            **{"day": self.crm.local_now().date(), "minutes": told.minutes, "text": row["number"]},
            **{"amount": (told.minutes or 0) * minute + (told.cost or 0), "currency": self.crm.currency},
            "person": work.person,
        }
        work.insert("investments", self.crm.noun("investments").noun.validate(values))
        work.ids.pop()

    def edit(
        self,
        row: str,
        values: Mapping[str, Any],
        base: Mapping[str, Any] | None = None,
        opened: Look | None = None,
    ) -> Changes:
        """Change fields; another severity brings its own standard, reckoned from the beginning."""
        given = dict(values)
        if "severity" in given:
            now = self.get(row)
            severity = self.noun.clean({"severity": given["severity"]})["severity"]
            if severity != now["severity"]:
                given |= self._standard(now["tier"], severity)
        return super().edit(row, given, base, opened)

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a ticket that would be part of itself."""
        super().check(row, own)
        self.check_tree(own, "parent", row.get("parent"))

    @property
    def flow(self) -> Flow:
        """Which step may follow which here."""
        return parse_flow(self.crm.policies.value(DESK_FLOW))

    def possible(self, ticket: str) -> tuple[str, ...]:
        """The steps that a ticket allows now."""
        row = self.get(ticket)
        return possible(self.flow, Standing(row["state"] or "received", row["waiting"] or "")) if row["live"] else ()

    def steps(self, ticket: str) -> list[Step]:
        """The log of a ticket in the order of time."""
        import json

        return steps_of(self.store.reader(), json.dumps([ticket])).get(ticket, [])

    def log(self, ticket: str) -> list[Row]:
        """The rows of a ticket's log in the order of time."""
        return self.crm.noun("ticket_steps")._rows("ticket = ? AND live ORDER BY at, id", (ticket,))

    def clock(self, ticket: str) -> TicketClock:
        """The clock of a ticket now.

        Raises:
            Refused: more than a year goes by without working time.
        """
        row = self.get(ticket)
        return read_clock(DeskTime(self.store.reader()), row, self.steps(ticket), self.store.now())

    def clocks(self, rows: Sequence[Row]) -> list[TicketClock]:
        """The clocks of several rows now."""
        import json

        db = self.store.reader()
        desk, now = DeskTime(db), self.store.now()
        steps = steps_of(db, json.dumps([row["id"] for row in rows]))
        return [read_clock(desk, row, steps.get(row["id"], []), now) for row in rows]

    def resolve(self, text: str) -> str:
        """The id of the ticket with this id, number, or end of a number.

        Raises:
            NotFound: none, or more than one.
        """
        db = self.store.reader()
        said = text.strip()
        found = db.execute(
            "SELECT id FROM tickets WHERE id = ?1 UNION SELECT id FROM tickets WHERE number = upper(?1)", (said,)
        ).fetchall()
        if not found and said.isascii() and said.isdigit():
            query = f"SELECT id FROM tickets WHERE {OPEN} AND number LIKE ? ORDER BY queue_key LIMIT 2"
            found = db.execute(query, (f"%-{int(said):04d}",)).fetchall()
        if len(found) == 1:
            return str(found[0][0])
        if found:
            raise NotFound(t("more than one open ticket ends in {text}; say the whole number", text=text))
        raise NotFound(t("there is no ticket {text}", text=text))

    def queue(
        self, *, open_only: bool = True, late: bool = False, person: str | None = None, limit: int = 200
    ) -> list[Row]:
        """Tickets by their clocks: what is due first, what waits, what is to be reviewed.

        Args:
            open_only: without those that are closed; else newest first.
            late: only those whose standard is used up.
            person: only this person's.
            limit: at most so many.
        """
        where, params = ["live"], list[Any]()
        if open_only or late:
            where.append("queue_key IS NOT NULL")
        if late:
            where.append("queue_key < ?")
            params.append(f"1{_utc(self.store.now())}")
        if person is not None:
            where.append("person = ?")
            params.append(person)
        order = "queue_key, id" if open_only or late else "received DESC, id DESC"
        return self._rows(f"{' AND '.join(where)} ORDER BY {order} LIMIT ?", (*params, limit))

    def open_of(self, customer: str, limit: int = 20) -> list[Row]:
        """What is open of a customer, due first."""
        where = f"{OWNER} AND queue_key IS NOT NULL AND parent IS NULL ORDER BY queue_key, id LIMIT ?"
        return self._rows(where, (customer, customer, limit))

    def of_customer(self, customer: str, limit: int = 50) -> list[Row]:
        """All of a customer's, newest first."""
        return self._rows(
            f"{OWNER} AND parent IS NULL ORDER BY received DESC, id DESC LIMIT ?", (customer, customer, limit)
        )

    def serious_of(self, customer: str) -> Row | None:
        """An open complaint that is more than normal, if there is one: nobody sends greetings over it."""
        where = f"{OWNER} AND queue_key IS NOT NULL AND kind = 'complaint' AND severity IN ('critical', 'serious')"
        found = self._rows(f"{where} ORDER BY queue_key LIMIT 1", (customer, customer))
        return found[0] if found else None

    def subtasks(self, ticket: str) -> list[Row]:
        """What was asked of other departments for a ticket."""
        return self._rows("parent = ? AND live ORDER BY created, id", (ticket,))

    def promises_late(self, limit: int = 200) -> list[Row]:
        """Sub-tasks of departments whose promised instant has passed."""
        where = f"{OPEN} AND parent IS NOT NULL AND queue_key < ? ORDER BY department, promised, id LIMIT ?"
        return self._rows(where, (f"1{_utc(self.store.now())}", limit))

    def reviews_due(self, me: str | None, limit: int = 50) -> list[Row]:
        """What is done and may be reviewed by a person: not what he did himself; the oldest first."""
        where = f"{OPEN} AND queue_key >= '3' AND (? IS NULL OR done_by IS NOT ?) ORDER BY queue_key, id LIMIT ?"
        return self._rows(where, (me, me, limit))

    def _told(self, row: Row) -> dict[str, Any]:
        return {"noun": self.name, "name": row["number"] or verb_name("note")}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _verb(step: str) -> str:
    """What the history says of a step."""
    verb = {
        "respond": "Ticket {name}: answered",
        "accept": "Ticket {name}: accepted",
        "refuse": "Ticket {name}: handed back",
        "dispatch": "Ticket {name}: dispatched",
        "arrive": "Ticket {name}: on site",
        "wait": "Ticket {name}: waiting",
        "resume": "Ticket {name}: goes on",
        "done": "Ticket {name}: done",
        "review": "Ticket {name}: reviewed",
        "reopen": "Ticket {name}: reopened",
        "note": "Ticket {name}: note",
    }[step]
    return verb
