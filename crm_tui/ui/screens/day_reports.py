"""*Day report*: it composes itself from plans and log; a note is added, a supervisor reads one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.console import Group
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from crm_tui.ui.leaving import leave
from crm_tui.ui.lists import plain, role_style
from crm_tui.ui.screen import CrmScreen
from crm_tui.ui.text import safe, width
from crm_tui.ui.when import long_date
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.services.day_reports import DayReport, Pace
    from crm_tui.store.database import Changes

Stop = tuple[str, date]
"""Whose report of which day."""


@dataclass(frozen=True)
class Seen:
    """What was read.

    Attributes:
        report: the report, None where nobody is known whose it could be.
        paces: his targets.
        mine: whether it is that of who sits here, or nobody knows who that is.
        me: id of who sits here.
        waiting: how many were handed in and read by nobody.
    """

    report: DayReport | None
    paces: tuple[Pace, ...]
    mine: bool
    me: str | None
    waiting: int


def read_report(crm: Crm, person: str | None, day: date) -> Seen:
    """Read a report in a thread; that of who sits here if nobody is told."""
    me = crm.people.me()
    mine = str(me["id"]) if me else None
    waiting = len(crm.day_reports.waiting(reader=mine))
    whose = person or mine
    if whose is None:
        return Seen(None, (), False, mine, waiting)
    report, paces = crm.day_reports.compose(whose, day), tuple(crm.day_reports.pace(whose))
    return Seen(report, paces, mine in (None, whose), mine, waiting)


class DayReportsScreen(CrmScreen):
    """A head line, the report, and beside it figures, targets and notes.

    Args:
        stops: whose reports of which days are read one after the other; without any it is one's own, day by day.
        at: which of them is the first.
    """

    PLACE = "day_reports"
    TITLE_TEXT = "Day report"
    CSS_PATH = "day_reports.tcss"
    AUTO_FOCUS = "#scroll"
    WAITS = frozenset({"step", "hand_in", "note", "acknowledge", "comment", "unread", "write", "whose"})
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "step(-1)", "Report before", id="day_reports.before"),
        Binding("right_square_bracket", "step(1)", "Next report", id="day_reports.next"),
        Binding("s", "hand_in", "Hand in", id="day_reports.hand_in"),
        Binding("e", "note", "Note", id="day_reports.note"),
        Binding("a,space", "acknowledge", "Read it", id="day_reports.acknowledge"),
        Binding("c", "comment", "Comment", id="day_reports.comment"),
        Binding("n", "unread", "Next unread", id="day_reports.unread"),
        Binding("w", "write", "Write into a file", id="day_reports.write"),
        Binding("o", "whose", "Whose", id="day_reports.whose", show=False),
        Binding("p", "app.go('activity_targets')", "Targets", id="day_reports.targets", show=False),
        Binding("j,down", "scroll(1)", "Down", id="day_reports.down", show=False),
        Binding("k,up", "scroll(-1)", "Up", id="day_reports.up", show=False),
        Binding("pagedown,ctrl+d", "scroll(12)", "Page down", id="day_reports.page_down", show=False),
        Binding("pageup,ctrl+u", "scroll(-12)", "Page up", id="day_reports.page_up", show=False),
        Binding("escape", "back", "Back", id="screen.back", show=False),
    ]

    def __init__(self, stops: Sequence[Stop] = (), at: int = 0) -> None:
        super().__init__()
        self._stops, self._at = list(stops), at
        self._person: str | None = None
        self._day = date.min
        self._seen: Seen | None = None

    def body(self) -> ComposeResult:
        """Head line, report, what stands beside it."""
        yield Static(id="head")
        with Horizontal(id="pair"):
            with VerticalScroll(id="scroll"):
                yield Static(id="report")
            with VerticalScroll(id="aside", can_focus=False):
                yield Static(id="side")

    def start(self) -> None:
        """Today's, or the one that was asked for."""
        self._day = self.crm_app.local_now().date()
        self._to_stop()
        self.retitle()
        self.reload(None)

    def _to_stop(self) -> None:
        if self._stops:
            self._person, self._day = self._stops[self._at]

    def retitle(self) -> None:
        """Everything in the language that is spoken."""
        self._show()

    def reload(self, changes: Changes | None) -> None:
        """Compose it again."""
        person, day = self._person, self._day
        self.load(lambda crm: read_report(crm, person, day), self._have, group="report")

    def _have(self, seen: Seen) -> None:
        self._seen = seen
        self._show()

    @property
    def report(self) -> DayReport | None:
        """The one that is read."""
        return self._seen.report if self._seen is not None else None

    def _show(self) -> None:
        from crm_tui.ui.scheduling.day_report_text import notes_text, report_text, side_text

        self._show_head()
        self.refresh_bindings()
        shown, side = self.query_one("#report", Static), self.query_one("#side", Static)
        report = self.report
        if self._seen is None or report is None:
            said = t("Opening the file …") if self._seen is None else self._nobody()
            shown.update(plain(said))
            side.update("")
            return
        now, style = self.crm_app.local_now(), partial(role_style, self)
        narrow = self.has_class("-narrow")
        room = self.size.width - 2 if narrow else self.size.width * 3 // 5
        text, beside = report_text(report, now, style, room), side_text(report, self._seen.paces, now, style)
        notes = notes_text(report, style, mine=self._seen.mine)
        if narrow:
            # What a person wrote comes first where not all can be seen at once.
            first = [notes] if notes is not None and report.row is not None else []
            shown.update(Group(*first, text, beside))
            side.update("")
        else:
            shown.update(text)
            side.update(Group(beside, notes) if notes is not None else beside)

    def _nobody(self) -> str:
        return t(
            "A day report tells what was done, left, moved and promised, and what comes next.\n\n"
            "It is not known who sits here: 0 Setup says it.     o  somebody's report"
        )

    def _show_head(self) -> None:
        from crm_tui.ui.scheduling.day_report_page import state_of

        line = Text(no_wrap=True, overflow="ellipsis", end="").append(t("Day report"), "bold")
        report = self.report
        if report is not None and self._seen is not None:
            line.append(f"  {safe(report.name)} · {long_date(report.day)}")
            handed = self.crm_app.local(report.row["created"]) if report.row else None
            said, role = state_of(report, handed)
            line.append("   " + said, role_style(self, role))
            right = t("{n} of {total}", n=self._at + 1, total=len(self._stops)) if self._stops else ""
            if self._seen.waiting:
                right = "  ".join(filter(None, [t("{n} unread", n=self._seen.waiting), right]))
            if right and width(line.plain) + width(right) + 4 <= self.size.width:
                line.append(" " * (self.size.width - 2 - width(line.plain) - width(right)))
                line.append(right, role_style(self, "muted"))
        self.query_one("#head", Static).update(line)

    def on_resize(self) -> None:
        """Beside or below, as there is room."""
        if self._seen is not None and self.query("#head"):
            self.call_after_refresh(self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One's own is handed in, another's is read; only what was handed in can be read."""
        seen, report = self._seen, self.report
        if action in ("hand_in", "note"):
            wanted = seen is not None and seen.mine and report is not None
            if action == "hand_in":
                wanted = wanted and report is not None and (report.row is None or report.changed)
            return wanted and super().check_action(action, parameters)
        if action in ("acknowledge", "comment"):
            row = report.row if report is not None else None
            theirs = row is not None and seen is not None and row["person"] != seen.me
            if action == "acknowledge":
                theirs = theirs and row is not None and not row["reviewed"]
            return theirs and super().check_action(action, parameters)
        if action in ("step", "write"):
            return report is not None and super().check_action(action, parameters)
        if action == "unread":
            return seen is not None and bool(seen.waiting) and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    def action_step(self, by: int) -> None:
        """The next report, or the one before; one's own day by day."""
        if self._stops:
            if not 0 <= self._at + by < len(self._stops):
                self.toast(t("This was the last report") if by > 0 else t("This is the first report"))
                return
            self._at += by
            self._to_stop()
        else:
            today = self.crm_app.local_now().date()
            if self._day + timedelta(days=by) > today:
                self.toast(t("Tomorrow has no report yet"))
                return
            self._day += timedelta(days=by)
        self.query_one("#scroll", VerticalScroll).scroll_home(animate=False)
        self.reload(None)

    def action_hand_in(self) -> None:
        """With the figures of now; the supervisor sees it with the next bundle."""
        if (report := self.report) is not None:
            remarks = str(report.row["remarks"] or "") if report.row else ""
            self.change(
                lambda crm: crm.day_reports.hand_in(report.person, report.day, remarks),
                lambda _: self.toast(t("Handed in. u takes it back")),
            )

    def action_note(self) -> None:
        """Write or change the note; with it the report is handed in."""
        from crm_tui.ui.dialogs.edit import open_form
        from crm_tui.ui.scheduling.day_report_note import plan_note

        if (report := self.report) is not None:
            said = t("The note is kept, the report handed in. u takes it back")
            prepare = partial(plan_note, person=report.person, day=report.day)
            open_form(self, prepare, lambda _: self.toast(said))

    def action_acknowledge(self) -> None:
        """Say that it was read, and go on to the next one."""
        self._review(None, go_on=True)

    def action_comment(self) -> None:
        """Comment it; the comment goes back with the next bundle."""
        from crm_tui.ui.dialogs.ask import AskLine

        report = self.report
        if report is None or report.row is None:
            return

        def commented(text: str | None) -> None:
            if text is not None:
                self._review(text, go_on=False)

        before = str(report.row["review_comment"] or "")
        self.app.push_screen(AskLine(t("Comment: {name}", name=report.name), before), commented)

    def _review(self, comment: str | None, *, go_on: bool) -> None:
        report = self.report
        if report is None or report.row is None:
            return
        row = str(report.row["id"])

        def done(_: object) -> None:
            self.toast(t("Read: {name}. u takes it back", name=report.name))
            if go_on and self._at + 1 < len(self._stops):
                self.action_step(1)

        self.change(lambda crm: crm.team.acknowledge_report(row, comment), done)

    def action_unread(self) -> None:
        """Through all that were handed in and read by nobody, the oldest first."""
        mine = self._seen.me if self._seen is not None else None

        def read(crm: Crm) -> list[Stop]:
            rows = sorted(crm.day_reports.waiting(reader=mine), key=lambda row: (row["day"], row["id"]))
            return [(str(row["person"]), date.fromisoformat(row["day"])) for row in rows]

        self.load(read, self._go_through, group="unread")

    def _go_through(self, stops: list[Stop]) -> None:
        if stops:
            here = (self._person, self._day)
            self._at = (stops.index(here) + 1) % len(stops) if here in stops else 0
            self._stops = stops
            self._to_stop()
            self.reload(None)

    def action_whose(self) -> None:
        """Somebody else's, day by day."""
        from crm_tui.ui.dialogs.pick import Pick

        def ask(people: list[tuple[str, str, str]]) -> None:
            self.app.push_screen(Pick(t("Whose"), people, self._person or ""), chosen)

        def chosen(person: str | None) -> None:
            if person is not None:
                self._stops, self._person = [], person
                self.reload(None)

        self.load(lambda crm: [(one["id"], str(one["name"]), str(one["team"] or "")) for one in crm.people.all()], ask)

    def action_write(self) -> None:
        """As plain text beside the data file, to be printed or sent."""
        from crm_tui.ui.scheduling.day_report_page import page

        report, seen = self.report, self._seen
        if report is None or seen is None:
            return
        text = page(report, list(seen.paces), self.crm_app.local_now())
        name = "".join(sign if sign.isalnum() else "-" for sign in report.name).strip("-")[:40]
        target = self.crm_app.options.path.parent / f"day-report-{report.day}-{name}.txt"
        self.load(
            lambda _: _write(target, text), lambda path: self.toast(t("Written: {path}", path=path)), group="write"
        )

    def action_scroll(self, lines: int) -> None:
        """So many lines down or up."""
        self.query_one("#scroll", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_back(self) -> None:
        """Where one came from."""
        leave(self, "today")


def _write(target: Path, text: str) -> Path:
    from crm_tui.exchange.replacing import replacing

    with replacing(target) as part:
        part.write_text(text, "utf-8")
    return target
