"""A day report in words: what was done, left, moved, promised, what comes next; for screen, file and shell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Role
from crm_tui.ui.scheduling.entry_text import MARKS, kind_text, state_text
from crm_tui.ui.text import fit, width
from crm_tui.ui.when import clock, date_text, long_date, weekday
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.agenda import Entry
    from crm_tui.services.day_reports import DayReport, Pace

MOST_NEXT = 12
"""So many plans of the next day are told one by one."""


@dataclass(frozen=True)
class Told:
    """One line: a mark with its colour, when, what kind, whom, what about; `under` a second line of it."""

    mark: str
    role: Role
    when: str
    kind: str
    name: str
    text: str
    under: str = ""


@dataclass(frozen=True)
class Part:
    """A heading and the lines under it; `empty` stands there if there are none."""

    title: str
    lines: tuple[Told, ...]
    empty: str = ""


def parts(report: DayReport, now: datetime) -> list[Part]:
    """The parts of a report in their order; what does not exist is left out, but for what was done and what comes."""
    day, today = report.day, now.date()
    found = [Part(t("Done") + _summary(report), tuple(_done(one, report, today) for one in report.done), t("nothing"))]
    left = tuple(_told(one, _fate(one, now), f"{one.at:%H:%M}") for one in report.left)
    moved = tuple(_told(one, _where_to(one, today), f"{one.first:%H:%M}", ">") for one in report.moved)
    promised = tuple(_told(one, one.topic, _by(one, today), "*") for one in report.promised)
    found += [part for part in (Part(t("Not done"), left), Part(t("Moved"), moved)) if part.lines]
    found += [Part(t("Promised"), promised)] if promised else []
    coming = [_told(one, one.topic, f"{one.at:%H:%M}", "*", "") for one in report.next[:MOST_NEXT]]
    if len(report.next) > MOST_NEXT:
        coming.append(Told("", "muted", "", "", t("and {n} more", n=len(report.next) - MOST_NEXT), ""))
    title = t("Next: {day}", day=f"{weekday(report.next_day)} {date_text(report.next_day, day)}")
    return [*found, Part(title, tuple(coming), t("nothing is planned yet"))]


def _summary(report: DayReport) -> str:
    """How many contacts of which kind, and how long they took."""
    figures = report.figures
    kinds = [(n, name.removeprefix("kind.")) for name, n in figures.items() if name.startswith("kind.") and n]
    said = [
        f"{n} {choice_text('visits', 'kind', kind)}" for n, kind in sorted(kinds, key=lambda one: (-one[0], one[1]))
    ]
    if figures["minutes"]:
        said.append(t("{n} min", n=figures["minutes"]))
    if figures["new_customers"]:
        said.append(t("new customers: {n}", n=figures["new_customers"]))
    return "  " + " · ".join(said) if said else ""


def _told(one: Entry, text: str, when: str, mark: str | None = None, role: Role | None = None) -> Told:
    own_mark, own_role = MARKS[one.state]
    return Told(
        own_mark if mark is None else mark, own_role if role is None else role, when, kind_text(one), one.name, text
    )


def _done(one: Entry, report: DayReport, today: date) -> Told:
    """A contact, with the next step that was agreed."""
    said = [one.text, "" if one.outcome is None else choice_text("visits", "outcome", one.outcome)]
    if one.state == "unplanned":
        said.append(t("without a plan"))
    agreed = report.agreed.get(one.id)
    under = ""
    if agreed is not None:
        after = f"{weekday(agreed.at.date())} {clock(agreed.at, today)} {kind_text(agreed)} {agreed.topic}".rstrip()
        under = t("next: {what}", what=after)
    told = _told(one, " · ".join(filter(None, said)), f"{one.started or one.at:%H:%M}")
    return Told(told.mark, told.role, told.when, told.kind, told.name, told.text, under)


def _fate(one: Entry, now: datetime) -> str:
    """What became of a plan that was not done."""
    if one.status == "done":
        said = t("done late") + (f" {clock(one.started, now.date())}" if one.started else "")
    elif one.status == "planned":
        said = t("still open") if one.at.date() == now.date() else ""
    else:
        said = state_text(one.state) if one.status != "missed" else ""
    return " · ".join(filter(None, [said, one.reason, one.topic]))


def _where_to(one: Entry, today: date) -> str:
    """Where a plan went, and why."""
    to = t("to {when}", when=f"{weekday(one.at.date())} {clock(one.at, today)}")
    return " · ".join(filter(None, [to, one.reason, one.topic]))


def _by(one: Entry, today: date) -> str:
    return t("by {when}", when=date_text(one.at.date(), today))


def pace_text(pace: Pace, today: date) -> str:
    """How a target goes: "Visit 18 of 60 until 30 Nov · 4 behind · 7.5 a day for 5 days"."""
    row = pace.target
    what = choice_text("visits", "kind", row["kind"]) if row["kind"] else t("contacts")
    last = date_text(date.fromisoformat(str(row["last_day"])), today)
    said = [t("{what} {done} of {target} until {day}", what=what, done=pace.done, target=row["target"], day=last)]
    if pace.done >= row["target"]:
        said.append(t("reached"))
    else:
        said.append(t("{n} behind", n=-pace.gap) if pace.behind else t("on pace"))
        if pace.days_left:
            needed = f"{pace.needed / 10:.1f}".removesuffix(".0")
            said.append(t("{n} a day for {days} days", n=needed, days=pace.days_left))
        else:
            said.append(t("no working day left"))
    return " · ".join(said)


def state_of(report: DayReport, local: datetime | None) -> tuple[str, Role]:
    """Whether it was handed in and read, in words and colour; `local` is when it was handed in."""
    if report.row is None:
        return "? " + t("not handed in yet"), "muted"
    said = t("handed in {when}", when=f"{local:%m-%d %H:%M}" if local is not None else "")
    if report.changed:
        return f"~ {said} · " + t("changed since"), "warn"
    return (
        (f"+ {said} · " + t("read"), "good")
        if report.row["reviewed"]
        else (f"* {said} · " + t("not read yet"), "accent")
    )


def page(report: DayReport, paces: list[Pace], now: datetime) -> str:
    """The report as plain text of at most 80 columns or so, to be printed or sent."""
    lines = [f"{t('Day report')}  {report.name}  {long_date(report.day)}"]
    for part in parts(report, now):
        lines += ["", f"== {part.title}"]
        lines += [f"   {part.empty}"] if part.empty and not part.lines else []
        room = max((width(one.kind) for one in part.lines), default=0)
        for one in part.lines:
            lines.append(f" {one.mark:1} {one.when}  {fit(one.kind, room)}  {one.name}".rstrip())
            lines += [f"     {text}" for text in (one.text, one.under) if text]
    if paces:
        lines += ["", f"== {t('Targets')}", *(f"   {pace_text(one, now.date())}" for one in paces)]
    for title, text in ((t("Note"), "remarks"), (t("Comment"), "review_comment")):
        if report.row is not None and report.row[text]:
            lines += ["", f"== {title}", *(f"   {line}" for line in str(report.row[text]).splitlines())]
    return "\n".join(lines) + "\n"
