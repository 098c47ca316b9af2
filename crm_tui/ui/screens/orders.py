"""*Orders*: orders and quotes, collections by day, arrears; beside them the chain from the quote to the money."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from crm_tui.store.windows import Window
from crm_tui.ui.list_screen import PairScreen
from crm_tui.ui.lists import plain, role_style, show_again
from crm_tui.ui.rows import Column, ListRows, Row, WindowRows
from crm_tui.ui.text import safe
from crm_tui.ui.trading.order_rows import (
    VIEWS,
    arrears_row,
    chain_rows,
    collection_rows,
    columns_of,
    line_rows,
    listing,
    order_row,
    quote_row,
    sums,
    title_of,
)
from crm_tui.ui.widgets.filter_line import FilterLine
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

AHEAD, BEHIND = 30, 14
"""Days of the collections after today and before."""


class OrdersScreen(PairScreen):
    """Four lists, one at a time; at the right what belongs to the row under the cursor."""

    PLACE = "orders"
    TITLE_TEXT = "Orders"
    CSS_PATH = "orders.tcss"
    LIST = AUTO_FOCUS = "#orders"
    SIDE, OPEN = "#chain", "-chain"
    HOME = "today"
    WAITS = frozenset({"new", "pay", "deliver", "take_back", "accept", "send", "lines", "trash", "everything"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab,right", "view(1)", "Next list", id="orders.next"),
        Binding("shift+tab,left", "view(-1)", "List before", id="orders.before", show=False),
        Binding("n", "new", "New", id="orders.new"),
        Binding("p", "pay", "Pay", id="orders.pay"),
        Binding("s", "deliver", "Deliver", id="orders.deliver"),
        Binding("r", "take_back", "Return", id="orders.return", show=False),
        Binding("a", "accept", "Accept", id="orders.accept"),
        Binding("e", "lines", "Add lines", id="orders.lines"),
        Binding("y", "send", "Send", id="orders.send"),
        Binding("c", "customer", "Customer", id="orders.customer"),
        Binding("v", "everything", "Open / all", id="orders.everything"),
        Binding("slash", "filter", "Filter", id="orders.filter", show=False),
        Binding("d", "trash", "To the trash", id="orders.trash", show=False),
        Binding("escape", "back", "Back", id="screen.back", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._view = VIEWS[0]
        self._everything = False
        self._text = ""
        self._totals = ("", "")
        self._window: Window | None = None
        self._of: tuple[str, dict[str, Any]] | None = None
        self._places: dict[str, str] = {}

    def body(self) -> ComposeResult:
        """Head line, filter, two lists."""
        yield Static(id="head")
        yield FilterLine()
        with Horizontal(id="pair"):
            yield RowList(id="orders")
            with Vertical(id="one"):
                yield Static(id="what")
                yield RowList(id="chain")

    def retitle(self) -> None:
        """Columns, head line, empty states."""
        self.rows.set_columns(columns_of(self._view))
        self.side.set_columns((Column("", 16), Column("", flex=1)))
        self._empty()
        self._head()
        self.query_one(FilterLine).retitle()
        self._show_side()

    def _empty(self) -> None:
        said = {
            "orders": t("No order waits for anything.\n\nn  a new order\nv  all orders\nimport orders.csv  past sales"),
            "quotes": t("No quote is open.\n\nn  a new quote\nv  all quotes"),
            "collections": t("Nothing is to be collected these weeks, and nothing came."),
            "arrears": t("Nobody owes anything."),
        }
        self.rows.set_empty(t("Nothing is called so.") if self._text else said[self._view])
        self.side.set_empty("")

    def reload(self, changes: Changes | None) -> None:
        """Read the list in sight again, and the totals."""
        view, today = self._view, self.crm_app.local_now().date()
        if view in ("orders", "quotes"):
            self._window = Window(self.crm_app.readers, listing(view, self._text, self._everything))
            row = order_row if view == "orders" else quote_row
            shown = WindowRows(self._window, lambda stored: row(stored, today))
            before = self.rows.cursor_row
            self.rows.show(shown, cursor_id=before.id if before is not None else self._places.get(view))
        elif view == "collections":
            first, last = today - timedelta(days=BEHIND), today + timedelta(days=AHEAD)
            self.load(
                lambda crm: crm.arrears.collections(first, last),
                lambda days: show_again(self.rows, collection_rows(days, today)),
                group="orders",
            )
        else:
            self.load(
                lambda crm: crm.arrears.owed(),
                lambda owed: show_again(self.rows, [arrears_row(one) for one in owed]),
                group="orders",
            )
        self.load(read_totals, self._counted, group="totals")
        self.read_side()

    def _counted(self, totals: tuple[dict[str, int], dict[str, int]]) -> None:
        owed, overdue = totals
        self._totals = (sums(owed) or "0", sums(overdue) or "0")
        self._head()

    def _head(self) -> None:
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        for view in VIEWS:
            here = view == self._view
            line.append(f"[{title_of(view)}]" if here else f" {title_of(view)} ", "bold" if here else "")
            line.append(" ")
        if self._view in ("orders", "quotes"):
            line.append(" " + (t("all") if self._everything else t("open")), role_style(self, "muted"))
        owed, overdue = self._totals
        if overdue:
            said = t("owed {balance}, overdue {overdue}", balance=owed, overdue=overdue)
            said = t("overdue {sum}", sum=overdue) if self.has_class("-narrow") else said
            line.append("   " + safe(said), role_style(self, "muted"))
        self.query_one("#head", Static).update(line)

    @on(RowList.RowHighlighted, "#orders")
    def _highlighted(self) -> None:
        self.follow()
        self.refresh_bindings()

    @on(RowList.Counted, "#orders")
    def _listed(self) -> None:
        self.follow()

    def read_side(self) -> None:
        """Read what belongs to the row under the cursor."""
        row, view = self.rows.cursor_row, self._view
        if row is None or not row.id:
            self._of = None
            self._show_side()
            return
        ident = row.id
        self.load(lambda crm: read_one(crm, view, ident), self._side_read, group="side")

    def _side_read(self, found: tuple[str, dict[str, Any]] | None) -> None:
        self._of = found
        self._show_side()
        self.refresh_bindings()

    def _show_side(self) -> None:
        what = self.query_one("#what", Static)
        if self._of is None:
            what.update("")
            self.side.show(ListRows([]))
            return
        kind, found = self._of
        what.update(plain(found["title"]))
        rows: list[Row]
        if kind == "order":
            rows = chain_rows(found["chain"], found["lines"], found["row"]["currency"])
        elif kind == "quote":
            rows = [Row("state:", found["state"], roles=("muted", ""))]
            rows += line_rows(found["lines"], found["row"]["currency"])
        else:
            today = self.crm_app.local_now().date()
            rows = [_short(one, today) for one in found["orders"]]
        self.side.show(ListRows(rows))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean nothing for the row under the cursor are absent."""
        order, quote = self._one("order"), self._one("quote")
        fits = {
            "pay": order is not None and order["due_rule"] != "cash",
            "deliver": order is not None and order["stage"] == "deliver",
            "take_back": order is not None and bool(order["delivered"]),
            "accept": quote is not None and quote["status"] in ("draft", "sent"),
            "send": quote is not None and quote["status"] == "draft",
            "lines": quote is not None and quote["status"] == "draft",
            "customer": self._of is not None,
            "trash": self._view in ("orders", "quotes") and self._of is not None,
            "new": self._view in ("orders", "quotes"),
            "filter": self._view in ("orders", "quotes"),
            "everything": self._view in ("orders", "quotes"),
        }
        return fits.get(action, True) and super().check_action(action, parameters)

    def _one(self, kind: str) -> dict[str, Any] | None:
        return self._of[1]["row"] if self._of is not None and self._of[0] == kind else None

    def _number(self, row: dict[str, Any]) -> str:
        return str(row["number"] or row.get("outside") or "")

    def log_target(self) -> tuple[str, str] | None:
        """Whose order it is."""
        return (self._of[1]["customer"], self._of[1]["name"]) if self._of is not None else None

    @on(RowList.RowChosen, "#orders")
    def _chosen(self) -> None:
        self.enter_side()

    def seek(self, order: str) -> None:
        """Put the cursor on an order, whatever was shown before."""
        self._view, self._everything, self._text = "orders", True, ""
        self._places["orders"] = order
        self.rows.show(ListRows([]))
        self.retitle()
        self.reload(None)

    def action_view(self, step: int) -> None:
        """To the next list or the one before."""
        row = self.rows.cursor_row
        if row is not None:
            self._places[self._view] = row.id
        self._view = VIEWS[(VIEWS.index(self._view) + step) % len(VIEWS)]
        self._of = None
        self.leave_side()
        self.query_one(FilterLine).display = False
        self._text = ""
        self.rows.show(ListRows([]))
        self.retitle()
        self.reload(None)
        self.refresh_bindings()

    def action_everything(self) -> None:
        """Only what is open, or all."""
        self._everything = not self._everything
        self._head()
        self.reload(None)

    async def action_filter(self) -> None:
        """Narrow by number or customer."""
        line = self.query_one(FilterLine)
        line.display = True
        await line.open()

    @on(FilterLine.Typed)
    def _typed(self, event: FilterLine.Typed) -> None:
        self._text = event.text
        self._empty()
        self.reload(None)

    @on(FilterLine.Left)
    def _left(self, event: FilterLine.Left) -> None:
        line = self.query_one(FilterLine)
        if not event.keep or not line.text:
            line.shut()
            line.display = False
            self._text = ""
            self._empty()
            self.reload(None)
        self.rows.focus()

    def action_new(self) -> None:
        """Write an order or a quote: first for whom."""
        from crm_tui.ui.dialogs.pick_customer import PickCustomer
        from crm_tui.ui.trading.forms import ask_new

        quote = self._view == "quotes"

        def chosen(found: tuple[str, str] | None) -> None:
            if found is not None:
                ask_new(self, *found, quote=quote)

        self.app.push_screen(PickCustomer(t("Quote for") if quote else t("Order of")), chosen)

    def action_pay(self) -> None:
        """Note money that came."""
        from crm_tui.ui.trading.forms import ask_payment

        if (row := self._one("order")) is not None:
            ask_payment(self, row, self._number(row))

    def action_deliver(self) -> None:
        """Deliver what is left, or a part."""
        from crm_tui.ui.trading.forms import ask_delivery

        if (row := self._one("order")) is not None:
            ask_delivery(self, row, self._number(row))

    def action_take_back(self) -> None:
        """Take goods back."""
        from crm_tui.ui.trading.forms import ask_return

        if (row := self._one("order")) is not None:
            ask_return(self, row, self._number(row))

    def action_lines(self) -> None:
        """Add lines to a draft."""
        from crm_tui.ui.trading.forms import ask_lines

        if (row := self._one("quote")) is not None:
            ask_lines(self, row["id"], self._number(row))

    def action_send(self) -> None:
        """Say that the quote goes to the customer."""
        if (row := self._one("quote")) is not None:
            said = t("Sent: {number}. u takes it back", number=self._number(row))
            self.change(lambda crm: crm.quotes.send(row["id"]), lambda _: self.toast(said))

    def action_accept(self) -> None:
        """Make an order of the quote."""
        if (row := self._one("quote")) is not None:
            said = t("{number} is an order now. u takes it back", number=self._number(row))
            self.change(lambda crm: crm.quotes.accept(row["id"]), lambda _: self.toast(said))

    def action_customer(self) -> None:
        """Open the card of the customer."""
        from crm_tui.ui.palette import show_customer

        if self._of is not None:
            show_customer(self.crm_app, self._of[1]["customer"])

    def action_trash(self) -> None:
        """Put the order or the quote into the trash."""
        if self._of is not None and self._of[0] in ("order", "quote"):
            noun, row = f"{self._of[0]}s", self._of[1]["row"]
            said = t("To the trash: {name}. u takes it back", name=self._number(row))
            self.change(lambda crm: crm.noun(noun).trash(row["id"]), lambda _: self.toast(said))


def _short(row: dict[str, Any], today: Any) -> Row:
    stored = (
        *(row["id"], row["number"] or row["outside"], row["day"], "", row["total"], row["balance"], row["due"]),
        *(row["stage"], row["status"], row["currency"], row["customer"], row["step"], row["promised"]),
    )
    cells = order_row(stored, today)
    return Row(row["id"], (cells.cells[0], f"{cells.cells[2]}  {cells.cells[4]}  {cells.cells[6]}"), cells.role)


def read_totals(crm: Crm) -> tuple[dict[str, int], dict[str, int]]:
    """What is owed and overdue by currency; runs in a thread."""
    from crm_tui.rules.money import add_up

    found = crm.arrears.owed()
    owed = add_up((one.ages.balance, one.currency) for one in found)
    return owed, add_up((one.ages.overdue, one.currency) for one in found if one.ages.overdue)


def read_one(crm: Crm, view: str, ident: str) -> tuple[str, dict[str, Any]] | None:
    """What stands beside a row: an order's chain, a quote's lines, a customer's open orders; runs in a thread."""
    if view == "collections":
        noun, _, rest = ident.partition(":")
        if noun == "payment":
            order = crm.payments.get(rest)["of_order"]
            return read_one(crm, "orders", order) if order else None
        return read_one(crm, "orders", rest.split(":")[0]) if noun == "order" else None
    if view == "arrears":
        customer = ident.partition(":")[0]
        name = str(crm.customers.get(customer)["name"])
        orders = crm.orders.newest(50, customer=customer, only_open=True)
        return "customer", {"row": {}, "customer": customer, "name": name, "title": name, "orders": orders}
    if view == "orders":
        row = crm.orders.get(ident)
        name = str(crm.customers.get(crm.customers.root(row["customer"]))["name"])
        more = {"chain": crm.orders.chain(ident), "lines": crm.orders.lines(ident)}
        title = f"{name}  {row['number'] or row['outside'] or ''}"
        return "order", {"row": row, "customer": row["customer"], "name": name, "title": title, **more}
    row = crm.quotes.get(ident)
    name = str(crm.customers.get(crm.customers.root(row["customer"]))["name"])
    found = crm.quotes.discount(ident)
    state = ("", "")
    if found.needs_approval:
        known = ", ".join(found.approvers) or t("nobody")
        state = ("!", t("the discount must be approved by: {known}", known=known))
    title = f"{name}  {row['number'] or ''}"
    lines = crm.quotes.lines(ident)
    about = {"row": row, "customer": row["customer"], "name": name, "title": title, "lines": lines, "state": state}
    return "quote", about
