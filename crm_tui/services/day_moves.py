"""Moving many plans at once: a rainy day, a person who is ill, a region that cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crm_tui.errors import Refused
from crm_tui.rules.capacity import Booked, move_day
from crm_tui.rules.working_days import EVERY_DAY
from crm_tui.services.agenda import CALLS, Entry
from crm_tui.services.free_slots import MINUTES
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


@dataclass(frozen=True)
class ToPhone:
    """Somebody who expects us and has to be told.

    Attributes:
        plan: the plan's id.
        customer: id and name.
        phones: numbers, the contact person's first.
        was: when we were to come; `now` is the new time.
        kind, topic: what for.
        clash: whether something else of the same people stands at that time already.
    """

    plan: str
    customer: str
    name: str
    phones: tuple[str, ...]
    was: datetime
    now: datetime
    kind: str
    topic: str
    clash: bool = False


class DayMoves:
    """Moves all plans of a day together; their times and so their order stay."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def affected(self, day: date, person: str | None = None, region: str | None = None) -> list[Entry]:
        """The open plans of a day, by time."""
        return self.crm.agenda.between(day, day, person, region=region, open_only=True)

    def move_day(
        self,
        day: date,
        to: date | None = None,
        person: str | None = None,
        region: str | None = None,
        reason: str = "",
    ) -> tuple[Changes, list[ToPhone]]:
        """Move every open plan of a day in one action.

        Args:
            day: from this day.
            to: to this one; the next working day if None.
            person: only this person's.
            region: only customers of this region.
            reason: why, such as rain.

        Returns:
            What changed, and whom to phone: those who expect a visit.

        Raises:
            Refused: if nothing is planned there.
        """
        target = to or self.crm.calendar_days.next_working_day(day)
        return self.move_plans([one.id for one in self.affected(day, person, region)], target - day, reason)

    def move_plans(self, plans: list[str], by: timedelta, reason: str = "") -> tuple[Changes, list[ToPhone]]:
        """Move some plans by so many days in one action; the local time of each stays.

        Raises:
            Refused: if there is none, or one is not planned any more.
        """
        rows = {row["id"]: row for row in self.crm.visits.planned(plans)}
        entries = {one.id: one for one in self.crm.agenda.of_ids(plans)}
        if not entries:
            raise Refused(t("nothing is planned there"))
        zone = ZoneInfo(self.crm.zone)
        target = min(one.at for one in entries.values()).date() + by
        there = self.crm.agenda.between(target, target + timedelta(days=7), open_only=True)
        moves = []
        for person in sorted({one.person or "" for one in entries.values()}):
            own = [one for one in entries.values() if (one.person or "") == person]
            busy = [_span(one) for one in there if one.person == person and one.id not in entries]
            own_target = min(one.at for one in own).date() + by
            booked = [Booked(one.id, one.at, _minutes(one)) for one in own]
            moves += move_day(booked, own_target, EVERY_DAY, zone, "keep", busy)
        moves.sort(key=lambda move: (move.start, move.id))
        told = {"noun": "visits", "n": len(moves), "day": target.isoformat()}
        with self.crm.store.action("Moved {n} plans to {day}", "bulk", **told) as work:
            for move in moves:
                work.update("visits", move.id, self.crm.visits.moved(rows[move.id], move.start, reason))
        return work.changes, [
            self._phone(entries[move.id], move.start.astimezone(zone), move.clash)
            for move in moves
            if entries[move.id].kind not in CALLS
        ]

    def _phone(self, one: Entry, at: datetime, clash: bool) -> ToPhone:
        numbers = tuple(self.crm.callbacks.numbers(one.customer, one.contact))
        return ToPhone(one.id, one.customer, one.name, numbers, one.at, at, one.kind, one.topic, clash)


def _minutes(one: Entry) -> int:
    return one.minutes if one.minutes is not None else MINUTES


def _span(one: Entry) -> tuple[datetime, datetime]:
    return one.at, one.at + timedelta(minutes=_minutes(one))
