"""The columns of the board, read in a thread: heads, windows over the cards, and which pipelines there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crm_tui.rules.pipeline import OPEN
from crm_tui.services.board import BoardFilter, Card, Head, card_of
from crm_tui.services.crm import Crm
from crm_tui.services.noun import Row as Record
from crm_tui.store.readers import Readers
from crm_tui.store.windows import Window
from crm_tui.ui.rows import GONE, Row, Rows, WindowRows
from crm_tui.ui.selling.card_text import LINES, Piece, card_lines, head_lines

AHEAD = 12
"""Cards of each column that are read at once, from the first one in sight."""


@dataclass(frozen=True)
class Read:
    """What stands on the board.

    Attributes:
        pipelines: all of them; `pipeline` the one that is shown, None if there is none.
        heads: of its columns, with a window each.
        people: whether it is known who sits here.
    """

    pipelines: list[Record]
    pipeline: Record | None
    heads: list[Head]
    windows: list[Window]
    me: str | None


def read_board(
    crm: Crm, readers: Readers, pipeline: str | None, wanted: BoardFilter, mine: bool, tops: Sequence[int]
) -> Read:
    """Read heads and first cards; for a thread.

    Args:
        crm: the open file.
        readers: lends connections to the windows.
        pipeline: id; the first one if None or gone.
        wanted: the filter, its owner and month left out.
        mine: only the deals of who sits here, if that is known.
        tops: the first card in sight by column.
    """
    person = crm.people.me()
    me = str(person["id"]) if person else None
    pipelines = crm.pipelines.all()
    shown = next((one for one in pipelines if one["id"] == pipeline), pipelines[0] if pipelines else None)
    if shown is None:
        return Read(pipelines, None, [], [], me)
    chosen = filled(crm, wanted, me if mine else None)
    heads = crm.board.heads(str(shown["id"]), chosen)
    windows = [Window(readers, crm.board.listing(head.rule, chosen)) for head in heads]
    for place, (head, window) in enumerate(zip(heads, windows, strict=True)):
        if head.count:
            window.page(tops[place] if place < len(tops) else 0, AHEAD)
    return Read(pipelines, shown, heads, windows, me)


def filled(crm: Crm, wanted: BoardFilter, owner: str | None) -> BoardFilter:
    """A filter with owner and month."""
    return crm.board.prepared(BoardFilter(wanted.text, owner, wanted.bare, crm.board.this_month().since))


class DealLane:
    """One column of deals."""

    lines = LINES

    def __init__(self, head: Head, window: Window, now: datetime, masked: Callable[[], bool]) -> None:
        self.stage = head
        self.count = head.count
        self.window = window
        self.rows: Rows = WindowRows(window, _known)
        self._now = now
        self._masked = masked

    def head(self, cells: int) -> list[list[Piece]]:
        """Name and count, total and weight."""
        return head_lines(self.stage, cells, money=not self._masked())

    def deal(self, index: int) -> Card | None:
        """The card at a place, None if it is not at hand or has gone."""
        row = self.rows.row(index)
        stored = self.window.cached(index)
        return None if row is None or row is GONE or stored is None else card_of(stored, self.stage.rule, self._now)

    def card(self, index: int, cells: int) -> list[list[Piece]] | None:
        """Its lines."""
        deal = self.deal(index)
        if deal is None:
            return None
        return card_lines(deal, self.stage.rule.kind == OPEN, self._now, cells, money=not self._masked())

    def id_of(self, index: int) -> str | None:
        """Its id."""
        row = self.rows.row(index)
        return row.id or None if row is not None else None


def _known(stored: tuple[int | str | None, ...]) -> Row:
    return Row(str(stored[0]), ())
