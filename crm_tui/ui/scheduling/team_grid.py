"""People by day as cells: how much of what was planned is done, and what became of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crm_tui.services.team import Cell as Count
from crm_tui.services.team import Grid
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.cell_grid import Cell, GridColumn
from crm_tui.ui.text import width as cells
from crm_tui.ui.when import weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.day_reports import Pace

WIDE = 110
CELL = 8
"""Signs that stand apart in a cell where so many have room."""
NAME, TOTAL = 0, 8
"""Columns: the name, seven days, the total, then the counts."""


def team_cells(
    grid: Grid, today: date, width: int, paces: Mapping[str, Sequence[Pace]] | None = None
) -> tuple[list[GridColumn], list[tuple[Cell, ...]]]:
    """Columns and cells for so many cells of width; with `paces` (by person) one more for the targets."""
    wide = width >= WIDE
    columns = [GridColumn(t("Person"), 14 if wide else 10, chosen=False)]
    for day in grid.days:
        here: Role = "accent" if day == today else "muted"
        columns.append(GridColumn(f"{weekday(day)} {day.day}" + ("*" if day == today else ""), role=here))
    columns.append(GridColumn(t("Week"), 14 if wide else 7))
    counts = (t("planned"), t("done"), t("late"), t("missed"), t("moved"), t("extra"))
    room = WIDE + (28 if paces else 17)
    columns += [
        GridColumn(title, max(6, cells(title)), chosen=False, align="right", from_width=room) for title in counts
    ]
    rows = [_row(line.name, line.cells, line.total, line.frozen, grid.days, today, wide) for line in grid.lines]
    if paces:
        columns.append(GridColumn(t("Target"), 9, chosen=False, align="right", from_width=WIDE - 10))
        rows = [(*row, _target(paces.get(line.person or "", ()))) for row, line in zip(rows, grid.lines, strict=True)]
    return columns, rows


def _target(paces: Sequence[Pace]) -> Cell:
    """Done of the first target; a mark where it is behind."""
    if not paces:
        return (("–", "muted"),)
    one = paces[0]
    return ((f"{'!' if one.behind else ''}{one.done}/{one.target['target']}", "warn" if one.behind else "good"),)


def _row(
    name: str, cells: tuple[Count, ...], total: Count, frozen: bool, days: tuple[date, ...], today: date, wide: bool
) -> tuple[Cell, ...]:
    mark = "# " if frozen else ""
    who: Cell = ((mark + (name or t("nobody's")), "" if name else "muted"),)
    shown = [(cell_piece(one, day, today, wide),) for one, day in zip(cells, days, strict=True)]
    said = f"{total.done + total.late}/{total.planned}"
    week = f"{_bar(total)} {said}" if wide else said
    numbers = (total.planned, total.done, total.late, total.missed, total.moved, total.unplanned)
    roles: tuple[Role, ...] = ("", "good", "warn", "bad", "", "accent")
    counted = [((f"{n}" if n else "–", role if n else "muted"),) for n, role in zip(numbers, roles, strict=True)]
    return (who, *shown, ((week, _role(total)),), *counted)


def cell_piece(one: Count, day: date, today: date, wide: bool) -> tuple[str, Role]:
    """One day of one person: done of planned, then signs with counts."""
    if not one.planned and not one.unplanned:
        return "·", "muted"
    parts = [f"{one.done + one.late}/{one.planned}"] if one.planned else []
    for sign, n in (("!", one.missed), (">", one.moved), ("<", one.late), ("+", one.unplanned)):
        if n:
            parts.append(f"{sign}{n}")
    role = _role(one)
    if day > today and role in ("", "good"):
        role = ""
    apart = " ".join(parts)
    return apart if wide and len(apart) <= CELL else "".join(parts), role


def _role(one: Count) -> Role:
    if one.missed:
        return "bad"
    if one.late or one.moved:
        return "warn"
    return "good" if one.planned and not one.open else ""


def _bar(total: Count, cells: int = 6) -> str:
    if not total.planned:
        return "░" * cells
    full = round(cells * (total.done + total.late) / total.planned)
    return "█" * full + "░" * (cells - full)


def legend() -> str:
    """What the signs mean."""
    return t("2/3 done of planned   ! missed   > moved away   < done late   + without a plan   # week frozen")
