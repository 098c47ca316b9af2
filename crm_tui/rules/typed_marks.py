"""Which characters of a typed line each reader takes: the leftmost reading wins, and of two the longer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crm_tui.rules import typed_context, typed_day_patterns, typed_kinds, typed_repeats, typed_times
from crm_tui.rules.typed_days import Day
from crm_tui.rules.typed_repeats import Repeat, Times
from crm_tui.rules.typed_times import Clock, Length, Offset, Part, Range
from crm_tui.rules.typed_words import CHINESE_WEEK, WEEKDAY, Around, Unclear, plain
from crm_tui.words import t


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of contact; a word that is content as well stays in the text."""

    code: str
    content: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Whose it is."""

    name: str


Value = Day | Clock | Range | Part | Length | Offset | Repeat | Times | Kind | Person | Unclear


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` and what they say.

    `bound` is by, until or nothing; `of_day` is whether they speak of a day, even if of none that exists.
    """

    start: int
    end: int
    value: Value
    bound: str = ""
    of_day: bool = False


_PERSON = re.compile(r"(?<![\w.])@([^\W\d][^\s\ue000@,;。!?:、/()]*)")
_CHINESE = re.compile("[\u3400-\u9fff]")
_BEFORE = re.compile(
    r"(?:(?:(?<=\s)|(?<=[,。;、])|^)(?P<word>on|by|before|no\s+later\s+than|due(?:\s+on)?|until|till|since|from|starting"
    r"(?:\s+from)?|after|at|in)\s+|(?P<chinese>截止到?|直到|(?<![改推延挪])到|至|(?<![不正现存])在|于|从|自|定在|约在))\s*$"
)
_BEHIND = re.compile(
    r"\s*(?:(?P<by>之前|以前|前(?![台往面後后])|截止)|(?P<after>之后|以后|后(?![天台面]))|起|开始|的(?!话)|(?<=[一-九日天末])那天|当天)"
)
_TO_ANOTHER = re.compile(
    rf"\s?(?:[-–—~〜]\s?(?:\d|{WEEKDAY}\b|{CHINESE_WEEK}?[一二三四五六日天])|(?:到|至|to|thru|through)\s*\d)"
)
_LONE_NUMBER = re.compile(r"[\s,]*(?P<hour>\d{1,2})\.?(?P<minute>[0-5]\d)?[\s,]*")
_NUMBER_BEFORE = re.compile(r"(?<![^\s\ue000])(?P<hour>\d{1,2})(?:\.(?P<minute>[0-5]\d))?\s+(?:on\s+)?$")
_BOUNDS = {"by": "by", "before": "by", "due": "by", "截止": "by", "截止到": "by", "until": "until", "till": "until",
           "直到": "until", "到": "until", "至": "until", "after": "after"}  # fmt: skip


def marks_of(line: str, around: Around) -> list[Mark]:
    """What the readers take of a line, from left to right, none overlapping."""
    text = plain(line)
    found = sorted(_trimmed(text, _all(text, around)), key=lambda mark: (mark.start, -mark.end, _rank(mark)))
    found = [_person_cut(mark, found, line, text) if isinstance(mark.value, Person) else mark for mark in found]
    chosen: list[Mark] = []
    for mark in found:
        if mark.start >= (chosen[-1].end if chosen else 0):
            chosen.append(mark)
    chosen = _among_neighbours(chosen, text, around)
    bounded = [_with_bounds(at, chosen, text) for at in range(len(chosen))]
    beside = _beside_days(bounded, text)
    kept = [mark for mark in bounded if not any(one.start < mark.end and one.end > mark.start for one in beside)]
    return sorted([*kept, *beside], key=lambda mark: mark.start)


def _among_neighbours(marks: list[Mark], text: str, around: Around) -> list[Mark]:
    """Days with what stands around them and makes them others; what they take in is no mark of its own."""
    found: list[Mark] = []
    for at, mark in enumerate(marks):
        if found and mark.start < found[-1].end:
            continue
        if not isinstance(mark.value, Day):
            found.append(mark)
            continue
        firm = [one for one in found if not (isinstance(one.value, Unclear) and one.value.soft and one.of_day)]
        floor = firm[-1].end if firm else 0
        roof = marks[at + 1].start if at + 1 < len(marks) else len(text)
        if at + 1 < len(marks) and marks[at + 1].of_day:
            roof = marks[at + 1].end
        value, before, behind = typed_context.around_a_day(
            mark.value, text[floor : mark.start], text[mark.start : mark.end], text[mark.end : roof], around
        )
        start = mark.start - before
        found = [one for one in found if one.end <= start]
        found.append(replace(mark, start=start, end=mark.end + behind, value=value))
    return found


def _rank(mark: Mark) -> bool:
    return isinstance(mark.value, Unclear)


def _all(text: str, around: Around) -> Iterator[Mark]:
    for patterns in (typed_repeats.PATTERNS, typed_day_patterns.PATTERNS, typed_times.PATTERNS):
        for pattern, reader in patterns:
            for match in pattern.finditer(text):
                value = _read(reader, match, around)
                if value is not None:
                    yield Mark(match.start(), match.end(), value, of_day=patterns is typed_day_patterns.PATTERNS)
    for match in typed_kinds.CONTENT.finditer(text):
        yield Mark(match.start(), match.end(), Kind("meeting", content=True))
    for pattern, kind in typed_kinds.PATTERNS:
        for match in pattern.finditer(text):
            yield Mark(match.start(), match.end(), Kind(kind))
    for match in _PERSON.finditer(text):
        yield Mark(match.start(), match.end(), Person(""))


def _read(reader: object, match: re.Match[str], around: Around) -> Value | None:
    """What a reader makes of a match; a day outside the years 1 to 9999 is none."""
    try:
        value: Value | None = reader(match, around)  # type: ignore[operator]
    except (ValueError, OverflowError):
        return Unclear(t("there is no such day"))
    return value


def _trimmed(text: str, marks: Iterator[Mark]) -> Iterator[Mark]:
    for mark in marks:
        start, end = mark.start, mark.end
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield replace(mark, start=start, end=end)


def _person_cut(mark: Mark, others: list[Mark], line: str, text: str) -> Mark:
    """The name behind @ ends where the script changes, or where another reading begins behind two characters."""
    end = mark.end
    if text[mark.start + 1].isascii():
        found = _CHINESE.search(text, mark.start + 1, end)
        end = found.start() if found else end
    else:
        starts = [other.start for other in others if mark.start + 3 <= other.start < end]
        end = min([end, *starts])
    return Mark(mark.start, end, Person(line[mark.start + 1 : end].replace("_", " ").strip()))


def _with_bounds(at: int, marks: list[Mark], text: str) -> Mark:
    """Take "by", "until", 前 and the like into the day that they belong to."""
    mark = marks[at]
    if not isinstance(mark.value, Day | Clock | Range | Part | Repeat | Unclear):
        return mark
    floor = marks[at - 1].end if at else 0
    roof = marks[at + 1].start if at + 1 < len(marks) else len(text)
    start, end, bound = mark.start, mark.end, ""
    if isinstance(mark.value, Unclear):
        return mark
    if isinstance(mark.value, Day) and _TO_ANOTHER.match(text[mark.end :]) and roof > mark.end + 1:
        return replace(mark, value=Unclear(t("several days: one line for each, please")))
    if before := _BEFORE.search(text[floor : mark.start]):
        word = " ".join((before["word"] or before["chinese"]).split())
        bound = _BOUNDS.get(word, "by" if word.startswith(("due", "no later")) else "")
        if not (isinstance(mark.value, Repeat) and bound):
            start = floor + before.start() + (len(before[0]) - len(before[0].lstrip()))
    if behind := _BEHIND.match(text[mark.end : roof]):
        if not isinstance(mark.value, Day) and not (isinstance(mark.value, Clock) and behind["by"]):
            behind = behind if behind[0].strip() == "的" else None
        if behind:
            end = mark.end + behind.end()
            bound = "by" if behind["by"] else "after" if behind["after"] else bound
    first, last = typed_context.last_day(text[floor:start], text[end:roof])
    if (first or last) and isinstance(mark.value, Day | Clock):
        start, end, bound = start - first, end + last, "by"
    if bound == "after" and isinstance(mark.value, Day):
        return Mark(start, end, Unclear(t("no certain day"), soft=True))
    if bound == "until" and isinstance(mark.value, Clock | Part):
        return Mark(start, end, Unclear(t("until then, but from when?")))
    return Mark(start, end, mark.value, bound)


def _beside_days(marks: list[Mark], text: str) -> list[Mark]:
    """Numbers that stand directly beside a day: two hours (tomorrow 10-11), or one that may be an hour."""
    firm = [mark for mark in marks if not typed_context.may_be_hours(text[mark.start : mark.end])]
    if not any(isinstance(mark.value, Day) for mark in firm):
        firm = marks
    timed = any(isinstance(mark.value, Clock | Range | Offset) for mark in marks)
    found: list[Mark] = []
    for at, mark in enumerate(firm):
        if not isinstance(mark.value, Day | Part):
            continue
        floor = firm[at - 1].end if at else 0
        roof = firm[at + 1].start if at + 1 < len(firm) else len(text)
        for first, last, at_end in ((floor, mark.start, True), (mark.end, roof, False)):
            hours = None if timed else typed_context.hours_beside(text, first, last, at_end=at_end)
            if hours is not None and not any(isinstance(one.value, Range) for one in found):
                found.append(Mark(hours[0], hours[1], hours[2]))
    if found:
        return found
    lone = list(_lone_numbers(firm, text))
    if not lone and not timed:
        lone = list(_numbers_before(firm, text))
    return lone


def _numbers_before(marks: list[Mark], text: str) -> Iterator[Mark]:
    """A number directly before a day may be an hour: "8 tomorrow", "11.30 fri"."""
    for at, mark in enumerate(marks):
        number = _NUMBER_BEFORE.search(text, marks[at - 1].end if at else 0, mark.start)
        if isinstance(mark.value, Day) and number and int(number["hour"]) < 24:
            yield _an_hour(number)


def _an_hour(number: re.Match[str]) -> Mark:
    written = f"{int(number['hour']):02}:{number['minute'] or '00'}"
    hours = [written] if int(number["hour"]) > 12 else [written, f"{int(number['hour']) % 12 + 12}{written[2:]}"]
    start, end = number.start("hour"), max(number.end("hour"), number.end("minute"))
    return Mark(start, end, Unclear(t("a time? type it as 15:00 or 3pm"), tuple(hours)))


def _lone_numbers(marks: list[Mark], text: str) -> Iterator[Mark]:
    """A number alone beside a day may be an hour: "tonight 8", "fri 1500"."""
    for at, mark in enumerate(marks):
        behind = marks[at + 1] if at + 1 < len(marks) else None
        number = _LONE_NUMBER.fullmatch(text, mark.end, behind.start if behind else len(text))
        beside = isinstance(mark.value, Day | Part) or (behind is not None and isinstance(behind.value, Part))
        if number and beside and int(number["hour"]) < 24:
            yield _an_hour(number)
