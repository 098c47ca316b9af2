"""*Customers*: the list at the left, what stands under the cursor at the right."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from crm_tui.errors import CrmError
from crm_tui.store.driver import connect
from crm_tui.store.windows import Value, Window
from crm_tui.ui import customer_list
from crm_tui.ui.rows import WindowRows
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.widgets.filter_line import FilterLine
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

WHYS = 200
"""For so many of the first hits the reason is read."""

MOST = 50_000
"""So many hits a filter shows at most."""


class CustomersScreen(CrmScreen):
    """List and card."""

    PLACE = "customers"
    CSS_PATH = "customers.tcss"
    AUTO_FOCUS = "#customers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "filter", "Filter", id="list.filter"),
        Binding("escape", "back", "All", id="list.all", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[str, ...] = ()
        self._sort = "name"
        self._where: tuple[str, tuple[Value, ...]] = ("", ())
        self._window: Window | None = None
        self._typed = ""
        self._ids: tuple[str, ...] | None = None
        self._why: dict[str, str] = {}
        self._known = False

    def body(self) -> ComposeResult:
        """The filter line, the list, the card."""
        yield FilterLine()
        with Horizontal(id="pair"):
            yield RowList(id="customers")

    def start(self) -> None:
        """Show the first rows at once, without waiting for the whole file to be opened."""
        options = self.crm_app.options
        self._columns, self._sort = options.columns, options.sort
        self.retitle()
        if options.path.exists():
            self._show()

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#customers", RowList)

    @property
    def line(self) -> FilterLine:
        """The line over the list."""
        return self.query_one(FilterLine)

    def retitle(self) -> None:
        """Titles, the empty state, how it is sorted."""
        self.line.retitle()
        self.rows.set_columns(customer_list.headers(self._columns, self._sort, bool(self._why)))
        self.rows.set_empty(self._empty())
        self._say_count()

    def _empty(self) -> str:
        if self.crm_app.crm is None:
            return t("Opening the file …")
        if self._typed or self._where[0]:
            return t("Nobody answers to this.\n\nEsc shows all customers.")
        return t("This is where your customers are.\n\ni  import a file of another program\nn  add the first one")

    def _show(self, keep: str | None = None) -> None:
        """Show the list as it is narrowed and sorted now."""
        app = self.crm_app
        where, params = self._where
        if self._ids is None:
            listing = customer_list.listing(self._columns, self._sort, where, params)
        else:
            listing = customer_list.found(self._columns, self._ids, where, params)
        old, self._window = self._window, Window(partial(connect, app.options.path), listing)
        present = customer_list.presenter(self._columns, app.local, app.local_now(), self._why)
        try:
            self.rows.show(WindowRows(self._window, present), cursor_id=keep)
        except (sqlite3.Error, CrmError):
            # An old or empty file is brought up to date by opening it; then everything is shown again.
            if app.crm is not None:
                raise
        if old is not None:
            self.call_after_refresh(old.close)
        self.retitle()

    def reload(self, changes: Changes | None) -> None:
        """Read the list again; a filter is searched again."""
        if self._typed:
            self._search(self._typed)
        elif self._window is None:
            self._show()
        else:
            self.rows.reload()
        self.retitle()

    def _say_count(self) -> None:
        count = self.rows.count
        known = self._window is not None and self._window.exact
        total = f"{count:,}" if known else (f"~{count:,}" if count else "")
        if self._ids is None:
            self.line.say(count=t("all {n}", n=total), found="", note=self._note())
        else:
            found = t("{n} found", n=total) if len(self._ids) < MOST else t("more than {n} found", n=f"{MOST:,}")
            self.line.say(found=found, note="")

    def _note(self) -> str:
        name = self._sort.lstrip("-")
        column = customer_list.COLUMNS.get(name)
        if column is None or name == "name":
            return ""
        return t("sorted by {column}", column=t(column.en))

    @on(RowList.Counted)
    def _counted(self) -> None:
        self._say_count()

    def action_filter(self) -> None:
        """Type to narrow the list."""
        self.line.open()

    def action_back(self) -> None:
        """Give up marks, then the filter."""
        if self.rows.marks:
            self.rows.clear_marks()
        else:
            self.line.shut()
            self._search("")

    @on(FilterLine.Typed)
    def _filter_typed(self, event: FilterLine.Typed) -> None:
        self._search(event.text)

    @on(FilterLine.Left)
    def _filter_left(self, event: FilterLine.Left) -> None:
        if not event.keep or not self.line.text:
            self.line.shut()
            self._search("")
        self.rows.focus()

    def _search(self, text: str) -> None:
        if not text.strip():
            row = self.rows.cursor_row
            if self._ids is not None:
                self._typed, self._ids, self._why = "", None, {}
                self._show(row.id if row is not None else None)
            return
        self._typed = text
        self.load(search(text), partial(self._searched, text), group="search")

    def _searched(self, text: str, result: tuple[tuple[str, ...], dict[str, str]]) -> None:
        if text == self._typed:
            self._ids, self._why = result
            self._show()

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        row = self.rows.cursor_row
        return (row.id, row.cells[0]) if row is not None else None


def search(text: str) -> Callable[[Crm], tuple[tuple[str, ...], dict[str, str]]]:
    """What finds customers in a thread: all ids, and why the first ones answer."""

    def work(crm: Crm) -> tuple[tuple[str, ...], dict[str, str]]:
        from crm_tui.store.search import matching_ids

        hits = crm.customers.find(text, WHYS).items
        ids = matching_ids(crm.store.reader(), text, MOST).ids
        first = [hit.id for hit in hits]
        rest = set(first)
        return (*first, *(one for one in ids if one not in rest)), {hit.id: hit.why[1] for hit in hits}

    return work
