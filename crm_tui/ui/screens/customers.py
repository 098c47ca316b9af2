"""*Customers*: the list at the left, what stands under the cursor at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer

from crm_tui.errors import CrmError
from crm_tui.store.windows import Value, Window
from crm_tui.ui import customer_list, finding
from crm_tui.ui.rows import WindowRows
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.screens import SCREENS
from crm_tui.ui.widgets.filter_line import FilterLine
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.store.database import Changes
    from crm_tui.store.search import Found
    from crm_tui.ui.app import CrmApp
    from crm_tui.ui.dialogs.views import View
    from crm_tui.ui.widgets.card_view import CardView


class CustomersScreen(CrmScreen):
    """List and card."""

    PLACE = "customers"
    CSS_PATH = "customers.tcss"
    AUTO_FOCUS = "#customers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "filter", "Filter", id="list.filter"),
        Binding("n", "new", "New customer", id="customers.new"),
        Binding("e", "edit", "Edit", id="customers.edit"),
        Binding("d", "trash", "To the trash", id="customers.trash"),
        Binding("l", "log", "Log a contact", id="customers.log"),
        Binding("v", "views", "Views", id="customers.views"),
        Binding("c", "columns", "Columns and order", id="customers.columns", show=False),
        Binding("h", "hand_over", "Hand over", id="customers.hand_over", show=False),
        Binding("i", "import_file", "Import", id="customers.import"),
        Binding("greater_than_sign", "tab(1)", "Next tab of the card", id="customers.next_tab", show=False),
        Binding("less_than_sign", "tab(-1)", "Tab before", id="customers.tab_before", show=False),
        Binding("left_square_bracket", "step(-1)", "Customer before", id="customers.before", show=False),
        Binding("right_square_bracket", "step(1)", "Next customer", id="customers.next", show=False),
        Binding("escape", "back", "All", id="list.all", show=False),
    ]
    WAITS = frozenset({"new", "edit", "trash", "views", "columns", "import_file", "log", "hand_over"})

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[str, ...] = ()
        self._sort = "name"
        self._where: tuple[str, tuple[Value, ...]] = ("", ())
        self._window: Window | None = None
        self._typed = ""
        self._waiting = ""
        self._ids: tuple[str, ...] | None = None
        self._why: dict[str, str] = {}
        self._view: View | None = None
        self._later: Timer | None = None
        self._card: CardView | None = None
        self._seen: dict[str, int] | None = None
        self._marked_at: dict[str, int] | None = None

    def body(self) -> ComposeResult:
        """The filter line, the list, the card."""
        yield FilterLine()
        with Horizontal(id="pair"):
            yield RowList(id="customers")
            yield Vertical(id="card")

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

    @property
    def card(self) -> CardView:
        """The card beside the list; it comes with the first customer, after the first frame."""
        if self._card is None:
            from crm_tui.ui.widgets.card_view import CardView

            self._card = CardView()
            self.query_one("#card").mount(self._card)
        return self._card

    def retitle(self) -> None:
        """Titles, the empty state, how it is sorted."""
        if self._card is not None:
            self._card.retitle()
        self._retitle_list()

    def _retitle_list(self) -> None:
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

    def _show(self, keep: str | None = None, window: Window | None = None) -> None:
        """Show the list as it is narrowed and sorted now, through `window` if it was read already."""
        app = self.crm_app
        self._seen = app.look()
        where, params = self._where
        self._why = self._why if self._ids is not None else {}
        if self._ids is None:
            listing = customer_list.listing(self._columns, self._sort, where, params)
        else:
            listing = customer_list.found(self._columns, self._ids, where, params)
        self._window = window or Window(app.readers, listing)
        present = customer_list.presenter(self._columns, app.local, app.local_now(), self._why, _phones(app))
        try:
            self.rows.show(WindowRows(self._window, present), cursor_id=keep, counted=window is not None)
        except CrmError:
            # An old or empty file is brought up to date by opening it; then everything is shown again.
            if app.crm is not None:
                raise
        self._retitle_list()

    def reload(self, changes: Changes | None) -> None:
        """Read the list again; a filter is searched again."""
        if self._typed:
            self._search(self._typed)
        elif self._window is None:
            self._show()
        else:
            self._seen = self.crm_app.look()
            self.rows.reload()
        if self._card is not None:
            self._card.reload()
        self._retitle_list()

    def _say_count(self) -> None:
        count = self.rows.count
        known = self._window is not None and self._window.exact
        total = f"{count:,}" if known else (f"~{count:,}" if count else "")
        if self._ids is None:
            self.line.say(count=t("all {n}", n=total), found="", note=self._note())
        else:
            found = t("{n} found", n=self._waiting or total)
            if len(self._ids) >= finding.MOST:
                found = t("more than {n} found", n=f"{finding.MOST:,}")
            self.line.say(found=found, note=self._note())

    def _note(self) -> str:
        name = self._sort.lstrip("-")
        column = customer_list.COLUMNS.get(name)
        said = [] if self._view is None else [self._view.title()]
        if self.rows.marks:
            said.insert(0, t("{n} marked", n=len(self.rows.marks)))
        if column is not None and name != "name":
            said.append(t("sorted by {column}", column=t(column.en)))
        return " · ".join(said)

    @on(RowList.Counted)
    def _counted(self) -> None:
        self._say_count()

    async def action_filter(self) -> None:
        """Type to narrow the list."""
        await self.line.open()

    def action_back(self) -> None:
        """From the card to the list; there give up marks, then the filter, then the view."""
        if not self.rows.has_focus:
            self.rows.focus()
        elif self.rows.marks:
            self.rows.clear_marks()
        elif self._ids is not None:
            self.line.shut()
            self._search("")
        elif self._view is not None:
            self._viewed(None)

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
        work = partial(finding.first_hits, text, self.crm_app.readers, self._columns, self._where)
        self.load(work, partial(self._searched, text), group="search")

    def _searched(self, text: str, answer: tuple[Found, Window]) -> None:
        """Show the first hits at once; the rest of a long answer follows when typing rests."""
        found, window = answer
        if text != self._typed:
            return
        self._why = finding.reasons(found)
        self._ids = tuple(hit.id for hit in found.items)
        self._waiting = ""
        if found.more or found.count > len(found.items):
            self._waiting = f"{found.count:,}+" if found.more else f"{found.count:,}"
            self.set_timer(finding.REST, partial(self._search_rest, text))
        self._show(window=window)

    def _search_rest(self, text: str) -> None:
        if text == self._typed:
            self.load(partial(finding.all_ids, text), partial(self._searched_all, text), group="search")

    def _searched_all(self, text: str, ids: tuple[str, ...]) -> None:
        if text == self._typed and self._ids is not None:
            first = set(self._ids)
            self._ids = (*self._ids, *(one for one in ids if one not in first))
            self._waiting = ""
            row = self.rows.cursor_row
            self._show(row.id if row is not None and self.rows.cursor else None)

    @on(RowList.RowHighlighted, "#customers")
    def _highlighted(self, event: RowList.RowHighlighted) -> None:
        """The card follows the cursor, a moment later, so that a held key does not read every card on its way."""
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(0.06, partial(self._follow, event.row.id))

    def _follow(self, customer: str) -> None:
        if self.has_class("-wide") and (self._card is None or customer != self._card.customer):
            self.card.show(customer)

    @on(RowList.SelectionChanged, "#customers")
    def _marked(self) -> None:
        self._marked_at = (self._marked_at or self._seen) if self.rows.marks else None
        self._say_count()

    @on(RowList.LoadFailed)
    def _failed(self, event: RowList.LoadFailed) -> None:
        if self.crm_app.crm is not None:
            self.toast(str(event.error), bad=True)

    @on(RowList.RowChosen, "#customers")
    def _chosen(self, event: RowList.RowChosen) -> None:
        if self.has_class("-wide"):
            self._follow(event.row.id)
            self.card.focus_rows()
        else:
            from crm_tui.ui.screens.card import CardScreen

            self.app.push_screen(CardScreen(event.row.id, self._stepped))

    def on_resize(self) -> None:
        """Wide enough for a card beside the list: show it."""
        self.call_after_refresh(self._resized)

    def _resized(self) -> None:
        row = self.rows.cursor_row
        if row is not None:
            self._follow(row.id)
        if not self.has_class("-wide") and not self.rows.has_focus and self._card is not None:
            self.rows.focus()

    def _stepped(self, rows: int) -> str | None:
        self.rows.action_move(rows)
        row = self.rows.cursor_row
        return row.id if row is not None else None

    def action_step(self, rows: int) -> None:
        """The customer before or after, wherever the focus is."""
        self.rows.action_move(rows)

    def action_tab(self, step: int) -> None:
        """Turn the card beside the list without leaving the list."""
        self.card.action_tab(step)

    def action_new(self) -> None:
        """The form of a new customer; the cursor then stands on it."""
        from crm_tui.ui.dialogs.edit import new_customer

        new_customer(self, lambda changes: self._show(changes.ids[0]) if self._ids is None else None)

    def action_edit(self) -> None:
        """The form of the customer under the cursor, or one for all marked."""
        from crm_tui.ui.customer_actions import edit

        edit(self, self._marked_at)

    def action_trash(self) -> None:
        """Put the marked customers, or the one under the cursor, into the trash."""
        from crm_tui.ui.customer_actions import trash

        trash(self, self._marked_at or self._seen)

    def action_hand_over(self) -> None:
        """Hand the marked customers, or the one under the cursor, over to somebody else."""
        from crm_tui.ui.screens.handovers import HandoversScreen

        row = self.rows.cursor_row
        ids = sorted(self.rows.marks) or ([row.id] if row is not None else [])
        if ids:
            self.rows.clear_marks()
            self.app.push_screen(HandoversScreen(ids))

    def action_log(self) -> None:
        """Log a contact with the customer under the cursor."""
        self.crm_app.action_log()

    def action_import_file(self) -> None:
        """Bring in a file of another program."""
        self.crm_app.go("import")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Import is a key only where there is an import; the card's keys need a card in sight."""
        if action == "import_file" and not any(place.name == "import" for place in SCREENS):
            return False
        if action == "tab":
            return self.has_class("-wide")
        return super().check_action(action, parameters)

    def action_columns(self) -> None:
        """Choose columns and order."""
        from crm_tui.ui.dialogs.columns import Columns

        self.app.push_screen(Columns(self._columns, self._sort), self._arranged)

    def _arranged(self, answer: tuple[tuple[str, ...], str] | None) -> None:
        if answer is not None and answer != (self._columns, self._sort):
            self._columns, self._sort = answer
            self.crm_app.remember("columns", self._columns)
            self.crm_app.remember("sort", self._sort)
            self._show_again()

    def action_views(self) -> None:
        """Choose which customers are in the list."""
        from crm_tui.ui.dialogs.views import ask_view

        ask_view(self, self._view, self._viewed)

    def _viewed(self, view: View | None) -> None:
        self._view = view
        self._where = view.where(self.crm_app.local_now()) if view is not None else ("", ())
        self._show_again()

    def _show_again(self) -> None:
        row = self.rows.cursor_row
        self._show(row.id if row is not None else None)

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        row = self.rows.cursor_row
        return (row.id, customer_list.name_of(row)) if row is not None else None


def _phones(app: CrmApp) -> Callable[[str], str]:
    """How phones are written: in full once the file is open, before that with what is at hand at no cost."""
    if app.crm is None:
        return customer_list.plain_phone
    from crm_tui.rules.phones import show_phone

    return partial(show_phone, region=app.crm.region)
