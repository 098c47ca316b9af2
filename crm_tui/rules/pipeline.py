"""What a pipeline says of a deal: may it move, does it rot, is its grade still believable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

OPEN, WON, LOST = "open", "won", "lost"


@dataclass(frozen=True, slots=True)
class StageOf:
    """A stage as the rules need it.

    Attributes:
        kind: open, won or lost.
        position: the order of the columns; won and lost stand after all open ones whatever it says.
        probability: percent, 0 to 100.
        rotting_days: days after which a deal that stays is marked; None never.
        required: names of the deal's fields that must be filled there.
    """

    id: str
    kind: str = OPEN
    position: int = 0
    probability: int = 0
    rotting_days: int | None = None
    required: tuple[str, ...] = ()

    @property
    def chance(self) -> int:
        """The percentage that weighs a deal: what is won counts whole, what is lost not at all."""
        return 100 if self.kind == WON else 0 if self.kind == LOST else max(0, min(100, self.probability))


def in_order(stages: Sequence[StageOf]) -> list[StageOf]:
    """Open stages by position, then won, then lost."""
    return sorted(stages, key=lambda one: ((OPEN, WON, LOST).index(one.kind), one.position, one.id))


def names_of(text: str | None) -> tuple[str, ...]:
    """Field names in a list that a person typed, parted by commas or blanks."""
    return tuple((text or "").replace("，", ",").replace("、", ",").replace(",", " ").split())


def missing(deal: Mapping[str, Any], stage: StageOf) -> list[str]:
    """The fields that a deal must have before it may stand in a stage, in the stage's order."""
    wanted = list(stage.required)
    if stage.kind == LOST and "lost_reason" not in wanted:
        wanted.append("lost_reason")
    return [name for name in wanted if deal.get(name) in (None, "")]


def days_in(since: datetime, now: datetime) -> int:
    """Whole days that a deal has stood in its stage; never below zero."""
    return max(0, (now - since).days)


def rots(days: int, stage: StageOf) -> bool:
    """Whether a deal has stood in an open stage for longer than it should."""
    return stage.kind == OPEN and stage.rotting_days is not None and days > stage.rotting_days


def unbelievable(graded: date | None, horizon_days: int | None, today: date) -> bool:
    """Whether the day by which a prospect of this grade meant to decide has passed."""
    return graded is not None and horizon_days is not None and (today - graded).days > horizon_days
