"""What an import refused: the first reasons for its report, and all of it in a file beside the source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.exchange.rejects import write_card_rejects, write_rejects
from crm_tui.services.import_whole import REASON, WholePlan

if TYPE_CHECKING:
    from crm_tui.exchange.importing import Opened
    from crm_tui.services.imports import Plan, SalePlan

FIRST = 10
"""So many rejected rows stand in the report itself; all of them stand in their file."""


def first_rejected(opened: Opened, plan: Plan | WholePlan | SalePlan) -> list[dict[str, Any]]:
    """Line (0 where a record has none), column and reason of the first rows that an import refuses."""
    if isinstance(plan, WholePlan):
        bad = [
            (0, str(row.get("id") or ""), str(row[REASON])) for rows in plan.refused.values() for row in rows[:FIRST]
        ]
    else:
        bad = [(one.line, one.column, one.reason) for one in plan.rejected]
        bad += [(one.line, "", one.reason) for one in (opened.cards.broken if opened.cards is not None else ())]
        bad.sort(key=lambda one: one[0])
    return [{"line": line, "column": column, "reason": reason} for line, column, reason in bad[:FIRST]]


def write_rejected(opened: Opened, plan: Plan | WholePlan | SalePlan, wanted: str | Path | None) -> Path | None:
    """Write what an import refuses into a file of the kind that it came from; None if there is nothing.

    Raises:
        BadFile: the file cannot be written.
    """
    if isinstance(plan, WholePlan):
        if not plan.refused:
            return None
        from crm_tui.exchange.whole_files import write_json

        path = _free(opened.path, wanted, ".json")
        write_json(path, plan.refused)
        return path
    if opened.cards is not None:
        bad = [(one.line, one.raw, one.reason) for one in opened.cards.broken]
        bad += [(one.line, one.cells[0], f"{one.column}: {one.reason}") for one in plan.rejected]
        if not bad:
            return None
        path = _free(opened.path, wanted, ".vcf")
        write_card_rejects(path, [(raw, reason) for _, raw, reason in sorted(bad)])
        return path
    if not plan.rejected:
        return None
    path = _free(opened.path, wanted, ".csv")
    write_rejects(path, opened.header, [(one.cells, f"{one.column}: {one.reason}") for one in plan.rejected])
    return path


def _free(source: Path, wanted: str | Path | None, ending: str) -> Path:
    """Where the rejects go: beside the source under a name that no file has, unless a place was named."""
    if wanted is not None:
        return Path(wanted)
    stem = source.stem.removesuffix("-rejects")
    path, number = source.with_name(f"{stem}-rejects{ending}"), 2
    while path.exists():
        path, number = source.with_name(f"{stem}-rejects-{number}{ending}"), number + 1
    return path
