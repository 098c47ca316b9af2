"""The month as a grid of weeks by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from crm_tui.services.agenda import Entry
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.cell_grid import Cell, GridColumn
from crm_tui.ui.scheduling.entry_text import MARKS
from crm_tui.ui.when import weekday
from crm_tui.words import t


def weeks_of(day: date) -> tuple[date, int]:
    """The Monday on or before the first of a day's month, and how many weeks the month touches."""
    first = day.replace(day=1)
    monday = first - timedelta(days=first.weekday())
    after = (first + timedelta(days=31)).replace(day=1)
    return monday, ((after - monday).days + 6) // 7


def month_of(
    entries: Sequence[Entry], day: date, today: date, working: Collection[date], tall: int
) -> tuple[list[GridColumn], list[tuple[Cell, ...]]]:
    """Columns and cells of the month of a day.

    Args:
        entries: of all days of the grid, by time.
        day: any day of the month.
        today: the present day.
        working: days on which one works.
        tall: lines a week.
    """
    monday, weeks = weeks_of(day)
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for one in entries:
        by_day[one.at.date()].append(one)
    columns = [GridColumn(weekday(monday + timedelta(days=n))) for n in range(7)]
    cells = []
    for week in range(weeks):
        days = [monday + timedelta(days=7 * week + n) for n in range(7)]
        cells.append(tuple(_cell(one, by_day[one], (day, today), working, tall) for one in days))
    return columns, cells


def _cell(day: date, entries: Sequence[Entry], where: tuple[date, date], working: Collection[date], tall: int) -> Cell:
    month, today = where
    title, role = f"{day.day}", "" if day.month == month.month else "muted"
    if day == today:
        title, role = title + " *", "accent"
    if (day.weekday() < 5) != (day in working):
        title += " " + (t("work") if day in working else t("holiday"))
    shown: Role = role  # type: ignore[assignment]  # one of the names of a role
    if tall <= 2 or not entries:
        count = f"  {len(entries)}" if entries else ""
        return ((title + count, shown),)
    room = tall - 1
    some = entries if len(entries) <= room else entries[: room - 1]
    lines = [(title, shown), *(_line(one) for one in some)]
    if len(some) < len(entries):
        lines.append((t("{n} more", n=len(entries) - len(some)), "muted"))
    return tuple(lines)


def _line(entry: Entry) -> tuple[str, Role]:
    mark, role = MARKS[entry.state]
    return f"{mark}{entry.at:%H:%M} {entry.name}", role
