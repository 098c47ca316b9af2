"""How one line of the schedule is said: its mark, its colour, its state, its words."""

from __future__ import annotations

from datetime import datetime

from crm_tui.services.agenda import Entry
from crm_tui.ui.fields import choice_text
from crm_tui.ui.rows import Role, Row
from crm_tui.ui.when import clock, weekday
from crm_tui.words import t

MARKS: dict[str, tuple[str, Role]] = {
    "planned": ("*", ""),
    "overdue": ("!", "bad"),
    "waiting": ("~", "muted"),
    "moved": (">", ""),
    "done": ("+", "good"),
    "late": ("+", "warn"),
    "unplanned": ("+", "accent"),
    "missed": ("x", "bad"),
    "cancelled": ("-", "muted"),
}
"""A sign and a colour for each state."""

OPEN = ("planned", "overdue", "waiting", "moved")
"""States of what is still to be done."""


def state_text(state: str) -> str:
    """A state as people call it."""
    return {
        "planned": t("planned"),
        "overdue": t("overdue"),
        "waiting": t("waiting for payday"),
        "moved": t("moved"),
        "done": t("done"),
        "late": t("done late"),
        "unplanned": t("unplanned"),
        "missed": t("missed"),
        "cancelled": t("cancelled"),
    }.get(state, state)


def kind_text(entry: Entry) -> str:
    """Its kind as people call it."""
    return choice_text("visits", "kind", entry.kind)


def about(entry: Entry) -> str:
    """What for, or what happened, and what stands beside that."""
    parts = [entry.text]
    if entry.attempt > 1:
        parts.append(t("try {n}", n=entry.attempt))
    if entry.state == "moved" and entry.first is not None:
        parts.append(t("was {when}", when=clock(entry.first, entry.at.date())))
    if entry.state in ("waiting", "late"):
        parts.append(state_text(entry.state))
    if entry.reason and entry.state != "planned":
        parts.append(entry.reason)
    return " · ".join(part for part in parts if part)


def agenda_row(entry: Entry, now: datetime, *, new_day: bool, people: bool) -> Row:
    """One line of the agenda: day where it begins, time, kind, customer, whose, what about."""
    mark, role = MARKS[entry.state]
    if entry.state == "planned" and entry.at < now:
        mark, role = "!", "bad"
    day = f"{weekday(entry.at.date())} {entry.at:%m-%d}" if new_day else ""
    if new_day and entry.at.date() == now.date():
        day += " *"
    quiet: Role = "muted" if entry.state not in OPEN else ""
    cells: tuple[str, ...] = (day, f"{mark} {entry.at:%H:%M}", kind_text(entry), entry.name)
    roles: tuple[Role, ...] = ("accent", role, "muted", quiet)
    if people:
        cells, roles = (*cells, entry.person_name), (*roles, "muted")
    return Row(entry.id, (*cells, about(entry)), roles=(*roles, quiet))


def sentence(entry: Entry) -> str:
    """One line that tells an entry whole."""
    parts = [
        f"{MARKS[entry.state][0]} {weekday(entry.at.date())} {entry.at:%m-%d %H:%M}",
        t("{n} min", n=entry.minutes) if entry.minutes else "",
        kind_text(entry),
        entry.name,
        about(entry),
        entry.person_name,
        "" if entry.state in ("planned", "waiting", "late") else state_text(entry.state),
    ]
    return "  ".join(part for part in parts if part)
