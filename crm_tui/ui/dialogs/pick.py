"""One of a longer list: typing narrows, arrows choose, Enter takes."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from crm_tui.ui.palette import PaletteInput
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t


class Pick(CrmDialog[str]):
    """A line over a list; the result is the id of a row.

    Args:
        title: over it, already in the reader's language.
        rows: id, text, and a second text that helps to find it.
        at: id of the row that the cursor stands on at first.
    """

    AUTO_FOCUS = "PaletteInput"
    CSS = """
    Pick .dialog { width: 60; height: 22; }
    Pick PaletteInput { border: none; height: 1; padding: 0; background: $surface; }
    Pick RowList { background: $surface; margin-top: 1; }
    """

    def __init__(self, title: str, rows: Sequence[tuple[str, str, str]], at: str | None = None) -> None:
        super().__init__()
        self._heading, self._rows, self._start = title, rows, at

    def compose(self) -> ComposeResult:
        """A line over a list."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  take   Esc  back")
            yield PaletteInput(placeholder=t("type to narrow"), compact=True)
            yield RowList((Column("", flex=2), Column("", flex=2, role="muted")))

    def start(self) -> None:
        """Show all."""
        self.query_one(RowList).can_focus = False
        self._fill("")

    def _fill(self, text: str) -> None:
        words = text.casefold().split()
        found = [
            Row(one, (said, hint))
            for one, said, hint in self._rows
            if all(word in f"{said} {hint} {one}".casefold() for word in words)
        ]
        self.query_one(RowList).show(ListRows(found), cursor_id=None if words else self._start)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        row = self.query_one(RowList).cursor_row
        if row is not None:
            self.dismiss(row.id)

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        self.dismiss(event.row.id)
