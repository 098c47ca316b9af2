"""Runs of changes that lie about in any order: which of them can be taken in together, and what the others wait for.

A run can be taken in once everything before it in its log, and everything that its author had seen, is here or comes
with it. Two machines that have seen each other may lie there as one run each, which can only come in together; so what
is looked for is the largest set whose members need nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Protocol, TypeVar


class Spanning(Protocol):
    """Something that holds a stretch of a log: after change `start`, up to change `end`."""

    @property
    def start(self) -> int:
        """The last change before it."""

    @property
    def end(self) -> int:
        """Its last change."""


S = TypeVar("S", bound=Spanning)


@dataclass(frozen=True)
class Run:
    """Whole actions of one log.

    Attributes:
        log: id of the log.
        start: number of the last change before it; `end` of its last change.
        needs: how much of other logs its author had seen, by log id.
        name: tells it from others of the same stretch.
    """

    log: str
    start: int
    end: int
    needs: Mapping[str, int] = default(default_factory=dict, hash=False)
    name: str = ""


def reach(have: int, spans: Iterable[Spanning]) -> int:
    """How far one gets without a gap from change number `have`."""
    for span in sorted(spans, key=lambda one: one.start):
        if span.start > have:
            break
        have = max(have, span.end)
    return have


def cover(have: int, spans: Sequence[S]) -> list[S]:
    """The fewest of the spans that lead from change number `have` as far as they reach, in order."""
    chosen: list[S] = []
    while True:
        best = max((one for one in spans if one.start <= have < one.end), key=lambda one: one.end, default=None)
        if best is None:
            return chosen
        chosen.append(best)
        have = best.end


def ready(have: Mapping[str, int], runs: Iterable[Run]) -> list[Run]:
    """The largest set of runs that can be taken in together by somebody who has `have`; known ones stay out."""
    left = [run for run in runs if run.end > have.get(run.log, 0)]
    while True:
        ends = reached(have, left)
        able = [run for run in left if not _lacks(run, ends)]
        if len(able) == len(left):
            return able
        left = able


def reached(have: Mapping[str, int], runs: Iterable[Run]) -> dict[str, int]:
    """How far each log gets with the runs."""
    by_log: dict[str, list[Run]] = {}
    for run in runs:
        by_log.setdefault(run.log, []).append(run)
    return {**have, **{log: reach(have.get(log, 0), its) for log, its in by_log.items()}}


def lacking(have: Mapping[str, int], runs: Iterable[Run], run: Run) -> dict[str, int]:
    """What `run` waits for beside those that are ready: how much of each log must come first."""
    return _lacks(run, reached(have, ready(have, runs)))


def _lacks(run: Run, ends: Mapping[str, int]) -> dict[str, int]:
    lacks = {of: upto for of, upto in run.needs.items() if upto > ends.get(of, 0)}
    if run.start > ends.get(run.log, 0):
        lacks[run.log] = run.start
    return lacks
