"""*Today*: what is planned and promised, overdue first; dates near, warnings; a brief of whom it is about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from crm_tui.ui.lists import role_style, show_again
from crm_tui.ui.rows import Column, Role
from crm_tui.ui.scheduling.day_lines import (
    Day,
    Warned,
    counts,
    next_of,
    plan_row,
    plan_warned,
    read_day,
    read_warnings,
    warned_row,
)
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import cut, safe, width
from crm_tui.ui.when import long_date
from crm_tui.ui.widgets.row_list import RowList
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.briefs import Brief
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import Pace
    from crm_tui.services.today import Line
    from crm_tui.store.database import Changes

REST = 0.06
"""Seconds that the cursor must rest on a line before the card beside it is read."""


def read_pace(crm: Crm) -> list[Pace]:
    """How the targets of who sits here go; in a thread."""
    me = crm.people.me()
    return crm.day_reports.pace(str(me["id"])) if me else []


class TodayScreen(CrmScreen):
    """A count line, one list, the customer under the cursor."""

    PLACE = "today"
    TITLE_TEXT = "Today"
    CSS_PATH = "today.tcss"
    AUTO_FOCUS = "#today"
    WAITS = frozenset({"log_plan", "move", "cancel", "new", "everybody", "import", "brief", "take"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l", "log_plan", "Log a contact", id="visits.log"),
        Binding("b", "brief", "Brief", id="visits.brief"),
        Binding("m", "move", "Move", id="visits.move"),
        Binding("p", "take", "Plan it", id="today.take"),
        Binding("c", "callbacks", "Callbacks", id="today.callbacks"),
        Binding("d", "app.go('day_reports')", "Day report", id="today.report"),
        Binding("x", "cancel", "Cancel", id="visits.cancel"),
        Binding("o", "everybody", "Mine / all", id="today.everybody"),
        Binding("n", "new", "New customer", id="customers.new", show=False),
        Binding("i", "import", "Import", id="import.open", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._day: Day | None = None
        self._everybody = False
        self._timer: Timer | None = None
        self._brief: Brief | None = None
        self._warned: list[Warned] = []
        self._paces: list[Pace] = []

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
        self._show_brief()

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
        self.load(lambda crm: read_warnings(crm, everybody), self._show_warned, group="warnings")
        self.load(read_pace, self._have_pace, group="pace")

    def _show_warned(self, warned: list[Warned]) -> None:
        """They come after the day, which is there at once."""
        self._warned = warned
        if self._day is not None:
            self.show_day(self._day)

    def _have_pace(self, paces: list[Pace]) -> None:
        self._paces = paces
        self._show_counts()

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
        coming = next_of(day.lines, now)
        rows = [plan_row(line, now, coming) for line in day.lines]
        show_again(self.rows, [*rows, *map(warned_row, self._warned)])
        self._show_counts()
        if not self.rows.count:
            self._brief = None
            self._show_brief()
        else:
            self._wait_for_brief()
        self.refresh_bindings()

    def _show_counts(self) -> None:
        day, now = self._day, self.crm_app.local_now()
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(long_date(now.date()), "bold")
        if day is not None and self.rows.count:
            for number, (count, said, role) in enumerate(counts(day, self._warned, now)):
                part = (" · " if number else "  ", said.replace("#", str(count)))
                if width(line.plain) + width("".join(part)) > self.size.width - 2:
                    break
                line.append(part[0], self._style("muted")).append(part[1], self._style(role))
            said = t("everybody's") if self._everybody or not day.me else t("mine")
            if width(line.plain) + width(said) + 3 <= self.size.width - 2:
                line.append(f" · {said}", self._style("muted"))
        for pace in self._paces[:1]:
            mark = "!" if pace.behind else "+"
            said = f"{mark} " + t("target {done}/{target}", done=pace.done, target=pace.target["target"])
            if width(line.plain) + width(said) + 5 <= self.size.width:
                line.append("   " + said, self._style("warn" if pace.behind else "good"))
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

    @property
    def warned(self) -> Warned | None:
        """The warning under the cursor."""
        place = self.rows.cursor - (len(self._day.lines) if self._day is not None else 0)
        return self._warned[place] if self._day is not None and 0 <= place < len(self._warned) else None

    @on(RowList.RowHighlighted, "#today")
    def _highlighted(self) -> None:
        self.refresh_bindings()
        self._wait_for_brief()

    def _wait_for_brief(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(REST, self._read_brief)

    def _read_brief(self) -> None:
        target = self.log_target()
        if target is not None and not self.has_class("-narrow"):
            customer = target[0]
            self.load(lambda crm: crm.briefs.of(customer), self._read, group="card")

    def _read(self, brief: Brief) -> None:
        self._brief = brief
        self._show_brief()

    def _show_brief(self) -> None:
        if self._brief is None:
            self.query_one("#card", Static).update("")
            return
        # Only now: it needs the records, which are loaded in a thread after the first frame.
        from crm_tui.ui.scheduling.brief_text import brief_text

        app = self.crm_app
        region = app.crm.region if app.crm is not None else "CN"
        self.query_one("#card", Static).update(brief_text(self._brief, app.local, app.local_now(), self._style, region))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plans only can be moved and cancelled, warnings planned; "mine" needs somebody who sits here."""
        if action in ("move", "cancel"):
            line = self.line
            return line is not None and line.plan is not None and super().check_action(action, parameters)
        if action == "take":
            return self.warned is not None and super().check_action(action, parameters)
        if action == "brief":
            return self.log_target() is not None and super().check_action(action, parameters)
        if action == "everybody":
            return self._day is not None and self._day.me
        return super().check_action(action, parameters)

    def log_target(self) -> tuple[str, str] | None:
        """The customer under the cursor."""
        line = self.line or self.warned
        return (line.customer, line.name) if line is not None else None

    @on(RowList.RowChosen, "#today")
    def _chosen(self) -> None:
        from crm_tui.ui.palette import show_customer

        target = self.log_target()
        if target is not None:
            show_customer(self.crm_app, target[0])

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

    def action_brief(self) -> None:
        """What one should know before meeting this customer."""
        from crm_tui.ui.dialogs.brief import BriefDialog

        target = self.log_target()
        if target is not None:
            self.app.push_screen(BriefDialog(target[0]))

    def action_move(self) -> None:
        """Plan it for another day, with the reason."""
        from crm_tui.ui.scheduling.plan_steps import ask_move

        line = self.line
        if line is not None and line.plan is not None and line.at is not None:
            ask_move(self, line.plan, line.name, line.at)

    def action_cancel(self) -> None:
        """Take a plan off the list, with the reason; undo brings it back."""
        from crm_tui.ui.scheduling.plan_steps import ask_cancel

        line = self.line
        if line is not None and line.plan is not None:
            ask_cancel(self, line.plan, line.name)

    def action_take(self) -> None:
        """Plan what the warning asks for."""
        warned = self.warned
        if warned is not None:
            said = t("Planned: {name}. u takes it back", name=warned.name)
            self.change(lambda crm: plan_warned(crm, warned), lambda _: self.toast(said))

    def action_callbacks(self) -> None:
        """The dial queue."""
        self.crm_app.go("callbacks")
