"""The services of the schedule, each loaded when it is first asked for: a start needs none of them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from crm_tui.services.activity_targets import ActivityTargets
    from crm_tui.services.agenda import Agenda
    from crm_tui.services.briefs import Briefs
    from crm_tui.services.cadences import Cadences
    from crm_tui.services.calendar_days import CalendarDays
    from crm_tui.services.calendar_plans import CalendarPlans
    from crm_tui.services.callbacks import Callbacks
    from crm_tui.services.captures import Captures
    from crm_tui.services.checklist_steps import ChecklistSteps
    from crm_tui.services.consumption_profiles import ConsumptionProfiles, Fills
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_moves import DayMoves
    from crm_tui.services.day_reports import DayReports
    from crm_tui.services.free_slots import FreeSlots
    from crm_tui.services.greetings import Greetings
    from crm_tui.services.handovers import Handovers
    from crm_tui.services.no_calls import NoCalls
    from crm_tui.services.policies import Policies
    from crm_tui.services.series import Series
    from crm_tui.services.team import Team
    from crm_tui.services.upkeep import Upkeep

NOUNS_HERE = frozenset(
    {
        *("activity_targets", "cadences", "calendar_days", "checklist_steps", "consumption_profiles", "day_reports"),
        *("fills", "policies", "series"),
    }
)
"""The nouns whose service stands here."""


class Schedule:
    """What `Crm` offers of the schedule."""

    @property
    def _crm(self) -> Crm:
        return cast("Crm", self)

    @cached_property
    def activity_targets(self) -> ActivityTargets:
        """Targets for activities."""
        from crm_tui.services.activity_targets import ActivityTargets

        return ActivityTargets(self._crm, "activity_targets")

    @cached_property
    def agenda(self) -> Agenda:
        """Reads days and weeks."""
        from crm_tui.services.agenda import Agenda

        return Agenda(self._crm)

    @cached_property
    def briefs(self) -> Briefs:
        """Composes what one wants to know before a door."""
        from crm_tui.services.briefs import Briefs

        return Briefs(self._crm)

    @cached_property
    def cadences(self) -> Cadences:
        """Who is due to hear from us."""
        from crm_tui.services.cadences import Cadences

        return Cadences(self._crm, "cadences")

    @cached_property
    def calendar_days(self) -> CalendarDays:
        """Holidays and worked weekends in force."""
        from crm_tui.services.calendar_days import CalendarDays

        return CalendarDays(self._crm, "calendar_days")

    @cached_property
    def calendar_plans(self) -> CalendarPlans:
        """Takes appointments of other calendars in."""
        from crm_tui.services.calendar_plans import CalendarPlans

        return CalendarPlans(self._crm)

    @cached_property
    def callbacks(self) -> Callbacks:
        """The dial queue."""
        from crm_tui.services.callbacks import Callbacks

        return Callbacks(self._crm)

    @cached_property
    def captures(self) -> Captures:
        """Reads and writes typed lines."""
        from crm_tui.services.captures import Captures

        return Captures(self._crm)

    @cached_property
    def checklist_steps(self) -> ChecklistSteps:
        """What is ticked off or measured at a visit."""
        from crm_tui.services.checklist_steps import ChecklistSteps

        return ChecklistSteps(self._crm, "checklist_steps")

    @cached_property
    def consumption_profiles(self) -> ConsumptionProfiles:
        """What customers use up, and the visits that follow."""
        from crm_tui.services.consumption_profiles import ConsumptionProfiles

        return ConsumptionProfiles(self._crm, "consumption_profiles")

    @cached_property
    def day_moves(self) -> DayMoves:
        """Moves whole days."""
        from crm_tui.services.day_moves import DayMoves

        return DayMoves(self._crm)

    @cached_property
    def day_reports(self) -> DayReports:
        """Reports of a person's day, and the pace."""
        from crm_tui.services.day_reports import DayReports

        return DayReports(self._crm, "day_reports")

    @cached_property
    def fills(self) -> Fills:
        """What was brought, and what was left."""
        from crm_tui.services.consumption_profiles import Fills

        return Fills(self._crm, "fills")

    @cached_property
    def free_slots(self) -> FreeSlots:
        """Room in people's days."""
        from crm_tui.services.free_slots import FreeSlots

        return FreeSlots(self._crm)

    @cached_property
    def greetings(self) -> Greetings:
        """Who is to be greeted."""
        from crm_tui.services.greetings import Greetings

        return Greetings(self._crm)

    @cached_property
    def handovers(self) -> Handovers:
        """Ownership that passes on."""
        from crm_tui.services.handovers import Handovers

        return Handovers(self._crm)

    @cached_property
    def no_calls(self) -> NoCalls:
        """Who asked not to be called."""
        from crm_tui.services.no_calls import NoCalls

        return NoCalls(self._crm)

    @cached_property
    def policies(self) -> Policies:
        """What the company agreed on."""
        from crm_tui.services.policies import Policies

        return Policies(self._crm, "policies")

    @cached_property
    def series(self) -> Series:
        """Rules that make plans."""
        from crm_tui.services.series import Series

        return Series(self._crm, "series")

    @cached_property
    def team(self) -> Team:
        """Plan against actual, person by day."""
        from crm_tui.services.team import Team

        return Team(self._crm)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What the file does by itself."""
        from crm_tui.services.upkeep import Upkeep

        return Upkeep(self._crm)
