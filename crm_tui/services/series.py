"""Series: rules that make plans, single ones of which are moved or skipped without breaking the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        return self.crm.visits.cancel(self._one(series, original), reason)

    def move(self, series: str, original: datetime, at: datetime, reason: str = "") -> Changes:
        """Move one occurrence; `original` is the local date-time that the rule gives, `at` the new time (aware)."""
        return self.crm.visits.move(self._one(series, original), at, reason)

    def end(self, series: str, day: date) -> Changes:
        """End a series before a day; plans from then on that nobody touched go to the trash."""
        row = self.get(series)
        return self.change(series, parse_series(row["rule"]).end_before(day))

    def change(self, series: str, rule: patterns.Series) -> Changes:
        """Give a series another rule: untouched plans to come that it has not go to the trash, its own are made."""
        row = {**self.get(series), "rule": format_series(rule)}
        self.check(row, series)
        plans = self._plans(row, self._horizon(None))
        keep = {plan["id"] for plan in plans}
        now = _stamp(self.store.now())
        open_plans = self.crm.visits.of_series(series)
        gone = [v["id"] for v in open_plans if _untouched(v) and v["planned_start"] >= now and v["id"] not in keep]
        told = {"noun": self.name, "name": self.crm.customers.get(row["customer"])["name"], "kind": row["kind"]}
        with self.store.action("Changed a series: {kind} with {name}", **told) as work:
            work.update(self.name, series, {"rule": row["rule"]})
            if gone:
                work.write("visits", gone, "deleted", "trashed")
            self._renew(work, plans)
        return work.changes

    def _renew(self, work: Work, plans: Iterable[Row]) -> None:
        """Write plans of a changed rule; what an earlier change put into the trash comes back."""
        for plan in plans:
            there = work.db.execute("SELECT deleted FROM visits WHERE id = ?", (plan["id"],)).fetchone()
            if there and there[0]:
                work.write("visits", [plan["id"]], "deleted", None)
            self.crm.visits.put_rule_rows(work, [plan])

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

    def _one(self, series: str, original: datetime) -> str:
        """The visit of one occurrence, made if it lies beyond the horizon.

        Raises:
            Refused: if the rule has no such occurrence.
        """
        ident = visit_id(series, original)
        if not self._there([ident]):
            row = self.get(series)
            day = original.date()
            found = self._occurrences(
                row, self._midnight(day - timedelta(days=40)), self._midnight(day + timedelta(days=40))
            )
            chosen = [one for one in found if one.original == original]
            if not chosen:
                raise Refused(t("the series does not fall on {day}", day=original.date()))
            with self.store.action("Planned {n} {noun}", "bulk", noun="visits", n=1) as work:
                self.crm.visits.put_rule_rows(work, [self._plan(row, chosen[0])])
        return ident

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
