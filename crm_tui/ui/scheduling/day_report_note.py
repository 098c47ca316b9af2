"""The form for the note to a day report; saving it hands the report in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from crm_tui.ui.dialogs.form import FormPlan
from crm_tui.ui.fields import FormField

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm


def plan_note(crm: Crm, person: str, day: date) -> FormPlan:
    """What is asked; in a thread."""
    report = crm.day_reports.compose(person, day)
    return FormPlan(
        key=f"day_reports.note:{person}:{day}",
        title="Note to the day report",
        fields=[FormField("remarks", "Note", "备注", "note")],
        save=partial(_save, person, day),
        name=f"{report.name} {day}",
        values={"remarks": report.row["remarks"] if report.row else None},
        noun="day_reports",
    )


def _save(person: str, day: date, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
    return crm.day_reports.hand_in(person, day, values.get("remarks") or "")
