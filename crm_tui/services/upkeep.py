"""What the file does by itself when the app starts and at each midnight: series, the frozen week, next year's days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from crm_tui.errors import Refused
from crm_tui.rules.policies import FREEZER
from crm_tui.store.logs import machine_name

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.machines import Peer

OFF = ("off", "none", "关", "无")
_PROPOSED = "holidays_proposed"


@dataclass(frozen=True)
class Kept:
    """What was done.

    Attributes:
        plans: how many plans of series were made or put right.
        frozen: the Monday of the week that was frozen, if one was.
        lacking: years whose holidays shall be proposed now.
    """

    plans: int
    frozen: date | None
    lacking: tuple[int, ...]

    @property
    def wrote(self) -> bool:
        """Whether anything in the file is different now."""
        return bool(self.plans or self.frozen)


class Upkeep:
    """Actions of the kind "upkeep", which undo passes over: nobody did them."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def run(self) -> Kept:
        """Do what is to be done now; for a thread. A second call does nothing."""
        changes = self.crm.series.refresh()
        return Kept(len(changes.rows.get("visits", ())), self.freeze_week(), self.propose())

    def freeze_week(self) -> date | None:
        """Freeze the plans of this week, if that falls to this machine and was not done; its Monday, or None.

        The machine that is named freezes everybody's plans. Where none is named, who works alone at one machine freezes
        everybody's; where there are several machines each freezes those of who sits there, so that no two disagree.
        """
        named = self.crm.policies.value(FREEZER).strip()
        if named.casefold() in OFF:
            return None
        me = self.crm.people.me()
        mine = str(me["id"]) if me else None
        peers = self.crm.machines.peers()
        if named:
            if named.casefold() != self._name(peers).casefold():
                return None
            people = self._planned(mine)
        elif len(peers) > 1:
            people = [mine] if mine else []
        else:
            people = self._planned(mine)
        today = self.crm.local_now().date()
        monday = today - timedelta(days=today.weekday())
        if not people or self._is_frozen(monday, mine if not named and len(peers) > 1 else None):
            return None
        return monday if self.crm.team.freeze(monday, people, by_itself=True).rows else None

    def propose(self) -> tuple[int, ...]:
        """The years without holidays, each told once; none in a file that nobody uses, or for an unknown country."""
        used = self.crm.store.reader().execute("SELECT EXISTS(SELECT 1 FROM customers)").fetchone()[0]
        told = self.crm.store.setting(_PROPOSED).split()
        lacking = [year for year in self.crm.calendar_days.lacking() if str(year) not in told] if used else []
        if not lacking:
            return ()
        self.crm.store.set_setting(_PROPOSED, " ".join([*told, *map(str, lacking)]))
        try:
            self.crm.calendar_days.proposed(lacking[0])
        except Refused:
            return ()
        return tuple(lacking)

    def adopt_first(self) -> None:
        """In a new file: put the holidays of this year and the next into force, where the country is known."""
        lacking = self.crm.calendar_days.lacking()
        if lacking:
            try:
                self.crm.calendar_days.adopt_years(lacking)
            except Refused:
                return  # a country that the library does not know keeps its weekends

    def _name(self, peers: list[Peer]) -> str:
        own = next((peer.name for peer in peers if peer.own), "")
        return own or machine_name(self.crm.store.reader())

    def _planned(self, me: str | None) -> list[str]:
        """Who has plans in this file, and who sits here."""
        rows = self.crm.store.reader().execute(
            "SELECT id FROM people p WHERE live AND EXISTS(SELECT 1 FROM visits v WHERE v.person = p.id AND v.live "
            "AND v.planned_start IS NOT NULL)"
        )
        return sorted({row for (row,) in rows} | ({me} if me else set()))

    def _is_frozen(self, monday: date, person: str | None) -> bool:
        query = "SELECT EXISTS(SELECT 1 FROM plan_freezes WHERE week = ? AND (? IS NULL OR person = ?))"
        return bool(self.crm.store.reader().execute(query, (monday.isoformat(), person, person)).fetchone()[0])
