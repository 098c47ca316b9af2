"""Appointments of other calendars as plans: known by their UID, so that the same file again changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crm_tui.rules.ids import fixed_id
from crm_tui.services.noun import Row
from crm_tui.services.series import visit_id
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

OWN = "@crm-tui"
"""How the UID of our own plans ends; the plan's id stands before it."""
FIELDS = ("planned_start", "planned_minutes", "topic", "place")


@dataclass(frozen=True)
class Outside:
    """One appointment of another calendar.

    Attributes:
        uid: as it stands there.
        occurrence: which one of a repeated appointment, "" of a single one.
        start: aware.
        minutes: how long, None for a whole day.
        zone: name of the zone that it is meant in.
        topic, place: as they stand there.
        cancelled: whether it was called off.
        people: mail addresses of those who take part.
        line: where it stands in the file.
    """

    uid: str
    occurrence: str
    start: datetime
    minutes: int | None
    zone: str
    topic: str
    place: str = ""
    cancelled: bool = False
    people: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class Judged:
    """What becomes of one appointment.

    Attributes:
        event: the appointment.
        verdict: created, updated, unchanged or rejected.
        customer: id of whose plan it is, None if it is none.
        reason: why it was rejected, "" else.
    """

    event: Outside
    verdict: str
    customer: str | None
    reason: str = ""


@dataclass
class Brought:
    """What became of a calendar: rows = created + updated + unchanged + rejected.

    Attributes:
        rejected: (appointment, reason) of each that became no plan.
        kept: what a person changed since and therefore stays: plan, field, ours, theirs.
        judged: every appointment with what becomes of it, in the order of the file.
        changes: what was written, None in a dry run.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[tuple[Outside, str]] = field(default_factory=list)
    kept: list[dict[str, Any]] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)
    changes: Changes | None = None

    @property
    def rows(self) -> int:
        """All appointments."""
        return self.created + self.updated + self.unchanged + len(self.rejected)


class CalendarPlans:
    """Takes appointments in."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def bring(
        self,
        events: Iterable[Outside],
        source: str,
        customer: str | None = None,
        *,
        dry_run: bool = False,
        whose: Mapping[str, str] | None = None,
    ) -> Brought:
        """Make plans of appointments, in one action.

        An appointment belongs to the customer that was told for it, else to the one whose mail address takes part, else
        to the one that its text names, else to `customer`.

        Args:
            events: the appointments.
            source: name of the file, for the history.
            customer: whose the others are; they are rejected if None.
            dry_run: only count.
            whose: customers by the UID of their appointments.
        """
        report = Brought()
        fresh: list[Row] = []
        updates: list[tuple[str, dict[str, Any]]] = []
        told = whose or {}
        for event in events:
            there = self._known(event)
            if there is not None:
                values = self._differences(there, event, report)
                if values:
                    updates.append((there["id"], values))
                report.updated += bool(values)
                report.unchanged += not values
                report.judged.append(Judged(event, "updated" if values else "unchanged", there["customer"]))
                continue
            if self._of_series(event):
                # One of our own series far ahead: its plan is made when its time comes.
                report.unchanged += 1
                report.judged.append(Judged(event, "unchanged", None))
                continue
            owner = None if event.cancelled else told.get(event.uid) or self._customer(event) or customer
            if owner is None:
                why = t("it was called off") if event.cancelled else t("it names no customer that is known here")
                report.rejected.append((event, why))
                report.judged.append(Judged(event, "rejected", None, why))
            else:
                fresh.append(self._row(event, owner))
                report.created += 1
                report.judged.append(Judged(event, "created", owner))
        if dry_run or not (fresh or updates):
            return report
        counts = {"file": source, "created": report.created, "updated": report.updated}
        with self.crm.store.action("Calendar {file}: {created} new, {updated} changed", "import", **counts) as work:
            self._write(work, fresh, updates)
        report.changes = work.changes
        return report

    def _write(self, work: Work, fresh: list[Row], updates: list[tuple[str, dict[str, Any]]]) -> None:
        self.crm.visits.put_rule_rows(work, fresh)
        for visit, values in updates:
            work.update("visits", visit, values)

    def _known(self, event: Outside) -> Row | None:
        """The plan that an appointment stands for already; one that was undone counts as new."""
        ident = event.uid.removesuffix(OWN) if event.uid.endswith(OWN) else _id(event)
        if self._of_series(event):
            ident = visit_id(ident, datetime.fromisoformat(event.occurrence))
        row = self.crm.visits.by_ids([ident]).get(ident)
        return None if row is None or row["deleted"] == "undone" else row

    def _of_series(self, event: Outside) -> bool:
        """Whether it is one time of a series of this file, which went out as a repeated appointment."""
        if not event.occurrence or not event.uid.endswith(OWN):
            return False
        query = "SELECT 1 FROM series WHERE id = ?"
        return self.crm.store.reader().execute(query, (event.uid.removesuffix(OWN),)).fetchone() is not None

    def _differences(self, row: Row, event: Outside, report: Brought) -> dict[str, Any]:
        """What the calendar changed since it last brought this appointment."""
        if row["status"] != "planned" or row["deleted"]:
            return {}
        if event.cancelled:
            return {"status": "cancelled", "cancel_reason": t("called off in the calendar")}
        own = event.uid.endswith(OWN)
        now = _values(event)
        before = json.loads(row["brought"]) if row["brought"] else {name: row[name] for name in FIELDS} if own else {}
        names = ("planned_start",) if own else FIELDS
        values: dict[str, Any] = {}
        for name in names:
            if now[name] == before.get(name):
                continue
            if row["brought"] and row[name] != before.get(name):
                report.kept.append({"plan": row["id"], "field": name, "yours": row[name], "theirs": now[name]})
            elif name == "planned_start":
                values |= self.crm.visits.moved(row, event.start, t("moved in the calendar"))
            else:
                values[name] = now[name]
        if values and not own:
            values |= {"uid": event.uid, "brought": _text(now)}
        return values

    def _row(self, event: Outside, customer: str) -> Row:
        now = _values(event)
        more = {"planned_minutes": now["planned_minutes"], "place": now["place"], "planned_zone": event.zone or None}
        if not more["planned_zone"]:
            more.pop("planned_zone")
        return self.crm.visits.plan_row(
            customer, event.start, "meeting", str(now["topic"] or ""), id=_id(event), origin="calendar", uid=event.uid,
            occurrence=event.occurrence[:10] or None, brought=_text(now), **more,
        )  # fmt: skip

    def _customer(self, event: Outside) -> str | None:
        db = self.crm.store.reader()
        for address in event.people:
            rows = db.execute(
                "SELECT DISTINCT coalesce(a.root, e.customer) FROM emails e LEFT JOIN alias a ON a.id = e.customer "
                "WHERE e.address = ? AND e.live LIMIT 2",
                (address,),
            ).fetchall()
            if len(rows) == 1:
                return str(rows[0][0])
        found = self.crm.captures.named(f"{event.topic} {event.place}".strip())
        return found[0].id if len(found) == 1 else None


def _values(event: Outside) -> dict[str, Any]:
    start = event.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    topic = " ".join(event.topic.split()) or None
    return dict(zip(FIELDS, (start, event.minutes, topic, " ".join(event.place.split()) or None), strict=True))


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _id(event: Outside) -> str:
    return fixed_id("calendar", event.uid, event.occurrence)
