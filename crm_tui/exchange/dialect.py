"""How a text table separates its cells: our own vote, because guessing libraries lose double quotes."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Generator, Iterable, Iterator

from crm_tui.errors import BadFile
from crm_tui.words import t

DELIMITERS = (",", ";", "\t", "|", "，")
FIELD_LIMIT = 1 << 20
"""Longest cell in characters; what is longer is a quote that nobody closed."""
MENDS = 100
"""So many quotes without end are mended in one file before it is refused."""


def vote(lines: list[str], suffix: str = "") -> str:
    """The delimiter that cuts most records of the sample into the same number of cells.

    Args:
        lines: the first lines of the file, with their ends.
        suffix: the file's ending; ".tsv" decides a draw.
    """
    best, best_score = "", 0.0
    for mark in DELIMITERS:
        widths = _widths(lines, mark)
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        if width < 2:
            continue
        score = (count / sum(widths.values())) ** 2 * (1 - 1 / (width + 1))
        if suffix.lower() in (".tsv", ".tab") and mark == "\t":
            score *= 1.5
        if score > best_score:
            best, best_score = mark, score
    if best_score >= 0.2:
        return best
    # Ragged rows: what parts the first line, which is likely the header, else nothing does.
    top = next((line for line in lines if line.strip()), "")
    inside = max(DELIMITERS, key=top.count)
    if inside in top:
        return inside
    return "\t" if any("," in line for line in lines) else ","


def _widths(lines: list[str], mark: str) -> Counter[int]:
    """How many records of the sample have how many cells; blank records do not vote."""
    if not any(mark in line for line in lines):
        return Counter()
    widths: Counter[int] = Counter()
    csv.field_size_limit(FIELD_LIMIT)
    try:
        for cells in csv.reader(lines, delimiter=mark):
            if any(cell.strip() for cell in cells):
                widths[len(cells)] += 1
    except csv.Error:
        pass  # The records before the broken one have voted.
    return widths


class Records:
    """The records of a text table with the line where each begins.

    A quote that is never closed would swallow the rest of the file; such a line is read again with its quotes as
    plain characters, and `notes` says which one.

    Attributes:
        notes: sentences about what was mended.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, name: str, first: int = 1) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._name = name
        self._first = first
        self.notes: list[str] = []

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(FIELD_LIMIT)
        source, line = self._lines, self._first
        for _ in range(MENDS + 1):
            kept: list[str] = []
            line = yield from self._until_broken(source, line, kept)
            if not kept:
                return
            self.notes.append(t("Line {line}: a quote is never closed; it was read as a plain character.", line=line))
            yield line, self._plain(kept[0], line)
            line += 1
            source = itertools.chain(kept[1:], source)
        raise BadFile(
            t(
                "{file} has quotes that are never closed in more than {count} lines: export it again.",
                file=self._name,
                count=MENDS,
            )
        )

    def _plain(self, text: str, line: int) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        except csv.Error:
            raise BadFile(
                t("{file}: line {line} has a cell of more than a million characters.", file=self._name, line=line)
            ) from None

    def _until_broken(
        self, source: Iterator[str], line: int, kept: list[str]
    ) -> Generator[tuple[int, list[str]], None, int]:
        """Yield records up to the end or to a quote without end, whose lines are then in `kept`; return the line."""
        ended = False

        def watched() -> Iterator[str]:
            nonlocal ended
            for text in source:
                kept.append(text)
                yield text
            ended = True

        try:
            for cells in csv.reader(watched(), delimiter=self._delimiter):
                if ended:  # The reader asked for more in the middle of a record and there was none.
                    return line
                yield line, cells
                line += len(kept)
                kept.clear()
        except csv.Error:
            return line
        kept.clear()
        return line
