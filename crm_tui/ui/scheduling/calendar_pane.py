"""The three shapes of the schedule behind one face: an agenda, a week grid, a month grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import ContentSwitcher, Static

from crm_tui.services.agenda import Entry
from crm_tui.ui.lists import show_again
from crm_tui.ui.rows import Column
from crm_tui.ui.scheduling.cell_grid import CellGrid
from crm_tui.ui.scheduling.entry_text import agenda_row
from crm_tui.ui.scheduling.month import month_of, weeks_of
from crm_tui.ui.scheduling.week import Week, week_of
from crm_tui.ui.when import date_text
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.ui.app import CrmApp
    from crm_tui.ui.scheduling.whose import Whose

VIEWS = ("agenda", "week", "month")
MORNING = 9
WIDE = 100


@dataclass(frozen=True)
class Days:
    """What was read.

    Attributes:
        entries: lines, by time.
        working: days of the period on which one works.
        mine: id of who sits here.
        several: whether they are of more than one person.
    """

    entries: tuple[Entry, ...]
    working: frozenset[date]
    mine: str | None
    several: bool


def period(view: str, day: date) -> tuple[date, date]:
    """First and last day of what a view shows around a day."""
    if view == "month":
        monday, weeks = weeks_of(day)
        return monday, monday + timedelta(days=weeks * 7 - 1)
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def read_days(crm: Crm, whose: Whose, view: str, day: date) -> Days:
    """Read a period in a thread; the agenda of the present week begins with what is overdue from before."""
    first, last = period(view, day)
    entries = whose.between(crm, first, last)
    if view == "agenda" and first <= crm.local_now().date() <= last:
        entries = [one for one in whose.overdue(crm) if one.at.date() < first] + entries
    calendar = crm.calendar_days.calendar()
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    me = crm.people.me()
    several = whose.several or (whose.code == "mine" and me is None)
    return Days(tuple(entries), frozenset(filter(calendar.is_working, days)), str(me["id"]) if me else None, several)


def heading(view: str, day: date, today: date) -> tuple[str, str]:
    """The name of a view, and of the period that it shows around a day."""
    first, last = period(view, day)
    if view == "month":
        if language() == "zh":
            return t("Month"), f"{day.year}年{day.month}月"
        return t("Month"), f"{date_text(day, day).split(' ', 1)[1]} {day.year}"
    name = t("Agenda") if view == "agenda" else t("Week")
    week = t("week {n}", n=first.isocalendar().week)
    return name, f"{week}  {date_text(first, today)} – {date_text(last, today)}"


class CalendarPane(ContentSwitcher):
    """Agenda, week and month; one of them is in sight and has the focus."""

    def __init__(self) -> None:
        super().__init__(id="views", initial="pair")
        self.view = "agenda"
        self.day = date.min
        self._days: Days | None = None
        self._week = Week()
        self._seek: str | None = None

    def compose(self) -> ComposeResult:
        """The agenda with a brief beside it, two grids."""
        with Horizontal(id="pair"):
            yield RowList(id="agenda")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="brief")
        yield CellGrid(id="week")
        yield CellGrid(id="month")

    @property
    def agenda(self) -> RowList:
        """The list."""
        return self.query_one("#agenda", RowList)

    @property
    def grid(self) -> CellGrid:
        """The grid in sight; the week's while the agenda is."""
        return self.query_one("#month" if self.view == "month" else "#week", CellGrid)

    def turn(self, view: str) -> None:
        """Show another shape, with the focus in it."""
        self.view = view
        self.current = "pair" if view == "agenda" else view
        (self.agenda if view == "agenda" else self.grid).focus()

    def on_resize(self) -> None:
        """Rows of a grid are as tall as there is room for."""
        if self._days is not None and self.view != "agenda":
            self.call_after_refresh(self._again)

    def _again(self) -> None:
        if self._days is not None:
            self.show(self._days, self.day, cast("CrmApp", self.app).local_now())

    def seek(self, entry: str) -> None:
        """Where the cursor shall stand as soon as it is shown."""
        self._seek = entry

    def show(self, days: Days, day: date, now: datetime) -> None:
        """Show what was read around a day."""
        self._days, self.day = days, day
        seek, self._seek = self._seek, None
        if self.view == "agenda":
            self._show_agenda(days, now, seek)
        elif self.view == "week":
            self._show_week(days, day, now, seek)
        else:
            self._show_month(days, day, now)

    def _show_agenda(self, days: Days, now: datetime, seek: str | None) -> None:
        columns = [Column(t("Date"), 12), Column(t("Time"), 7), Column(t("What"), 8), Column(t("Customer"), flex=3)]
        columns += [Column(t("Who"), 10, role="muted", from_width=60)] if days.several else []
        self.agenda.set_columns([*columns, Column(t("About"), flex=2, from_width=50)])
        rows, before = [], None
        for one in days.entries:
            rows.append(agenda_row(one, now, new_day=one.at.date() != before, people=days.several))
            before = one.at.date()
        if seek is None and not self.agenda.count:
            seek = next((one.id for one in days.entries if one.at >= now), None)
        show_again(self.agenda, rows)
        place = next((n for n, one in enumerate(days.entries) if one.id == seek), None)
        if place is not None:
            self.agenda.move_to(place)

    def _show_week(self, days: Days, day: date, now: datetime, seek: str | None) -> None:
        monday = day - timedelta(days=day.weekday())
        first = not self._week.cells
        wide = self.app.size.width >= WIDE
        self._week = week_of(days.entries, monday, now.date(), days.working, now.hour, wide)
        grid = self.query_one("#week", CellGrid)
        room = self.size.height - 2
        grid.show(self._week.columns, self._week.cells, tall=2 if 2 * len(self._week.cells) <= room else 1)
        place = self._week.place_of(seek) if seek else None
        if place is not None:
            grid.move_to(*place)
        elif first or grid.column != day.weekday() + 1:
            row = self._week.row_of(now.hour) if first else grid.row
            grid.move_to(row, day.weekday() + 1)

    def _show_month(self, days: Days, day: date, now: datetime) -> None:
        grid = self.query_one("#month", CellGrid)
        monday, weeks = weeks_of(day)
        tall = max(2, (self.size.height - 1) // weeks)
        columns, cells = month_of(days.entries, day, now.date(), days.working, tall)
        grid.show(columns, cells, tall=tall)
        grid.move_to((day - monday).days // 7, day.weekday())

    def follow(self) -> None:
        """The cursor of a grid moved: its day is the present one."""
        if self.view == "week":
            monday = self.day - timedelta(days=self.day.weekday())
            self.day = monday + timedelta(days=max(0, self.grid.column - 1))
        elif self.view == "month":
            monday, _ = weeks_of(self.day)
            self.day = monday + timedelta(days=self.grid.row * 7 + self.grid.column)

    @property
    def entry(self) -> Entry | None:
        """What stands under the cursor."""
        if self._days is None:
            return None
        if self.view == "agenda":
            at = self.agenda.cursor
            return self._days.entries[at] if 0 <= at < len(self._days.entries) else None
        if self.view == "week":
            return self._week.entries.get((self.grid.row, self.grid.column))
        return None

    def of_day(self) -> Sequence[Entry]:
        """The lines of the day under the cursor."""
        return [one for one in self._days.entries if one.at.date() == self.day] if self._days is not None else []

    def more_here(self) -> bool:
        """Whether the cell under the cursor only counts what has no room."""
        return self.view == "week" and (self.grid.row, self.grid.column) in self._week.rest

    def slot(self, now: datetime) -> datetime:
        """The moment under the cursor: its hour in the week grid, the morning of its day elsewhere."""
        hour = MORNING
        if self.view == "week" and self._week.hours:
            hour = self._week.hours[min(self.grid.row, len(self._week.hours) - 1)]
        elif self.view == "agenda" and (entry := self.entry) is not None:
            return datetime.combine(entry.at.date(), time(MORNING), now.tzinfo)
        return datetime.combine(self.day, time(hour), now.tzinfo)
