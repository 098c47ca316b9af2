"""What would become of each row of a file, read from where the counting child wrote it, a page at a time."""

from __future__ import annotations

import json
import os
import tempfile
import threading
from array import array
from contextlib import suppress
from pathlib import Path

from crm_tui.ui.rows import GONE, Column, Role, Row
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

PAGE = 200
_LOOK = 5_000
"""After so many lines it is asked whether the list is still wanted."""

OUTCOMES = ("", "created", "updated", "unchanged", "rejected")
"""What the list can be narrowed to; "" shows all."""

_SIGNS: dict[str, tuple[str, Role]] = {
    "created": ("+", "good"), "updated": ("~", "accent"), "unchanged": ("=", "muted"), "rejected": ("x", "bad"),
}  # fmt: skip


def outcome_text(outcome: str) -> str:
    """The outcome of a row as people read it; "" is all of them."""
    said = {"created": t("created"), "updated": t("updated"), "unchanged": t("unchanged"), "rejected": t("rejected")}
    return said.get(outcome, t("all rows"))


class VerdictRows:
    """The lines of the file, or those of one outcome; only what is in sight is in memory.

    Args:
        path: written by `exchange.verdicts`.
        outcome: shows only these; "" shows all.
    """

    def __init__(self, path: Path, outcome: str = "") -> None:
        self._path, self._begin = path, f'["{outcome}'.encode()
        self._places = array("q")
        self._pages: dict[int, list[Row]] = {}

    def count(self) -> int:
        """How many lines there are, once it was built."""
        return len(self._places)

    def row(self, index: int) -> Row | None:
        """The row at `index`, if its page was read."""
        if not 0 <= index < len(self._places):
            return GONE
        page = self._pages.get(index // PAGE)
        return page[index % PAGE] if page is not None else None

    def at_hand(self, index: int) -> bool:
        """Whether its page was read."""
        return index // PAGE in self._pages

    def load(self, first: int, n: int) -> None:
        """Read the pages of these rows; of those before only the last few are kept."""
        for page in range(first // PAGE, (first + n - 1) // PAGE + 1):
            if page not in self._pages:
                if len(self._pages) > 20:
                    self._pages.pop(next(iter(self._pages)))
                self._pages[page] = self._read(page)

    def _read(self, page: int) -> list[Row]:
        found = []
        with self._path.open("rb") as file:
            for place in self._places[page * PAGE : (page + 1) * PAGE]:
                file.seek(place)
                found.append(_row(place, file.readline()))
        return found

    def build(self, stop: threading.Event) -> bool:
        """Find where each line begins; False if it was stopped."""
        places, place = array("q"), 0
        try:
            with self._path.open("rb") as file:
                for number, line in enumerate(file):
                    if number % _LOOK == 0 and stop.is_set():
                        return False
                    if line.startswith(self._begin):
                        places.append(place)
                    place += len(line)
        except FileNotFoundError:
            places = array("q")
        self._places, self._pages = places, {}
        if places:
            self.load(0, min(PAGE, len(places)))
        return True

    def position_of(self, ident: str) -> int | None:
        """Where the line `ident` stands."""
        wanted = int(ident) if ident.isdecimal() else -1
        return next((index for index, place in enumerate(self._places) if place == wanted), None)


def _row(place: int, raw: bytes) -> Row:
    outcome, line, name, detail = json.loads(raw)
    sign, role = _SIGNS[outcome]
    cells = (f"{line:,}" if line else "", f"{sign} {outcome_text(outcome)}", str(name), str(detail))
    return Row(str(place), cells, roles=("", role, role if outcome == "unchanged" else ""))


class VerdictList(RowList):
    """The list in the wizard; it owns the file that the counting child writes."""

    path: Path | None = None
    outcome = ""

    def fresh(self) -> Path:
        """An empty file, which only this person can read, in place of the one before."""
        self.drop()
        handle, name = tempfile.mkstemp(prefix="crm-tui-", suffix=".verdicts")
        os.close(handle)
        self.path = Path(name)
        return self.path

    def drop(self) -> None:
        """Remove the file."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            self.path = None

    def retitle(self) -> None:
        """The columns in the language that is spoken."""
        self.set_empty(t("None of the rows."))
        self.set_columns(
            (
                Column(t("Line"), 7, kind="number", role="muted"),
                Column(t("Outcome"), 12),
                Column(t("Name"), flex=2, least=10),
                Column(t("What or why"), flex=3, role="muted", from_width=50),
            )
        )

    def narrow(self, step: int) -> None:
        """Show all rows (0), or those of the next outcome."""
        self.outcome = OUTCOMES[(OUTCOMES.index(self.outcome) + step) % len(OUTCOMES)] if step else ""
        if self.path is not None:
            self.show(VerdictRows(self.path, self.outcome))

    def on_unmount(self) -> None:
        """The file goes with the list."""
        # Textual runs the base class's on_unmount as well.
        self.drop()
