"""What a benchmark reports, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Run = Callable[[], "Iterable[Figure]"]

BENCHES: dict[str, list[Run]] = {}
"""The functions by id (P1, P2 …)."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        what: what was measured, without the id.
        value: the figure, in `unit`.
        unit: ms, MiB …
        yardstick: what the same run measured for comparison, in `unit`; None if the value stands for itself.
        must: the limit that has to hold, on the ratio (on the value without a yardstick).
        aim: the limit to reach.
        ratio: the ratio where it is not value / yardstick (a median of ratios).
    """

    what: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    yardstick: float | None = None
    ratio: float | None = None

    @property
    def judged(self) -> float:
        """The number that `must` and `aim` are about."""
        if self.ratio is not None:
            return self.ratio
        return self.value if self.yardstick is None else self.value / self.yardstick

    @property
    def verdict(self) -> Literal["ok", "ok, aim missed", "OVER", ""]:
        """Whether the limits hold."""
        if self.must is None and self.aim is None:
            return ""
        if self.must is not None and self.judged > self.must:
            return "OVER"
        return "ok" if self.aim is None or self.judged <= self.aim else "ok, aim missed"


class NotMeasurable(Exception):
    """A benchmark cannot run here; the message says what is missing."""


def bench(ident: str) -> Callable[[Run], Run]:
    """Register a function that measures figure `ident`; it yields `Figure`s."""

    def register(run: Run) -> Run:
        BENCHES.setdefault(ident, []).append(run)
        return run

    return register


def line(ident: str, figure: Figure) -> tuple[str, ...]:
    """The cells of one line of the table."""

    def number(value: float | None) -> str:
        if value is None:
            return ""
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

    judged = number(figure.judged) if figure.yardstick is not None or figure.ratio is not None else ""
    yardstick = "" if figure.yardstick is None else f"{number(figure.yardstick)} {figure.unit}"
    value = f"{number(figure.value)} {figure.unit}"
    return ident, figure.what, value, yardstick, judged, number(figure.must), number(figure.aim), figure.verdict


HEAD = ("id", "what", "figure", "yardstick", "ratio", "must", "aim", "verdict")
