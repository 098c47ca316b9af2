"""The week as a grid of hours by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from crm_tui.services.agenda import Entry
from crm_tui.services.free_slots import MINUTES
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.cell_grid import Cell, GridColumn
from crm_tui.ui.scheduling.entry_text import MARKS, kind_text
from crm_tui.ui.when import weekday
from crm_tui.words import t

MOST = 4
"""Lines an hour; what does not fit is counted in the last one."""
FIRST, LAST = 8, 18
"""Hours that are always there."""
_DAY = 480
"""Minutes of a full bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass
class Week:
    """Cells of a week, and what stands behind them.

    Attributes:
        columns, cells: as the grid shows them; the first column is the hours.
        hours: the hour of each row.
        entries: what stands in a cell, by (row, column).
        rest: cells that say only how many more there are.
    """

    columns: list[GridColumn] = field(default_factory=list)
    cells: list[tuple[Cell, ...]] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    entries: dict[tuple[int, int], Entry] = field(default_factory=dict)
    rest: set[tuple[int, int]] = field(default_factory=set)

    def place_of(self, entry: str) -> tuple[int, int] | None:
        """The cell of an entry."""
        return next((place for place, one in self.entries.items() if one.id == entry), None)

    def row_of(self, hour: int) -> int:
        """The first row of an hour."""
        return next((row for row, one in enumerate(self.hours) if one >= hour), len(self.hours) - 1)


def week_of(
    entries: Sequence[Entry], monday: date, today: date, working: Collection[date], now_hour: int, wide: bool
) -> Week:
    """Lay a week out.

    Args:
        entries: of the week, by time.
        monday: its first day.
        today: the present day.
        working: days on which one works; Saturdays and Sundays among them are said to be make-up days.
        now_hour: the present hour.
        wide: whether there is room for kinds.
    """
    days = [monday + timedelta(days=n) for n in range(7)]
    slots: dict[tuple[int, int], list[Entry]] = defaultdict(list)
    minutes = [0] * 7
    for one in entries:
        at = (one.at.date() - monday).days
        if 0 <= at < 7:
            slots[one.at.hour, at].append(one)
            if one.state not in ("cancelled", "missed"):
                minutes[at] += one.minutes or MINUTES
    week = Week([GridColumn("", 5, chosen=False), *(_head(day, today, working, minutes[n], wide)
                                                    for n, day in enumerate(days))])  # fmt: skip
    hours = {hour for hour, _ in slots}
    for hour in range(min([FIRST, *hours]), max([LAST, *hours]) + 1):
        _add_hour(week, hour, slots, days, (today, now_hour), wide)
    return week


def _add_hour(
    week: Week,
    hour: int,
    slots: dict[tuple[int, int], list[Entry]],
    days: Sequence[date],
    now: tuple[date, int],
    wide: bool,
) -> None:
    most = max((len(slots[hour, at]) for at in range(7)), default=0)
    for line in range(max(1, min(MOST, most))):
        row = len(week.cells)
        here: Role = "accent" if now[0] in days and hour == now[1] else "muted"
        cells: list[Cell] = [((f"{hour:02}:00" if line == 0 else "", here),)]
        for at in range(7):
            found = slots[hour, at]
            if line == MOST - 1 and len(found) > MOST:
                cells.append(((t("{n} more", n=len(found) - line), "muted"),))
                week.rest.add((row, at + 1))
            elif line < len(found):
                cells.append(_pieces(found[line], now, wide))
                week.entries[row, at + 1] = found[line]
            else:
                cells.append((("·" if line == 0 else "", "muted"),))
        week.cells.append(tuple(cells))
        week.hours.append(hour)


def _pieces(entry: Entry, now: tuple[date, int], wide: bool) -> Cell:
    """Mark, minute and name; where there is room for a second line, kind and what for."""
    mark, role = MARKS[entry.state]
    if entry.state == "planned" and (entry.at.date(), entry.at.hour) < now:
        mark, role = "!", "bad"
    minute = f":{entry.at:%M}" if entry.at.minute and wide else ""
    about = f"{kind_text(entry)} {entry.text}".rstrip()
    return (f"{mark}{minute} {entry.name}", role), (f"  {about}", "muted")


def _head(day: date, today: date, working: Collection[date], minutes: int, wide: bool) -> GridColumn:
    title = f"{weekday(day)} {day.day}"
    role: Role = "muted"
    if day == today:
        title, role = title + " *", "accent"
    elif day.weekday() > 4 and day in working:
        title += " " + (t("make-up day") if wide else t("work"))
    elif day.weekday() < 5 and day not in working:
        title += " " + t("holiday")
    return GridColumn(title, role=role, under=load_bar(minutes, 6 if wide else 3))


def load_bar(minutes: int, cells: int) -> str:
    """How full a day is, eight hours being the whole bar, with the hours behind it; "" for an empty day."""
    if not minutes:
        return "–"
    eighths = min(cells * 8, round(minutes / _DAY * cells * 8))
    full, part = divmod(eighths, 8)
    bar = "█" * full + (_EIGHTHS[part] if part else "")
    return f"{bar or _EIGHTHS[1]} {minutes / 60:.1f} h"
