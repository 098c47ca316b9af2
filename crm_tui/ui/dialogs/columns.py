"""Which columns the customer list has, in which order, and what it is sorted by."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from crm_tui.ui.customer_list import COLUMNS, SORTS
from crm_tui.ui.rows import Column, ListRows, Row
from crm_tui.ui.screen import CrmDialog
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t


class Columns(CrmDialog[tuple[tuple[str, ...], str]]):
    """The result is the names of the columns and the sort column."""

    AUTO_FOCUS = "RowList"
    CSS = """
    Columns .dialog { width: 62; }
    Columns RowList { height: 16; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "switch", "Show or hide", id="columns.toggle"),
        Binding("s", "sort", "Sort by it", id="columns.sort"),
        Binding("left_square_bracket", "shift(-1)", "Up", id="columns.up"),
        Binding("right_square_bracket", "shift(1)", "Down", id="columns.down"),
        Binding("ctrl+s", "take", "Take", id="columns.take"),
    ]

    def __init__(self, shown: tuple[str, ...], sort: str) -> None:
        super().__init__()
        self._shown = [name for name in shown if name in COLUMNS]
        self._sort = sort
        self._order = [*self._shown, *(name for name in COLUMNS if name not in self._shown)]

    def compose(self) -> ComposeResult:
        """A list in a frame."""
        with Vertical(classes="dialog"):
            yield RowList()

    def start(self) -> None:
        """Fill the list."""
        self.retitle()

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        frame = self.query_one(".dialog")
        frame.border_title = t("Columns and order")
        frame.border_subtitle = t("Space  show   s  sort   \\[ ]  move   Enter  take")
        self.query_one(RowList).set_columns(
            (Column("", 3, role="accent"), Column(t("Column"), flex=1), Column(t("Order"), 24, role="muted"))
        )
        self._fill(None)

    def _fill(self, at: str | None) -> None:
        rows = [
            Row(name, ("+" if name in self._shown else "", t(COLUMNS[name].en), self._sorted(name)))
            for name in self._order
        ]
        self.query_one(RowList).show(ListRows(rows), cursor_id=at)

    def _sorted(self, name: str) -> str:
        if self._sort.lstrip("-") == name:
            return t("sorted, last first") if self._sort.startswith("-") else t("sorted")
        return t("s sorts by it") if name in SORTS else ""

    def _at(self) -> str | None:
        row = self.query_one(RowList).cursor_row
        return row.id if row is not None else None

    @on(RowList.SelectionChanged)
    def _marked(self, event: RowList.SelectionChanged) -> None:
        """Space marks in a list; here a mark is a column."""
        for name in event.ids:
            self._switch(name)
            event.row_list.clear_marks()
            self._fill(name)

    def _switch(self, name: str) -> None:
        if name in self._shown:
            self._shown.remove(name)
        else:
            self._shown.append(name)

    def action_switch(self) -> None:
        """Show or hide the column under the cursor."""
        name = self._at()
        if name is not None:
            self._switch(name)
            self._fill(name)

    def action_sort(self) -> None:
        """Sort by the column under the cursor; again, turned round."""
        name = self._at()
        if name in SORTS:
            self._sort = f"-{name}" if self._sort == name else str(name)
            self._fill(name)

    def action_shift(self, step: int) -> None:
        """Move the column under the cursor."""
        name = self._at()
        if name is not None:
            place = self._order.index(name)
            target = max(0, min(len(self._order) - 1, place + step))
            self._order.insert(target, self._order.pop(place))
            self._fill(name)

    @on(RowList.RowChosen)
    def action_take(self) -> None:
        """That is how the list shall be."""
        names = tuple(name for name in self._order if name in self._shown)
        self.dismiss((names or ("name",), self._sort))
