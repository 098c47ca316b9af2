"""*Schedule*: agenda, week and month; mine, a team's or everybody's; plans move by keys."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.services.agenda import Entry
from crm_tui.ui.lists import role_style
from crm_tui.ui.scheduling import plan_steps
from crm_tui.ui.scheduling.calendar_pane import VIEWS, CalendarPane, Days, heading, period, read_days
from crm_tui.ui.scheduling.cell_grid import CellGrid
from crm_tui.ui.scheduling.entry_text import OPEN, kind_text, sentence
from crm_tui.ui.scheduling.whose import Whose, ask_whose
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import cut, safe, width
from crm_tui.ui.when import long_date
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.briefs import Brief
    from crm_tui.store.database import Changes

REST = 0.08


class ScheduleScreen(CrmScreen):
    """A head line, one of three shapes, a line about what stands under the cursor."""

    PLACE = "schedule"
    TITLE_TEXT = "Schedule"
    CSS_PATH = "schedule.tcss"
    AUTO_FOCUS = "#agenda"
    WAITS = frozenset(
        {
            *("log", "new", "move", "cancel", "copy", "put", "free", "brief", "whose"),
            *("rain", "run_list", "shift", "take", "offers", "series", "export"),
        }
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "View", id="schedule.view"),
        Binding("l", "log", "Log a contact", id="visits.log"),
        Binding("m", "move", "Move", id="visits.move"),
        Binding("r", "run_list", "Run list", id="schedule.run_list"),
        Binding("c", "go('callbacks')", "Callbacks", id="schedule.callbacks"),
        Binding("R", "rain", "Rainy day", id="schedule.rain"),
        Binding("n", "new", "New plan", id="schedule.new"),
        Binding("b", "brief", "Brief", id="visits.brief"),
        Binding("o", "whose", "Whose", id="schedule.whose"),
        Binding("x", "cancel", "Cancel", id="visits.cancel", show=False),
        Binding("E", "change", "Change: place, participants, minutes …", id="visits.change", show=False),
        Binding("H", "shift(-1, 0)", "A day earlier", id="schedule.day_earlier", show=False),
        Binding("L", "shift(1, 0)", "A day later", id="schedule.day_later", show=False),
        Binding("K", "shift(0, -1)", "An hour earlier", id="schedule.hour_earlier", show=False),
        Binding("J", "shift(0, 1)", "An hour later", id="schedule.hour_later", show=False),
        Binding("y", "take(False)", "Take a copy", id="schedule.copy", show=False),
        Binding("Y", "take(True)", "Take it, to put it elsewhere", id="schedule.take", show=False),
        Binding("p", "put", "Put it here", id="schedule.put", show=False),
        Binding("f", "free", "To the next free slot", id="schedule.free", show=False),
        Binding("a", "offers", "Proposals", id="schedule.offers", show=False),
        Binding("w", "go('greetings')", "Greetings", id="schedule.greetings", show=False),
        Binding("s", "series", "Series", id="schedule.series", show=False),
        Binding("e", "export", "Export as a calendar", id="schedule.export", show=False),
        Binding("i", "go('calendar_plans')", "Import a calendar", id="schedule.import", show=False),
        Binding("t", "today", "To the present day", id="schedule.today", show=False),
        Binding("left_square_bracket,left", "period(-1)", "Week or month before", id="schedule.before", show=False),
        Binding("right_square_bracket,right", "period(1)", "Next week or month", id="schedule.next", show=False),
        Binding("escape", "drop", "Put away what is in hand", id="schedule.drop", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._whose = Whose()
        self._hand: tuple[Entry, bool] | None = None
        self._timer: Timer | None = None
        self._days: Days | None = None

    def body(self) -> ComposeResult:
        """Head line, shapes, what is under the cursor."""
        yield Static(id="head")
        yield CalendarPane()
        yield Static(id="told")

    def start(self) -> None:
        """Texts, then lines."""
        self._ready = True
        self.pane.day = self.crm_app.local_now().date()
        self.retitle()
        self.reload(None)

    @property
    def pane(self) -> CalendarPane:
        """The three shapes."""
        return self.query_one(CalendarPane)

    @property
    def entry(self) -> Entry | None:
        """What stands under the cursor."""
        return self.pane.entry if self._ready else None

    def retitle(self) -> None:
        """Columns, head line, empty state."""
        self.pane.agenda.set_empty(self._empty())
        self.query_one("#told").display = False
        if self._days is not None:
            self._show(self.pane.day, self._days)
        self._show_head()

    def _empty(self) -> str:
        if self._days is None:
            return t("Opening the file …")
        return t(
            "Nothing is planned this week.\n\n"
            "n  plan something here     :  in one line\nv  week and month     o  whose schedule"
        )

    def reload(self, changes: Changes | None) -> None:
        """Read the period again."""
        whose, view, day = self._whose, self.pane.view, self.pane.day
        self.load(lambda crm: read_days(crm, whose, view, day), partial(self._show, day), group="days")

    def _show(self, day: date, days: Days) -> None:
        self._days = days
        self.pane.show(days, day, self.crm_app.local_now())
        self.pane.agenda.set_empty(self._empty())
        self._told()

    def _told(self) -> None:
        """Head line, foot line, brief and keys follow the cursor."""
        self._show_head()
        told = self.query_one("#told", Static)
        told.display = self.pane.view != "agenda"
        told.update(Text(cut(safe(self._about()), max(0, self.size.width - 2)), no_wrap=True))
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_brief)
        self.refresh_bindings()

    def _about(self) -> str:
        if (entry := self.entry) is not None:
            return sentence(entry)
        day, there = self.pane.day, self.pane.of_day()
        still = sum(one.state in OPEN for one in there)
        counted = t("{n} entries, {open} open", n=len(there), open=still) if there else t("free")
        at = self.pane.slot(self.crm_app.local_now())
        return f"{long_date(day)} {at:%H:%M}  {counted}" if self.pane.view == "week" else f"{long_date(day)}  {counted}"

    def _show_head(self) -> None:
        now = self.crm_app.local_now()
        name, said = heading(self.pane.view, self.pane.day, now.date())
        line = Text(no_wrap=True, overflow="ellipsis", end="").append(name, "bold").append(f"  {said}")
        line.append(f" · {safe(self._whose.text)}", role_style(self, "muted"))
        if self._hand is not None:
            entry, _ = self._hand
            held = t("in hand: {what}", what=f"{kind_text(entry)} {entry.name}")
            keys = t("p puts it here")
            text = cut(safe(f"{held} · {keys}"), max(0, self.size.width - width(line.plain) - 5))
            line.append("   " + text, role_style(self, "warn"))
        self.query_one("#head", Static).update(line)

    def on_resize(self) -> None:
        """What is as wide as the screen is laid out anew."""
        if self._ready and self._days is not None and self.query("#head"):
            self.call_after_refresh(self._show, self.pane.day, self._days)

    def _read_brief(self) -> None:
        entry = self.entry
        if self.pane.view != "agenda" or self.has_class("-narrow"):
            return
        if entry is None:
            self.query_one("#brief", Static).update("")
            return
        customer = entry.customer
        self.load(lambda crm: crm.briefs.of(customer), self._show_brief, group="brief")

    def _show_brief(self, brief: Brief) -> None:
        from crm_tui.ui.scheduling.brief_text import brief_text

        app = self.crm_app
        region = app.crm.region if app.crm is not None else "CN"
        text = brief_text(brief, app.local, app.local_now(), partial(role_style, self), region)
        self.query_one("#brief", Static).update(text)

    @on(RowList.RowHighlighted, "#agenda")
    def _highlighted(self) -> None:
        if (entry := self.entry) is not None and self.pane.view == "agenda":
            self.pane.day = max(entry.at.date(), period("agenda", self.pane.day)[0])
        self._told()

    @on(CellGrid.Moved)
    def _moved(self) -> None:
        self.pane.follow()
        self._told()

    @on(CellGrid.Left)
    def _left(self, event: CellGrid.Left) -> None:
        self._to_day(self.pane.day + timedelta(days=event.step))

    @on(RowList.RowChosen, "#agenda")
    @on(CellGrid.Chosen)
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        if (entry := self.entry) is not None:
            show_customer(self.crm_app, entry.customer)
        elif self.pane.view == "month":
            self._turn("week")
        elif self.pane.more_here():
            self._turn("agenda")
        elif self.pane.view == "week":
            self.action_new()

    def _to_day(self, day: date) -> None:
        self.pane.day = day
        self.reload(None)

    def _turn(self, view: str) -> None:
        entry = self.entry
        self.pane.turn(view)
        if entry is not None:
            self.pane.seek(entry.id)
        elif view == "agenda":
            there = self.pane.of_day()
            if there:
                self.pane.seek(there[0].id)
        self.reload(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plans only can be moved; what is in hand can be put."""
        entry = self.entry
        if action in ("move", "change", "cancel", "shift", "free") or (action == "take" and parameters == (True,)):
            return entry is not None and entry.status == "planned" and super().check_action(action, parameters)
        if action in ("brief", "take"):
            return entry is not None and super().check_action(action, parameters)
        if action in ("put", "drop"):
            return self._hand is not None
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        entry = self.entry
        return (entry.customer, entry.name) if entry is not None else None

    def action_view(self) -> None:
        """The next of the three shapes."""
        self._turn(VIEWS[(VIEWS.index(self.pane.view) + 1) % len(VIEWS)])

    def action_period(self, step: int) -> None:
        """A week or a month on."""
        if self.pane.view == "month":
            middle = self.pane.day.replace(day=15) + timedelta(days=30 * step)
            self._to_day(middle.replace(day=1))
        else:
            self._to_day(self.pane.day + timedelta(days=7 * step))

    def action_today(self) -> None:
        """To the present day."""
        self._to_day(self.crm_app.local_now().date())

    def action_whose(self) -> None:
        """Mine, a colleague's, a team's, everybody's."""

        def chosen(whose: Whose) -> None:
            self._whose = whose
            self.reload(None)

        ask_whose(self, self._whose, chosen)

    def action_log(self) -> None:
        """The plan took place; elsewhere, any contact."""
        from crm_tui.ui.dialogs.log import open_log

        entry = self.entry
        open_log(self, self.log_target(), plan=entry.id if entry is not None and entry.status == "planned" else None)

    def action_new(self) -> None:
        """One line that begins with the day and hour under the cursor."""
        from crm_tui.ui.dialogs.capture import open_capture

        at = self.pane.slot(self.crm_app.local_now())
        open_capture(self, self.log_target(), f"{at:%Y-%m-%d} {at:%H:%M} " if self.pane.view == "week" else f"{at:%F} ")

    def action_brief(self) -> None:
        """What one should know before meeting this customer."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        if (entry := self.entry) is not None:
            self.app.push_screen(BriefDialog(entry.customer))

    def action_move(self) -> None:
        """Ask when instead and why."""
        if (entry := self.entry) is not None:
            self.pane.seek(entry.id)
            plan_steps.ask_move(self, entry.id, entry.name, entry.at)

    def action_change(self) -> None:
        """The form of the plan."""
        if (entry := self.entry) is not None:
            self.pane.seek(entry.id)
            plan_steps.change(self, entry.id)

    def action_cancel(self) -> None:
        """Ask why not."""
        if (entry := self.entry) is not None:
            plan_steps.ask_cancel(self, entry.id, entry.name)

    def action_shift(self, days: int, hours: int) -> None:
        """Move the plan by a day or an hour; the cursor goes with it, into another week too."""
        entry = self.entry
        if entry is None:
            return
        zone = self.crm_app.local_now().tzinfo
        to = (entry.at.replace(tzinfo=None) + timedelta(days=days, hours=hours)).replace(tzinfo=zone)
        self._follow_to(entry.id, to)
        plan_steps.move_to(self, entry.id, to)

    def _follow_to(self, plan: str, to: datetime) -> None:
        self.pane.seek(plan)
        self.pane.day = to.date()

    def action_take(self, move: bool) -> None:
        """Take it in hand: a copy, or itself."""
        entry = self.entry
        if entry is not None:
            self._hand = (entry, move)
            self._told()

    def action_drop(self) -> None:
        """Nothing is in hand any more."""
        self._hand = None
        self._told()

    def action_put(self) -> None:
        """Put what is in hand under the cursor, or on the first free slot after that."""
        if self._hand is None:
            return
        entry, move = self._hand
        self._hand = None
        at = self.pane.slot(self.crm_app.local_now())
        plan_steps.put(self, entry, at, copy=not move, done=self._put)

    def _put(self, plan: str) -> None:
        self.pane.seek(plan)
        self.reload(None)

    def action_free(self) -> None:
        """Move it to the next free slot of whose it is."""
        if (entry := self.entry) is not None:
            self.pane.seek(entry.id)
            plan_steps.to_free_slot(self, entry)

    def action_rain(self) -> None:
        """Move all plans of the day under the cursor."""
        from crm_tui.ui.scheduling.rainy_day import open_rainy_day

        open_rainy_day(self, self.pane.day, self._whose)

    def action_run_list(self) -> None:
        """The errands of the day under the cursor, by area."""
        from crm_tui.ui.scheduling.run_list import open_run_list

        open_run_list(self, self.pane.day, self._whose)

    def action_offers(self) -> None:
        """Who is due by the cadence, and who runs out."""
        from crm_tui.ui.scheduling.proposals import open_proposals

        open_proposals(self, self._whose)

    def action_series(self) -> None:
        """What returns; the cursor stands on the series of the plan that it stood on here."""
        from crm_tui.ui.screens.series import SeriesScreen

        entry = self.entry
        if entry is not None and entry.series:
            self.app.push_screen(SeriesScreen(entry.series))
        else:
            self.crm_app.go("series")

    def action_export(self) -> None:
        """Write what stands here into a calendar file."""
        from crm_tui.ui.scheduling.calendar_file import open_export

        open_export(self, self.pane.view, self.pane.day, self._whose)

    def action_go(self, name: str) -> None:
        """Show another screen."""
        self.crm_app.go(name)
