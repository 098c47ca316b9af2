"""Moving many plans at once: a rainy day, a person who is ill, a region that cannot be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from crm_tui.errors import Refused
from crm_tui.services.agenda import CALLS, Entry
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
    """

    plan: str
    customer: str
    name: str
    phones: tuple[str, ...]
    was: datetime
    now: datetime
    kind: str
    topic: str


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
        entries = [one for one in self.crm.agenda.of_ids(plans) if one.planned is not None]
        if not entries:
            raise Refused(t("nothing is planned there"))
        moves = [(one, one.at.replace(tzinfo=None) + by) for one in entries]
        zone = self.crm.local_now().tzinfo
        told = {"noun": "visits", "n": len(moves), "day": moves[0][1].date().isoformat()}
        with self.crm.store.action("Moved {n} plans to {day}", "bulk", **told) as work:
            for one, at in moves:
                work.update("visits", one.id, self.crm.visits.moved(rows[one.id], at.replace(tzinfo=zone), reason))
        phone = [self._phone(one, at.replace(tzinfo=zone)) for one, at in moves if one.kind not in CALLS]
        return work.changes, phone

    def _phone(self, one: Entry, at: datetime) -> ToPhone:
        numbers = tuple(self.crm.callbacks.numbers(one.customer, one.contact))
        return ToPhone(one.id, one.customer, one.name, numbers, one.at, at, one.kind, one.topic)
