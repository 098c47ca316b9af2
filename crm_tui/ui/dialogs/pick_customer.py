"""Which customer: name, pinyin or digits are typed, arrows choose, Enter takes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from crm_tui.store.search import Hit

HITS = 30


class PickCustomer(CrmDialog[tuple[str, str]]):
    """A line over the customers that answer to it; the result is id and name.

    Args:
        title: over it, already in the reader's language.
    """

    AUTO_FOCUS = "PaletteInput"
    CSS = """
    PickCustomer .dialog { width: 64; height: 20; }
    PickCustomer PaletteInput { border: none; height: 1; padding: 0; background: $surface; }
    PickCustomer RowList { background: $surface; margin-top: 1; }
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self._heading = title
        self._hits: list[Hit] = []

    def compose(self) -> ComposeResult:
        """A line over a list."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = safe(self._heading).replace("[", "\\[")
            frame.border_subtitle = t("Enter  take   Esc  back")
            yield PaletteInput(placeholder=t("name, pinyin, phone"), compact=True)
            yield RowList((Column("", flex=3), Column("", flex=2, role="muted")))

    def start(self) -> None:
        """Nothing is found for nothing."""
        rows = self.query_one(RowList)
        rows.can_focus = False
        rows.set_empty(t("Type a name or a number."))
        rows.show(ListRows([]))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        text = event.value
        self.load(lambda crm: crm.customers.find(text, HITS).items, partial(self._found, text), group="find")

    def _found(self, text: str, hits: list[Hit]) -> None:
        if text != self.query_one(PaletteInput).value:
            return
        self._hits = hits if text.strip() else []
        rows = [Row(hit.id, (hit.name, hit.why[1] if hit.why[1] != hit.name else "")) for hit in self._hits]
        self.query_one(RowList).show(ListRows(rows))

    @on(Input.Submitted)
    @on(RowList.RowChosen)
    def _take(self) -> None:
        row = self.query_one(RowList).cursor_row
        if row is not None:
            self.dismiss((row.id, row.cells[0]))
