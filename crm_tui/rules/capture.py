"""Read one typed line: who, when, what kind, how long, whose, how often; in English, Chinese or both, in any order.

What the words of a day mean is told in `typed_days`, those of a time in `typed_times`. Beyond that:

- a time without a day is the next such time (today or tomorrow), in a log line the last (today or yesterday);
- of two days, times, lengths or series the second is unclear, unless it only confirms the first (3月6日 周五);
- of a day that is over and one to come, the first was and the second is the next step (`captured_steps`);
- nothing is dropped: what is unclear or not understood stays in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from crm_tui.rules.captured import Captured, When, Who
from crm_tui.rules.captured_steps import divide, divide_over, just_now, moves, told_as_over, took_place
from crm_tui.rules.combining import Combined, combine
from crm_tui.rules.typed_marks import marks_of
from crm_tui.rules.typed_repeats import Repeat
from crm_tui.rules.typed_words import Around, Span, monday_to_friday

__all__ = ["Captured", "Repeat", "Span", "When", "Who", "capture", "who_candidates"]

_MASK = "\ue000"
_EDGES = " \t\r\n\u3000,，、;；。.:：!！-—–~|/"
_FILLERS = {"的", "在", "于", "去", "要", "请", "了", "将", "再", "on", "at", "in", "for", "from", "to", "and"}
_TOKEN = re.compile(r"[^\s,，、;；。!！?？()（）]+")
_TO_WHOM = re.compile(r"(?:(?:^|(?<=\s))(?:with|to|for|from|at)\s+|[给跟和与同向对找])\s*$", re.IGNORECASE)
_PARTICLES = re.compile(
    "^[刚才又再去请要给跟和与同向对找约到见了过的]+(?=[\u3400-\u9fff]{2})|(?<=[\u3400-\u9fff]{2})[打发去来回了过的]+$"
)
"""Little words that stand before and behind a name in Chinese, where at least two characters remain."""
_CHINESE_RUN = re.compile("[\u3400-\u9fff·]{2,}")
_LONGEST_RUN, _LONGEST_NAME, _MOST_LOOKED_UP = 6, 12, 1000
_LONGEST_LINE = 400
_SOME_DAY = Around(datetime(2000, 1, 3, 12, tzinfo=UTC), False, monday_to_friday)
Find = Callable[[str], Sequence[Any]]


def capture(
    line: str,
    now: datetime,
    *,
    past: bool = False,
    is_working_day: Callable[[date], bool] = monday_to_friday,
    find: Find | None = None,
) -> Captured:
    """Read a typed line; it never raises, whatever the line is.

    Args:
        line: as typed; what stands behind its first 400 characters is mere text.
        now: the local time, aware.
        past: whether the line logs what was, so that days without year or week are the last ones.
        is_working_day: decides 最后一个工作日.
        find: what is known under a name (exactly, best without regard to case and width); the longest run of words
            that it knows is `who`. None leaves `who` empty.
    """
    around = Around(now, past, is_working_day)
    who = _who(line, find) if find is not None else None
    masked = line if who is None else line[: who.start] + _MASK * (who.end - who.start) + line[who.end :]
    masked = masked[:_LONGEST_LINE]
    marks = marks_of(masked, around)
    over = told_as_over(masked, marks) if not past else None
    divided = divide(masked, marks, around)
    if divided is None and over is not None:
        divided = divide_over(masked, over, around)
        around = replace(around, past=True)
    particle = [over.particle] if over is not None and over.particle is not None else []
    if divided is None:
        return _one(line, masked, around, who, over is not None, particle)
    lead = [divided.lead] if divided.lead is not None else []
    spans = _all_spans(line, [*divided.logged.spans, *divided.planned.spans, *lead, *particle], who)
    halves = ((0, divided.border), (divided.border, len(line)))
    logged, planned = halves if divided.logged_first else halves[::-1]
    following = _captured(line, divided.planned, None, spans, planned)
    return replace(_captured(line, divided.logged, who, spans, logged, following), over=True)


def _one(line: str, masked: str, around: Around, who: Who | None, over: bool, particle: Sequence[Span]) -> Captured:
    """A line that tells one thing: what took place, or what is planned."""
    marks = marks_of(masked, around)
    combined = combine(marks, around)
    if over:
        just_now(combined, marks, around.now)
    spans = [*combined.spans, *particle]
    if combined.when is not None and not took_place(combined.when, around.now, past=around.past):
        spans += moves(masked, spans)
    return replace(_captured(line, combined, who, _all_spans(line, spans, who), (0, len(line))), over=over)


def _all_spans(line: str, understood: Sequence[Span], who: Who | None) -> list[Span]:
    """What was understood, who is named, and the little words between."""
    spans = list(understood)
    if who is not None:
        floor = max((span.end for span in spans if span.end <= who.start), default=0)
        before = _TO_WHOM.search(line, floor, who.start)
        spans.append(Span(before.start() if before else who.start, who.end, "who"))
    spans.sort(key=lambda span: span.start)
    return sorted([*spans, *_fillers(line, spans)], key=lambda span: span.start)


def who_candidates(line: str) -> tuple[str, ...]:
    """The runs of words of a line that may name a customer, the likeliest (longest) first.

    For callers that look all of them up at once and then pass `find` a lookup in what they found.
    """
    return tuple(dict.fromkeys(text for _, _, text in _candidates(line)))


def name_parts(line: str) -> tuple[str, ...]:
    """The words of a line that no reader takes, without the little words on them: they may be parts of names.

    For callers that look up parts of names; the longest first.
    """
    line = line[:_LONGEST_LINE]
    spans = [Span(mark.start, mark.end, "") for mark in marks_of(line, _SOME_DAY)]
    words = [match[0] for start, end in _gaps(line, spans) for match in _TOKEN.finditer(line, start, end)]
    found = dict.fromkeys(part for word in words for part in (word, _PARTICLES.sub("", word)))
    kept = [part for part in found if len(part) > 1 and not part.isdigit() and part.lower() not in _FILLERS]
    return tuple(sorted(kept, key=len, reverse=True))


def _candidates(line: str) -> list[tuple[int, int, str]]:
    line = line[:_LONGEST_LINE]
    marks = marks_of(line, _SOME_DAY)
    taken = [Span(mark.start, mark.end, "") for mark in marks]
    free = [True] * len(line)
    for mark in marks:
        free[mark.start : mark.end] = [False] * (mark.end - mark.start)
    found: set[tuple[int, int]] = set()
    tokens = [match.span() for match in _TOKEN.finditer(line)]
    for at, (start, _) in enumerate(tokens):
        found.update((start, end) for _, end in tokens[at : at + _LONGEST_RUN])
    for start, end in [*tokens, *_gaps(line, taken)]:
        found.update(_without_particles(line, *match.span()) for match in _TOKEN.finditer(line, start, end))
        found.update(match.span() for match in _TOKEN.finditer(line, start, end))
        found.update(_inside(line, start, end))
    found = {(start, end) for start, end in found if any(free[start:end])}
    trimmed = {_trim(line, start, end) for start, end in found}
    names = [(start, end, line[start:end]) for start, end in trimmed if end - start <= 60 and start < end]
    return sorted(names, key=lambda name: (name[0] - name[1], name[0]))[:_MOST_LOOKED_UP]


def _without_particles(line: str, start: int, end: int) -> tuple[int, int]:
    """Where a word stands without what _PARTICLES takes from its ends."""
    bare = _PARTICLES.sub("", line[start:end])
    at = line.find(bare, start, end)
    return at, at + len(bare)


def _inside(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Chinese is written without blanks: any two to twelve characters in a row may be the name."""
    for run in _CHINESE_RUN.finditer(line, start, end):
        for first in range(run.start(), run.end() - 1):
            for last in range(first + 2, min(first + _LONGEST_NAME, run.end()) + 1):
                yield first, last


def _who(line: str, find: Find) -> Who | None:
    for start, end, text in _candidates(line):
        matches = find(text)
        if matches:
            return Who(start, end, text, tuple(matches))
    return None


def _trim(line: str, start: int, end: int) -> tuple[int, int]:
    while start < end and line[start] in _EDGES:
        start += 1
    while end > start and line[end - 1] in _EDGES:
        end -= 1
    return start, end


def _gaps(line: str, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The runs of characters between spans, without blanks and commas at their ends."""
    at = 0
    for span in [*spans, Span(len(line), len(line), "")]:
        start, end = _trim(line, at, span.start)
        if start < end:
            yield start, end
        at = span.end


def _whole(gaps: Iterator[tuple[int, int]], unclear: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Give the dot at the end of an unclear "mon." back to the text."""
    for start, end in gaps:
        inside = [span for span in unclear if span.start < end and span.end > start]
        yield min([start, *(span.start for span in inside)]), max([end, *(span.end for span in inside)])


def _fillers(line: str, spans: Sequence[Span]) -> list[Span]:
    """The little words that stay between what was understood: 明天(去)拜访."""
    if not spans:
        return []
    return [Span(*gap, "filler") for gap in _gaps(line, spans) if line[slice(*gap)].lower() in _FILLERS]


def _captured(
    line: str,
    combined: Combined,
    who: Who | None,
    spans: Sequence[Span],
    part: tuple[int, int],
    following: Captured | None = None,
) -> Captured:
    """What the characters `part` of a line say; unclear spans are those of the whole line."""
    start, end = part
    unclear = tuple(span for span in spans if span.what == "unclear")
    removed = [span for span in spans if span.what != "unclear" and span.start not in combined.content]
    outside = [Span(0, start, ""), Span(end, len(line), "")]
    removed = [*(span for span in removed if start <= span.start < end), *outside]
    removed.sort(key=lambda span: (span.start, span.end))
    return Captured(
        line=line,
        when=combined.when,
        kind=combined.kind,
        minutes=combined.minutes,
        person=combined.person,
        repeat=combined.repeat,
        who=who,
        text=" ".join(" ".join(line[first:last].split()) for first, last in _whole(_gaps(line, removed), unclear)),
        words=tuple(Span(*gap, "text") for gap in _gaps(line, spans) if start <= gap[0] < end),
        unclear=unclear,
        spans=tuple(spans),
        following=following,
    )
