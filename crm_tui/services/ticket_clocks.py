"""What the clock of a ticket shows, and its arithmetic in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from crm_tui.rules.sla import Clock, Line, lines, measure
from crm_tui.rules.ticket_states import Step, Story, wait_name
from crm_tui.rules.working_time import WorkClock
from crm_tui.store.desk_clocks import DeskTime
from crm_tui.words import language, t


@dataclass(frozen=True)
class TicketClock:
    """A ticket's clock, read at some instant.

    Attributes:
        of: which standard it is about: "response" until somebody answered, then "resolution"; "promise" of a sub-task.
        shows: what it shows.
        story: what the ticket's log adds up to.
        lines: its arithmetic.
        zone: whose wall clock the lines are told in.
    """

    of: Literal["response", "resolution", "promise"]
    shows: Clock
    story: Story
    lines: tuple[Line, ...]
    zone: ZoneInfo

    @property
    def late(self) -> bool:
        """Whether more was used than the standard allows."""
        return self.shows.left is not None and self.shows.left < 0

    def said(self) -> list[str]:
        """The arithmetic in the reader's language."""
        return [spoken(line, self.zone) for line in self.lines]


def read_clock(desk: DeskTime, ticket: dict[str, Any], steps: Sequence[Step], now: datetime) -> TicketClock:
    """Read the clock of a ticket.

    Raises:
        Refused: more than a year goes by without working time.
    """
    timed = desk.timed(ticket, steps)
    work = desk.work(ticket["zone"], ticket["country"])
    opened = datetime.fromisoformat(ticket["received"] or ticket["created"])
    story = timed.story
    if ticket["promised"]:
        return _promise(work, opened, ticket, story, now)
    answered = story.responded is not None or story.finished is not None
    within = timed.resolve_within if answered else timed.respond_within
    shows = measure(work, opened, now, within, story.pauses, story.finished, desk.escalation)
    told = lines(work, opened, now, within, story.pauses, story.finished)
    return TicketClock("resolution" if answered else "response", shows, story, tuple(told), work.zone)


def _promise(work: WorkClock, opened: datetime, ticket: dict[str, Any], story: Story, now: datetime) -> TicketClock:
    """The clock of a sub-task runs to the instant that was promised, whatever was waited for."""
    due = datetime.fromisoformat(ticket["promised"])
    end = now if story.finished is None else story.finished
    used, left = work.minutes_between(opened, end), work.minutes_between(end, due)
    whole = max(1, used + left)
    shows = Clock(used, None, due, left, used * 100 // whole, False, story.finished is not None, 100 if left < 0 else 0)
    told = [Line("opened", opened), Line("due", due), Line("late" if left < 0 else "left", minutes=abs(left))]
    return TicketClock("promise", shows, story, tuple(told), work.zone)


def as_json(clock: TicketClock) -> dict[str, Any]:
    """A clock with the keys of the command line."""
    shows = clock.shows
    return {
        **{"used_minutes": shows.used, "due": shows.due.astimezone(clock.zone).isoformat() if shows.due else None},
        **{"left_minutes": shows.left, "paused": shows.paused, "lines": clock.said(), "of": clock.of},
        **{"standard_minutes": shows.standard, "percent": shows.percent, "level": shows.level},
        "stopped": shows.stopped,
    }


def spoken(line: Line, zone: ZoneInfo) -> str:
    """One line of the arithmetic in the reader's language."""
    at = moment(line.at.astimezone(zone)) if line.at is not None else ""
    span = span_text(line.minutes)
    if line.kind == "used":
        said = t("{day}: {span} used", day=_days(line), span=span)
        return f"{said} ({line.why})" if line.why else said
    if line.kind in ("waited", "waiting"):
        what = wait_name(line.why)
        said = t("waited for {what} {span}", what=what, span=span)
        if line.kind == "waiting":
            said = t("waiting for {what} since {at}: the clock stands", what=what, at=at)
        if line.why == "review":
            said = t("done until reopened: {span} not counted", span=span)
        return f"{said} ({line.reason})" if line.reason else said
    return {
        "opened": t("opened {at}", at=at),
        "weekend": t("{day}: weekend skipped", day=_days(line)),
        "holiday": t("{day}: holiday skipped ({name})", day=_days(line), name=line.why),
        "closed": t("{day}: the desk is closed", day=_days(line)),
        "standard": t("standard: {span}", span=span),
        "due": t("due {at}", at=at),
        "stopped": t("done {at}", at=at),
        "late": t("late by {span}", span=span),
        "left": t("left: {span}", span=span),
        "never": t("no standard holds for it"),
    }[line.kind]


def span_text(minutes: int) -> str:
    """Minutes of working time as people say them: "50 min", "4 h", "2 h 05"."""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return t("{n} min", n=rest)
    return t("{n} h", n=hours) if not rest else t("{n} h {m} min", n=hours, m=rest)


def _days(line: Line) -> str:
    if line.day is None:
        return ""
    first = day_text(line.day)
    if line.until is None or line.until == line.day:
        return first
    return t("{first} to {last}", first=first, last=day_text(line.until))


def day_text(day: date) -> str:
    """A day, short: "Fri 20 Nov", "11月20日周五"."""
    names = (t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"))
    if language() == "zh":
        return f"{day.month}月{day.day}日{names[day.weekday()]}"
    return f"{names[day.weekday()]} {day:%d %b}".replace(" 0", " ")


def moment(at: datetime) -> str:
    """A local time, short."""
    return f"{day_text(at.date())} {at:%H:%M}"
