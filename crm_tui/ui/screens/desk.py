"""*Desk*: who rings, and what is to be done, by the clock. Digits find the card while the caller says hello."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Input, Static

from crm_tui.errors import CrmError
from crm_tui.store.windows import Window
from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role, Row, WindowRows
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.servicing.caller_input import CallerInput
from crm_tui.ui.servicing.queue_rows import VIEWS, DeskState, headers, listing, present, read_state, read_ticket
from crm_tui.ui.text import safe
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.callers import Caller
    from crm_tui.store.database import Changes

REST = 0.06
TICK = 20
"""Seconds after which the clocks in sight are told anew."""


class DeskScreen(CrmScreen):
    """The line of the caller, the queue, and beside them what one wants to know."""

    PLACE = "desk"
    TITLE_TEXT = "Desk"
    CSS_PATH = "desk.tcss"
    AUTO_FOCUS = "#queue"
    WAITS = frozenset({"caller", "take_in", "steps", "review", "call", "new", "hold", "view"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "caller", "Caller", id="desk.caller"),
        Binding("c", "take_in", "Complaint", id="desk.take_in"),
        Binding("s", "steps", "Step", id="desk.steps"),
        Binding("r", "review", "Review", id="desk.review"),
        Binding("l", "call", "Log the call", id="desk.call"),
        Binding("n", "new", "New customer", id="customers.new"),
        Binding("h", "hold", "Hold", id="desk.hold"),
        Binding("v", "view", "View", id="desk.view"),
        Binding("p", "report", "Service report", id="desk.report", show=False),
        Binding("escape", "leave_caller", "Back to the queue", id="desk.leave", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._view = 0
        self._state = DeskState()
        self._callers: list[Caller] = []
        self._held: list[tuple[str, str]] = []
        self._number = ""
        self._to_caller = False
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        """Head, caller, callers over the queue, the card."""
        yield Static(id="head")
        with Horizontal(id="line"):
            yield Static(id="asked")
            yield CallerInput()
            yield Static(id="found")
        with Horizontal(id="pair"):
            with Vertical(id="left"):
                yield RowList(id="callers")
                yield RowList(id="queue")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="card")

    def start(self) -> None:
        """Texts at once, the queue as soon as the file is open."""
        self._ready = True
        self.retitle()
        self.reload(None)
        self.set_interval(TICK, self._tick)

    @property
    def queue(self) -> RowList:
        """The queue."""
        return self.query_one("#queue", RowList)

    @property
    def callers(self) -> RowList:
        """Who answers to what was typed."""
        return self.query_one("#callers", RowList)

    @property
    def view(self) -> str:
        """Which list is shown."""
        return VIEWS[self._view]

    def retitle(self) -> None:
        """Columns, texts, empty states."""
        self.query_one("#asked", Static).update(Text(t("caller")))
        self.query_one(CallerInput).placeholder = t("digits or name")
        self.queue.set_columns(headers())
        self.queue.set_empty(self._empty())
        self.callers.set_columns(
            (Column(t("Who"), flex=2), Column(t("Found by"), flex=1, role="muted"), Column(t("Still open"), 16))
        )
        self.callers.set_empty(t("Nobody is known by that. n makes a customer of it."))
        self._show_head()
        self._show_queue()

    def _empty(self) -> str:
        if self.view == "reviews":
            return t("Nothing waits for your review callback.")
        if self.view == "promises":
            return t("No department owes us anything.")
        if self.view == "mine":
            return t("Nothing is yours.\n\nv  the whole queue")
        return t("Nothing is open.\n\n/  who rings: digits or a name\nc  take a complaint in")

    def reload(self, changes: Changes | None) -> None:
        """Count again, and read the list and what stands beside it."""
        self.load(read_state, self._counted, group="desk")
        if self.has_class("-ringing"):
            self._search(self.query_one(CallerInput).value)

    def _counted(self, state: DeskState) -> None:
        self._state = state
        self._show_head()
        self._show_queue()
        self._look()

    def _show_queue(self) -> None:
        app = self.crm_app
        if app.crm is None:
            return
        keep = row.id if (row := self.queue.cursor_row) is not None else None
        self.queue.set_empty(self._empty())
        window = Window(app.readers, listing(self.view, self._state.me))
        state = self._state
        self.queue.show(WindowRows(window, lambda stored: present(stored, state, app.local_now())), cursor_id=keep)

    def _tick(self) -> None:
        """Clocks run; only what is in sight is told anew."""
        if self.is_current and self.crm_app.crm is not None:
            self.queue.reload()

    def _show_head(self) -> None:
        state = self._state
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append({"open": t("Queue"), "mine": t("Mine"), "reviews": t("My review callbacks"),
                     "promises": t("Promises of departments")}[self.view], "bold")  # fmt: skip
        parts: list[tuple[str, Role]] = [
            (t("{n} open", n=state.open), ""),
            ("! " + t("{n} late", n=state.late) if state.late else "", "bad"),
            ("* " + t("{n} near the end", n=state.warned) if state.warned else "", "warn"),
            (t("{n} to review", n=state.reviews) if state.reviews else "", "accent"),
            ("? " + t("{n} to approve", n=state.asked) if state.asked else "", "warn"),
        ]
        for number, (text, role) in enumerate(part for part in parts if part[0]):
            line.append("  " if not number else " · ", role_style(self, "muted")).append(text, role_style(self, role))
        for name in (one for _, one in self._held):
            line.append("   = " + t("on hold: {name}", name=safe(name)), role_style(self, "warn"))
        self.query_one("#head", Static).update(line)

    # the caller

    @on(Input.Changed, "CallerInput")
    def _typed(self, event: Input.Changed) -> None:
        self.set_class(bool(event.value.strip()), "-ringing")
        self._search(event.value)

    def _search(self, text: str) -> None:
        self._number = text.strip()
        if not self._number:
            self._callers = []
            self.query_one("#found", Static).update("")
            return
        self.load(lambda crm: crm.callers.find(text), partial(self._found, text), group="search")

    def _found(self, text: str, callers: list[Caller]) -> None:
        if text != self.query_one(CallerInput).value:
            return
        self._callers = callers
        show_again(self.callers, [self._caller_row(one) for one in callers])
        said = Text(no_wrap=True, overflow="ellipsis", end="")
        if len(callers) == 1:
            said.append("→ " + safe(callers[0].name), "bold")
            said.append("  " + self._open_of(callers[0]), role_style(self, "warn"))
        elif callers:
            said.append(t("{n} found", n=len(callers)), role_style(self, "muted"))
        elif len(text.strip()) >= 3:
            said.append("? " + t("nobody is known by that: Enter, n new customer"), role_style(self, "warn"))
        self.query_one("#found", Static).update(said)
        if self._to_caller and callers:
            self._to_caller = False
            self.callers.focus()
        self._look()
        self.refresh_bindings()

    def _caller_row(self, one: Caller) -> Row:
        said = self._open_of(one)
        return Row(one.customer, (one.name, one.why if one.why != one.name else "", said or "–"),
                   roles=("", "", "bad" if one.late else "warn" if said else "muted"))  # fmt: skip

    def _open_of(self, one: Caller) -> str:
        parts = [
            t("{n} open", n=one.tickets) if one.tickets else "",
            t("{n} promised", n=one.promises) if one.promises else "",
        ]
        return " · ".join(part for part in parts if part)

    @on(CallerInput.Left)
    def _left(self, event: CallerInput.Left) -> None:
        if event.keep and self._callers:
            self.callers.focus()
        elif event.keep and self._number:
            self.action_new()
        else:
            self.queue.focus()

    @property
    def caller(self) -> tuple[str, str] | None:
        """Who rings: under the cursor of the callers, or the only one."""
        place = self.callers.cursor
        if self.has_class("-ringing") and 0 <= place < len(self._callers):
            return self._callers[place].customer, self._callers[place].name
        return None

    # what stands beside

    @on(RowList.RowHighlighted)
    def _highlighted(self) -> None:
        self._look()
        self.refresh_bindings()

    def _look(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_side)

    def _read_side(self) -> None:
        caller, row = self.caller, self.queue.cursor_row
        if caller is not None and not self.queue.has_focus:
            self.load(lambda crm: crm.callers.card(caller[0]), self._show_caller, group="card")
        elif row is not None and self.queue.count:
            self.load(partial(read_ticket, row.id), self._show_ticket, group="card", failed=self._gone)
        else:
            self.query_one("#card", Static).update("")

    def _gone(self, _: CrmError) -> None:
        self.query_one("#card", Static).update("")

    def _show_caller(self, card: dict[str, Any]) -> None:
        from crm_tui.ui.servicing.texts import caller_text

        app = self.crm_app
        region = app.crm.region if app.crm is not None else "CN"
        text = caller_text(card, app.local, app.local_now(), partial(role_style, self), region)
        self.query_one("#card", Static).update(text)

    def _show_ticket(self, told: tuple[dict[str, Any], str, list[str], bool]) -> None:
        from crm_tui.ui.servicing.texts import ticket_text

        row, name, lines, late = told
        narrow = self.has_class("-narrow")
        text = ticket_text(row, name, lines, partial(role_style, self), late=late, short=narrow)
        self.query_one("#card", Static).update(text)

    # actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Steps need a ticket, calls a caller."""
        if not self._ready:
            return False
        on_queue = self.queue.has_focus and self.queue.count > 0
        if action in ("steps", "review"):
            return on_queue and super().check_action(action, parameters)
        if action in ("call", "hold"):
            return (self.caller is not None or (action == "hold" and bool(self._held))) and super().check_action(
                action, parameters
            )
        if action == "new":
            return self.has_class("-ringing") and super().check_action(action, parameters)
        if action == "leave_caller":
            return not self.queue.has_focus
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """Who rings, or whose ticket stands under the cursor."""
        return self.caller

    def action_caller(self) -> None:
        """Type who rings."""
        box = self.query_one(CallerInput)
        box.focus()
        box.action_select_all()

    def action_leave_caller(self) -> None:
        """The call is over: back to the queue."""
        self.query_one(CallerInput).value = ""
        self.queue.focus()

    def action_take_in(self) -> None:
        """Take a complaint in, for who rings."""
        from crm_tui.ui.servicing.take_in import take_in

        take_in(self, self.caller)

    def action_steps(self) -> None:
        """What can be done with the ticket under the cursor."""
        self._with_ticket("")

    def action_review(self) -> None:
        """Make the review callback of the ticket under the cursor."""
        self._with_ticket("review")

    def _with_ticket(self, step: str) -> None:
        from crm_tui.ui.servicing.steps import choose_step, take_step

        row = self.queue.cursor_row
        if row is None:
            return

        def go(ticket: dict[str, Any]) -> None:
            if step:
                take_step(self, ticket, step)
            else:
                choose_step(self, ticket)

        self.load(lambda crm: crm.tickets.get(row.id), go, group="ticket")

    def action_call(self) -> None:
        """Log the call: direction, reason, result."""
        from crm_tui.ui.dialogs.log import open_log

        values = {"kind": "call", "direction": "in", "channel": "phone"}
        open_log(self, self.caller, values=values)

    def action_new(self) -> None:
        """Make a customer of who rings, the number filled in."""
        from crm_tui.ui.dialogs.edit import open_form
        from crm_tui.ui.servicing.take_in import new_caller

        open_form(self, partial(new_caller, self._number), self._known)

    def _known(self, _: Any) -> None:
        """Who was just made a customer is the caller: the next key is about him."""
        self._to_caller = True
        self._search(self.query_one(CallerInput).value)

    def action_hold(self) -> None:
        """Put who rings on hold and take the next call; without a caller, go back to who waits."""
        caller = self.caller
        if caller is not None:
            self._held = [one for one in self._held if one[0] != caller[0]] + [caller]
            self.query_one(CallerInput).value = ""
            self.query_one(CallerInput).focus()
        elif self._held:
            _, name = self._held.pop(0)
            self.query_one(CallerInput).value = name
            self.callers.focus()
        self._show_head()

    def action_view(self) -> None:
        """The next of the lists."""
        self._view = (self._view + 1) % len(VIEWS)
        if self.view == "mine" and self._state.me is None:
            self._view += 1
        self._show_head()
        self._show_queue()

    def action_report(self) -> None:
        """The figures of the desk."""
        self.crm_app.go("service_reports")

    @on(RowList.RowChosen, "#callers")
    def _caller_chosen(self, event: RowList.RowChosen) -> None:
        from crm_tui.ui.palette import show_customer

        show_customer(self.crm_app, event.row.id)

    @on(RowList.RowChosen, "#queue")
    def _ticket_chosen(self, event: RowList.RowChosen) -> None:
        from crm_tui.ui.screens.tickets import TicketScreen

        self.app.push_screen(TicketScreen(event.row.id))
