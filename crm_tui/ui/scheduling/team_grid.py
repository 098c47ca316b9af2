"""People by day as cells: how much of what was planned is done, and what became of the rest."""

from __future__ import annotations

from datetime import date

from crm_tui.services.team import Cell as Count
from crm_tui.services.team import Grid
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.cell_grid import Cell, GridColumn
from crm_tui.ui.when import weekday
from crm_tui.words import t

WIDE = 110
NAME, TOTAL = 0, 8
"""Columns: the name, seven days, the total, then the counts."""


def team_cells(grid: Grid, today: date, width: int) -> tuple[list[GridColumn], list[tuple[Cell, ...]]]:
    """Columns and cells for so many cells of width."""
    wide = width >= WIDE
    columns = [GridColumn(t("Person"), 14 if wide else 10, chosen=False)]
    for day in grid.days:
        here: Role = "accent" if day == today else "muted"
        columns.append(GridColumn(f"{weekday(day)} {day.day}" + ("*" if day == today else ""), role=here))
    columns.append(GridColumn(t("Week"), 14 if wide else 7))
    counts = (t("planned"), t("done"), t("late"), t("missed"), t("moved"), t("extra"))
    columns += [GridColumn(title, 6, chosen=False, align="right", from_width=WIDE + 16) for title in counts]
    return columns, [_row(line.name, line.cells, line.total, line.frozen, grid.days, today, wide)
                     for line in grid.lines]  # fmt: skip


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
    return (" " if wide else "").join(parts), role


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
