"""Series: rules that make plans, single ones of which are moved or skipped without breaking the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_tui.errors import Invalid, Refused
from crm_tui.rules import series as patterns
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.series import Occurrence
from crm_tui.rules.series_text import format_series, parse_series
from crm_tui.rules.working_days import Calendar
from crm_tui.services.noun import NounService, Row
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

HORIZON = 60
"""For how many days ahead plans are made of a series."""
_SHAPED = ("kind", "topic", "contact", "person", "place", "planned_start", "planned_minutes", "planned_zone")
"""What a plan that nobody touched takes from its series."""
_EXCEPTED = ("first_planned", "move_reason", "moved_by", "cancel_reason")
"""What only an exception has."""


@dataclass(frozen=True)
class Listed:
    """A series in the list of all.

    Attributes:
        row: as stored; rule: what its text says.
        name: of the customer; person: name of whose it is.
        next: the next open plan, local; None if there is none.
        over: whether nothing comes any more.
    """

    row: Row
    rule: patterns.Series
    name: str
    person: str
    next: datetime | None
    over: bool


@dataclass(frozen=True)
class Coming:
    """One occurrence of a series.

    Attributes:
        original: the local date-time by which exceptions know it (naive).
        ruled: when the rule has it, holidays minded, local.
        at: when it is planned or took place, local.
        state: planned, moved, cancelled, done, missed, trashed; "" if its plan is not made yet.
        shifted: whether a day off moved it.
        reason: why it was moved or left out.
        plan: id of its plan, None if it is not made yet.
    """

    original: datetime
    ruled: datetime
    at: datetime
    state: str
    shifted: bool
    reason: str
    plan: str | None


class Series(NounService):
    """Series of plans. Each occurrence is a visit whose id is made from the series and the day that its rule gives."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a rule that nobody can read."""
        super().check(row, own)
        try:
            parse_series(str(row.get("rule") or ""))
        except Refused as error:
            raise Invalid({"rule": str(error)}) from None

    def create(
        self,
        customer: str,
        rule: patterns.Series,
        kind: str = "visit",
        topic: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> Changes:
        """Make a series, and its plans for the next `HORIZON` days, in one action.

        Args:
            customer: with whom.
            rule: the pattern with its start.
            kind: a visit's kind.
            topic: what for.
            values: contact, person, minutes, place, country.

        Returns:
            Changes whose first id is that of the series.
        """
        me = self.crm.people.me()
        owner = self.crm.customers.get(customer)
        given = {"person": (me and me["id"]) or owner["owner"], **(values or {})}
        base = {"customer": customer, "kind": kind, "topic": topic, "rule": format_series(rule)}
        row = self.noun.validate({**given, **base, "id": "0" * 32})
        row.pop("id")
        self.check(row, None)
        told = {"noun": self.name, "kind": kind, "name": owner["name"]}
        with self.store.action("Planned a series: {kind} with {name}", **told) as work:
            ident = work.insert(self.name, row)
            made: Row = {**row, "id": ident, "created": work.stamp}
            self.crm.visits.put_rule_rows(work, self._plans(made, self._horizon(None)))
        return work.changes

    def refresh(self, until: date | None = None, series: str | None = None) -> Changes:
        """Bring the plans of all series (or one) up to date with rules and holidays, until a day.

        New occurrences become plans; a plan that nobody touched goes where the rule has it now. Whatever was done,
        moved, cancelled or put into the trash stays as it is. Without anything to do there is no action.
        """
        rows = [self.get(series)] if series else self._rows("live ORDER BY id")
        end = self._horizon(until)
        wanted = [(row, plan) for row in rows for plan in self._plans(row, end)]
        there = self._there([plan["id"] for _, plan in wanted])
        fresh = [plan for _, plan in wanted if there.get(plan["id"], {"deleted": "undone"})["deleted"] == "undone"]
        stale = [
            (plan["id"], plan["planned_start"])
            for _, plan in wanted
            if _untouched(there.get(plan["id"])) and there[plan["id"]]["planned_start"] != plan["planned_start"]
        ]
        if not fresh and not stale:
            return Changes(None)
        with self.store.action("Planned {n} {noun}", "upkeep", noun="visits", n=len(fresh) + len(stale)) as work:
            self.crm.visits.put_rule_rows(work, fresh)
            for plan, start in stale:
                work.update("visits", plan, {"planned_start": start})
        return work.changes

    def skip(self, series: str, original: datetime, reason: str = "") -> Changes:
        """Leave one occurrence out.

        Args:
            series: its id.
            original: the local date-time that the rule gives.
            reason: why.
        """
        values = self.crm.visits.noun.clean({"status": "cancelled", "cancel_reason": reason})
        return self._except("Cancelled {kind} with {name}", series, original, lambda _: values)

    def move(self, series: str, original: datetime, at: datetime, reason: str = "") -> Changes:
        """Move one occurrence; `original` is the local date-time that the rule gives, `at` the new time (aware)."""
        visits = self.crm.visits
        return self._except("Moved {kind} with {name}", series, original, lambda plan: visits.moved(plan, at, reason))

    def put_back(self, series: str, original: datetime) -> Changes:
        """Let an occurrence take place that was left out, when it is planned.

        Raises:
            Refused: if it was not left out.
        """
        row = self.crm.visits.get(visit_id(series, original))
        if row["status"] != "cancelled":
            raise Refused(t("this one was not left out"))
        told = {"noun": "visits", "kind": row["kind"], "name": self.crm.customers.get(row["customer"])["name"]}
        with self.store.action("Planned {kind} with {name}", **told) as work:
            work.update("visits", row["id"], {"status": "planned", "cancel_reason": None})
        return work.changes

    def _except(self, verb: str, series: str, original: datetime, values: Callable[[Row], dict[str, Any]]) -> Changes:
        """Change one occurrence, in one action; its plan is made if it lies beyond the horizon."""
        ident, fresh = self._one(series, original)
        plan = {"first_planned": None, **fresh} if fresh else self.crm.visits.planned([ident])[0]
        told = {"noun": "visits", "kind": plan["kind"], "name": self.crm.customers.get(plan["customer"])["name"]}
        with self.store.action(verb, **told) as work:
            undone = self._there([ident]).get(ident) if fresh else None
            if fresh and undone is None:
                self.crm.visits.put_rule_rows(work, [{**fresh, **values(plan)}])
            elif fresh and undone is not None:
                # What stands in the undone row is what was taken back.
                work.write("visits", [ident], "deleted", None)
                wanted = {**dict.fromkeys(_EXCEPTED), **fresh, **values(plan)}
                work.update("visits", ident, {k: value for k, value in wanted.items() if value != undone.get(k)})
            else:
                work.update("visits", ident, values(plan))
        return work.changes

    def end(self, series: str, day: date) -> Changes:
        """End a series before a day; plans from then on that nobody touched go to the trash.

        A series that would never have taken place goes to the trash with them.
        """
        row = self.get(series)
        rule = parse_series(row["rule"])
        told = self._told(row)
        gone = [v["id"] for v in self._open(series) if self._local(v["planned_start"]).date() >= day]
        with self.store.action("Ended a series: {kind} with {name}", **told) as work:
            if day <= rule.start.date():
                work.write(self.name, [series], "deleted", "trashed")
            else:
                work.update(self.name, series, {"rule": format_series(self._ended(row, rule, day))})
            if gone:
                work.write("visits", gone, "deleted", "trashed")
        return work.changes

    def _ended(self, row: Row, rule: patterns.Series, day: date) -> patterns.Series:
        """The pattern up to the day before; one that ends by a count ends by a day then, never later than before."""
        if rule.count is None:
            return rule.end_before(day)
        plain = replace(rule, skipped=frozenset(), moved={}, rule="keep")
        calendar = self.crm.calendar_days.calendar(row["country"])
        found = patterns.occurrences(plain, calendar, self._midnight(rule.start.date()), self._midnight(day))
        last = max((one.local.date() for one in found), default=rule.start.date())
        return replace(rule, count=None, until=last)

    def change(self, series: str, rule: patterns.Series, values: Mapping[str, Any] | None = None) -> Changes:
        """Give a series another rule or other values, in one action.

        Untouched plans to come that the rule has not go to the trash, its own are made, and those that stay take over
        what changed.

        Args:
            series: its id.
            rule: the pattern with its start.
            values: kind, topic, contact, person, minutes, place, country, as far as they change.
        """
        before = self.get(series)
        row = {**before, **self.noun.clean(dict(values or {})), "rule": format_series(rule)}
        self.check(row, series)
        plans = self._plans(row, self._horizon(None))
        keep = {plan["id"] for plan in plans}
        gone = [visit["id"] for visit in self._open(series) if visit["id"] not in keep]
        changed = {name: value for name, value in row.items() if value != before[name]}
        with self.store.action("Changed a series: {kind} with {name}", **self._told(row)) as work:
            work.update(self.name, series, changed)
            if gone:
                work.write("visits", gone, "deleted", "trashed")
            self._renew(work, plans)
        return work.changes

    def _open(self, series: str) -> list[Row]:
        """Plans to come that nobody touched."""
        now = _stamp(self.store.now())
        return [one for one in self.crm.visits.of_series(series) if _untouched(one) and one["planned_start"] >= now]

    def _told(self, row: Row) -> dict[str, Any]:
        return {"noun": self.name, "name": self.crm.customers.get(row["customer"])["name"], "kind": row["kind"]}

    def _renew(self, work: Work, plans: Iterable[Row]) -> None:
        """Write plans of a changed rule; what an earlier change put into the trash comes back."""
        wanted = list(plans)
        there = self._there([plan["id"] for plan in wanted])
        for plan in wanted:
            found = there.get(plan["id"])
            if found and found["deleted"]:
                work.write("visits", [plan["id"]], "deleted", None)
            if found and _untouched({**found, "deleted": None}):
                differs = {name: plan.get(name) for name in _SHAPED if plan.get(name) != found[name]}
                if differs:
                    work.update("visits", plan["id"], differs)
            self.crm.visits.put_rule_rows(work, [plan])

    def listed(self, person: str | None = None, limit: int = 1000) -> list[Listed]:
        """Series with their next plan, the soonest first, those that are over last.

        Args:
            person: only whose; everybody's if None.
            limit: at most so many.
        """
        db = self.store.reader()
        now = _stamp(self.store.now())
        found = []
        where, params = ("live AND person = ?", [person]) if person else ("live", [])
        for row in self._rows(f"{where} ORDER BY id LIMIT ?", (*params, limit)):
            plan = db.execute(
                "SELECT min(planned_start) FROM visits WHERE series = ? AND status = 'planned' AND live "
                "AND planned_start >= ?",
                (row["id"], now),
            ).fetchone()[0]
            (name,) = db.execute(
                "SELECT c.name FROM customers c WHERE c.id = coalesce((SELECT root FROM alias WHERE id = ?), ?)",
                (row["customer"], row["customer"]),
            ).fetchone() or ("?",)
            (who,) = db.execute("SELECT name FROM people WHERE id = ?", (row["person"],)).fetchone() or ("",)
            rule = parse_series(row["rule"])
            at = self._local(plan) if plan else None
            over = at is None and not self.preview(rule, 1, row["country"])
            found.append(Listed(row, rule, str(name), str(who or ""), at, over))
        last = self.crm.local_now() + timedelta(days=36_500)
        return sorted(found, key=lambda one: (one.over, one.next or last, one.name))

    def coming(self, series: str, count: int = 10) -> list[Coming]:
        """The next occurrences of a series from today on, with what was done to single ones."""
        row = self.get(series)
        rule = parse_series(row["rule"])
        calendar = self.crm.calendar_days.calendar(row["country"])
        found: list[Occurrence] = []
        after = self._midnight(self.crm.local_now().date()).astimezone(UTC)
        while len(found) < count and (one := patterns.next_occurrence(rule, calendar, after)) is not None:
            found.append(one)
            after = one.at + timedelta(seconds=1)
        there = self._there([visit_id(series, one.original) for one in found])
        return [self._coming(one, there.get(visit_id(series, one.original))) for one in found]

    def _coming(self, one: Occurrence, row: Row | None) -> Coming:
        ruled = one.at.astimezone(ZoneInfo(self.crm.zone))
        if row is None or row["deleted"] == "undone":
            return Coming(one.original, ruled, ruled, "", one.shifted, "", None)
        at = self._local(row["started"] or row["planned_start"])
        moved = row["status"] == "planned" and row["first_planned"]
        state = "trashed" if row["deleted"] else "moved" if moved else str(row["status"])
        reason = row["cancel_reason"] or row["move_reason"] or ""
        return Coming(one.original, ruled, at, state, one.shifted, reason, row["id"])

    def _local(self, stamp: str) -> datetime:
        return datetime.fromisoformat(stamp).astimezone(ZoneInfo(self.crm.zone))

    def occurrences(self, series: str, first: date, last: date) -> list[Occurrence]:
        """When a series takes place by its rule on these days, as if nobody had moved anything."""
        row = self.get(series)
        return self._occurrences(row, self._midnight(first), self._midnight(last + timedelta(days=1)))

    def preview(self, rule: patterns.Series, count: int = 5, country: str | None = None) -> list[Occurrence]:
        """The next occurrences of a rule that is being typed."""
        calendar = self.crm.calendar_days.calendar(country)
        found: list[Occurrence] = []
        after = self.store.now()
        while len(found) < count and (one := patterns.next_occurrence(rule, calendar, after)) is not None:
            found.append(one)
            after = one.at + timedelta(seconds=1)
        return found

    def _one(self, series: str, original: datetime) -> tuple[str, Row | None]:
        """The visit of one occurrence, and its row if it lies beyond the horizon and is still to be written.

        Raises:
            Refused: if the rule has no such occurrence.
        """
        ident = visit_id(series, original)
        there = self._there([ident]).get(ident)
        if there is None or there["deleted"] == "undone":
            row = self.get(series)
            day = original.date()
            found = self._occurrences(
                row, self._midnight(day - timedelta(days=40)), self._midnight(day + timedelta(days=40))
            )
            chosen = [one for one in found if one.original == original]
            if not chosen:
                raise Refused(t("the series does not fall on {day}", day=original.date()))
            return ident, self._plan(row, chosen[0])
        return ident, None

    def _plans(self, row: Row, end: datetime) -> list[Row]:
        """The plans of a series from today until a moment."""
        begin = self._midnight(self.crm.local_now().date())
        return [self._plan(row, one) for one in self._occurrences(row, begin, end)]

    def _plan(self, row: Row, one: Occurrence) -> Row:
        rule = parse_series(row["rule"])
        more = {name: row[name] for name in ("contact", "person", "place") if row[name]}
        plan = self.crm.visits.plan_row(
            row["customer"], one.at, row["kind"], row["topic"] or "", id=visit_id(row["id"], one.original),
            origin="series", occurrence=one.original.date(), planned_minutes=row["minutes"], planned_zone=rule.zone,
            **more,
        )  # fmt: skip
        # The same on every machine: when the plan was made is when its series was.
        return {**plan, "series": row["id"], "created": row["created"]}

    def _occurrences(self, row: Row, begin: datetime, end: datetime) -> list[Occurrence]:
        calendar: Calendar = self.crm.calendar_days.calendar(row["country"])
        return patterns.occurrences(parse_series(row["rule"]), calendar, begin, end)

    def _there(self, visits: list[str]) -> dict[str, Row]:
        return self.crm.visits.by_ids(visits)

    def _horizon(self, until: date | None) -> datetime:
        return self._midnight((until or self.crm.local_now().date() + timedelta(days=HORIZON)) + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.crm.zone))


def visit_id(series: str, original: datetime) -> str:
    """The id of the plan of one occurrence; `original` is the local date-time that the rule gives."""
    return fixed_id("series", series, original.isoformat())


def _untouched(row: Row | None) -> bool:
    """Whether a plan is as the rule made it: still planned, never moved, never thrown away."""
    return bool(row and row["status"] == "planned" and not row["first_planned"] and not row["deleted"])


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
