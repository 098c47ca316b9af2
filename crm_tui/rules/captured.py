"""What one typed line became."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from datetime import time as hour_and_minute
from typing import Any

from crm_tui.rules.typed_repeats import Repeat
from crm_tui.rules.typed_words import Span

_PART_STARTS = {"night": 2, "morning": 9, "noon": 12, "afternoon": 14, "evening": 19}


@dataclass(frozen=True, slots=True)
class When:
    """The day and time that a line names, local.

    Attributes:
        day: the day.
        time: the time of day, None if none was typed.
        part: night, morning, noon, afternoon or evening, if only that was typed.
        by: whether it is the last day for it (by friday, 月底前).
    """

    day: date
    time: hour_and_minute | None = None
    part: str | None = None
    by: bool = False

    @property
    def iso(self) -> str:
        """`YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM` with a time."""
        return self.day.isoformat() if self.time is None else f"{self.day}T{self.time:%H:%M}"

    def start(self, zone: tzinfo | None, hour: hour_and_minute = hour_and_minute(9)) -> datetime:
        """The instant to plan: the time, else the start of the part of the day, else `hour`."""
        if self.time is not None or self.part is None:
            return datetime.combine(self.day, self.time or hour, zone)
        return datetime.combine(self.day, hour_and_minute(_PART_STARTS[self.part]), zone)


@dataclass(frozen=True, slots=True)
class Who:
    """The words that name a known customer, and what `find` knows under them: several are for the person to choose."""

    start: int
    end: int
    text: str
    matches: tuple[Any, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether the name is that of more than one."""
        return len(self.matches) > 1


@dataclass(frozen=True, slots=True)
class Captured:
    """What a typed line says.

    Attributes:
        line: the line itself.
        when: day and time; None if none was read. For a series its first day, None where it says none (every 2 weeks).
        kind: a kind of contact: visit, call, callback, delivery, collection, greeting, survey, meeting, promise,
            message, email.
        minutes: how long.
        person: whose it is, the text behind @.
        repeat: what returns.
        who: the customer, if `find` knew one.
        text: what is left, in the order typed; unclear words stay in it.
        words: the runs of `text` that no reader took or marked, where the customer may be.
        unclear: what looks like a day, time or other part and is none, is ambiguous, or contradicts the rest.
        spans: which characters became what (unclear ones too), in their order, none overlapping.
        following: what comes next, where the line tells that besides what took place; its `line`, `unclear` and
            `spans` are those of the whole line.
        over: whether the words tell it as over (visited, 拜访了), so that what of today has begun took place.
    """

    line: str
    when: When | None = None
    kind: str | None = None
    minutes: int | None = None
    person: str | None = None
    repeat: Repeat | None = None
    who: Who | None = None
    text: str = ""
    words: tuple[Span, ...] = ()
    unclear: tuple[Span, ...] = ()
    spans: tuple[Span, ...] = field(default=())
    following: Captured | None = None
    over: bool = False

    def said(self, span: Span) -> str:
        """The characters of a span."""
        return self.line[span.start : span.end]
