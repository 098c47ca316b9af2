"""*Today*: what was promised, overdue first, and whom it is promised to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role, Row
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import cut, safe, width
from crm_tui.ui.when import long_date, weekday
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.today import Line
    from crm_tui.store.database import Changes

REST = 0.06
"""Seconds that the cursor must rest on a line before the card beside it is read."""


@dataclass(frozen=True)
class Day:
    """What the screen shows.

    Attributes:
        lines: in their order.
        ask: ids of customers of whom something is missing.
        customers: whether there are any.
        me: whether it is known who sits here.
    """

    lines: list[Line]
    ask: frozenset[str]
    customers: bool
    me: bool


def read_day(crm: Crm, everybody: bool) -> Day:
    """Read the day in a thread."""
    me = crm.people.me()
    lines = crm.today.lines(None if everybody or me is None else str(me["id"]))
    ask = {str(card["id"]) for card in crm.customers.incomplete()} & {line.customer for line in lines}
    (some,) = crm.store.reader().execute("SELECT EXISTS(SELECT 1 FROM customers WHERE live)").fetchone()
    return Day(lines, frozenset(ask), bool(some), me is not None)


class TodayScreen(CrmScreen):
    """A count line, one list, the customer under the cursor."""

    PLACE = "today"
    TITLE_TEXT = "Today"
    CSS_PATH = "today.tcss"
    AUTO_FOCUS = "#today"
    WAITS = frozenset({"open", "log_plan", "move", "cancel", "new", "everybody", "import"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log_plan", "Log a contact", id="visits.log"),
        Binding("m", "move", "Move", id="visits.move"),
        Binding("x", "cancel", "Cancel", id="visits.cancel"),
        Binding("n", "new", "New customer", id="customers.new"),
        Binding("o", "everybody", "Mine / all", id="today.everybody"),
        Binding("i", "import", "Import", id="import.open", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._day: Day | None = None
        self._everybody = False
        self._timer: Timer | None = None
        self._card: dict[str, Any] | None = None

    def body(self) -> ComposeResult:
        """Count line, list, card."""
        yield Static(id="counts")
        with Horizontal(id="pair"):
            yield RowList(id="today")
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="card")

    def start(self) -> None:
        """Texts at once, lines as soon as the file is open."""
        self._ready = True
        self.retitle()
        self.reload(None)
        self.set_interval(60, self._minute)

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one("#today", RowList)

    def retitle(self) -> None:
        """Columns, counts, empty state."""
        self.rows.set_columns(
            (
                Column(t("When"), 8),
                Column(t("What"), 8, role="muted"),
                Column(t("Customer"), flex=1),
                Column(t("About"), flex=1, from_width=50),
            )
        )
        self.rows.set_empty(self._empty())
        if self._day is not None:
            self.show_day(self._day)
        self._show_card()

    def _empty(self) -> str:
        if self._day is None:
            return t("Opening the file …")
        if not self._day.customers:
            return t(
                "Here stands what you promised, overdue first.\nThere are no customers yet.\n\n"
                "i  import a file of another program\nn  add the first customer"
            )
        if self._everybody or not self._day.me:
            return t("Nothing is due today.\n\nWhat you promise when you log a contact (l) comes up here on its day.")
        return t("Nothing of yours is due today.\n\no  everybody's   2  customers   l  log a contact")

    def reload(self, changes: Changes | None) -> None:
        """Read the day again."""
        everybody = self._everybody
        self.load(lambda crm: read_day(crm, everybody), self.show_day)

    def _minute(self) -> None:
        """Times told by distance grow old; midnight makes another day."""
        if self.is_current and self._day is not None:
            self.reload(None)

    def show_day(self, day: Day) -> None:
        """Show what was read; the first time, what belongs to a start follows."""
        if self._day is None:
            from crm_tui.ui.dialogs.welcome import after_start

            after_start(self)
        self._day = day
        now = self.crm_app.local_now()
        self.rows.set_empty(self._empty())
        show_again(self.rows, [shown(number, line, now) for number, line in enumerate(day.lines)])
        self._show_counts()
        if not day.lines:
            self._card = None
            self._show_card()
        else:
            self._wait_for_card()
        self.refresh_bindings()

    def _show_counts(self) -> None:
        day, now = self._day, self.crm_app.local_now()
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(long_date(now.date()), "bold")
        if day is not None and day.lines:
            for count, said, role in counts(day, now):
                line.append("  " if role == "first" else " · ", self._style("muted"))
                line.append(said.replace("#", str(count)), self._style("bad" if role == "first" else ""))
            said = t("everybody's") if self._everybody or not day.me else t("mine")
            line.append(f" · {said}", self._style("muted"))
        coming = self._coming(now)
        room = self.size.width - 2 - width(line.plain) - 3
        if coming and room >= 24:
            coming = cut(safe(coming), room)
            line.append(" " * (room + 3 - width(coming)) + coming, self._style("muted"))
        self.query_one("#counts", Static).update(line)

    def _coming(self, now: datetime) -> str:
        later = [line for line in (self._day.lines if self._day else []) if line.at is not None and line.at >= now]
        if not later or later[0].at is None:
            return ""
        minutes = int((later[0].at - now).total_seconds()) // 60
        span = t("in {n} min", n=minutes) if minutes < 60 else t("in {n} h", n=minutes // 60)
        return t("next: {time} {name}, {span}", time=f"{later[0].at:%H:%M}", name=later[0].name, span=span)

    def on_resize(self) -> None:
        """The count line is as wide as the screen; a size may come when the body is not there yet, or gone."""
        if self._ready and self.query("#counts"):
            self._show_counts()

    def _style(self, role: Role) -> Style:
        return role_style(self, role)

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        place, day = self.rows.cursor, self._day
        return day.lines[place] if day is not None and 0 <= place < len(day.lines) else None

    @on(RowList.RowHighlighted, "#today")
    def _highlighted(self) -> None:
        self.refresh_bindings()
        self._wait_for_card()

    def _wait_for_card(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_card)

    def _read_card(self) -> None:
        line = self.line
        if line is not None and not self.has_class("-narrow"):
            self.load(partial(_card, line.customer), self._read, group="card")

    def _read(self, card: dict[str, Any]) -> None:
        self._card = card
        self._show_card()

    def _show_card(self) -> None:
        if self._card is None:
            self.query_one("#card", Static).update("")
            return
        # Only now: it needs the records, which are loaded in a thread after the first frame.
        from crm_tui.ui.short_card import short_card

        app = self.crm_app
        self.query_one("#card", Static).update(short_card(self._card, app.local, app.local_now(), self._style))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plans only can be moved and cancelled; "mine" needs somebody who sits here."""
        if action in ("move", "cancel"):
            line = self.line
            return line is not None and line.plan is not None and super().check_action(action, parameters)
        if action == "everybody":
            return self._day is not None and self._day.me
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        line = self.line
        return (line.customer, line.name) if line is not None else None

    @on(RowList.RowChosen, "#today")
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        line = self.line
        if line is not None:
            show_customer(self.crm_app, line.customer)

    def action_everybody(self) -> None:
        """Mine, or everybody's."""
        self._everybody = not self._everybody
        self.reload(None)

    def action_import(self) -> None:
        """Bring customers in."""
        self.crm_app.go("import")

    def action_new(self) -> None:
        """Add a customer."""
        from crm_tui.ui.dialogs.edit import new_customer

        new_customer(self)

    def action_log_plan(self) -> None:
        """Log the contact that was planned; on another line, any contact with that customer."""
        from crm_tui.ui.dialogs.log import open_log

        line = self.line
        open_log(self, self.log_target(), plan=line.plan if line is not None else None)

    def action_move(self) -> None:
        """Plan it for another day."""
        from crm_tui.ui.dialogs.ask_day import AskDay

        line = self.line
        if line is None or line.plan is None or line.at is None:
            return
        plan = line.plan

        def move(to: datetime | None) -> None:
            if to is not None:
                when = f"{weekday(to.date())} {to:%m-%d %H:%M}"
                said = t("Moved to {when}. u takes it back", when=when)
                self.change(lambda crm: crm.visits.move(plan, to), lambda _: self.toast(said))

        self.app.push_screen(AskDay(t("Move: {name}", name=line.name), line.at), move)

    def action_cancel(self) -> None:
        """Take a plan off the list; undo brings it back."""
        line = self.line
        if line is not None and line.plan is not None:
            plan, said = line.plan, t("Cancelled: {name}. u takes it back", name=line.name)
            self.change(lambda crm: crm.visits.cancel(plan), lambda _: self.toast(said))


def _card(customer: str, crm: Crm) -> dict[str, Any]:
    from crm_tui.rules.phones import show_phone

    card = crm.customers.card(customer, 3)
    for phone in card["phones"]:
        phone["number"] = show_phone(phone["number"] or "", crm.region)
    return card


def counts(day: Day, now: datetime) -> list[tuple[int, str, Any]]:
    """The numbers of the count line: count, text with # in its place, "first" for what is overdue."""
    plans = [line for line in day.lines if line.kind == "plan"]
    late = sum(line.days > 0 or (line.at is not None and line.at < now) for line in plans)
    dates = sum(line.kind == "date" for line in day.lines)
    found: list[tuple[int, str, Any]] = []
    if late:
        found.append((late, t("# overdue"), "first"))
    found.append((len(plans) - late, t("# today"), ""))
    if dates:
        found.append((dates, t("# dates near"), ""))
    if day.ask:
        found.append((len(day.ask), t("# to ask"), ""))
    return found


def shown(number: int, line: Line, now: datetime) -> Row:
    """One line of the day: a mark and when, what kind, who, what about."""
    from crm_tui.ui.fields import choice_text

    role: Role = ""
    if line.kind == "plan" and line.at is not None:
        if line.days > 0:
            when, role = "! " + t("{n} d", n=line.days), "bad"
        elif line.at < now:
            when, role = f"! {line.at:%H:%M}", "bad"
        else:
            when, role = f"* {line.at:%H:%M}", "warn"
        kind, about = choice_text("visits", "kind", line.what), line.text
    elif line.kind == "date":
        on = now.date() + timedelta(days=-line.days)
        when, role = ("* " + t("today"), "warn") if line.days == 0 else (f"~ {weekday(on)}", "")
        kind = choice_text("key_dates", "kind", line.what)
        about = " · ".join(filter(None, (line.text, t("in {n} d", n=-line.days) if line.days else "")))
    else:
        when, kind, about = "? " + t("any"), t("ask"), line.text
    return Row(line.plan or f"{line.kind}:{line.customer}:{line.what}:{line.text}", (when, kind, line.name, about),
               roles=(role,))  # fmt: skip
