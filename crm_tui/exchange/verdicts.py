"""What an import would do with each row, as a file of lines that a preview reads a page at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from crm_tui.errors import BadFile
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.exchange.importing import Opened
    from crm_tui.services.import_whole import WholePlan
    from crm_tui.services.imports import Plan, SalePlan

OUTCOMES = ("created", "updated", "unchanged", "rejected")


def write_verdicts(path: Path, opened: Opened, plan: Plan | WholePlan | SalePlan) -> None:
    """One JSON list a line, in the order of the file: outcome, line (0 if it has none), name, what or why.

    Raises:
        BadFile: the file cannot be written.
    """
    broken = opened.cards.broken if opened.cards is not None else []
    rows = [(one.line, one.outcome, one.name, one.detail) for one in plan.preview(1 << 62)]
    if broken:
        rows = sorted([*rows, *((one.line, "rejected", "", one.reason) for one in broken)], key=lambda row: row[0])
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for line, outcome, name, detail in rows:
                file.write(json.dumps((outcome, line, name, detail), ensure_ascii=True) + "\n")
    except OSError as error:
        raise BadFile(t("{file} cannot be written: {reason}", file=path, reason=error.strerror)) from None
