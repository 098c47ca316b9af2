"""The screens, one line each; a screen that is not built is absent and its digit does nothing.

To add a screen:

1. `ui/screens/<name>.py` with a `CrmScreen` (see `crm_tui.ui.screen`), and `<name>.tcss` beside it;
2. a line in `SCREENS`;
3. `tests/ui/screens/test_<name>.py`.

A screen without a digit is opened from the palette, or by another screen with `self.app.go("<name>")`.
Modules are imported when their screen is first shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crm_tui.ui.screen import CrmScreen


@dataclass(frozen=True)
class Place:
    """One screen: its digit ("" if it has none), its name, its English title, its class as "module:Class"."""

    key: str
    name: str
    title: str
    where: str

    def screen_class(self) -> type[CrmScreen]:
        """Import the class of the screen."""
        module, _, name = self.where.partition(":")
        found: type[CrmScreen] = getattr(import_module(f"crm_tui.ui.screens.{module}"), name)
        return found

    def make(self) -> CrmScreen:
        """The screen itself."""
        return self.screen_class()()


SCREENS: list[Place] = [
    Place("1", "today", "Today", "today:TodayScreen"),
    Place("2", "customers", "Customers", "customers:CustomersScreen"),
    Place("3", "schedule", "Schedule", "schedule:ScheduleScreen"),
    Place("4", "deals", "Pipeline", "deals:DealsScreen"),
    Place("5", "desk", "Desk", "desk:DeskScreen"),
    Place("7", "orders", "Orders", "orders:OrdersScreen"),
    Place("8", "team", "Team", "team:TeamScreen"),
    Place("9", "sync", "Sync", "sync:SyncScreen"),
    Place("0", "setup", "Setup", "setup:SetupScreen"),
    Place("", "leads", "Leads", "leads:LeadsScreen"),
    Place("", "service_reports", "Service report", "service_reports:ServiceReportsScreen"),
    Place("", "callbacks", "Callbacks", "callbacks:CallbacksScreen"),
    Place("", "day_reports", "Day report", "day_reports:DayReportsScreen"),
    Place("", "activity_targets", "Targets", "activity_targets:ActivityTargetsScreen"),
    Place("", "greetings", "Greetings", "greetings:GreetingsScreen"),
    Place("", "calendar_plans", "Calendar file", "calendar_plans:CalendarPlansScreen"),
    Place("", "series", "Series", "series:SeriesScreen"),
    Place("", "handovers", "Handover", "handovers:HandoversScreen"),
    Place("", "conflicts", "Conflicts", "conflicts:ConflictsScreen"),
    Place("", "shares", "Shares", "shares:SharesScreen"),
    Place("", "import", "Import", "import_file:ImportScreen"),
    Place("", "duplicates", "Duplicates", "duplicates:DuplicatesScreen"),
    Place("", "history", "History", "history:HistoryScreen"),
    Place("", "trash", "Trash", "trash:TrashScreen"),
]
