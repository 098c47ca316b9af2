"""The command of day reports: day-report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crm_tui.cli.program import command, option
from crm_tui.cli.schedule import as_json, day_of
from crm_tui.cli.session import Session
from crm_tui.errors import Refused
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import DayReport, Pace


@command("day-report")
@option("--day", metavar="DAY", help="Which day; today if not told.")
@option("--person", metavar="NAME", help="Whose; yours if not told.")
@option("--hand-in", is_flag=True, help="Hand it in, with the figures of now.")
@option("--note", metavar="TEXT", help="A note to it; with it the report is handed in.")
def day_report_command(session: Session, day: str | None, person: str | None, hand_in: bool, note: str | None) -> None:
    """What somebody did on a day, left, moved and promised, and what comes next; to be printed or sent."""
    from crm_tui.ui.scheduling.day_report_page import page

    crm = session.crm()
    on = day_of(crm, day) if day else crm.local_now().date()
    whose = _whose(crm, person)
    report = crm.day_reports.compose(whose, on)
    if hand_in or note is not None:
        remarks = note if note is not None else str((report.row or {}).get("remarks") or "")
        crm.day_reports.hand_in(whose, on, remarks)
        report = crm.day_reports.compose(whose, on)
        session.say(t("Handed in: {name}, {day}", name=report.name, day=on.isoformat()))
    paces = crm.day_reports.pace(whose)
    session.put(_json(report, paces), lambda: page(report, paces, crm.local_now()).rstrip())


def _whose(crm: Crm, person: str | None) -> str:
    """Whose report it is.

    Raises:
        Refused: if it is not told and not known who works here.
    """
    if person:
        return str(crm.people.find(person)["id"])
    me = crm.people.me()
    if me is None:
        raise Refused(t("it is not known who you are: add --person NAME"))
    return str(me["id"])


def _json(report: DayReport, paces: list[Pace]) -> dict[str, Any]:
    row = report.row or {}
    return {
        **{"person": report.person, "name": report.name, "day": report.day.isoformat()},
        "figures": report.figures,
        **{
            name: [as_json(one) for one in getattr(report, name)]
            for name in ("done", "left", "moved", "promised", "next")
        },
        "next_day": report.next_day.isoformat(),
        "note": row.get("remarks"),
        **{"handed_in": report.row is not None, "reviewed": row.get("reviewed"), "comment": row.get("review_comment")},
        "targets": [
            {
                **{"kind": one.target["kind"], "until": one.target["last_day"], "target": one.target["target"]},
                **{"done": one.done, "expected": one.expected, "gap": one.gap, "days_left": one.days_left},
                "needed_a_day": one.needed / 10,
            }
            for one in paces
        ],
    }
