"""A line that tells both what took place and what comes next: "visited Northwind yesterday ok, next wed 3pm quote".

Such a line names two days, one that is over and one to come. It is divided before the later one in the line: at the
last comma between them if there is one, else before the day itself with the kind of contact and the little words
(then, next, 下次, 再) that lead to it.

A kind of contact that is told as over (visited, called, 拜访了, 打过电话) logs what was, too: days of its part of the
line are the last ones, without any it was just now, and a day behind a comma or one that is surely to come is the next
step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from crm_tui.rules.captured import When
from crm_tui.rules.combining import Combined, combine
from crm_tui.rules.typed_days import Day
from crm_tui.rules.typed_marks import Kind, Mark, marks_of
from crm_tui.rules.typed_repeats import Repeat
from crm_tui.rules.typed_words import Around, Span
from crm_tui.words import t

_COMMA = re.compile(r"[,，;；。！!]|\.(?=\s)")
_LEADS = re.compile(
    r"(?:(?<=\s)|(?<=[,，;；。]))(?:and\s+)?(?:(?:the\s+)?next(?:\s+(?:step|time|contact))?|then|follow[- ]?up)"
    r"\s*:?\s*$|(?:下一?次|下一?步|然后|接着|约好?|再)\s*[:：]?\s*$",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:move|moved|postponed?|rescheduled?|shifted|instead|delayed|cancel|cancell?ed)\b"
    r"|改[到为期在约]|推[到迟]|延[到期后]|挪到|取消",
    re.IGNORECASE,
)
_PAST_FORMS = re.compile(
    r"(?:phone\s+)?(?:visited|called|phoned|rang|met|delivered|collected|e-?mailed|mailed|messaged|greeted|surveyed)\b",
    re.IGNORECASE,
)
_DONE_BEHIND = re.compile("了(?!解)|过(?![去来后])")
_DONE_BEFORE = re.compile("[打回通接去发][了过]个?$")


@dataclass(frozen=True, slots=True)
class Divided:
    """The two halves of a line.

    Attributes:
        border: where the second half begins.
        logged: what took place; `planned`: what comes next.
        logged_first: whether what took place stands first.
        lead: the little words before the second half's day, which are no content.
    """

    border: int
    logged: Combined
    planned: Combined
    logged_first: bool
    lead: Span | None


def took_place(when: When, now: datetime, *, past: bool = False) -> bool:
    """Whether it is over: the day is, or the time was told (or the line logs what was) and is.

    Args:
        when: what the line says.
        now: the local time, aware.
        past: whether the line logs what was.
    """
    start = when.start(now.tzinfo)
    if start.date() != now.date():
        return start.date() < now.date()
    return start <= now if past else start < now and when.time is not None


@dataclass(frozen=True, slots=True)
class Over:
    """A kind of contact that is told as over.

    Attributes:
        kind: its mark.
        particle: the 了 or 过 that says so, which is no content.
    """

    kind: Mark
    particle: Span | None


def told_as_over(line: str, marks: list[Mark]) -> Over | None:
    """Whether the kind of contact that the line begins with is told as over."""
    kind = next((mark for mark in marks if isinstance(mark.value, Kind) and not mark.value.content), None)
    if kind is None or any(isinstance(mark.value, Repeat) for mark in marks):
        return None
    if _PAST_FORMS.match(line, kind.start, kind.end):
        return Over(kind, None)
    particle = _DONE_BEHIND.match(line, kind.end) or _DONE_BEFORE.search(line, 0, kind.start)
    return Over(kind, Span(particle.start(), particle.end(), "filler")) if particle is not None else None


def just_now(combined: Combined, marks: list[Mark], now: datetime) -> Combined:
    """What is told as over without a day took place now, unless what may be a day is unclear."""
    if combined.when is None and not any(mark.of_day for mark in marks):
        combined.when = When(now.date(), now.time().replace(second=0, microsecond=0, tzinfo=None))
    return combined


def divide_over(line: str, over: Over, around: Around) -> Divided | None:
    """Divide a line that begins with what is over and has one day, that of the next step; None if it is not such."""
    to_come = marks_of(line, replace(around, past=False))
    days = [mark for mark in to_come if isinstance(mark.value, Day) and not mark.value.weak]
    if not days or days[0].start < over.kind.end or _MOVES.search(line):
        return None
    day = days[0]
    comma = _COMMA.search(line, over.kind.end, day.start)
    sure = combine(marks_of(line, replace(around, past=True)), replace(around, past=True)).when
    if comma is None and (sure is None or took_place(sure, around.now, past=True)):
        return None
    border, lead = _border(line, to_come, replace(over.kind, start=over.kind.end), day)
    logged_marks = [mark for mark in marks_of(line, replace(around, past=True)) if mark.end <= border]
    logged = just_now(combine(logged_marks, replace(around, past=True)), logged_marks, around.now)
    planned = combine([mark for mark in to_come if mark.start >= border], replace(around, past=False))
    if logged.when is None or planned.when is None or took_place(planned.when, around.now):
        return None
    return Divided(border, logged, planned, True, lead)


def moves(line: str, spans: Iterable[Span]) -> Iterator[Span]:
    """The words of a line that speak of moving or cancelling a plan, which no typed line does."""
    taken = list(spans)
    for match in _MOVES.finditer(line):
        if not any(span.start < match.end() and span.end > match.start() for span in taken):
            yield Span(*match.span(), "unclear", t("this plans anew; m on a plan moves it, x cancels it"))


def divide(line: str, marks: list[Mark], around: Around) -> Divided | None:
    """Divide a line that says what took place and what comes next; None if it tells one thing only."""
    days = [mark for mark in marks if isinstance(mark.value, Day) and not mark.value.weak]
    changes = [(first, second) for first, second in pairwise(days) if not _same(first, second)]
    if len(changes) != 1:
        return None
    first, second = changes[0]
    if "until" in (first.bound, second.bound) or _MOVES.search(line):
        return None
    border, lead = _border(line, marks, first, second)
    found = _halves(line, marks, border, around)
    return replace(found, lead=lead) if found is not None else None


def _halves(line: str, marks: list[Mark], border: int, around: Around) -> Divided | None:
    """Both halves by themselves, if one is over and the other is to come."""
    to_come = replace(around, past=False)
    for logged_first in (True, False):
        begin = marks if not around.past or logged_first else marks_of(line, to_come)
        end = marks_of(line, to_come) if around.past and logged_first else marks
        halves = (
            combine([mark for mark in begin if mark.end <= border], around if logged_first else to_come),
            combine([mark for mark in end if mark.start >= border], to_come if logged_first else around),
        )
        logged, planned = halves if logged_first else halves[::-1]
        if logged.when is None or planned.when is None or logged.repeat or planned.repeat:
            continue
        if took_place(logged.when, around.now, past=around.past) and not took_place(planned.when, around.now):
            return Divided(border, logged, planned, logged_first, None)
    return None


def _same(first: Mark, second: Mark) -> bool:
    """Whether the second only confirms the first: yesterday (mon)."""
    one, other = first.value, second.value
    assert isinstance(one, Day)
    assert isinstance(other, Day)
    return one.day == other.day or (other.weekday is not None and other.weekday == one.day.weekday())


def _border(line: str, marks: list[Mark], first: Mark, second: Mark) -> tuple[int, Span | None]:
    taken = [mark for mark in marks if first.end <= mark.start and mark.end <= second.start]
    floor = max([first.end, *(mark.end for mark in taken if not isinstance(mark.value, Kind))])
    commas = [match.end() for match in _COMMA.finditer(line, first.end, second.start)]
    at = second.start
    before = next((mark for mark in taken if not line[mark.end : second.start].strip(" 于在")), None)
    if before is not None and isinstance(before.value, Kind) and _kinds_before(marks, before):
        at = before.start
    floor = max([floor, *commas]) if commas else floor
    lead = _LEADS.search(line, floor, at) if floor <= at else None
    span = Span(lead.start(), lead.start() + len(lead[0].rstrip()), "filler") if lead is not None else None
    if commas:
        return commas[-1], span
    return (span.start if span is not None else at), span


def _kinds_before(marks: list[Mark], kind: Mark) -> bool:
    return any(isinstance(mark.value, Kind) and mark.end <= kind.start for mark in marks)
