"""*Team*: person by day, plan against actual; Enter on a cell reads its records one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from crm_tui.services.team import Grid, Line
from crm_tui.ui.lists import role_style
from crm_tui.ui.scheduling.cell_grid import CellGrid
from crm_tui.ui.scheduling.team_grid import TOTAL, legend, team_cells
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import cut, safe, width
from crm_tui.ui.when import date_text, since, weekday
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.agenda import Entry
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import Pace
    from crm_tui.store.database import Changes

UNSEEN_DAYS = 30


@dataclass(frozen=True)
class Seen:
    """What was read: the grid, key customers not seen, teams, targets by person, day reports that nobody has read."""

    grid: Grid
    unseen: tuple[dict[str, Any], ...]
    teams: tuple[str, ...]
    paces: dict[str, list[Pace]]
    waiting: int


def read_week(crm: Crm, monday: date, team: str) -> Seen:
    """Read a week in a thread."""
    people = crm.people.all()
    teams = tuple(sorted({str(one["team"]) for one in people if one["team"]}))
    members = [str(one["id"]) for one in people if one["team"] == team] if team else None
    grid, unseen = crm.team.grid(monday, people=members), tuple(crm.team.unseen_keys(UNSEEN_DAYS))
    me = crm.people.me()
    waiting = crm.day_reports.waiting(reader=str(me["id"]) if me else None)
    return Seen(grid, unseen, teams, crm.day_reports.paces(), len(waiting))


class TeamScreen(CrmScreen):
    """A head line, the grid, key customers not seen, what the signs mean."""

    PLACE = "team"
    TITLE_TEXT = "Team"
    CSS_PATH = "team.tcss"
    AUTO_FOCUS = "#team"
    WAITS = frozenset({"read_all", "freeze", "unseen", "which", "acknowledge", "hand_over", "reports"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "reports", "Day reports", id="team.reports"),
        Binding("p", "app.go('activity_targets')", "Targets", id="team.targets"),
        Binding("a", "acknowledge", "Acknowledge all", id="team.acknowledge"),
        Binding("o", "which", "Which team", id="team.which"),
        Binding("c", "unseen", "Key customers not seen", id="team.unseen"),
        Binding("f", "freeze", "Freeze the plans", id="team.freeze"),
        Binding("h", "hand_over", "Hand over", id="team.hand_over", show=False),
        Binding("t", "today", "To the present week", id="team.today", show=False),
        Binding("left_square_bracket", "week(-1)", "Week before", id="team.before"),
        Binding("right_square_bracket", "week(1)", "Next week", id="team.next", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._ready = False
        self._seen: Seen | None = None
        self._monday = date.min
        self._team = ""
        self._placed = False

    def body(self) -> ComposeResult:
        """Head line, grid, lines below."""
        yield Static(id="head")
        yield CellGrid(id="team")
        yield Static(id="pace")
        yield Static(id="keys")
        yield Static(id="legend")

    def start(self) -> None:
        """Texts, then the week."""
        self._ready = True
        today = self.crm_app.local_now().date()
        self._monday = today - timedelta(days=today.weekday())
        self.retitle()
        self.reload(None)

    @property
    def grid(self) -> CellGrid:
        """The cells."""
        return self.query_one("#team", CellGrid)

    @property
    def line(self) -> Line | None:
        """The person under the cursor."""
        lines = self._seen.grid.lines if self._seen is not None else ()
        return lines[self.grid.row] if self._ready and self.grid.row < len(lines) else None

    @property
    def visits(self) -> list[str]:
        """The contacts behind the cell under the cursor; all of the week in the total."""
        line, at = self.line, self.grid.column
        if line is None:
            return []
        if at == TOTAL:
            return list(dict.fromkeys(visit for cell in line.cells for visit in cell.visits))
        return list(line.cells[at - 1].visits)

    def retitle(self) -> None:
        """Head line, cells, legend."""
        if self._seen is None:
            empty = t("Opening the file …")
        else:
            empty = t(
                "Nobody had or has anything planned this week.\n\nPlans and logged contacts of people stand here."
            )
        self.grid.set_empty(empty)
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Read the week again."""
        monday, team = self._monday, self._team
        self.load(lambda crm: read_week(crm, monday, team), self._have, group="week")

    def _have(self, seen: Seen) -> None:
        first = self._seen is None
        self._seen = seen
        if first:
            self.retitle()
        else:
            self._show()

    def _show(self) -> None:
        seen, today = self._seen, self.crm_app.local_now().date()
        if seen is not None:
            columns, cells = team_cells(seen.grid, today, self.size.width, seen.paces)
            self.grid.show(columns, cells)
            if not self._placed and cells:
                self._placed = True
                self.grid.move_to(0, min(7, max(1, (today - self._monday).days + 1)))
        self._show_head()
        self._show_pace()
        self._show_unseen()
        self.refresh_bindings()

    def _show_pace(self) -> None:
        """The targets of the person under the cursor, with what is needed a day from now on."""
        from crm_tui.ui.scheduling.day_report_page import pace_text

        shown, line, text = self.query_one("#pace", Static), self.line, Text(no_wrap=True, overflow="ellipsis")
        paces = self._seen.paces.get(line.person or "", []) if self._seen is not None and line is not None else []
        shown.display = bool(paces)
        for number, one in enumerate(paces[:3]):
            said, name = pace_text(one, self.crm_app.local_now().date()), line.name if line is not None else ""
            said = f"{name} · {said}" if width(name) + width(said) + 5 <= self.size.width else said
            style = role_style(self, "warn" if one.behind else "good")
            text.append("\n" if number else "").append(cut(safe(said), max(0, self.size.width - 2)), style)
        shown.update(text)

    def _show_head(self) -> None:
        now, last = self.crm_app.local_now(), self._monday + timedelta(days=6)
        line = Text(no_wrap=True, overflow="ellipsis", end="")
        line.append(t("Team"), "bold")
        week = t("week {n}", n=self._monday.isocalendar().week)
        line.append(f"  {week}  {date_text(self._monday, now.date())} – {date_text(last, now.date())}")
        line.append(f" · {safe(self._team) or t('everybody')}", role_style(self, "muted"))
        if self._seen is not None and any(one.frozen for one in self._seen.grid.lines):
            line.append("   # " + t("plans frozen"), role_style(self, "accent"))
        if self._seen is not None and self._seen.waiting:
            unread = t("{n} reports unread", n=self._seen.waiting)
            if width(line.plain) + width(unread) + 7 > self.size.width:
                unread = t("{n} unread", n=self._seen.waiting)
            line.append("   * " + unread, role_style(self, "accent"))
        said = self._cell_text()
        fits = width(line.plain) + width(said) + 4 < self.size.width
        if said and fits:
            line.append(" " * (self.size.width - 2 - width(line.plain) - width(said)))
            line.append(said, role_style(self, "muted"))
        self.query_one("#head", Static).update(line)
        # Where the cell's counts have no room above, their words take the place of what the signs mean.
        below = legend() if fits or not self._has_signs() else said
        self.query_one("#legend", Static).update(Text(below, no_wrap=True, overflow="ellipsis"))

    def _has_signs(self) -> bool:
        """Whether the cell under the cursor says more than done of planned."""
        line, at = self.line, self.grid.column
        if line is None:
            return False
        one = line.total if at == TOTAL else line.cells[at - 1]
        return bool(one.missed or one.moved or one.late or one.unplanned)

    def _cell_text(self) -> str:
        line, at = self.line, self.grid.column
        if line is None or not self.visits:
            return ""
        one = line.total if at == TOTAL else line.cells[at - 1]
        counts = (
            (t("planned"), one.planned),
            (t("done"), one.done),
            (t("late"), one.late),
            (t("missed"), one.missed),
            (t("moved"), one.moved),
            (t("cancelled"), one.cancelled),
            (t("open"), one.open),
            (t("extra"), one.unplanned),
        )
        return "  ".join(f"{n} {what}" for what, n in counts if n)

    def _show_unseen(self) -> None:
        shown = self.query_one("#keys", Static)
        unseen = self._seen.unseen if self._seen is not None else ()
        shown.display = bool(unseen)
        names = ("、" if language() == "zh" else ", ").join(str(one["name"]) for one in unseen[:8])
        head = t("Key customers not seen for {n} days: {count}", n=UNSEEN_DAYS, count=len(unseen))
        text = Text("! " + head, role_style(self, "warn"), no_wrap=True)
        text.append("  " + cut(safe(names), max(0, self.size.width - width(head) - 8)), role_style(self, "muted"))
        shown.update(text)

    def on_resize(self) -> None:
        """Columns are as many as there is room for."""
        if self._ready and self.query("#head"):
            self.call_after_refresh(self._show)

    @on(CellGrid.Moved)
    def _moved(self) -> None:
        self._show_head()
        self._show_pace()
        self.refresh_bindings()

    @on(CellGrid.Left)
    def _left(self, event: CellGrid.Left) -> None:
        if event.step < 0:
            self.action_week(-1)

    @on(CellGrid.Chosen)
    def _chosen(self) -> None:
        visits, title = self.visits, self._where()
        if not visits:
            self.toast(t("Nothing stands behind this cell"))
            return
        self.load(lambda crm: crm.agenda.of_ids(visits), lambda entries: self._open(title, entries), group="cell")

    def _open(self, title: str, entries: list[Entry]) -> None:
        from crm_tui.ui.scheduling.review import Review

        if entries:
            self.app.push_screen(Review(title, entries))

    def _where(self) -> str:
        line, at = self.line, self.grid.column
        name = (line.name if line is not None else "") or t("nobody's")
        if at == TOTAL:
            return f"{name} · {t('week {n}', n=self._monday.isocalendar().week)}"
        day = self._monday + timedelta(days=at - 1)
        return f"{name} · {weekday(day)} {date_text(day, self.crm_app.local_now().date())}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs records needs a cell with some."""
        if action == "acknowledge":
            return bool(self.visits) and super().check_action(action, parameters)
        if action == "unseen":
            return self._seen is not None and bool(self._seen.unseen)
        return super().check_action(action, parameters)

    def action_week(self, step: int) -> None:
        """A week on."""
        self._monday += timedelta(days=7 * step)
        self.reload(None)

    def action_today(self) -> None:
        """The present week."""
        today = self.crm_app.local_now().date()
        self._monday = today - timedelta(days=today.weekday())
        self.reload(None)

    def action_which(self) -> None:
        """One team, or everybody."""
        from crm_tui.ui.dialogs.pick import Pick

        teams = self._seen.teams if self._seen is not None else ()
        rows = [("-", t("Everybody"), ""), *((name, name, "") for name in teams)]

        def chosen(name: str | None) -> None:
            if name is not None:
                self._team = "" if name == "-" else name
                self.reload(None)

        self.app.push_screen(Pick(t("Which team"), rows, self._team or "-"), chosen)

    def action_reports(self) -> None:
        """The day reports of the day under the cursor, one person after the other; in the total one's whole week."""
        line, at, today = self.line, self.grid.column, self.crm_app.local_now().date()
        if line is None or self._seen is None:
            return
        whole = at == TOTAL
        first = self._monday if whole else self._monday + timedelta(days=at - 1)
        last = min(self._monday + timedelta(days=6), today) if whole else first
        people = [one.person for one in ([line] if whole else self._seen.grid.lines) if one.person is not None]
        if first > today or not people:
            self.toast(t("There is no report of that day yet"))
            return

        def show(stops: list[tuple[str, date]]) -> None:
            from crm_tui.ui.screens.day_reports import DayReportsScreen

            if stops:
                own = next((at for at, one in enumerate(stops) if one[0] == line.person), 0)
                self.app.push_screen(DayReportsScreen(stops, own))
            else:
                self.toast(t("There is no report of that day yet"))

        self.load(lambda crm: crm.day_reports.of_days(first, last, people), show, group="reports")

    def action_acknowledge(self) -> None:
        """Say that every record of the cell was read."""
        visits = self.visits
        said = t("{n} records acknowledged. u takes it back", n=len(visits))
        self.change(lambda crm: crm.team.acknowledge(visits), lambda _: self.toast(said))

    def action_hand_over(self) -> None:
        """Hand customers of the person under the cursor over to somebody else."""
        from crm_tui.ui.screens.handovers import HandoversScreen

        self.app.push_screen(HandoversScreen(giver=self.line.person if self.line is not None else None))

    def action_freeze(self) -> None:
        """From now on the week is measured by what is planned now."""
        from crm_tui.ui.dialogs.ask import Confirm

        monday = self._monday
        week = monday.isocalendar().week

        def answered(yes: bool | None) -> None:
            if yes:
                said = t("The plans of week {n} are frozen. u takes it back", n=week)
                self.change(lambda crm: crm.team.freeze(monday), lambda _: self.toast(said))

        question = t("Freeze the plans of week {n}?\n\nThe week is then measured by what is planned now.", n=week)
        self.app.push_screen(Confirm(question), answered)

    def action_unseen(self) -> None:
        """The list of key customers without a contact for long."""
        from crm_tui.ui.dialogs.pick import Pick
        from crm_tui.ui.palette import show_customer

        app = self.crm_app
        now = app.local_now()
        rows = []
        for one in self._seen.unseen if self._seen is not None else ():
            last = since(app.local(one["last_contact"]), now) if one["last_contact"] else t("never contacted")
            rows.append((str(one["id"]), str(one["name"]), f"{last}  {one['owner_name'] or ''}"))

        def chosen(customer: str | None) -> None:
            if customer is not None:
                show_customer(app, customer)

        self.app.push_screen(Pick(t("Key customers not seen"), rows), chosen)
