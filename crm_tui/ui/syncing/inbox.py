"""The list of conflicts: however many wait, only those in sight are read."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from crm_tui.services.conflicts import SPAN, Issue
from crm_tui.services.stale import look
from crm_tui.ui.rows import GONE, Row
from crm_tui.ui.syncing.reading import Case, read_case

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

AROUND = 40
"""So many conflicts before and after the cursor are read with the list."""

KEPT = 2_000
"""So many conflicts that were read are kept at hand."""


@dataclass(frozen=True)
class Inbox:
    """What *Conflicts* shows.

    Attributes:
        cases: the conflicts.
        issues: what else is to be looked at.
        place: where the cursor comes to stand.
        opened: what was here when it was read, see `services.stale`.
    """

    cases: Cases
    issues: list[Issue]
    place: int
    opened: dict[str, int]


class Cases:
    """Rows of a list, each a conflict that is read when it comes in sight.

    Args:
        crm: the open file.
        local: puts an instant into the local zone.
        present: a conflict as a line of the list.
    """

    def __init__(self, crm: Crm, local: Callable[[str], datetime], present: Callable[[Case], Row]) -> None:
        self._crm, self._local, self._present = crm, local, present
        self.numbers: Sequence[int] = crm.conflicts.numbers()
        self._kinds = Counter(number % SPAN for number in self.numbers)
        self._read: dict[int, Case | None] = {}
        self._lock = threading.Lock()

    def alike(self, number: int) -> int:
        """How many conflicts are about the same field as this one."""
        return self._kinds[number % SPAN]

    def case(self, index: int) -> Case | None:
        """The conflict at `index`, if it was read."""
        return self._read.get(self.numbers[index]) if 0 <= index < len(self.numbers) else None

    def place_of(self, number: int) -> int | None:
        """Where a conflict stands; None if it is settled."""
        place = bisect_left(self.numbers, number)
        return place if place < len(self.numbers) and self.numbers[place] == number else None

    def count(self) -> int:
        """How many there are."""
        return len(self.numbers)

    def row(self, index: int) -> Row | None:
        """The line at `index`; None if it is not read yet."""
        if not self.at_hand(index):
            return None
        case = self.case(index)
        return self._present(case) if case is not None else GONE

    def at_hand(self, index: int) -> bool:
        """Whether it was read."""
        return not 0 <= index < len(self.numbers) or self.numbers[index] in self._read

    def load(self, first: int, n: int) -> None:
        """Read some; runs in a thread."""
        with self._lock:
            wanted = [one for one in self.numbers[max(0, first) : first + n] if one not in self._read]
            found: dict[int, Case | None] = dict.fromkeys(wanted)
            for conflict in self._crm.conflicts.some(wanted):
                found[conflict.number] = read_case(self._crm, conflict, self._local)
            kept = self._read if len(self._read) < KEPT else {}
            self._read = {**kept, **found}

    def build(self, stop: threading.Event) -> bool:
        """The list was counted when it was made."""
        return True

    def position_of(self, ident: str) -> int | None:
        """Where the conflict with this number stands."""
        return self.place_of(int(ident)) if ident.isdigit() else None


def read_inbox(
    crm: Crm,
    local: Callable[[str], datetime],
    present: Callable[[Case], Row],
    number: int | None,
    line: int,
) -> Inbox:
    """Read what waits; runs in a thread.

    Args:
        crm: the open file.
        local: puts an instant into the local zone.
        present: a conflict as a line of the list.
        number: of the conflict that the cursor shall stand on.
        line: where it comes to stand if that is settled.
    """
    opened = look(crm)
    cases = Cases(crm, local, present)
    place = cases.place_of(number) if number is not None else None
    if place is None:
        place = max(0, min(line, cases.count() - 1))
    cases.load(place - AROUND, 2 * AROUND)
    return Inbox(cases, crm.conflicts.issues(), place, dict(opened))
