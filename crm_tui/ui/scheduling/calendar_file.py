"""What stands on the schedule as a calendar file for other programs: which days, which file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid
from crm_tui.records.about import Choice
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.fields import FormField
from crm_tui.ui.scheduling.calendar_pane import period
from crm_tui.ui.scheduling.whose import Whose
from crm_tui.ui.screen import WorkingScreen
from crm_tui.ui.when import date_text, weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

ENDING = ".ics"
DAY, WEEK, MONTH, COMING = "day", "week", "month", "coming"


def open_export(screen: WorkingScreen[Any], view: str, day: date, whose: Whose) -> None:
    """Ask which days and which file, then write it."""
    today = screen.crm_app.local_now().date()
    one = f"{weekday(day)} {date_text(day, today)}"
    week = f"{day.isocalendar().week}"
    choices = (
        Choice(DAY, f"the day: {one}", f"当天：{one}"),
        Choice(WEEK, f"the week: {week}", f"本周：第{week}周"),
        Choice(MONTH, f"the month: {day:%Y-%m}", f"当月：{day:%Y-%m}"),
        Choice(COMING, "all that is still to come", "今后所有计划"),
    )
    what = MONTH if view == "month" else WEEK
    folder = screen.crm_app.options.path.absolute().parent
    plan = FormPlan(
        key=f"schedule.export:{day}",
        title="Export as a calendar",
        fields=[
            FormField("what", "What", "内容", "choice", choices, required=True),
            FormField("file", "File", "文件", required=True),
        ],
        save=partial(_save, day, whose),
        name=whose.text,
        values={"what": what, "file": str(folder / f"{default_name(what, day)}{ENDING}")},
        watch=_warn,
        focus="what",
    )

    def done(report: dict[str, Any] | None) -> None:
        if report is not None:
            screen.toast(t("{n} appointments written: {file}", n=report["rows"], file=report["file"]))

    screen.app.push_screen(FormDialog(plan), done)


def default_name(what: str, day: date) -> str:
    """How a file is called if nobody says otherwise."""
    year, week, _ = day.isocalendar()
    return f"schedule-{year}-W{week:02}" if what == WEEK else f"schedule-{day:%Y-%m}"


def _path(text: str) -> Path:
    path = Path(text.strip()).expanduser()
    return path if path.suffix.lower() == ENDING else path.with_name(path.name + ENDING)


def _warn(_: Crm, typed: Mapping[str, str]) -> list[str]:
    """A file that is there already will be replaced."""
    text = typed.get("file", "").strip()
    if text and _path(text).is_file():
        return [t("{file} is there already and will be replaced", file=_path(text).name)]
    return []


def _save(day: date, whose: Whose, crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> dict[str, Any]:
    from crm_tui.exchange.schedule_files import export_schedule

    if not str(values.get("file") or "").strip():
        raise Invalid({"file": t("must not be empty")})
    path = _path(str(values["file"]))
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise Invalid({"file": t("there is no folder {folder}", folder=path.parent)})
    what = values.get("what") or WEEK
    if what == COMING and whose.members(crm) is None:
        return export_schedule(crm, path, person=whose.person(crm))
    first, last = _span(crm, what, day)
    # Day by day: a day of a large company is short enough to be read whole.
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    found = {entry.id: entry for one in days for entry in whose.between(crm, one, one)}
    return export_schedule(crm, path, list(found.values()))


def _span(crm: Crm, what: str, day: date) -> tuple[date, date]:
    if what == DAY:
        return day, day
    if what == MONTH:
        first = day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    if what == COMING:
        today = crm.local_now().date()
        return today, today + timedelta(days=730)
    return period("week", day)
