"""A customer's card: a header, four tabs, and under each a list whose every line can be opened, changed or trashed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static

from crm_tui.errors import CrmError
from crm_tui.store.windows import Window
from crm_tui.ui.card_header import header, tab_line
from crm_tui.ui.rows import Column, ListRows, Row, WindowRows
from crm_tui.ui.screen import working_screen
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.history import Step
    from crm_tui.store.windows import Row as Stored
    from crm_tui.ui.card_rows import Card
    from crm_tui.ui.screen import WorkingScreen

TABS = ("profile", "contacts", "timeline", "orders", "history")


class CardView(Vertical):
    """The card of one customer, read in a thread."""

    DEFAULT_CSS = """
    CardView > .card--head { height: auto; max-height: 4; }
    CardView > .card--tabs { height: 1; margin: 1 0 0 0; color: $muted; }
    CardView.-short > .card--tabs { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right,greater_than_sign", "tab(1)", "Next tab", id="card.next_tab"),
        Binding("shift+tab,left,less_than_sign", "tab(-1)", "Tab before", id="card.tab_before", show=False),
        Binding("n,a", "add", "Add to the card", id="card.add"),
        Binding("e", "edit", "Edit", id="card.edit"),
        Binding("d", "trash", "To the trash", id="card.trash"),
        Binding("f", "kinds", "Only one kind", id="card.kinds"),
        Binding("c", "conflict", "Conflict", id="card.conflict"),
    ]

    class Shown(Message):
        """The card of `customer` is in sight; `name` is what it is called."""

        def __init__(self, customer: str, name: str) -> None:
            super().__init__()
            self.customer, self.name = customer, name

    def __init__(self) -> None:
        super().__init__()
        self.customer: str | None = None
        self.card: Card | None = None
        self.tab = TABS[0]
        self._kind: str | None = None
        self._steps: list[tuple[str, Step]] = []
        self._window: Window | None = None
        self._cursors: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """Header, tabs, list."""
        yield Static(classes="card--head")
        yield Static(classes="card--tabs")
        yield RowList()

    @property
    def furnished(self) -> bool:
        """Whether there is anything to draw into yet."""
        return bool(self.children)

    def focus_rows(self) -> None:
        """Give the keys to the list under the tabs."""
        if self.furnished:
            self.rows.focus()
        else:
            self.call_after_refresh(self.focus_rows)

    @property
    def rows(self) -> RowList:
        """The list under the tabs."""
        return self.query_one(RowList)

    def show(self, customer: str | None) -> None:
        """Show another customer; the tab stays."""
        if customer != self.customer:
            self._cursors = {}
            self._steps = []
        self.customer = customer
        if customer is None:
            self.card = None
            self._draw()
        else:
            self._read()

    def reload(self) -> None:
        """Read the card again; the cursor stays."""
        row = self.rows.cursor_row if self.furnished else None
        if row is not None:
            self._cursors[self.tab] = row.id
        if self.customer is not None:
            self._read()

    def _read(self) -> None:
        customer = self.customer
        assert customer is not None
        with_history = self.tab == "history"

        def work(crm: Crm) -> tuple[Card, list[tuple[str, Step]]]:
            from crm_tui.ui.card_rows import read_card

            card = read_card(crm, customer)
            return card, read_history(crm, card) if with_history else []

        working_screen(self).load(work, partial(self._got, customer), group=f"card-{id(self)}", failed=self._gone)

    def _gone(self, error: CrmError) -> None:
        self.show(None)
        if self.furnished:
            self.query_one(".card--head", Static).update(Text(str(error)))

    def _got(self, customer: str, found: tuple[Card, list[tuple[str, Step]]]) -> None:
        if self.is_attached and customer == self.customer:
            self.card, self._steps = found
            if self.furnished:
                self._draw()
            else:
                self.call_after_refresh(self._draw)
            self.post_message(self.Shown(str(self.card.row["id"]), str(self.card.row["name"])))

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Long texts are broken anew."""
        self.set_class(self.size.height < 18, "-short")
        self._draw()

    def _draw(self) -> None:
        if not self.furnished:
            return
        head, tabs = self.query_one(".card--head", Static), self.query_one(".card--tabs", Static)
        if self.card is None:
            head.update("")
            tabs.update("")
            self.rows.set_empty("")
            self.rows.show(ListRows(()))
            return
        app = working_screen(self).crm_app
        head.update(header(self.card, self.size.width, app, app.local, app.local_now()))
        tabs.update(tab_line(self.card, self.tab, self.size.width, app))
        getattr(self, f"_draw_{self.tab}")()

    def _fill(self, columns: list[Column], rows: list[Row], empty: str) -> None:
        self.rows.set_columns(columns)
        self.rows.set_empty(empty)
        self.rows.show(ListRows(rows), cursor_id=self._cursors.get(self.tab))

    def _draw_profile(self) -> None:
        from crm_tui.ui.card_rows import label_room, profile

        assert self.card is not None
        app = working_screen(self).crm_app
        label = label_room(self.card, self.size.width)
        rows = profile(self.card, app.local, app.local_now(), self.size.width - label - 4)
        self._fill([Column("", label, align="right"), Column("", flex=1)], rows, "")

    def _draw_contacts(self) -> None:
        from crm_tui.ui.card_rows import contacts

        assert self.card is not None
        columns = [
            Column(t("Name"), flex=2),
            Column(t("Role"), flex=2, role="muted"),
            Column(t("Phone"), 15, from_width=50),
        ]
        self._fill(columns, contacts(self.card), t("Nobody is known here yet.\n\nn  add a contact"))

    def _draw_timeline(self) -> None:
        from crm_tui.ui.card_rows import timeline, timeline_row

        assert self.card is not None
        app = working_screen(self).crm_app
        listing = timeline(str(self.card.row["id"]), self._kind)
        self._window = Window(app.readers, listing)
        self.rows.set_columns([Column(t("When"), 12), Column(t("Kind"), 8, role="muted"), Column(t("What"), flex=1)])
        self.rows.set_empty(t("Nothing was logged yet.\n\nl  log a contact"))
        now = app.local_now()
        shown = WindowRows(self._window, lambda stored: timeline_row(stored, app.local, now))
        self.rows.show(shown, cursor_id=self._cursors.get(self.tab))

    def _draw_orders(self) -> None:
        from crm_tui.ui.trading.card_orders import orders_of
        from crm_tui.ui.trading.order_rows import columns_of, order_row

        assert self.card is not None
        app = working_screen(self).crm_app
        today = app.local_now().date()
        self._window = Window(app.readers, orders_of(str(self.card.row["id"])))
        # Whose orders they are stands above.
        self.rows.set_columns([column for place, column in enumerate(columns_of("orders")) if place != 1])
        self.rows.set_empty(t("Nothing was ordered yet.\n\n7  orders and quotes"))

        def shown(stored: Stored) -> Row:
            row = order_row(stored, today)
            keep = [place for place in range(len(row.cells)) if place != 1]
            cells, roles = tuple(row.cells[n] for n in keep), tuple(row.roles[n] for n in keep)
            return Row(f"orders:{row.id}", cells, row.role, roles)

        self.rows.show(WindowRows(self._window, shown), cursor_id=self._cursors.get(self.tab))

    def _draw_history(self) -> None:
        from crm_tui.ui.card_rows import history

        assert self.card is not None
        app = working_screen(self).crm_app
        columns = [Column(t("When"), 12), Column(t("Who"), 8, from_width=50), Column(t("What"), flex=1)]
        self._fill(columns, history(self._steps, self.card.names, app.local_now()), "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing on this tab are absent."""
        if action == "kinds":
            return self.tab == "timeline"
        if action == "conflict":
            return self.card is not None and bool(self.card.conflicts)
        if action in ("add", "edit", "trash"):
            return self.card is not None and self.tab not in ("history", "orders")
        return True

    def action_tab(self, step: int) -> None:
        """To the next tab or the one before."""
        row = self.rows.cursor_row if self.furnished else None
        if row is not None:
            self._cursors[self.tab] = row.id
        self.tab = TABS[(TABS.index(self.tab) + step) % len(TABS)]
        if self.tab == "history" and self.customer is not None:
            self._read()
        self._draw()
        self.screen.refresh_bindings()

    def action_add(self) -> None:
        """Ask what is to be added, then its form."""
        from crm_tui.ui.card_actions import ask_what

        if self.card is not None:
            ask_what(self._screen(), self.card, self.tab)

    def action_edit(self) -> None:
        """Change what stands under the cursor."""
        from crm_tui.ui.card_actions import edit

        if self.card is not None:
            edit(self._screen(), self.card, self._under())

    def action_trash(self) -> None:
        """Put what stands under the cursor into the trash."""
        from crm_tui.ui.card_actions import trash

        if self.card is not None:
            trash(self._screen(), self.card, self._under())

    def action_conflict(self) -> None:
        """Choose between the versions of what stands under the cursor."""
        from crm_tui.ui.card_conflicts import open_conflict

        if self.card is not None and self.card.conflicts:
            open_conflict(self._screen().crm_app, self.card.conflicts, self._under())

    def action_kinds(self) -> None:
        """Show contacts of one kind only."""
        from crm_tui.ui.card_actions import ask_kind

        ask_kind(self._screen(), self._kind, self._only)

    def _only(self, kind: str | None) -> None:
        self._kind = kind
        self._draw()

    @on(RowList.RowChosen)
    def _chosen(self, event: RowList.RowChosen) -> None:
        from crm_tui.ui.card_actions import open_row

        event.stop()
        if self.card is not None:
            open_row(self._screen(), self.card, event.row.id)

    @on(RowList.RowHighlighted)
    @on(RowList.Counted)
    @on(RowList.SelectionChanged)
    def _mine(self, event: Message) -> None:
        # What happens in this list is nothing to the list beside it.
        event.stop()

    def _under(self) -> str:
        row = self.rows.cursor_row
        return row.id if row is not None else ""

    def _screen(self) -> WorkingScreen[Any]:
        return working_screen(self)


def read_history(crm: Crm, card: Card, limit: int = 200) -> list[tuple[str, Step]]:
    """Who changed what on a customer and on what hangs on it, newest first; runs in a thread."""
    row = card.row
    found = [("customers", step) for step in crm.history.of("customers", row["id"], limit)]
    for noun in ("contacts", "phones", "emails", "addresses", "tags", "needs", "key_dates", "parties", "relations"):
        for child in row[noun]:
            found += [(noun, step) for step in crm.history.of(noun, child["id"], 20)]
    card.names.update({person["id"]: str(person["name"]) for person in crm.people.all()})
    return sorted(found, key=lambda one: one[1].at, reverse=True)[:limit]
